//! Writing what was decided.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use perennial_domain::field::Resource;
use perennial_domain::problem::Invalid;
use perennial_domain::validation;
use perennial_store::{Change, Error, Stored, Tx, resource};
use serde_json::{Value, json};
use uuid::Uuid;

use super::called::Called;
use super::columns::Columns;
use super::plan::{Body, Decision, Missing, Past, Step, plan, refused};
use super::row::{self, Row};
use super::sheet::Sheet;
use super::{Refusal, Summary};

/// What became of rows.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// How many were created, changed and so on.
    pub summary: Summary,
    /// Why some were refused.
    pub refusals: Vec<Refusal>,
}

impl Kept {
    fn count<R: Stored>(&mut self, step: &Step<R>, rows: usize) {
        match step {
            Step::Create(..) => self.summary.created += rows as u64,
            _ => self.summary.changed += rows as u64,
        }
    }

    fn refuse(&mut self, refusals: Vec<Refusal>) {
        self.summary.refused += 1;
        self.refusals.extend(refusals);
    }
}

/// Rows that belong together, and what was decided about them.
pub struct Batch<S: Sheet> {
    rows: Vec<Row>,
    decisions: Vec<Decision<S::Record>>,
    /// Which rows are written together, as one record: the first of them says what becomes of it.
    written: Vec<Vec<usize>>,
}

impl<S: Sheet> Batch<S> {
    /// What becomes of each of these rows.
    pub fn new(rows: Vec<Row>, decisions: Vec<Decision<S::Record>>) -> Self {
        let mut written: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (at, (row, decision)) in rows.iter().zip(&decisions).enumerate() {
            match decision {
                Ok(step) if step.writes() => drop(written.insert(row.line, vec![at])),
                Ok(Step::With(line)) => written.entry(*line).or_default().push(at),
                _ => {}
            }
        }
        Self {
            rows,
            decisions,
            written: written.into_values().collect(),
        }
    }

    /// Each row, and what becomes of it.
    pub fn decided(&self) -> impl Iterator<Item = (&Row, &Decision<S::Record>)> {
        self.rows.iter().zip(&self.decisions)
    }

    /// How many records have to be written.
    pub fn writes(&self) -> usize {
        self.written.len()
    }

    /// What becomes of those rows that need no writing.
    pub fn settled(&self) -> Kept {
        let mut kept = Kept::default();
        for decision in &self.decisions {
            match decision {
                Ok(Step::Same) => kept.summary.unchanged += 1,
                Ok(Step::Differs) => kept.summary.changed += 1,
                Ok(_) => {}
                Err(refusals) => kept.refuse(refusals.clone()),
            }
        }
        kept
    }

    /// Writes some of the rest: all at once or, where something is wrong, in ever smaller parts until it is known which row
    /// it is.
    ///
    /// # Errors
    /// What is no row's fault.
    pub fn keep(
        &self,
        tx: &mut Tx<'_>,
        columns: &Columns,
        which: Range<usize>,
    ) -> Result<Kept, Error> {
        tx.history = true;
        let mut kept = Kept::default();
        let group = |together: &Vec<usize>| {
            let step = self.decisions.get(*together.first()?)?.as_ref().ok()?;
            let rows = together.iter().filter_map(|at| self.rows.get(*at));
            Some((rows.collect(), step))
        };
        let written = self.written.get(which).unwrap_or_default();
        let written: Vec<Group<'_, S::Record>> = written.iter().filter_map(group).collect();
        if !written.is_empty() {
            part::<S>(tx, columns, &written, &mut kept)?;
        }
        Ok(kept)
    }
}

/// Rows that are written together, and what becomes of their record.
type Group<'a, R> = (Vec<&'a Row>, &'a Step<R>);

