//! What becomes of each row: decided before anything is written, so that the database is held only while writing.

use std::cell::RefCell;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use perennial_domain::Id;
use perennial_domain::field::Kind;
use perennial_domain::problem::{FieldError, Invalid};
use perennial_domain::text::{Key, Language};
use perennial_domain::validation;
use perennial_store::{Change, Error, Read, Stored};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Refusal;
use super::called::Called;
use super::columns::Columns;
use super::merge;
use super::party::{Match, Party, unclear};
use super::row::{Row, print};

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

/// What the rows before were about.
#[derive(Default)]
pub struct Past {
    /// The keys of the rows that a rehearsal has made so far, with what tells whether a later row says the same.
    pub rehearsed: HashMap<u64, u64>,
    /// What those are called.
    pub called: HashSet<String>,
    /// Names of the records that rows have made or found, with the line of the first such row. A row that is planned
    /// once more finds its own line.
    named: RefCell<HashMap<u64, u64>>,
}

impl Past {
    /// Notes the names of what a row is about. Where nothing but its name tells that, and another row was about a record
    /// of this name, the row may mean somebody else: the line of that row.
    fn meet<R: Party>(&self, row: &Row, found: &Match<R>) -> Option<u64> {
        let mut named = self.named.borrow_mut();
        let known = found.old.as_ref().map(Stored::title);
        let mut before = None;
        for name in row.name().into_iter().chain(known) {
            match named.entry(print(&(name, found.customer.map(Id::uuid)))) {
                Entry::Occupied(first) if *first.get() != row.line => before = Some(*first.get()),
                Entry::Occupied(_) => {}
                Entry::Vacant(place) => drop(place.insert(row.line)),
            }
        }
        before.filter(|_| found.by_name)
    }
}

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
    past: &Past,
) -> Result<Vec<Decision<R>>, Error> {
    let matches = R::matches(read, columns, rows)?;
    let called = Called::find(read, rows.iter().flat_map(Row::named))?;
    let decide = |(row, found): (&Row, Result<Match<R>, Refusal>)| {
        let found = found.map_err(|refusal| vec![refusal])?;
        if let Some(line) = past.meet(row, &found) {
            let reason = format!(
                "two rows (lines {line} and {}) have this name; give {}",
                row.line,
                R::TOLD_BY
            );
            return Err(vec![unclear(columns, row, reason)]);
        }
        if found.old.is_none()
            && let Some(print) = row.keys().iter().find_map(|key| past.rehearsed.get(key))
        {
            return Ok(if *print == row.print {
                Step::Same
            } else {
                Step::Differs
            });
        }
        let mut body = body(&found, row);
        let unknown = refer(columns, row, &called, past, &mut body);
        if !unknown.is_empty() {
            return Err(unknown);
        }
        step(&found, &body).map_err(|invalid| refusals(row, columns, &body, invalid))
    };
    Ok(rows.iter().zip(matches).map(decide).collect())
}

/// Adds the records that a row names; why not, where there are none.
fn refer(
    columns: &Columns,
    row: &Row,
    called: &Called,
    past: &Past,
    body: &mut Body,
) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for (field, names) in &row.names {
        let id = |(resource, name): (&str, &String)| match name.parse::<Uuid>() {
            Ok(id) => Ok(id),
            Err(_) => called.one(resource, name),
        };
        let found = match field.kind {
            Kind::References(resource) => {
                let ids: Result<Vec<Uuid>, _> =
                    names.iter().map(|name| id((resource, name))).collect();
                ids.map(|ids| json!(ids))
            }
            Kind::Reference(resource) => {
                let name = names.first();
                // Made in a rehearsal, which kept nothing of it.
                if name.is_some_and(|name| past.called.contains(name)) {
                    continue;
                }
                name.map(|name| id((resource, name)))
                    .transpose()
                    .map(|id| json!(id))
            }
            _ => continue,
        };
        match found {
            Ok(value) => drop(body.insert(field.name.to_owned(), value)),
            Err(fault) => {
                let heading = columns.heading(&format!("/{}", field.name), body);
                refusals.push(Refusal::new(row.line, heading, fault));
            }
        }
    }
    refusals
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
