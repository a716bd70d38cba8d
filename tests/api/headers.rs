//! What answers carry and what they keep to themselves: headers, other origins, files.

use std::fs;

use perennial_api::{Config, routes};
use perennial_tests::app::{Server, TestApp};
use perennial_tests::client::{Answer, Client};
use perennial_tests::database::Database;
use serde_json::json;

use crate::probes::Caller::{Admin, NoToken, ReadOnly};
use crate::probes::Matrix;

/// What every answer of the API carries.
const DRESS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'",
    ),
    ("cache-control", "no-store"),
];

/// Asserts that no other origin may read an answer, and that nothing tells what the server is made of.
fn is_closed(answer: &Answer) {
    for (name, _) in &answer.headers {
        let name = name.as_str();
        assert!(!name.starts_with("access-control-"), "{name}: {answer}");
        assert!(
            !["server", "x-powered-by"].contains(&name),
            "{name}: {answer}"
        );
    }
}

#[test]
fn every_answer_of_every_operation_is_dressed_and_closed_to_other_origins() {
    let matrix = Matrix::new(TestApp::start());
    for operation in routes::operations().list() {
        for caller in [Admin, ReadOnly, NoToken] {
            let probe = matrix.probe(&operation.id, caller);
            let client = caller.client(&matrix.app);
            let answer = probe.send(&client, operation.method.as_str());
            is_closed(&answer);
            // What never changes as long as its tag holds may be kept, if it is asked for again.
            let kept = ["no-cache", "private, no-cache"];
            for (name, value) in DRESS {
                let own = answer.header(name).unwrap_or_default();
                let again = name == "cache-control" && kept.contains(&own);
                assert!(own == value || again, "{name}: {own}: {answer}");
            }
        }
    }
}

#[test]
fn another_origin_is_told_nothing() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for origin in [
        "https://evil.example",
        "null",
        "http://localhost",
        "http://127.0.0.1",
    ] {
        for (method, path) in [
            ("GET", "/customers"),
            ("POST", "/customers"),
            ("OPTIONS", "/customers"),
            ("OPTIONS", "/auth/refresh"),
            ("GET", "/api/openapi.json"),
            ("GET", "/nothing"),
        ] {
            let asked = seller
                .request(method, path)
                .header("origin", origin)
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "authorization");
            is_closed(&asked.send());
        }
    }
}

/// A server of pages, with a secret beside them.
fn pages() -> (Server, Database) {
    let database = Database::new();
    let top = database.folder.path();
    let pages = top.join("pages");
    fs::create_dir_all(pages.join(".hidden")).unwrap();
    fs::write(pages.join("index.html"), "<p>the application</p>").unwrap();
    fs::write(pages.join("app.js"), "1").unwrap();
    for secret in [
        top.join("secret"),
        pages.join(".env"),
        pages.join(".hidden/secret"),
    ] {
        fs::write(secret, "the secret").unwrap();
    }
    let local = Config::local(&database.url, top.to_owned());
    (
        Server::start(Config {
            frontend: pages,
            ..local
        }),
        database,
    )
}

/// Asks for a path as it is written, as no browser would.
fn ask(client: &Client, path: &str, page: bool) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(client.authority()).unwrap();
    let accept = if page { "Accept: text/html\r\n" } else { "" };
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: x\r\n{accept}Connection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_page_is_a_file_of_its_folder_and_no_other() {
    let (server, database) = pages();
    let client = server.client();
    assert!(ask(&client, "/app.js", false).ends_with("\r\n\r\n1"));
    let index = ask(&client, "/customers", true);
    assert!(index.contains("the application"), "{index}");
    for part in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "script-src 'self'",
        "x-content-type-options: nosniff",
    ] {
        assert!(index.contains(part), "{part}: {index}");
    }
    let whole = database.folder.path().join("secret");
    let whole = whole.to_str().unwrap();
    for path in [
        "/../secret",
        "/..%2fsecret",
        "/%2e%2e/secret",
        "/%2e%2e%2fsecret",
        "/%252e%252e%252fsecret",
        "/x/../../secret",
        "/..\\secret",
        "/..%5csecret",
        "/....//secret",
        "/.env",
        "/%2eenv",
        "/.hidden/secret",
        "/./.env",
        "/app.js/../../secret",
        "/secret%00.js",
        &format!("/{whole}"),
        &format!("/{}", whole.replace('/', "%2f")),
        &format!("/%2f{}", &whole[1..]),
        "/perennial.db",
        "/../perennial.db",
    ] {
        for page in [false, true] {
            let answer = ask(&client, path, page);
            assert!(
                !answer.contains("the secret") && !answer.contains("SQLite format"),
                "{path}: {answer}"
            );
            // A person gets the application, which says that there is no such page.
            let good =
                answer.starts_with("HTTP/1.1 4") || page && answer.contains("the application");
            assert!(good, "{path}: {answer}");
        }
    }
    client.post("/app.js", json!({})).expect(404);
}
