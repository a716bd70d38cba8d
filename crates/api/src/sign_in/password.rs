//! Passwords: argon2id with the crate's parameters (19 MiB, two passes; OWASP's first choice).

use std::sync::Arc;

use actix_web::web;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::problem::Problem;

/// How many hashes are computed at once: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;

/// Hashes and checks passwords, a few at a time.
pub struct Passwords {
    turns: Arc<Semaphore>,
    /// What a password is compared with where nobody has that e-mail address, so that it takes as long.
    nobody: String,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

impl Passwords {
    /// Ready to hash.
    pub fn new() -> Self {
        let nobody = hashed(&super::secret::token()).unwrap_or_default();
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            nobody,
        }
    }

    /// Hashes a password.
    ///
    /// # Errors
    /// A fault of ours.
    pub async fn hash(&self, password: String) -> Result<String, Problem> {
        self.in_turn(move || hashed(&password)).await?
    }

    /// Whether this is the password that was hashed. Without a hash it never is, and takes as long to say so.
    ///
    /// # Errors
    /// A fault of ours.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Problem> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        let matches = self.in_turn(move || matches(&password, &hash)).await?;
        Ok(matches && known)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = Arc::clone(&self.turns)
            .acquire_owned()
            .await
            .map_err(Problem::internal)?;
        Ok(web::block(move || {
            let _turn = turn;
            work()
        })
        .await?)
    }
}

/// A password's hash as a PHC string with a random salt.
///
/// # Errors
/// A fault of ours.
pub fn hashed(password: &str) -> Result<String, Problem> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(Problem::internal)
}

fn matches(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_fits_its_password_alone() {
        let hash = hashed("correct horse").expect("hashed");
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert!(matches("correct horse", &hash) && !matches("wrong horse", &hash));
    }
}
