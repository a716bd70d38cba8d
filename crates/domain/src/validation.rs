//! From JSON to a draft that keeps every rule, and from two drafts to what changed between them.

use serde_json::{Map, Value};
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use crate::field::{Draft, Field, Kind, Resource};
use crate::money::{NotACurrency, NotADecimal};
use crate::problem::{FieldError, Invalid};

/// Reads a value of any type, with the pointer of what does not fit.
///
/// # Errors
/// The first part of `value` that has the wrong type, or that the type does not know.
pub fn read<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, Invalid> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let mut pointer: String =
            error
                .path()
                .iter()
                .fold(String::new(), |pointer, segment| match segment {
                    serde_path_to_error::Segment::Seq { index } => format!("{pointer}/{index}"),
                    serde_path_to_error::Segment::Map { key } => {
                        format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
                    }
                    _ => pointer,
                });
        let message = error.inner().to_string();
        let missing = message
            .strip_prefix("missing field `")
            .and_then(|rest| rest.split_once('`'));
        let code = if let Some((name, _)) = missing {
            pointer = format!("{pointer}/{name}");
            "required"
        } else if message.starts_with("unknown field") {
            "unknown_field"
        } else if message.starts_with(&NotADecimal.to_string()) {
            "decimal"
        } else if message.starts_with(&NotACurrency.to_string()) {
            "currency"
        } else {
            "type"
        };
        let mut fault = FieldError::new(pointer, code);
        if !["decimal", "currency"].contains(&code) {
            fault.detail = message;
        }
        Invalid(vec![fault])
    })
}

/// Checks what the type's own rules say.
///
/// # Errors
/// Every rule that is broken.
pub fn validate<T: Validate>(value: &T) -> Result<(), Invalid> {
    let mut errors = Vec::new();
    if let Err(found) = value.validate() {
        flatten(&found, "", &mut errors);
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Invalid(errors))
    }
}

/// Reads what a client wrote of an `R` and checks every rule.
///
/// # Errors
/// Every rule that is broken; of wrong types only the first.
pub fn draft<R: Resource>(value: Value) -> Result<R::Draft, Invalid> {
    if !value.is_object() {
        return Err(Invalid::new("", "type"));
    }
    let mut draft: R::Draft = read(value).map_err(|Invalid(faults)| {
        let told = |fault: FieldError| match fault.pointer.strip_prefix('/') {
            Some(name) if fault.code == "unknown_field" => unwritten::<R>(name),
            _ => fault,
        };
        Invalid(faults.into_iter().map(told).collect())
    })?;
    check::<R>(&mut draft)?;
    Ok(draft)
}

/// Applies a merge patch (RFC 7396): absent keeps, null clears, anything else replaces.
///
/// # Errors
/// Every rule that the outcome breaks.
pub fn merge<R: Resource>(old: &R::Draft, patch: &Value) -> Result<R::Draft, Invalid> {
    let Value::Object(patch) = patch else {
        return Err(Invalid::new("", "type"));
    };
    let mut object = object_of(old);
    for (name, value) in patch {
        if !R::field(name).is_some_and(|field| field.written) {
            return Err(Invalid(vec![unwritten::<R>(name)]));
        }
        match value {
            Value::Null => object.remove(name),
            value => {
                let known = object.get(name).cloned().unwrap_or_default();
                object.insert(name.clone(), merged(known, value))
            }
        };
    }
    draft::<R>(Value::Object(object))
}

/// The fault of a member that a client may not write: because only the server does, or because there is none.
fn unwritten<R: Resource>(name: &str) -> FieldError {
    let code = if object_of(&R::default()).contains_key(name) {
        "read_only"
    } else {
        "unknown_field"
    };
    FieldError::new(format!("/{name}"), code)
}

/// A value with a merge patch applied: objects member by member, everything else replaced.
fn merged(mut value: Value, patch: &Value) -> Value {
    let Value::Object(changes) = patch else {
        return patch.clone();
    };
    if !value.is_object() {
        value = Value::Object(Map::new());
    }
    if let Value::Object(members) = &mut value {
        for (name, change) in changes {
            match change {
                Value::Null => drop(members.remove(name)),
                change => {
                    let known = members.remove(name).unwrap_or_default();
                    members.insert(name.clone(), merged(known, change));
                }
            }
        }
    }
    value
}

