//! Everything that the two databases say differently.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::BigInt;
use diesel::sqlite::Sqlite;
use diesel::{ExpressionMethods, QueryResult, RunQueryDsl};

use crate::column::Key;
use crate::connection::AnyConnection;
use crate::references::REFERENCES;
use crate::schema::search_documents;
use crate::sql::Sql;
use crate::{Read, Result, Tx};

/// How many rows go into one INSERT: 32 766 binds are SQLite's limit, and a table has at most 32 columns.
pub(crate) const CHUNK: usize = 500;

/// How far apart the clocks of two servers may be, in seconds.
const SKEW: i64 = 3600;

/// Marks a statement whose plan hangs on its values. PostgreSQL plans what it keeps without them, and reads whole tables
/// for long lists then; SQLite's plans are the same for all values.
pub(crate) struct Replanned;

impl QueryFragment<Pg> for Replanned {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        Ok(())
    }
}
impl QueryFragment<Sqlite> for Replanned {
    fn walk_ast<'b>(&'b self, _out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        Ok(())
    }
}

/// Writes rows, a chunk a statement. diesel's batch insert exists for each database but not for both, and is prepared anew
/// each time: a single row takes the statement that is kept.
macro_rules! each_chunk {
    ($into:expr, $rows:expr, $connection:ident, $chunk:ident => $write:expr) => {{
        let into: &mut $crate::connection::AnyConnection = $into;
        for chunk in $rows.chunks($crate::dialect::CHUNK) {
            match (&mut *into, chunk) {
                ($crate::connection::AnyConnection::Postgres($connection), [$chunk]) => $write,
                ($crate::connection::AnyConnection::Postgres($connection), $chunk) => $write,
                ($crate::connection::AnyConnection::Sqlite($connection), [$chunk]) => $write,
                ($crate::connection::AnyConnection::Sqlite($connection), $chunk) => $write,
            };
        }
    }};
}
pub(crate) use each_chunk;

/// From how many rows on PostgreSQL gets them by `COPY`: two round trips instead of one, but nothing to parse and plan. An
/// INSERT of 500 rows with 30 columns each took nearly half of an import's time; of a few rows it is as fast.
pub(crate) const COPIED: usize = 16;

/// Inserts rows into a table.
macro_rules! insert_many {
    ($into:expr, $table:path, $rows:expr) => {{
        let rows = &$rows[..];
        let into: &mut $crate::connection::AnyConnection = $into;
        match into {
            $crate::connection::AnyConnection::Postgres(connection)
                if rows.len() >= $crate::dialect::COPIED =>
            {
                let copy = diesel::copy_from($table).from_insertable(rows);
                diesel::ExecuteCopyFromDsl::execute(copy, connection)?;
            }
            into => $crate::dialect::each_chunk!(into, rows, connection, chunk => {
                diesel::insert_into($table).values(chunk).execute(connection)?
            }),
        }
    }};
}
pub(crate) use insert_many;

/// Inserts rows or, where their key is there already, writes over these columns.
macro_rules! put_many {
    ($into:expr, $table:path, $rows:expr, $key:expr, $set:expr) => {
        $crate::dialect::each_chunk!($into, $rows, connection, chunk => {
            let insert = diesel::insert_into($table).values(chunk);
            insert.on_conflict($key).do_update().set($set).execute(connection)?
        })
    };
}
pub(crate) use put_many;

/// The numbers of so many new events, ascending. PostgreSQL's come from a sequence, SQLite's follow the greatest: its
/// one writer holds the database.
pub(crate) fn event_numbers(connection: &mut AnyConnection, count: i64) -> Result<Vec<i64>> {
    match connection {
        AnyConnection::Postgres(_) => Ok(Sql::text(
            "SELECT nextval('events_seq_numbers') FROM generate_series(1, ",
        )
        .bind(count)
        .then(")")
        .rows::<BigInt, _>(connection)?),
        AnyConnection::Sqlite(_) => {
            let last = last_event(connection)?;
            Ok((last + 1..=last + count).collect())
        }
    }
}

