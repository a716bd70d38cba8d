//! What is given back of purchases.

use perennial_tests::app::TestApp;
use perennial_tests::client::Record;
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

#[test]
fn a_return_that_was_deleted_holds_nothing_back() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let made = buy(&seller, &acme, "2024-05-02", &[line("3", "10", "0")]);
    let returned = seller.create("purchases", back(&made, &["-1"]));
    seller.remove(&returned).expect(204);
    seller
        .change(&seller.read(&made), json!({ "lines": [] }))
        .expect(200);
    seller
        .post(&format!("{}/restore", returned.path), json!({}))
        .refused(422, "invalid")
        .blames("/lines/0/reverses", "not_found");
}

#[test]
fn a_return_gives_back_what_was_bought() {
    let app = TestApp::start();
    let (manager, seller) = (app.as_manager(), app.as_seller());
    let acme = seller.create_customer("Acme");
    let product = |name: &str| manager.create("products", json!({ "name": name })).id();
    let (tea, rice) = (product("Tea"), product("Rice"));
    let mut sold = line("3", "10", "0");
    sold["product_id"] = json!(tea);
    let draft = json!({ "customer_id": acme.id(), "lines": [sold], "freight": "5" });
    let made = seller.create("purchases", draft);
    let mut other = back(&made, &["-1"]);
    other["lines"][0]["product_id"] = json!(rice);
    seller
        .post("/purchases", other)
        .refused(422, "invalid")
        .blames("/lines/0/product_id", "other_product");
    let mut dear = back(&made, &["-1"]);
    dear["freight"] = json!("-5.0001");
    seller
        .post("/purchases", dear)
        .refused(422, "invalid")
        .blames("/freight", "reversed");
    let bare = json!({ "customer_id": acme.id(), "reverses_id": made.id() });
    seller
        .post("/purchases", bare)
        .refused(422, "invalid")
        .blames("/lines", "required");
    let mut whole = back(&made, &["-3"]);
    whole["freight"] = json!("-5");
    let whole = seller.create("purchases", whole);
    assert_eq!(whole["lines"][0]["product_id"], json!(tea));
    let holdings = seller.get(&format!("{}/holdings", acme.path)).expect(200);
    assert_eq!(holdings["products"], json!([]));
    let bought = seller.read(&made);
    let mut lines = bought["lines"].clone();
    lines[0]["product_id"] = json!(rice);
    seller
        .change(&bought, json!({ "lines": lines }))
        .refused(409, "conflict");
    seller
        .change(&bought, json!({ "freight": "4" }))
        .refused(422, "invalid")
        .blames("/freight", "reversed");
}

#[test]
fn what_is_given_back_counts_at_the_rate_at_which_it_was_bought() {
    let app = TestApp::start();
    let (admin, seller) = (app.as_admin(), app.as_seller());
    let acme = seller.create_customer("Acme");
    for (since, rate) in [("2024-01-01", "7"), ("2024-06-01", "8")] {
        admin.create(
            "exchange-rates",
            json!({ "currency": "USD", "since": since, "rate": rate }),
        );
    }
    let draft = json!({ "customer_id": acme.id(), "purchased_on": "2024-05-02", "currency": "USD", "lines": [line("1", "100", "0")] });
    let made = seller.create("purchases", draft);
    let mut whole = back(&made, &["-1"]);
    whole["purchased_on"] = json!("2024-07-01");
    whole["currency"] = json!("USD");
    let whole = seller.create("purchases", whole);
    let nothing_is_left = |what: &str| {
        let figures = sales(&seller, &acme);
        let totals = seller.get("/purchases/totals?by=product").expect(200);
        let sums = [
            &figures["revenue"],
            &figures["open"],
            &totals["total"]["revenue"],
            &totals["groups"][0]["sums"]["revenue"],
        ];
        assert_eq!(
            sums.map(|sum| sum["amount"].clone()),
            ["0", "0", "0", "0"],
            "{what}"
        );
    };
    assert_eq!(
        (&whole["base_total"]["amount"], &whole["rate"]),
        (&json!("-700"), &made["rate"])
    );
    nothing_is_left("made");
    // However both change, they count alike.
    let later = json!({ "purchased_on": "2024-07-02" });
    seller.change(&whole, later).expect(200);
    nothing_is_left("given back later");
    let june = json!({ "purchased_on": "2024-06-02" });
    let moved = seller.change(&seller.read(&made), june).expect(200);
    assert_eq!(moved["rate"]["rate"], "7");
    nothing_is_left("bought later");
    seller.remove(&seller.read(&whole)).expect(204);
    let noted = json!({ "note": "Came back after all" });
    seller.change(&seller.read(&made), noted).expect(200);
    let totals = seller.get("/purchases/totals?by=product").expect(200);
    let sums = [&totals["total"], &totals["groups"][0]["sums"]];
    assert_eq!(
        sums.map(|sums| sums["revenue"]["amount"].clone()),
        ["700", "700"]
    );
    let july = json!({ "purchased_on": "2024-07-01" });
    let alone = seller.change(&seller.read(&made), july).expect(200);
    assert_eq!(alone["base_total"]["amount"], "800");
    seller.restore(&whole).expect(200);
    nothing_is_left("given back again");
}

