//! What is given back of purchases.

use perennial_tests::app::TestApp;
use serde_json::{Value, json};

use crate::purchases::{back, buy, line, sales};

#[test]
fn what_is_given_back_is_never_more_than_was_bought() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let made = buy(
        &seller,
        &acme,
        "2024-05-02",
        &[line("3", "10", "0.1"), line("1", "5", "0")],
    );
    let first = seller.create("purchases", back(&made, &["-2"]));
    assert_eq!(first["total"]["amount"], "-18");
    let bought = seller.read(&made);
    assert_eq!(bought["returned"], "partly");
    assert_ne!(
        bought.etag, made.etag,
        "a reader who has the old one is told"
    );
    let more = seller.post("/purchases", back(&made, &["-1.5", "-1"]));
    more.refused(422, "invalid")
        .blames("/lines/0/quantity", "reversed");
    let rest = seller.create("purchases", back(&made, &["-1", "-1"]));
    assert_eq!(seller.read(&made)["returned"], "wholly");
    let figures = sales(&seller, &acme);
    assert_eq!(
        (&figures["purchases"], &figures["revenue"]["amount"]),
        (&json!(0), &json!("0"))
    );
    // Neither is a return given back, nor does what was given back go away or change hands.
    let mut again = back(&first, &["-1"]);
    again["lines"][0]["reverses"] = first["lines"][0]["id"].clone();
    seller
        .post("/purchases", again)
        .refused(422, "invalid")
        .blames("/reverses_id", "is_return");
    seller
        .remove(&seller.read(&made))
        .refused(409, "conflict")
        .blames("", "in_use");
    let other = seller.create_customer("Bolt");
    seller
        .change(&seller.read(&made), json!({ "customer_id": other.id() }))
        .refused(409, "conflict");
    let mut less = seller.read(&made)["lines"].clone();
    less[0]["quantity"] = json!("2");
    less[0]["amount"] = Value::Null;
    seller
        .change(&seller.read(&made), json!({ "lines": less }))
        .refused(422, "invalid")
        .blames("/lines", "reversed");
    seller
        .change(&seller.read(&made), json!({ "lines": [] }))
        .refused(409, "conflict")
        .blames("", "in_use");
    // A return that is deleted was not made; what took its place keeps it away.
    seller.remove(&rest).expect(204);
    assert_eq!(seller.read(&made)["returned"], "partly");
    seller.create("purchases", back(&made, &["-1"]));
    seller
        .post(&format!("{}/restore", rest.path), json!({}))
        .refused(422, "invalid")
        .blames("/lines/0/quantity", "reversed");
}

#[test]
fn of_two_returns_at_once_one_is_too_many() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    for _ in 0..10 {
        let made = buy(&seller, &acme, "2024-05-02", &[line("1", "10", "0")]);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let both = [0, 1].map(|_| {
                scope.spawn(|| {
                    app.as_seller()
                        .post("/purchases", back(&made, &["-1"]))
                        .status
                })
            });
            both.map(|one| one.join().expect("an answer")).into()
        });
        let mut sorted = statuses.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [201, 422]);
        assert_eq!(seller.read(&made)["returned"], "wholly");
    }
}
