//! One archive of everything, that restores into either database.
//!
//! It is lines of JSON: what it is, and of which schema; for each table its name and columns, then a line for each row; and at the end how many
//! rows there were, so that an archive that was cut off is known. Keys are hexadecimal, days and moments texts, flags
//! numbers. Tables and columns are read from the database itself, in the order in which they name each other.
//!
//! What is written is one moment's view, however long it takes and whoever writes meanwhile. Sessions and offered
//! password resets are left out: whoever signs in after a restore shows a password. Search documents are made anew.

use std::io::{BufRead, Write};

use chrono::NaiveDateTime;
use diesel::Connection;
use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use perennial_domain::Instant;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::connection::AnyConnection;
use crate::references::REFERENCES;
use crate::sql::Sql;
use crate::{Error, Result, Scope, Store, Tx, dialect, search};

/// The archive's first line: what it is, and the last migration of the database that it was made of.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    perennial: String,
    schema: String,
}

/// What this program writes and reads.
const FORMAT: &str = "backup 1";
/// How many rows are written by one statement.
const CHUNK: usize = 1000;

/// Tables that are not kept: what opens doors, and what is made anew.
const LEFT_OUT: [&str; 5] = [
    "refresh_tokens",
    "password_resets",
    "throttles",
    "search_documents",
    "search_index",
];

/// Tables that name rows which are no records, and the tables that they name.
const NAMED: [(&str, &str); 1] = [("event_changes", "events")];

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Integer,
    Key,
    Text,
    Flag,
    Day,
    Moment,
}

/// A table and its columns, as the archive names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Table {
    table: String,
    columns: Vec<(String, Kind)>,
}

/// The archive's last line.
#[derive(Serialize, Deserialize)]
struct End {
    rows: u64,
}

fn io(error: std::io::Error) -> Error {
    Error::Unavailable(error.to_string())
}

fn broken(why: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!("this is no whole backup: {why}"))
}

/// Names that come from the database's own catalogue: a handful, kept as long as the program runs.
fn names(connection: &mut AnyConnection, sql: Sql) -> Result<Vec<(&'static str, &'static str)>> {
    let rows: Vec<(String, String)> = sql.rows::<(Text, Text), _>(connection)?;
    let kept = |(left, right): (String, String)| (&*left.leak(), &*right.leak());
    Ok(rows.into_iter().map(kept).collect())
}

