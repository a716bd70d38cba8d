//! Where the program stands: a database of a test's own, on PostgreSQL also a server of its own that may die.

use std::path::{Path, PathBuf};
use std::process::Command;

use perennial_tests::company;
use perennial_tests::database::{Database, Kind, kind};
use perennial_tests::program::{self, Program};
use uuid::Uuid;

/// A database that can be taken away, durable on PostgreSQL.
pub struct Ground {
    pub database: Database,
    server: Option<Postgres>,
}

impl Ground {
    /// One of its own, with the company in it.
    pub fn new() -> Self {
        match kind() {
            Kind::Sqlite => Self {
                database: company(),
                server: None,
            },
            Kind::Postgresql => {
                let server = Postgres::start();
                let database = Database::at(&server.url, company::found);
                Self {
                    database,
                    server: Some(server),
                }
            }
        }
    }

    pub fn serve(&self) -> Program {
        Program::start(&self.database.url, self.database.folder.path())
    }

    /// The program finds nothing wrong with it.
    #[track_caller]
    pub fn check(&self) {
        program::check(&self.database.url, self.database.folder.path());
    }

    /// PostgreSQL's server, where there is one.
    pub fn server(&self) -> Option<&Postgres> {
        self.server.as_ref()
    }
}

/// The company's own database, on the server that all suites share.
pub fn company() -> Database {
    Database::copy_of("company", company::found)
}

/// The program over such a database.
pub fn serve(database: &Database) -> Program {
    Program::start(&database.url, database.folder.path())
}

/// A durable PostgreSQL server, gone when dropped.
pub struct Postgres {
    directory: PathBuf,
    /// Its first database.
    pub url: String,
}

impl Postgres {
    pub fn start() -> Self {
        let directory = std::env::temp_dir().join(format!("perennial-postgres-{}", Uuid::now_v7()));
        let mut server = Self {
            directory,
            url: String::new(),
        };
        server.script(&[
            "start",
            "fsync=on",
            "synchronous_commit=on",
            "full_page_writes=on",
            "shared_buffers=64MB",
        ]);
        let url = std::fs::read_to_string(server.directory.join("url")).expect("its address");
        url.trim().clone_into(&mut server.url);
        server
    }

    /// It dies at once, in the middle of everything.
    pub fn crash(&self) {
        self.script(&["crash"]);
    }

    /// It comes back with what it had.
    pub fn revive(&self) {
        self.script(&["revive"]);
    }

    fn script(&self, arguments: &[&str]) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/postgres.sh");
        let mut command = Command::new(script);
        command
            .args(arguments)
            .env("PERENNIAL_POSTGRES_DIR", &self.directory)
            .stdout(std::process::Stdio::null());
        assert!(
            command.status().expect("the script runs").success(),
            "{arguments:?}"
        );
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.script(&["stop"]);
    }
}
