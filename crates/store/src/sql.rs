//! Pieces of SQL: text known at compile time, and values that are always bound.
//!
//! diesel renders the placeholders, so one text serves both databases, and nothing that came from outside can become
//! text. A piece is a condition of a typed query (`.filter(sql)`), its order, or a whole statement (`sql.rows::<ST>()`).

use chrono::NaiveDateTime;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Bool, Date, Nullable, Text, Timestamp};
use diesel::{AppearsOnTable, Expression, QueryResult, RunQueryDsl, SelectableExpression};
use perennial_domain::query::Value;

use crate::Result;
use crate::column::Key;
use crate::connection::{AnyConnection, Db};
use crate::dialect::Replanned;

/// How many values a list may have whose statement is kept.
const KEPT: usize = 1024;
/// How many it may have where the statement is planned once for all values: a page and one more.
const PLANNED: usize = 256;

#[derive(Clone, Debug)]
enum Piece {
    Text(&'static str),
    Name(&'static str),
    String(String),
    Integer(i64),
    Flag(bool),
    Date(chrono::NaiveDate),
    Time(NaiveDateTime),
    Key(Key),
    NoKey,
    Uncached,
    Replanned,
}

/// A piece of SQL.
#[derive(Clone, Debug, Default)]
pub struct Sql(Vec<Piece>);

/// A value that can be bound.
pub(crate) trait Bind {
    fn piece(self) -> PieceOf;
}

/// Hides how a bound value is kept.
pub(crate) struct PieceOf(Piece);

macro_rules! binds {
    ($($type:ty, $value:ident => $piece:expr;)*) => { $(impl Bind for $type {
        fn piece(self) -> PieceOf { let $value = self; PieceOf($piece) }
    })* };
}
binds! {
    String, value => Piece::String(value);
    &str, value => Piece::String(value.to_owned());
    i64, value => Piece::Integer(value);
    bool, value => Piece::Flag(value);
    Key, value => Piece::Key(value);
    Option<Key>, value => value.map_or(Piece::NoKey, Piece::Key);
    uuid::Uuid, value => Piece::Key(Key(value));
    chrono::NaiveDate, value => Piece::Date(value);
    perennial_domain::Instant, value => Piece::Time(value.naive());
    Value, value => match value {
        Value::Text(text) => Piece::String(text),
        Value::Integer(number) => Piece::Integer(number),
        Value::Flag(flag) => Piece::Flag(flag),
        Value::Date(date) => Piece::Date(date.naive()),
        Value::Instant(instant) => Piece::Time(instant.naive()),
        Value::Id(id) => Piece::Key(Key(id)),
    };
}

impl Sql {
    /// A text.
    pub(crate) fn text(text: &'static str) -> Self {
        Self(vec![Piece::Text(text)])
    }

    /// The condition that always holds.
    pub(crate) fn always() -> Self {
        Self::text("TRUE")
    }

    /// Whether it is the condition that always holds.
    pub(crate) fn is_always(&self) -> bool {
        matches!(self.0.as_slice(), [Piece::Text("TRUE")])
    }

    /// The condition that never holds.
    pub(crate) fn never() -> Self {
        Self::text("FALSE")
    }

    /// More text.
    #[must_use]
    pub(crate) fn then(mut self, text: &'static str) -> Self {
        self.0.push(Piece::Text(text));
        self
    }

    /// The name of a table, quoted.
    #[must_use]
    pub(crate) fn name(mut self, name: &'static str) -> Self {
        self.0.push(Piece::Name(name));
        self
    }

    /// A column of a table, quoted.
    #[must_use]
    pub(crate) fn column(mut self, table: &'static str, column: &'static str) -> Self {
        self.0
            .extend([Piece::Name(table), Piece::Text("."), Piece::Name(column)]);
        self
    }

    /// A bound value.
    #[must_use]
    pub(crate) fn bind(mut self, value: impl Bind) -> Self {
        self.0.push(value.piece().0);
        self
    }

    /// Another piece in its place.
    #[must_use]
    pub(crate) fn piece(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// `(a, b, …)` of bound values; `(NULL)` of none, which nothing is in.
    #[must_use]
    pub(crate) fn list<B: Bind>(self, values: impl IntoIterator<Item = B>) -> Self {
        self.uncached().values(values)
    }

    /// The same for `IN` alone, prepared once and kept: the last value is repeated up to the next power of two, so that
    /// there are few texts of a statement.
    #[must_use]
    pub(crate) fn among<B: Bind + Clone>(self, values: impl IntoIterator<Item = B>) -> Self {
        let mut values: Vec<B> = values.into_iter().collect();
        if values.len() > KEPT {
            return self.list(values);
        }
        if let Some(last) = values.last().cloned() {
            values.resize(values.len().next_power_of_two(), last);
        }
        let sql = if values.len() > PLANNED {
            self.replanned()
        } else {
            self
        };
        sql.values(values)
    }

    /// Of an organization's rows those that have one of these keys in a column.
    #[must_use]
    pub(crate) fn of(
        self,
        organization: i64,
        column: &'static str,
        keys: impl IntoIterator<Item = Key>,
    ) -> Self {
        self.then(" WHERE organization = ")
            .bind(organization)
            .then(" AND ")
            .name(column)
            .then(" IN ")
            .among(keys)
    }

    /// Planned anew each time on PostgreSQL: its best plan varies with its values.
    #[must_use]
    pub(crate) fn replanned(mut self) -> Self {
        self.0.push(Piece::Replanned);
        self
    }

    fn values<B: Bind>(mut self, values: impl IntoIterator<Item = B>) -> Self {
        self.0.push(Piece::Text("("));
        let mut first = true;
        for value in values {
            if !std::mem::take(&mut first) {
                self.0.push(Piece::Text(", "));
            }
            self.0.push(value.piece().0);
        }
        self.0.push(Piece::Text(if first { "NULL)" } else { ")" }));
        self
    }

    /// `(a AND b AND …)`, or with another word between; `empty` of none.
    pub(crate) fn join(
        word: &'static str,
        empty: &'static str,
        conditions: impl IntoIterator<Item = Self>,
    ) -> Self {
        let mut joined = Self::text("(");
        for (at, condition) in conditions.into_iter().enumerate() {
            joined = if at == 0 { joined } else { joined.then(word) };
            joined = joined.piece(condition);
        }
        if joined.0.len() == 1 {
            Self::text(empty)
        } else {
            joined.then(")")
        }
    }

    /// Planned anew each time: its text or its best plan varies with its values.
    #[must_use]
    pub(crate) fn uncached(mut self) -> Self {
        self.0.push(Piece::Uncached);
        self
    }

    /// Both hold.
    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        Self::join(" AND ", "TRUE", [self, other])
    }

    /// Runs it as a whole statement and loads rows of these SQL types.
    pub(crate) fn rows<ST, Row>(self, connection: &mut AnyConnection) -> QueryResult<Vec<Row>>
    where
        Statement<ST>:
            for<'query> diesel::query_dsl::methods::LoadQuery<'query, AnyConnection, Row>,
    {
        Statement::<ST>(self, std::marker::PhantomData).load(connection)
    }

    /// Runs it as a whole statement and hands over row by row, so that SQLite's need not be held all at once.
    pub(crate) fn each<ST, Row>(
        self,
        connection: &mut AnyConnection,
        mut take: impl FnMut(Row) -> Result<()>,
    ) -> Result<()>
    where
        Statement<ST>:
            for<'query> diesel::query_dsl::methods::LoadQuery<'query, AnyConnection, Row>,
    {
        let statement = Statement::<ST>(self, std::marker::PhantomData);
        for row in statement.load_iter(connection)? {
            take(row?)?;
        }
        Ok(())
    }

    /// Runs it as a whole statement; how many rows it changed.
    pub(crate) fn execute(self, connection: &mut AnyConnection) -> QueryResult<usize> {
        Statement::<Bool>(self, std::marker::PhantomData).execute(connection)
    }
}

impl QueryFragment<Db> for Sql {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_sql(text),
                Piece::Name(name) => out.push_identifier(name)?,
                Piece::String(text) => out.push_bind_param::<Text, _>(text)?,
                Piece::Integer(number) => out.push_bind_param::<BigInt, _>(number)?,
                Piece::Flag(flag) => out.push_bind_param::<Bool, _>(flag)?,
                Piece::Date(date) => out.push_bind_param::<Date, _>(date)?,
                Piece::Time(time) => out.push_bind_param::<Timestamp, _>(time)?,
                Piece::Key(key) => out.push_bind_param::<Binary, _>(key)?,
                Piece::Uncached => out.unsafe_to_cache_prepared(),
                Piece::Replanned => Db::walk_variant_ast(&Replanned, out.reborrow())?,
                Piece::NoKey => out.push_bind_param::<Nullable<Binary>, _>(&None::<Key>)?,
            }
        }
        Ok(())
    }
}

impl QueryId for Sql {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl Expression for Sql {
    type SqlType = Bool;
}
impl<Table> AppearsOnTable<Table> for Sql {}
impl<Table> SelectableExpression<Table> for Sql {}
impl<Group> diesel::expression::ValidGrouping<Group> for Sql {
    type IsAggregate = diesel::expression::is_aggregate::Never;
}

/// A whole statement whose rows have these SQL types.
pub(crate) struct Statement<ST>(Sql, std::marker::PhantomData<ST>);

impl<ST> QueryFragment<Db> for Statement<ST> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
}
impl<ST> QueryId for Statement<ST> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<ST> Query for Statement<ST> {
    type SqlType = ST;
}
impl<ST> RunQueryDsl<AnyConnection> for Statement<ST> {}
