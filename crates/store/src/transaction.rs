//! The store itself: how reading and writing begin and end. "In a transaction" is a type, so that a write inside a write
//! does not compile.

use std::collections::BTreeMap;
use std::fs::File;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use diesel::connection::TransactionManager;
use diesel::{Connection, RunQueryDsl};
use perennial_domain::purchase::AppliedRate;
use perennial_domain::user::User;
use perennial_domain::{Currency, Date, Id, Instant as Moment};
use uuid::Uuid;

use crate::column::Key;
use crate::connection::{Address, AnyConnection, Borrowed, Pool, check_sqlite};
use crate::error::is_transient;
use crate::money::Rate;
use crate::writer::{Writer, turns};
use crate::{Error, Result, Scope, dialect, migrate, scope};

/// How often a write that lost a race on PostgreSQL is tried.
const ATTEMPTS: usize = 5;

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    address: Address,
    pool: Pool,
    /// SQLite's only; PostgreSQL writes through the pool.
    writer: Option<Writer>,
    /// When the database was last found to be away, and why.
    away: Mutex<Option<(Instant, String)>>,
}

/// Reading, on behalf of a scope.
pub struct Read<'a> {
    pub(crate) connection: &'a mut AnyConnection,
    /// On whose behalf.
    pub scope: &'a Scope,
}

/// Writing, on behalf of a scope, inside a transaction. It can read as well.
pub struct Tx<'a> {
    read: Read<'a>,
    change_set: Option<Uuid>,
    /// How many events were written.
    pub(crate) recorded: i64,
    /// Whether what is written happened long ago: rules for what may happen now do not hold.
    pub history: bool,
    /// The exchange rates that were asked for, by currency and day.
    pub(crate) rates: BTreeMap<(Currency, Date), Option<Rate>>,
    /// The owners of customers that something is being written for, where they have one.
    pub(crate) owners: BTreeMap<Key, Key>,
    /// The rates of purchases whose returns are being written.
    pub(crate) original_rates: BTreeMap<Key, Option<AppliedRate>>,
}

/// Inside a transaction, on nobody's behalf: for signing in, setting up and the like.
pub struct System<'a> {
    connection: &'a mut AnyConnection,
}

impl System<'_> {
    /// The connection.
    pub(crate) fn connection(&mut self) -> &mut AnyConnection {
        self.connection
    }
}

impl<'a> Deref for Tx<'a> {
    type Target = Read<'a>;

    fn deref(&self) -> &Read<'a> {
        &self.read
    }
}
impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.read
    }
}

impl Read<'_> {
    /// The organization's key.
    pub(crate) fn organization(&self) -> i64 {
        self.scope.organization()
    }

    /// The connection and the organization's key.
    pub(crate) fn parts(&mut self) -> (&mut AnyConnection, i64) {
        let organization = self.organization();
        (self.connection, organization)
    }
}

impl<'a> Tx<'a> {
    pub(crate) fn new(connection: &'a mut AnyConnection, scope: &'a Scope) -> Self {
        Self {
            read: Read { connection, scope },
            change_set: None,
            recorded: 0,
            history: false,
            rates: BTreeMap::new(),
            owners: BTreeMap::new(),
            original_rates: BTreeMap::new(),
        }
    }

    /// How many events were written so far, also such as were given up again.
    pub fn recorded(&self) -> i64 {
        self.recorded
    }

    /// A new key.
    pub(crate) fn new_key(&self) -> Uuid {
        Uuid::now_v7()
    }

    /// What everything written in this transaction belongs to: made at the first change.
    pub(crate) fn change_set(&mut self) -> Result<Key> {
        use crate::schema::change_sets::dsl as c;
        if let Some(known) = self.change_set {
            return Ok(Key(known));
        }
        let id = self.new_key();
        let row = (
            c::organization.eq(self.organization()),
            c::id.eq(Key(id)),
            c::actor_id.eq(Some(Key::from(self.scope.user))),
            c::created_at.eq(self.scope.now.naive()),
        );
        diesel::insert_into(c::change_sets)
            .values(row)
            .execute(self.connection)?;
        self.change_set = Some(id);
        Ok(Key(id))
    }

    /// Tries something that may fail without spoiling the rest: all of it happens, or none.
    ///
    /// # Errors
    /// What `attempt` returns.
    pub fn attempt<T>(&mut self, attempt: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        self.change_set()?;
        let (scope, change_set, history) = (self.scope, self.change_set, self.history);
        let mut recorded = self.recorded;
        let outcome = self.read.connection.transaction(|connection| {
            let mut tx = Tx {
                read: Read { connection, scope },
                change_set,
                recorded,
                history,
                rates: BTreeMap::new(),
                owners: BTreeMap::new(),
                original_rates: BTreeMap::new(),
            };
            let outcome = attempt(&mut tx);
            recorded = tx.recorded;
            outcome
        });
        self.recorded = recorded;
        outcome
    }