#[test]
fn a_return_takes_its_part_of_what_the_purchase_cost() {
    let app = TestApp::start();
    let (manager, admin) = (app.as_manager(), app.as_admin());
    let acme = manager.create_customer("Acme");
    admin.create(
        "exchange-rates",
        json!({ "currency": "USD", "since": "2000-01-01", "rate": "7" }),
    );
    let money = |amount: &str, currency: &str| json!({ "amount": amount, "currency": currency });
    let tea = manager.create(
        "products",
        json!({ "name": "Tea", "cost": money("10", "CNY") }),
    );
    let mut sold = line("3", "40", "0.5");
    sold["product_id"] = json!(tea.id());
    let bought = buy(&manager, &acme, "2024-05-02", &[sold.clone(), sold]);
    assert_eq!(bought["cost"], money("60", "CNY"));
    let dearer = json!({ "cost": money("15", "CNY") });
    manager.change(&tea, dearer).expect(200);
    let give_back = |purchase: &Record, quantities: &[&str]| {
        manager.create("purchases", back(purchase, quantities))
    };
    let part = give_back(&bought, &["-1"]);
    assert_eq!(part["cost"], money("-10", "CNY"));
    manager.remove(&part).expect(204);
    let bought = manager.read(&bought);
    assert_eq!(
        give_back(&bought, &["-3", "-3"])["cost"],
        money("-60", "CNY")
    );
    // What was stated is what it cost, also where nothing was paid for it; and nothing is made up.
    let stated = |price: &str, cost: Value| {
        let draft = json!({ "customer_id": acme.id(), "lines": [line("4", price, "0"), line("2", "0", "0")], "cost": cost });
        manager.create("purchases", draft)
    };
    let dollars = stated("10", money("1.01", "USD"));
    assert_eq!(
        give_back(&dollars, &["-1", "-2"])["cost"],
        money("-1.7675", "CNY")
    );
    let gift = stated("0", money("12", "CNY"));
    assert_eq!(give_back(&gift, &["-1", "-2"])["cost"], money("-6", "CNY"));
    let unknown = stated("10", Value::Null);
    assert_eq!(give_back(&unknown, &["-1"])["cost"], Value::Null);
    let mut said = back(&unknown, &["-1"]);
    said["cost"] = money("-3", "CNY");
    assert_eq!(
        manager.create("purchases", said)["cost"],
        money("-3", "CNY")
    );
    let negative = json!({ "customer_id": acme.id(), "lines": [line("1", "1", "0")], "cost": money("-0.01", "CNY") });
    manager
        .post("/purchases", negative)
        .refused(422, "invalid")
        .blames("/cost", "negative");
}

#[test]
fn nothing_is_given_back_before_it_was_bought() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let made = buy(&seller, &acme, "2024-05-02", &[line("1", "10", "0")]);
    let mut early = back(&made, &["-1"]);
    early["purchased_on"] = json!("2024-05-01");
    seller
        .post("/purchases", early.clone())
        .refused(422, "invalid")
        .blames("/purchased_on", "before_purchase");
    early["purchased_on"] = json!("2024-05-02");
    let returned = seller.create("purchases", early);
    seller
        .change(&returned, json!({ "purchased_on": "2024-05-01" }))
        .refused(422, "invalid")
        .blames("/purchased_on", "before_purchase");
    seller
        .change(&seller.read(&made), json!({ "purchased_on": "2024-05-03" }))
        .refused(409, "conflict")
        .blames("", "in_use");
}
