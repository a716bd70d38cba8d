//! What can be known to be wrong before the server is asked: the field table's own rules and the domain's.

use perennial_domain::field::{Field, Kind};
use perennial_domain::problem::FieldError;
use serde_json::{Map, Value};

use crate::shape::Shape;

/// The faults of a whole draft.
pub fn draft(shape: &Shape, draft: &Map<String, Value>) -> Vec<FieldError> {
    let written = shape.fields.iter().filter(|field| field.written);
    let mut errors: Vec<_> = written
        .flat_map(|field| value(field, draft.get(field.name).unwrap_or(&Value::Null), ""))
        .collect();
    if errors.is_empty() {
        errors = (shape.check)(&Value::Object(draft.clone()));
    }
    errors
}

/// The faults of one value; `within` is the pointer of what holds it.
pub fn value(field: &Field, value: &Value, within: &str) -> Vec<FieldError> {
    let pointer = format!("{within}/{}", field.name);
    let fault = |code| vec![FieldError::new(&pointer, code)];
    let outside = |code: &str, number: i64| {
        let (least, most) = field
            .bounds
            .filter(|(least, most)| !(*least..=*most).contains(&number))?;
        Some(vec![
            FieldError::new(&pointer, code)
                .with("min", least)
                .with("max", most),
        ])
    };
    let empty = value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
    match (field.kind, value) {
        _ if empty && field.required => fault("required"),
        _ if empty => Vec::new(),
        (Kind::Text, Value::String(text)) => outside(
            "length",
            i64::try_from(text.chars().count()).unwrap_or(i64::MAX),
        )
        .unwrap_or_default(),
        (Kind::Integer, Value::Number(number)) => number
            .as_i64()
            .and_then(|number| outside("range", number))
            .unwrap_or_default(),
        (Kind::Integer, _) => fault("type"),
        (Kind::Decimal, Value::String(text))
            if text.parse::<perennial_domain::Decimal>().is_err() =>
        {
            fault("amount")
        }
        (Kind::Money, money)
            if serde_json::from_value::<perennial_domain::Money>(money.clone()).is_err() =>
        {
            fault("amount")
        }
        (Kind::Parts(fields), Value::Array(rows)) => {
            let row = |(at, row): (usize, &Value)| {
                let within = format!("{pointer}/{at}");
                let cell = |field: &Field| {
                    self::value(field, row.get(field.name).unwrap_or(&Value::Null), &within)
                };
                fields.iter().flat_map(cell).collect::<Vec<_>>()
            };
            rows.iter().enumerate().flat_map(row).collect()
        }
        _ => Vec::new(),
    }
}
