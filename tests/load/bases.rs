//! The filled databases, and the server over them.
//!
//! The small ones are made anew each time. The large ones take minutes to make, so they are kept in the cache folder under a
//! name that tells from which schema and by which generator: SQLite's as a file, PostgreSQL's as a database of a server that
//! `scripts/postgres.sh kept` keeps. What a run adds to them is hardly a hundredth; after many runs they are made anew.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use perennial_api::Config;
use perennial_store::Store;
use perennial_tests::database::{address, server};
use perennial_tests::program::Program;

use crate::purchases::Base as Connection;
use crate::{customers, purchases};

/// Which program keeps a base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgresql,
}

impl Kind {
    /// What the table calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgresql => "postgresql",
        }
    }
}

/// How much is in a base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    Small,
    Large,
}

impl Size {
    /// What the table calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Large => "large",
        }
    }

    /// How many customers there are before anything is measured.
    pub fn customers(self) -> usize {
        match self {
            Self::Small => 10_000,
            Self::Large => 1_000_000,
        }
    }

    /// And how many lines of purchases.
    fn lines(self, kind: Kind) -> usize {
        match (self, kind) {
            (Self::Small, _) => 100_000,
            (Self::Large, Kind::Sqlite) => 1_000_000,
            (Self::Large, Kind::Postgresql) => 10_000_000,
        }
    }
}

/// A filled database.
pub struct Base {
    /// Which program keeps it.
    pub kind: Kind,
    /// How much is in it.
    pub size: Size,
    /// Where it is.
    pub url: String,
    /// A folder for what is kept beside it: SQLite's file is `perennial.db` there.
    pub folder: PathBuf,
}

impl Base {
    /// One of that size. `folder` is for what is made anew each time.
    pub fn filled(kind: Kind, size: Size, folder: &Path) -> Self {
        let fill = |store: &Store, url: &str| {
            let began = Instant::now();
            customers::fill(store, size.customers());
            purchases::fill(store, url, size.lines(kind));
            let name = (kind.name(), size.name());
            println!("{name:?} made in {:.0} s", began.elapsed().as_secs_f64());
        };
        match size {
            Size::Small => Self::new(kind, size, folder, "small", fill),
            Size::Large => Self::kept(kind, size, folder, fill),
        }
    }

    /// One that is made now; the one of that name goes.
    pub fn new(
        kind: Kind,
        size: Size,
        folder: &Path,
        name: &str,
        fill: impl FnOnce(&Store, &str),
    ) -> Self {
        let folder = folder.join(format!("{}-{name}", kind.name()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        let url = match kind {
            Kind::Sqlite => address_of(&folder),
            Kind::Postgresql => {
                let name = format!("perennial_bench_{name}");
                let mut server = Connection::open(&server());
                server.run(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
                server.run(&format!("CREATE DATABASE {name}"));
                address(&name)
            }
        };
        let store = Store::open(&url).expect("the database opens");
        fill(&store, &url);
        drop(store);
        if kind == Kind::Postgresql {
            Connection::open(&url).run("VACUUM ANALYZE");
        }
        Self {
            kind,
            size,
            url,
            folder,
        }
    }

    /// One that is kept, or made and then kept.
    fn kept(kind: Kind, size: Size, folder: &Path, fill: impl FnOnce(&Store, &str)) -> Self {
        let version = generator();
        let making = |folder: &Path| Self::new(kind, size, folder, "making", fill);
        match kind {
            Kind::Sqlite => {
                let cache = cache();
                let name = format!("sqlite-{version}");
                let kept = cache.join(&name);
                let there = kept.join("perennial.db").exists();
                if !there || grown(&address_of(&kept), size) {
                    for old in fs::read_dir(&cache).into_iter().flatten().flatten() {
                        if old.file_name().to_string_lossy().starts_with("sqlite-") {
                            let _ = fs::remove_dir_all(old.path());
                        }
                    }
                    let made = making(&cache);
                    // What is still in the log, into the file.
                    Connection::open(&made.url).run("PRAGMA wal_checkpoint(TRUNCATE)");
                    fs::rename(&made.folder, &kept).expect("a folder");
                }
                let url = address_of(&kept);
                Self {
                    kind,
                    size,
                    url,
                    folder: kept,
                }
            }
            Kind::Postgresql => {
                let name = format!("perennial_bench_large_{version}");
                let mut connection = Connection::open(&server());
                let known = connection.words(
                    "SELECT datname::text AS value FROM pg_database WHERE datname LIKE 'perennial_bench_%'",
                );
                if !known.contains(&name) || grown(&address(&name), size) {
                    for old in known {
                        connection.run(&format!("DROP DATABASE IF EXISTS {old} WITH (FORCE)"));
                    }
                    making(folder);
                    connection.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'perennial_bench_making'");
                    std::thread::sleep(std::time::Duration::from_secs(1));
                    connection.run(&format!(
                        "ALTER DATABASE perennial_bench_making RENAME TO {name}"
                    ));
                }
                let folder = folder.join("postgresql-large");
                fs::create_dir_all(&folder).expect("a folder");
                let url = address(&name);
                Self {
                    kind,
                    size,
                    url,
                    folder,
                }
            }
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

    /// Which program keeps it, and its version.
    pub fn version(&self) -> String {
        let mut connection = Connection::open(&self.url);
        let sql = match self.kind {
            Kind::Sqlite => "SELECT 'SQLite ' || sqlite_version() AS value",
            Kind::Postgresql => {
                "SELECT 'PostgreSQL ' || current_setting('server_version') AS value"
            }
        };
        connection.words(sql)[0].clone()
    }

    /// The program itself, serving this.
    pub fn serve(&self) -> Program {
        Program::start(&self.url, &self.folder)
    }
}

/// Whether the runs so far have added more than a tenth.
fn grown(url: &str, size: Size) -> bool {
    let count = "SELECT CAST(COUNT(*) AS TEXT) AS value FROM customers";
    let count: usize = Connection::open(url).words(count)[0]
        .parse()
        .expect("a number");
    count > size.customers() / 10 * 11
}

/// What tells large bases from those of another schema or generator.
fn generator() -> String {
    let mut hasher = DefaultHasher::new();
    for source in [
        include_str!("callers.rs"),
        include_str!("customers.rs"),
        include_str!("purchases.rs"),
    ] {
        source.hash(&mut hasher);
    }
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let mut folders = vec![migrations];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).expect("a folder of migrations");
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            match path.is_dir() {
                true => folders.push(path),
                false => fs::read(&path).expect("a migration").hash(&mut hasher),
            }
        }
    }
    format!("{:016x}", hasher.finish())
}

/// The cache folder's part that is ours.
fn cache() -> PathBuf {
    let home = || PathBuf::from(std::env::var("HOME").expect("a home")).join(".cache");
    let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(home, PathBuf::from);
    let cache = cache.join("perennial/bench");
    fs::create_dir_all(&cache).expect("a folder");
    cache
}

fn address_of(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("perennial.db").display())
}