/// The fields in which two drafts differ: as they were and as they are.
pub fn changes<D: Draft>(old: &D, new: &D) -> (Map<String, Value>, Map<String, Value>) {
    let (mut before, mut after) = (object_of(old), object_of(new));
    before.retain(|name, value| after.get(name) != Some(value));
    after.retain(|name, _| before.contains_key(name));
    (before, after)
}

fn check<R: Resource>(draft: &mut R::Draft) -> Result<(), Invalid> {
    let mut errors = Vec::new();
    let object = object_of(draft);
    required(R::FIELDS, &object, "", &mut errors);
    if let Err(found) = draft.validate() {
        flatten(&found, "", &mut errors);
    }
    for (name, value) in &object {
        // What parts say stands in one line.
        let one_line = R::field(name).is_some_and(|field| {
            matches!(field.kind, Kind::Parts(_)) || matches!(field.kind, Kind::Text) && !field.long
        });
        texts(value, one_line, &format!("/{name}"), &mut errors);
    }
    draft.check(&mut |pointer, code| errors.push(FieldError::new(pointer, code)));
    let mut seen = std::collections::BTreeSet::new();
    errors.retain(|error| seen.insert(error.pointer.clone()));
    if errors.is_empty() {
        draft.complete();
        Ok(())
    } else {
        Err(Invalid(errors))
    }
}

/// What must be given, in the record and in its parts, and is not: a text of which nothing can be seen is none.
fn required(
    fields: &[Field],
    object: &Map<String, Value>,
    pointer: &str,
    errors: &mut Vec<FieldError>,
) {
    for field in fields {
        let (value, pointer) = (object.get(field.name), format!("{pointer}/{}", field.name));
        if field.required && value.is_none_or(is_empty) {
            errors.push(FieldError::new(&pointer, "required"));
        }
        if let (Kind::Parts(fields), Some(Value::Array(rows))) = (field.kind, value) {
            for (at, row) in rows.iter().enumerate() {
                if let Some(row) = row.as_object() {
                    required(fields, row, &format!("{pointer}/{at}"), errors);
                }
            }
        }
    }
}

/// Neither database nor people can use a text of control characters; a NUL PostgreSQL refuses.
fn texts(value: &Value, one_line: bool, pointer: &str, errors: &mut Vec<FieldError>) {
    match value {
        Value::String(text)
            if text.contains(|c: char| c.is_control() && !ends_line(c) && c != '\t') =>
        {
            errors.push(FieldError::new(pointer, "control_character"));
        }
        Value::String(text) if one_line && text.contains(ends_line) => {
            errors.push(FieldError::new(pointer, "line_break"));
        }
        Value::Array(values) => values
            .iter()
            .enumerate()
            .for_each(|(at, value)| texts(value, one_line, &format!("{pointer}/{at}"), errors)),
        Value::Object(values) => values
            .iter()
            .for_each(|(name, value)| texts(value, one_line, &format!("{pointer}/{name}"), errors)),
        _ => {}
    }
}

fn ends_line(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

/// Whether nothing of a text can be seen.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|character| {
        character.is_whitespace()
            || character.is_control()
            || matches!(character, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}')
    })
}

fn object_of<T: serde::Serialize>(value: &T) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => is_blank(text),
        _ => false,
    }
}

fn flatten(found: &ValidationErrors, pointer: &str, errors: &mut Vec<FieldError>) {
    for (name, kind) in found.errors() {
        let pointer = format!("{pointer}/{name}");
        match kind {
            ValidationErrorsKind::Struct(inner) => flatten(inner, &pointer, errors),
            ValidationErrorsKind::List(list) => {
                for (at, inner) in list {
                    flatten(inner, &format!("{pointer}/{at}"), errors);
                }
            }
            ValidationErrorsKind::Field(faults) => {
                errors.extend(faults.iter().map(|fault| {
                    let mut error = FieldError::new(pointer.clone(), &fault.code);
                    for bound in ["min", "max"] {
                        error = error.with(
                            bound,
                            fault.params.get(bound).cloned().unwrap_or(Value::from(0)),
                        );
                    }
                    error
                }));
            }
        }
    }
}

/// The fields of a resource that a client may not write.
pub fn read_only<R: Resource>() -> impl Iterator<Item = &'static Field> {
    R::FIELDS.iter().filter(|field| !field.written)
}
