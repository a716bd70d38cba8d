//! How a server is told what to do: by the environment, or by options of the same names.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;
use perennial_store::Store;

use crate::sign_in::secret;

/// What the program needs to know.
#[derive(Clone, clap::Args)]
pub struct Config {
    /// Where the data is: `sqlite:PATH` or `postgres://…`
    #[arg(
        long,
        global = true,
        env = "PERENNIAL_DATABASE_URL",
        default_value = "sqlite:data/perennial.db",
        hide_env_values = true
    )]
    pub database_url: String,
    /// Address and port to serve on
    #[arg(
        long,
        global = true,
        env = "PERENNIAL_LISTEN",
        default_value = "127.0.0.1:8080"
    )]
    pub listen: SocketAddr,
    /// Folder for what is kept beside the database
    #[arg(long, global = true, env = "PERENNIAL_DATA", default_value = "data")]
    pub data: PathBuf,
    /// Secrets that sign access tokens, with commas between: the first signs, all are believed. Needed with PostgreSQL
    #[arg(
        long,
        global = true,
        env = "PERENNIAL_JWT_SECRET",
        hide_env_values = true
    )]
    pub jwt_secret: Option<String>,
    /// Folder of the built browser application, where it is not inside the program
    #[arg(
        long,
        global = true,
        env = "PERENNIAL_FRONTEND",
        default_value = "frontend/dist"
    )]
    pub frontend: PathBuf,
    /// Whether browsers reach this server over TLS; unless said, they do if it listens on more than this machine
    #[arg(long, global = true, env = "PERENNIAL_SECURE_COOKIES")]
    pub secure_cookies: Option<bool>,
    /// Threads that serve requests; one per core unless said
    #[arg(long, global = true, env = "PERENNIAL_WORKERS")]
    pub workers: Option<usize>,
    /// Whether this server does background work
    #[arg(long, global = true, env = "PERENNIAL_JOBS", default_value_t = true, action = clap::ArgAction::Set)]
    pub jobs: bool,
    /// Address and port for a monitoring system's questions, `/metrics`; none unless given. For the operator alone
    #[arg(long, global = true, env = "PERENNIAL_METRICS")]
    pub metrics: Option<SocketAddr>,
    /// Requests that one user, or one address without a user, may make of this server at once; they come back over a minute. 0 is no
    /// limit
    #[arg(
        long,
        global = true,
        env = "PERENNIAL_RATE_LIMIT",
        default_value_t = 6000
    )]
    pub rate_limit: u32,
    /// Proxies whose `X-Forwarded-For` is believed: addresses or networks, with commas between
    #[arg(long, global = true, env = "PERENNIAL_PROXIES", value_delimiter = ',', value_parser = network)]
    pub proxies: Vec<IpNet>,
    /// How the log is written
    #[arg(
        long,
        global = true,
        env = "PERENNIAL_LOG_FORMAT",
        value_enum,
        default_value_t
    )]
    pub log_format: LogFormat,
}

/// An address is a network of one.
fn network(text: &str) -> Result<IpNet, String> {
    let address = text.trim().parse::<IpAddr>().map(IpNet::from);
    address
        .or_else(|_| text.trim().parse())
        .map_err(|_| "an address or a network like 10.0.0.0/8 is expected".to_owned())
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
pub enum LogFormat {
    /// A line of text each.
    #[default]
    Plain,
    /// A JSON object each.
    Json,
}

impl Config {
    /// A server of its own on a free port of this machine: for tests.
    pub fn local(database_url: &str, data: PathBuf) -> Self {
        Self {
            database_url: database_url.to_owned(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data,
            jwt_secret: Some("a secret for tests of enough characters".to_owned()),
            frontend: PathBuf::from("frontend/dist"),
            secure_cookies: None,
            workers: Some(1),
            jobs: false,
            metrics: None,
            rate_limit: 0,
            proxies: Vec::new(),
            log_format: LogFormat::Plain,
        }
    }

    /// The secrets that sign access tokens: as given, or kept in the data folder beside SQLite.
    ///
    /// # Errors
    /// Says what is missing.
    pub fn secrets(&self, store: &Store) -> Result<Vec<String>, String> {
        let given = self.jwt_secret.as_deref().unwrap_or_default();
        let given: Vec<String> = given
            .split(',')
            .map(str::trim)
            .filter(|secret| !secret.is_empty())
            .map(str::to_owned)
            .collect();
        if !given.is_empty() {
            return Ok(given);
        }
        if !store.is_embedded() {
            return Err(
                "PERENNIAL_JWT_SECRET must be set with PostgreSQL: every server needs the same one"
                    .to_owned(),
            );
        }
        let file = self.data.join("jwt-secret");
        let kept = std::fs::create_dir_all(&self.data).and_then(|()| secret::kept_in(&file));
        kept.map(|secret| vec![secret])
            .map_err(|error| format!("{}: {error}", file.display()))
    }

    /// Whether refresh cookies travel over TLS alone.
    pub fn has_secure_cookies(&self) -> bool {
        self.secure_cookies
            .unwrap_or(!self.listen.ip().is_loopback())
    }
}