fn part<S: Sheet>(
    tx: &mut Tx<'_>,
    columns: &Columns,
    steps: &[Group<'_, S::Record>],
    kept: &mut Kept,
) -> Result<(), Error> {
    let all: Vec<&Step<S::Record>> = steps.iter().map(|(_, step)| *step).collect();
    match (tx.attempt(|tx| write::<S>(tx, columns, &all)), steps) {
        (Ok(()), _) => steps
            .iter()
            .for_each(|(rows, step)| kept.count(step, rows.len())),
        (Err(error), _) if error.is_ours() => return Err(error),
        (Err(error), [(rows, step)]) => match (error, rows.as_slice()) {
            (error @ (Error::Invalid(_) | Error::Forbidden | Error::NotFound), [row]) => {
                kept.refuse(refused(row, columns, &step.body(), error)?);
            }
            _ => {
                for row in rows {
                    again::<S>(tx, columns, row, kept)?;
                }
            }
        },
        (Err(_), steps) => {
            let (first, rest) = steps.split_at(steps.len() / 2);
            part::<S>(tx, columns, first, kept)?;
            part::<S>(tx, columns, rest, kept)?;
        }
    }
    Ok(())
}

/// Somebody may have written the record since it was looked for, or a row before it did: looks again.
fn again<S: Sheet>(
    tx: &mut Tx<'_>,
    columns: &Columns,
    row: &Row,
    kept: &mut Kept,
) -> Result<(), Error> {
    let decision = plan::<S>(tx, columns, std::slice::from_ref(row), &Past::default())?.pop();
    match decision {
        Some(Err(refusals)) => kept.refuse(refusals),
        Some(Ok(step)) if step.writes() => match tx.attempt(|tx| write::<S>(tx, columns, &[&step]))
        {
            Ok(()) => kept.count(&step, 1),
            Err(error) => kept.refuse(refused(row, columns, &step.body(), error)?),
        },
        _ => kept.summary.unchanged += 1,
    }
    Ok(())
}

fn write<S: Sheet>(
    tx: &mut Tx<'_>,
    columns: &Columns,
    steps: &[&Step<S::Record>],
) -> Result<(), Error> {
    let made = make::<S>(tx, columns, steps)?;
    let filled = |body: &Body, missing: &[Missing]| {
        let keys = missing.iter().filter_map(|missing| {
            let key = made.get(missing)?;
            Some((missing.0.to_owned(), json!(key)))
        });
        Value::Object(body.clone().into_iter().chain(keys).collect())
    };
    let (mut drafts, mut changes) = (Vec::new(), Vec::new());
    for step in steps {
        match step {
            Step::Create(_, draft, missing) if missing.is_empty() => drafts.push(draft.clone()),
            Step::Create(body, _, missing) => {
                drafts.push(validation::draft::<S::Record>(filled(body, missing))?);
            }
            Step::Update(change, missing) => changes.push(Change {
                patch: filled(&step.body(), missing),
                ..change.clone()
            }),
            Step::Same | Step::With(_) | Step::Differs => {}
        }
    }
    if !changes.is_empty() {
        resource::change::<S::Record>(tx, &changes)?;
    }
    if !drafts.is_empty() {
        resource::add::<S::Record>(tx, &drafts)?;
    }
    Ok(())
}

/// Makes the records that these steps name and that are still missing; tells the keys of all.
fn make<S: Sheet>(
    tx: &mut Tx<'_>,
    columns: &Columns,
    steps: &[&Step<S::Record>],
) -> Result<BTreeMap<Missing, Uuid>, Error> {
    let mut keys = BTreeMap::new();
    for (field, make) in S::MADE {
        let named = steps.iter().flat_map(|step| step.missing());
        let names: BTreeSet<&str> = named
            .filter(|(of, _)| of == field)
            .map(|(_, name)| name.as_str())
            .collect();
        let kind = S::Record::field(field).map(|field| field.kind);
        let Some(resource) = kind.and_then(row::resource).filter(|_| !names.is_empty()) else {
            continue;
        };
        // An earlier part of the rows may have made them.
        let called = Called::find(
            tx,
            &columns.system,
            names.iter().map(|name| (resource, *name)),
        )?;
        let there = |name| Some((name, called.one(resource, name).ok()?));
        let mut known: BTreeMap<&str, Uuid> = names.iter().copied().filter_map(there).collect();
        let missing: Vec<&str> = names
            .into_iter()
            .filter(|name| !known.contains_key(name))
            .collect();
        if !missing.is_empty() {
            let made = make(tx, &missing).map_err(|error| about(field, error))?;
            known.extend(missing.into_iter().zip(made));
        }
        let known = known.into_iter();
        keys.extend(known.map(|(name, key)| ((*field, name.to_owned()), key)));
    }
    Ok(keys)
}

/// What is wrong with a name that a field gives is wrong with that field.
fn about(field: &str, error: Error) -> Error {
    match error {
        Error::Invalid(Invalid(mut faults)) => {
            for fault in &mut faults {
                fault.pointer = format!("/{field}");
            }
            Error::Invalid(Invalid(faults))
        }
        other => other,
    }
}
