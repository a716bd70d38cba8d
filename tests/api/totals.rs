//! What purchases come to, and how they are paid.

use perennial_tests::app::TestApp;
use perennial_tests::client::Record;
use perennial_tests::company::Person;
use serde_json::{Value, json};

use crate::purchases::{back, buy, line, sales};
use crate::users::give_role;

#[test]
fn what_is_paid_is_known_by_its_payments() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = app.as_manager().create("customers", json!({ "name": "Acme", "credit_days": 30, "owner_id": app.id_of(Person::Seller), "credit_limit": { "amount": "150", "currency": "CNY" } }));
    let made = buy(&seller, &acme, "2024-01-31", &[line("10", "10", "0")]);
    assert_eq!(made["due_on"], "2024-03-01");
    let pay = |purchase: &Record, payments: &[(&str, &str)]| {
        let payments: Vec<Value> = payments
            .iter()
            .map(|(on, amount)| json!({ "on": on, "amount": amount }))
            .collect();
        seller
            .change(&seller.read(purchase), json!({ "payments": payments }))
            .expect(200)
            .record()
    };
    let part = pay(&made, &[("2024-03-05", "40")]);
    assert_eq!(
        (&part["open"]["amount"], &part["paid_on"]),
        (&json!("60"), &Value::Null)
    );
    // In the order of days, not of the list.
    let whole = pay(&made, &[("2024-03-11", "60"), ("2024-03-05", "40")]);
    assert_eq!(
        (&whole["open"]["amount"], &whole["paid_on"]),
        (&json!("0"), &json!("2024-03-11"))
    );
    let [late, prompt] = ["200.004", "1"].map(|price| {
        let draft = json!({ "customer_id": acme.id(), "purchased_on": "2024-04-01", "lines": [line("1", price, "0")], "credit_approval": "Known for years" });
        app.as_manager().create("purchases", draft)
    });
    pay(&prompt, &[("2024-04-02", "1")]);
    let unpaid = seller.get("/purchases?paid_on_is_null=true").expect(200);
    assert_eq!(unpaid.ids(), [late.id()]);
    let figures = sales(&seller, &acme);
    let expected = json!({
        "purchases": 3, "purchase_days": 2, "revenue": { "amount": "301.004", "currency": "CNY" },
        "open": { "amount": "200", "currency": "CNY" }, "first_on": "2024-01-31", "last_on": "2024-04-01",
        "paid": 2, "paid_late": 1, "days_late": 10,
    });
    assert_eq!(figures, expected);
    let credit = seller.get(&format!("{}/holdings", acme.path)).expect(200)["credit"].clone();
    let money = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
    let expected = json!({
        "days": 30, "limit": money("150"), "open": money("200"), "overdue": money("200"), "left": money("-50"),
        "average_days_late": "5", "paid_late": "0.50",
    });
    assert_eq!(credit, expected);
    let blind = give_role(
        &app,
        Person::Colleague,
        &[("customers", "read", "all"), ("purchases", "read", "all")],
        &[("credit", "hide")],
    );
    let holdings = blind.get(&format!("{}/holdings", acme.path)).expect(200);
    assert_eq!(holdings["credit"], Value::Null);
}

