//! From the text of a cell to the value of a field.

use perennial_domain::field::{Choice, Field, Kind};
use perennial_domain::problem::FieldError;
use perennial_domain::query::wrong;
use perennial_domain::text::Language;
use perennial_domain::{Currency, Date, Decimal, Instant};
use serde_json::{Value, json};

use super::called::fault;

/// What separates several values in one cell.
const SEPARATORS: [char; 5] = [';', '|', '\n', '；', '、'];

/// The parts of a cell that may hold several values.
pub fn several(text: &str) -> impl Iterator<Item = &str> {
    text.split(SEPARATORS)
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

/// The value of a field that a cell's text, which is not empty, spells. An amount without a currency is in `currency`.
///
/// # Errors
/// What does not fit.
pub fn value(field: &Field, text: &str, currency: Currency) -> Result<Value, FieldError> {
    let found = match field.kind {
        Kind::Text => Some(text.into()),
        Kind::Flag => flag(text).map(Value::Bool),
        Kind::Integer => text.parse::<i64>().ok().map(Value::from),
        Kind::Decimal => decimal(text).map(|number| json!(number)),
        Kind::Date => text.parse::<Date>().ok().map(|day| json!(day)),
        Kind::Instant => text.parse::<Instant>().ok().map(|moment| json!(moment)),
        Kind::Money => money(text, currency),
        Kind::Choice(choices) => word(choices, text),
        Kind::Choices(choices) => several(text)
            .map(|part| word(choices, part))
            .collect::<Option<_>>()
            .map(Value::Array),
        Kind::Reference(_) | Kind::References(_) | Kind::Parts(_) | Kind::Key | Kind::Figures => {
            None
        }
    };
    found.ok_or_else(|| match field.kind {
        Kind::Money => fault(
            "decimal",
            "is not an amount such as 1234.50 or 1234.50 CNY".to_owned(),
        ),
        _ => wrong(field, ""),
    })
}

fn flag(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "是" => Some(true),
        "false" | "no" | "n" | "0" | "否" => Some(false),
        _ => None,
    }
}

/// A number, with or without commas between thousands.
fn decimal(text: &str) -> Option<Decimal> {
    let grouped = text.contains(',')
        && text
            .split(['.'])
            .next()
            .is_some_and(|whole| whole.split(',').skip(1).all(|group| group.len() == 3));
    if grouped {
        text.replace(',', "").parse().ok()
    } else {
        text.parse().ok()
    }
}

fn money(text: &str, currency: Currency) -> Option<Value> {
    let (amount, currency) = match text.split_once(char::is_whitespace) {
        Some((left, right)) => match left.parse::<Currency>() {
            Ok(currency) => (right.trim(), currency),
            Err(_) => (left, right.trim().parse().ok()?),
        },
        None => (text, currency),
    };
    Some(json!({ "amount": decimal(amount)?, "currency": currency }))
}

/// A word of a closed list, by itself or by its label in either language.
fn word(choices: &[Choice], text: &str) -> Option<Value> {
    let means = |choice: &&Choice| {
        let labels = Language::ALL
            .into_iter()
            .map(|language| choice.label.text(language));
        labels
            .chain([choice.value])
            .any(|known| known.to_lowercase() == text.to_lowercase())
    };
    choices.iter().find(means).map(|choice| choice.value.into())
}

#[cfg(test)]
mod tests {
    use perennial_domain::customer::Customer;
    use perennial_domain::field::Resource;

    use super::*;

    fn read(field: &str, text: &str) -> Result<Value, String> {
        let field = Customer::field(field).expect("a field");
        value(field, text, Currency::default()).map_err(|fault| fault.detail)
    }

    #[test]
    fn cells_are_read_by_the_kind_of_their_field() {
        for (field, text, expected) in [
            ("name", "12", json!("12")),
            ("employees", "12", json!(12)),
            ("kind", "Person", json!("person")),
            ("kind", "个人", json!("person")),
            (
                "roles",
                "supplier; end_buyer",
                json!(["supplier", "end_buyer"]),
            ),
            (
                "credit_limit",
                "1,234.5",
                json!({ "amount": "1234.50", "currency": "CNY" }),
            ),
            (
                "credit_limit",
                "10 USD",
                json!({ "amount": "10", "currency": "USD" }),
            ),
            (
                "credit_limit",
                "USD 10",
                json!({ "amount": "10", "currency": "USD" }),
            ),
        ] {
            assert_eq!(read(field, text), Ok(expected), "{field} {text}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (field, text) in [
            ("employees", "many"),
            ("kind", "robot"),
            ("roles", "supplier; friend"),
            ("credit_limit", "1,23"),
            ("owner_id", "me"),
            ("addresses", "x"),
        ] {
            assert!(read(field, text).is_err(), "{field} {text}");
        }
    }
}
