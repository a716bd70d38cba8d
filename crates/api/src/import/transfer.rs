//! Through a file, a chunk at a time.

use std::collections::{HashMap, HashSet};
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use perennial_domain::Currency;
use perennial_domain::field::Resource;
use perennial_domain::rights::{Action, Level};
use perennial_store::{Error, Scope, Store, Tx, events};

use super::columns::Columns;
use super::keep::{Batch, Kept};
use super::pace::{Pace, Slice};
use super::party::{Contacts, Customers};
use super::plan::{Body, Decision, Past, Step, plan};
use super::products::Products;
use super::purchases::{PurchaseLines, Purchases};
use super::row::{Row, print};
use super::sheet::Sheet;
use super::table::{Source, Table};
use super::users::Users;
use super::{Failure, Options, Summary, Watch, What};
use crate::clock;

/// How many rows are decided about at once: enough to make statements cheap.
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
    let scope = store
        .scope_of_email(&options.user, clock::now())
        .map_err(|error| match error {
            Error::NotFound | Error::Unauthenticated => {
                format!("nobody can sign in as {}", options.user)
            }
            error => error.to_string(),
        })?;
    let import = match options.what {
        What::Customers => import::<Customers>,
        What::Contacts => import::<Contacts>,
        What::Products => import::<Products>,
        What::Users => import::<Users>,
        What::Purchases => import::<Purchases>,
        What::PurchaseLines => import::<PurchaseLines>,
    };
    import(store, options, source, &scope, watch)
}

/// What holds for a whole file.
struct Terms {
    options: Options,
    source: Source,
    /// What a new record has unless its row says otherwise.
    defaults: Body,
    watch: Arc<dyn Watch>,
}

fn import<S: Sheet>(
    store: &Store,
    options: &Options,
    source: Source,
    scope: &Scope,
    watch: &Arc<dyn Watch>,
) -> Result<Summary, Failure> {
    let (area, plural) = (S::Record::AREA, S::Record::PLURAL);
    if scope.level(area, Action::Import) == Level::None {
        return Err(format!("{} may not import {plural}", options.user).into());
    }
    let terms = Terms {
        options: options.clone(),
        source: if options.atomic {
            source.repeatable()?
        } else {
            source
        },
        defaults: store.read(scope, |read| Ok(S::defaults(read, options)))??,
        watch: Arc::clone(watch),
    };
    // What the header alone can tell is told before the database is held.
    let chunks = Chunks::<S>::open(&terms, scope)?;
    if !chunks.columns.left_out.is_empty() {
        watch.left_out(&chunks.columns.left_out);
    }
    if options.atomic {
        whole::<S>(store, terms, scope)
    } else {
        by_chunks(store, &terms, chunks, scope)
    }
}

