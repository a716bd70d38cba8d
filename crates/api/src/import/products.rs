//! Products, with the price that always held and the category.

use perennial_domain::product::{Price, Product, ProductCategory};
use perennial_domain::validation;
use serde_json::json;

use super::columns::Columns;
use super::plan::Body;
use super::row::Row;
use super::sheet::{Make, Part, Sheet, make};

/// Files of products.
#[derive(Debug)]
pub enum Products {}

impl Sheet for Products {
    type Record = Product;
    const KNOWN_BY: &'static [&'static str] = &["code"];
    const TOLD_BY: &'static str = "a code";
    const PARTS: &'static [Part] = &[(
        "prices.amount",
        &["unit price", "price", "list price", "价格", "单价"],
    )];
    const MADE: &'static [(&'static str, Make)] = &[("category_id", make::<ProductCategory>)];

    /// The price takes the place of the one of its currency that always held; others stay.
    fn complete(_: &Columns, old: Option<&Product>, rows: &mut [Row], body: &mut Body) {
        let row = rows.first();
        let amount = row.and_then(|row| row.part("prices", "amount")).cloned();
        let Some(amount) = amount.and_then(|amount| validation::read(amount).ok()) else {
            return;
        };
        let given = Price {
            amount,
            since: None,
        };
        let mut prices = old.map_or_else(Vec::new, |product| product.prices.clone());
        let always = |price: &&mut Price| {
            price.since.is_none() && price.amount.currency == given.amount.currency
        };
        match prices.iter_mut().find(always) {
            Some(price) => *price = given,
            None => prices.push(given),
        }
        body.insert("prices".into(), json!(prices));
    }
}