#[test]
fn what_was_given_back_is_neither_overdue_nor_unpaid() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = app.as_manager().create(
        "customers",
        json!({ "name": "Acme", "credit_days": 30, "owner_id": app.id_of(Person::Seller) }),
    );
    let bought = buy(&seller, &acme, "2024-01-31", &[line("2", "10", "0")]);
    let owed = || {
        let holdings = seller.get(&format!("{}/holdings", acme.path)).expect(200);
        let credit = &holdings["credit"];
        let amount = |name: &str| {
            credit[name]["amount"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        (amount("open"), amount("overdue"))
    };
    let told = |open: &str, overdue: &str| (open.to_owned(), overdue.to_owned());
    let unpaid = || {
        seller
            .get("/purchases?paid_on_is_null=true")
            .expect(200)
            .ids()
    };
    let give_back = |quantity: &str, day: &str| {
        let mut draft = back(&bought, &[quantity]);
        draft["purchased_on"] = json!(day);
        seller.create("purchases", draft)
    };
    let pay = |purchase: &Record, on: &str, amount: &str| {
        let payments = json!({ "payments": [{ "on": on, "amount": amount }] });
        seller.change(&seller.read(purchase), payments).expect(200);
    };
    assert_eq!((owed(), unpaid()), (told("20", "20"), vec![bought.id()]));
    // All of it is given back: nothing is owed, and nothing is waited for.
    let whole = give_back("-2", "2024-03-10");
    assert_eq!((owed(), unpaid()), (told("0", "0"), vec![]));
    let days = [&bought, &whole].map(|purchase| seller.read(purchase)["paid_on"].clone());
    assert_eq!(days, [json!("2024-03-10"), json!("2024-03-10")]);
    seller.remove(&seller.read(&whole)).expect(204);
    assert_eq!((owed(), unpaid()), (told("20", "20"), vec![bought.id()]));
    // Of a part the rest is owed, and paid late.
    give_back("-0.5", "2024-02-10");
    let part = give_back("-0.5", "2024-02-11");
    assert_eq!((owed(), unpaid()), (told("10", "10"), vec![bought.id()]));
    pay(&bought, "2024-03-11", "10");
    assert_eq!((owed(), unpaid()), (told("0", "0"), vec![]));
    let paid = seller.read(&bought);
    assert_eq!(
        (&paid["paid_on"], &paid["returned"]),
        (&json!("2024-03-11"), &json!("partly"))
    );
    let figures = sales(&seller, &acme);
    assert_eq!(
        (&figures["paid_late"], &figures["days_late"]),
        (&json!(1), &json!(10))
    );
    // What was paid is paid back; until then the returns wait for it, and another debt is not theirs.
    let rest = give_back("-1", "2024-03-12");
    let first = unpaid();
    assert!(
        first.len() == 3 && first.contains(&rest.id()) && first.contains(&part.id()),
        "{first:?}"
    );
    buy(&seller, &acme, "2024-01-31", &[line("1", "4", "0")]);
    assert_eq!(owed(), told("-6", "0"), "no more is overdue than is owed");
    pay(&rest, "2024-03-20", "-10");
    assert_eq!((owed(), unpaid().len()), (told("4", "4"), 1));
    assert_eq!(seller.read(&part)["paid_on"], "2024-03-20");
    assert_eq!(
        seller.read(&bought)["paid_on"],
        "2024-03-11",
        "nothing was left to pay from then on"
    );
    // A purchase that says something new since is not written over.
    let stale = seller.read(&bought);
    pay(&rest, "2024-03-20", "-20");
    assert_eq!(seller.read(&bought)["paid_on"], json!(null));
    seller
        .change(&stale, json!({ "note": "Called" }))
        .refused(412, "stale");
}

#[test]
fn a_total_of_products_counts_their_pieces() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let bought = buy(
        &seller,
        &acme,
        "2024-01-31",
        &[line("2", "10", "0"), line("1.5", "4", "0")],
    );
    buy(&seller, &acme, "2024-01-31", &[]);
    seller.create("purchases", back(&bought, &["-1"]));
    for (by, quantity) in [
        ("product", json!("2.50")),
        ("category", json!("2.50")),
        ("year", json!(null)),
    ] {
        let totals = seller
            .get(&format!("/purchases/totals?by={by}"))
            .expect(200);
        let expected = json!({ "purchases": 2, "quantity": quantity, "revenue": { "amount": "16", "currency": "CNY" } });
        assert_eq!(totals["total"], expected, "{by}");
    }
}

