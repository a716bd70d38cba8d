//! SQLite's one writer: a thread that commits in groups.
//!
//! SQLite lets one connection write at a time. Instead of fighting over that place, writes queue up here; the thread
//! takes what waits, runs each in a savepoint of its own inside one `BEGIN IMMEDIATE`, commits once, and only then
//! answers. The cost of making a commit durable is shared by everyone who waited for it.
//!
//! What is committed stands in SQLite's log. Another thread moves it into the file, so that no commit waits for that; only
//! where it does not keep up, or the log cannot begin anew, a commit helps ([`LOG`]).
//!
//! Between processes, a server and an import say, there is no such queue: SQLite lets whoever finds it locked sleep longer
//! and longer, while who holds it takes it again at once. So each process's writer asks for its turn first: it locks a small
//! file beside the database, waits for the database with that lock in hand, and lets go of it as soon as it has the
//! database. Who has just written finds that lock taken and comes next but one. Both are looked at in short steps, for
//! waiting in the kernel cannot be ended after a time.

use std::fs::{File, TryLockError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::time::{Duration, Instant};

use diesel::Connection;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::sql_types::BigInt;

use crate::connection::{Address, AnyConnection};
use crate::sql::Sql;
use crate::transaction::private;
use crate::{Error, Result};

/// How many writes share a commit at most: bounds how long the first of them waits.
const GROUP: usize = 32;
/// How long a group waits for other processes before it is refused.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it looks whether they are done.
const STEP: Duration = Duration::from_micros(200);

/// How many pages stand in the log before a commit moves them into the file itself, 96 MB. It is the same for all processes:
/// every commit looks at the whole log, whoever wrote it.
const LOG: i64 = 24_000;

/// How much room a writer takes.
struct Room {
    /// How many pages stand in the log before the other thread moves them: many commits change the same pages.
    enough: i64,
    /// How much memory holds pages, in kilobytes.
    cache: u32,
    /// What is left of a log that begins anew, in bytes: what is cut off has to grow again.
    kept: u32,
}

/// A server's: 4 MB of log.
const SERVER: Room = Room {
    enough: 1_000,
    cache: 16_000,
    kept: 16_000_000,
};
/// An importer's: 64 MB of log, for its commits change the same pages again and again.
const IMPORTER: Room = Room {
    enough: 16_000,
    cache: 48_000,
    kept: 100_000_000,
};

/// The room that a process takes; it is asked for after it has begun to write.
#[derive(Clone, Debug, Default)]
struct Asked(Arc<AtomicBool>);

impl Asked {
    fn room(&self) -> &'static Room {
        match self.0.load(Ordering::Relaxed) {
            true => &IMPORTER,
            false => &SERVER,
        }
    }
}

/// Runs inside the group's transaction, or hears why there is none; what it returns is called with the commit's outcome.
type Job = Box<dyn FnOnce(std::result::Result<&mut AnyConnection, String>) -> Answer + Send>;
type Answer = Box<dyn FnOnce(std::result::Result<(), String>) + Send>;
type Manager = <AnyConnection as Connection>::TransactionManager;

/// The queue in front of the writing thread.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    queue: Sender<Job>,
    asked: Asked,
}

impl Writer {
    /// Opens the writing connection and starts its thread, which ends when the last queue is dropped.
    pub(crate) fn start(
        mut connection: AnyConnection,
        address: Address,
        turns: Option<File>,
    ) -> Result<Self> {
        let (sender, queue) = mpsc::channel();
        let asked = Asked::default();
        set_up(&mut connection, asked.room())?;
        let line = Line {
            log: log(&address, asked.clone())?,
            asked: asked.clone(),
            address,
            turns,
        };
        std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || line.serve(&mut connection, &queue))
            .map_err(|error| Error::Unavailable(error.to_string()))?;
        Ok(Self {
            queue: sender,
            asked,
        })
    }

    /// Holds more pages in memory and in the log, because many rows come in that change the same ones.
    pub(crate) fn take_room(&self) -> Result<()> {
        self.asked.0.store(true, Ordering::Relaxed);
        self.run(|connection| Ok(set_up(connection, &IMPORTER)?))
    }

    /// Runs a write and waits until it is durable.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        write: impl FnOnce(&mut AnyConnection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (sender, answer): (SyncSender<Result<T>>, Receiver<Result<T>>) = mpsc::sync_channel(1);
        let job: Job = Box::new(move |connection| {
            // A panic must not end the thread that everybody writes through; its group is given up.
            let attempt = |connection: &mut AnyConnection| {
                catch_unwind(AssertUnwindSafe(|| connection.transaction(write)))
                    .unwrap_or_else(|_| Err(Error::Database("a write panicked".into())))
            };
            let outcome = connection.map_err(Error::later).and_then(attempt);
            Box::new(move |committed| {
                let outcome = match (outcome, committed) {
                    (Ok(_), Err(reason)) => Err(Error::later(reason)),
                    (outcome, _) => outcome,
                };
                // A caller that went away does not need its answer.
                let _ = sender.send(outcome);
            })
        });
        let gone = || Error::Unavailable("the writer has stopped".into());
        self.queue.send(job).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }
}

/// What the writing thread works with.
struct Line {
    address: Address,
    turns: Option<File>,
    log: SyncSender<()>,
    asked: Asked,
}

