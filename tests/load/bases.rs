//! The two databases, filled, and the server over them.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use perennial_api::Config;
use perennial_store::Store;

use crate::customers;

/// PostgreSQL's database.
const NAME: &str = "perennial_bench";

/// A filled database.
pub struct Base {
    /// `sqlite` or `postgresql`.
    pub name: &'static str,
    /// Where it is.
    pub url: String,
    /// Which program keeps it.
    pub version: String,
    /// Its folder: SQLite's file is `perennial.db` there.
    pub folder: PathBuf,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

impl Base {
    /// A new file in a folder, which is emptied.
    pub fn sqlite(folder: PathBuf) -> Self {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("perennial.db");
        let url = format!("sqlite:{}", file.display());
        customers::fill(&Store::open(&url).expect("SQLite opens"));
        let mut connection =
            SqliteConnection::establish(&file.display().to_string()).expect("the file opens");
        let version = sql_query("SELECT 'SQLite ' || sqlite_version() AS version")
            .get_result(&mut connection);
        let Version { version } = version.expect("a version");
        Self {
            name: "sqlite",
            url,
            version,
            folder,
        }
    }

    /// A new database on the server of `PERENNIAL_TEST_POSTGRES_URL`.
    pub fn postgresql(folder: PathBuf) -> Self {
        fs::create_dir_all(&folder).expect("a folder");
        let server = std::env::var("PERENNIAL_TEST_POSTGRES_URL")
            .expect("PERENNIAL_TEST_POSTGRES_URL names the server: make bench");
        let mut connection = PgConnection::establish(&server).expect("the server answers");
        connection
            .batch_execute(&format!("DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"))
            .expect("the old one goes");
        connection
            .batch_execute(&format!("CREATE DATABASE {NAME}"))
            .expect("a new one");
        let (base, _) = server
            .rsplit_once('/')
            .expect("the address ends in a database's name");
        let url = format!("{base}/{NAME}");
        customers::fill(&Store::open(&url).expect("PostgreSQL opens"));
        let mut connection = PgConnection::establish(&url).expect("the server answers");
        connection
            .batch_execute("VACUUM ANALYZE")
            .expect("statistics, as after a while");
        let version =
            sql_query("SELECT 'PostgreSQL ' || current_setting('server_version') AS version")
                .get_result(&mut connection);
        let Version { version } = version.expect("a version");
        Self {
            name: "postgresql",
            url,
            version,
            folder,
        }
    }

    /// SQLite's file.
    pub fn file(&self) -> PathBuf {
        self.folder.join("perennial.db")
    }

    /// How a server over it is told what to do.
    pub fn config(&self) -> Config {
        Config::local(&self.url, self.folder.clone())
    }
}

/// The program itself, serving.
pub struct Program {
    process: Child,
    /// Where it listens.
    pub port: u16,
}

impl Program {
    /// Starts `PERENNIAL_PROGRAM` over a database.
    pub fn start(base: &Base) -> Self {
        let program = std::env::var("PERENNIAL_PROGRAM")
            .expect("PERENNIAL_PROGRAM names the server: make bench");
        let free = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let process = Command::new(Path::new(&program))
            .arg("serve")
            .env("PERENNIAL_DATABASE_URL", &base.url)
            .env("PERENNIAL_DATA", &base.folder)
            .env(
                "PERENNIAL_JWT_SECRET",
                base.config().jwt_secret.unwrap_or_default(),
            )
            .env("PERENNIAL_LISTEN", format!("127.0.0.1:{port}"))
            .env("PERENNIAL_LOG", "warn")
            .env("PERENNIAL_RATE_LIMIT", "0")
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        let started = Self { process, port };
        let deadline = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "the server does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        started
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
