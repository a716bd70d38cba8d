//! The recorded statements again, without anything of ours around them: how fast the database itself would be.
//!
//! On SQLite in a loop in this process, over prepared statements: reads by as many threads as there are clients, each with
//! a connection of its own; creations by one thread that, as the server does, commits once for a group of them, each in a
//! savepoint, where as many wait as there are clients. On PostgreSQL by pgbench, see `pgbench.rs`.

use std::path::Path;
use std::time::Instant;

use diesel::connection::{LoadConnection, SimpleConnection};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Bool, Text, Untyped};
use diesel::sqlite::Sqlite;
use diesel::{Connection, QueryResult, RunQueryDsl, SqliteConnection};
use uuid::Uuid;

use crate::record::{Statement, Value};
use crate::wire::Span;

/// As the store sets its writer up; its readers have less room than is given to those here.
const SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY;";

/// A recorded statement, to be run; one text is prepared once.
struct Again<'a>(&'a Statement, Vec<Value>);

impl QueryFragment<Sqlite> for Again<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(&self.0.texts[0]);
        for (value, text) in self.1.iter().zip(&self.0.texts[1..]) {
            match value {
                Value::Null => out.push_sql("NULL"),
                Value::Integer(number) => out.push_bind_param::<BigInt, _>(number)?,
                Value::Flag(flag) => out.push_bind_param::<Bool, _>(flag)?,
                Value::Text(text) | Value::Instant(text) | Value::Day(text) => {
                    out.push_bind_param::<Text, _>(text)?
                }
                Value::Key(key) => out.push_bind_param::<Binary, [u8]>(key.as_bytes())?,
                Value::NewKey(_) | Value::NewEvent | Value::NewNumber(..) => {
                    unreachable!("these have been given values")
                }
            }
            out.push_sql(text);
        }
        Ok(())
    }
}
impl QueryId for Again<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl Query for Again<'_> {
    type SqlType = Untyped;
}

/// Numbers that no code has had.
const FIRST: i64 = 9_000_000_000;

/// What is new in one turn.
struct Turn {
    keys: Vec<Uuid>,
    event: i64,
}

impl Turn {
    fn number(number: i64) -> Self {
        Self {
            keys: (0..16).map(|_| Uuid::now_v7()).collect(),
            event: number,
        }
    }

    fn value(&self, value: &Value) -> Value {
        match value {
            Value::NewKey(at) => Value::Key(self.keys[*at]),
            Value::NewEvent => Value::Integer(self.event),
            Value::NewNumber(before, behind) => {
                Value::Text(format!("{before}{}{behind}", FIRST + self.event))
            }
            value => value.clone(),
        }
    }
}

fn run(connection: &mut SqliteConnection, statements: &[Statement], turn: &Turn) {
    for statement in statements {
        let values = statement
            .values
            .iter()
            .map(|value| turn.value(value))
            .collect();
        let rows =
            LoadConnection::load(connection, Again(statement, values)).expect("it ran before");
        for row in rows {
            row.expect("a row");
        }
    }
}

fn open(file: &Path) -> SqliteConnection {
    let mut connection =
        SqliteConnection::establish(&file.display().to_string()).expect("the file opens");
    connection.batch_execute(SETTINGS).expect("settings");
    connection
}

/// How often in a second the operations' statements run, by so many readers at once.
pub fn reads(file: &Path, operations: &[Vec<Statement>], readers: usize, span: Span) -> f64 {
    let start = Instant::now();
    let reader = |first: usize| {
        let mut connection = open(file);
        let turn = Turn::number(0);
        let mut count = 0;
        for at in first.. {
            run(&mut connection, &operations[at % operations.len()], &turn);
            let since = start.elapsed();
            if since > span.warm + span.measured {
                break;
            }
            count += u32::from(since > span.warm);
        }
        count
    };
    let counts: Vec<u32> = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..readers)
            .map(|first| scope.spawn(move || reader(first)))
            .collect();
        readers
            .into_iter()
            .map(|reader| reader.join().expect("a reader ends well"))
            .collect()
    });
    f64::from(counts.iter().sum::<u32>()) / span.measured.as_secs_f64()
}

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn last_event(connection: &mut SqliteConnection) -> i64 {
    let last = diesel::sql_query("SELECT MAX(seq) AS number FROM events").get_result(connection);
    last.map(|last: Number| last.number)
        .expect("there are events")
}

/// How often in a second the operations' statements run, so many of them in one commit.
pub fn writes(file: &Path, operations: &[Vec<Statement>], group: usize, span: Span) -> f64 {
    let mut connection = open(file);
    let mut event = last_event(&mut connection);
    let start = Instant::now();
    let mut count = 0;
    loop {
        connection
            .batch_execute("BEGIN IMMEDIATE")
            .expect("nobody else writes");
        for _ in 0..group {
            event += 1;
            let operation = usize::try_from(event).unwrap_or(0) % operations.len();
            connection
                .batch_execute("SAVEPOINT one")
                .expect("a savepoint");
            run(
                &mut connection,
                &operations[operation],
                &Turn::number(event),
            );
            connection
                .batch_execute("RELEASE one")
                .expect("a savepoint");
        }
        connection.batch_execute("COMMIT").expect("it is durable");
        let since = start.elapsed();
        if since > span.warm + span.measured {
            return count as f64 / span.measured.as_secs_f64();
        }
        count += if since > span.warm { group } else { 0 };
    }
}