type Columns = Vec<(&'static str, Kind)>;

/// Every table that is kept, those that are named before those that name them.
fn tables(connection: &mut AnyConnection) -> Result<Vec<(&'static str, Columns)>> {
    let catalogue = match connection {
        AnyConnection::Sqlite(_) => {
            "SELECT m.name || ' ' || c.name, c.type FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.name"
        }
        AnyConnection::Postgres(_) => {
            "SELECT table_name || ' ' || column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, column_name"
        }
    };
    let mut found: Vec<(&'static str, Columns)> = Vec::new();
    for (column, kind) in names(connection, Sql::text(catalogue))? {
        let (table, column) = column.split_once(' ').unwrap_or_default();
        // The migrations' own, and what SQLite keeps for itself: statistics, once somebody has asked for them.
        let is_kept = !table.starts_with("__")
            && !table.starts_with("sqlite_")
            && !LEFT_OUT
                .iter()
                .any(|out| table == *out || table.starts_with(&format!("{out}_")));
        if !is_kept {
            continue;
        }
        let kind = match kind.to_lowercase().as_str() {
            "bigint" | "integer" => Kind::Integer,
            "blob" | "bytea" => Kind::Key,
            "text" => Kind::Text,
            "boolean" => Kind::Flag,
            "date" => Kind::Day,
            "timestamp" | "timestamp without time zone" => Kind::Moment,
            other => return Err(Error::Database(format!("{table}.{column} is a {other}"))),
        };
        match found.last_mut() {
            Some((last, columns)) if *last == table => columns.push((column, kind)),
            _ => found.push((table, vec![(column, kind)])),
        }
    }
    let mut ordered: Vec<(&'static str, Columns)> = Vec::new();
    while !found.is_empty() {
        let is_named = |table: &str| found.iter().any(|(other, _)| *other == table);
        let waits = |table: &str| {
            let own = REFERENCES
                .iter()
                .filter(|reference| reference.table == table);
            let mut named = own.map(|reference| reference.target).chain(
                NAMED
                    .iter()
                    .filter(|(by, _)| *by == table)
                    .map(|(_, target)| *target),
            );
            let organization = table != "organizations" && is_named("organizations");
            organization || named.any(|target| target != table && is_named(target))
        };
        let (later, next): (Vec<_>, Vec<_>) = found
            .clone()
            .into_iter()
            .partition(|(table, _)| waits(table));
        if next.is_empty() {
            return Err(Error::Database("tables name each other in a circle".into()));
        }
        ordered.extend(next);
        found = later;
    }
    Ok(ordered)
}

/// A select of a table's rows as JSON arrays.
fn rows_as_json(is_sqlite: bool, columns: &Columns) -> Sql {
    let mut sql = Sql::text(if is_sqlite {
        "json_array("
    } else {
        "json_build_array("
    });
    for (at, (column, kind)) in columns.iter().enumerate() {
        sql = if at == 0 { sql } else { sql.then(", ") };
        sql = match (kind, is_sqlite) {
            // What orders commits is a matter of one server's life.
            (Kind::Integer, _) if *column == "xid" => sql.then("0"),
            (Kind::Key, true) => {
                let sql = sql.then("CASE WHEN ").name(column);
                sql.then(" IS NOT NULL THEN lower(hex(")
                    .name(column)
                    .then(")) END")
            }
            (Kind::Key, false) => sql.then("encode(").name(column).then(", 'hex')"),
            (Kind::Flag, false) => sql.then("CAST(").name(column).then(" AS integer)"),
            (Kind::Moment | Kind::Day, _) => sql.then("CAST(").name(column).then(" AS text)"),
            _ => sql.name(column),
        };
    }
    sql.then(")")
}

/// The rows of a table, as JSON arrays. One statement reads them all, whatever their key is.
fn each_row(
    connection: &mut AnyConnection,
    table: &'static str,
    columns: &Columns,
    mut take: impl FnMut(Vec<Value>) -> Result<()>,
) -> Result<()> {
    let mut read = |text: String| -> Result<()> {
        let mut row: Vec<Value> =
            serde_json::from_str(&text).map_err(|error| Error::Database(error.to_string()))?;
        for ((_, kind), value) in columns.iter().zip(&mut row) {
            if *kind == Kind::Moment
                && let Some(text) = value.as_str()
            {
                *value = moment(text)?.to_string().into();
            }
        }
        take(row)
    };
    if matches!(connection, AnyConnection::Sqlite(_)) {
        let all = Sql::text("SELECT ").piece(rows_as_json(true, columns));
        return all
            .then(" FROM ")
            .name(table)
            .each::<Text, String>(connection, read);
    }
    // Its driver holds all that a statement finds: of a cursor that is a chunk.
    let all = Sql::text("DECLARE kept NO SCROLL CURSOR FOR SELECT CAST(")
        .piece(rows_as_json(false, columns))
        .then(" AS text) FROM ")
        .name(table);
    all.uncached().execute(connection)?;
    loop {
        let fetched: Vec<String> = Sql::text("FETCH 1000 FROM kept")
            .uncached()
            .rows::<Text, _>(connection)?;
        if fetched.is_empty() {
            break;
        }
        fetched.into_iter().try_for_each(&mut read)?;
    }
    Sql::text("CLOSE kept").uncached().execute(connection)?;
    Ok(())
}

/// A moment as either database writes it.
fn moment(text: &str) -> Result<Instant> {
    let time = NaiveDateTime::parse_from_str(text, "%F %T%.f");
    time.map(Instant::from)
        .map_err(|error| Error::Database(format!("{text}: {error}")))
}

fn line(out: &mut dyn Write, value: &impl Serialize) -> Result<()> {
    let mut text = serde_json::to_vec(value).map_err(|error| Error::Database(error.to_string()))?;
    text.push(b'\n');
    out.write_all(&text).map_err(io)
}

/// The last migration of a database.
fn schema(connection: &mut AnyConnection) -> Result<String> {
    let versions: Vec<String> = Sql::text("SELECT MAX(version) FROM __diesel_schema_migrations")
        .rows::<Text, _>(connection)?;
    Ok(versions.into_iter().next().unwrap_or_default())
}

impl Store {
    /// Writes an archive of everything as it is at one moment; how many rows it has.
    ///
    /// # Errors
    /// Whatever the database or the writer says.
    pub fn backup(&self, out: &mut dyn Write) -> Result<u64> {
        self.snapshot(|connection| write_archive(connection, out))
    }

    /// Fills an empty database from an archive: all of it, or nothing. How many rows it had.
    ///
    /// # Errors
    /// [`Error::Conflict`] where the database is not empty; [`Error::Unavailable`] for what is no whole archive of this
    /// program's schema.
    pub fn restore(&self, archive: &mut dyn BufRead, now: Instant) -> Result<u64> {
        let mut connection = self.connection(true)?;
        let count = connection.transaction(|connection| {
            match connection {
                AnyConnection::Sqlite(_) => {
                    connection.batch_execute("PRAGMA defer_foreign_keys = ON")?
                }
                AnyConnection::Postgres(_) => {
                    connection.batch_execute("SET CONSTRAINTS ALL DEFERRED")?
                }
            }
            dialect::take_time(connection)?;
            let filled =
                Sql::text("SELECT COUNT(*) FROM organizations").rows::<BigInt, i64>(connection)?;
            if filled != [0] {
                return Err(Error::Conflict {
                    pointer: String::new(),
                    code: "not_empty",
                });
            }
            // What a new database begins with is in the archive as well.
            for (table, _) in tables(connection)?.into_iter().rev() {
                Sql::text("DELETE FROM ").name(table).execute(connection)?;
            }
            let count = read_archive(connection, archive)?;
            after(connection)?;
            let organizations =
                Sql::text("SELECT key FROM organizations").rows::<BigInt, i64>(connection)?;
            for organization in organizations {
                let scope = Scope::of_organization(connection, organization, now)?;
                search::rebuild(&mut Tx::new(connection, &scope))?;
            }
            Ok(count)
        })?;
        // Without it all is there as well, only slower until the database looks by itself.
        if let Err(error) = dialect::note_growth(&mut connection) {
            tracing::warn!(%error, "the database does not know how much was written");
        }
        Ok(count)
    }
}

fn write_archive(connection: &mut AnyConnection, out: &mut dyn Write) -> Result<u64> {
    let header = Header {
        perennial: FORMAT.to_owned(),
        schema: schema(connection)?,
    };
    line(out, &header)?;
    let mut count = 0;
    for (table, columns) in tables(connection)? {
        let named = columns
            .iter()
            .map(|(column, kind)| ((*column).to_owned(), *kind))
            .collect();
        line(
            out,
            &Table {
                table: table.to_owned(),
                columns: named,
            },
        )?;
        each_row(connection, table, &columns, |row| {
            count += 1;
            line(out, &row)
        })?;
    }
    line(out, &End { rows: count })?;
    out.flush().map_err(io)?;
    Ok(count)
}

fn read_archive(connection: &mut AnyConnection, archive: &mut dyn BufRead) -> Result<u64> {
    let known = tables(connection)?;
    let mut lines = archive.lines();
    let mut next = || -> Result<Value> {
        let text = lines
            .next()
            .ok_or_else(|| broken("it ends too early"))?
            .map_err(broken)?;
        serde_json::from_str(&text).map_err(broken)
    };
    let header: Header = serde_json::from_value(next()?).map_err(broken)?;
    let own = Header {
        perennial: FORMAT.to_owned(),
        schema: schema(connection)?,
    };
    if header != own {
        return Err(Error::Unavailable(format!(
            "the backup is {} of schema {}, this program reads {} of schema {}",
            header.perennial, header.schema, own.perennial, own.schema
        )));
    }
    let (mut into, mut rows, mut count): (Option<&(&str, Columns)>, Vec<Value>, u64) =
        (None, Vec::new(), 0);
    let told =
        loop {
            let value = next()?;
            let is_row = value.is_array();
            if is_row {
                count += 1;
                rows.push(value.clone());
            }
            if (rows.len() == CHUNK || !is_row)
                && let (Some((table, columns)), false) = (into, rows.is_empty())
            {
                insert(connection, table, columns, std::mem::take(&mut rows)).map_err(|error| {
                    match error {
                        Error::Unavailable(_) => error,
                        refused => broken(refused),
                    }
                })?;
            }
            if is_row {
                continue;
            }
            if let Ok(End { rows }) = serde_json::from_value(value.clone()) {
                break rows;
            }
            let table: Table = serde_json::from_value(value).map_err(broken)?;
            let same = |(name, columns): &&(&str, Columns)| {
                *name == table.table
                    && columns
                        .iter()
                        .map(|(column, kind)| ((*column).to_owned(), *kind))
                        .eq(table.columns.iter().cloned())
            };
            into =
                Some(known.iter().find(same).ok_or_else(|| {
                    broken(format!("{} is not a table of this schema", table.table))
                })?);
        };
    if told != count {
        return Err(broken(format!("it has {count} rows of {told}")));
    }
    // Only at its end is a compressed file known to be what was written.
    match lines.next().transpose().map_err(broken)? {
        None => Ok(count),
        Some(_) => Err(broken("something follows its end")),
    }
}

/// Inserts rows that are JSON arrays.
fn insert(
    connection: &mut AnyConnection,
    table: &'static str,
    columns: &Columns,
    mut rows: Vec<Value>,
) -> Result<()> {
    let is_sqlite = matches!(connection, AnyConnection::Sqlite(_));
    if is_sqlite {
        // As the driver writes them: texts that are compared have one form.
        for row in rows.iter_mut().filter_map(Value::as_array_mut) {
            for ((_, kind), value) in columns.iter().zip(row) {
                if *kind == Kind::Moment
                    && let Some(text) = value.as_str()
                {
                    let moment: Instant = text.parse().map_err(broken)?;
                    *value = moment.naive().format("%F %T%.f").to_string().into();
                }
            }
        }
    }
    let mut sql = Sql::text("INSERT INTO ").name(table).then(" (");
    for (at, (column, _)) in columns.iter().enumerate() {
        sql = if at == 0 { sql } else { sql.then(", ") }.name(column);
    }
    sql = sql.then(") SELECT ");
    for (at, (_, kind)) in columns.iter().enumerate() {
        sql = if at == 0 { sql } else { sql.then(", ") };
        let place = i64::try_from(at).unwrap_or(i64::MAX);
        sql = if is_sqlite {
            let value = Sql::text("json_extract(row.value, ")
                .bind(format!("$[{at}]"))
                .then(")");
            match kind {
                Kind::Key => sql.then("unhex(").piece(value).then(")"),
                _ => sql.piece(value),
            }
        } else {
            let value = Sql::text("(row.value ->> CAST(")
                .bind(place)
                .then(" AS integer))");
            match kind {
                Kind::Key => sql.then("decode(").piece(value).then(", 'hex')"),
                Kind::Text => sql.piece(value),
                Kind::Integer => sql.then("CAST(").piece(value).then(" AS bigint)"),
                Kind::Flag => sql
                    .then("CAST(CAST(")
                    .piece(value)
                    .then(" AS integer) AS boolean)"),
                Kind::Day => sql.then("CAST(").piece(value).then(" AS date)"),
                Kind::Moment => sql.then("CAST(").piece(value).then(" AS timestamp)"),
            }
        };
    }
    let rows = Value::Array(rows).to_string();
    let from = if is_sqlite {
        " FROM json_each("
    } else {
        " FROM json_array_elements(CAST("
    };
    let sql = sql.then(from).bind(rows);
    let sql = if is_sqlite {
        sql.then(") AS row")
    } else {
        sql.then(" AS json)) AS row (value)")
    };
    sql.execute(connection)?;
    Ok(())
}

/// What counts on goes on after what was restored.
fn after(connection: &mut AnyConnection) -> Result<()> {
    if matches!(connection, AnyConnection::Postgres(_)) {
        Sql::text("SELECT setval('events_seq_numbers', (SELECT COALESCE(MAX(seq), 0) + 1 FROM events), FALSE)").rows::<BigInt, i64>(connection)?;
    }
    Ok(())
}
