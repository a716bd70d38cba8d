//! Secrets that we make: random tokens, known to the database by their SHA-256 alone, and the key file.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use perennial_store::sessions::Hash;
use sha2::{Digest, Sha256};

/// A random token of 256 bits, as text.
pub fn token() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// What the database knows a token by. A fast hash does: nobody guesses 256 bits.
pub fn hash(token: &str) -> Hash {
    Sha256::digest(token).into()
}

/// The secret kept in a file that only its owner reads, made if it is not there.
///
/// # Errors
/// Those of the file system.
pub fn kept_in(file: &Path) -> io::Result<String> {
    match OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
    {
        Ok(mut opened) => {
            let secret = token();
            opened.write_all(secret.as_bytes())?;
            opened.sync_all()?;
            Ok(secret)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::read_to_string(file).map(|text| text.trim().to_owned())
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_kept_secret_stays_and_is_the_owners_alone() {
        let folder = std::env::temp_dir().join(format!("perennial-secret-{}", token()));
        fs::create_dir_all(&folder).expect("temporary folder");
        let file = folder.join("key");
        let first = kept_in(&file).expect("made");
        assert_eq!(kept_in(&file).expect("kept"), first);
        assert_eq!(
            fs::metadata(&file).expect("there").permissions().mode() & 0o777,
            0o600
        );
        fs::remove_dir_all(&folder).expect("removed");
    }
}