/// A chunk is read and decided about, which holds nobody up, and then written a slice at a time, each a transaction.
fn by_chunks<S: Sheet>(
    store: &Store,
    terms: &Terms,
    mut chunks: Chunks<S>,
    scope: &Scope,
) -> Result<Summary, Failure> {
    let (options, watch) = (&terms.options, &terms.watch);
    let columns = Arc::clone(&chunks.columns);
    let (mut total, mut past) = (Summary::default(), Past::default());
    let mut pace = Pace::new(store.read(scope, events::newest)?);
    let mut written = 0_u32;
    loop {
        let Chunk { rows, refused, end } = chunks.next();
        total.refused += refused;
        let now = scope.at(clock::now());
        let decisions = store
            .read(&now, |read| plan::<S>(read, &columns, &rows, &past))
            .map_err(|error| failed(&error, total))?;
        let batch = Arc::new(Batch::<S>::new(rows, decisions));
        let mut made_up = batch.settled();
        tell(&made_up, watch, &mut total);
        let mut done = 0;
        while done < batch.writes() {
            let which = done..batch.writes().min(done + pace.rows());
            done = which.end;
            let count = which.len();
            let (batch, columns, keep) =
                (Arc::clone(&batch), Arc::clone(&columns), !options.dry_run);
            let outcome = write(store, &now, move |tx| {
                let begun = Instant::now();
                let before = events::newest(tx)?;
                let kept = batch.keep(tx, &columns, which.clone())?;
                let after = events::newest(tx)?;
                let slice = Slice {
                    took: begun.elapsed(),
                    before,
                    after,
                };
                Ok(((kept, slice), keep))
            });
            let (kept, slice) = outcome.map_err(|error| failed(&error, total))?;
            if !options.dry_run {
                pace.note(slice, count, Instant::now());
            }
            tell(&kept, watch, &mut total);
            made_up.refusals.extend(kept.refusals);
        }
        if options.dry_run {
            remember(&batch, &made_up, &mut past);
        } else if batch.writes() > 0 {
            written += 1;
            if written.is_power_of_two() {
                store.note_growth().map_err(|error| failed(&error, total))?;
            }
        }
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

fn failed(error: &Error, before: Summary) -> Failure {
    Failure {
        reason: error.to_string(),
        before,
    }
}

fn tell(kept: &Kept, watch: &Arc<dyn Watch>, total: &mut Summary) {
    kept.refusals
        .iter()
        .for_each(|refusal| watch.refused(refusal));
    total.add(kept.summary);
}

/// Notes the rows that a rehearsal would have made.
fn remember<S: Sheet>(batch: &Batch<S>, kept: &Kept, past: &mut Past) {
    let refused: HashSet<u64> = kept.refusals.iter().map(|refusal| refusal.line).collect();
    let made =
        |(_, decision): &(&Row, &Decision<S::Record>)| matches!(decision, Ok(Step::Create(..)));
    for (row, _) in batch.decided().filter(made) {
        if !refused.contains(&row.line) {
            past.called.extend(row.called().map(str::to_owned));
            past.rehearsed
                .extend(row.keys.iter().map(|key| (*key, row.print)));
        }
    }
}

/// One transaction for the whole file.
fn whole<S: Sheet>(store: &Store, terms: Terms, scope: &Scope) -> Result<Summary, Failure> {
    write(store, scope, move |tx| {
        let outcome = through::<S>(tx, &terms)?;
        let kept = outcome.as_ref().is_ok_and(|summary| summary.refused == 0);
        Ok((outcome, kept && !terms.options.dry_run))
    })?
}

fn through<S: Sheet>(tx: &mut Tx<'_>, terms: &Terms) -> Result<Result<Summary, Failure>, Error> {
    let (options, watch) = (&terms.options, &terms.watch);
    let mut chunks = match Chunks::<S>::open(terms, tx.scope) {
        Ok(chunks) => chunks,
        Err(reason) => return Ok(Err(reason.into())),
    };
    let columns = Arc::clone(&chunks.columns);
    let (mut total, past) = (Summary::default(), Past::default());
    loop {
        let Chunk { rows, refused, end } = chunks.next();
        let decisions = plan::<S>(tx, &columns, &rows, &past)?;
        let batch = Batch::<S>::new(rows, decisions);
        total.refused += refused;
        tell(&batch.settled(), watch, &mut total);
        let kept = batch.keep(tx, &columns, 0..batch.writes())?;
        tell(&kept, watch, &mut total);
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

/// How many rows of a joined sheet are remembered by what they are about.
const REMEMBERED: usize = 1 << 20;

/// A file in chunks. Two rows about the same record never share one unless their sheet joins them, nor do a row and one
/// that it may name, so that the second finds what the first wrote.
struct Chunks<S> {
    table: Table,
    columns: Arc<Columns>,
    currency: Currency,
    watch: Arc<dyn Watch>,
    /// Read already, for the next chunk.
    next: Option<Row>,
    /// How many rows were about the same part of the same record, where these are joined.
    about: HashMap<u64, usize>,
    sheet: PhantomData<S>,
}

impl<S: Sheet> Chunks<S> {
    fn open(terms: &Terms, scope: &Scope) -> Result<Self, String> {
        let table = Table::open(&terms.source)?;
        let defaults = terms.defaults.clone();
        let columns = Columns::of::<S>(&table.header, &terms.options, defaults, scope)?;
        Ok(Self {
            table,
            columns: Arc::new(columns),
            currency: scope.currency(),
            watch: Arc::clone(&terms.watch),
            next: None,
            about: HashMap::new(),
            sheet: PhantomData,
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
            let is_named = row
                .named()
                .any(|(resource, name)| resource == S::Record::PLURAL && called.contains(name));
            let is_met = || !S::JOINED && row.keys.iter().any(|key| keys.contains(key));
            if is_named || is_met() {
                self.next = Some(row);
                break;
            }
            keys.extend(row.keys.iter().copied());
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
        let mut row = Row::read::<S>(&self.columns, &record, self.currency);
        if let Ok(row) = &mut row
            && S::JOINED
        {
            if self.about.len() >= REMEMBERED {
                self.about.clear();
            }
            let about = self.about.entry(print(&(&row.keys, S::about(row))));
            let count = about.or_default();
            row.before = *count;
            *count += 1;
        }
        Ok(Some(row.map_err(|refusals| {
            refusals
                .iter()
                .for_each(|refusal| self.watch.refused(refusal))
        })))
    }
}
