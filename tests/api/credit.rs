//! Credit: what a customer may owe, and who may let it owe more.

use perennial_tests::app::{TestApp, at_once};
use perennial_tests::client::{Answer, Client, Record};
use perennial_tests::company::Person;
use serde_json::{Value, json};

use crate::purchases::{back, line};
use crate::users::give_role;

/// A customer of the seller's that may owe so much.
fn limited(app: &TestApp, limit: &str) -> Record {
    let customer = app.as_seller().create_customer("Acme");
    let limit = json!({ "credit_limit": { "amount": limit, "currency": "CNY" } });
    app.as_manager().change(&customer, limit).expect(200);
    app.as_seller().read(&customer)
}

/// A purchase on account of one thing at that price.
fn on_account(customer: &Record, price: &str) -> Value {
    json!({ "customer_id": customer.id(), "purchased_on": "2024-05-02", "lines": [line("1", price, "0")] })
}

#[track_caller]
fn needs_approval(answer: Answer) {
    answer
        .expect(422)
        .blames("/credit_approval", "over_credit_limit");
}

#[test]
fn over_the_limit_somebody_has_to_approve() {
    let app = TestApp::start();
    let (seller, manager) = (app.as_seller(), app.as_manager());
    let acme = limited(&app, "100");
    let first = seller.create("purchases", on_account(&acme, "60"));
    seller.create("purchases", on_account(&acme, "40"));
    needs_approval(seller.post("/purchases", on_account(&acme, "0.01")));
    assert_eq!(seller.walk("/purchases").len(), 2, "nothing is left of it");
    // Who sells does not decide it; who may write credit does, and says why.
    let mut approved = on_account(&acme, "50");
    approved["credit_approval"] = json!("Their bank confirmed the transfer");
    assert_eq!(seller.post("/purchases", approved.clone()).status, 403);
    needs_approval(manager.post("/purchases", on_account(&acme, "50")));
    let over = manager.create("purchases", approved);
    assert_eq!(over["credit_approval"], "Their bank confirmed the transfer");
    // That was for fifty, there; for more, and elsewhere, somebody has to say so again.
    let dear = json!({ "lines": [line("1", "51", "0")] });
    needs_approval(seller.change(&over, dear.clone()));
    needs_approval(manager.change(&over, dear.clone()));
    let mut again = dear;
    again["credit_approval"] = json!("And the next one");
    manager.change(&over, again).expect(200);
    manager
        .change(
            &manager.read(&over),
            json!({ "lines": [line("1", "50", "0")] }),
        )
        .expect(200);
    // What makes nobody owe more needs nothing, even now; what does, does.
    seller
        .change(&first, json!({ "note": "Called" }))
        .expect(200);
    let first = seller.read(&first);
    needs_approval(seller.change(&first, json!({ "lines": [line("1", "61", "0")] })));
    let paid = json!({ "payments": [{ "on": "2024-06-01", "amount": "60" }] });
    seller.change(&first, paid).expect(200);
    let mut paid_at_once = on_account(&acme, "500");
    paid_at_once["payments"] = json!([{ "on": "2024-05-02", "amount": "500" }]);
    seller.create("purchases", paid_at_once);
    needs_approval(seller.post("/purchases", on_account(&acme, "10.01")));
    seller.create("purchases", on_account(&acme, "10"));
}

#[test]
fn a_way_around_the_limit_is_none() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let (acme, other) = (limited(&app, "100"), seller.create_customer("Other"));
    let full = seller.create("purchases", on_account(&acme, "100"));
    // Neither from another customer, nor out of the bin, nor by a batch, nor by the word of who sells.
    let elsewhere = seller.create("purchases", on_account(&other, "1"));
    needs_approval(seller.change(&elsewhere, json!({ "customer_id": acme.id() })));
    seller.remove(&full).expect(204);
    let again = seller.create("purchases", on_account(&acme, "100"));
    needs_approval(seller.restore(&full));
    let operations = json!({ "mode": "best_effort", "operations": [{ "create": on_account(&acme, "1") }, { "create": on_account(&other, "1") }] });
    let results = seller.post("/purchases/batch", operations).expect(207).body["results"].clone();
    assert_eq!(
        (&results[0]["status"], &results[1]["status"]),
        (&json!(422), &json!(201)),
        "{results}"
    );
    assert_eq!(
        seller
            .change(&again, json!({ "credit_approval": "Mine" }))
            .status,
        403
    );
    // A return makes room, which is gone with it.
    let returned = seller.create("purchases", back(&again, &["-1"]));
    seller.create("purchases", on_account(&acme, "100"));
    needs_approval(seller.remove(&returned));
    // Without a limit, and without rights on credit, nothing is asked and nothing is shown.
    seller.create("purchases", on_account(&other, "1000000"));
    let rights = [
        ("customers", "read", "all"),
        ("purchases", "read", "all"),
        ("purchases", "create", "all"),
    ];
    let blind = give_role(&app, Person::Colleague, &rights, &[("credit", "hide")]);
    assert!(blind.read(&again).body.get("credit_approval").is_none());
    needs_approval(blind.post("/purchases", on_account(&acme, "1")));
}

