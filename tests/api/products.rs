//! Products and their categories.

use perennial_tests::app::TestApp;
use perennial_tests::client::{Client, Record};
use perennial_tests::company::Person;
use serde_json::{Value, json};

use crate::users::give_role;

fn price(amount: &str, currency: &str, since: Option<&str>) -> Value {
    json!({ "amount": { "amount": amount, "currency": currency }, "since": since })
}

fn cost(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "CNY" })
}

fn category(client: &Client, name: &str, above: Option<&Record>) -> Record {
    let parent = above.map(Record::id);
    client.create(
        "product-categories",
        json!({ "name": name, "parent_id": parent }),
    )
}

#[test]
fn a_product_says_what_it_costs_today_and_what_that_brings() {
    let app = TestApp::start();
    let manager = app.as_manager();
    let prices = [
        price("10", "CNY", None),
        price("12.50", "CNY", Some("2020-01-01")),
        price("99", "CNY", Some("2999-01-01")),
        price("2", "USD", Some("2021-01-01")),
    ];
    let tea = manager.create(
        "products",
        json!({ "name": "Tea", "prices": prices, "cost": cost("12.50") }),
    );
    assert_eq!(
        (&tea["code"], &tea["price"]["amount"]),
        (&json!("SKU-00001"), &json!("12.50"))
    );
    assert_eq!(tea["margin"], "breaks_even");
    for (amount, margin) in [("12.4999", "earns"), ("12.5001", "loses")] {
        let tea = manager.read(&tea);
        let changed = manager
            .change(&tea, json!({ "cost": cost(amount) }))
            .expect(200);
        assert_eq!(changed["margin"], margin);
    }
    let bare = manager.create("products", json!({ "name": "Advice", "cost": cost("1") }));
    assert_eq!(
        (&bare["price"], &bare["margin"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn what_a_product_brings_is_told_in_one_currency() {
    let app = TestApp::start();
    let manager = app.as_manager();
    app.as_admin().create(
        "exchange-rates",
        json!({ "currency": "USD", "since": "2000-01-01", "rate": "7" }),
    );
    let dollars = |amount: &str| json!({ "amount": amount, "currency": "USD" });
    let tea = manager.create(
        "products",
        json!({ "name": "Tea", "prices": [price("5", "CNY", None)], "cost": dollars("1") }),
    );
    assert_eq!(
        (&tea["cost"], &tea["base_cost"], &tea["margin"]),
        (&dollars("1"), &cost("7"), &json!("loses"))
    );
    for (amount, margin) in [("0.50", "earns"), ("0.7143", "loses")] {
        let tea = manager.read(&tea);
        let changed = manager
            .change(&tea, json!({ "cost": dollars(amount) }))
            .expect(200);
        assert_eq!(changed["margin"], margin, "{amount}");
    }
}

#[test]
fn a_product_says_where_it_is_wrong() {
    let app = TestApp::start();
    let manager = app.as_manager();
    let twice = [price("1", "CNY", None), price("2", "CNY", None)];
    for (draft, pointer, code) in [
        (
            json!({ "name": "A", "prices": twice }),
            "/prices/1/since",
            "duplicate",
        ),
        (
            json!({ "name": "A", "prices": [price("-1", "CNY", None)] }),
            "/prices/0/amount",
            "negative",
        ),
        (
            json!({ "name": "A", "cost": cost("-1") }),
            "/cost",
            "negative",
        ),
        (
            json!({ "name": "A", "cost": { "amount": "1", "currency": "USD" } }),
            "/cost",
            "exchange_rate_missing",
        ),
        (
            json!({ "name": "A", "category_id": "01890000-0000-7000-8000-000000000000" }),
            "/category_id",
            "not_found",
        ),
    ] {
        manager
            .post("/products", draft)
            .refused(422, "invalid")
            .blames(pointer, code);
    }
    manager.create("products", json!({ "name": "A", "code": "T-1" }));
    manager
        .post("/products", json!({ "name": "B", "code": "T-1" }))
        .refused(409, "conflict")
        .blames("/code", "duplicate");
}

#[test]
fn a_categorys_products_are_those_below_it_too() {
    let app = TestApp::start();
    let manager = app.as_manager();
    let drinks = category(&manager, "Drinks", None);
    let (tea, food) = (
        category(&manager, "Tea", Some(&drinks)),
        category(&manager, "Food", None),
    );
    let made = |name: &str, of: &Record| {
        manager
            .create("products", json!({ "name": name, "category_id": of.id() }))
            .id()
    };
    let (water, longjing, rice) = (
        made("Water", &drinks),
        made("Longjing", &tea),
        made("Rice", &food),
    );
    let found = |of: &Record| {
        manager
            .get(&format!("/products?category_id={}", of.id()))
            .expect(200)
            .ids()
    };
    assert_eq!(found(&drinks), [longjing.clone(), water]);
    assert_eq!(found(&tea), [longjing]);
    let bare = manager.create("products", json!({ "name": "Advice" }));
    let without = manager
        .get("/products?category_id_is_null=true")
        .expect(200);
    assert_eq!(without.ids(), [bare.id()]);
    let within = manager
        .get("/products?category_id_is_null=false")
        .expect(200);
    assert_eq!(within.ids().len(), 3);
    assert_eq!(found(&food), [rice]);
    manager
        .change(&drinks, json!({ "parent_id": tea.id() }))
        .refused(422, "invalid")
        .blames("/parent_id", "cycle");
    manager.remove(&drinks).refused(409, "conflict");
}

#[test]
fn what_a_product_costs_us_is_for_those_who_may_know() {
    let app = TestApp::start();
    let tea = app.as_manager().create(
        "products",
        json!({ "name": "Tea", "prices": [price("10", "CNY", None)], "cost": cost("7") }),
    );
    let seller = give_role(
        &app,
        Person::Seller,
        &[("products", "read", "all")],
        &[("cost", "hide")],
    );
    let seen = seller.get(&tea.path).expect(200);
    assert_eq!(seen["price"]["amount"], "10");
    assert!(
        ["cost", "base_cost", "margin"]
            .iter()
            .all(|name| seen.body.get(name).is_none())
    );
}

#[test]
fn products_are_found_by_name_code_and_supplier() {
    let app = TestApp::start();
    let manager = app.as_manager();
    let tea = manager.create(
        "products",
        json!({ "name": "龙井茶", "code": "T-77", "supplier": "West Lake" }),
    );
    for q in ["longjing", "T-77", "lake"] {
        assert_eq!(
            manager.get(&format!("/products?q={q}")).expect(200).ids(),
            [tea.id()],
            "{q}"
        );
        let hits = manager.get(&format!("/search?q={q}")).expect(200);
        assert_eq!(hits["data"][0]["resource"], "products", "{q}");
    }
}
