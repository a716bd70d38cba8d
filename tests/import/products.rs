//! Files of products.

use std::fmt::Write as _;

use perennial_api::import::Options;
use perennial_domain::product::{Product, ProductCategory};
use serde_json::json;

use super::office::*;

fn category(office: &Office, name: &str) -> ProductCategory {
    let mut all = office.all::<ProductCategory>().into_iter();
    all.find(|category| category.name == name).expect(name)
}

/// Amount, currency and first day of each price.
fn prices(product: &Product) -> Vec<String> {
    let each = product.prices.iter().map(|price| {
        let since = price
            .since
            .map_or_else(String::new, |day| format!(" {day}"));
        format!(
            "{} {}{since}",
            price.amount.amount,
            price.amount.currency.code()
        )
    });
    each.collect()
}

#[test]
fn northwind_products_come_in_with_their_categories() {
    let office = Office::new();
    let outcome = office.imported(&products(), northwind("products.csv"));
    assert_eq!(outcome, summary(77, 0, 0, 0));
    assert_eq!(office.all::<ProductCategory>().len(), 8);
    let chai = office.product("1");
    assert_eq!(
        (
            chai.name.as_str(),
            chai.supplier.as_deref(),
            chai.discontinued
        ),
        ("Chai", Some("Specialty Biscuits, Ltd."), true)
    );
    assert_eq!(chai.category_id, Some(category(&office, "Beverages").id));
    assert_eq!(prices(&chai), ["18 CNY"]);

    let before = office.events();
    assert_eq!(before, 77 + 8);
    for atomic in [false, true] {
        let options = Options {
            atomic,
            ..products()
        };
        let outcome = office.imported(&options, northwind("products.csv"));
        assert_eq!(outcome, summary(0, 0, 77, 0));
    }
    assert_eq!(office.events(), before);
}

#[test]
fn the_price_that_always_held_is_replaced_and_others_stay() {
    let office = Office::new();
    office.imported(&products(), text("code,name,price,unit\nA,Tea,10,box\n"));
    let amount = |amount: &str, currency: &str| json!({ "amount": amount, "currency": currency });
    office.patch(
        &office.product("A"),
        json!({ "prices": [
        { "amount": amount("2", "USD") },
        { "amount": amount("10", "CNY") },
        { "amount": amount("12", "CNY"), "since": "2024-01-31" },
    ] }),
    );
    // Without a code the exact name tells.
    let file = "name,unit_price\nTea,11.50\n";
    for expected in [summary(0, 1, 0, 0), summary(0, 0, 1, 0)] {
        assert_eq!(office.imported(&products(), text(file)), expected);
    }
    let tea = office.product("A");
    assert_eq!(prices(&tea), ["2 USD", "11.50 CNY", "12 CNY 2024-01-31"]);
    assert_eq!(tea.unit.as_deref(), Some("box"));
    office.imported(&products(), text("code,price\nA,3 USD\n"));
    assert_eq!(
        prices(&office.product("A")).first().map(String::as_str),
        Some("3 USD")
    );
}

#[test]
fn a_category_is_made_where_there_is_none() {
    let office = Office::new();
    office.imported(
        &products(),
        text("code,name,category\nA,Tea,Drinks\nB,Ink,\n"),
    );
    let drinks = category(&office, "Drinks");
    let file = "code,category\nA,Hot drinks\nB,Office\n";
    for expected in [summary(0, 2, 0, 0), summary(0, 0, 2, 0)] {
        assert_eq!(office.imported(&products(), text(file)), expected);
    }
    assert_eq!(
        office.product("A").category_id,
        Some(category(&office, "Hot drinks").id)
    );
    assert_eq!(office.all::<ProductCategory>().len(), 3);
    // By its id as well.
    office.imported(
        &products(),
        text(&format!("code,category\nA,{}\n", drinks.id)),
    );
    assert_eq!(office.product("A").category_id, Some(drinks.id));
}

#[test]
fn a_refused_row_makes_no_category_and_takes_none_away() {
    let office = Office::new();
    let long = "x".repeat(101);
    let file = format!(
        "code,name,category,price,discontinued\n\
         A,Tea,Drinks,-1,\n\
         B,Ink,{long},1,\n\
         C,Pen,Office,dear,\n\
         D,Pad,Paper,1,perhaps\n\
         ,,Nothing,1,\n\
         E,Jug,Drinks,2,no\n"
    );
    let expected = [
        "2 price negative",
        "3 category length",
        "4 price decimal",
        "5 discontinued flag",
        "6 name required",
    ];
    for (atomic, dry_run) in [(false, true), (true, true), (true, false), (false, false)] {
        assert_eq!(office.events(), 0);
        let options = Options {
            atomic,
            dry_run,
            ..products()
        };
        let (outcome, mut refusals) = office.import(&options, text(&file));
        refusals.sort();
        assert_eq!(refusals, expected);
        let kept = u64::from(!atomic || dry_run);
        assert_eq!(outcome, Ok(summary(kept, 0, 0, 5)));
    }
    let categories = office.all::<ProductCategory>();
    let names: Vec<&str> = categories
        .iter()
        .map(|category| category.name.as_str())
        .collect();
    assert_eq!(names, ["Drinks"]);
    let seller = Options {
        user: SELLER.into(),
        ..products()
    };
    let reason = office.failed(&seller, text("code,name\nF,Cup\n"));
    assert!(reason.contains("may not import products"), "{reason}");
}

#[test]
fn many_rows_take_no_more_statements_than_few() {
    let office = Office::watched();
    let file = |from: usize, to: usize| {
        let mut file = String::from("code,name,category,price\n");
        for number in from..to {
            writeln!(
                file,
                "P{number},Product {number},Category {number},{number}"
            )
            .expect("a line");
        }
        file
    };
    let (few, many) = (file(0, 20), file(20, 420));
    let first = office.statements(&products(), text(&few));
    assert!(first > 5, "somebody counts: {first}");
    assert_eq!(office.statements(&products(), text(&many)), first);
    let second = office.statements(&products(), text(&few));
    assert_eq!(office.statements(&products(), text(&many)), second);
    assert!(second < first);
}
