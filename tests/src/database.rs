//! A fresh database for each test, on whichever of the two `PERENNIAL_TEST_DATABASE` names (`sqlite` unless given).
//!
//! Each is the copy of a template that one process of a test program makes and all of them share.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
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

/// A database of a test's own, gone when dropped.
pub struct Database {
    /// Where it is.
    pub url: String,
    /// A folder of the test's own.
    pub folder: tempfile::TempDir,
    name: Option<String>,
}

impl Database {
    /// Migrated, and empty.
    pub fn new() -> Self {
        Self::copy_of("empty", |_| {})
    }

    /// A copy of the template of that name, which `fill` fills the first time.
    pub fn copy_of(template: &str, fill: impl FnOnce(&Store)) -> Self {
        let folder = folder();
        match kind() {
            Kind::Sqlite => {
                let path = folder.path().join("perennial.db");
                fs::copy(sqlite_template(template, fill), &path).expect("a template is copied");
                Self {
                    url: address_of(&path),
                    folder,
                    name: None,
                }
            }
            Kind::Postgresql => {
                let template = postgresql_template(template, fill);
                let name = format!("perennial_test_{}", uuid::Uuid::now_v7().simple());
                run(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
                Self {
                    url: address(&name),
                    folder,
                    name: Some(name),
                }
            }
        }
    }

    /// The one at that address, newly filled; whoever made it takes it away.
    pub fn at(url: &str, fill: impl FnOnce(&Store)) -> Self {
        fill(&Store::open(url).expect("the database opens"));
        Self {
            url: url.to_owned(),
            folder: folder(),
            name: None,
        }
    }

    /// Runs statements behind the server's back.
    pub fn execute(&self, sql: &str) {
        let done = match kind() {
            Kind::Sqlite => self.sqlite().batch_execute(sql),
            Kind::Postgresql => self.postgresql().batch_execute(sql),
        };
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// The first column, `value`, of what a query finds, as text.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            value: String,
        }
        let rows: Vec<Row> = match kind() {
            Kind::Sqlite => sql_query(sql).load(&mut self.sqlite()),
            Kind::Postgresql => sql_query(sql).load(&mut self.postgresql()),
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
        rows.into_iter().map(|row| row.value).collect()
    }

    /// A connection of one's own to the file.
    pub fn sqlite(&self) -> SqliteConnection {
        let path = self.url.trim_start_matches("sqlite:");
        let mut connection = SqliteConnection::establish(path).expect("the file opens");
        let busy = connection.batch_execute("PRAGMA busy_timeout = 5000");
        busy.expect("a pragma");
        connection
    }

    /// A connection of one's own to the server.
    pub fn postgresql(&self) -> PgConnection {
        PgConnection::establish(&self.url).expect("the test server answers")
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

/// In memory where there is such a folder: a test's files need not outlive a power cut.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let folder = match memory.is_dir() {
        true => tempfile::tempdir_in(memory),
        false => tempfile::tempdir(),
    };
    folder.expect("there is a temporary folder")
}

fn address_of(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

/// A file beside this test program; one program's processes share it.
fn beside(extension: &str) -> PathBuf {
    let program = std::env::current_exe().expect("a program knows its file");
    program.with_extension(extension)
}

/// When this test program was built, in nanoseconds: what it makes of a template is as old.
fn built() -> u128 {
    let program = std::env::current_exe().expect("a program knows its file");
    let modified = fs::metadata(program).and_then(|data| data.modified());
    let since = modified
        .expect("a file has an age")
        .duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_nanos())
}

/// Waits until no other process makes templates; then none does until the file is closed.
fn turn() -> File {
    let file = File::create(beside("lock")).expect("a lock file");
    file.lock().expect("a turn");
    file
}

fn sqlite_template(name: &str, fill: impl FnOnce(&Store)) -> PathBuf {
    let template = beside(&format!("{name}.db"));
    let _turn = turn();
    let age = fs::metadata(&template).and_then(|data| data.modified());
    let nanos = |time: SystemTime| {
        time.duration_since(UNIX_EPOCH)
            .map_or(0, |age| age.as_nanos())
    };
    if age.is_ok_and(|age| nanos(age) > built()) {
        return template;
    }
    let folder = folder();
    let path = folder.path().join("template.db");
    fill(&Store::open(&address_of(&path)).expect("SQLite opens"));
    let _ = fs::remove_file(&template);
    let mut connection =
        SqliteConnection::establish(&path.display().to_string()).expect("the file opens");
    // One file, whatever is still in the log; the store's writer may still be on its way out.
    let copy = format!(
        "PRAGMA busy_timeout = 5000; VACUUM INTO '{}'",
        template.display()
    );
    connection.batch_execute(&copy).expect("a template");
    template
}

fn postgresql_template(name: &str, fill: impl FnOnce(&Store)) -> String {
    let program = beside("")
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned());
    let program = program.unwrap_or_default().replace('-', "_");
    let (program, built) = (&program[..program.len().min(24)], built() % 1_000_000_007);
    let template = format!("perennial_{program}_{name}_{built}");
    let _turn = turn();
    let databases = databases(&format!("perennial_{program}_{name}_%"));
    if databases.contains(&template) {
        return template;
    }
    for old in databases {
        run(&format!("DROP DATABASE IF EXISTS {old} WITH (FORCE)"));
    }
    let making = format!("{template}_making");
    run(&format!("CREATE DATABASE {making}"));
    fill(&Store::open(&address(&making)).expect("PostgreSQL opens"));
    run(&format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{making}'"
    ));
    // Backends that were told to go may still be on their way.
    let rename = format!("ALTER DATABASE {making} RENAME TO {template}");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while let Err(error) = attempt(&rename) {
        assert!(std::time::Instant::now() < deadline, "{rename}: {error}");
        std::thread::yield_now();
    }
    template
}

fn databases(like: &str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let mut connection = PgConnection::establish(&server()).expect("the test server answers");
    let query =
        format!("SELECT datname::text AS name FROM pg_database WHERE datname LIKE '{like}'");
    let rows: Vec<Row> = sql_query(query).load(&mut connection).expect("a catalogue");
    rows.into_iter().map(|row| row.name).collect()
}

/// The address of the PostgreSQL server that tests and benchmarks share.
pub fn server() -> String {
    std::env::var("PERENNIAL_TEST_POSTGRES_URL")
        .expect("PERENNIAL_TEST_POSTGRES_URL names the test server: scripts/postgres.sh start")
}

/// The server's address with another database's name.
pub fn address(name: &str) -> String {
    let server = server();
    let (base, _) = server
        .rsplit_once('/')
        .expect("the address ends in a database's name");
    format!("{base}/{name}")
}

fn attempt(sql: &str) -> diesel::QueryResult<()> {
    let mut connection = PgConnection::establish(&server()).expect("the test server answers");
    connection.batch_execute(sql)
}

fn run(sql: &str) {
    attempt(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}
