//! A write with a key happens once.

use perennial_tests::app::TestApp;
use perennial_tests::client::{Answer, Client};
use perennial_tests::company::Person;
use serde_json::{Value, json};

fn create(client: &Client, key: &str, body: &Value) -> Answer {
    client
        .request("POST", "/customers")
        .key(key)
        .json(body)
        .send()
}

#[test]
fn the_same_key_and_body_are_answered_again_not_done_again() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let body = json!({ "name": "Acme" });
    let first = create(&seller, "one", &body).expect(201);
    assert_eq!(first.header("idempotency-replayed"), None);
    let again = create(&seller, "one", &body).expect(201);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(
        (again.body.clone(), again.etag()),
        (first.body.clone(), first.etag())
    );
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(seller.walk("/customers").len(), 1);
    create(&seller, "two", &body).expect(201);
    assert_eq!(seller.walk("/customers").len(), 2);
}

#[test]
fn the_same_key_with_another_request_is_refused() {
    let app = TestApp::start();
    let seller = app.as_seller();
    create(&seller, "one", &json!({ "name": "Acme" })).expect(201);
    create(&seller, "one", &json!({ "name": "Bolt" })).refused(422, "idempotency_reused");
    let contact = seller
        .request("POST", "/contacts")
        .key("one")
        .json(&json!({ "name": "Acme" }))
        .send();
    contact.refused(422, "idempotency_reused");
    assert_eq!(seller.walk("/customers").len(), 1);
}

#[test]
fn a_key_is_its_users_own() {
    let app = TestApp::start();
    let body = json!({ "name": "Acme" });
    let made: Vec<Value> = [Person::Seller, Person::Colleague, Person::Foreigner]
        .map(|person| create(&app.person(person), "one", &body).expect(201)["id"].clone())
        .into();
    assert!(made[0] != made[1] && made[1] != made[2]);
}

#[test]
fn what_was_refused_may_be_tried_again() {
    let app = TestApp::start();
    let seller = app.as_seller();
    create(&seller, "one", &json!({ "name": "" })).refused(422, "invalid");
    create(&seller, "one", &json!({ "name": "Acme" })).expect(201);
}

#[test]
fn many_at_once_with_one_key_make_one_record() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let body = json!({ "name": "Acme" });
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| create(&seller, "one", &body)))
            .collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == 201 && answer["id"] == answers[0]["id"]),
        "{answers:?}"
    );
    assert_eq!(
        answers
            .iter()
            .filter(|answer| answer.header("idempotency-replayed").is_none())
            .count(),
        1
    );
    assert_eq!(seller.walk("/customers").len(), 1);
}

#[test]
fn a_key_is_forgotten_after_a_day() {
    let app = TestApp::start();
    let seller = app.as_seller();
    create(&seller, "one", &json!({ "name": "Acme" })).expect(201);
    app.database
        .execute("UPDATE idempotency_keys SET created_at = '2020-01-01 00:00:00'");
    create(&seller, "one", &json!({ "name": "Bolt" })).expect(201);
}

#[test]
fn restores_and_batches_take_a_key_too() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    seller.remove(&acme).expect(204);
    let restore = || {
        seller
            .request("POST", &format!("{}/restore", acme.path))
            .key("back")
            .send()
            .expect(200)
    };
    let back = restore().etag();
    seller.delete(&acme.path, &back).expect(204);
    assert_eq!(restore().header("idempotency-replayed"), Some("true"));
    seller.get(&acme.path).refused(404, "not_found");
    let batch = || {
        let body = json!({ "operations": [{ "create": { "name": "Bolt" } }] });
        seller
            .request("POST", "/customers/batch")
            .key("many")
            .json(&body)
            .send()
            .expect(200)
    };
    assert_eq!(batch().body, batch().body);
    assert_eq!(seller.walk("/customers").len(), 1);
}

#[test]
fn a_key_is_one_to_255_visible_characters() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for key in [
        String::new(),
        "a b".into(),
        "x".repeat(256),
        "schlüssel".into(),
    ] {
        create(&seller, &key, &json!({ "name": "A" })).refused(400, "bad_request");
    }
    create(&seller, &"x".repeat(255), &json!({ "name": "A" })).expect(201);
}
