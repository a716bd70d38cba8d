//! The little field tables of parts: small objects that live and die with their record.

use perennial_domain::contact::BuyingRole;
use perennial_domain::customer::{OccasionKind, SwitchingCostKind};
use perennial_domain::field::{Field, FieldType, Kind};
use perennial_domain::rights::{Action, Area, FieldAccess, Level};
use perennial_domain::text::Key;
use perennial_domain::touch::{AddressKind, Channel, IdentifierKind};
use serde_json::{Map, Value};
use yew::prelude::*;

use crate::components::cell::plain;
use crate::components::name::Name;
use crate::shape::FieldRef;
use crate::texts::Texts;

const fn part(name: &'static str, kind: Kind, label: Key) -> Field {
    Field::new(name, kind, label, true)
}

static IDENTIFIER: [Field; 3] = [
    part("kind", IdentifierKind::KIND, Key::PartKind).required(),
    part("value", Kind::Text, Key::PartValue)
        .required()
        .bounds(1, 200),
    part("system", Kind::Text, Key::PartSystem).bounds(0, 60),
];
static ADDRESS: [Field; 6] = [
    part("kind", AddressKind::KIND, Key::PartKind).required(),
    part("street", Kind::Text, Key::PartStreet).bounds(0, 300),
    part("city", Kind::Text, Key::PartCity).bounds(0, 100),
    part("region", Kind::Text, Key::PartRegion).bounds(0, 100),
    part("postal_code", Kind::Text, Key::PartPostalCode).bounds(0, 20),
    part("country", Kind::Text, Key::PartCountry).bounds(0, 100),
];
static CONSENT: [Field; 4] = [
    part("channel", Channel::KIND, Key::PartChannel).required(),
    part("granted", Kind::Flag, Key::PartGranted),
    part("at", Kind::Instant, Key::PartAt),
    part("source", Kind::Text, Key::PartSource).bounds(0, 200),
];
static POSITION: [Field; 5] = [
    part(
        "customer_id",
        Kind::Reference("customers"),
        Key::PartCustomer,
    )
    .required(),
    part("title", Kind::Text, Key::PartTitle).bounds(0, 200),
    part("buying_role", BuyingRole::KIND, Key::PartBuyingRole).required(),
    part("since", Kind::Date, Key::PartSince),
    part("until", Kind::Date, Key::PartUntil),
];
static INFLUENCE: [Field; 2] = [
    part(
        "customer_id",
        Kind::Reference("customers"),
        Key::PartCustomer,
    )
    .required(),
    part("note", Kind::Text, Key::PartNote).bounds(0, 300),
];
static SWITCHING_COST: [Field; 3] = [
    part("kind", SwitchingCostKind::KIND, Key::PartKind).required(),
    part("amount", Kind::Money, Key::PartAmount),
    part("note", Kind::Text, Key::PartNote).bounds(0, 300),
];
static CONSUMPTION: [Field; 5] = [
    part("item", Kind::Text, Key::PartItem)
        .required()
        .bounds(1, 200),
    part("unit", Kind::Text, Key::PartUnit).bounds(0, 40),
    part("per_month", Kind::Decimal, Key::PartPerMonth),
    part("on_hand", Kind::Decimal, Key::PartOnHand),
    part("as_of", Kind::Date, Key::PartAsOf),
];
static OCCASION: [Field; 3] = [
    part("kind", OccasionKind::KIND, Key::PartKind).required(),
    part("on", Kind::Date, Key::PartOn).required(),
    part("note", Kind::Text, Key::PartNote).bounds(0, 200),
];
static PERMISSION: [Field; 3] = [
    part("area", Area::KIND, Key::PartArea).required(),
    part("action", Action::KIND, Key::PartAction).required(),
    part("level", Level::KIND, Key::PartLevel).required(),
];
static FIELD_RULE: [Field; 2] = [
    part("class", Kind::Text, Key::PartClass)
        .required()
        .bounds(1, 40),
    part("access", FieldAccess::KIND, Key::PartAccess).required(),
];

/// The fields of one row of a field of parts.
pub fn fields(of: &str) -> &'static [Field] {
    match of {
        "identifiers" => &IDENTIFIER,
        "addresses" => &ADDRESS,
        "consents" => &CONSENT,
        "positions" => &POSITION,
        "influences" => &INFLUENCE,
        "switching_costs" => &SWITCHING_COST,
        "consumption" => &CONSUMPTION,
        "occasions" => &OCCASION,
        "permissions" => &PERMISSION,
        "field_rules" => &FIELD_RULE,
        _ => &[],
    }
}

/// A new row.
pub fn blank(of: &str) -> Value {
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
    let said = fields(of.name).iter().filter_map(|field| {
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