impl Line {
    fn serve(&self, connection: &mut AnyConnection, queue: &Receiver<Job>) {
        while let Ok(first) = queue.recv() {
            let group: Vec<Job> = std::iter::once(first)
                .chain(queue.try_iter().take(GROUP - 1))
                .collect();
            if let Err(error) = begin(connection, self.turns.as_ref()) {
                // Each job answers by itself: inside no transaction its savepoint would be one, so it must not run.
                let reason = error.to_string();
                group.into_iter().for_each(|job| refuse(job, &reason));
                self.reopen(connection);
                continue;
            }
            let mut answers: Vec<Answer> = Vec::with_capacity(group.len());
            let mut lost: Option<String> = None;
            for job in group {
                match &lost {
                    Some(reason) => refuse(job, reason),
                    None => {
                        answers.push(job(Ok(&mut *connection)));
                        lost = mark(connection).err().map(|error| error.to_string());
                    }
                }
            }
            let committed = match lost {
                Some(reason) => Err(reason),
                None => Manager::commit_transaction(connection).map_err(|error| error.to_string()),
            };
            if committed.is_err() {
                self.reopen(connection);
            }
            answers
                .into_iter()
                .for_each(|answer| answer(committed.clone()));
            // Where it is told already, it looks after this.
            let _ = self.log.try_send(());
        }
    }

    fn reopen(&self, connection: &mut AnyConnection) {
        reopen(connection, &self.address, self.asked.room());
    }
}

/// Starts the thread that moves the log into the file, whenever it is told that there is more.
fn log(address: &Address, asked: Asked) -> Result<SyncSender<()>> {
    let (sender, more) = mpsc::sync_channel(1);
    let address = address.clone();
    let unavailable = |error: String| Error::Unavailable(error);
    let mut connection = address
        .connect(true)
        .map_err(|error| unavailable(error.to_string()))?;
    std::thread::Builder::new()
        .name("sqlite-log".into())
        .spawn(move || {
            while more.recv().is_ok() {
                if let Err(error) = move_log(&mut connection, asked.room()) {
                    tracing::debug!(%error, "the log stays as it is");
                    reopen(&mut connection, &address, asked.room());
                }
            }
        })
        .map_err(|error| unavailable(error.to_string()))?;
    Ok(sender)
}

/// Moves the log into the file where that is worth it, as far as nobody has to wait.
fn move_log(connection: &mut AnyConnection, room: &Room) -> Result<()> {
    let looked = Sql::text("PRAGMA wal_checkpoint(NOOP)");
    let looked = looked.rows::<(BigInt, BigInt, BigInt), (i64, i64, i64)>(connection)?;
    let waiting = looked.first().map_or(0, |(_, all, moved)| all - moved);
    if waiting >= room.enough {
        connection.batch_execute("PRAGMA wal_checkpoint(PASSIVE)")?;
    }
    Ok(())
}

/// Sets the group's mark, or sets it anew. A full disk ends the whole transaction behind diesel's back, and a panic leaves
/// a savepoint open: the mark is then gone or covered, and nothing of the group may count.
fn mark(connection: &mut AnyConnection) -> diesel::QueryResult<()> {
    let depth = Manager::transaction_manager_status_mut(connection).transaction_depth()?;
    if depth.is_none_or(|depth| depth.get() != 1) {
        return Err(diesel::result::Error::BrokenTransactionManager);
    }
    connection.batch_execute("RELEASE SAVEPOINT in_group; SAVEPOINT in_group")
}

/// Tells a job's caller why it was not run.
fn refuse(job: Job, reason: &str) {
    tracing::warn!(reason, "a write was refused");
    job(Err(reason.to_owned()))(Ok(()));
}

/// The file whose lock says who writes next, and who makes a new database's tables. Without it all goes as well, only less
/// in turn.
pub(crate) fn turns(address: &Address) -> Option<File> {
    let Address::Sqlite(path) = address else {
        return None;
    };
    let path = format!("{path}-turn");
    let file = private(&path);
    file.inspect_err(|error| tracing::warn!(path, %error, "processes do not write in turn"))
        .ok()
}

/// The writer itself waits for the database, and hardly ever moves its log.
fn set_up(connection: &mut AnyConnection, room: &Room) -> diesel::QueryResult<()> {
    let Room { cache, kept, .. } = room;
    connection.batch_execute(&format!(
        "PRAGMA busy_timeout = 0; PRAGMA wal_autocheckpoint = {LOG}; PRAGMA cache_size = -{cache}; \
         PRAGMA journal_size_limit = {kept}"
    ))
}

fn begin(connection: &mut AnyConnection, turns: Option<&File>) -> diesel::QueryResult<()> {
    let AnyConnection::Sqlite(connection) = connection else {
        return Ok(());
    };
    let until = Instant::now() + PATIENCE;
    let patient = || {
        std::thread::sleep(STEP);
        Instant::now() < until
    };
    while let Some(turns) = turns
        && matches!(turns.try_lock(), Err(TryLockError::WouldBlock))
        && patient()
    {}
    let begun = loop {
        match AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE") {
            Err(error) if is_locked(&error) && patient() => {}
            done => break done,
        }
    };
    // Not held, it is no error either.
    let _ = turns.map(File::unlock);
    begun?;
    connection.batch_execute("SAVEPOINT in_group")
}

fn is_locked(error: &diesel::result::Error) -> bool {
    matches!(error, diesel::result::Error::DatabaseError(_, information) if information.message() == "database is locked")
}

/// After a failure that left the connection in doubt: a new one.
fn reopen(connection: &mut AnyConnection, address: &Address, room: &Room) {
    match address.connect(true) {
        Ok(fresh) => {
            *connection = fresh;
            if let Err(error) = set_up(connection, room) {
                tracing::error!(%error, "the database cannot be set up again");
            }
        }
        Err(error) => tracing::error!(%error, "the database cannot be opened again"),
    }
}
