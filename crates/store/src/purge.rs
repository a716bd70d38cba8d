//! What goes for good: deleted rows after 30 days, answers and ended jobs when nobody can ask for them any more.

use diesel::sql_types::{BigInt, Binary};
use perennial_domain::Instant;

use crate::column::Key;
use crate::connection::AnyConnection;
use crate::references::{Purge, REFERENCES, Reference};
use crate::resource::ENTRIES;
use crate::sql::Sql;
use crate::{Result, Store, idempotency};

/// How long a deleted row can be restored, in seconds.
const RESTORABLE: i64 = 30 * 24 * 60 * 60;
/// How many rows go in one transaction: keeps the write lock short.
const CHUNK: i64 = 200;

impl Store {
    /// Removes what is past its time, a piece at a time; `go_on` is asked after each whether to.
    ///
    /// # Errors
    /// Whatever the database or `go_on` says; what was removed until then stays removed.
    pub fn purge(&self, now: Instant, go_on: impl Fn() -> Result<bool>) -> Result<()> {
        // Those that name come before those that are named: the other way round from how people read them.
        for entry in ENTRIES.iter().rev().filter(|entry| entry.purged) {
            let table = entry.plural;
            while self.system_write(move |system| rows(system.connection(), table, now))? > 0 {
                if !go_on()? {
                    return Ok(());
                }
            }
        }
        self.system_write(move |system| {
            let connection = system.connection();
            let old = now.plus_seconds(-idempotency::KEPT);
            Sql::text("DELETE FROM idempotency_keys WHERE created_at < ")
                .bind(old)
                .execute(connection)?;
            let ended = Sql::text(
                "DELETE FROM jobs WHERE state NOT IN ('queued', 'running') AND created_at < ",
            );
            ended
                .bind(now.plus_seconds(-RESTORABLE))
                .execute(connection)?;
            Ok(())
        })
    }
}

/// The references to a table.
fn to(table: &'static str) -> impl Iterator<Item = &'static Reference> {
    REFERENCES
        .iter()
        .filter(move |reference| reference.target == table)
}

/// Removes a chunk of a table's rows and what names them; how many went.
fn rows(connection: &mut AnyConnection, table: &'static str, now: Instant) -> Result<usize> {
    let before = now.plus_seconds(-RESTORABLE);
    let mut sql = Sql::text("SELECT organization, id FROM ")
        .name(table)
        .then(" WHERE deleted_at < ")
        .bind(before);
    for reference in to(table).filter(|reference| reference.purge == Purge::Hold) {
        sql = sql
            .then(" AND NOT EXISTS (SELECT 1 FROM ")
            .name(reference.table)
            .then(" AS holder WHERE holder.organization = ")
            .column(table, "organization")
            .then(" AND ")
            .column("holder", reference.column)
            .then(" = ")
            .column(table, "id")
            .then(")");
    }
    let gone: Vec<(i64, Key)> = sql
        .then(" ORDER BY organization, id LIMIT ")
        .bind(CHUNK)
        .rows::<(BigInt, Binary), _>(connection)?;
    let Some((organization, _)) = gone.first().copied() else {
        return Ok(0);
    };
    let ids: Vec<Key> = gone
        .iter()
        .filter(|(of, _)| *of == organization)
        .map(|(_, id)| *id)
        .collect();
    for reference in to(table) {
        let sql = match reference.purge {
            Purge::Follow => Sql::text("DELETE FROM ").name(reference.table),
            Purge::Forget => Sql::text("UPDATE ")
                .name(reference.table)
                .then(" SET ")
                .name(reference.column)
                .then(" = NULL"),
            Purge::Hold | Purge::Keep => continue,
        };
        let those = sql
            .then(" WHERE organization = ")
            .bind(organization)
            .then(" AND ")
            .name(reference.column);
        those
            .then(" IN ")
            .list(ids.iter().copied())
            .execute(connection)?;
    }
    let sql = Sql::text("DELETE FROM ")
        .name(table)
        .then(" WHERE organization = ")
        .bind(organization);
    Ok(sql
        .then(" AND id IN ")
        .list(ids.iter().copied())
        .execute(connection)?)
}
