//! What is measured: the requests of each operation, and the statements that each of them runs.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::callers::Caller;
use crate::customers::{body, common, rare};
use crate::record::{self, Statement};
use crate::wire;
use perennial_tests::client::Client;

/// How many different requests an operation is measured with.
const REQUESTS: usize = 20;

/// An operation.
pub struct Operation {
    /// What it is called.
    pub name: &'static str,
    /// Who asks.
    pub caller: Caller,
    /// How its answer begins.
    pub status: u16,
    /// Whether it writes.
    pub writes: bool,
    /// Paths to ask in turn; a creation has one.
    paths: Vec<String>,
    /// What each of those requests runs.
    pub statements: Vec<Vec<Statement>>,
}

impl Operation {
    /// The bytes of one of its requests.
    pub fn request(&self, number: usize, token: &str) -> Vec<u8> {
        let path = format!("/api/v1{}", self.paths[number % self.paths.len()]);
        match self.writes {
            true => wire::request("POST", &path, token, &body(number).to_string()),
            false => wire::request("GET", &path, token, ""),
        }
    }

    fn reading(name: &'static str, caller: Caller, client: &Client, paths: Vec<String>) -> Self {
        let heard = |path: &String| record::statements(|| drop(client.get(path).expect(200)));
        Self {
            name,
            caller,
            status: 200,
            writes: false,
            statements: paths.iter().map(heard).collect(),
            paths,
        }
    }
}

/// Seconds after which an answer is too slow to be asked for again and again.
const SLOW: f64 = 0.5;

/// Every operation of a caller that is wanted, heard from a server in this process; `count` customers are there. Lists that
/// are too slow are told with their milliseconds instead.
pub fn all(
    caller: Caller,
    client: &Client,
    count: usize,
    wanted: impl Fn(&str) -> bool,
    slow: &mut Vec<(String, f64)>,
) -> Vec<Operation> {
    let mut all = Vec::new();
    // So few that the fewest of the small base fill a page.
    let limit = match caller {
        Caller::Own => 10,
        _ => 25,
    };
    for (name, path) in [
        ("list", "/customers?sort=name"),
        ("newest", "/customers?sort=-created_at"),
        ("purchases", "/purchases?sort=-purchased_on"),
    ] {
        if wanted(name) {
            let began = Instant::now();
            client.get(&format!("{path}&limit={limit}"));
            let taken = began.elapsed().as_secs_f64();
            if taken > SLOW {
                slow.push((format!("{name}/{}", caller.name()), taken * 1000.0));
                continue;
            }
            let paths = pages(client, &format!("{path}&limit={limit}"), limit);
            all.push(Operation::reading(name, caller, client, paths));
        }
    }
    if wanted("search") {
        let search = |number: usize| {
            let term = match number % 5 {
                0 => common(number).to_owned(),
                _ => rare(number * (count / REQUESTS)),
            };
            format!("/customers?limit={limit}&q={}", encoded(&term))
        };
        let paths = (0..REQUESTS).map(search).collect();
        all.push(Operation::reading("search", caller, client, paths));
    }
    if caller != Caller::All {
        return all;
    }
    if wanted("get") {
        let pages = pages(client, "/customers?sort=name&limit=25", 25);
        let first = |path: &String| {
            let page = client.get(path).expect(200).body;
            let id = page["data"][0]["id"].as_str().expect("an id");
            format!("/customers/{id}")
        };
        let paths = pages.iter().map(first).collect();
        all.push(Operation::reading("get", caller, client, paths));
    }
    if wanted("create") {
        all.push(Operation {
            name: "create",
            caller,
            status: 201,
            writes: true,
            paths: vec!["/customers".to_owned()],
            statements: (0..REQUESTS)
                .map(|number| creation(client, count + number))
                .collect(),
        });
    }
    all
}

/// Pages of a list, far from each other: as far as it goes.
fn pages(client: &Client, first: &str, limit: usize) -> Vec<String> {
    let mut paths = vec![first.to_owned()];
    while paths.len() < REQUESTS {
        let last = paths.last().expect("the first");
        let far = last.replace(&format!("limit={limit}"), "limit=200");
        let page = client.get(&far).expect(200).body;
        let Some(cursor) = page["page"]["next_cursor"].as_str() else {
            break;
        };
        paths.push(format!("{first}&cursor={cursor}"));
    }
    paths
}

fn creation(admin: &Client, number: usize) -> Vec<Statement> {
    let start = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis());
    let mut code = String::new();
    let mut statements = record::statements(|| {
        let made = admin.post("/customers", body(number)).expect(201);
        made.body["code"]
            .as_str()
            .expect("a code")
            .clone_into(&mut code);
    });
    let event = admin.get("/events?limit=1").expect(200).body["data"][0]["seq"].as_i64();
    record::renew(
        &mut statements,
        u64::try_from(start).unwrap_or(0),
        event.expect("an event"),
        &code,
    );
    statements
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
