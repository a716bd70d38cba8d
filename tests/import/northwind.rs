//! The whole of Northwind, and every figure that it is known to come to.

use std::collections::BTreeMap;

use perennial_domain::Decimal;
use perennial_tests::client::Client;
use serde_json::Value;

use super::office::*;

/// Rounded once, half up, to cents.
fn cents(amount: &Value) -> String {
    let amount: Decimal = amount.as_str().expect("an amount").parse().expect("one");
    let cents = amount.rounded_to(2).expect("not too large");
    format!("{:.2}", cents.ten_thousandths() as f64 / 10_000.0)
}

fn expected() -> Value {
    let file = format!(
        "{}/data/northwind/expected.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(file).expect("expected.json");
    serde_json::from_str(&text).expect("JSON")
}

/// Purchases and revenue of each group, by its key or, where keys are ids, by its name.
fn groups(client: &Client, by: &str) -> BTreeMap<String, (u64, String)> {
    let path = format!("/purchases/totals?by={by}&limit=200");
    let totals = client.get(&path).expect(200).body;
    assert_eq!(cents(&totals["total"]["revenue"]["amount"]), "1265793.04");
    assert_eq!(totals["total"]["purchases"], 830);
    assert_eq!(totals["has_more"], false, "{by}");
    let groups = totals["groups"].as_array().expect("groups").iter();
    let each = groups.map(|group| {
        let sums = &group["sums"];
        let called = group["name"].as_str().or(group["key"].as_str());
        let purchases = sums["purchases"].as_u64().expect("a number");
        let revenue = cents(&sums["revenue"]["amount"]);
        assert_eq!(sums["revenue"]["currency"], "USD");
        (called.expect("a name").to_owned(), (purchases, revenue))
    });
    each.collect()
}

/// The revenue of each group.
fn revenues(client: &Client, by: &str) -> BTreeMap<String, String> {
    let groups = groups(client, by).into_iter();
    groups.map(|(name, (_, revenue))| (name, revenue)).collect()
}

fn texts(of: &Value) -> BTreeMap<String, String> {
    let of = of.as_object().expect("an object").iter();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    of.map(|(key, value)| (key.clone(), text(value))).collect()
}

/// Rows of the codes and what people call them.
fn names(client: &Client, resource: &str) -> BTreeMap<String, String> {
    let rows = client.walk(&format!("/{resource}?limit=200")).into_iter();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    rows.map(|row| (text(&row["code"]), text(&row["name"])))
        .collect()
}

#[test]
fn northwind_comes_to_what_it_is_known_to_come_to() {
    let office = Office::counting_in("USD");
    for (options, file, rows) in [
        (users(), "employees.csv", 9),
        (customers(), "customers.csv", 91),
        (contacts(), "contacts.csv", 91),
        (products(), "products.csv", 77),
        (purchases(), "orders.csv", 830),
    ] {
        let outcome = office.imported(&options, northwind(file));
        assert_eq!(outcome, summary(rows, 0, 0, 0), "{file}");
    }
    let outcome = office.imported(&purchase_lines(), northwind("order_lines.csv"));
    assert_eq!(outcome, summary(0, 2155, 0, 0));
    let before = office.events();
    for (options, file, rows) in [
        (purchases(), "orders.csv", 830),
        (purchase_lines(), "order_lines.csv", 2155),
    ] {
        let outcome = office.imported(&options, northwind(file));
        assert_eq!(outcome, summary(0, 0, rows, 0), "{file}");
    }
    assert_eq!(office.events(), before);

    let app = office.open();
    let client = app.of_email(ADMIN);
    let expected = expected();
    let years = groups(&client, "year");
    for (year, of) in expected["revenue_per_year"].as_object().expect("years") {
        let orders = of["orders"].as_u64().expect("orders");
        let revenue = of["revenue"].as_str().expect("revenue").to_owned();
        assert_eq!(years.get(year), Some(&(orders, revenue)), "{year}");
    }
    assert_eq!(years.len(), 3);
    for (by, of) in [
        ("month", "revenue_per_month"),
        ("country", "revenue_per_country"),
        ("category", "revenue_per_category"),
    ] {
        assert_eq!(revenues(&client, by), texts(&expected[of]), "{by}");
    }
    let users = names(&client, "users");
    let employees = texts(&expected["revenue_per_employee"]).into_iter();
    let employees = employees.map(|(code, revenue)| (users[&code].clone(), revenue));
    let employees: BTreeMap<String, String> = employees.collect();
    assert_eq!(revenues(&client, "seller"), employees);
    let products = revenues(&client, "product");
    assert_eq!(products.len(), 77);
    let mut greatest: Vec<Decimal> = products
        .values()
        .map(|revenue| revenue.parse().expect("an amount"))
        .collect();
    greatest.sort();
    greatest.reverse();
    let top = expected["top5_products"].as_array().expect("products");
    for (product, greatest) in top.iter().zip(greatest) {
        let (name, revenue) = (&product["name"], product["revenue"].as_str());
        let name = name.as_str().expect("a name");
        assert_eq!(products.get(name).map(String::as_str), revenue, "{name}");
        assert_eq!(revenue.expect("revenue").parse(), Ok(greatest));
    }

    let names = names(&client, "customers");
    let groups = groups(&client, "customer");
    let rows = client.walk("/customers?limit=200");
    let (mut by_orders, mut by_days) = (BTreeMap::new(), BTreeMap::new());
    let all = expected["customers"].as_array().expect("customers");
    assert_eq!((all.len(), rows.len(), groups.len()), (91, 91, 89));
    for of in all {
        let code = of["customer_code"].as_str().expect("a code");
        let revenue = of["revenue"].as_str().expect("revenue");
        let orders = of["orders"].as_u64().expect("orders");
        if orders > 0 {
            let known = groups.get(&names[code]);
            assert_eq!(known, Some(&(orders, revenue.to_owned())), "{code}");
        }
        let row = rows.iter().find(|row| row["code"] == code).expect(code);
        let sales = &row["figures"]["sales"];
        assert_eq!(sales["purchases"], of["orders"], "{code}");
        assert_eq!(sales["purchase_days"], of["purchase_days"], "{code}");
        assert_eq!(sales["first_on"], of["first"], "{code}");
        assert_eq!(sales["last_on"], of["last"], "{code}");
        assert_eq!(cents(&sales["revenue"]["amount"]), revenue, "{code}");
        for (counts, of) in [
            (&mut by_orders, &sales["purchases"]),
            (&mut by_days, &sales["purchase_days"]),
        ] {
            let class = match of.as_u64().expect("a number") {
                0 => "0",
                1 => "1",
                _ => "2+",
            };
            *counts.entry(class.to_owned()).or_insert(0) += 1;
        }
    }
    for (counts, of) in [
        (by_orders, "customers_by_orders"),
        (by_days, "customers_by_purchase_days"),
    ] {
        assert_eq!(serde_json::json!(counts), expected[of], "{of}");
    }

    let purchases = client.walk("/purchases?limit=200");
    let freight = purchases.iter().map(|purchase| {
        let freight = purchase["freight"].as_str().expect("freight");
        freight.parse::<Decimal>().expect("an amount")
    });
    let freight = Decimal::sum(freight).expect("a sum");
    assert_eq!(Ok(freight), "64942.69".parse());
    let shipped = |purchase: &&Value| purchase["shipped_on"].is_null();
    assert_eq!(purchases.iter().filter(shipped).count(), 21);
    let lines: usize = purchases
        .iter()
        .map(|purchase| purchase["lines"].as_array().expect("lines").len())
        .sum();
    assert_eq!(lines, 2155);
}