    /// Goes on as somebody else of the same organization, or at another moment, in the same transaction.
    ///
    /// # Errors
    /// What `write` returns; [`Error::Forbidden`] for another organization's scope.
    pub fn on_behalf<T>(
        &mut self,
        scope: &Scope,
        write: impl FnOnce(&mut Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        if scope.organization() != self.organization() {
            return Err(Error::Forbidden);
        }
        let history = self.history;
        let mut tx = Tx::new(self.read.connection, scope);
        tx.history = history;
        write(&mut tx)
    }
}

use diesel::ExpressionMethods as _;

/// Makes a file that nobody else reads, unless it is there; SQLite's other files take its mode.
pub(crate) fn private(path: &str) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

impl Store {
    /// Opens the database at `sqlite:PATH` or `postgres://…` and brings it up to date.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where there is no such database, or its address is malformed.
    pub fn open(url: &str) -> Result<Self> {
        let address = Address::parse(url)?;
        if let Address::Sqlite(path) = &address {
            check_sqlite()?;
            let folder = std::path::Path::new(path)
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty());
            if let Some(folder) = folder {
                std::fs::create_dir_all(folder).map_err(|error| {
                    Error::Unavailable(format!("{}: {error}", folder.display()))
                })?;
            }
            private(path).map_err(|error| Error::Unavailable(format!("{path}: {error}")))?;
        }
        let turns = turns(&address);
        // Who begins on a new file at the same time waits here, and finds its tables made.
        let _ = turns.as_ref().map(File::lock);
        let mut connection = address
            .connect(true)
            .map_err(|error| Error::Unavailable(error.to_string()))?;
        migrate::run(&mut connection)?;
        let _ = turns.as_ref().map(File::unlock);
        let writer = match &address {
            Address::Sqlite(_) => Some(Writer::start(connection, address.clone(), turns)?),
            Address::Postgres(_) => None,
        };
        Ok(Self(Arc::new(Inner {
            pool: address.pool()?,
            away: Mutex::default(),
            address,
            writer,
        })))
    }

    /// Takes every migration back: for the test that both directions work.
    ///
    /// # Errors
    /// Whatever the database says.
    #[doc(hidden)]
    pub fn revert(url: &str) -> Result<()> {
        let connection = Address::parse(url)?
            .connect(true)
            .map_err(|error| Error::Unavailable(error.to_string()));
        migrate::revert(&mut connection?)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if it does not.
    pub fn ready(&self) -> Result<()> {
        if let Some(writer) = &self.0.writer {
            writer.run(|_| Ok(()))?;
        }
        self.with_connection(|connection| {
            Ok(diesel::sql_query("SELECT 1")
                .execute(connection)
                .map(|_| ())?)
        })
    }

    /// How many connections the pool holds, and how many of them nobody uses.
    pub fn connections(&self) -> (u32, u32) {
        let state = self.0.pool.state();
        (state.connections, state.idle_connections)
    }

    /// A connection of its own, for work that takes long.
    pub(crate) fn connection(&self, writes: bool) -> Result<AnyConnection> {
        self.0
            .address
            .connect(writes)
            .map_err(|error| Error::Unavailable(error.to_string()))
    }

    /// Lets this process hold more of SQLite's file in memory, and more of what it wrote in the log, because it writes much.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the database does not answer.
    pub fn take_room(&self) -> Result<()> {
        let writer = self.0.writer.as_ref();
        writer.map_or(Ok(()), Writer::take_room)
    }

    /// Lets the database know that much was written, so that it plans for it.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn note_growth(&self) -> Result<()> {
        self.with_connection(dialect::note_growth)
    }

    /// Whether this is SQLite: one process on one machine, its secrets beside its file.
    pub fn is_embedded(&self) -> bool {
        self.0.writer.is_some()
    }

    /// Reads on behalf of a scope.
    ///
    /// # Errors
    /// What `read` returns, or [`Error::Unavailable`].
    pub fn read<T>(&self, scope: &Scope, read: impl Fn(&mut Read<'_>) -> Result<T>) -> Result<T> {
        self.with_connection(|connection| read(&mut Read { connection, scope }))
    }

    /// Writes on behalf of a scope: all of it, with its events and what follows from them, or nothing. On PostgreSQL
    /// `write` is called again where it lost a race.
    ///
    /// # Errors
    /// What `write` returns, or [`Error::Unavailable`].
    pub fn write<T: Send + 'static>(
        &self,
        scope: &Scope,
        write: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let scope = scope.clone();
        self.transact(move |connection| write(&mut Tx::new(connection, &scope)))
    }

