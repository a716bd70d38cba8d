//! Hostile strings through every parameter of every operation: each is a value or refused, and nothing is written.

use std::collections::BTreeSet;

use perennial_domain::resources::RESOURCES;
use perennial_tests::app::TestApp;
use perennial_tests::client::{Answer, Client, encoded};
use perennial_tests::company::Person;
use perennial_tests::state::Watch;
use serde_json::{Value, json};

use crate::hostile;
use crate::injected::put;
use crate::probes::insert_job;
use crate::samples::World;
use crate::sign_in::refresh;

/// An id that is nobody's.
const NOBODY: &str = "01890000-0000-7000-8000-000000000000";

/// An operation as the contract tells it.
struct Operation {
    method: String,
    path: String,
    has_body: bool,
    /// Where each parameter stands, and its name.
    parameters: Vec<(String, String)>,
}

impl Operation {
    /// The names of the parameters that stand there.
    fn named(&self, place: &str) -> Vec<&str> {
        let there = self.parameters.iter().filter(|(stands, _)| stands == place);
        there.map(|(_, name)| name.as_str()).collect()
    }

    /// Asks it about a record, with headers of one's own.
    fn ask(&self, client: &Client, id: &str, query: &str, header: Option<(&str, &str)>) -> Answer {
        let path = self.path.replace("{id}", id);
        let mut request = client.request(&self.method, &format!("{path}{query}"));
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        if self.has_body {
            request = request.json(&json!({}));
        }
        request.send()
    }
}

/// Every operation of the contract.
fn operations(client: &Client) -> Vec<Operation> {
    let contract = client.get("/api/openapi.json").expect(200).body;
    let mut found = Vec::new();
    for (path, methods) in contract["paths"].as_object().unwrap() {
        for (method, told) in methods.as_object().unwrap() {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let parameters = told["parameters"].as_array().into_iter().flatten();
            found.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                has_body: told["requestBody"].is_object(),
                parameters: parameters
                    .map(|one| (text(&one["in"]), text(&one["name"])))
                    .collect(),
            });
        }
    }
    found
}

/// A server with a record of each kind, and its administrator.
fn world() -> (TestApp, Client) {
    let app = TestApp::start();
    let admin = app.as_admin();
    let world = World::new(&admin);
    insert_job(&app, "01890000-0000-7000-8000-000000000001", "1", "queued");
    admin.create("purchases", json!({ "customer_id": world.customer.id() }));
    (app, admin)
}

#[test]
fn a_parameter_of_the_query_is_a_value_or_refused() {
    let (app, admin) = world();
    let mut watch = Watch::of(&app.database);
    let before = watch.state();
    let (mut alone, mut refused) = (0, 0);
    for operation in operations(&admin) {
        let names = operation.named("query");
        // What is longer does not fit into an address together with the others.
        let fits = |text: &&String| !names.is_empty() && text.len() < 1_000;
        for text in hostile::texts().iter().filter(fits) {
            let value = encoded(text);
            let all: Vec<String> = names.iter().map(|name| format!("{name}={value}")).collect();
            let answer = operation.ask(&admin, NOBODY, &format!("?{}", all.join("&")), None);
            let blamed: BTreeSet<&str> = answer.faults().iter().map(|fault| fault.0).collect();
            refused += blamed.len();
            // What was not refused beside the others is asked by itself.
            for name in names.iter().filter(|name| !blamed.contains(*name)) {
                let answer = operation.ask(&admin, NOBODY, &format!("?{name}={value}"), None);
                let whole = [200, 400, 404].contains(&answer.status);
                assert!(whole, "{name}={text:.80}: {answer}");
                alone += 1;
            }
        }
    }
    assert_eq!(watch.state(), before, "something was written");
    assert!(alone > 2_000 && refused > 10_000, "{alone} {refused}");
}

#[test]
fn what_is_no_id_in_a_path_names_nothing() {
    let (app, admin) = world();
    let mut watch = Watch::of(&app.database);
    let before = watch.state();
    let mut asked = 0;
    for operation in operations(&admin) {
        if operation.named("path").is_empty() {
            continue;
        }
        for text in hostile::some(&mut asked)
            .iter()
            .filter(|text| !text.is_empty())
        {
            let answer = operation.ask(&admin, &encoded(text), "", None);
            assert!([400, 404].contains(&answer.status), "{text:.80}: {answer}");
        }
    }
    assert_eq!(watch.state(), before, "something was written");
    assert!(asked > 40, "{asked}");
}

/// Whether a text can stand in a header at all.
fn fits_a_header(text: &str) -> bool {
    !text.is_empty() && text.len() < 4_000 && text.bytes().all(|byte| (32..127).contains(&byte))
}

#[test]
fn a_header_is_a_value_or_refused() {
    let (app, admin) = world();
    let mut watch = Watch::of(&app.database);
    let before = watch.state();
    let mut asked = 0;
    for operation in operations(&admin) {
        for name in operation.named("header") {
            for text in hostile::some(&mut asked)
                .iter()
                .filter(|text| fits_a_header(text))
            {
                let answer = operation.ask(&admin, NOBODY, "", Some((name, text)));
                let expected = [200, 304, 400, 404, 422, 428];
                assert!(
                    expected.contains(&answer.status),
                    "{name}: {text}: {answer}"
                );
            }
        }
    }
    for text in hostile::texts().iter().filter(|text| fits_a_header(text)) {
        // A `;` ends a cookie's value.
        refresh(&app.anonymous(), text).refused(401, "session_expired");
        let named = admin
            .request("GET", "/tags")
            .header("x-request-id", text)
            .send();
        let id = named.expect(200).header("x-request-id").unwrap().to_owned();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/".contains(&byte);
        assert!(id.bytes().all(plain), "{id}");
        admin
            .anonymous()
            .with_token(text)
            .get("/me")
            .refused(401, "unauthenticated");
    }
    assert_eq!(watch.state(), before, "something was written");
    assert!(asked > 40, "{asked}");
}

