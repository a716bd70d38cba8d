//! What every request shares: the store, the keys, the caches.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use std::net::{IpAddr, SocketAddr};

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

    /// Where a request comes from. What `X-Forwarded-For` says is believed from the proxies that were named.
    pub fn client_address(&self, request: &HttpRequest) -> Option<IpAddr> {
        let is_proxy = |address: &IpAddr| {
            self.0
                .proxies
                .iter()
                .any(|network| network.contains(address))
        };
        let lines = request.headers().get_all("x-forwarded-for");
        let hops = lines.map(|line| line.to_str().unwrap_or_default());
        Some(client(
            request.peer_addr()?.ip(),
            &hops.collect::<Vec<_>>(),
            is_proxy,
        ))
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

/// Who is behind the proxies: from the one that connects back, each names who came to it, as long as it is believed. What
/// cannot be read was written by a stranger, as may be all that stands left of it.
fn client(peer: IpAddr, lines: &[&str], is_proxy: impl Fn(&IpAddr) -> bool) -> IpAddr {
    let mut client = peer.to_canonical();
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        match address(hop.trim()) {
            Some(before) if is_proxy(&client) => client = before,
            _ => break,
        }
    }
    client
}

/// An address as proxies write it: alone, in brackets, with a port.
fn address(hop: &str) -> Option<IpAddr> {
    let alone = hop
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    let address = alone.or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn behind(peer: &str, lines: &[&str]) -> String {
        let is_proxy = |address: &IpAddr| address.to_string().starts_with("10.");
        client(peer.parse().expect("an address"), lines, is_proxy).to_string()
    }

    #[test]
    fn proxies_are_believed_from_the_right_and_strangers_never() {
        assert_eq!(behind("203.0.113.1", &["6.6.6.6"]), "203.0.113.1");
        assert_eq!(behind("10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(
            behind("10.0.0.1", &["6.6.6.6, 203.0.113.9, 10.0.0.7"]),
            "203.0.113.9"
        );
        assert_eq!(
            behind("10.0.0.1", &["6.6.6.6", "203.0.113.9"]),
            "203.0.113.9"
        );
        assert_eq!(behind("::ffff:10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        // What a stranger wrote hides nobody, however it is written.
        assert_eq!(
            behind("10.0.0.1", &["6.6.6.6, x, 203.0.113.9"]),
            "203.0.113.9"
        );
        assert_eq!(behind("10.0.0.1", &["6.6.6.6, x"]), "10.0.0.1");
        assert_eq!(behind("10.0.0.1", &["", "203.0.113.9"]), "203.0.113.9");
        assert_eq!(behind("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn an_address_may_have_brackets_and_a_port() {
        assert_eq!(behind("10.0.0.1", &["203.0.113.9:4711"]), "203.0.113.9");
        assert_eq!(behind("10.0.0.1", &["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(behind("10.0.0.1", &["[2001:db8::1]"]), "2001:db8::1");
        assert_eq!(behind("10.0.0.1", &["::ffff:203.0.113.9"]), "203.0.113.9");
    }
}
