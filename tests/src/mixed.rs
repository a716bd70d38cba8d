//! Mixed load: a few people who list, look, search, create, change and delete for a while, and what that costs the server.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{Answer, Client, Record};
use crate::company::Person;
use crate::program::Program;

/// How often the server is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// How long anybody thinks between two requests.
const THOUGHT: Duration = Duration::from_millis(10);
/// After which they sign in again: an access token is good for a quarter of an hour.
const SESSION: Duration = Duration::from_secs(10 * 60);
/// How many records of their own each keeps.
const KEPT: usize = 40;

/// How the server was at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// In memory, in kilobytes.
    pub resident: u64,
    /// Open files and sockets.
    pub descriptors: u64,
    /// The size of SQLite's log, in kilobytes.
    pub log: u64,
}

/// What was done, and what it cost.
#[derive(Default)]
pub struct Report {
    /// How long each request of a kind took.
    pub took: BTreeMap<&'static str, Vec<Duration>>,
    /// What was not answered as it should be.
    pub failures: Vec<String>,
    /// The server, all the time.
    pub samples: Vec<Sample>,
}

impl Report {
    /// The greatest of what was seen in the second third and in the last: the first warms up.
    pub fn thirds(&self, of: impl Fn(&Sample) -> u64) -> (u64, u64) {
        let third = self.samples.len() / 3;
        let most = |part: &[Sample]| part.iter().map(&of).max().unwrap_or_default();
        let (begin, end) = self.samples.split_at(third * 2);
        (most(&begin[third..]), most(end))
    }

    fn add(&mut self, other: Self) {
        for (kind, took) in other.took {
            self.took.entry(kind).or_default().extend(took);
        }
        self.failures.extend(other.failures);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, took) in &self.took {
            let mut took = took.clone();
            took.sort();
            let at = |part: usize| took[(took.len() - 1) * part / 100];
            let number = took.len();
            writeln!(
                f,
                "{kind:<8} {number:>8}  p50 {:>9.1?}  p99 {:>9.1?}",
                at(50),
                at(99)
            )?;
        }
        for (name, (second, last)) in [
            ("memory, kB", self.thirds(|sample| sample.resident)),
            ("descriptors", self.thirds(|sample| sample.descriptors)),
            ("log, kB", self.thirds(|sample| sample.log)),
        ] {
            writeln!(
                f,
                "{name:<12} at most {second} in the second third, {last} in the last"
            )?;
        }
        write!(f, "{} failures", self.failures.len())
    }
}

/// Lets so many people work for a while; `log` is SQLite's.
pub fn load(program: &Program, clients: usize, span: Duration, log: Option<&Path>) -> Report {
    let report = Mutex::new(Report::default());
    let session = Mutex::new(Session::begin(program));
    let began = Instant::now();
    std::thread::scope(|scope| {
        for number in 0..clients {
            let (report, session) = (&report, &session);
            scope.spawn(move || {
                let mut worker = Worker::new(number);
                while began.elapsed() < span {
                    worker.work(&Session::kept(session, program));
                    std::thread::sleep(THOUGHT);
                }
                report.lock().expect("nobody panicked").add(worker.report);
            });
        }
        while began.elapsed() < span {
            std::thread::sleep(LOOK);
            let log = log.and_then(|log| std::fs::metadata(log).ok());
            let sample = Sample {
                resident: program.resident(),
                descriptors: program.descriptors() as u64,
                log: log.map_or(0, |log| log.len() / 1024),
            };
            report.lock().expect("nobody panicked").samples.push(sample);
        }
    });
    report.into_inner().expect("nobody panicked")
}

/// A sign-in that all of them share: eight at once by one account would look like guessing.
struct Session {
    client: Client,
    since: Instant,
}

impl Session {
    fn begin(program: &Program) -> Self {
        Self {
            client: program.person(Person::Manager),
            since: Instant::now(),
        }
    }

    fn kept(session: &Mutex<Self>, program: &Program) -> Client {
        let mut session = session.lock().expect("nobody panicked");
        if session.since.elapsed() > SESSION {
            *session = Self::begin(program);
        }
        session.client.clone()
    }
}

/// Somebody who works.
struct Worker {
    number: usize,
    turn: usize,
    customers: Vec<Record>,
    report: Report,
}

impl Worker {
    fn new(number: usize) -> Self {
        Self {
            number,
            turn: 0,
            customers: Vec::new(),
            report: Report::default(),
        }
    }

    fn work(&mut self, client: &Client) {
        let turn = self.turn;
        self.turn += 1;
        let kept = self.customers.len();
        match (turn % 10, kept) {
            (0 | 5, _) | (_, 0) => self.create(client),
            (1, _) => self.list(client, "/customers?limit=25&sort=name"),
            (2, _) => self.list(client, "/customers?limit=50&sort=-created_at&kind=person"),
            (3, _) => self.list(client, "/purchases?limit=25"),
            (4, _) => self.list(client, &format!("/customers?limit=25&q=acme+{}", turn % 97)),
            (6, _) => self.buy(client, turn % kept),
            (7, _) => self.change(client, turn % kept),
            (9, KEPT..) => self.delete(client),
            _ => self.look(client, turn % kept),
        }
    }

    /// Notes how a request went; the answer, if it was as it should be.
    fn noted(
        &mut self,
        kind: &'static str,
        status: u16,
        request: impl FnOnce() -> Answer,
    ) -> Option<Answer> {
        let began = Instant::now();
        let answer = request();
        let took = self.report.took.entry(kind).or_default();
        took.push(began.elapsed());
        if answer.status == status {
            return Some(answer);
        }
        self.report.failures.push(answer.to_string());
        None
    }

    fn list(&mut self, client: &Client, path: &str) {
        let kind = match path.contains("q=") {
            true => "search",
            false => "list",
        };
        self.noted(kind, 200, || client.get(path));
    }

    fn look(&mut self, client: &Client, at: usize) {
        let path = self.customers[at].path.clone();
        self.noted("get", 200, || client.get(&path));
    }

    fn create(&mut self, client: &Client) {
        let name = format!("Acme {} of {}", self.turn, self.number);
        let kind = ["person", "company"][self.turn % 2];
        let draft = json!({ "name": name, "kind": kind });
        let made = self.noted("create", 201, || client.post("/customers", draft));
        self.customers.extend(made.map(Answer::record));
    }

    fn buy(&mut self, client: &Client, at: usize) {
        let line = |price: usize| json!({ "description": "Tea", "quantity": "2", "price": price.to_string() });
        let lines: Vec<Value> = (1..=3).map(line).collect();
        let customer = self.customers[at].id();
        let draft =
            json!({ "customer_id": customer, "purchased_on": "2024-05-02", "lines": lines });
        self.noted("buy", 201, || client.post("/purchases", draft));
    }

    fn change(&mut self, client: &Client, at: usize) {
        let record = self.customers[at].clone();
        let note = json!({ "note": format!("turn {}", self.turn) });
        let changed = self.noted("change", 200, || client.change(&record, note));
        if let Some(changed) = changed {
            self.customers[at] = changed.record();
        }
    }

    fn delete(&mut self, client: &Client) {
        let record = self.customers.remove(0);
        self.noted("delete", 204, || client.remove(&record));
    }
}
