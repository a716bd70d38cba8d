//! What every request shares: the store, the keys, the caches.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use std::net::IpAddr;

use actix_web::{HttpRequest, web};
use ipnet::IpNet;
use perennial_store::{Error, Store};

use crate::config::Config;
use crate::limits::Limits;
use crate::metrics::Metrics;
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
    limits: Limits,
    metrics: Metrics,
    proxies: Vec<IpNet>,
    stopping: AtomicBool,
}

impl Server {
    /// A server over a store.
    pub fn new(store: Store, tokens: Tokens, config: &Config) -> Self {
        Self(Arc::new(Shared {
            store,
            tokens,
            passwords: Passwords::new(),
            scopes: Scopes::default(),
            secure_cookies: config.has_secure_cookies(),
            limits: Limits::new(config.rate_limit),
            metrics: Metrics::default(),
            proxies: config.proxies.clone(),
            stopping: AtomicBool::new(false),
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

    /// How much each caller may ask for.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// What a monitoring system asks.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Where a request comes from. What `X-Forwarded-For` says is believed from the proxies that were named, read from the
    /// right: the first that is none of them.
    pub fn client_address(&self, request: &HttpRequest) -> Option<IpAddr> {
        let is_proxy = |address: &IpAddr| {
            self.0
                .proxies
                .iter()
                .any(|network| network.contains(address))
        };
        let peer = request.peer_addr()?.ip().to_canonical();
        if !is_proxy(&peer) {
            return Some(peer);
        }
        let lines = request.headers().get_all("x-forwarded-for");
        let forwarded: Vec<IpAddr> = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','))
            .map_while(|address| address.trim().parse().ok())
            .collect();
        let client = forwarded
            .into_iter()
            .rev()
            .find(|address| !is_proxy(address));
        Some(client.unwrap_or(peer))
    }

    /// Lets everybody who asks know that this server is about to go.
    pub fn announce_stop(&self) {
        self.0.stopping.store(true, Ordering::Relaxed);
    }

    /// Whether this server is about to go.
    pub fn is_stopping(&self) -> bool {
        self.0.stopping.load(Ordering::Relaxed)
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
