//! The clock is set: a day ahead, and back.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use perennial_tests::app::eventually;
use perennial_tests::client::{Answer, Client};
use perennial_tests::company::{PASSWORD, Person};
use perennial_tests::database::{Database, Kind, kind};
use perennial_tests::program::{self, Program};
use serde_json::json;
use uuid::Uuid;

use crate::ground::company;

/// What the program believes to be the time.
struct Clock {
    file: PathBuf,
}

impl Clock {
    fn beside(database: &Database) -> Self {
        let clock = Self {
            file: database.folder.path().join("clock"),
        };
        clock.set("+0d");
        clock
    }

    /// Sets it so far from the real one, while the program runs.
    fn set(&self, offset: &str) {
        let new = self.file.with_extension("new");
        fs::write(&new, offset).expect("a file");
        fs::rename(&new, &self.file).expect("at once");
    }

    fn serve(&self, database: &Database) -> Program {
        let library = ["/usr/lib", "/usr/lib64"]
            .iter()
            .flat_map(fs::read_dir)
            .flatten()
            .flatten()
            .map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"))
            .find(|library| library.is_file());
        let library = library.expect("libfaketime: scripts/system.sh faketime");
        let mut command = program::command(&database.url, database.folder.path());
        command
            .env("LD_PRELOAD", library)
            .env("FAKETIME_TIMESTAMP_FILE", &self.file)
            .env("FAKETIME_NO_CACHE", "1")
            // A clock that is set moves the time of day, not the time that has gone by.
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("DONT_FAKE_MONOTONIC", "1");
        Program::run(command)
    }
}

fn sign_in(program: &Program, person: Person, password: &str) -> Answer {
    let credentials = json!({ "email": person.email(), "password": password });
    program.client().post("/auth/sign-in", credentials)
}

/// Goes on with a session: the new access token's owner, and the next refresh token.
fn refresh(program: &Program, token: &str) -> (Client, String) {
    let request = program
        .client()
        .request("POST", "/auth/refresh")
        .cookie(token)
        .send();
    bearer(program, &request.expect(200))
}

fn bearer(program: &Program, answer: &Answer) -> (Client, String) {
    let token = answer["access_token"].as_str().expect("a token");
    (program.client().with_token(token), answer.refresh_token())
}

/// Three customers more; their ids.
fn create(client: &Client, name: &str) -> Vec<String> {
    (0..3).map(|_| client.create_customer(name).id()).collect()
}

/// Every list shows all of them, each once.
fn lists_are_whole(client: &Client, ids: &[String]) {
    let all: BTreeSet<&String> = ids.iter().collect();
    for sort in ["", "&sort=created_at", "&sort=-created_at", "&sort=name"] {
        let rows = client.walk(&format!("/customers?limit=2{sort}"));
        let seen = perennial_tests::client::ids(&rows);
        assert_eq!(seen.len(), all.len(), "{sort}: {seen:?}");
        assert_eq!(seen.iter().collect::<BTreeSet<_>>(), all, "{sort}");
    }
    let events = client.walk("/events?limit=2&resource=customers");
    let numbers: Vec<i64> = events
        .iter()
        .map(|event| event["seq"].as_i64().expect("a number"))
        .collect();
    assert!(
        numbers.is_sorted_by(|newer, older| newer > older),
        "{numbers:?}"
    );
    let mut told: Vec<&str> = events
        .iter()
        .map(|event| event["record_id"].as_str().expect("an id"))
        .collect();
    told.reverse();
    assert_eq!(
        told, ids,
        "the feed keeps the order in which they were made"
    );
}

/// How many jobs have succeeded.
fn done(database: &Database) -> usize {
    let sql = "SELECT CAST(COUNT(*) AS TEXT) AS value FROM jobs WHERE state = 'succeeded'";
    database.texts(sql)[0].parse().expect("a number")
}

#[test]
fn a_clock_that_is_set_a_day_ahead_and_back_confuses_nobody() {
    let database = company();
    let clock = Clock::beside(&database);
    let program = clock.serve(&database);
    let (admin, session) = bearer(&program, &sign_in(&program, Person::Admin, PASSWORD));
    let mut ids = create(&admin, "Today");
    let key = |client: &Client| {
        let request = client.request("POST", "/tags").key("once");
        request.json(&json!({ "name": "Once" })).send().expect(201)
    };

    clock.set("+1d");
    admin.get("/me").refused(401, "session_expired");
    let (admin, session) = refresh(&program, &session);
    ids.extend(create(&admin, "Tomorrow"));
    let tag = key(&admin)["id"].clone();
    for _ in 0..6 {
        sign_in(&program, Person::Seller, "wrong");
    }
    sign_in(&program, Person::Seller, PASSWORD).refused(429, "too_many_requests");

    clock.set("+0d");
    admin.get("/me").expect(401);
    let (admin, session) = refresh(&program, &session);
    ids.extend(create(&admin, "Today again"));
    assert!(ids.is_sorted(), "ids grow in one process: {ids:?}");
    assert_eq!(key(&admin)["id"], tag, "a key of tomorrow is known today");
    eventually("nobody waits for tomorrow", || {
        sign_in(&program, Person::Seller, PASSWORD).status == 200
    });
    lists_are_whole(&admin, &ids);

    // Started at a time that was before: ids may sort before older ones, lists and the feed stay whole.
    drop(program);
    clock.set("-1d");
    let program = clock.serve(&database);
    let (admin, _) = refresh(&program, &session);
    ids.extend(create(&admin, "Yesterday"));
    lists_are_whole(&admin, &ids);
    let patched = admin.read(&admin.get(&format!("/customers/{}", ids[4])).record());
    admin
        .change(&patched, json!({ "note": "before it was made" }))
        .expect(200);
    drop(program);
    program::check(&database.url, database.folder.path());
}

#[test]
fn background_work_goes_on_whatever_day_it_is() {
    let database = company();
    let clock = Clock::beside(&database);
    // A server that was a day ahead died with this one in its hands.
    let id = match kind() {
        Kind::Sqlite => format!("X'{}'", Uuid::now_v7().simple()),
        Kind::Postgresql => format!("'\\x{}'", Uuid::now_v7().simple()),
    };
    let [now, in_two_days] = [0, 2 * 86_400].map(|seconds| {
        let time = perennial_api::clock::now().plus_seconds(seconds);
        time.to_string().trim_end_matches('Z').replace('T', " ")
    });
    database.execute(&format!(
        "INSERT INTO jobs (id, kind, payload, state, done, attempts, run_at, leased_until, created_at) \
         VALUES ({id}, 'purge', '{{}}', 'running', 0, 1, '{now}', '{in_two_days}', '{now}')"
    ));
    for (number, offset) in ["+0d", "+1d", "-1d"].into_iter().enumerate() {
        clock.set(offset);
        let _program = clock.serve(&database);
        eventually(
            "the work of this start, and what was left over, is done",
            || done(&database) == number + 2,
        );
    }
}
