//! The two databases, filled, and the server over them.

use std::fs;
use std::path::PathBuf;

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