#[test]
fn purchases_add_up_in_every_way() {
    let app = TestApp::start();
    let (manager, seller) = (app.as_manager(), app.as_seller());
    let customer = |name: &str, country: &str| {
        manager.create("customers", json!({ "name": name, "owner_id": app.id_of(Person::Seller), "addresses": [{ "country": country }] }))
    };
    let (acme, bolt) = (customer("Acme", "China"), customer("Bolt", "Japan"));
    let drinks = manager.create("product-categories", json!({ "name": "Drinks" }));
    let tea = manager.create(
        "products",
        json!({ "name": "Tea", "category_id": drinks.id() }),
    );
    let of = |product: &Record, quantity: &str, price: &str| json!({ "product_id": product.id(), "quantity": quantity, "price": price });
    let first = buy(
        &seller,
        &acme,
        "2023-12-31",
        &[of(&tea, "2", "10"), line("1", "5", "0")],
    );
    buy(&seller, &acme, "2024-01-01", &[of(&tea, "1", "10")]);
    let sold = json!({ "customer_id": bolt.id(), "purchased_on": "2024-02-01", "seller_id": app.id_of(Person::Seller), "lines": [line("1", "100", "0")] });
    seller.create("purchases", sold);
    let mut returned = back(&first, &["-1"]);
    returned["purchased_on"] = json!("2024-01-15");
    returned["lines"][0]["product_id"] = json!(tea.id());
    seller.create("purchases", returned);
    let seller_name = seller.get("/me").expect(200)["user"]["name"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let totals = |query: &str| {
        seller
            .get(&format!("/purchases/totals?{query}"))
            .expect(200)
    };
    let groups = |query: &str| -> Vec<(Value, Value, Value)> {
        let groups = totals(query)["groups"].clone();
        let group = |group: &Value| {
            (
                group["name"].as_str().or(group["key"].as_str()).into(),
                group["sums"]["purchases"].clone(),
                group["sums"]["revenue"]["amount"].clone(),
            )
        };
        groups
            .as_array()
            .expect("groups")
            .iter()
            .map(group)
            .collect()
    };
    let row =
        |name: &str, purchases: i64, revenue: &str| (json!(name), json!(purchases), json!(revenue));
    let none = |purchases: i64, revenue: &str| (Value::Null, json!(purchases), json!(revenue));
    assert_eq!(
        groups("by=year"),
        [row("2023", 1, "25"), row("2024", 2, "100")]
    );
    assert_eq!(
        groups("by=month"),
        [
            row("2023-12", 1, "25"),
            row("2024-01", 1, "0"),
            row("2024-02", 1, "100")
        ]
    );
    assert_eq!(
        groups("by=customer"),
        [row("Bolt", 1, "100"), row("Acme", 2, "25")]
    );
    assert_eq!(
        groups("by=country"),
        [row("Japan", 1, "100"), row("China", 2, "25")]
    );
    assert_eq!(
        groups("by=seller"),
        [row(seller_name.as_str(), 1, "100"), none(2, "25")]
    );
    assert_eq!(groups("by=product"), [none(2, "105"), row("Tea", 2, "20")]);
    assert_eq!(
        groups("by=category"),
        [none(2, "105"), row("Drinks", 2, "20")]
    );
    let products = totals("by=product");
    assert_eq!(products["groups"][1]["sums"]["quantity"], "2");
    assert_eq!(products["total"]["revenue"]["amount"], "125");
    assert_eq!(
        groups(&format!("by=year&customer_id={}", acme.id())),
        [row("2023", 1, "25"), row("2024", 1, "0")]
    );
    assert_eq!(totals("by=customer&limit=1")["has_more"], true);
    for (query, parameter) in [
        ("", "by"),
        ("by=colour", "by"),
        ("by=year&limit=0", "limit"),
        ("by=year&sort=code", "sort"),
        ("by=year&x=1", "x"),
    ] {
        seller
            .get(&format!("/purchases/totals?{query}"))
            .refused(400, "bad_request")
            .blames(
                parameter,
                if parameter == "by" {
                    "one_of"
                } else if parameter == "limit" {
                    "range"
                } else {
                    "unknown_parameter"
                },
            );
    }
    let holdings = seller.get(&format!("{}/holdings", acme.path)).expect(200);
    let held = &holdings["products"];
    assert_eq!(held.as_array().map(Vec::len), Some(2));
    assert_eq!(
        (
            &held[0]["name"],
            &held[0]["quantity"],
            &held[0]["revenue"]["amount"],
            &held[0]["last_on"]
        ),
        (
            &json!("Tea"),
            &json!("2"),
            &json!("20"),
            &json!("2024-01-01")
        )
    );
    // A stranger sees neither customers nor what they bought.
    let stranger = app.person(Person::Stranger);
    assert_eq!(
        stranger.get("/purchases/totals?by=year").expect(200)["total"]["revenue"]["amount"],
        "0"
    );
    assert_eq!(stranger.walk("/purchases").len(), 0);
    stranger.get(&first.path).refused(404, "not_found");
    stranger
        .get(&format!("{}/holdings", acme.path))
        .refused(404, "not_found");
    let blind = give_role(
        &app,
        Person::Colleague,
        &[("customers", "read", "all")],
        &[],
    );
    assert_eq!(sales(&blind, &acme), Value::Null);
    blind
        .get(&format!("{}/holdings", acme.path))
        .refused(403, "forbidden");
    blind
        .get("/purchases/totals?by=year")
        .refused(403, "forbidden");
}
