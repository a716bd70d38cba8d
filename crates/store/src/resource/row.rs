//! A resource's row: declared once, and read, inserted and written over by that one declaration.

use perennial_domain::field::Word;
use perennial_domain::{Date, Decimal, Id, Instant};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::column::{Key, W};
use crate::sql::Sql;
use crate::{Error, Read, Result, Tx};

/// How a resource's own table is read and written; made by [`row!`].
pub trait Rows: Sized {
    /// Rows of the organization under a condition, in an order, without what hangs on them.
    ///
    /// # Errors
    /// Whatever the database says.
    fn read(read: &mut Read<'_>, condition: Sql, order: Sql, limit: i64) -> Result<Vec<Self>>;

    /// Inserts rows.
    ///
    /// # Errors
    /// A clash with a row that is there, or whatever the database says.
    fn insert(tx: &mut Tx<'_>, rows: &[Self]) -> Result<()>;

    /// Writes a row over its older self; false where that is not the row's last version any more.
    ///
    /// # Errors
    /// A clash with a row that is there, or whatever the database says.
    fn replace(tx: &mut Tx<'_>, old: &Self, new: &Self) -> Result<bool>;
}

/// How a column keeps a field's value.
pub(crate) trait Column<T>: Sized {
    /// What is kept.
    fn of(value: &T) -> Self;
    /// What it meant.
    fn value(self) -> T;
}

macro_rules! kept_as_they_are {
    ($($type:ty),*) => { $(impl Column<$type> for $type {
        fn of(value: &$type) -> Self {
            value.clone()
        }
        fn value(self) -> $type {
            self
        }
    })* };
}
kept_as_they_are!(String, bool, i64);

impl<C: Column<T>, T> Column<Option<T>> for Option<C> {
    fn of(value: &Option<T>) -> Self {
        value.as_ref().map(C::of)
    }
    fn value(self) -> Option<T> {
        self.map(C::value)
    }
}
impl<E: Word + std::fmt::Debug> Column<E> for W<E> {
    fn of(value: &E) -> Self {
        Self(*value)
    }
    fn value(self) -> E {
        self.0
    }
}
impl<R> Column<Id<R>> for Key {
    fn of(value: &Id<R>) -> Self {
        Self(value.uuid())
    }
    fn value(self) -> Id<R> {
        self.into()
    }
}
impl Column<Decimal> for i64 {
    fn of(value: &Decimal) -> Self {
        value.ten_thousandths()
    }
    fn value(self) -> Decimal {
        Decimal::from_ten_thousandths(self)
    }
}
impl Column<Date> for chrono::NaiveDate {
    fn of(value: &Date) -> Self {
        value.naive()
    }
    fn value(self) -> Date {
        self.into()
    }
}
impl Column<Instant> for chrono::NaiveDateTime {
    fn of(value: &Instant) -> Self {
        value.naive()
    }
    fn value(self) -> Instant {
        self.into()
    }
}

/// What a row keeps as JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Database(error.to_string()))
}

/// What a row has kept as JSON. What cannot be read is an error: taken for nothing, it would be written back as nothing.
pub(crate) fn of_json<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::Database(error.to_string()))
}

/// Declares a resource's row: `name: String` keeps the field of that name, `name_sort: String = |tx, entity| …` is made
/// from the whole and read by nobody, unless `read |row, entity| …` takes it back. A column that no client changes is
/// marked `#[diesel(skip_update)]`. Organization, key and stamp are every row's.
macro_rules! row {
    (
        $visibility:vis struct $row:ident of $entity:ident in $table:ident {
            $($(#[$attribute:meta])* $column:ident: $type:ty $(= $made:expr)?,)*
        }
        $(read $unpack:expr)?
    ) => {
        #[derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset)]
        #[diesel(table_name = $table, treat_none_as_default_value = false, treat_none_as_null = true, primary_key(organization, id))]
        $visibility struct $row {
            $visibility organization: i64,
            $visibility id: $crate::column::Key,
            $($(#[$attribute])* $visibility $column: $type,)*
            $visibility version: i64,
            $visibility created_at: chrono::NaiveDateTime,
            $visibility updated_at: chrono::NaiveDateTime,
            $visibility deleted_at: Option<chrono::NaiveDateTime>,
            $visibility change_set: Option<$crate::column::Key>,
        }

        impl $row {
            fn of(tx: &mut $crate::Tx<'_>, entity: &$entity) -> $crate::Result<Self> {
                let stamp = perennial_domain::field::Resource::stamp(entity);
                Ok(Self {
                    organization: tx.organization(),
                    id: entity.id.into(),
                    $($column: $crate::resource::row!(@write tx, entity, $entity, $column, $type $(, $made)?),)*
                    version: stamp.version,
                    created_at: stamp.created_at.naive(),
                    updated_at: stamp.updated_at.naive(),
                    deleted_at: stamp.deleted_at.map(perennial_domain::Instant::naive),
                    change_set: Some(tx.change_set()?),
                })
            }

            fn entity(mut self) -> $crate::Result<$entity> {
                let stamp = $crate::resource::stamp(self.version, self.created_at, self.updated_at, self.deleted_at);
                let (id, mut entity) = (self.id, $entity::default());
                $($crate::resource::row!(@read self, entity, $column $(, $made)?);)*
                $(let unpack: fn(Self, &mut $entity) -> $crate::Result<()> = $unpack;
                unpack(self, &mut entity)?;)?
                Ok(perennial_domain::field::Resource::stamped(entity, id.into(), &stamp))
            }
        }

        impl $crate::resource::Rows for $entity {
            fn read(
                read: &mut $crate::Read<'_>,
                condition: $crate::sql::Sql,
                order: $crate::sql::Sql,
                limit: i64,
            ) -> $crate::Result<Vec<Self>> {
                use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper};
                let rows: Vec<$row> = $table::table
                    .filter($table::organization.eq(read.organization()))
                    .filter(condition)
                    .order_by(order)
                    .limit(limit)
                    .select($row::as_select())
                    .load(read.connection)?;
                rows.into_iter().map($row::entity).collect()
            }

            fn insert(tx: &mut $crate::Tx<'_>, new: &[Self]) -> $crate::Result<()> {
                use diesel::RunQueryDsl;
                let rows: Vec<$row> = new.iter().map(|entity| $row::of(tx, entity)).collect::<$crate::Result<_>>()?;
                $crate::dialect::insert_many!(tx.connection, $table::table, rows);
                Ok(())
            }

            fn replace(tx: &mut $crate::Tx<'_>, old: &Self, new: &Self) -> $crate::Result<bool> {
                use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
                let row = $row::of(tx, new)?;
                let one = $table::table.find((row.organization, row.id)).filter($table::version.eq(old.version));
                Ok(diesel::update(one).set(&row).execute(tx.connection)? == 1)
            }
        }
    };
    (@write $tx:ident, $from:ident, $entity:ident, $column:ident, $type:ty) => {
        <$type as $crate::resource::Column<_>>::of(&$from.$column)
    };
    (@write $tx:ident, $from:ident, $entity:ident, $column:ident, $type:ty, $made:expr) => {{
        let made: fn(&mut $crate::Tx<'_>, &$entity) -> $crate::Result<$type> = $made;
        made($tx, $from)?
    }};
    (@read $row:ident, $into:ident, $column:ident) => {
        $into.$column = $crate::resource::Column::value(std::mem::take(&mut $row.$column));
    };
    (@read $row:ident, $into:ident, $column:ident, $made:expr) => {};
}
pub(crate) use row;
