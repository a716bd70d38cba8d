//! The two sets of migrations, and how they are applied.

use diesel::connection::SimpleConnection;
use diesel::sql_types::BigInt;
use diesel::{Connection, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connection::AnyConnection;
use crate::{Error, Result};

const POSTGRESQL: EmbeddedMigrations = embed_migrations!("../../migrations/postgresql");
const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// What several servers that start at once take turns by; on SQLite they have done so before they connect.
const LOCK: &str = "SELECT pg_advisory_lock(1936749166)";
const UNLOCK: &str = "SELECT pg_advisory_unlock(1936749166)";

/// Applies what is pending.
pub(crate) fn run(connection: &mut AnyConnection) -> Result<()> {
    let failed =
        |error: Box<dyn std::error::Error + Send + Sync>| Error::Database(error.to_string());
    match connection {
        AnyConnection::Sqlite(connection) => {
            // A table whose constraints change is built anew under its name, which no reference may notice: they are looked
            // at afterwards, and nothing stays that breaks one.
            if connection.has_pending_migration(SQLITE).map_err(failed)? {
                connection.batch_execute("PRAGMA foreign_keys = OFF")?;
                connection.transaction(|connection| {
                    connection.run_pending_migrations(SQLITE).map_err(failed)?;
                    let broken: i64 =
                        diesel::dsl::sql::<BigInt>("SELECT COUNT(*) FROM pragma_foreign_key_check")
                            .get_result(connection)?;
                    match broken {
                        0 => Ok(()),
                        _ => Err(Error::Database(format!("{broken} references name nothing"))),
                    }
                })?;
                connection.batch_execute("PRAGMA foreign_keys = ON")?;
            }
        }
        AnyConnection::Postgres(connection) => {
            // An index over everything takes its time, and so may another server that is making one.
            connection.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0")?;
            diesel::sql_query(LOCK).execute(connection)?;
            let outcome = connection
                .run_pending_migrations(POSTGRESQL)
                .map(|_| ())
                .map_err(failed);
            diesel::sql_query(UNLOCK).execute(connection)?;
            outcome?;
        }
    }
    Ok(())
}

/// Takes every migration back, last first: for the test that both directions work.
pub(crate) fn revert(connection: &mut AnyConnection) -> Result<()> {
    let failed =
        |error: Box<dyn std::error::Error + Send + Sync>| Error::Database(error.to_string());
    match connection {
        AnyConnection::Sqlite(connection) => connection
            .revert_all_migrations(SQLITE)
            .map(|_| ())
            .map_err(failed),
        AnyConnection::Postgres(connection) => connection
            .revert_all_migrations(POSTGRESQL)
            .map(|_| ())
            .map_err(failed),
    }
}
