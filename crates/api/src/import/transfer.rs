//! Through a file, a chunk at a time.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use perennial_domain::contact::Contact;
use perennial_domain::customer::Customer;
use perennial_domain::rights::{Action, Level};
use perennial_store::{Error, Scope, Store, Tx};

use super::columns::Columns;
use super::keep::{Batch, Kept};
use super::party::Party;
use super::plan::{Past, Step, plan};
use super::row::Row;
use super::table::{Source, Table};
use super::{Failure, Options, Summary, Watch, What, said};
use crate::clock;

/// How many rows are written at once: enough to make statements cheap, few enough that others get their turn.
const CHUNK: usize = 500;

/// Imports a file.
///
/// # Errors
/// What keeps it from reaching the end; a row that is refused does not.
pub fn transfer(
    store: &Store,
    options: &Options,
    source: Source,
    watch: &Arc<dyn Watch>,
) -> Result<Summary, Failure> {
    match options.what {
        What::Customers => import::<Customer>(store, options, source, watch),
        What::Contacts => import::<Contact>(store, options, source, watch),
    }
}

fn import<R: Party>(
    store: &Store,
    options: &Options,
    source: Source,
    watch: &Arc<dyn Watch>,
) -> Result<Summary, Failure> {
    let scope = store
        .scope_of_email(&options.user, clock::now())
        .map_err(|error| match error {
            Error::NotFound | Error::Unauthenticated => {
                format!("nobody can sign in as {}", options.user)
            }
            error => said(&error),
        })?;
    if scope.level(R::AREA, Action::Import) == Level::None {
        return Err(format!("{} may not import {}", options.user, R::PLURAL).into());
    }
    if options.atomic {
        whole::<R>(store, options, source.repeatable()?, &scope, watch)
    } else {
        by_chunks::<R>(store, options, &source, &scope, watch)
    }
}

/// A chunk is a transaction of its own; what is read and decided before it holds nobody up.
fn by_chunks<R: Party>(
    store: &Store,
    options: &Options,
    source: &Source,
    scope: &Scope,
    watch: &Arc<dyn Watch>,
) -> Result<Summary, Failure> {
    let mut chunks = Chunks::open::<R>(source, options, scope, watch)?;
    let columns = Arc::clone(&chunks.columns);
    let (mut total, mut past) = (Summary::default(), Past::default());
    loop {
        let Chunk { rows, refused, end } = chunks.next();
        total.refused += refused;
        let failed = |error: Error| Failure {
            reason: said(&error),
            before: total,
        };
        let now = scope.at(clock::now());
        let decisions = store
            .read(&now, |read| plan::<R>(read, &columns, &rows, &past))
            .map_err(failed)?;
        let batch = Arc::new(Batch { rows, decisions });
        let kept = if batch.writes() {
            let (batch, columns, keep) =
                (Arc::clone(&batch), Arc::clone(&columns), !options.dry_run);
            write(store, &now, move |tx| Ok((batch.keep(tx, &columns)?, keep))).map_err(failed)?
        } else {
            batch.settled()
        };
        if options.dry_run {
            remember(&batch, &kept, &mut past);
        }
        kept.refusals
            .iter()
            .for_each(|refusal| watch.refused(refusal));
        total.add(kept.summary);
        watch.done(total.rows());
        match end {
            None => {}
            Some(Ok(())) => return Ok(total),
            Some(Err(reason)) => {
                return Err(Failure {
                    reason,
                    before: total,
                });
            }
        }
    }
}

/// Notes the rows that a rehearsal would have made.
fn remember<R: Party>(batch: &Batch<R>, kept: &Kept, past: &mut Past) {
    let refused: HashSet<u64> = kept.refusals.iter().map(|refusal| refusal.line).collect();
    let made =
        |(_, decision): &(&Row, &Result<Step<R>, _>)| matches!(decision, Ok(Step::Create(..)));
    for (row, _) in batch.rows.iter().zip(&batch.decisions).filter(made) {
        if !refused.contains(&row.line) {
            past.called.extend(row.called().map(str::to_owned));
            past.rehearsed
                .extend(row.keys().into_iter().map(|key| (key, row.print)));
        }
    }
}

/// One transaction for the whole file.
fn whole<R: Party>(
    store: &Store,
    options: &Options,
    source: Source,
    scope: &Scope,
    watch: &Arc<dyn Watch>,
) -> Result<Summary, Failure> {
    // What the header alone can tell is told before the database is held.
    Chunks::open::<R>(&source, options, scope, watch)?;
    let (options, watch) = (options.clone(), Arc::clone(watch));
    write(store, scope, move |tx| {
        let outcome = through::<R>(tx, &options, &source, &watch)?;
        let keep = !options.dry_run && outcome.as_ref().is_ok_and(|summary| summary.refused == 0);
        Ok((outcome, keep))
    })?
}

