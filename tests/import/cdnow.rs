//! CDNOW: every purchase of 2,357 people at a shop for music in eighteen months, from a published package.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use perennial_api::import::Options;
use perennial_domain::Decimal;
use serde_json::Value;

use super::office::*;
use super::sample::sample;

/// Purchases and revenue of each month: summed apart from this program, with exact decimals.
const MONTHS: [(&str, u64, &str); 18] = [
    ("1997-01", 885, "28592.70"),
    ("1997-02", 1178, "40433.81"),
    ("1997-03", 1204, "43472.10"),
    ("1997-04", 362, "12842.05"),
    ("1997-05", 291, "10880.33"),
    ("1997-06", 284, "9907.25"),
    ("1997-07", 284, "10866.23"),
    ("1997-08", 235, "8762.76"),
    ("1997-09", 237, "7358.32"),
    ("1997-10", 246, "8845.05"),
    ("1997-11", 274, "10151.38"),
    ("1997-12", 248, "9112.84"),
    ("1998-01", 202, "7356.82"),
    ("1998-02", 198, "7679.71"),
    ("1998-03", 278, "9850.05"),
    ("1998-04", 165, "6011.53"),
    ("1998-05", 176, "6378.14"),
    ("1998-06", 172, "5590.87"),
];
const YEARS: [(&str, u64, &str); 2] = [("1997", 5728, "201224.82"), ("1998", 1191, "42867.12")];
/// Who bought for most: purchases, days on which they were, revenue.
const GREATEST: [(&str, u64, u64, &str); 3] = [
    ("19339", 56, 22, "6552.70"),
    ("05420", 24, 24, "1943.58"),
    ("20111", 42, 42, "1747.58"),
];

/// The two files that we import: who bought, and what; a purchase's external id is its row.
fn files(sample: &str) -> (String, String) {
    let mut people = BTreeMap::new();
    let mut bought = String::from("external_id,customer,date,quantity,amount\n");
    for (row, line) in sample
        .lines()
        .filter(|line| !line.trim().is_empty())
        .enumerate()
    {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let [person, _, day, quantity, amount] = cells[..] else {
            panic!("five columns: {line}");
        };
        let (year, month, day) = (&day[..4], &day[4..6], &day[6..]);
        people.insert(person, ());
        writeln!(
            bought,
            "{},{person},{year}-{month}-{day},{quantity},{amount}",
            row + 1
        )
        .expect("a row");
    }
    let mut customers = String::from("code,name,roles\n");
    for person in people.keys() {
        writeln!(customers, "{person},Customer {person},end_buyer").expect("a row");
    }
    (customers, bought)
}

fn of(value: &Value) -> (u64, Decimal) {
    assert_eq!(value["revenue"]["currency"], "USD");
    let revenue = value["revenue"]["amount"].as_str().expect("an amount");
    let purchases = value["purchases"].as_u64().expect("a number");
    (purchases, revenue.parse().expect("an amount"))
}

fn sum(amounts: impl IntoIterator<Item = Decimal>) -> Decimal {
    Decimal::sum(amounts).expect("a sum")
}

#[test]
fn cdnow_comes_to_what_it_is_known_to_come_to() {
    let office = Office::counting_in("USD");
    let (people, bought) = files(&sample());
    let shop = Options {
        system: Some("cdnow".into()),
        ..purchases()
    };
    for (first, second) in [(2357, 0), (0, 2357)] {
        let outcome = office.imported(&customers(), text(&people));
        assert_eq!(outcome, summary(first, 0, second, 0));
    }
    assert_eq!(
        office.imported(&shop, text(&bought)),
        summary(6919, 0, 0, 0)
    );
    let before = office.events();
    assert_eq!(
        office.imported(&shop, text(&bought)),
        summary(0, 0, 6919, 0)
    );
    assert_eq!((before, office.events()), (2357 + 6919, 2357 + 6919));

    let app = office.open();
    let client = app.of_email(ADMIN);
    let amount = |text: &str| text.parse::<Decimal>().expect("an amount");
    for (by, known) in [("month", &MONTHS[..]), ("year", &YEARS[..])] {
        let path = format!("/purchases/totals?by={by}&limit=200");
        let totals = client.get(&path).expect(200).body;
        assert_eq!(of(&totals["total"]), (6919, amount("244091.94")));
        let groups = totals["groups"].as_array().expect("groups").iter();
        let groups: BTreeMap<&str, (u64, Decimal)> = groups
            .map(|group| (group["key"].as_str().expect("a key"), of(&group["sums"])))
            .collect();
        let known = known.iter();
        let known = known.map(|(key, purchases, sum)| (*key, (*purchases, amount(sum))));
        assert_eq!(groups, known.collect(), "{by}");
    }

    let people = client.walk("/customers?limit=200");
    assert_eq!(people.len(), 2357);
    let sales = |code: &str| {
        let person = people.iter().find(|person| person["code"] == code);
        &person.expect(code)["figures"]["sales"]
    };
    for (code, purchases, days, revenue) in GREATEST {
        assert_eq!(of(sales(code)), (purchases, amount(revenue)), "{code}");
        assert_eq!(sales(code)["purchase_days"], days, "{code}");
    }
    let sales = || people.iter().map(|person| &person["figures"]["sales"]);
    let days = sales().map(|sales| sales["purchase_days"].as_u64().expect("a number"));
    assert_eq!(days.sum::<u64>(), 6696);
    let revenue = sales().map(|sales| of(sales).1);
    assert_eq!(sum(revenue), amount("244091.94"));
    let first = sales().map(|sales| sales["first_on"].as_str().expect("a day"));
    assert_eq!(
        (first.clone().min(), first.max()),
        (Some("1997-01-01"), Some("1997-03-25"))
    );

    let purchases = client.walk("/purchases?limit=200");
    let lines = || {
        let lines = |purchase: &Value| purchase["lines"].as_array().expect("lines").clone();
        purchases.iter().flat_map(lines)
    };
    let number = |value: &Value| amount(value.as_str().expect("a number"));
    assert_eq!(lines().count(), 6919);
    let quantities = lines().map(|line| number(&line["quantity"]));
    assert_eq!(sum(quantities), amount("16479"));
    let free = |line: &Value| number(&line["amount"]) == Decimal::default();
    assert_eq!(lines().filter(free).count(), 8);
}
