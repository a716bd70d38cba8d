//! The first start.

use perennial_tests::app::TestApp;
use perennial_tests::client::{Answer, Client};
use serde_json::{Value, json};

fn body(token: &str) -> Value {
    json!({
        "token": token, "name": "Ann", "email": "Ann@First.test", "password": "a good password",
        "organization": { "name": "First", "currency": "EUR", "zone": "Europe/Berlin", "language": "en", "country": "DE" },
    })
}

fn set_up(client: &Client, token: &str) -> Answer {
    client.post("/setup", body(token))
}

#[test]
fn an_empty_installation_is_set_up_once_with_the_token_that_was_printed() {
    let app = TestApp::fresh();
    let nobody = app.anonymous();
    assert_eq!(nobody.get("/setup").body, json!({ "open": true }));
    set_up(&nobody, "a guess").refused(403, "forbidden");
    let token = app.setup_token().unwrap().to_owned();
    let done = set_up(&nobody, &token).expect(200);
    let admin = nobody.with_token(done["access_token"].as_str().unwrap());
    let me = admin.get("/me").expect(200);
    assert_eq!(
        (&me["user"]["email"], &me["organization"]["currency"]),
        (&json!("ann@first.test"), &json!("EUR"))
    );
    assert_eq!(
        admin.get("/roles").ids().len(),
        4,
        "the standard roles are there"
    );
    admin.create_customer("Acme");
    assert_eq!(nobody.get("/setup").body, json!({ "open": false }));
    set_up(&nobody, &token).refused(409, "setup_closed");
    let again = json!({ "email": "ann@first.test", "password": "a good password" });
    nobody.post("/auth/sign-in", again).expect(200);
}

#[test]
fn of_many_at_once_one_sets_up() {
    let app = TestApp::fresh();
    let (client, token) = (app.anonymous(), app.setup_token().unwrap().to_owned());
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| set_up(&client, &token).status))
            .collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(
        answers.iter().filter(|status| **status == 200).count(),
        1,
        "{answers:?}"
    );
    assert!(
        answers.iter().all(|status| [200, 409].contains(status)),
        "{answers:?}"
    );
    assert_eq!(
        app.database
            .texts("SELECT name AS value FROM organizations"),
        ["First"]
    );
}

#[test]
fn an_installation_in_use_is_closed() {
    let app = TestApp::start();
    assert_eq!(app.setup_token(), None);
    assert_eq!(app.anonymous().get("/setup").body, json!({ "open": false }));
    set_up(&app.anonymous(), "").refused(422, "invalid");
    set_up(&app.anonymous(), "a guess").refused(409, "setup_closed");
    app.database.execute("UPDATE users SET active = FALSE");
    set_up(&app.anonymous(), "a guess").refused(409, "setup_closed");
}

#[test]
fn a_second_start_prints_a_new_token_and_the_old_one_is_void() {
    let app = TestApp::fresh();
    let second = app.second_server();
    let (old, new) = (
        app.setup_token().unwrap(),
        second.setup_token.clone().unwrap(),
    );
    set_up(&app.anonymous(), old).refused(403, "forbidden");
    set_up(&app.anonymous(), &new).expect(200);
}

#[test]
fn what_is_wrong_with_the_organization_is_said_in_its_place() {
    let app = TestApp::fresh();
    let token = app.setup_token().unwrap();
    for (pointer, value, code) in [
        ("/organization/zone", json!("Mars/Olympus"), "zone"),
        ("/organization/name", json!(" "), "required"),
        ("/organization/currency", json!("euro"), "currency"),
        ("/email", json!("nobody"), "email"),
        ("/password", json!("short"), "length"),
        ("/name", json!(""), "length"),
    ] {
        let mut body = body(token);
        *body.pointer_mut(pointer).unwrap() = value;
        app.anonymous()
            .post("/setup", body)
            .refused(422, "invalid")
            .blames(pointer, code);
    }
    set_up(&app.anonymous(), token).expect(200);
}

#[test]
fn who_guesses_the_token_has_to_wait() {
    let app = TestApp::fresh();
    let answers: Vec<u16> = (0..31)
        .map(|_| set_up(&app.anonymous(), "a guess").status)
        .collect();
    assert_eq!((answers[0], answers[29], answers[30]), (403, 403, 429));
}
