//! Background work, as rows: whoever takes one holds a lease, and what a second server needs is in the database.

use diesel::sql_types::{BigInt, Binary, Nullable, Text, Timestamp};
use perennial_domain::Instant;
use perennial_domain::job::{Job, JobState};
use perennial_domain::page::{Page, PageInfo};
use perennial_domain::rights::{Action, Area, Level};
use serde_json::Value;
use uuid::Uuid;

use crate::column::{Key, W};
use crate::sql::Sql;
use crate::{Error, Read, Result, Store, Tx, dialect};

/// How long a worker may hold a job without a sign of life, in seconds.
const LEASE: i64 = 60;
/// How often a job is begun before it counts as failed.
const ATTEMPTS: i64 = 5;

type Columns = (
    Binary,
    Text,
    Text,
    BigInt,
    Nullable<BigInt>,
    BigInt,
    Timestamp,
    Nullable<Text>,
    Timestamp,
);
type Values = (
    Key,
    String,
    W<JobState>,
    i64,
    Option<i64>,
    i64,
    chrono::NaiveDateTime,
    Option<String>,
    chrono::NaiveDateTime,
);

const COLUMNS: &str = "id, kind, state, done, total, attempts, run_at, error, created_at";

fn job((id, kind, state, done, total, attempts, run_at, error, created_at): Values) -> Job {
    let error = error.and_then(|text| serde_json::from_str(&text).ok());
    Job {
        id: id.0,
        kind,
        state: state.0,
        done,
        total,
        attempts,
        run_at: run_at.into(),
        error,
        created_at: created_at.into(),
    }
}

/// The jobs that this user may see.
fn visible(read: &Read<'_>) -> Result<Sql> {
    let own = Sql::text("organization = ").bind(read.organization());
    match read.scope.level(Area::Jobs, Action::Read) {
        Level::None => Err(Error::Forbidden),
        Level::All => Ok(own),
        Level::Own | Level::Team => Ok(own
            .then(" AND creator_id = ")
            .bind(Key::from(read.scope.user))),
    }
}

/// Jobs, newest first, older than the one named.
///
/// # Errors
/// [`Error::Forbidden`] without the right to read jobs.
pub fn list(read: &mut Read<'_>, before: Option<Uuid>, limit: usize) -> Result<Page<Job>> {
    let mut sql = Sql::text("SELECT ")
        .then(COLUMNS)
        .then(" FROM jobs WHERE ")
        .piece(visible(read)?);
    if let Some(before) = before {
        sql = sql.then(" AND id < ").bind(before);
    }
    let sql = sql
        .then(" ORDER BY id DESC LIMIT ")
        .bind(i64::try_from(limit + 1).unwrap_or(i64::MAX));
    let mut rows: Vec<Values> = sql.rows::<Columns, _>(read.connection)?;
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let data: Vec<Job> = rows.into_iter().map(job).collect();
    let next_cursor = data
        .last()
        .filter(|_| has_more)
        .map(|last| last.id.to_string());
    Ok(Page {
        data,
        page: PageInfo {
            next_cursor,
            has_more,
            total: None,
        },
    })
}

/// One job that this user may see.
///
/// # Errors
/// [`Error::NotFound`] where there is none.
pub fn find(read: &mut Read<'_>, id: Uuid) -> Result<Job> {
    let sql = Sql::text("SELECT ")
        .then(COLUMNS)
        .then(" FROM jobs WHERE ")
        .piece(visible(read)?)
        .then(" AND id = ")
        .bind(id);
    let rows: Vec<Values> = sql.rows::<Columns, _>(read.connection)?;
    rows.into_iter().next().map(job).ok_or(Error::NotFound)
}

/// Stops a job that is waiting or running; its worker sees that at the next piece.
///
/// # Errors
/// [`Error::NotFound`] where there is none; [`Error::Conflict`] where it has ended.
pub fn cancel(tx: &mut Tx<'_>, id: Uuid) -> Result<Job> {
    let found = find(tx, id)?;
    let sql = Sql::text("UPDATE jobs SET state = 'cancelled' WHERE id = ")
        .bind(id)
        .then(" AND state IN ('queued', 'running')");
    if sql.execute(tx.connection)? != 1 {
        return Err(Error::Conflict {
            pointer: String::new(),
            code: "ended",
        });
    }
    Ok(Job {
        state: JobState::Cancelled,
        ..found
    })
}

/// A job that this process holds.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Its key.
    pub id: Uuid,
    /// What it does.
    pub kind: String,
    /// What it needs to know.
    pub payload: Value,
    /// Which attempt this is: who takes it later has another.
    attempt: i64,
}

impl Taken {
    /// The condition that this attempt still holds the job.
    fn is_held(&self, sql: Sql) -> Sql {
        sql.then(" WHERE state = 'running' AND id = ")
            .bind(self.id)
            .then(" AND attempts = ")
            .bind(self.attempt)
    }
}

impl Store {
    /// Asks for work that belongs to no organization. While one of that kind waits or runs, that one is enough.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn ask_job(&self, kind: &'static str, now: Instant) -> Result<()> {
        self.system_write(move |system| {
            let insert = "INSERT INTO jobs (id, kind, dedupe_key, payload, state, done, attempts, run_at, created_at) VALUES (";
            Sql::text(insert)
                .bind(Uuid::now_v7())
                .then(", ")
                .bind(kind)
                .then(", ")
                .bind(kind)
                .then(", '{}', 'queued', 0, 0, ")
                .bind(now)
                .then(", ")
                .bind(now)
                .then(") ON CONFLICT (dedupe_key) WHERE state IN ('queued', 'running') DO NOTHING")
                .execute(system.connection())?;
            Ok(())
        })
    }

    /// Takes the job that is due longest, if any: nobody else gets it while the lease holds.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn take_job(&self, now: Instant) -> Result<Option<Taken>> {
        self.system_write(move |system| {
            let rows =
                dialect::take_job(system.connection(), now, now.plus_seconds(LEASE), ATTEMPTS)?;
            Ok(rows.map(|(id, kind, payload, attempt)| Taken {
                id: id.0,
                kind,
                payload: serde_json::from_str(&payload).unwrap_or_default(),
                attempt,
            }))
        })
    }

    /// Tells that a piece of a job is done, which is a sign of life; whether the worker may go on. It may not where the job was
    /// cancelled, or taken by somebody else after the lease had run out.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn go_on(&self, job: &Taken, now: Instant) -> Result<bool> {
        let job = job.clone();
        self.system_write(move |system| {
            let sql = Sql::text("UPDATE jobs SET done = done + 1, leased_until = ")
                .bind(now.plus_seconds(LEASE));
            Ok(job.is_held(sql).execute(system.connection())? == 1)
        })
    }

    /// Ends a job: done, or to be tried again later, or failed for good. Nothing happens where somebody else holds it by now.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn end_job(
        &self,
        job: &Taken,
        outcome: std::result::Result<(), Value>,
        now: Instant,
    ) -> Result<()> {
        let job = job.clone();
        self.system_write(move |system| {
            let sql = match &outcome {
                Ok(()) => Sql::text("UPDATE jobs SET state = 'succeeded', leased_until = NULL"),
                Err(error) => {
                    Sql::text("UPDATE jobs SET leased_until = NULL, state = CASE WHEN attempts >= ")
                        .bind(ATTEMPTS)
                        .then(" THEN 'failed' ELSE 'queued' END, run_at = ")
                        .bind(now.plus_seconds(30))
                        .then(", error = ")
                        .bind(error.to_string())
                }
            };
            job.is_held(sql).execute(system.connection())?;
            Ok(())
        })
    }
}
