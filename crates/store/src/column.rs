//! The store's own column types: what rows carry where diesel has nothing that fits. No allocation, no conversion loss.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{Binary, Text};
use diesel::sqlite::Sqlite;
use perennial_domain::Id;
use perennial_domain::field::Word;
use uuid::Uuid;

use crate::connection::Db;

/// A record's key: the sixteen bytes of its UUID.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow,
)]
#[diesel(sql_type = Binary)]
pub struct Key(pub Uuid);

impl<T> From<Id<T>> for Key {
    fn from(id: Id<T>) -> Self {
        Self(id.uuid())
    }
}
impl<T> From<Key> for Id<T> {
    fn from(key: Key) -> Self {
        Self::new(key.0)
    }
}

/// An optional id as a row carries it.
pub(crate) fn key<T>(id: Option<Id<T>>) -> Option<Key> {
    id.map(Key::from)
}

/// An optional key as an entity carries it.
pub(crate) fn id<T>(key: Option<Key>) -> Option<Id<T>> {
    key.map(Id::from)
}

impl<D: Backend> ToSql<Binary, D> for Key
where
    [u8]: ToSql<Binary, D>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, D>) -> serialize::Result {
        <[u8] as ToSql<Binary, D>>::to_sql(self.0.as_bytes(), out)
    }
}
impl FromSql<Binary, Sqlite> for Key {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.read_blob())?))
    }
}
impl FromSql<Binary, Pg> for Key {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.as_bytes())?))
    }
}
impl FromSql<Binary, Db> for Key {
    fn from_sql(value: <Db as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, Binary>()
    }
}

/// A value of a closed list, kept as its word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct W<E: Word + std::fmt::Debug>(pub E);

impl<E: Word + std::fmt::Debug, D: Backend> ToSql<Text, D> for W<E>
where
    str: ToSql<Text, D>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, D>) -> serialize::Result {
        <str as ToSql<Text, D>>::to_sql(self.0.word(), out)
    }
}

fn read<E: Word + std::fmt::Debug>(word: &str) -> deserialize::Result<W<E>> {
    E::from_word(word)
        .map(W)
        .ok_or_else(|| format!("unknown word {word:?}").into())
}

impl<E: Word + std::fmt::Debug> FromSql<Text, Sqlite> for W<E> {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        read(value.read_text())
    }
}
impl<E: Word + std::fmt::Debug> FromSql<Text, Pg> for W<E> {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        read(std::str::from_utf8(value.as_bytes())?)
    }
}
impl<E: Word + std::fmt::Debug> FromSql<Text, Db> for W<E> {
    fn from_sql(value: <Db as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, Text>()
    }
}
