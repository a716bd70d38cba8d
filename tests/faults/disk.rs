//! The disk is full.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use perennial_tests::app::at_once;
use perennial_tests::client::{Answer, Record};
use perennial_tests::company;
use perennial_tests::database::{Database, Kind, kind};
use perennial_tests::program::{self, Program};
use serde_json::{Value, json};

use crate::ground::Postgres;

/// How large the small file system is, in megabytes.
const SIZE: usize = 64;
/// Set where this test runs among mounts of its own.
const INSIDE: &str = "PERENNIAL_TEST_MOUNTS";

/// A small file system. It is mounted for this process alone, so that it goes with it whatever happens.
struct Room(PathBuf);

impl Room {
    /// Runs the test of that name once more among mounts of its own, and has a room only there.
    fn within(test: &str) -> Option<Self> {
        if std::env::var_os(INSIDE).is_some() {
            return Some(Self::mount());
        }
        // PostgreSQL does not run as root, and who only plays root in a space of its own cannot become somebody else there.
        let ways: &[&str] = match kind() {
            Kind::Sqlite => &["-m", "-Urm"],
            Kind::Postgresql => &["-m"],
        };
        let can = |way: &&&str| {
            let mount = ["sh", "-c", "mount -t tmpfs tmpfs /tmp"];
            let tried = Command::new("unshare").arg(way).args(mount).output();
            tried.is_ok_and(|output| output.status.success())
        };
        let Some(way) = ways.iter().find(can) else {
            eprintln!("\n*** SKIPPED: {test}: nobody may mount a small file system here ***\n");
            return None;
        };
        let itself = std::env::current_exe().expect("a program knows its file");
        let inner = Command::new("unshare")
            .arg(way)
            .arg(itself)
            .args([test, "--exact", "--nocapture"])
            .env(INSIDE, "1")
            .output()
            .expect("unshare runs");
        let said = String::from_utf8_lossy(&inner.stdout);
        assert!(
            inner.status.success() && said.contains("1 passed"),
            "{said}{}",
            String::from_utf8_lossy(&inner.stderr)
        );
        None
    }

    fn mount() -> Self {
        let folder = tempfile::tempdir().expect("a folder").keep();
        let size = format!("size={SIZE}m");
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(&folder);
        assert!(mount.status().expect("mount runs").success());
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("a mode");
        Self(folder)
    }

    /// Takes all the room there is, but so many bytes.
    fn fill(&self, but: usize) {
        let mut ballast = File::create(self.0.join("ballast")).expect("a file");
        let block = vec![1; 64 * 1024];
        while ballast.write_all(&block).is_ok() {}
        let length = ballast.metadata().expect("a length").len();
        ballast
            .set_len(length - but as u64)
            .expect("a shorter file");
    }

    fn free(&self) {
        fs::remove_file(self.0.join("ballast")).expect("the ballast goes");
    }
}

/// The company's database in a room. PostgreSQL's log of writes stays outside: without that its server would stop as a whole.
fn database_in(room: &Path) -> (Database, Option<Postgres>) {
    if kind() == Kind::Sqlite {
        let url = format!("sqlite:{}", room.join("perennial.db").display());
        return (Database::at(&url, company::found), None);
    }
    let server = Postgres::start();
    let place = room.join("space");
    fs::create_dir(&place).expect("a folder");
    let mut chown = Command::new("chown");
    assert!(
        chown
            .arg("postgres")
            .arg(&place)
            .status()
            .expect("chown runs")
            .success()
    );
    let mut connection = PgConnection::establish(&server.url).expect("the server answers");
    for sql in [
        &format!("CREATE TABLESPACE small LOCATION '{}'", place.display()),
        "CREATE DATABASE small TABLESPACE small",
    ] {
        connection.batch_execute(sql).expect(sql);
    }
    let (address, _) = server.url.rsplit_once('/').expect("an address");
    let database = Database::at(&format!("{address}/small"), company::found);
    (database, Some(server))
}

#[test]
fn a_full_disk_refuses_writes_alone_and_with_room_they_go_on() {
    let Some(room) =
        Room::within("disk::a_full_disk_refuses_writes_alone_and_with_room_they_go_on")
    else {
        return;
    };
    let (database, server) = database_in(&room.0);
    let program = Program::start(&database.url, database.folder.path());
    let admin = program.as_admin();
    let note = "a long note ".repeat(80);
    let draft = json!({ "name": "Acme", "note": note });
    let mut kept: Vec<Record> = vec![admin.create("customers", draft.clone())];
    room.fill(200_000);
    let refused = (0..5_000).find_map(|_| {
        let answer = admin.post("/customers", draft.clone());
        if answer.status != 201 {
            return Some(answer);
        }
        kept.push(answer.record());
        None
    });
    let refused = refused.expect("the disk is full some time");
    refused.refused(507, "storage_full");
    // Many at once share a commit, which is lost as a whole: some are told why, others to come again.
    let answers = at_once(40, |_| admin.post("/customers", draft.clone()));
    let (made, refused): (Vec<Answer>, Vec<Answer>) =
        answers.into_iter().partition(|answer| answer.status == 201);
    kept.extend(made.into_iter().map(Answer::record));
    assert!(!refused.is_empty(), "there is no room");
    for answer in refused {
        let told = [(503, "unavailable"), (507, "storage_full")];
        assert!(told.contains(&(answer.status, answer.code())), "{answer}");
    }
    // One that does what it can ends as well: what cannot be kept is nobody's fault.
    let operations: Vec<Value> = (0..200).map(|_| json!({ "create": draft })).collect();
    let batch = admin.post(
        "/customers/batch",
        json!({ "mode": "best_effort", "operations": operations }),
    );
    batch.refused(507, "storage_full");
    for record in [&kept[0], &kept[kept.len() - 1]] {
        assert_eq!(admin.read(record)["note"], note);
    }
    admin.get("/customers?q=acme").expect(200);
    admin.get("/customers?limit=200&sort=-name").expect(200);
    program.client().get("/health/live").expect(200);
    room.free();
    admin.create_customer("Bolt");
    let there = admin.walk("/customers?limit=200");
    let missing = |record: &&Record| !there.iter().any(|row| row["id"] == json!(record.id()));
    assert_eq!(kept.iter().filter(missing).count(), 0, "of {}", kept.len());
    drop(program);
    program::check(&database.url, database.folder.path());
    drop(server);
}
