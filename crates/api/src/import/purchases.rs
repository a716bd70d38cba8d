//! Purchases, and the lines of purchases.

use std::collections::BTreeSet;

use perennial_domain::Decimal;
use perennial_domain::purchase::{Purchase, PurchaseLine};
use perennial_domain::validation;
use perennial_store::import::By;
use serde_json::{Value, json};

use super::columns::Columns;
use super::plan::Body;
use super::row::Row;
use super::sheet::{Part, Sheet};

const KNOWN_BY: &[&str] = &["code", "external_id"];
const TOLD_BY: &str = "a code or an external id";

const LINE: &[Part] = &[
    (
        "lines.product_id",
        &["product", "product id", "product code", "产品", "产品编号"],
    ),
    (
        "lines.description",
        &["description", "item", "描述", "说明"],
    ),
    ("lines.quantity", &["quantity", "qty", "数量"]),
    ("lines.price", &["price", "unit price", "单价", "价格"]),
    ("lines.discount", &["discount", "折扣"]),
    ("lines.amount", &["amount", "line total", "金额"]),
];

/// Files of purchases. A row may carry a line, too: then it is its purchase's only one.
#[derive(Debug)]
pub enum Purchases {}

impl Sheet for Purchases {
    type Record = Purchase;
    const KNOWN_BY: &'static [&'static str] = KNOWN_BY;
    const TOLD_BY: &'static str = TOLD_BY;
    const PARTS: &'static [Part] = LINE;

    /// Returns are not imported.
    fn takes(field: &str) -> bool {
        field != "reverses_id"
    }

    fn read(columns: &Columns, row: &mut Row) {
        give_system(columns, row);
    }

    fn is_known(record: &Purchase, row: &Row, by: By) -> bool {
        is_known(record, row, by)
    }

    fn complete(columns: &Columns, old: Option<&Purchase>, rows: &mut [Row], body: &mut Body) {
        let Some(row) = rows
            .first_mut()
            .filter(|row| row.of("lines").next().is_some())
        else {
            return;
        };
        let known = old.map_or(&[][..], |purchase| &purchase.lines);
        let same = known.iter().find(|line| is_about(row, line));
        let only = known.first().filter(|_| known.len() == 1);
        let line = laid_over(columns, row, same.or(only));
        row.at = Some(0);
        body.insert("lines".into(), json!([line]));
    }
}

/// Files of the lines of purchases that are there. Lines that a file does not name stay.
#[derive(Debug)]
pub enum PurchaseLines {}

impl Sheet for PurchaseLines {
    type Record = Purchase;
    const KNOWN_BY: &'static [&'static str] = KNOWN_BY;
    const TOLD_BY: &'static str = TOLD_BY;
    const PARTS: &'static [Part] = LINE;
    const JOINED: bool = true;

    fn takes(field: &str) -> bool {
        KNOWN_BY.contains(&field) || field == "external_system"
    }

    fn read(columns: &Columns, row: &mut Row) {
        give_system(columns, row);
    }

    fn is_known(record: &Purchase, row: &Row, by: By) -> bool {
        is_known(record, row, by)
    }

    /// The product or, where there is none, the description.
    fn about(row: &Row) -> Vec<&str> {
        let products: Vec<&str> = row.named().map(|(_, name)| name).collect();
        let description = || row.part("lines", "description").and_then(Value::as_str);
        if products.is_empty() {
            description().into_iter().collect()
        } else {
            products
        }
    }

    fn complete(columns: &Columns, old: Option<&Purchase>, rows: &mut [Row], body: &mut Body) {
        let mut lines = old.map_or_else(Vec::new, |purchase| purchase.lines.clone());
        let mut taken = BTreeSet::new();
        for row in rows {
            let alike = lines.iter().enumerate();
            let mut alike = alike
                .filter(|(_, line)| is_about(row, line))
                .skip(row.before);
            let found = alike.find(|(at, _)| !taken.contains(at));
            let at = found.map_or(lines.len(), |(at, _)| at);
            let line = laid_over(columns, row, lines.get(at));
            match lines.get_mut(at) {
                Some(place) => *place = line,
                None => lines.push(line),
            }
            taken.insert(at);
            row.at = Some(at);
        }
        body.insert("lines".into(), json!(lines));
    }
}

/// An id in another system goes with that system: its own column's, else the file's.
fn give_system(columns: &Columns, row: &mut Row) {
    if row.text("external_id").is_some() && row.text("external_system").is_none() {
        let system = columns.system.as_str().into();
        row.fields.insert("external_system".into(), system);
    }
}

fn is_known(record: &Purchase, row: &Row, by: By) -> bool {
    by != By::Field("external_id")
        || record.external_system.as_deref() == row.text("external_system")
}

/// Whether a line is of the product that a row names or, if it names none, has its description.
fn is_about(row: &Row, line: &PurchaseLine) -> bool {
    let text = |part| row.part("lines", part).and_then(Value::as_str);
    match text("product_id") {
        Some(product) => line
            .product_id
            .is_some_and(|id| product.parse() == Ok(id.uuid())),
        None => {
            line.product_id.is_none() && line.description == text("description").unwrap_or_default()
        }
    }
}

/// What a row says of a line, laid over what is known of it.
fn laid_over(columns: &Columns, row: &Row, known: Option<&PurchaseLine>) -> PurchaseLine {
    let mut line = known.cloned().unwrap_or_default();
    let counted = || columns.heading_of(|target| target.part == "quantity");
    if known.is_none() && counted().is_none() {
        line.quantity = Decimal::from_ten_thousandths(10_000);
    }
    for (part, value) in row.of("lines") {
        let number = || validation::read::<Decimal>(value.clone()).ok();
        match part {
            "product_id" => line.product_id = validation::read(value.clone()).ok(),
            "description" => value
                .as_str()
                .unwrap_or_default()
                .clone_into(&mut line.description),
            "quantity" => line.quantity = number().unwrap_or_default(),
            "price" => line.price = number(),
            "discount" => line.discount = number().unwrap_or_default(),
            "amount" => line.amount = number(),
            _ => {}
        }
    }
    if line.price.is_some() && row.part("lines", "amount").is_none() {
        line.amount = line.worth();
    }
    line
}
