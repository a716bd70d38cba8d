//! The database goes away, or is held by somebody else, and comes back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use perennial_tests::app::Finally;
use perennial_tests::client::{Answer, Client};
use perennial_tests::database::{Kind, kind};
use serde_json::json;

use crate::ground::{Ground, company, serve};

const CLIENTS: usize = 64;
/// In which an answer must come while PostgreSQL is away.
const SOON: Duration = Duration::from_secs(3);
/// In which one must come while somebody holds SQLite: the five seconds that a write waits, and those before it in the queue.
const HELD: Duration = Duration::from_secs(12);

/// Who is number so much of many asks something, every second of them a write.
fn ask(client: &Client, number: usize) -> Answer {
    match number % 2 {
        0 => client.get("/customers?limit=5"),
        _ => client.post("/customers", json!({ "name": "Acme" })),
    }
}

fn each(clients: usize, one: impl Fn(usize) + Sync) {
    std::thread::scope(|scope| {
        for number in 0..clients {
            let one = &one;
            scope.spawn(move || one(number));
        }
    });
}

#[test]
fn while_postgresql_is_away_everybody_is_told_soon_and_the_first_request_after_its_return_succeeds()
{
    if kind() == Kind::Sqlite {
        return;
    }
    let ground = Ground::new();
    let server = ground.server().expect("PostgreSQL");
    let program = ground.serve();
    let admin = program.as_admin();
    let (crashed, over) = (AtomicBool::new(false), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for number in 0..CLIENTS {
            let (admin, crashed, over) = (&admin, &crashed, &over);
            scope.spawn(move || {
                let mut asked = number;
                while !over.load(Ordering::Relaxed) {
                    let (was_away, began) = (crashed.load(Ordering::Relaxed), Instant::now());
                    let answer = ask(admin, asked);
                    let took = began.elapsed();
                    asked += 1;
                    if answer.status == 503 {
                        assert!(answer.header("retry-after").is_some(), "{answer}");
                    } else {
                        assert!(!was_away && answer.status < 300, "{answer}");
                    }
                    assert!(took < SOON, "{took:?}: {answer}");
                }
            });
        }
        let _finally = Finally(&over);
        std::thread::sleep(Duration::from_secs(1));
        server.crash();
        crashed.store(true, Ordering::Relaxed);
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(5) {
            let asked = Instant::now();
            let anonymous = program.client();
            anonymous.get("/health/ready").refused(503, "unavailable");
            assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
            anonymous.get("/health/live").expect(200);
        }
    });
    server.revive();
    ask(&admin, 1).expect(201);
    each(CLIENTS, |number| {
        ask(&admin, number).expect([200, 201][number % 2]);
    });
    program.client().get("/health/ready").expect(200);
    // Nobody asked anything while it was away this time: all connections look good and none is.
    server.crash();
    server.revive();
    each(CLIENTS, |number| {
        ask(&admin, number).expect([200, 201][number % 2]);
    });
    drop(program);
    ground.check();
}

#[test]
fn while_another_process_holds_sqlite_writes_are_refused_reads_go_on_and_the_next_write_succeeds() {
    if kind() == Kind::Postgresql {
        return;
    }
    let database = company();
    let program = serve(&database);
    let admin = program.as_admin();
    let mut other = database.sqlite();
    other.batch_execute("BEGIN IMMEDIATE").expect("the lock");
    each(8, |_| {
        let began = Instant::now();
        let refused = admin.post("/customers", json!({ "name": "Acme" }));
        let refused = refused.refused(503, "unavailable");
        assert!(refused.header("retry-after").is_some(), "{refused}");
        assert!(began.elapsed() < HELD, "{:?}", began.elapsed());
        let began = Instant::now();
        admin.get("/customers").expect(200);
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    });
    program
        .client()
        .get("/health/ready")
        .refused(503, "unavailable");
    program.client().get("/health/live").expect(200);
    other
        .batch_execute("COMMIT")
        .expect("the lock is given back");
    admin.create_customer("Acme");
    program.client().get("/health/ready").expect(200);
    assert_eq!(
        admin.walk("/customers").len(),
        1,
        "what was refused is not there"
    );
    drop(program);
    perennial_tests::program::check(&database.url, database.folder.path());
}
