//! What is measured: the requests of each operation, and the statements that each of them runs.

use std::time::{SystemTime, UNIX_EPOCH};

use perennial_tests::client::Client;
use serde_json::json;

use crate::customers::{self, COUNT, body, common, rare};
use crate::record::{self, Statement};
use crate::wire;

/// How many different requests an operation is measured with.
const REQUESTS: usize = 20;

/// An operation.
pub struct Operation {
    /// What it is called.
    pub name: &'static str,
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
            true => wire::request("POST", &path, token, &body(2 * COUNT + number).to_string()),
            false => wire::request("GET", &path, token, ""),
        }
    }
}

/// Every operation, heard from a server in this process that its administrator asks.
pub fn all(admin: &Client) -> Vec<Operation> {
    let (mut lists, mut ids) = (vec!["/customers?limit=25&sort=name".to_owned()], Vec::new());
    while lists.len() < REQUESTS {
        let path = lists
            .last()
            .expect("the first")
            .replace("limit=25", "limit=200");
        let page = admin.get(&path).expect(200).body;
        ids.push(
            page["data"][lists.len() % 200]["id"]
                .as_str()
                .expect("an id")
                .to_owned(),
        );
        let cursor = page["page"]["next_cursor"]
            .as_str()
            .expect("there are more");
        lists.push(format!("{}&cursor={cursor}", lists[0]));
    }
    let gets = ids.iter().map(|id| format!("/customers/{id}")).collect();
    let searches = (0..REQUESTS).map(|number| match number % 5 {
        0 => format!("/customers?limit=25&q={}", encoded(common(number))),
        _ => format!(
            "/customers?limit=25&q={}",
            encoded(&rare(number * (COUNT / REQUESTS)))
        ),
    });
    let reading = |name, paths: Vec<String>| {
        let heard = |path: &String| record::statements(|| drop(admin.get(path).expect(200)));
        Operation {
            name,
            status: 200,
            writes: false,
            statements: paths.iter().map(heard).collect(),
            paths,
        }
    };
    let create = Operation {
        name: "create",
        status: 201,
        writes: true,
        paths: vec!["/customers".to_owned()],
        statements: (0..REQUESTS)
            .map(|number| creation(admin, number))
            .collect(),
    };
    vec![
        reading("list", lists),
        reading("get", gets),
        reading("search", searches.collect()),
        create,
    ]
}

fn creation(admin: &Client, number: usize) -> Vec<Statement> {
    let start = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis());
    let mut code = String::new();
    let mut statements = record::statements(|| {
        let made = admin
            .post("/customers", customers::body(COUNT + number))
            .expect(201);
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

/// Signs the company's administrator in.
pub fn signed_in(client: &Client) -> Client {
    let email = perennial_tests::company::Person::Admin.email();
    let credentials = json!({ "email": email, "password": perennial_tests::company::PASSWORD });
    let answer = client.post("/auth/sign-in", credentials).expect(200);
    client.with_token(answer.body["access_token"].as_str().expect("a token"))
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