/// The greatest number that any event has, also one that is being written.
pub(crate) fn last_event(connection: &mut AnyConnection) -> Result<i64> {
    let last = match connection {
        AnyConnection::Postgres(_) => "SELECT last_value FROM events_seq_numbers",
        AnyConnection::Sqlite(_) => "SELECT COALESCE(MAX(seq), 0) FROM events",
    };
    let last: Vec<i64> = Sql::text(last).rows::<BigInt, _>(connection)?;
    Ok(last.first().copied().unwrap_or(0))
}

/// A record's words, as the search index holds them.
#[derive(diesel::Insertable)]
#[diesel(table_name = search_documents, treat_none_as_default_value = false)]
pub(crate) struct DocumentRow {
    pub(crate) organization: i64,
    pub(crate) kind: &'static str,
    pub(crate) id: Key,
    pub(crate) version: i64,
    pub(crate) text: String,
}

/// Writes documents, new or known.
pub(crate) fn put_documents(connection: &mut AnyConnection, rows: &[DocumentRow]) -> Result<()> {
    use diesel::upsert::excluded;
    use search_documents::dsl::{id, organization, text, version};
    put_many!(
        &mut *connection,
        search_documents::table,
        rows,
        (organization, id),
        (version.eq(excluded(version)), text.eq(excluded(text)))
    );
    let own = rows.first().map_or(0, |row| row.organization);
    for chunk in rows.chunks(CHUNK) {
        if matches!(connection, AnyConnection::Sqlite(_)) {
            Sql::text("INSERT OR REPLACE INTO search_index (rowid, text) SELECT seq, text FROM search_documents WHERE organization = ")
                .bind(own)
                .then(" AND id IN ")
                .among(chunk.iter().map(|row| row.id))
                .execute(connection)?;
        }
    }
    Ok(())
}

/// Forgets documents.
pub(crate) fn remove_documents(tx: &mut Tx<'_>, ids: &[Key]) -> Result<()> {
    let own = tx.organization();
    for chunk in ids.chunks(CHUNK) {
        if matches!(tx.connection, AnyConnection::Sqlite(_)) {
            Sql::text("DELETE FROM search_index WHERE rowid IN (SELECT seq FROM search_documents WHERE organization = ")
                .bind(own)
                .then(" AND id IN ")
                .among(chunk.iter().copied())
                .then(")")
                .execute(tx.connection)?;
        }
        Sql::text("DELETE FROM search_documents WHERE organization = ")
            .bind(own)
            .then(" AND id IN ")
            .among(chunk.iter().copied())
            .execute(tx.connection)?;
    }
    Ok(())
}

/// The documents that are kept: id, version, text. One that the index does not hold is of no version.
pub(crate) fn kept_documents(read: &Read<'_>) -> Sql {
    let version = match read.connection {
        AnyConnection::Sqlite(_) => {
            "CASE WHEN EXISTS (SELECT 1 FROM search_index i WHERE i.rowid = d.seq) THEN d.version ELSE 0 END"
        }
        AnyConnection::Postgres(_) => "d.version",
    };
    Sql::text("SELECT d.id, ")
        .then(version)
        .then(", d.text FROM search_documents d WHERE d.organization = ")
        .bind(read.organization())
}

/// Lets the statements of a transaction take as long as they need: PostgreSQL ends what takes longer than a request may.
pub(crate) fn take_time(connection: &mut AnyConnection) -> Result<()> {
    if let AnyConnection::Postgres(connection) = connection {
        connection.batch_execute("SET LOCAL statement_timeout = 0")?;
    }
    Ok(())
}

/// Begins a transaction that sees one moment and writes nothing.
pub(crate) fn begin_snapshot(connection: &mut AnyConnection) -> Result<()> {
    let begin = match connection {
        AnyConnection::Sqlite(_) => "BEGIN",
        AnyConnection::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    };
    connection.batch_execute(begin)?;
    take_time(connection)
}

