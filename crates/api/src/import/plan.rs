//! What becomes of each row: decided before anything is written, so that the database is held only while writing.

use std::cell::RefCell;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use perennial_domain::field::{Kind, Resource};
use perennial_domain::problem::{FieldError, Invalid};
use perennial_domain::text::{Key, Language};
use perennial_domain::validation;
use perennial_store::{Change, Error, Read, Stored};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Refusal;
use super::called::Called;
use super::columns::{Columns, Target};
use super::matching::{self, Match, unclear};
use super::row::{Row, print, resource};
use super::sheet::Sheet;

/// What is written of a record: fields and their values.
pub type Body = Map<String, Value>;

/// A field that names a record which is not there yet, and that record's name.
pub type Missing = (&'static str, String);

/// What becomes of a row.
pub enum Step<R: Stored> {
    /// A new record, after those that it names and that are missing.
    Create(Body, R::Draft, Vec<Missing>),
    /// A record that is there and differs.
    Update(Change<R>, Vec<Missing>),
    /// A record that is there as it is in the file.
    Same,
    /// Written with the row on this line, which is about the same record.
    With(u64),
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
    fn meet<R: Stored>(&self, row: &Row, found: &Match<R>) -> Option<u64> {
        // Nothing of this kind has a name.
        R::field("name")?;
        let mut named = self.named.borrow_mut();
        let known = found.old.as_ref().map(Stored::title);
        let mut before = None;
        for name in row.name().into_iter().chain(known) {
            match named.entry(print(&(name, row.places()))) {
                Entry::Occupied(first) if *first.get() != row.line => before = Some(*first.get()),
                Entry::Occupied(_) => {}
                Entry::Vacant(place) => drop(place.insert(row.line)),
            }
        }
        before.filter(|_| found.by_name)
    }

    /// What a rehearsal made of one of these keys.
    fn rehearsed_as(&self, keys: &[u64]) -> Option<u64> {
        keys.iter().find_map(|key| self.rehearsed.get(key)).copied()
    }
}

impl<R: Stored> Step<R> {
    /// Whether it changes anything.
    pub fn writes(&self) -> bool {
        matches!(self, Self::Create(..) | Self::Update(..))
    }

    /// What is written.
    pub fn body(&self) -> Body {
        match self {
            Self::Create(body, ..) => body.clone(),
            Self::Update(change, _) => change.patch.as_object().cloned().unwrap_or_default(),
            _ => Body::new(),
        }
    }

    /// The records that it names and that are missing.
    pub fn missing(&self) -> &[Missing] {
        match self {
            Self::Create(.., missing) | Self::Update(_, missing) => missing,
            _ => &[],
        }
    }
}

/// Decides what becomes of rows.
///
/// # Errors
/// Whatever the database says.
pub fn plan<S: Sheet>(
    read: &mut Read<'_>,
    columns: &Columns,
    rows: &[Row],
    past: &Past,
) -> Result<Vec<Decision<S::Record>>, Error> {
    let called = Called::find(read, &columns.system, rows.iter().flat_map(Row::named))?;
    let resolved = rows
        .iter()
        .map(|row| resolved::<S>(columns, row, &called, past));
    let matched = matching::find::<S>(read, columns, resolved.collect())?;
    let mut decisions = BTreeMap::new();
    let mut groups: Vec<Group<S::Record>> = Vec::new();
    let mut joined: HashMap<Uuid, usize> = HashMap::new();
    for (row, matched) in rows.iter().zip(matched) {
        let (row, old) = match matched.and_then(|(row, found)| met::<S>(columns, past, row, found))
        {
            Ok(Met::Is(row, old)) => (row, old),
            Ok(Met::Rehearsed(step)) => {
                decisions.insert(row.line, Ok(step));
                continue;
            }
            Err(refusals) => {
                decisions.insert(row.line, Err(refusals));
                continue;
            }
        };
        let same = old.as_ref().filter(|_| S::JOINED);
        let place = same.map_or(groups.len(), |old| {
            *joined.entry(old.id().uuid()).or_insert(groups.len())
        });
        match groups.get_mut(place) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group {
                old,
                rows: vec![row],
            }),
        }
    }
    for group in groups {
        settle::<S>(columns, group, &mut decisions);
    }
    Ok(decisions.into_values().collect())
}

/// Rows about the same record.
struct Group<R> {
    old: Option<R>,
    rows: Vec<Row>,
}

/// A row that something may become of, and one of which a rehearsal knows already.
enum Met<R: Stored> {
    Is(Row, Option<R>),
    Rehearsed(Step<R>),
}

fn met<S: Sheet>(
    columns: &Columns,
    past: &Past,
    row: Row,
    found: Match<S::Record>,
) -> Result<Met<S::Record>, Vec<Refusal>> {
    if let Some(line) = past.meet(&row, &found) {
        let reason = format!(
            "two rows (lines {line} and {}) have this name; give {}",
            row.line,
            S::TOLD_BY
        );
        return Err(vec![unclear(columns, &row, reason)]);
    }
    if found.old.is_none()
        && let Some(print) = past.rehearsed_as(&row.keys)
    {
        return Ok(Met::Rehearsed(if print == row.print {
            Step::Same
        } else {
            Step::Differs
        }));
    }
    if S::JOINED && found.old.is_none() {
        return Err(vec![matching::unknown::<S>(columns, &row, "not_found")]);
    }
    Ok(Met::Is(row, found.old))
}

