//! What is too large, too deep, too strange: refused as a problem, whatever it is.

use std::io::{Read, Write};
use std::net::TcpStream;

use perennial_tests::app::TestApp;
use perennial_tests::client::{Answer, Client, encoded, ids};
use serde_json::{Value, json};

use crate::purchases::{buy, line};

fn post(client: &Client, media_type: &str, body: impl Into<Vec<u8>>) -> Answer {
    client
        .request("POST", "/customers")
        .bytes(media_type, body)
        .send()
}

/// Sends bytes as they are; the status line and the rest of the answer.
fn raw(client: &Client, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(client.authority()).unwrap();
    stream
        .set_read_timeout(Some(std::time::Duration::from_secs(20)))
        .unwrap();
    // The server may answer, and close, before it has read everything.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_body_has_a_million_bytes_at_most() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let fits = format!("{{\"name\": \"A\"{}}}", " ".repeat(1_000_000 - 13));
    assert_eq!(fits.len(), 1_000_000);
    post(&seller, "application/json", fits).expect(201);
    let head = format!(
        "POST /api/v1/customers HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n",
        seller.token()
    );
    let announced = raw(
        &seller,
        format!("{head}Content-Length: 1000001\r\n\r\n{{").as_bytes(),
    );
    assert!(
        announced.starts_with("HTTP/1.1 413") && announced.contains("application/problem+json"),
        "{announced:.300}"
    );
    let chunk = format!("{:x}\r\n{}\r\n", 100_000, " ".repeat(100_000));
    let chunked = raw(
        &seller,
        format!(
            "{head}Transfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n",
            chunk.repeat(11)
        )
        .as_bytes(),
    );
    assert!(
        chunked.starts_with("HTTP/1.1 413") && chunked.contains("too_large"),
        "{chunked:.300}"
    );
}

#[test]
fn a_body_is_json_and_not_compressed() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/merge-patch+json",
        "application/json-seq",
        "",
    ] {
        post(&seller, media_type, "{\"name\": \"A\"}").refused(415, "unsupported_media_type");
    }
    post(
        &seller,
        "application/json; charset=utf-8",
        "{\"name\": \"A\"}",
    )
    .expect(201);
    let request = || {
        seller
            .request("POST", "/customers")
            .json(&json!({ "name": "A" }))
    };
    for encoding in ["gzip", "br", "deflate", "x"] {
        request()
            .header("content-encoding", encoding)
            .send()
            .refused(415, "unsupported_media_type");
    }
    request()
        .header("content-encoding", "identity")
        .send()
        .expect(201);
    seller
        .request("POST", "/customers")
        .send()
        .refused(415, "unsupported_media_type");
    let acme = seller.create_customer("Acme");
    let patch = seller
        .request("PATCH", &acme.path)
        .if_match(&acme.etag)
        .bytes("application/merge-patch+json", "{}")
        .send();
    patch.expect(200);
}

#[test]
fn json_that_is_none_or_means_two_things_is_refused() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let bodies: [&[u8]; 16] = [
        b"",
        b"{",
        b"{}}",
        b"{'name': 1}",
        b"{\"name\": \"A\",}",
        b"nul",
        b"{\"name\": \"A\"} {}",
        b"// x\n{}",
        b"{\"name\": \"A\", \"name\": \"B\"}",
        b"{\"employees\": 1e400}",
        b"{\"employees\": NaN}",
        b"{\"name\": \"\\ud800\"}",
        b"{\"name\": \"\\udc00\\ud800\"}",
        b"{\"name\": \"\xff\xfe\"}",
        b"\xef\xbb\xbf{}",
        deep.as_bytes(),
    ];
    for body in bodies {
        let refused = post(&seller, "application/json", body);
        assert_eq!(
            refused.status,
            400,
            "{:.60}: {refused}",
            String::from_utf8_lossy(body)
        );
    }
    let members = (0..50_000)
        .map(|at| format!("\"m{at}\": 1"))
        .collect::<Vec<_>>()
        .join(", ");
    post(&seller, "application/json", format!("{{{members}}}")).refused(422, "invalid");
}

