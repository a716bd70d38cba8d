//! Parameters and bodies that many operations take, as the contract says them.

use perennial_domain::field::{Field, ID, Kind, Resource};
use perennial_domain::query::{Operator, compares, parameters};
use serde_json::{Value, json};

/// The parameters of a resource's list, from its field table.
pub(super) fn list<R: Resource>() -> Vec<Value> {
    let mut list = paging();
    list.push(query("sort", &format!("Fields to order by, at most two in one direction; `-` before a name means descending. `{}` unless given.", R::ORDER), sort::<R>()));
    list.push(query(
        "q",
        "Full text: every word must be there, words may be cut short.",
        json!({ "type": "string", "maxLength": 200 }),
    ));
    let names: Vec<&str> = ["id", "version", "deleted_at"]
        .into_iter()
        .chain(R::FIELDS.iter().map(|field| field.name))
        .collect();
    let fields =
        json!({ "type": "array", "items": { "type": "string", "enum": names }, "minItems": 1 });
    list.push(array(query("fields", "Only these fields of each row; the answer is then `application/vnd.perennial.sparse+json`.", fields)));
    list.push(query(
        "include_total",
        "Count the whole list, up to 10 001.",
        json!({ "type": "boolean", "default": false }),
    ));
    list.push(query(
        "include_deleted",
        "Deleted rows too, for those who may delete; rows that are named by `id` or `id_in`, for those who may read.",
        json!({ "type": "boolean", "default": false }),
    ));
    list.extend(filters::<R>());
    list
}

/// The parameters that say which rows of a resource are meant.
pub(crate) fn filters<R: Resource>() -> impl Iterator<Item = Value> {
    let fields = [&ID].into_iter().chain(R::FIELDS);
    let filtered = fields.filter(|field| field.filtered);
    filtered.flat_map(|field| {
        parameters()
            .into_iter()
            .filter(|(_, operator)| compares(field, *operator))
            .map(|(suffix, operator)| filter(field, suffix, operator))
    })
}

/// `limit` and `cursor`.
pub(super) fn paging() -> Vec<Value> {
    vec![
        query(
            "limit",
            "How many rows.",
            json!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50 }),
        ),
        query(
            "cursor",
            "`page.next_cursor` of the page before; everything else must be asked as then.",
            json!({ "type": "string" }),
        ),
    ]
}

/// The record's id in the path.
pub(super) fn id(singular: &str) -> Value {
    json!({ "name": "id", "in": "path", "required": true, "description": format!("The {singular}'s id."), "schema": { "type": "string", "format": "uuid" } })
}

/// The version that is changed.
pub(super) fn if_match() -> Value {
    let description = "The record's `ETag` as it was read. Only its first part is compared: figures may have changed meanwhile.";
    let schema = json!({ "type": "string", "pattern": r#"^"v\d{1,18}\.f\d{1,18}"$"#, "examples": ["\"v7.f31\""] });
    json!({ "name": "If-Match", "in": "header", "required": true, "description": description, "schema": schema })
}

/// The version that the reader has.
pub(super) fn if_none_match() -> Value {
    let schema = json!({ "type": "string" });
    json!({ "name": "If-None-Match", "in": "header", "required": false, "description": "The `ETag` that the reader has: 304 if it still holds.", "schema": schema })
}

/// The client's own name for a request.
pub(super) fn idempotency_key() -> Value {
    let description = "The client's own name for this request: sent again with the same body, it is answered again, not done again.";
    let schema =
        json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" });
    json!({ "name": "Idempotency-Key", "in": "header", "required": false, "description": description, "schema": schema })
}

pub(crate) fn query(name: &str, description: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "required": false, "description": description, "schema": schema })
}

/// Several values with commas between.
fn array(mut parameter: Value) -> Value {
    if let Some(parameter) = parameter.as_object_mut() {
        parameter.insert("style".into(), "form".into());
        parameter.insert("explode".into(), false.into());
    }
    parameter
}

fn filter(field: &Field, suffix: &str, operator: Operator) -> Value {
    let name = format!("{}{suffix}", field.name);
    let is = if matches!(field.kind, Kind::Choices(_) | Kind::References(_)) {
        "holds"
    } else {
        "is"
    };
    match operator {
        Operator::Eq => query(
            &name,
            &format!("Rows whose `{}` {is} this.", field.name),
            value(field),
        ),
        Operator::In => {
            let schema =
                json!({ "type": "array", "items": value(field), "minItems": 1, "maxItems": 200 });
            array(query(
                &name,
                &format!("Rows whose `{}` {is} one of these.", field.name),
                schema,
            ))
        }
        Operator::Gte => query(
            &name,
            &format!("Rows whose `{}` is at least this.", field.name),
            value(field),
        ),
        Operator::Lte => query(
            &name,
            &format!("Rows whose `{}` is at most this.", field.name),
            value(field),
        ),
        Operator::IsNull => query(
            &name,
            &format!("Rows whose `{}` is empty, or is not.", field.name),
            json!({ "type": "boolean" }),
        ),
    }
}

/// One value of a field, as a parameter has it. A comma separates values and cannot be inside one.
fn value(field: &Field) -> Value {
    let words = |choices: &[perennial_domain::field::Choice]| {
        choices
            .iter()
            .map(|choice| choice.value)
            .collect::<Vec<_>>()
    };
    match field.kind {
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Integer => json!({ "type": "integer", "format": "int64" }),
        Kind::Decimal | Kind::Money => {
            json!({ "type": "string", "pattern": r"^-?\d{1,14}(\.\d{1,4})?$" })
        }
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Instant => json!({ "type": "string", "format": "date-time" }),
        Kind::Choice(choices) | Kind::Choices(choices) => {
            json!({ "type": "string", "enum": words(choices) })
        }
        Kind::Reference(_) | Kind::References(_) => json!({ "type": "string", "format": "uuid" }),
        Kind::Text | Kind::Parts(_) | Kind::Key | Kind::Figures => {
            json!({ "type": "string", "pattern": r"^[^\x00]*$" })
        }
    }
}

/// Every order that there is: one field or two, in one direction.
fn sort<R: Resource>() -> Value {
    let names: Vec<&str> = R::FIELDS
        .iter()
        .filter(|field| field.sorted)
        .map(|field| field.name)
        .collect();
    let pairs = names.iter().flat_map(|first| {
        names
            .iter()
            .filter(move |second| *second != first)
            .map(move |second| (*first, *second))
    });
    let single = names
        .iter()
        .flat_map(|name| [(*name).to_owned(), format!("-{name}")]);
    let double = pairs
        .flat_map(|(first, second)| [format!("{first},{second}"), format!("-{first},-{second}")]);
    let orders: Vec<String> = single.chain(double).collect();
    let called: Vec<String> = orders.iter().map(|order| constant(order)).collect();
    json!({ "type": "string", "enum": orders, "x-enum-varnames": called })
}

/// What generated clients call an order: `NAME_THEN_CODE`, `CREATED_AT_DESCENDING`.
fn constant(order: &str) -> String {
    let fields = order.replace('-', "").replace(',', "_then_");
    let direction = if order.starts_with('-') {
        "_descending"
    } else {
        ""
    };
    format!("{fields}{direction}").to_uppercase()
}
