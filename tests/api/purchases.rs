//! Purchases.

use perennial_tests::app::TestApp;
use perennial_tests::client::{Client, Record};
use perennial_tests::company::Person;
use serde_json::{Value, json};

use crate::users::give_role;

pub fn line(quantity: &str, price: &str, discount: &str) -> Value {
    json!({ "quantity": quantity, "price": price, "discount": discount })
}

pub fn buy(client: &Client, customer: &Record, day: &str, lines: &[Value]) -> Record {
    let draft = json!({ "customer_id": customer.id(), "purchased_on": day, "lines": lines });
    client.create("purchases", draft)
}

/// A draft that gives back so much of a purchase's lines.
pub fn back(purchase: &Record, quantities: &[&str]) -> Value {
    let lines = quantities.iter().enumerate().map(|(at, quantity)| {
        let line = &purchase["lines"][at];
        json!({ "reverses": line["id"], "quantity": quantity, "price": line["price"], "discount": line["discount"] })
    });
    let lines: Vec<Value> = lines.collect();
    json!({ "customer_id": purchase["customer_id"], "reverses_id": purchase.id(), "lines": lines })
}

pub fn sales(client: &Client, customer: &Record) -> Value {
    client.read(customer)["figures"]["sales"].clone()
}

#[test]
fn a_purchase_is_summed_to_the_digit() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let lines = [
        line("12", "14.40", "0.15"),
        line("0.5", "0.0003", "0.5"),
        json!({ "quantity": "1", "amount": "7.005", "description": "Advice" }),
    ];
    let draft = json!({ "customer_id": acme.id(), "purchased_on": "2024-05-02", "lines": lines, "freight": "3.3341" });
    let made = seller.create("purchases", draft);
    let amounts = [0, 1, 2].map(|at| made["lines"][at]["amount"].clone());
    assert_eq!(
        amounts,
        ["146.88", "0.0001", "7.005"].map(|text| json!(text))
    );
    let money = |name: &str| made[name]["amount"].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        ["total", "base_total", "due", "paid", "open"].map(money),
        ["153.8851", "153.8851", "157.22", "0", "157.22"]
    );
    assert_eq!(
        (
            &made["code"],
            &made["currency"],
            &made["returned"],
            &made["paid_on"]
        ),
        (
            &json!("P-00001"),
            &json!("CNY"),
            &json!("nothing"),
            &Value::Null
        )
    );
    // A line that is sent back by its key stays the same line, whatever changes of it.
    let mut kept = made["lines"][0].clone();
    kept["quantity"] = json!("6");
    kept["amount"] = Value::Null;
    let changed = seller.change(&made, json!({ "lines": [kept] })).expect(200);
    assert_eq!(changed["lines"][0]["id"], made["lines"][0]["id"]);
    assert_eq!(changed["total"]["amount"], "73.44");
    assert_eq!(sales(&seller, &acme)["revenue"]["amount"], "73.44");
}