#[test]
fn a_text_holds_no_control_characters() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for wrong in ["\u{0}", "a\u{0}b", "\u{7}", "\u{1b}[31m", "\u{85}"] {
        let customer = |draft| seller.post("/customers", draft).refused(422, "invalid");
        customer(json!({ "name": format!("A{wrong}") })).blames("/name", "control_character");
        customer(json!({ "name": "A", "note": wrong })).blames("/note", "control_character");
        customer(json!({ "name": "A", "addresses": [{ "city": wrong }] }))
            .blames("/addresses/0/city", "control_character");
    }
    let kept = "two\nlines\tand a tab\r\n";
    assert_eq!(
        seller.create("customers", json!({ "name": "A", "note": kept }))["note"],
        kept
    );
}

#[test]
fn what_stands_in_one_line_holds_no_line_breaks() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for end in ["\n", "\r\n", "\u{2028}"] {
        let two = format!("two{end}lines");
        for (pointer, draft) in [
            ("/name", json!({ "name": two })),
            ("/code", json!({ "name": "A", "code": two })),
            ("/industry", json!({ "name": "A", "industry": two })),
            (
                "/addresses/0/street",
                json!({ "name": "A", "addresses": [{ "street": two }] }),
            ),
            (
                "/identifiers/0/value",
                json!({ "name": "A", "identifiers": [{ "kind": "phone", "value": two }] }),
            ),
        ] {
            let refused = seller.post("/customers", draft).refused(422, "invalid");
            refused.blames(pointer, "line_break");
        }
    }
}

#[test]
fn what_nobody_can_see_is_no_text() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for blank in [" \t", "\u{200b}\u{feff}", "\u{3164}", "\u{2800}\u{ad}"] {
        let phone = json!([{ "kind": "phone", "value": blank }]);
        for (pointer, draft) in [
            ("/name", json!({ "name": blank })),
            (
                "/identifiers/0/value",
                json!({ "name": "A", "identifiers": phone }),
            ),
            (
                "/consumption/0/item",
                json!({ "name": "A", "consumption": [{ "item": blank }] }),
            ),
        ] {
            let refused = seller.post("/customers", draft).refused(422, "invalid");
            refused.blames(pointer, "required");
        }
    }
    seller.create_customer("\u{200b}A");
}

#[test]
fn strange_texts_come_back_as_they_were() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for name in [
        "'; DROP TABLE customers; --",
        "<script>alert(1)</script>",
        "=1+1",
        "%s%n",
        "😀👨‍👩‍👧",
        "ﷺ",
        "Zoë",
        "a\u{200b}b",
        "\u{202e}evil",
        "\\",
        "\"",
        "{{7*7}}",
        "ｱﾝﾄﾞ",
    ] {
        let made = seller.create("customers", json!({ "name": name }));
        assert_eq!(made["name"], name);
        let encoded = encoded(name);
        assert_eq!(
            seller.get(&format!("/customers?name={encoded}")).ids(),
            [made.id()],
            "{name}"
        );
        seller.get(&format!("/customers?q={encoded}")).expect(200);
        seller.get(&format!("/search?q={encoded}")).expect(200);
    }
}

#[test]
fn numbers_keep_their_bounds() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for wrong in [
        "1e30",
        "9223372036854775808",
        "-9223372036854775809",
        "1.5",
        "\"1\"",
        "true",
        "1e308",
    ] {
        let refused = post(
            &seller,
            "application/json",
            format!("{{\"name\": \"A\", \"employees\": {wrong}}}"),
        );
        refused.refused(422, "invalid");
    }
    for (good, kept) in [("5.0", 5), ("1e3", 1000), ("0", 0), ("-0", 0)] {
        let made = post(
            &seller,
            "application/json",
            format!("{{\"name\": \"A\", \"employees\": {good}}}"),
        )
        .expect(201);
        assert_eq!(made["employees"], kept, "{good}");
    }
}

