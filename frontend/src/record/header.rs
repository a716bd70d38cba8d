//! Who or what a record is, at a glance.

use perennial_domain::Money;
use perennial_domain::customer::Sales;
use perennial_domain::field::{Field, Kind};
use perennial_domain::text::Key;
use serde::Deserialize;
use yew::prelude::*;

use crate::components::cell::cell;
use crate::components::name::Name;
use crate::components::time::time;
use crate::session::Session;
use crate::shape::{FieldRef, Record, Shape, is_empty};
use crate::texts::Texts;

/// The fields that the line below the name says.
const SAID: [&str; 6] = ["code", "industry", "city", "title", "email", "occupation"];

/// Whether the header shows a field already.
pub fn is_said(shape: &Shape, field: &Field) -> bool {
    SAID.contains(&field.name) || field.name == shape.title || is_badge(field)
}

/// Whether a field is shown as a pill: what people said that places the record.
fn is_badge(field: &Field) -> bool {
    let kind = matches!(field.kind, Kind::Choice(_) | Kind::Choices(_)) || field.name == "tag_ids";
    kind && field.written && field.filtered && field.column
}

/// Code, trade and place, as far as they are known.
pub fn subtitle(texts: &Texts, shape: &Shape, record: &Record) -> Html {
    let words = SAID
        .iter()
        .filter(|name| **name != shape.title)
        .map(|name| record.text(name))
        .filter(|word| !word.is_empty());
    let since = texts.format(
        Key::RecordSince,
        &[("when", &texts.ago(record.text("created_at")))],
    );
    let said: Vec<&str> = words.chain([since.as_str()]).collect();
    // Each is kept whole where there is room, and the dot with what stands before it.
    let word = |(at, word): (usize, &&str)| {
        let dot = if at + 1 < said.len() { "\u{a0}·" } else { "" };
        html! { <><span>{ *word }{ dot }</span>{ " " }</> }
    };
    html! { <p class="subtitle">{ for said.iter().enumerate().map(word) }</p> }
}

/// The closed choices that place a record, as pills.
pub fn badges(texts: &Texts, session: &Session, shape: &Shape, record: &Record) -> Html {
    let placed = |field: &&'static Field| {
        is_badge(field) && session.sees(field) && !is_empty(record.value(field.name))
    };
    let badge = |field: &'static Field| {
        let cell = cell(texts, FieldRef(field), record.value(field.name), false);
        if matches!(field.kind, Kind::Choice(_)) {
            html! { <span class="pill green">{ cell }</span> }
        } else {
            cell
        }
    };
    let shown: Vec<Html> = shape.fields.iter().filter(placed).map(badge).collect();
    if shown.is_empty() {
        Html::default()
    } else {
        html! { <div class="pills badges">{ for shown }</div> }
    }
}

/// A key figure and what it is called.
pub fn figure(texts: &Texts, label: Key, shown: Html) -> Html {
    html! { <div class="figure"><dt>{ texts.text(label) }</dt><dd>{ shown }</dd></div> }
}

/// The key figures: who looks after it, what it bought, how many people we know there, when anything last happened.
pub fn figures(texts: &Texts, session: &Session, shape: &Shape, record: &Record) -> Html {
    let figures = record.value("figures");
    let figure = |label, shown| figure(texts, label, shown);
    let owner = shape
        .field("owner_id")
        .filter(|field| session.sees(field))
        .map(|field| {
            let id = record.text(field.name).to_owned();
            let shown = if id.is_empty() {
                html! { <span class="quiet">{ texts.text(Key::StateNone) }</span> }
            } else {
                html! { <Name plural="users" {id}/> }
            };
            figure(field.label, shown)
        });
    let contacts = figures
        .get("contacts")
        .and_then(|count| count.as_i64())
        .map(|count| figure(Key::RecordKnownPeople, html! { { texts.number(count) } }));
    let sales = figures.get("sales").map(Sales::deserialize);
    let sales = sales.and_then(Result::ok).into_iter().flat_map(|sales| {
        let Money { amount, currency } = sales.revenue;
        let revenue = texts.money(&amount.to_string(), currency.code());
        let last = sales
            .last_on
            .map(|day| figure(Key::SalesLastOn, texts.date(&day.to_string()).into()));
        [figure(Key::SalesRevenue, revenue.into())]
            .into_iter()
            .chain(last)
    });
    let touched = figures
        .get("last_touch_at")
        .and_then(|at| at.as_str())
        .map(|at| figure(Key::RecordLastTouch, time(texts, at)));
    let shown: Vec<Html> = owner
        .into_iter()
        .chain(sales)
        .chain(contacts)
        .chain(touched)
        .collect();
    if shown.is_empty() {
        Html::default()
    } else {
        html! { <dl class="figures">{ for shown }</dl> }
    }
}
