//! Through a file, a chunk at a time.

use std::collections::HashSet;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use perennial_domain::field::Resource;
use perennial_domain::rights::{Action, Level};
use perennial_store::{Error, Scope, Store, Tx, events};

use super::chunks::{Chunk, Chunks};
use super::keep::{Batch, Kept};
use super::pace::{Pace, Slice};
use super::party::{Contacts, Customers};
use super::plan::{Body, Decision, Past, Step, plan};
use super::products::Products;
use super::purchases::{PurchaseLines, Purchases};
use super::row::Row;
use super::sheet::Sheet;
use super::table::Source;
use super::users::Users;
use super::{Failure, Options, Summary, Watch, What};
use crate::clock;

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
pub struct Terms {
    /// How the file is imported.
    pub options: Options,
    /// The file.
    pub source: Source,
    /// What a new record has unless its row says otherwise.
    pub defaults: Body,
    /// Who is told.
    pub watch: Arc<dyn Watch>,
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

/// A chunk is read and decided about, which holds nobody up, and then written a slice at a time, each a transaction; the next
/// one is decided about meanwhile.
fn by_chunks<S: Sheet>(
    store: &Store,
    terms: &Terms,
    chunks: Chunks<S>,
    scope: &Scope,
) -> Result<Summary, Failure> {
    let (options, watch) = (&terms.options, &terms.watch);
    let columns = Arc::clone(&chunks.columns);
    let (mut total, past) = (Summary::default(), Mutex::default());
    let mut pace = Pace::new(store.is_embedded(), store.read(scope, events::newest)?);
    let mut written = 0_u32;
    std::thread::scope(|threads| {
        let (sender, decided) = mpsc::sync_channel(0);
        let (tell_written, is_written) = mpsc::channel();
        let ahead = Ahead {
            store,
            scope,
            past: &past,
            waits: options.dry_run,
            is_written,
        };
        threads.spawn(move || ahead.decide(chunks, &sender));
        for outcome in decided {
            let Decided {
                batch,
                refused,
                end,
                now,
            } = outcome.map_err(|error| failed(&error, total))?;
            total.refused += refused;
            let mut made_up = batch.settled();
            tell(&made_up, watch, &mut total);
            let (mut done, writes) = (0, batch.writes());
            while done < writes {
                let which = done..writes.min(done + pace.rows());
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
                        held: Duration::ZERO,
                        before,
                        after,
                        own: tx.recorded(),
                    };
                    Ok(((kept, slice, begun), keep))
                });
                let (kept, mut slice, begun) = outcome.map_err(|error| failed(&error, total))?;
                tell(&kept, watch, &mut total);
                made_up.refusals.extend(kept.refusals);
                slice.held = begun.elapsed();
                if options.dry_run {
                    // SQLite's numbers are taken back with the rows, PostgreSQL's are not.
                    slice.after = store
                        .read(scope, events::newest)
                        .map_err(|error| failed(&error, total))?;
                }
                let rest = pace.note(slice, count, Instant::now());
                if done < writes || end.is_none() {
                    std::thread::sleep(rest);
                }
            }
            if options.dry_run {
                let mut past = past.lock().unwrap_or_else(PoisonError::into_inner);
                remember(&batch, &made_up, &mut past);
            } else if batch.writes() > 0 {
                written += 1;
                // Without it the rest is written all the same, only slower.
                if written.is_power_of_two()
                    && let Err(error) = store.note_growth()
                {
                    tracing::warn!(%error, "the database does not know how much was written");
                }
            }
            watch.done(total.rows());
            // Who decides may have come to the end already.
            let _ = tell_written.send(());
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
        Ok(total)
    })
}

/// A chunk that only has to be written.
struct Decided<S: Sheet> {
    batch: Arc<Batch<S>>,
    refused: u64,
    end: Option<Result<(), String>>,
    /// Whose it is, and the moment of it.
    now: Scope,
}

/// Decides about chunks while those before them are written.
struct Ahead<'a> {
    store: &'a Store,
    scope: &'a Scope,
    past: &'a Mutex<Past>,
    /// Whether each has to wait for the one before it.
    waits: bool,
    is_written: Receiver<()>,
}

impl Ahead<'_> {
    /// Until the file ends, or nobody takes what was decided any more.
    fn decide<S: Sheet>(
        self,
        mut chunks: Chunks<S>,
        sender: &SyncSender<Result<Decided<S>, Error>>,
    ) {
        let columns = Arc::clone(&chunks.columns);
        let mut unwritten = 0;
        loop {
            let Chunk {
                rows,
                refused,
                follows,
                end,
            } = chunks.read();
            while unwritten > 0 && (follows || self.waits) {
                if self.is_written.recv().is_err() {
                    return;
                }
                unwritten -= 1;
            }
            let now = self.scope.at(clock::now());
            let decisions = self.store.read(&now, |read| {
                let past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
                plan::<S>(read, &columns, &rows, &past)
            });
            if let Ok(decisions) = &decisions {
                chunks.forget(&rows, decisions);
            }
            let decided = decisions.map(|decisions| Decided {
                batch: Arc::new(Batch::new(rows, decisions)),
                refused,
                end,
                now,
            });
            let is_last = decided
                .as_ref()
                .map_or(true, |decided| decided.end.is_some());
            if sender.send(decided).is_err() || is_last {
                return;
            }
            unwritten += 1;
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
        let Chunk {
            rows, refused, end, ..
        } = chunks.read();
        let decisions = plan::<S>(tx, &columns, &rows, &past)?;
        chunks.forget(&rows, &decisions);
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