#[test]
fn a_key_of_ones_own_is_only_a_key() {
    let app = TestApp::start();
    let admin = app.as_admin();
    for text in hostile::texts().iter().filter(|text| fits_a_header(text)) {
        let create = || {
            let request = admin.request("POST", "/tags").key(text);
            request
                .json(&json!({ "name": format!("{text:.50}!") }))
                .send()
        };
        let first = create();
        if first.status == 201 {
            let again = create().expect(201);
            assert_eq!(
                again.header("idempotency-replayed"),
                Some("true"),
                "{again}"
            );
            assert_eq!(again["id"], first["id"], "{text}");
        } else {
            first.refused(400, "bad_request");
        }
    }
}

#[test]
fn who_signs_in_is_looked_for_by_exactly_what_was_written() {
    let app = TestApp::start();
    let organization =
        json!({ "name": "A", "currency": "CNY", "zone": "UTC", "language": "en", "country": "CN" });
    let sign_in = json!({ "email": "a@b.cn", "password": "a good password" });
    let reset = json!({ "token": "x", "new_password": "a good password" });
    let setup = json!({ "token": "x", "name": "A", "email": "a@b.cn", "password": "a good password", "organization": organization });
    let change = json!({ "current_password": "x", "new_password": "short" });
    let mut round = 0;
    for (path, body) in [
        ("/auth/sign-in", sign_in),
        ("/auth/password-reset", reset),
        ("/setup", setup),
        ("/auth/password", change),
    ] {
        for pointer in pointers(&body) {
            // Passwords are slow on purpose, the rest is looked for in the database.
            let sought = ["/email", "/token"].contains(&pointer.as_str());
            let (texts, patience) = if sought {
                (hostile::texts(), 25)
            } else {
                (hostile::some(&mut round), 4)
            };
            for (at, text) in texts.iter().enumerate() {
                if at % patience == 0 {
                    app.database.execute("DELETE FROM throttles");
                }
                let mut body = body.clone();
                *body.pointer_mut(&pointer).unwrap() = json!(text);
                let answer = app.as_reader().post(path, body);
                let expected = [400, 401, 409, 422];
                assert!(
                    expected.contains(&answer.status),
                    "{pointer} {text:.80}: {answer}"
                );
            }
        }
    }
    app.database.execute("DELETE FROM throttles");
    app.sign_in(Person::Seller).expect(200);
}

/// Where a body of nothing but texts has one.
fn pointers(body: &Value) -> Vec<String> {
    let members = body.as_object().into_iter().flatten();
    members
        .flat_map(|(name, value)| match value {
            Value::Object(_) => pointers(value)
                .iter()
                .map(|below| format!("/{name}{below}"))
                .collect(),
            _ => vec![format!("/{name}")],
        })
        .collect()
}

#[test]
fn a_search_takes_no_text_for_more_than_a_value() {
    let (app, admin) = world();
    let mut watch = Watch::of(&app.database);
    let before = watch.state();
    let (mut round, mut asked) = (0, 0);
    for about in RESOURCES {
        let path = format!("/{}/search", about.path());
        let fields = about.fields.iter().map(|field| field.name);
        let values = fields.flat_map(|name| {
            [
                json!({ "where": { "field": name } }),
                json!({ "where": { "field": name, "operator": "in", "value": [] } }),
            ]
        });
        let mut places: Vec<(Value, &str)> = values
            .map(|body| {
                (
                    body.clone(),
                    if body["where"]["operator"].is_null() {
                        "/where/value"
                    } else {
                        "/where/value/0"
                    },
                )
            })
            .collect();
        places.extend([
            (json!({}), "/sort"),
            (json!({}), "/q"),
            (json!({}), "/cursor"),
            (json!({ "where": { "value": "x" } }), "/where/field"),
            (
                json!({ "where": { "field": "name", "value": "x" } }),
                "/where/operator",
            ),
        ]);
        for (body, pointer) in places {
            // What is searched for is read by the database's own grammar; the rest by ours.
            let texts = if pointer == "/q" {
                hostile::texts()
            } else {
                hostile::some(&mut round)
            };
            for text in texts {
                let mut body = body.clone();
                put(&mut body, pointer, &text);
                let answer = admin.post(&path, body);
                assert!(
                    [200, 422].contains(&answer.status),
                    "{pointer} {text:.80}: {answer}"
                );
                asked += 1;
            }
        }
    }
    assert_eq!(watch.state(), before, "something was written");
    assert!(asked > 2_000, "{asked}");
}

#[test]
fn a_batch_names_records_by_ids_and_nothing_else() {
    let (app, admin) = world();
    let mut watch = Watch::of(&app.database);
    let before = watch.state();
    let mut round = 0;
    for about in RESOURCES {
        for (operation, pointer) in [
            (
                json!({ "delete": { "version": 1 } }),
                "/operations/0/delete/id",
            ),
            (json!({ "restore": {} }), "/operations/0/restore/id"),
            (
                json!({ "update": { "version": 1, "patch": {} } }),
                "/operations/0/update/id",
            ),
            (json!({ "delete": { "id": NOBODY, "version": 1 } }), "/mode"),
        ] {
            for text in hostile::some(&mut round) {
                let mut body = json!({ "operations": [operation] });
                put(&mut body, pointer, &text);
                let path = format!("/{}/batch", about.path());
                admin
                    .post(&path, body)
                    .refused(422, "invalid")
                    .blames(pointer, "type");
            }
        }
    }
    assert_eq!(watch.state(), before, "something was written");
}
