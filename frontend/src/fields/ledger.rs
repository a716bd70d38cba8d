//! Parts that hold amounts in their record's own currency, as a table with the sum below: a purchase's lines and payments.

use perennial_domain::field::{Field, Kind};
use perennial_domain::purchase::PurchaseLine;
use perennial_domain::text::Key;
use perennial_domain::{Currency, Decimal};
use serde_json::Value;
use yew::prelude::*;

use crate::components::cell::cell;
use crate::fields::part;
use crate::fields::whole::use_account;
use crate::shape::{FieldRef, is_empty};
use crate::texts::{Texts, use_texts};

/// The columns that stand first, whatever must be given.
const FIRST: [&str; 2] = ["product_id", "description"];

/// Whether the rows of a field hold amounts in their record's currency.
pub fn is_ledger(of: &Field) -> bool {
    part::fields(of).any(|field| field.name == "amount" && matches!(field.kind, Kind::Decimal))
}

/// The columns, in the order in which people read them.
pub fn columns(of: &Field) -> Vec<FieldRef> {
    let (first, rest): (Vec<_>, Vec<_>) =
        part::fields(of).partition(|field| FIRST.contains(&field.name));
    first.into_iter().chain(rest).map(FieldRef).collect()
}

/// What a row comes to: by its price where it has one.
pub fn worth(row: &Value) -> Option<Decimal> {
    if is_empty(&row["price"]) {
        serde_json::from_value(row["amount"].clone()).ok()
    } else {
        serde_json::from_value::<PurchaseLine>(row.clone())
            .ok()?
            .worth()
    }
}

/// What rows come to together, as the server has it; what cannot be read yet comes to nothing.
pub fn sum(rows: &[Value]) -> Option<Decimal> {
    Decimal::sum(rows.iter().filter_map(worth))
}

/// An amount in the record's currency; a quiet dash where there is none.
pub fn amount(texts: &Texts, amount: Option<Decimal>, currency: Currency) -> Html {
    match amount {
        Some(amount) => {
            html! { <span class="number">{ texts.money(&amount.to_string(), currency.code()) }</span> }
        }
        None => html! { <span class="quiet">{ "—" }</span> },
    }
}

/// Whether a decimal is an amount in its record's currency.
pub fn is_amount(field: &Field) -> bool {
    matches!(field.kind, Kind::Decimal) && matches!(field.name, "amount" | "freight" | "price")
}

/// Properties of [`Amount`].
#[derive(Properties, PartialEq)]
pub struct AmountProps {
    /// The amount, as the wire has it.
    pub value: AttrValue,
}

/// An amount in the currency of the record around it, with all its digits.
#[component]
pub fn Amount(props: &AmountProps) -> Html {
    let (texts, account) = (use_texts(), use_account());
    html! { <span class="number">{ texts.price(&props.value, account.currency.code()) }</span> }
}

/// Properties of [`Ledger`].
#[derive(Properties, PartialEq)]
pub struct LedgerProps {
    /// The field.
    pub field: FieldRef,
    /// Its rows.
    pub rows: Vec<Value>,
}

/// The rows as a table; columns that say nothing are not there.
#[component]
pub fn Ledger(props: &LedgerProps) -> Html {
    let (texts, account) = (use_texts(), use_account());
    let said = |field: &FieldRef| {
        let says = |row: &Value| !is_empty(&row[field.name]) && row[field.name] != "0";
        field.name == "amount" || props.rows.iter().any(says)
    };
    let columns: Vec<FieldRef> = columns(&props.field).into_iter().filter(said).collect();
    let class = |field: &FieldRef| matches!(field.kind, Kind::Decimal).then_some("col-number");
    let shown = |field: FieldRef, row: &Value| match (field.name, &row[field.name]) {
        ("amount", _) => amount(&texts, worth(row), account.currency),
        ("discount", Value::String(none)) if none == "0" => Html::default(),
        (_, value) if is_empty(value) => Html::default(),
        (_, value) => cell(&texts, field, value, false),
    };
    let row = |row: &Value| {
        let cell = |field: &FieldRef| {
            html! { <td class={class(field)} data-label={texts.text(field.label)}>{ shown(*field, row) }</td> }
        };
        html! { <tr>{ for columns.iter().map(cell) }</tr> }
    };
    let before = columns.iter().take_while(|field| field.name != "amount");
    let before = before.count();
    let after = columns.len() - before - 1;
    html! {
        <div class="ledger-box">
            <table class="ledger">
                <thead><tr>{ for columns.iter().map(|field| html! { <th scope="col" class={class(field)}>{ texts.text(field.label) }</th> }) }</tr></thead>
                <tbody>{ for props.rows.iter().map(row) }</tbody>
                <tfoot><tr>
                    <th scope="row" colspan={before.to_string()}>{ texts.text(Key::LedgerTotal) }</th>
                    <td class="col-number">{ amount(&texts, sum(&props.rows), account.currency) }</td>
                    if after > 0 { <td colspan={after.to_string()}></td> }
                </tr></tfoot>
            </table>
        </div>
    }
}