#[test]
fn a_purchase_says_where_it_is_wrong() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let (acme, other) = (
        seller.create_customer("Acme"),
        seller.create_customer("Bolt"),
    );
    let made = buy(&seller, &acme, "2024-05-02", &[line("2", "10", "0")]);
    let unknown = "01890000-0000-7000-8000-000000000000";
    let with = |name: &str, value: Value| {
        let mut draft = json!({ "customer_id": acme.id() });
        draft[name] = value;
        draft
    };
    let lines = |line: Value| with("lines", json!([line]));
    let mut foreign = back(&made, &["-1"]);
    foreign["customer_id"] = json!(other.id());
    let mut nowhere = back(&made, &["-1"]);
    nowhere["lines"][0]["reverses"] = json!(unknown);
    let mut euros = back(&made, &["-1"]);
    euros["currency"] = json!("EUR");
    for (draft, pointer, code) in [
        (json!({}), "/customer_id", "required"),
        (
            json!({ "customer_id": unknown }),
            "/customer_id",
            "not_found",
        ),
        (lines(line("0", "1", "0")), "/lines/0/quantity", "zero"),
        (lines(line("-1", "1", "0")), "/lines/0/quantity", "sign"),
        (lines(line("1", "-1", "0")), "/lines/0/price", "negative"),
        (
            lines(line("1", "1", "1.01")),
            "/lines/0/discount",
            "fraction",
        ),
        (
            lines(json!({ "quantity": "1" })),
            "/lines/0/price",
            "required",
        ),
        (
            lines(json!({ "quantity": "1", "price": "1", "amount": "2" })),
            "/lines/0/amount",
            "differs",
        ),
        (
            lines(line("99999999999999", "99999999999999", "0")),
            "/lines/0/price",
            "too_large",
        ),
        (
            lines(json!({ "quantity": "1", "price": "1", "product_id": unknown })),
            "/lines/0/product_id",
            "not_found",
        ),
        (
            lines(json!({ "quantity": "1", "price": "1", "reverses": unknown })),
            "/lines/0/reverses",
            "not_allowed",
        ),
        (with("freight", json!("-1")), "/freight", "sign"),
        (
            with("purchased_on", json!("0000-01-01")),
            "/purchased_on",
            "type",
        ),
        (
            with("currency", json!("EUR")),
            "/currency",
            "exchange_rate_missing",
        ),
        (
            with("external_id", json!("1")),
            "/external_system",
            "required",
        ),
        (
            with("payments", json!([{ "on": "2024-01-01", "amount": "0" }])),
            "/payments/0/amount",
            "zero",
        ),
        (back(&made, &["1"]), "/lines/0/quantity", "sign"),
        (back(&made, &["-2.0001"]), "/lines/0/quantity", "reversed"),
        (nowhere, "/lines/0/reverses", "not_found"),
        (foreign, "/customer_id", "other_customer"),
    ] {
        seller
            .post("/purchases", draft)
            .refused(422, "invalid")
            .blames(pointer, code);
    }
    app.as_admin().create(
        "exchange-rates",
        json!({ "currency": "EUR", "since": "2000-01-01", "rate": "8" }),
    );
    seller
        .post("/purchases", euros)
        .refused(422, "invalid")
        .blames("/currency", "other_currency");
    seller.create(
        "purchases",
        with("external_system", json!("erp"))
            .as_object()
            .map(|draft| {
                let mut draft = draft.clone();
                draft.insert("external_id".into(), json!("1"));
                Value::Object(draft)
            })
            .unwrap(),
    );
    let mut twice = with("external_system", json!("erp"));
    twice["external_id"] = json!("1");
    seller
        .post("/purchases", twice)
        .refused(409, "conflict")
        .blames("/external_id", "duplicate");
}

#[test]
fn another_currency_counts_at_the_rate_of_its_day() {
    let app = TestApp::start();
    let (admin, seller) = (app.as_admin(), app.as_seller());
    let acme = seller.create_customer("Acme");
    let rate = |since: &str, units: i64, rate: &str| {
        admin.create(
            "exchange-rates",
            json!({ "currency": "JPY", "since": since, "units": units, "rate": rate }),
        )
    };
    rate("2024-01-01", 100, "4.87");
    let later = rate("2024-06-01", 100, "4.5");
    let buy = |day: &str| {
        let draft = json!({ "customer_id": acme.id(), "purchased_on": day, "currency": "JPY", "lines": [line("3", "333.5", "0")], "freight": "0.6" });
        seller.post("/purchases", draft)
    };
    buy("2023-12-31")
        .refused(422, "invalid")
        .blames("/currency", "exchange_rate_missing");
    let first = buy("2024-05-31").expect(201);
    assert_eq!(
        first["base_total"],
        json!({ "amount": "48.7244", "currency": "CNY" })
    );
    assert_eq!(
        first["due"],
        json!({ "amount": "1001", "currency": "JPY" }),
        "the yen has no smaller coin"
    );
    let second = buy("2024-06-01").expect(201).record();
    assert_eq!(second["base_total"]["amount"], "45.0225");
    assert_eq!(sales(&seller, &acme)["revenue"]["amount"], "93.7469");
    // What was written stays as it was; what is written again counts anew.
    admin.change(&later, json!({ "rate": "5" })).expect(200);
    assert_eq!(seller.read(&second)["base_total"]["amount"], "45.0225");
    admin
        .post(
            "/exchange-rates",
            json!({ "currency": "JPY", "since": "2024-06-01", "rate": "1" }),
        )
        .refused(409, "conflict");
    admin
        .post("/exchange-rates", json!({ "currency": "CNY", "rate": "1" }))
        .refused(422, "invalid")
        .blames("/currency", "own");
    admin
        .post("/exchange-rates", json!({ "currency": "USD", "rate": "0" }))
        .refused(422, "invalid")
        .blames("/rate", "positive");
    let orders = seller
        .get("/purchases?sort=-base_total&limit=1")
        .expect(200);
    assert_eq!(orders.ids(), [first["id"].as_str().unwrap_or_default()]);
    let cursor = orders["page"]["next_cursor"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let next = seller
        .get(&format!(
            "/purchases?sort=-base_total&limit=1&cursor={cursor}"
        ))
        .expect(200);
    assert_eq!(next.ids(), [second.id()]);
}

#[test]
fn what_a_purchase_cost_follows_from_its_products() {
    let app = TestApp::start();
    let (manager, seller) = (app.as_manager(), app.as_seller());
    let acme = seller.create_customer("Acme");
    let cost = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
    let tea = manager.create("products", json!({ "name": "Tea", "cost": cost("3.5") }));
    let lines = json!([{ "product_id": tea.id(), "quantity": "3", "price": "10" }]);
    let made = manager.create(
        "purchases",
        json!({ "customer_id": acme.id(), "lines": lines }),
    );
    assert_eq!(made["cost"], cost("10.50"));
    manager
        .change(&tea, json!({ "cost": cost("9") }))
        .expect(200);
    assert_eq!(
        manager.read(&made)["cost"],
        cost("10.50"),
        "what is past stays"
    );
    let stated = manager.create(
        "purchases",
        json!({ "customer_id": acme.id(), "lines": lines, "cost": cost("1") }),
    );
    assert_eq!(stated["cost"], cost("1"));
    let mixed =
        json!([{ "product_id": tea.id(), "quantity": "3", "price": "10" }, line("1", "1", "0")]);
    let mixed = manager.create(
        "purchases",
        json!({ "customer_id": acme.id(), "lines": mixed }),
    );
    assert_eq!(mixed["cost"], Value::Null);
    let blind = give_role(
        &app,
        Person::Reader,
        &[("customers", "read", "all"), ("purchases", "read", "all")],
        &[("cost", "hide")],
    );
    assert!(blind.get(&made.path).expect(200).body.get("cost").is_none());
}

#[test]
fn every_day_that_is_given_is_kept() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    for day in ["0001-01-01", "9999-12-31"] {
        let made = buy(&seller, &acme, day, &[line("1", "5", "0")]);
        assert_eq!(seller.read(&made)["purchased_on"], day);
    }
    let totals = seller.get("/purchases/totals?by=year").expect(200);
    let years = [0, 1].map(|at| totals["groups"][at]["key"].clone());
    assert_eq!(years, [json!("0001"), json!("9999")]);
}