/// Tells PostgreSQL how large its tables have become: until it knows, it looks through whole tables for what a foreign key
/// names. SQLite plans without.
pub(crate) fn note_growth(connection: &mut AnyConnection) -> Result<()> {
    if matches!(connection, AnyConnection::Sqlite(_)) {
        return Ok(());
    }
    let named = REFERENCES
        .iter()
        .flat_map(|reference| [reference.table, reference.target]);
    for table in named.collect::<BTreeSet<_>>() {
        Sql::text("ANALYZE ").name(table).execute(connection)?;
    }
    Ok(())
}

/// What the database says of its own file: `ok`, or what is wrong. PostgreSQL's are its administrator's.
pub(crate) fn integrity(connection: &mut AnyConnection) -> Result<Vec<String>> {
    use diesel::sql_types::Text;
    if matches!(connection, AnyConnection::Postgres(_)) {
        return Ok(Vec::new());
    }
    Ok(Sql::text("PRAGMA integrity_check").rows::<Text, _>(connection)?)
}

/// Forgets every document of the organization.
pub(crate) fn remove_all_documents(tx: &mut Tx<'_>) -> Result<()> {
    let own = tx.organization();
    if matches!(tx.connection, AnyConnection::Sqlite(_)) {
        Sql::text("DELETE FROM search_index WHERE rowid IN (SELECT seq FROM search_documents WHERE organization = ")
            .bind(own)
            .then(")")
            .execute(tx.connection)?;
    }
    Sql::text("DELETE FROM search_documents WHERE organization = ")
        .bind(own)
        .execute(tx.connection)?;
    Ok(())
}

/// A word that a document may hold, for [`matching`].
pub(crate) struct Word {
    /// Letters, digits and our own marks alone.
    pub(crate) text: String,
    /// Whether longer words that begin with it count.
    pub(crate) prefix: bool,
}

/// The ids of the documents of a kind that hold one word at least of every group.
pub(crate) fn matching(read: &Read<'_>, every: &[Vec<Word>], kind: &'static str) -> Sql {
    let sqlite = matches!(read.connection, AnyConnection::Sqlite(_));
    let (and, or) = if sqlite {
        (" AND ", " OR ")
    } else {
        (" & ", " | ")
    };
    // Words hold nothing that either grammar knows, so quoting is all that they need.
    let quote = |word: &Word| match (sqlite, word.prefix) {
        (true, true) => format!("\"{}\"*", word.text),
        (true, false) => format!("\"{}\"", word.text),
        (false, true) => format!("'{}':*", word.text),
        (false, false) => format!("'{}'", word.text),
    };
    let group = |words: &Vec<Word>| {
        let words: Vec<String> = words.iter().map(quote).collect();
        format!("({})", words.join(or))
    };
    let expression = every.iter().map(group).collect::<Vec<_>>().join(and);
    let sql = if sqlite {
        let sql = "SELECT d.id FROM search_index i JOIN search_documents d ON d.seq = i.rowid \
             WHERE i.text MATCH ";
        Sql::text(sql)
            .bind(expression)
            .then(" AND d.organization = ")
            .bind(read.organization())
    } else {
        Sql::text("SELECT d.id FROM search_documents d WHERE d.organization = ")
            .bind(read.organization())
            .then(" AND d.words @@ CAST(")
            .bind(expression)
            .then(" AS tsquery)")
            .uncached()
    };
    sql.then(" AND d.kind = ").bind(kind)
}

/// The newest of the documents that [`matching`] names.
pub(crate) fn newest(read: &Read<'_>, matching: Sql, limit: i64) -> Sql {
    let order = match read.connection {
        AnyConnection::Postgres(_) => " ORDER BY d.seq DESC LIMIT ",
        AnyConnection::Sqlite(_) => " ORDER BY i.rowid DESC LIMIT ",
    };
    matching.then(order).bind(limit)
}

/// Holds a name until the transaction ends, so that two of one name go one after the other. SQLite's one writer does that
/// by itself.
pub(crate) fn lock_name(connection: &mut AnyConnection, name: &str) -> Result<()> {
    use diesel::sql_types::Text;
    if matches!(connection, AnyConnection::Postgres(_)) {
        let _: Vec<String> = Sql::text("SELECT CAST(pg_advisory_xact_lock(hashtextextended(")
            .bind(name)
            .then(", 0)) AS TEXT)")
            .rows::<Text, _>(connection)?;
    }
    Ok(())
}

