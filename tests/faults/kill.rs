//! The power goes, as far as one machine can play that: what was acknowledged is there, what was under way is done once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use perennial_tests::app::{Finally, eventually};
use perennial_tests::client::{Answer, Client};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ground::Ground;

const ROUNDS: usize = 50;
const WRITERS: usize = 4;
/// Each so many rounds PostgreSQL dies in the place of the program.
const OTHER: usize = 10;

/// What the server said is kept.
#[derive(Clone)]
struct Acknowledged {
    path: String,
    note: String,
    version: i64,
}

/// Somebody who writes one thing after another and notes what was acknowledged.
struct Writer {
    number: usize,
    step: usize,
    /// Whether the present step was sent before and its answer got lost.
    again: bool,
    customer: Option<(String, String)>,
    acknowledged: Vec<Acknowledged>,
    /// How many of these were looked at after a kill.
    seen: usize,
    /// How many were done although their answer got lost.
    replayed: usize,
}

impl Writer {
    fn new(number: usize) -> Self {
        Self {
            number,
            step: 0,
            again: false,
            customer: None,
            acknowledged: Vec::new(),
            seen: 0,
            replayed: 0,
        }
    }

    /// What the present step is called: the same each time it is sent.
    fn key(&self) -> String {
        format!("{}-{}", self.number, self.step)
    }

    /// Takes a step. False where nobody knows whether it was done: it is then taken again.
    fn write(&mut self, client: &Client) -> bool {
        let key = self.key();
        let post = |path: &str, draft: Value| {
            let request = client.request("POST", path);
            request.key(&key).json(&draft).attempt()
        };
        let answer = match (self.step % 4, &self.customer) {
            (2, Some((path, etag))) => {
                let request = client.request("PATCH", path).if_match(etag);
                request.json(&json!({ "note": key })).attempt()
            }
            (1 | 3, Some((path, _))) => {
                let customer = path.trim_start_matches("/customers/");
                let line =
                    |price: &str| json!({ "description": "Tea", "quantity": "2", "price": price });
                let lines = [line("1.5"), line("7")];
                let draft = json!({ "customer_id": customer, "purchased_on": "2024-05-02", "note": key, "lines": lines });
                post("/purchases", draft)
            }
            _ => post("/customers", json!({ "name": "Tea House", "note": key })),
        };
        let Ok(answer) = answer else {
            self.again = true;
            return false;
        };
        match answer.status {
            503 => {
                self.again = true;
                return false;
            }
            // It was changed by the same request, whose answer got lost: the version says so.
            412 if self.again => {
                let (path, _) = self.customer.clone().expect("it was patched");
                let Ok(now) = client.request("GET", &path).attempt() else {
                    return false;
                };
                if now.status == 503 {
                    return false;
                }
                let now = now.expect(200);
                assert_eq!((&now["note"], &now["version"]), (&json!(key), &json!(2)));
                self.replayed += 1;
                self.acknowledge(path, 2);
            }
            200 => self.acknowledge(answer.record().path, 2),
            201 => self.created(answer),
            _ => panic!("{key}: {answer}"),
        }
        self.step += 1;
        self.again = false;
        true
    }

    fn created(&mut self, answer: Answer) {
        self.replayed += usize::from(answer.header("idempotency-replayed").is_some());
        let record = answer.expect(201).record();
        if record.path.starts_with("/customers") {
            self.customer = Some((record.path.clone(), record.etag.clone()));
        }
        self.acknowledge(record.path, 1);
    }

    fn acknowledge(&mut self, path: String, version: i64) {
        self.acknowledged.push(Acknowledged {
            path,
            note: self.key(),
            version,
        });
    }

    /// Everything that was acknowledged since the last look is there.
    fn look(&mut self, client: &Client) {
        for kept in &self.acknowledged[self.seen..] {
            let now = client.get(&kept.path).expect(200);
            let version = now["version"].as_i64().expect("a version");
            assert!(
                version > kept.version || now["note"] == json!(kept.note),
                "{now}"
            );
        }
        self.seen = self.acknowledged.len();
    }
}

/// From nowhere in particular: the moments differ each time.
fn moment() -> Duration {
    let random = u64::from(Uuid::now_v7().as_bytes()[15]);
    Duration::from_millis(random)
}

#[test]
fn what_was_acknowledged_outlives_a_kill_and_what_was_under_way_is_done_once() {
    let ground = Ground::new();
    let mut program = ground.serve();
    let token = program.as_admin().token().to_owned();
    let mut writers: Vec<Writer> = (0..WRITERS).map(Writer::new).collect();
    let mut interrupted = 0;
    for round in 1..=ROUNDS {
        let client = program.client().with_token(&token);
        writers.iter_mut().for_each(|writer| writer.look(&client));
        let (over, written) = (AtomicBool::new(false), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for writer in &mut writers {
                let client = client.clone();
                let (over, written) = (&over, &written);
                scope.spawn(move || {
                    while !over.load(Ordering::Relaxed) && writer.write(&client) {
                        written.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            let _finally = Finally(&over);
            eventually("they write", || written.load(Ordering::Relaxed) > WRITERS);
            std::thread::sleep(moment());
            match ground.server().filter(|_| round % OTHER == 0) {
                Some(server) => server.crash(),
                None => program.kill(),
            }
        });
        interrupted += writers.iter().filter(|writer| writer.again).count();
        match ground.server().filter(|_| round % OTHER == 0) {
            Some(server) => server.revive(),
            None => program = ground.serve(),
        }
    }
    let client = program.client().with_token(&token);
    for writer in &mut writers {
        assert!(writer.write(&client), "what was under way is done now");
        writer.look(&client);
    }
    assert_eq!(kept(&client), acknowledged(&writers));
    let number = |sql: &str| ground.database.texts(sql)[0].parse().unwrap_or(0);
    let told: usize = number(
        "SELECT CAST(COUNT(*) AS TEXT) AS value FROM events WHERE resource IN ('customers', 'purchases')",
    );
    let steps: usize = writers.iter().map(|writer| writer.acknowledged.len()).sum();
    assert_eq!(told, steps, "an event for each write, no more, no less");
    assert!(
        interrupted > ROUNDS / 2,
        "{interrupted} writes were under way"
    );
    let replayed: usize = writers.iter().map(|writer| writer.replayed).sum();
    println!(
        "{steps} writes, {interrupted} under way when something died, {replayed} of these done already"
    );
    drop(program);
    ground.check();
}

/// Each record's note and version, by path.
type Kept = BTreeMap<String, (String, i64)>;

fn acknowledged(writers: &[Writer]) -> Kept {
    let all = writers.iter().flat_map(|writer| &writer.acknowledged);
    // A later step on the same record writes over the earlier.
    all.map(|kept| (kept.path.clone(), (kept.note.clone(), kept.version)))
        .collect()
}

fn kept(client: &Client) -> Kept {
    let of = |resource: &str| {
        let rows = client.walk(&format!("/{resource}?limit=200"));
        let row = |row: &Value| {
            let text = |name: &str| row[name].as_str().expect("a text").to_owned();
            let version = row["version"].as_i64().expect("a version");
            if resource == "purchases" {
                assert_eq!(row["total"]["amount"], "17", "a whole purchase: {row}");
            }
            (
                format!("/{resource}/{}", text("id")),
                (text("note"), version),
            )
        };
        rows.iter().map(row).collect::<Vec<_>>()
    };
    let (customers, purchases) = (of("customers"), of("purchases"));
    customers.into_iter().chain(purchases).collect()
}