#[test]
fn a_purchase_stands_on_the_timeline_at_its_own_day() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let made = buy(&seller, &acme, "2020-05-02", &[line("1", "5", "0")]);
    let entries = seller.get(&format!("{}/timeline", acme.path)).expect(200);
    let last = entries["data"]
        .as_array()
        .and_then(|entries| entries.last().cloned())
        .expect("an entry");
    assert_eq!(
        (&last["kind"], &last["record_id"]),
        (&json!("purchases.created"), &json!(made.id()))
    );
    assert_eq!(
        last["params"]["amount"],
        json!({ "amount": "5", "currency": "CNY" })
    );
    // The organization's day begins in Shanghai.
    assert_eq!(last["occurred_at"], "2020-05-01T16:00:00.000000Z");
}

#[test]
fn what_is_too_large_for_a_sum_is_refused_and_hurts_nobody() {
    let app = TestApp::start();
    let (admin, seller) = (app.as_admin(), app.as_seller());
    let acme = seller.create_customer("Acme");
    for (currency, rate) in [("KWD", "900"), ("BHD", "2000")] {
        admin.create(
            "exchange-rates",
            json!({ "currency": currency, "since": "2000-01-01", "rate": rate }),
        );
    }
    let refuse = |draft: Value, pointer: &str| {
        seller
            .post("/purchases", draft)
            .refused(422, "invalid")
            .blames(pointer, "too_large");
    };
    let of = |currency: &str, lines: Value| json!({ "customer_id": acme.id(), "currency": currency, "lines": lines });
    refuse(
        of("CNY", json!([line("1000000000.0001", "0", "0")])),
        "/lines/0/quantity",
    );
    refuse(
        of("KWD", json!([line("1", "1000000000000", "0")])),
        "/lines",
    );
    let mut dear = of("KWD", json!([line("1", "1", "0")]));
    dear["cost"] = json!({ "amount": "1000000000000", "currency": "KWD" });
    refuse(dear, "/cost");
    let half = line("1", "400000000000", "0");
    refuse(of("BHD", json!([half, half])), "/lines");
    let mut paid = of("CNY", json!([line("1", "1", "0")]));
    let payment = json!({ "on": "2024-01-01", "amount": "1000000000000" });
    paid["payments"] = json!([payment, payment]);
    refuse(paid, "/payments");
    // Sums of the greatest amounts do not fit any more; that is told to whoever adds one, and nobody else notices.
    let bolt = seller.create_customer("Bolt");
    let great = of("CNY", json!([line("1", "1000000000000", "0")]));
    for _ in 0..6 {
        let operations: Vec<Value> = (0..200).map(|_| json!({ "create": great })).collect();
        let answer = seller.post("/purchases/batch", json!({ "operations": operations }));
        assert!([200, 422].contains(&answer.status), "{}", answer.status);
    }
    buy(&seller, &bolt, "2024-01-01", &[line("1", "1", "0")]);
    seller.get("/purchases/totals?by=year").expect(200);
    seller.get(&format!("{}/holdings", acme.path)).expect(200);
}

