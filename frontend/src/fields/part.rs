//! Parts: small objects that live and die with their record, by their own field tables.

use perennial_domain::field::{Field, Kind};
use perennial_domain::text::Key;
use serde_json::{Map, Value};
use yew::prelude::*;

use crate::components::cell::plain;
use crate::components::name::Name;
use crate::shape::FieldRef;
use crate::texts::Texts;

/// The fields of one row of a field of parts, but for keys: these are the program's, people neither see nor write them.
pub fn fields(of: &Field) -> impl Iterator<Item = &'static Field> + Clone {
    let fields = match of.kind {
        Kind::Parts(fields) => fields,
        _ => &[],
    };
    fields
        .iter()
        .filter(|field| !matches!(field.kind, Kind::Key))
}

/// A new row. What has no value is not in it: what stands for nothing is not null for every field.
pub fn blank(of: &Field) -> Value {
    let mut row = Map::new();
    for field in fields(of) {
        let value = match field.kind {
            Kind::Choice(choices) => choices.first().map(|choice| choice.value.into()),
            Kind::Text => Some("".into()),
            Kind::Flag => Some(false.into()),
            _ => None,
        };
        value.map(|value| row.insert(field.name.to_owned(), value));
    }
    Value::Object(row)
}

/// A row with another value in one field.
pub fn with(row: &Value, name: &str, value: Value) -> Value {
    let mut row = row.as_object().cloned().unwrap_or_default();
    if value.is_null() {
        row.remove(name);
    } else {
        row.insert(name.to_owned(), value);
    }
    Value::Object(row)
}

/// A row in one line; `links` leads to what it names.
pub fn view(texts: &Texts, of: FieldRef, row: &Value, links: bool) -> Html {
    let said = fields(&of).filter_map(|field| {
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
    // What follows a question mark would be a letter's subject, body and further addressees.
    let address = String::from(js_sys::encode_uri_component(&value.replace(' ', "")));
    let address = address.replace("%40", "@").replace("%2B", "+");
    html! { <a href={format!("{scheme}:{address}")}>{ value }</a> }
}
