//! How a field is compared: with what, and what is told where that does not fit.

use serde_json::Value as Json;

use super::{Filter, Operator, Value};
use crate::Decimal;
use crate::field::{Field, Kind};
use crate::id::parse_uuid;
use crate::problem::{FieldError, Invalid};

/// The suffixes of list parameters, and what each asks.
pub fn parameters() -> [(&'static str, Operator); 5] {
    [
        ("", Operator::Eq),
        ("_in", Operator::In),
        ("_gte", Operator::Gte),
        ("_lte", Operator::Lte),
        ("_is_null", Operator::IsNull),
    ]
}

/// Whether a field can be compared so.
pub fn compares(field: &Field, operator: Operator) -> bool {
    match field.kind {
        _ if field.derived || operator == Operator::IsNull && !field.optional => false,
        Kind::Parts(_) | Kind::Key | Kind::Figures => false,
        Kind::Text if field.long => false,
        Kind::Reference("") => matches!(operator, Operator::Eq | Operator::In),
        Kind::Text | Kind::Flag | Kind::Choice(_) | Kind::Reference(_) => {
            matches!(operator, Operator::Eq | Operator::In | Operator::IsNull)
        }
        Kind::Choices(_) | Kind::References(_) => matches!(operator, Operator::Eq | Operator::In),
        Kind::Integer | Kind::Decimal | Kind::Date | Kind::Instant | Kind::Money => {
            operator != Operator::In
        }
    }
}

/// Reads what a field is compared with.
pub(super) fn compare(
    field: &'static Field,
    operator: Operator,
    value: &Json,
    pointer: &str,
) -> Result<Filter, Invalid> {
    let read =
        |value: &Json| read_json(field, value).ok_or_else(|| Invalid(vec![wrong(field, pointer)]));
    let values: Vec<Value> = match (operator, value) {
        (Operator::In, Json::Array(items)) => items.iter().map(read).collect::<Result<_, _>>()?,
        (Operator::In, Json::String(text)) => text
            .split(',')
            .map(|part| read(&part.into()))
            .collect::<Result<_, _>>()?,
        (Operator::IsNull, value) => {
            let flag = value.as_bool().or_else(|| value.as_str()?.parse().ok());
            vec![Value::Flag(
                flag.ok_or_else(|| Invalid::new(pointer, "flag"))?,
            )]
        }
        (_, value) => vec![read(value)?],
    };
    if values.len() > 200 {
        let fault = FieldError::new(pointer, "many").with("max", 200);
        return Err(Invalid(vec![fault]));
    }
    Ok(Filter::Compare {
        field,
        operator,
        values,
    })
}

/// Says what a value of a field looks like.
pub fn wrong(field: &Field, pointer: &str) -> FieldError {
    match field.kind {
        Kind::Text => FieldError::new(pointer, "type"),
        Kind::Flag => FieldError::new(pointer, "flag"),
        Kind::Integer => FieldError::new(pointer, "integer"),
        Kind::Decimal | Kind::Money => FieldError::new(pointer, "decimal"),
        Kind::Date => FieldError::new(pointer, "date"),
        Kind::Instant => FieldError::new(pointer, "instant"),
        Kind::Choice(choices) | Kind::Choices(choices) => {
            one_of(pointer, choices.iter().map(|choice| choice.value))
        }
        Kind::Reference(_) | Kind::References(_) => FieldError::new(pointer, "id"),
        Kind::Parts(_) | Kind::Key | Kind::Figures => FieldError::new(pointer, "value"),
    }
}

/// A value as JSON has it, or as a text.
fn read_json(field: &Field, value: &Json) -> Option<Value> {
    match (field.kind, value) {
        (_, Json::String(text)) => read_value(field, text),
        (Kind::Flag, Json::Bool(flag)) => Some(Value::Flag(*flag)),
        (Kind::Integer | Kind::Decimal | Kind::Money, Json::Number(number)) => {
            read_value(field, &number.to_string())
        }
        _ => None,
    }
}

fn read_value(field: &Field, text: &str) -> Option<Value> {
    match field.kind {
        Kind::Text => Some(text)
            .filter(|text| !text.contains('\0'))
            .map(|text| Value::Text(text.to_owned())),
        Kind::Flag => text.parse().ok().map(Value::Flag),
        Kind::Integer => text.parse().ok().map(Value::Integer),
        Kind::Decimal | Kind::Money => text
            .parse::<Decimal>()
            .ok()
            .map(|decimal| Value::Integer(decimal.ten_thousandths())),
        Kind::Date => text.parse().ok().map(Value::Date),
        Kind::Instant => text.parse().ok().map(Value::Instant),
        Kind::Choice(choices) | Kind::Choices(choices) => choices
            .iter()
            .find(|choice| choice.value == text)
            .map(|choice| Value::Text(choice.value.to_owned())),
        Kind::Reference(_) | Kind::References(_) => parse_uuid(text).ok().map(Value::Id),
        Kind::Parts(_) | Kind::Key | Kind::Figures => None,
    }
}

/// The fault of what is none of these words.
pub fn one_of<'a>(pointer: &str, words: impl Iterator<Item = &'a str>) -> FieldError {
    let words: Vec<&str> = words.collect();
    FieldError::new(pointer, "one_of").with("allowed", words.join(", "))
}
