//! What every request shares: the store, the keys, the caches.

use std::sync::Arc;

use actix_web::web;
use perennial_store::{Error, Store};

use crate::problem::Problem;
use crate::scopes::Scopes;
use crate::sign_in::password::Passwords;
use crate::sign_in::token::Tokens;

/// What every request shares. Cheap to clone.
#[derive(Clone)]
pub struct Server(Arc<Shared>);

struct Shared {
    store: Store,
    tokens: Tokens,
    passwords: Passwords,
    scopes: Scopes,
    secure_cookies: bool,
}

impl Server {
    /// A server over a store. `secure_cookies` is false where browsers reach it without TLS: on this machine alone.
    pub fn new(store: Store, tokens: Tokens, secure_cookies: bool) -> Self {
        Self(Arc::new(Shared {
            store,
            tokens,
            passwords: Passwords::new(),
            scopes: Scopes::default(),
            secure_cookies,
        }))
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// What signs and reads access tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    /// What hashes passwords.
    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    /// What users may see and do, as known a moment ago.
    pub fn scopes(&self) -> &Scopes {
        &self.0.scopes
    }

    /// Whether cookies travel over TLS alone.
    pub fn secure_cookies(&self) -> bool {
        self.0.secure_cookies
    }

    /// Runs something that waits for the database, off the threads that serve requests.
    ///
    /// # Errors
    /// What `work` returns, as a client is told it.
    pub async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let store = self.0.store.clone();
        Ok(web::block(move || work(&store)).await??)
    }
}
