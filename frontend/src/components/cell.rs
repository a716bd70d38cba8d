//! A field's value, as people read it: in tables, panels, pages and comparisons.

use perennial_domain::field::{Choice, Kind};
use perennial_domain::text::Key;
use serde_json::Value;
use yew::prelude::*;

use crate::components::name::Name;
use crate::components::time::time;
use crate::fields::ledger::{Amount, Ledger, is_amount, is_ledger};
use crate::fields::part;
use crate::fields::text::is_percent;
use crate::shape::{FieldRef, is_empty};
use crate::texts::Texts;

/// A field's value, on one line where there is little room; a quiet dash where there is none.
pub fn cell(texts: &Texts, field: FieldRef, value: &Value, short: bool) -> Html {
    match (field.kind, value) {
        (_, value) if is_empty(value) => html! { <span class="quiet">{ "—" }</span> },
        (Kind::Flag, value) => {
            html! { <>{ texts.text(if value == true { Key::StateYes } else { Key::StateNo }) }</> }
        }
        (Kind::Integer, Value::Number(number)) => {
            html! { <span class="number">{ texts.number(number.as_i64().unwrap_or_default()) }</span> }
        }
        (Kind::Decimal, Value::String(amount)) if !short && is_amount(&field) => {
            html! { <Amount value={amount.clone()}/> }
        }
        (Kind::Decimal, Value::String(_)) | (Kind::Money, Value::Object(_)) => {
            html! { <span class="number">{ plain(texts, field, value) }</span> }
        }
        (Kind::Date, Value::String(date)) => {
            html! { <time datetime={date.clone()}>{ texts.date(date) }</time> }
        }
        (Kind::Instant, Value::String(at)) => time(texts, at),
        (Kind::Choice(choices), Value::String(word)) => {
            html! { <>{ label(choices, word).map(|key| texts.text(key)) }</> }
        }
        (Kind::Choices(choices), Value::Array(words)) => several(
            words.iter().filter_map(|word| word.as_str()),
            short,
            |word| {
                html! { <span class="pill grey">{ label(choices, word).map(|key| texts.text(key)) }</span> }
            },
        ),
        (Kind::Reference(plural), Value::String(id)) => {
            html! { <Name {plural} id={id.clone()} link={!short}/> }
        }
        (Kind::References(plural), Value::Array(ids)) => {
            several(ids.iter().filter_map(|id| id.as_str()), short, |id| {
                html! { <Name {plural} id={id.to_owned()}/> }
            })
        }
        (Kind::Parts(_), Value::Array(rows)) if short => html! {
            <>
                { rows.first().map(|row| part::view(texts, field, row, false)) }
                if rows.len() > 1 { <span class="quiet">{ format!(" +{}", rows.len() - 1) }</span> }
            </>
        },
        (Kind::Parts(_), Value::Array(rows)) if is_ledger(&field) => {
            html! { <Ledger {field} rows={rows.clone()}/> }
        }
        (Kind::Parts(_), Value::Array(rows)) => html! {
            <ul class="parts">{ for rows.iter().map(|row| html! { <li>{ part::view(texts, field, row, true) }</li> }) }</ul>
        },
        (_, Value::String(text)) => {
            html! { <span class={field.long.then_some("long")}>{ text }</span> }
        }
        _ => Html::default(),
    }
}

/// The label of a word.
pub fn label(choices: &[Choice], word: &str) -> Option<Key> {
    choices
        .iter()
        .find(|choice| choice.value == word)
        .map(|choice| choice.label)
}

/// A value that needs no other record, as plain text.
pub fn plain(texts: &Texts, field: FieldRef, value: &Value) -> String {
    match (field.kind, value) {
        (Kind::Money, Value::Object(money)) => {
            let part = |name| money.get(name).and_then(Value::as_str).unwrap_or_default();
            texts.money(part("amount"), part("currency"))
        }
        (Kind::Flag, value) => texts
            .text(if value == true {
                Key::StateYes
            } else {
                Key::StateNo
            })
            .to_owned(),
        (Kind::Choice(choices), Value::String(word)) => {
            label(choices, word).map_or_else(|| word.clone(), |key| texts.text(key).to_owned())
        }
        (Kind::Choices(choices), Value::Array(words)) => {
            let words = words
                .iter()
                .filter_map(|word| label(choices, word.as_str()?));
            texts.list(
                &words
                    .map(|key| texts.text(key).to_owned())
                    .collect::<Vec<_>>(),
            )
        }
        (Kind::Date, Value::String(date)) => texts.date(date),
        (Kind::Instant, Value::String(at)) => texts.instant(at),
        (Kind::Decimal, Value::String(part)) if is_percent(&field) => texts.percent(part),
        (Kind::Decimal, Value::String(decimal)) => texts.decimal(decimal),
        (_, Value::String(text)) => text.clone(),
        (_, Value::Number(number)) => number
            .as_i64()
            .map(|number| texts.number(number))
            .unwrap_or_default(),
        _ => String::new(),
    }
}

/// Pills in a row; with little room the first one, whole, and how many more.
fn several<'a>(
    items: impl Iterator<Item = &'a str>,
    short: bool,
    show: impl Fn(&str) -> Html,
) -> Html {
    let items: Vec<_> = items.collect();
    let room = if short { 1 } else { items.len() };
    html! {
        <span class="pills">
            { for items.iter().take(room).map(|item| show(item)) }
            if items.len() > room { <span class="quiet">{ format!("+{}", items.len() - room) }</span> }
        </span>
    }
}
