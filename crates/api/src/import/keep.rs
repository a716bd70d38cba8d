//! Writing what was decided.

use perennial_store::{Error, Tx, resource};

use super::columns::Columns;
use super::party::Party;
use super::plan::{Decision, Past, Step, plan, refused};
use super::row::Row;
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
    fn refuse(&mut self, refusals: Vec<Refusal>) {
        self.summary.refused += 1;
        self.refusals.extend(refusals);
    }
}

/// Rows that belong together, and what was decided about them.
pub struct Batch<R: Party> {
    /// The rows.
    pub rows: Vec<Row>,
    /// What becomes of each.
    pub decisions: Vec<Decision<R>>,
}

impl<R: Party> Batch<R> {
    /// Whether anything has to be written.
    pub fn writes(&self) -> bool {
        self.decisions.iter().flatten().any(Step::writes)
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

    /// Writes the rest: all at once or, where something is wrong, in ever smaller parts until it is known which row it is.
    ///
    /// # Errors
    /// What is no row's fault.
    pub fn keep(&self, tx: &mut Tx<'_>, columns: &Columns) -> Result<Kept, Error> {
        let mut kept = self.settled();
        let written: Vec<(&Row, &Step<R>)> = self
            .rows
            .iter()
            .zip(&self.decisions)
            .filter_map(|(row, decision)| Some((row, decision.as_ref().ok()?)))
            .filter(|(_, step)| step.writes())
            .collect();
        if !written.is_empty() {
            part(tx, columns, &written, &mut kept)?;
        }
        Ok(kept)
    }
}

fn part<R: Party>(
    tx: &mut Tx<'_>,
    columns: &Columns,
    steps: &[(&Row, &Step<R>)],
    kept: &mut Kept,
) -> Result<(), Error> {
    match (
        tx.attempt(|tx| write(tx, steps.iter().map(|(_, step)| *step))),
        steps,
    ) {
        (Ok(done), _) => kept.summary.add(done),
        (Err(error @ (Error::Database(_) | Error::Unavailable(_))), _) => return Err(error),
        (Err(Error::Conflict { .. } | Error::Stale { .. }), [(row, _)]) => {
            again::<R>(tx, columns, row, kept)?
        }
        (Err(error), [(row, step)]) => kept.refuse(refused(row, columns, &step.body(), error)?),
        (Err(_), steps) => {
            let (first, rest) = steps.split_at(steps.len() / 2);
            part(tx, columns, first, kept)?;
            part(tx, columns, rest, kept)?;
        }
    }
    Ok(())
}

/// Somebody may have written the record since it was looked for, or a row before it did: looks again.
fn again<R: Party>(
    tx: &mut Tx<'_>,
    columns: &Columns,
    row: &Row,
    kept: &mut Kept,
) -> Result<(), Error> {
    let decision = plan::<R>(tx, columns, std::slice::from_ref(row), &Past::default())?.pop();
    match decision {
        Some(Err(refusals)) => kept.refuse(refusals),
        Some(Ok(step)) if step.writes() => match tx.attempt(|tx| write(tx, std::iter::once(&step)))
        {
            Ok(done) => kept.summary.add(done),
            Err(error) => kept.refuse(refused(row, columns, &step.body(), error)?),
        },
        _ => kept.summary.unchanged += 1,
    }
    Ok(())
}

fn write<'a, R: Party>(
    tx: &mut Tx<'_>,
    steps: impl Iterator<Item = &'a Step<R>>,
) -> Result<Summary, Error> {
    let (mut drafts, mut changes) = (Vec::new(), Vec::new());
    for step in steps {
        match step {
            Step::Create(_, draft) => drafts.push(draft.clone()),
            Step::Update(change) => changes.push(change.clone()),
            Step::Same | Step::Differs => {}
        }
    }
    if !changes.is_empty() {
        resource::update::<R>(tx, &changes)?;
    }
    if !drafts.is_empty() {
        resource::create::<R>(tx, &drafts)?;
    }
    Ok(Summary {
        created: drafts.len() as u64,
        changed: changes.len() as u64,
        ..Summary::default()
    })
}
