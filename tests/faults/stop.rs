//! The server is told to stop while it is busy.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use perennial_tests::app::eventually;
use perennial_tests::client::Client;
use perennial_tests::program::{self, Program};
use serde_json::json;

use crate::ground::{company, serve};

const CLIENTS: usize = 16;
/// In which it must be gone: a second of notice, what is under way, and connections that rest.
const GONE: Duration = Duration::from_secs(12);

/// Writes until the server is gone; the names of what was acknowledged.
fn write(client: &Client, number: usize, told: &AtomicBool) -> Vec<String> {
    let mut kept = Vec::new();
    loop {
        let was_told = told.load(Ordering::SeqCst);
        let name = format!("{number}-{}", kept.len());
        let request = client.request("POST", "/customers");
        match request.json(&json!({ "name": name })).attempt() {
            Ok(answer) => {
                answer.expect(201);
                kept.push(name);
            }
            // What was sent after the signal may find nobody; what was sent before it is answered.
            Err(error) => {
                assert!(was_told, "sent before the signal: {error}");
                return kept;
            }
        }
    }
}

fn ended(program: &mut Program) -> Duration {
    let began = Instant::now();
    eventually("it ends", || program.status().is_some());
    let status = program.status().expect("it ended");
    assert!(status.success(), "{status}");
    began.elapsed()
}

#[test]
fn told_to_stop_under_load_it_finishes_what_was_asked_and_goes() {
    let database = company();
    let mut program = serve(&database);
    let admin = program.as_admin();
    let resting = program.client();
    resting.get("/health/ready").expect(200);
    let told = AtomicBool::new(false);
    let mut kept: Vec<String> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let (admin, told) = (&admin, &told);
                scope.spawn(move || write(admin, number, told))
            })
            .collect();
        std::thread::sleep(Duration::from_secs(1));
        told.store(true, Ordering::SeqCst);
        program.signal("TERM");
        // Whoever asks is told that it goes, and is still served.
        eventually("it says that it goes", || {
            resting.get("/health/ready").status == 503
        });
        resting.get("/health/ready").refused(503, "stopping");
        resting.get("/health/live").expect(200);
        let took = ended(&mut program);
        println!("gone after {took:?}");
        assert!(took < GONE, "{took:?}");
        let kept = writers.into_iter().map(|writer| writer.join());
        kept.flat_map(|kept| kept.expect("nobody failed")).collect()
    });
    let program = serve(&database);
    let there = program.client().with_token(admin.token());
    let there = there.walk("/customers?limit=200");
    let name = |row: &serde_json::Value| row["name"].as_str().unwrap_or_default().to_owned();
    let mut names: Vec<String> = there.iter().map(name).collect();
    names.sort();
    kept.sort();
    assert_eq!(names, kept, "what was answered is kept, and nothing else");
    drop(program);
    program::check(&database.url, database.folder.path());
}

#[test]
fn told_to_stop_with_nothing_to_do_it_goes_within_seconds() {
    let database = company();
    let mut program = serve(&database);
    program.client().get("/health/live").expect(200);
    program.signal("TERM");
    let took = ended(&mut program);
    assert!(took < GONE, "{took:?}");
}