#[test]
fn a_purchase_keeps_the_rate_it_was_written_with() {
    let app = TestApp::start();
    let (admin, seller) = (app.as_admin(), app.as_seller());
    let acme = seller.create_customer("Acme");
    let rate = admin.create(
        "exchange-rates",
        json!({ "currency": "USD", "since": "2000-01-01", "rate": "7" }),
    );
    let draft = json!({ "customer_id": acme.id(), "purchased_on": "2024-01-01", "currency": "USD", "lines": [line("1", "100", "0")] });
    let made = seller.create("purchases", draft);
    admin.change(&rate, json!({ "rate": "8" })).expect(200);
    let changed = seller
        .change(&made, json!({ "note": "x" }))
        .expect(200)
        .record();
    assert_eq!(changed["base_total"]["amount"], "700");
    assert_eq!(
        changed["rate"],
        json!({ "currency": "USD", "on": "2024-01-01", "units": 1, "rate": "7" })
    );
    let moved = seller
        .change(&changed, json!({ "purchased_on": "2024-01-02" }))
        .expect(200)
        .record();
    assert_eq!(moved["base_total"]["amount"], "800");
    let by = |by: &str| {
        let totals = seller
            .get(&format!("/purchases/totals?by={by}"))
            .expect(200);
        totals["groups"][0]["sums"]["revenue"]["amount"].clone()
    };
    assert_eq!((by("year"), by("product")), (json!("800"), json!("800")));
    admin.remove(&admin.read(&rate)).expect(204);
    let payments = json!([{ "on": "2024-01-03", "amount": "100" }]);
    let paid = seller.change(&moved, json!({ "payments": payments }));
    assert_eq!(paid.expect(200)["open"]["amount"], "0");
    // A base currency that amounts were counted in cannot become another.
    let etag = admin.get("/organization").etag();
    admin
        .patch("/organization", &etag, json!({ "currency": "USD" }))
        .refused(409, "conflict");
}

#[test]
fn whose_customers_one_sells_to_is_a_matter_of_rights() {
    let app = TestApp::start();
    let (seller, colleague) = (app.as_seller(), app.person(Person::Colleague));
    let (own, others) = (
        seller.create_customer("Own"),
        colleague.create_customer("Theirs"),
    );
    let made = buy(&seller, &own, "2024-01-01", &[line("2", "1", "0")]);
    let theirs = buy(&colleague, &others, "2024-01-01", &[line("2", "1", "0")]);
    // A seller sees what the team sells, but sells to its own customers alone.
    seller.get(&theirs.path).expect(200);
    let draft = json!({ "customer_id": others.id() });
    seller.post("/purchases", draft).refused(403, "forbidden");
    seller
        .post("/purchases", back(&theirs, &["-1"]))
        .refused(403, "forbidden");
    seller
        .change(&made, json!({ "customer_id": others.id() }))
        .refused(403, "forbidden");
    let narrow = give_role(
        &app,
        Person::Reader,
        &[("customers", "read", "all"), ("purchases", "read", "own")],
        &[],
    );
    assert_eq!(sales(&narrow, &own), Value::Null);
    narrow
        .get(&format!("{}/holdings", own.path))
        .refused(403, "forbidden");
    let timeline = narrow.get(&format!("{}/timeline", own.path)).expect(200);
    let kinds = timeline["data"].as_array().expect("entries");
    assert!(
        kinds
            .iter()
            .all(|entry| entry["kind"] == "customers.created")
    );
    // Nor is anything looked for by what only follows from others, or from a moment that no database knows.
    for (path, field) in [("/purchases/search", "open"), ("/products/search", "price")] {
        let body = json!({ "where": { "field": field, "operator": "gte", "value": "1" } });
        app.as_manager().post(path, body).refused(422, "invalid");
    }
    let cursor = "-8000000000000000000.01890000-0000-7000-8000-000000000000";
    seller
        .get(&format!("{}/timeline?cursor={cursor}", own.path))
        .refused(400, "bad_request");
}

#[test]
fn an_order_whose_lines_come_later_names_no_amount_on_the_timeline() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create("customers", json!({ "name": "Acme" }));
    buy(&seller, &acme, "2026-01-12", &[]);
    // What was given away is worth nothing, and says so.
    buy(&seller, &acme, "2026-01-13", &[line("1", "0", "0")]);
    let entries = seller.get(&format!("{}/timeline", acme.path)).expect(200);
    let amount = |kind: usize| entries["data"][kind]["params"]["amount"]["amount"].clone();
    assert_eq!((amount(1), amount(2)), (json!("0"), Value::Null));
}
