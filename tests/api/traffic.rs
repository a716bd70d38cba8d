//! How much a caller may ask for, where a request comes from, and what an operator is told of all that.

use std::net::SocketAddr;

use perennial_tests::app::TestApp;
use perennial_tests::client::{Answer, Client};
use perennial_tests::company::Person;
use serde_json::json;

/// A server that lets everybody ask so often in a minute.
fn limited(requests: u32) -> TestApp {
    TestApp::told(|config| config.rate_limit = requests)
}

/// What `RateLimit` says is left.
fn left(answer: &Answer) -> u32 {
    let told = answer.header("ratelimit").expect("what is left");
    let rest = told
        .strip_prefix("\"requests\";r=")
        .expect("the policy's name");
    rest.split(';')
        .next()
        .and_then(|number| number.parse().ok())
        .expect("a number")
}

#[test]
fn who_asks_too_much_has_to_wait_and_nobody_else() {
    let app = limited(20);
    let (seller, manager) = (app.as_seller(), app.as_manager());
    let first = seller.get("/customers").expect(200);
    assert_eq!(
        first.header("ratelimit-policy"),
        Some("\"requests\";q=20;w=60")
    );
    assert_eq!(left(&first), 19);
    let answers: Vec<Answer> = (0..30).map(|_| seller.get("/me")).collect();
    let refused: Vec<&Answer> = answers
        .iter()
        .filter(|answer| answer.status == 429)
        .collect();
    assert!(
        (1..=11).contains(&refused.len()),
        "{} of 30 after one of 20",
        refused.len()
    );
    for answer in refused {
        assert_eq!(answer.body["code"], "too_many_requests");
        assert_eq!(
            answer.body["instance"].as_str(),
            answer.header("x-request-id")
        );
        let seconds: u32 = answer
            .header("retry-after")
            .and_then(|text| text.parse().ok())
            .expect("how long");
        assert!((1..=3).contains(&seconds) && left(answer) == 0, "{answer}");
    }
    // Neither another user nor who has no token is held up, nor a second session of the same user let through.
    assert_eq!(left(&manager.get("/me").expect(200)), 19);
    assert_eq!(
        left(&app.anonymous().get("/me").refused(401, "unauthenticated")),
        19
    );
    assert!((1..30).any(|_| app.as_seller().get("/me").status == 429));
}

#[test]
fn a_bad_token_counts_for_the_address() {
    let app = limited(20);
    let stranger = app.anonymous().with_token("made.up.token");
    let statuses: Vec<u16> = (0..30).map(|_| stranger.get("/customers").status).collect();
    assert!(
        statuses.contains(&401) && statuses.contains(&429),
        "{statuses:?}"
    );
    app.as_seller().get("/me").expect(200);
}

#[test]
fn files_and_refusals_of_unknown_paths_are_not_counted() {
    let app = limited(5);
    for _ in 0..10 {
        app.anonymous().get("/nonsense").refused(404, "not_found");
    }
}

#[test]
fn without_a_limit_nothing_is_counted() {
    let app = TestApp::start();
    assert_eq!(
        app.as_seller().get("/me").expect(200).header("ratelimit"),
        None
    );
}

/// A sign-in that fails, as a proxy would pass it on.
fn guess(client: &Client, forwarded: &str, number: usize) -> u16 {
    let body = json!({ "email": format!("nobody{number}@perennial.test"), "password": "wrong" });
    client
        .request("POST", "/auth/sign-in")
        .header("x-forwarded-for", forwarded)
        .json(&body)
        .send()
        .status
}

#[test]
fn a_trusted_proxy_says_where_a_request_comes_from() {
    let app = TestApp::told(|config| {
        config.proxies = vec![
            "127.0.0.0/8".parse().unwrap(),
            "10.0.0.7/32".parse().unwrap(),
        ]
    });
    let client = app.anonymous();
    let blocked = (0..31)
        .filter(|number| guess(&client, "203.0.113.9", *number) == 429)
        .count();
    assert_eq!(blocked, 1, "the 31st from one address");
    assert_eq!(guess(&client, "203.0.113.10", 40), 401, "another address");
    // What stands left of the first stranger is only what that stranger says.
    assert_eq!(
        guess(&client, "198.51.100.1, 203.0.113.9, 10.0.0.7", 41),
        429
    );
    assert_eq!(guess(&client, "203.0.113.9, 203.0.113.10", 42), 401);
}

#[test]
fn a_stranger_is_not_believed() {
    let app = TestApp::start();
    let client = app.anonymous();
    let statuses: Vec<u16> = (0..31)
        .map(|number| guess(&client, &format!("203.0.113.{number}"), number))
        .collect();
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
}

#[test]
fn metrics_are_told_on_a_port_of_their_own() {
    let app = TestApp::told(|config| config.metrics = Some(SocketAddr::from(([127, 0, 0, 1], 0))));
    let seller = app.as_seller();
    let customer = seller.create_customer("Measured");
    seller.read(&customer);
    seller.read(&customer);
    seller.get("/customers/none").refused(400, "bad_request");
    seller.request("GET", "/nonsense").send();
    let told = app.metrics();
    let value = |series: &str| {
        let line = told
            .lines()
            .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{series} in {told}"))
            .parse::<f64>()
            .expect("a number")
    };
    let get = |status: u16| {
        format!(
            "http_requests_total{{method=\"GET\",route=\"/api/v1/customers/{{id}}\",status=\"{status}\"}}"
        )
    };
    assert_eq!((value(&get(200)), value(&get(400))), (2.0, 1.0));
    assert_eq!(
        value("http_requests_total{method=\"POST\",route=\"/api/v1/customers\",status=\"201\"}"),
        1.0
    );
    assert_eq!(
        value(
            "http_request_duration_seconds_count{method=\"GET\",route=\"/api/v1/customers/{id}\"}"
        ),
        3.0
    );
    assert_eq!(value("http_requests_in_flight"), 0.0);
    assert!(value("process_resident_memory_bytes") > 1e6 && value("process_open_fds") > 3.0);
    assert!(value("database_connections{state=\"idle\"}") >= 1.0);
    assert!(
        told.contains("perennial_build_info{version=\"") && told.ends_with("# EOF\n"),
        "{told}"
    );
    // Neither ids nor what strangers ask for become series.
    assert!(
        !told.contains(&customer.id()) && !told.contains("nonsense"),
        "{told}"
    );
    app.person(Person::Admin)
        .get("/metrics")
        .refused(404, "not_found");
}