/// Ends a SELECT of rows that a write is going to name: until its transaction ends none of them is deleted. They are held in
/// the order of their keys, as everywhere. SQLite's one writer does that by itself.
pub(crate) fn hold_named(connection: &AnyConnection) -> Sql {
    Sql::default().then(match connection {
        AnyConnection::Postgres(_) => " ORDER BY id FOR SHARE",
        AnyConnection::Sqlite(_) => "",
    })
}

/// Holds rows until the transaction ends, in the order of their keys. SQLite's one writer does that by itself.
pub(crate) fn hold_rows(tx: &mut Tx<'_>, table: &'static str, rows: &[Key]) -> Result<()> {
    use diesel::sql_types::Binary;
    if matches!(tx.connection, AnyConnection::Postgres(_)) {
        let _: Vec<Key> = Sql::text("SELECT id FROM ")
            .name(table)
            .then(" WHERE organization = ")
            .bind(tx.organization())
            .then(" AND id IN ")
            .among(rows.iter().copied())
            .then(" ORDER BY id FOR UPDATE")
            .rows::<Binary, _>(tx.connection)?;
    }
    Ok(())
}

/// Holds the figures of customers until the transaction ends: what is counted next is then counted by one at a time.
/// SQLite's one writer does that by itself.
pub(crate) fn lock_figures(tx: &mut Tx<'_>, customers: &[Key]) -> Result<()> {
    use diesel::sql_types::Binary;
    if matches!(tx.connection, AnyConnection::Postgres(_)) {
        let _: Vec<Key> =
            Sql::text("SELECT customer_id FROM customer_figures WHERE organization = ")
                .bind(tx.organization())
                .then(" AND customer_id IN ")
                .list(customers.iter().copied())
                .then(" ORDER BY customer_id FOR UPDATE")
                .rows::<Binary, _>(tx.connection)?;
    }
    Ok(())
}

/// Takes the job that is due longest: id, kind, payload and which attempt this is. On PostgreSQL several servers take at once and skip what
/// another is taking; SQLite has one writer.
pub(crate) fn take_job(
    connection: &mut AnyConnection,
    now: perennial_domain::Instant,
    until: perennial_domain::Instant,
    attempts: i64,
) -> Result<Option<(Key, String, String, i64)>> {
    use diesel::sql_types::{Binary, Text};
    // Whoever held one of these went away too often: it counts as failed, and makes room for the next of its kind.
    Sql::text("UPDATE jobs SET state = 'failed', leased_until = NULL WHERE state = 'running' AND leased_until < ")
        .bind(now)
        .then(" AND attempts >= ")
        .bind(attempts)
        .execute(connection)?;
    let skip = match connection {
        AnyConnection::Postgres(_) => " FOR UPDATE SKIP LOCKED",
        AnyConnection::Sqlite(_) => "",
    };
    let due = Sql::text("SELECT id FROM jobs WHERE (state = 'queued' AND run_at <= ")
        .bind(now)
        .then(") OR (state = 'running' AND leased_until < ")
        .bind(now)
        .then(" AND attempts < ")
        .bind(attempts)
        // A lease that no clock of today can have given is none: it was set back since.
        .then(") OR (state = 'running' AND leased_until > ")
        .bind(until.plus_seconds(SKEW))
        .then(" AND attempts < ")
        .bind(attempts)
        .then(") ORDER BY run_at LIMIT 1")
        .then(skip);
    let taken: Vec<(Key, String, String, i64)> =
        Sql::text("UPDATE jobs SET state = 'running', attempts = attempts + 1, leased_until = ")
            .bind(until)
            .then(" WHERE id = (")
            .piece(due)
            .then(") RETURNING id, kind, payload, attempts")
            .rows::<(Binary, Text, Text, BigInt), _>(connection)?;
    Ok(taken.into_iter().next())
}
