//! What becomes of each row: decided before anything is written, so that the database is held only while writing.

use std::collections::HashMap;

use perennial_domain::problem::{FieldError, Invalid};
use perennial_domain::text::{Key, Language};
use perennial_domain::validation;
use perennial_store::{Change, Error, Read, Stored};
use serde_json::{Map, Value, json};

use super::Refusal;
use super::columns::Columns;
use super::merge;
use super::party::{Match, Party};
use super::row::Row;

/// What is written of a record: fields and their values.
pub type Body = Map<String, Value>;

/// What becomes of a row.
pub enum Step<R: Stored> {
    /// A new record.
    Create(Body, R::Draft),
    /// A record that is there and differs.
    Update(Change<R>),
    /// A record that is there as it is in the file.
    Same,
    /// A record that an earlier row made in a rehearsal, which kept nothing of it.
    Differs,
}

/// What becomes of a row, or why it is refused.
pub type Decision<R> = Result<Step<R>, Vec<Refusal>>;

/// The keys of the rows that a rehearsal has made so far, with what tells whether a later row says the same.
pub type Rehearsed = HashMap<u64, u64>;

impl<R: Stored> Step<R> {
    /// Whether it changes anything.
    pub fn writes(&self) -> bool {
        matches!(self, Self::Create(..) | Self::Update(_))
    }

    /// What is written.
    pub fn body(&self) -> Body {
        match self {
            Self::Create(body, _) => body.clone(),
            Self::Update(Change {
                patch: Value::Object(patch),
                ..
            }) => patch.clone(),
            _ => Body::new(),
        }
    }
}

/// Decides what becomes of rows.
///
/// # Errors
/// Whatever the database says.
pub fn plan<R: Party>(
    read: &mut Read<'_>,
    columns: &Columns,
    rows: &[Row],
    rehearsed: &Rehearsed,
) -> Result<Vec<Decision<R>>, Error> {
    let matches = R::matches(read, columns, rows)?;
    let decide = |(row, found): (&Row, Result<Match<R>, Refusal>)| {
        let found = found.map_err(|refusal| vec![refusal])?;
        if found.old.is_none()
            && let Some(print) = row.keys().iter().find_map(|key| rehearsed.get(key))
        {
            return Ok(if *print == row.print {
                Step::Same
            } else {
                Step::Differs
            });
        }
        let body = body(&found, row);
        step(&found, &body).map_err(|invalid| refusals(row, columns, &body, invalid))
    };
    Ok(rows.iter().zip(matches).map(decide).collect())
}

fn body<R: Party>(found: &Match<R>, row: &Row) -> Body {
    let mut body = row.fields.clone();
    if !row.identifiers.is_empty() {
        let known = found.old.as_ref().map_or(&[][..], R::identifiers);
        body.insert(
            "identifiers".into(),
            json!(merge::identifiers(known, &row.identifiers)),
        );
    }
    R::complete(found, row, &mut body);
    body
}

fn step<R: Party>(found: &Match<R>, body: &Body) -> Result<Step<R>, Invalid> {
    let Some(old) = &found.old else {
        let draft = validation::draft::<R>(Value::Object(body.clone()))?;
        return Ok(Step::Create(body.clone(), draft));
    };
    let before = old.draft();
    let known = serde_json::to_value(&before).unwrap_or_default();
    let mut patch = body.clone();
    patch.retain(|name, value| known.get(name.as_str()) != Some(value));
    if patch.is_empty() {
        return Ok(Step::Same);
    }
    let patch = Value::Object(patch);
    if validation::merge::<R>(&before, &patch)? == before {
        return Ok(Step::Same);
    }
    Ok(Step::Update(Change {
        id: old.id(),
        version: old.version(),
        patch,
    }))
}

/// The faults of what was to be written of a row, by the columns of the file.
fn refusals(row: &Row, columns: &Columns, body: &Body, invalid: Invalid) -> Vec<Refusal> {
    let refusal = |fault: FieldError| {
        let heading = columns.heading(&fault.pointer, body);
        Refusal::new(row.line, heading, fault)
    };
    invalid.0.into_iter().map(refusal).collect()
}

/// Why the store did not take a row; none where the store itself is at fault.
pub fn refused(
    row: &Row,
    columns: &Columns,
    body: &Body,
    error: Error,
) -> Result<Vec<Refusal>, Error> {
    let plain = |code: &str| {
        let mut fault = FieldError::new("", code);
        if let Some(title) = Key::find(&format!("problem.{code}")) {
            title.text(Language::En).clone_into(&mut fault.detail);
        }
        Ok(vec![Refusal::new(row.line, None, fault)])
    };
    match error {
        Error::Invalid(invalid) => Ok(refusals(row, columns, body, invalid)),
        Error::Conflict { pointer, code } => {
            Ok(refusals(row, columns, body, Invalid::new(pointer, code)))
        }
        Error::Forbidden => plain("forbidden"),
        Error::NotFound => plain("not_found"),
        Error::Stale { .. } => plain("stale"),
        error => Err(error),
    }
}
