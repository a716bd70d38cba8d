//! What serde would let through: a struct written as an array, and characters that no text may hold.

use perennial_domain::field::{Kind, Resource};
use perennial_domain::problem::Invalid;
use serde_json::Value;

/// Refuses what is no object, arrays other than the members named in `lists`, items of those that are arrays, and control
/// characters.
///
/// # Errors
/// The first of them.
pub fn plain(value: &Value, pointer: &str, lists: &[&str]) -> Result<(), Invalid> {
    let Value::Object(members) = value else {
        return Err(Invalid::new(pointer, "type"));
    };
    for (name, value) in members {
        let pointer = format!("{pointer}/{name}");
        match value {
            Value::Object(_) => plain(value, &pointer, lists)?,
            Value::Array(items) if lists.contains(&name.as_str()) => {
                for (at, item) in items.iter().enumerate() {
                    let pointer = format!("{pointer}/{at}");
                    match item {
                        Value::Array(_) => return Err(Invalid::new(pointer, "type")),
                        Value::Object(_) => plain(item, &pointer, lists)?,
                        Value::String(text) if text.contains(unprintable) => {
                            return Err(Invalid::new(pointer, "control_character"));
                        }
                        _ => {}
                    }
                }
            }
            Value::Array(_) => return Err(Invalid::new(pointer, "type")),
            Value::String(text) if text.contains(unprintable) => {
                return Err(Invalid::new(pointer, "control_character"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Refuses a draft or patch whose small objects are written as arrays.
///
/// # Errors
/// The first of them.
pub fn record<R: Resource>(value: &Value) -> Result<(), Invalid> {
    let Value::Object(members) = value else {
        return Err(Invalid::new("", "type"));
    };
    for (name, value) in members {
        let pointer = format!("/{name}");
        match (R::field(name).map(|field| field.kind), value) {
            (Some(Kind::Parts(_)), Value::Array(items)) => {
                let item =
                    |(at, item): (usize, &Value)| plain(item, &format!("{pointer}/{at}"), &[]);
                items.iter().enumerate().try_for_each(item)?;
            }
            (Some(Kind::Money), Value::Array(_)) => return Err(Invalid::new(pointer, "type")),
            _ => {}
        }
    }
    Ok(())
}

fn unprintable(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\t' | '\r')
}

#[cfg(test)]
mod tests {
    use perennial_domain::customer::Customer;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_struct_is_an_object() {
        assert!(plain(&json!({ "a": { "b": 1 } }), "", &[]).is_ok());
        assert!(plain(&json!({ "all": [{ "field": "x" }] }), "", &["all"]).is_ok());
        for value in [
            json!([1]),
            json!({ "a": [1] }),
            json!({ "all": [[1]] }),
            json!({ "a": "\u{0}" }),
        ] {
            assert!(plain(&value, "", &["all"]).is_err(), "{value}");
        }
    }

    #[test]
    fn a_part_is_an_object() {
        assert!(
            record::<Customer>(
                &json!({ "roles": ["media"], "occasions": [{ "on": "2026-01-01" }] })
            )
            .is_ok()
        );
        for value in [
            json!({ "occasions": [["birthday"]] }),
            json!({ "credit_limit": ["1", "CNY"] }),
            json!({ "switching_costs": [{ "amount": ["1", "CNY"] }] }),
        ] {
            assert!(record::<Customer>(&value).is_err(), "{value}");
        }
    }
}