#[test]
fn a_path_that_nobody_knows_is_a_problem_too() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for path in [
        "/api",
        "/api/v1",
        "/api/v1/",
        "/api/v1/nonsense",
        "/api/v2/customers",
        "/api/v1/customers/",
        "/api/v1//customers",
        "/api/v1/customers/x/y/z",
        "/api/%2e%2e/etc/passwd",
    ] {
        seller.get(path).refused(404, "not_found");
        app.anonymous()
            .post(path, json!({}))
            .refused(404, "not_found");
    }
}

#[test]
fn another_method_is_told_which_ones_there_are() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for (method, path, allow) in [
        ("PUT", "/customers", "GET, POST"),
        ("DELETE", "/customers", "GET, POST"),
        (
            "POST",
            "/customers/01890000-0000-7000-8000-000000000000",
            "GET, PATCH, DELETE",
        ),
        ("GET", "/customers/batch", "POST"),
        ("PATCH", "/auth/sign-in", "POST"),
        ("POST", "/health/live", "GET"),
    ] {
        let refused = seller
            .request(method, path)
            .send()
            .refused(405, "method_not_allowed");
        let found: std::collections::BTreeSet<&str> =
            refused.header("allow").unwrap().split(", ").collect();
        assert_eq!(found, allow.split(", ").collect(), "{method} {path}");
    }
}

#[test]
fn a_request_that_is_no_http_harms_nobody() {
    let app = TestApp::start();
    let client = app.anonymous();
    for request in [
        "\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX: \u{0}\r\n\r\n",
        &format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(200_000)),
    ] {
        let answer = raw(&client, request.as_bytes());
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{answer:.200}"
        );
    }
    client.get("/health/live").expect(200);
}

#[test]
fn every_answer_is_dressed() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for answer in [
        seller.get("/customers"),
        seller.get("/nonsense"),
        seller.post("/customers", json!({})),
        app.anonymous().get("/health/live"),
    ] {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{answer}");
        }
        assert!(
            answer
                .header("content-security-policy")
                .unwrap()
                .contains("default-src 'none'")
        );
        assert_eq!(
            answer.header("access-control-allow-origin"),
            None,
            "other origins are shut out"
        );
    }
    let named = seller
        .request("GET", "/customers")
        .header("x-request-id", "trace-1")
        .send();
    assert_eq!(named.header("x-request-id"), Some("trace-1"));
    let strange = seller
        .request("GET", "/nonsense")
        .header("x-request-id", "<script>")
        .send();
    assert_ne!(strange.body["instance"], "<script>");
    let preflight = seller
        .request("OPTIONS", "/customers")
        .header("origin", "https://evil.example")
        .send();
    assert_eq!(preflight.header("access-control-allow-origin"), None);
}

#[test]
fn a_server_says_how_it_is() {
    let app = TestApp::start();
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(app.anonymous().get(path).expect(200)["status"], "ok");
    }
    assert_eq!(
        app.anonymous().get("/version").expect(200)["name"],
        "perennial"
    );
}

#[test]
fn a_page_of_heavy_purchases_ends_early_and_the_walk_misses_none() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let many: Vec<Value> = (0..1000).map(|_| line("1", "1", "0")).collect();
    let mut made: Vec<String> = (0..8)
        .map(|_| buy(&seller, &acme, "2024-05-02", &many).id())
        .collect();
    made.push(buy(&seller, &acme, "2024-05-03", &[line("1", "1", "0")]).id());
    let page = seller
        .get("/purchases?limit=200&sort=-purchased_on")
        .expect(200);
    assert_eq!(
        page.ids().len(),
        5,
        "one line and four thousand, of five thousand that fit"
    );
    assert_eq!(page["page"]["has_more"], true);
    let mut walked = ids(&seller.walk("/purchases?limit=200"));
    assert_eq!(walked.len(), made.len());
    walked.sort();
    made.sort();
    assert_eq!(walked, made);
}
