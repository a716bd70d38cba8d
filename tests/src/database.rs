//! A fresh database for each test, on whichever of the two `PERENNIAL_TEST_DATABASE` names (`sqlite` unless given).

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use perennial_store::Store;

/// Which database the suite runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file in a temporary folder.
    Sqlite,
    /// A database on the server of `PERENNIAL_TEST_POSTGRES_URL`.
    Postgresql,
}

/// Which database the suite runs on.
pub fn kind() -> Kind {
    match std::env::var("PERENNIAL_TEST_DATABASE").as_deref() {
        Ok("postgresql") => Kind::Postgresql,
        _ => Kind::Sqlite,
    }
}

/// An empty, migrated database, gone when dropped.
pub struct Database {
    /// Where it is.
    pub url: String,
    /// A folder of the test's own.
    pub folder: tempfile::TempDir,
    name: Option<String>,
}

/// Migrated once, copied for each test.
static TEMPLATE: OnceLock<String> = OnceLock::new();
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A name that no other test process uses.
fn unique(word: &str) -> String {
    format!("perennial_{word}_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

fn server() -> String {
    std::env::var("PERENNIAL_TEST_POSTGRES_URL").expect("PERENNIAL_TEST_POSTGRES_URL names the test server: scripts/postgres.sh start")
}

/// The server's address with another database's name.
fn address(name: &str) -> String {
    let server = server();
    let (base, _) = server.rsplit_once('/').expect("the address ends in a database's name");
    format!("{base}/{name}")
}

fn run(sql: &str) {
    let mut connection = PgConnection::establish(&server()).expect("the test server answers");
    connection.batch_execute(sql).expect(sql);
}

impl Database {
    /// A new one.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("there is a temporary folder");
        match kind() {
            Kind::Sqlite => {
                let template = TEMPLATE.get_or_init(|| {
                    let folder = tempfile::tempdir().expect("there is a temporary folder").keep();
                    let path = folder.join("template.db").display().to_string();
                    drop(Store::open(&format!("sqlite:{path}")).expect("SQLite opens"));
                    path
                });
                let path = folder.path().join("perennial.db");
                for suffix in ["", "-wal"] {
                    // The writer's thread may not have closed the template yet: its log belongs to it.
                    let _ = std::fs::copy(format!("{template}{suffix}"), format!("{}{suffix}", path.display()));
                }
                Self { url: format!("sqlite:{}", path.display()), folder, name: None }
            }
            Kind::Postgresql => {
                let template = TEMPLATE.get_or_init(|| {
                    let name = unique("template");
                    run(&format!("CREATE DATABASE {name}"));
                    drop(Store::open(&address(&name)).expect("PostgreSQL opens"));
                    name
                });
                let name = unique("test");
                run(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
                Self { url: address(&name), folder, name: Some(name) }
            }
        }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            run(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}
