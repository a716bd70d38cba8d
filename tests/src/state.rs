//! Whether anything was written: asked by a connection of one's own, not by a dump.

use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

use crate::database::{Database, Kind, kind};

/// Watches a database for commits.
pub enum Watch {
    /// By the number that SQLite raises with each commit of somebody else.
    Sqlite(SqliteConnection),
    /// By the newest writer and the number of rows of each table: other databases of the server do not matter.
    Postgresql(PgConnection, String),
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    data_version: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    value: String,
}

/// What PostgreSQL is asked of each table. How often somebody tried to sign in is no data of anybody's.
const TABLES: &str = "SELECT format('SELECT %L || '' '' || count(*) || '' '' || coalesce(max(xmin::text::bigint), 0) AS value FROM %I', relname, relname) AS value \
     FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'throttles' ORDER BY relname";

impl Watch {
    /// Watches from now on.
    pub fn of(database: &Database) -> Self {
        match kind() {
            Kind::Sqlite => Self::Sqlite(database.sqlite()),
            Kind::Postgresql => {
                let mut connection = database.postgresql();
                let lines: Vec<Line> = sql_query(TABLES).load(&mut connection).expect("tables");
                let lines: Vec<String> = lines.into_iter().map(|line| line.value).collect();
                Self::Postgresql(connection, lines.join(" UNION ALL "))
            }
        }
    }

    /// What is the same as long as nothing is written.
    pub fn state(&mut self) -> String {
        match self {
            Self::Sqlite(connection) => {
                let rows: Vec<Number> = sql_query("PRAGMA data_version")
                    .load(connection)
                    .expect("a number");
                rows.iter()
                    .map(|row| row.data_version.to_string())
                    .collect()
            }
            Self::Postgresql(connection, query) => {
                let mut lines: Vec<Line> =
                    sql_query(query.as_str()).load(connection).expect("tables");
                lines.sort_by(|left, right| left.value.cmp(&right.value));
                lines
                    .iter()
                    .map(|line| line.value.as_str())
                    .collect::<Vec<_>>()
                    .join("\n")
            }
        }
    }
}
