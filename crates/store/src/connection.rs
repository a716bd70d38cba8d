//! One connection type over both databases, and how it is opened.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::r2d2::{self, R2D2Connection};
use diesel::{Connection, ConnectionError, PgConnection, RunQueryDsl, SqliteConnection};

use crate::{Error, Result};

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// PostgreSQL 15 or later.
    Postgres(PgConnection),
    /// SQLite, bundled.
    Sqlite(SqliteConnection),
}

/// What queries are written for: both databases at once.
pub(crate) type Db = <AnyConnection as Connection>::Backend;

/// A pool of connections.
pub(crate) type Pool = r2d2::Pool<Manager>;

/// A connection of the pool, until it is dropped.
pub(crate) type Borrowed = r2d2::PooledConnection<Manager>;

/// Where the data is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// A PostgreSQL URL.
    Postgres(String),
    /// A file's path.
    Sqlite(String),
}

impl Address {
    /// Reads `sqlite:PATH`, `postgres://…` or `postgresql://…`. Anything else is refused: a mistyped scheme must not
    /// create an empty file somewhere.
    pub(crate) fn parse(url: &str) -> Result<Self> {
        match url.split_once(':') {
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(with_timeouts(url))),
            Some(("sqlite", path)) => {
                let path = path.strip_prefix("//").unwrap_or(path);
                if path.is_empty() || path.contains(":memory:") {
                    return Err(Error::Unavailable(
                        "sqlite: needs the path of a file".into(),
                    ));
                }
                Ok(Self::Sqlite(path.to_owned()))
            }
            _ => Err(Error::Unavailable(
                "the database's address must begin with sqlite: or postgres://".into(),
            )),
        }
    }

    /// Opens a connection and sets it up; `writes` is false for SQLite's readers.
    pub(crate) fn connect(
        &self,
        writes: bool,
    ) -> std::result::Result<AnyConnection, ConnectionError> {
        match self {
            Self::Postgres(url) => {
                let mut connection = PgConnection::establish(url)?;
                connection
                    .batch_execute("SET TIME ZONE 'UTC'; SET statement_timeout = '10s'; SET lock_timeout = '5s'; SET client_min_messages = warning")
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(AnyConnection::Postgres(connection))
            }
            Self::Sqlite(path) => {
                let mut connection = SqliteConnection::establish(path)?;
                let query_only = if writes { "OFF" } else { "ON" };
                // In kilobytes; there are several readers, and the system keeps the file in memory as well.
                let cache = if writes { 16_000 } else { 4_000 };
                connection
                    .batch_execute(&format!(
                        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                         PRAGMA cache_size = -{cache}; PRAGMA journal_size_limit = 16000000; PRAGMA temp_store = MEMORY; PRAGMA query_only = {query_only};"
                    ))
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(AnyConnection::Sqlite(connection))
            }
        }
    }

    /// A pool over this address: readers alone for SQLite, everything for PostgreSQL.
    pub(crate) fn pool(&self) -> Result<Pool> {
        let size = match self {
            Self::Postgres(_) => 16,
            Self::Sqlite(_) => 8,
        };
        r2d2::Pool::builder()
            .max_size(size)
            // None is made before it is needed: a command that ends at once would end in the middle of making it.
            .min_idle(Some(0))
            .connection_timeout(Duration::from_secs(2))
            .test_on_check_out(false)
            // Who asked is told why there is none; the pool would say so again for each attempt.
            .error_handler(Box::new(r2d2::NopErrorHandler))
            .build(Manager(self.clone()))
            .map_err(|error| Error::Unavailable(error.to_string()))
    }
}

/// How long libpq waits for a server that does not answer: to be connected, in seconds, and for what was sent to arrive, in
/// milliseconds. Without them a machine that vanished would hold requests for as long as the kernel hopes for it.
const TIMEOUTS: [(&str, &str); 2] = [("connect_timeout", "2"), ("tcp_user_timeout", "15000")];

/// The address with what it does not say of [`TIMEOUTS`]. A password may hold a question mark, too.
fn with_timeouts(url: &str) -> String {
    let said = |url: &str| {
        url.rsplit_once('@')
            .map_or_else(|| url.to_owned(), |(_, rest)| rest.to_owned())
    };
    let unsaid = TIMEOUTS
        .iter()
        .filter(|(name, _)| !said(url).contains(&format!("{name}=")));
    unsaid.fold(
        url.trim_end_matches('?').to_owned(),
        |url, (name, value)| {
            let sign = if said(&url).contains('?') { '&' } else { '?' };
            format!("{url}{sign}{name}={value}")
        },
    )
}

/// SQLite before this corrupts its log when two connections write and checkpoint at once.
const OLDEST_SQLITE: i32 = 3_051_003;

/// Refuses a SQLite library that loses data.
pub(crate) fn check_sqlite() -> Result<()> {
    #[expect(unsafe_code, reason = "a call without arguments that reads a constant")]
    let version = unsafe { libsqlite3_sys::sqlite3_libversion_number() };
    if version < OLDEST_SQLITE {
        return Err(Error::Unavailable(format!("SQLite {version} is too old")));
    }
    Ok(())
}

/// Opens connections for a pool.
#[derive(Debug)]
pub(crate) struct Manager(Address);

impl r2d2::ManageConnection for Manager {
    type Connection = AnyConnection;
    type Error = r2d2::Error;

    fn connect(&self) -> std::result::Result<AnyConnection, r2d2::Error> {
        self.0.connect(false).map_err(r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, connection: &mut AnyConnection) -> std::result::Result<(), r2d2::Error> {
        diesel::sql_query("SELECT 1")
            .execute(connection)
            .map(|_| ())
            .map_err(r2d2::Error::QueryError)
    }

    fn has_broken(&self, connection: &mut AnyConnection) -> bool {
        connection.is_broken()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `.cargo/config.toml` says how, unless somebody's environment says otherwise.
    #[test]
    fn sqlite_is_compiled_as_we_want_it() {
        let mut connection = SqliteConnection::establish(":memory:").expect("SQLite opens");
        let said = "SELECT compile_options FROM pragma_compile_options";
        let said: Vec<String> = diesel::dsl::sql::<diesel::sql_types::Text>(said)
            .load(&mut connection)
            .expect("its options");
        let has = |option: &str| said.iter().any(|said| said == option);
        assert!(has("THREADSAFE=2"), "{said:?}");
        assert!(has("DEFAULT_MEMSTATUS=0"), "{said:?}");
        assert!(!has("ENABLE_MEMORY_MANAGEMENT"), "{said:?}");
    }

    #[test]
    fn an_address_says_how_long_to_wait() {
        let both = "connect_timeout=2&tcp_user_timeout=15000";
        for url in [
            "postgres://me@there/perennial",
            "postgres://me:wh?t@there/perennial",
            "postgres://there/perennial",
        ] {
            assert_eq!(with_timeouts(url), format!("{url}?{both}"));
            assert_eq!(with_timeouts(&format!("{url}?")), format!("{url}?{both}"));
            let said = format!("{url}?connect_timeout=30");
            assert_eq!(
                with_timeouts(&said),
                format!("{said}&tcp_user_timeout=15000")
            );
        }
    }
}
