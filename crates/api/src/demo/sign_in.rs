//! The administrator's sign-in, kept in a file that only its owner reads.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::PathBuf;

use crate::config::Config;

/// What the administrator signs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// E-mail address.
    pub email: String,
    /// Password.
    pub password: String,
}

impl SignIn {
    /// The sign-in that was kept, if there is one.
    pub fn kept(config: &Config) -> Option<Self> {
        let text = fs::read_to_string(file(config)).ok()?;
        let (email, password) = text.trim_end().split_once('\n')?;
        Some(Self {
            email: email.to_owned(),
            password: password.to_owned(),
        })
    }

    /// Keeps it in the data folder.
    ///
    /// # Errors
    /// Says what cannot be written.
    pub(super) fn keep(&self, config: &Config) -> Result<(), String> {
        let file = file(config);
        let written = || -> io::Result<()> {
            fs::create_dir_all(&config.data)?;
            let mut opened = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&file)?;
            opened.set_permissions(fs::Permissions::from_mode(0o600))?;
            writeln!(opened, "{}\n{}", self.email, self.password)
        };
        written().map_err(|error| format!("{}: {error}", file.display()))
    }
}

impl std::fmt::Display for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Sign in as {} with the password {}",
            self.email, self.password
        )
    }
}

fn file(config: &Config) -> PathBuf {
    config.data.join("demo-sign-in")
}