#[test]
fn of_two_who_fill_the_limit_at_once_one_does() {
    let app = TestApp::start();
    let acme = limited(&app, "100");
    let sell = |client: &Client| client.post("/purchases", on_account(&acme, "60"));
    let answers = at_once(8, |_| sell(&app.as_seller()));
    let (made, refused): (Vec<Answer>, Vec<Answer>) =
        answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(made.len(), 1);
    refused.into_iter().for_each(needs_approval);
}

#[test]
fn what_a_customer_owes_is_compared_in_the_base_currency_and_for_both_customers() {
    let app = TestApp::start();
    let (seller, admin) = (app.as_seller(), app.as_admin());
    for (since, rate) in [("2024-01-01", "1"), ("2024-06-01", "1000")] {
        admin.create(
            "exchange-rates",
            json!({ "currency": "XTS", "since": since, "units": 1, "rate": rate }),
        );
    }
    // A later day makes fifty worth fifty thousand.
    let acme = limited(&app, "100");
    let mut strange = on_account(&acme, "50");
    strange["currency"] = json!("XTS");
    let strange = seller.create("purchases", strange);
    needs_approval(seller.change(&strange, json!({ "purchased_on": "2024-07-02" })));
    // What was paid in advance is not taken elsewhere, nor into money that is worth nothing.
    let (paying, other) = (limited(&app, "100"), seller.create_customer("Other"));
    let advance = json!({ "customer_id": paying.id(), "purchased_on": "2024-05-02", "lines": [], "payments": [{ "on": "2024-05-02", "amount": "100" }] });
    let advance = seller.create("purchases", advance);
    seller.create("purchases", on_account(&paying, "200"));
    needs_approval(seller.change(&advance, json!({ "customer_id": other.id() })));
    needs_approval(seller.change(&advance, json!({ "payments": [] })));
    needs_approval(seller.remove(&advance));
    // Within a batch one approval is for its own purchase alone.
    let mut approved = on_account(&paying, "1");
    approved["credit_approval"] = json!("One more");
    let both = json!({ "operations": [{ "create": approved }, { "create": on_account(&paying, "1000") }] });
    app.as_manager()
        .post("/purchases/batch", both)
        .refused(422, "invalid");
    // A reason that holds a debt over the limit stays until nothing needs it any more.
    let (acme, manager) = (limited(&app, "100"), app.as_manager());
    let fits = seller.create("purchases", on_account(&acme, "100"));
    let mut approved = on_account(&acme, "50");
    approved["credit_approval"] = json!("Once");
    let over = manager.create("purchases", approved);
    let without = json!({ "credit_approval": null });
    needs_approval(manager.change(&over, without.clone()));
    let less = json!({ "credit_approval": null, "lines": [line("1", "49", "0")] });
    needs_approval(manager.change(&over, less));
    let operations = json!({ "operations": [{ "update": { "id": over.id(), "version": 1, "patch": without } }] });
    manager
        .post("/purchases/batch", operations)
        .refused(422, "invalid");
    assert_eq!(manager.read(&over)["credit_approval"], "Once");
    let another = json!({ "credit_approval": "As before" });
    manager.change(&over, another).expect(200);
    let paid = json!({ "payments": [{ "on": "2024-06-01", "amount": "50" }] });
    seller.change(&fits, paid).expect(200);
    manager.change(&manager.read(&over), without).expect(200);
    // Nor does what is paid hold up anybody who owes more for something else.
    approved = on_account(&acme, "5");
    approved["credit_approval"] = json!("Twice");
    approved["payments"] = json!([{ "on": "2024-05-02", "amount": "5" }]);
    let paid = manager.create("purchases", approved);
    let limit = json!({ "credit_limit": { "amount": "1", "currency": "CNY" } });
    manager.change(&manager.read(&acme), limit).expect(200);
    manager
        .change(&paid, json!({ "credit_approval": null }))
        .expect(200);
    // A reason has words.
    for blank in [" ", "\n", "\u{200b}", "!"] {
        let mut draft = on_account(&paying, "1");
        draft["credit_approval"] = json!(blank);
        assert_eq!(
            app.as_manager().post("/purchases", draft).status,
            422,
            "{blank:?}"
        );
    }
}