    /// Reads everything as it is at one moment, however long that takes and whoever writes meanwhile.
    pub(crate) fn snapshot<T>(
        &self,
        read: impl FnOnce(&mut AnyConnection) -> Result<T>,
    ) -> Result<T> {
        let mut connection = self.connection(false)?;
        dialect::begin_snapshot(&mut connection)?;
        // Nothing was written: with its connection the transaction ends.
        read(&mut connection)
    }

    /// Reads on nobody's behalf.
    ///
    /// # Errors
    /// What `read` returns, or [`Error::Unavailable`].
    pub(crate) fn system_read<T>(&self, read: impl Fn(&mut System<'_>) -> Result<T>) -> Result<T> {
        self.with_connection(|connection| read(&mut System { connection }))
    }

    /// Writes on nobody's behalf.
    ///
    /// # Errors
    /// What `write` returns, or [`Error::Unavailable`].
    pub(crate) fn system_write<T: Send + 'static>(
        &self,
        write: impl Fn(&mut System<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.transact(move |connection| write(&mut System { connection }))
    }

    /// What a user may see and do, if its sessions of that version still hold.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if they do not.
    pub fn scope(&self, user: Id<User>, session_version: i64, now: Moment) -> Result<Scope> {
        self.with_connection(|connection| Scope::load(connection, user, session_version, now))
    }

    /// What the user of an e-mail address may see and do: for the command line.
    ///
    /// # Errors
    /// [`Error::NotFound`] if nobody has that address.
    pub fn scope_of_email(&self, email: &str, now: Moment) -> Result<Scope> {
        self.with_connection(|connection| {
            let (user, version) = scope::user_of_email(connection, email)?;
            Scope::load(connection, user, version, now)
        })
    }

    /// A connection of the pool. That waits for its whole time where none can be made: a database that is away is found out at
    /// once.
    fn borrow(&self) -> Result<Borrowed> {
        let pool = &self.0.pool;
        if let Some(connection) = pool.try_get() {
            return Ok(connection);
        }
        if self.0.writer.is_none() && pool.state().connections == 0 {
            self.try_to_connect()?;
        }
        pool.get()
            .map_err(|error| Error::Unavailable(error.to_string()))
    }

    /// One tries; who has waited for that shares the outcome.
    fn try_to_connect(&self) -> Result<()> {
        let asked = Instant::now();
        let mut away = self.0.away.lock().unwrap_or_else(PoisonError::into_inner);
        match &*away {
            Some((at, reason)) if *at >= asked => return Err(Error::Unavailable(reason.clone())),
            _ if self.0.pool.state().connections > 0 => return Ok(()),
            _ => {}
        }
        let outcome = self.connection(true);
        *away = outcome
            .as_ref()
            .err()
            .map(|error| (Instant::now(), error.to_string()));
        outcome.map(drop)
    }

    /// Borrows a connection; one that the server has closed meanwhile is replaced and the work done once more.
    fn with_connection<T>(&self, work: impl Fn(&mut AnyConnection) -> Result<T>) -> Result<T> {
        let mut connection = self.borrow()?;
        match work(&mut connection) {
            // Too busy is not gone: only a connection that is dead is replaced.
            Err(Error::Unavailable(_)) if self.0.writer.is_none() && !answers(&mut connection) => {
                *connection = self.connection(true)?;
                work(&mut connection)
            }
            outcome => outcome,
        }
    }

    fn transact<T: Send + 'static>(
        &self,
        write: impl Fn(&mut AnyConnection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if let Some(writer) = &self.0.writer {
            return writer.run(write);
        }
        let mut connection = self.borrow()?;
        let mut attempt = 1;
        loop {
            type Manager = <AnyConnection as Connection>::TransactionManager;
            // A connection that the server has closed fails here, before anything is written.
            if Manager::begin_transaction(&mut *connection).is_err() {
                *connection = self.connection(true)?;
                Manager::begin_transaction(&mut *connection)?;
            }
            let outcome = write(&mut connection).and_then(|value| {
                Manager::commit_transaction(&mut *connection)?;
                Ok(value)
            });
            match outcome {
                Err(error) => {
                    if Manager::rollback_transaction(&mut *connection).is_err() {
                        *connection = self.connection(true)?;
                    }
                    if !is_transient(&error) {
                        return Err(error);
                    }
                    if attempt == ATTEMPTS {
                        return Err(Error::Unavailable(error.to_string()));
                    }
                    attempt += 1;
                }
                done => return done,
            }
        }
    }
}

/// Whether a connection still leads to a server.
fn answers(connection: &mut AnyConnection) -> bool {
    diesel::sql_query("SELECT 1").execute(connection).is_ok()
}
