//! What users may see and do, kept for a second: "revocation within one second" is what we promise.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use perennial_domain::user::User;
use perennial_domain::{Id, Instant};
use perennial_store::Scope;

/// How long a scope is believed, in microseconds.
const MICROS: i64 = 1_000_000;
/// How many are kept before old ones are dropped.
const KEPT: usize = 1_000;

/// Scopes by user and session version.
#[derive(Default)]
pub struct Scopes(Mutex<HashMap<(Id<User>, i64), Scope>>);

impl Scopes {
    /// The scope of that user as of at most a second ago, if it is known.
    pub fn get(&self, user: Id<User>, session_version: i64, now: Instant) -> Option<Scope> {
        let scopes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let scope = scopes.get(&(user, session_version))?;
        let age = now.micros() - scope.now.micros();
        (0..MICROS).contains(&age).then(|| scope.at(now))
    }

    /// Keeps a scope that was loaded just now.
    pub fn put(&self, session_version: i64, scope: &Scope) {
        let mut scopes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if scopes.len() >= KEPT {
            scopes.retain(|_, known| scope.now.micros() - known.now.micros() < MICROS);
        }
        scopes.insert((scope.user, session_version), scope.clone());
    }

    /// Forgets all of them: rights, users or teams have just changed.
    pub fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}