fn through<R: Party>(
    tx: &mut Tx<'_>,
    options: &Options,
    source: &Source,
    watch: &Arc<dyn Watch>,
) -> Result<Result<Summary, Failure>, Error> {
    let mut chunks = match Chunks::open::<R>(source, options, tx.scope, watch) {
        Ok(chunks) => chunks,
        Err(reason) => return Ok(Err(reason.into())),
    };
    let columns = Arc::clone(&chunks.columns);
    let (mut total, past) = (Summary::default(), Past::default());
    loop {
        let Chunk { rows, refused, end } = chunks.next();
        let decisions = plan::<R>(tx, &columns, &rows, &past)?;
        let kept = Batch { rows, decisions }.keep(tx, &columns)?;
        kept.refusals
            .iter()
            .for_each(|refusal| watch.refused(refusal));
        total.refused += refused;
        total.add(kept.summary);
        watch.done(total.rows());
        match end {
            None => {}
            Some(Ok(())) if total.refused > 0 && !options.dry_run => {
                return Ok(Ok(Summary {
                    refused: total.refused,
                    ..Summary::default()
                }));
            }
            Some(Ok(())) => return Ok(Ok(total)),
            Some(Err(reason)) => return Ok(Err(reason.into())),
        }
    }
}

/// Writes, and keeps what was written only where the second of the two says so.
fn write<T: Send + 'static>(
    store: &Store,
    scope: &Scope,
    write: impl Fn(&mut Tx<'_>) -> Result<(T, bool), Error> + Send + 'static,
) -> Result<T, Error> {
    let told = Arc::new(Mutex::new(None));
    let tell = Arc::clone(&told);
    let outcome = store.write(scope, move |tx| {
        let (value, keep) = write(tx)?;
        if keep {
            return Ok(Some(value));
        }
        *tell.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        // Any error rolls back; this one is nobody's.
        Err(Error::NotFound)
    });
    let told = told.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (outcome, told) {
        (Ok(Some(value)), _) | (Err(Error::NotFound), Some(value)) => Ok(value),
        (Err(error), _) => Err(error),
        (Ok(None), _) => Err(Error::NotFound),
    }
}

/// Rows that are written at once.
struct Chunk {
    rows: Vec<Row>,
    /// Rows between them that could not even be read.
    refused: u64,
    /// Set where no more come, with the reason why if the file does not end here.
    end: Option<Result<(), String>>,
}

/// A file in chunks. Two rows about the same record never share one, nor do a row and one that it may name, so that the
/// second finds what the first wrote.
struct Chunks {
    table: Table,
    columns: Arc<Columns>,
    currency: perennial_domain::Currency,
    watch: Arc<dyn Watch>,
    /// Read already, for the next chunk.
    next: Option<Row>,
}

impl Chunks {
    fn open<R: Party>(
        source: &Source,
        options: &Options,
        scope: &Scope,
        watch: &Arc<dyn Watch>,
    ) -> Result<Self, String> {
        let table = Table::open(source)?;
        let columns = Arc::new(Columns::of::<R>(&table.header, options, scope)?);
        Ok(Self {
            table,
            columns,
            currency: scope.currency(),
            watch: Arc::clone(watch),
            next: None,
        })
    }

    fn next(&mut self) -> Chunk {
        let mut chunk = Chunk {
            rows: Vec::with_capacity(CHUNK),
            refused: 0,
            end: None,
        };
        let (mut keys, mut called) = (HashSet::new(), HashSet::new());
        while chunk.rows.len() < CHUNK {
            let row = match self
                .next
                .take()
                .map_or_else(|| self.row(), |row| Ok(Some(Ok(row))))
            {
                Ok(Some(Ok(row))) => row,
                Ok(Some(Err(()))) => {
                    chunk.refused += 1;
                    continue;
                }
                Ok(None) => {
                    chunk.end = Some(Ok(()));
                    break;
                }
                Err(reason) => {
                    chunk.end = Some(Err(reason));
                    break;
                }
            };
            let own = row.keys();
            if own.iter().any(|key| keys.contains(key))
                || row.named().any(|(_, name)| called.contains(name))
            {
                self.next = Some(row);
                break;
            }
            keys.extend(own);
            called.extend(row.called().map(str::to_owned));
            chunk.rows.push(row);
        }
        chunk
    }

    /// The next row; an error inside where it was refused.
    fn row(&mut self) -> Result<Option<Result<Row, ()>>, String> {
        let Some(record) = self.table.read()? else {
            return Ok(None);
        };
        let row = Row::read(&self.columns, &record, self.currency);
        Ok(Some(row.map_err(|refusals| {
            refusals
                .iter()
                .for_each(|refusal| self.watch.refused(refusal))
        })))
    }
}