/// Decides what becomes of a record. Rows at fault are refused, and the others go without them.
fn settle<S: Sheet>(
    columns: &Columns,
    group: Group<S::Record>,
    decisions: &mut BTreeMap<u64, Decision<S::Record>>,
) {
    let Group { old, mut rows } = group;
    while let Some(last) = rows.last().map(|row| row.line) {
        let mut body: Body = rows.iter().flat_map(|row| row.fields.clone()).collect();
        S::complete(columns, old.as_ref(), &mut rows, &mut body);
        let missing = rows.iter().flat_map(missing).collect();
        let invalid = match step(columns, old.clone(), &body, missing) {
            Ok(step) => {
                let head = rows.first().map_or(last, |row| row.line);
                let writes = step.writes();
                let other = || if writes { Step::With(head) } else { Step::Same };
                decisions.extend(rows.iter().map(|row| (row.line, Ok(other()))));
                decisions.insert(head, Ok(step));
                return;
            }
            Err(invalid) => invalid,
        };
        let mut faults: BTreeMap<u64, Vec<Refusal>> = BTreeMap::new();
        for fault in invalid.0 {
            let mut pointer = fault.pointer.split('/').skip(1);
            let parts = pointer
                .next()
                .filter(|name| body.get(*name).is_some_and(Value::is_array));
            let at = pointer.next().and_then(|at| at.parse::<usize>().ok());
            // Who stands beyond the most that there may be is at fault, all at once.
            let most = parts.and_then(|_| usize::try_from(fault.params.get("max")?.as_u64()?).ok());
            let is_guilty = |row: &&Row| match (row.at, at, most) {
                (Some(own), Some(at), _) => own == at,
                (Some(own), None, Some(most)) => own >= most,
                _ => false,
            };
            let mut guilty: Vec<u64> = rows.iter().filter(is_guilty).map(|row| row.line).collect();
            if guilty.is_empty() {
                // What is wrong with all of them together began with the last.
                guilty.push(last);
            }
            let heading = columns.heading(&fault.pointer, &body);
            for line in guilty {
                let refusal = Refusal::new(line, heading.clone(), fault.clone());
                faults.entry(line).or_default().push(refusal);
            }
        }
        let (bad, mut good): (Vec<Row>, Vec<Row>) = rows
            .into_iter()
            .partition(|row| faults.contains_key(&row.line));
        for row in &mut good {
            let is_before = |bad: &&Row| bad.about == row.about && bad.line < row.line;
            row.before -= bad.iter().filter(is_before).count();
        }
        rows = good;
        decisions.extend(faults.into_iter().map(|(line, faults)| (line, Err(faults))));
    }
}

/// What stands for the key of a record that is missing.
const UNMADE: Uuid = Uuid::max();

/// A row with the keys of the records that it names; of names there remain those of missing records, which are made with
/// it.
fn resolved<S: Sheet>(
    columns: &Columns,
    row: &Row,
    called: &Called,
    past: &Past,
) -> Result<Row, Vec<Refusal>> {
    let mut known = Row {
        names: Vec::new(),
        ..row.clone()
    };
    let mut refusals = Vec::new();
    for (target, names) in &row.names {
        let resource = resource(target.value().kind).unwrap_or_default();
        // Made in a rehearsal, which kept nothing of it.
        if resource == S::Record::PLURAL && names.iter().any(|name| past.called.contains(name)) {
            continue;
        }
        let id = |name: &String| match name.parse::<Uuid>() {
            Ok(id) => Ok(id),
            Err(_) => called.one(resource, name),
        };
        let ids: Result<Vec<Uuid>, FieldError> = names.iter().map(id).collect();
        let is_made = S::MADE.iter().any(|(field, _)| *field == target.field.name);
        match (ids, target.value().kind) {
            (Ok(ids), Kind::References(_)) => known.put(*target, json!(ids)),
            (Ok(ids), _) => known.put(*target, json!(ids.first())),
            (Err(fault), _) if is_made && fault.code == "not_found" => {
                known.put(*target, json!(UNMADE));
                known.names.push((*target, names.clone()));
            }
            (Err(fault), _) => {
                let heading = columns.heading_of(|other| other.is(*target));
                refusals.push(Refusal::new(row.line, heading, fault));
            }
        }
    }
    if refusals.is_empty() {
        Ok(known)
    } else {
        Err(refusals)
    }
}

fn missing(row: &Row) -> Vec<Missing> {
    let each =
        |(target, names): &(Target, Vec<String>)| Some((target.field.name, names.first()?.clone()));
    row.names.iter().filter_map(each).collect()
}

fn step<R: Stored>(
    columns: &Columns,
    old: Option<R>,
    body: &Body,
    missing: Vec<Missing>,
) -> Result<Step<R>, Invalid> {
    let Some(old) = old else {
        let mut whole = columns.defaults.clone();
        whole.extend(body.clone());
        let draft = validation::draft::<R>(Value::Object(whole.clone()))?;
        return Ok(Step::Create(whole, draft, missing));
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
    let change = Change {
        id: old.id(),
        version: old.version(),
        patch,
    };
    Ok(Step::Update(change, missing))
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
