//! Parts: small objects that live and die with their record, by their own field tables.

use perennial_domain::field::{Field, Kind};
use perennial_domain::text::Key;
use serde_json::{Map, Value};
use yew::prelude::*;

use crate::components::cell::plain;
use crate::components::name::Name;
use crate::shape::FieldRef;
use crate::texts::Texts;

/// The fields of one row of a field of parts.
pub fn fields(of: &Field) -> &'static [Field] {
    match of.kind {
        Kind::Parts(fields) => fields,
        _ => &[],
    }
}

/// A new row.
pub fn blank(of: &Field) -> Value {
    let value = |field: &Field| match field.kind {
        Kind::Choice(choices) => choices
            .first()
            .map_or(Value::Null, |choice| choice.value.into()),
        Kind::Text => "".into(),
        Kind::Flag => false.into(),
        _ => Value::Null,
    };
    let mut row = Map::new();
    fields(of)
        .iter()
        .for_each(|field| drop(row.insert(field.name.to_owned(), value(field))));
    Value::Object(row)
}

/// A row in one line; `links` leads to what it names.
pub fn view(texts: &Texts, of: FieldRef, row: &Value, links: bool) -> Html {
    let said = fields(&of).iter().filter_map(|field| {
        let value = row.get(field.name)?;
        let text = plain(texts, FieldRef(field), value);
        match (field.kind, value) {
            (Kind::Reference(plural), Value::String(id)) => Some(html! { <Name {plural} id={id.clone()} link={links}/> }),
            (Kind::Choice(_), Value::String(word)) if word != "unknown" => Some(html! { <span class="quiet">{ text }</span> }),
            (Kind::Flag, _) => Some(html! { <>{ texts.text(if value == true { Key::StateGranted } else { Key::StateRefused }) }</> }),
            (Kind::Text, Value::String(value)) if links && of.name == "identifiers" && field.name == "value" => Some(reach(row, value)),
            (Kind::Choice(_) | Kind::Reference(_), _) => None,
            _ if text.is_empty() => None,
            (Kind::Decimal | Kind::Date, _) if field.name != "on" => Some(html! { <><span class="quiet">{ texts.text(field.label) }{ " " }</span>{ text }</> }),
            _ => Some(html! { <>{ text }</> }),
        }
    });
    html! { <span class="part">{ for said.enumerate().map(|(at, shown)| html! { <>if at > 0 { <span class="quiet">{ "\u{a0}· " }</span> }{ shown }</> }) }</span> }
}

/// An address that can be written to or called by a click.
fn reach(row: &Value, value: &str) -> Html {
    let scheme = match row.get("kind").and_then(Value::as_str) {
        Some("email") => "mailto",
        Some("phone" | "mobile") => "tel",
        _ => return html! { <>{ value }</> },
    };
    html! { <a href={format!("{scheme}:{}", value.replace(' ', ""))}>{ value }</a> }
}
