//! The one grammar of every resource: list, find, create, update, delete, restore. A slice at a time.
//!
//! A resource says what its row keeps ([`row!`](row)) and what hangs on it ([`Stored`]); everything else is here: the organization's
//! and the user's rows alone, keyset pages, versions, merge patches, references, events.

mod entry;
mod list;
mod row;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use diesel::sql_types::Binary;
use perennial_domain::customer::Customer;
use perennial_domain::field::{Field, Resource, Stamp};
use perennial_domain::query::Value;
use perennial_domain::rights::{Action, Level};
use perennial_domain::{Date, Id, Instant, Money};
use uuid::Uuid;

use crate::column::Key;
use crate::dialect::CHUNK;
use crate::sql::Sql;
use crate::{Error, Read, Result, Scope, Tx};

pub(crate) use entry::{ENTRIES, Entry};
pub use list::list;
pub(crate) use list::{condition, list_under};
pub use row::Rows;
pub(crate) use row::{Column, json, of_json, row};
pub use write::{add, change, create, delete, restore, take_turns, update};

/// How a resource is kept: its own row by [`row!`](row), and here whatever else there is to it. The table's name is the
/// resource's.
pub trait Stored: Resource + Rows {
    /// Rows of an organization under a condition, in an order, with what hangs on them.
    ///
    /// # Errors
    /// Whatever the database says.
    fn load(read: &mut Read<'_>, condition: Sql, order: Sql, limit: i64) -> Result<Vec<Self>> {
        let mut rows = Self::read(read, condition, order, limit)?;
        if !rows.is_empty() {
            Self::hang(read, &mut rows)?;
        }
        Ok(rows)
    }

    /// Loads what other tables keep of these rows, one statement a table whatever their number, and derives what depends on
    /// the day.
    ///
    /// # Errors
    /// Whatever the database says.
    fn hang(_read: &mut Read<'_>, _rows: &mut [Self]) -> Result<()> {
        Ok(())
    }

    /// How many of these rows, of which only their own columns are loaded, a page has room for: all of them, unless much may hang
    /// on one.
    ///
    /// # Errors
    /// Whatever the database says.
    fn fitting(_read: &mut Read<'_>, rows: &[Self]) -> Result<usize> {
        Ok(rows.len())
    }

    /// Inserts what other tables keep of new rows.
    ///
    /// # Errors
    /// A clash with a row that is there, or whatever the database says.
    fn insert_parts(_tx: &mut Tx<'_>, _rows: &[Self]) -> Result<()> {
        Ok(())
    }

    /// Writes over what other tables keep of rows: as they were and as they are.
    ///
    /// # Errors
    /// A clash with a row that is there, or whatever the database says.
    fn replace_parts(_tx: &mut Tx<'_>, _changed: &[(Self, Self)]) -> Result<()> {
        Ok(())
    }

    /// Whether rows that were deleted 30 days ago go for good. Those that history names stay.
    const PURGED: bool = true;

    /// Whether the search over everything finds it.
    const FOUND: bool = false;

    /// The rows that a user may name in other records: those it sees.
    fn nameable(scope: &Scope) -> Sql {
        Self::visible(scope, Action::Read)
    }

    /// The rows that a user may do something with: every one or none, unless rows have owners.
    fn visible(scope: &Scope, action: Action) -> Sql {
        match scope.level(Self::AREA, action) {
            Level::All => Sql::always(),
            Level::None | Level::Own | Level::Team => Sql::never(),
        }
    }

    /// The columns of orders in which an index leads to each owner's rows.
    const BY_OWNER: &'static [&'static str] = &[];

    /// What the user may read, a share of each owner, where it is several of them.
    fn shares(_scope: &Scope) -> Option<Vec<Sql>> {
        None
    }

    /// For rows that are seen through others which have owners: a statement that selects, as `key` and once each, the
    /// keys of all that the user may see, beginning with what is the user's. It may select more: [`Stored::visible`] is asked of
    /// them as well. None where that is everything.
    fn reach(_scope: &Scope) -> Option<Sql> {
        None
    }

    /// Fills in what a client left to us.
    ///
    /// # Errors
    /// Whatever the database says.
    fn prepare(_tx: &mut Tx<'_>, _drafts: &mut [Self::Draft]) -> Result<()> {
        Ok(())
    }

    /// Rules that need other rows to know.
    ///
    /// # Errors
    /// The first rule that a draft breaks.
    fn check(
        _tx: &mut Tx<'_>,
        _id: Id<Self>,
        _old: Option<&Self::Draft>,
        _draft: &Self::Draft,
    ) -> Result<()> {
        Ok(())
    }

    /// How a field that is not a column of its own, or means more than its column, is equal to one of these values.
    fn compare(_field: &Field, _values: &[Value]) -> Option<Sql> {
        None
    }

    /// What else changes when rows are deleted or restored.
    ///
    /// # Errors
    /// A clash with a row that is there, or whatever the database says.
    fn hide(_tx: &mut Tx<'_>, _rows: &[Self], _hidden: bool) -> Result<()> {
        Ok(())
    }

    /// Its name.
    fn title(&self) -> &str;

    /// What tells it from others of that name, as far as the user may see it.
    fn subtitle(&self, _scope: &Scope) -> String {
        String::new()
    }

    /// The customers on whose timelines its events stand.
    fn customers(&self) -> Vec<Id<Customer>> {
        Vec::new()
    }

    /// What it comes to, where the line that tells of its making should say so.
    fn amount(&self) -> Option<Money> {
        None
    }

    /// The day on which what it tells of happened, where that is not when it was written.
    fn happened_on(&self) -> Option<Date> {
        None
    }

    /// Which rows of a resource without documents a text names.
    fn named(_read: &Read<'_>, _text: &str) -> Option<Sql> {
        None
    }

    /// The words it is found by, and its owner's key where rights follow an owner.
    fn document(&self) -> Option<String> {
        None
    }
}

/// A change of one row.
#[derive(Clone, Debug)]
pub struct Change<R> {
    /// Which row.
    pub id: Id<R>,
    /// The version that the caller has read.
    pub version: i64,
    /// What to change: a JSON merge patch.
    pub patch: serde_json::Value,
}

/// One row that the user may see.
///
/// # Errors
/// [`Error::NotFound`] where there is none.
pub fn find<R: Stored>(read: &mut Read<'_>, id: Id<R>) -> Result<R> {
    let rows = find_all::<R>(read, &[id], Action::Read, false)?;
    rows.into_iter().next().ok_or(Error::NotFound)
}

/// Refuses a row that the user does not see; nothing of it is loaded.
pub(crate) fn require<R: Stored>(read: &mut Read<'_>, id: Id<R>) -> Result<()> {
    let living = Sql::default()
        .column(R::PLURAL, "deleted_at")
        .then(" IS NULL");
    let seen = those::<R>(&[id])
        .and(R::visible(read.scope, Action::Read))
        .and(living);
    if list::count::<R>(read, seen)? == 0 {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// The rows of these ids, in their order, if the user may do this with every one of them.
fn find_all<R: Stored>(
    read: &mut Read<'_>,
    ids: &[Id<R>],
    action: Action,
    deleted: bool,
) -> Result<Vec<R>> {
    let scope = read.scope;
    let (level, read_level) = (
        scope.level(R::AREA, action),
        scope.level(R::AREA, Action::Read),
    );
    if level == Level::None || read_level == Level::None {
        return Err(Error::Forbidden);
    }
    let mut sought = those::<R>(ids).and(R::visible(scope, Action::Read));
    if !deleted {
        sought = sought.and(
            Sql::default()
                .column(R::PLURAL, "deleted_at")
                .then(" IS NULL"),
        );
    }
    // Asked first: a row that goes away in between is then not found rather than forbidden.
    let allowed = if action != Action::Read && level != read_level {
        let allowed = sought.clone().and(R::visible(scope, action));
        Some(keys_of::<R>(read, allowed)?)
    } else {
        None
    };
    let mut seen = load_map::<R>(read, sought, ids.len())?;
    if allowed.is_some_and(|allowed| seen.keys().any(|id| !allowed.contains(&Key::from(*id)))) {
        return Err(Error::Forbidden);
    }
    ids.iter()
        .map(|id| seen.remove(id).ok_or(Error::NotFound))
        .collect()
}

/// The keys alone of rows under a condition.
fn keys_of<R: Stored>(read: &mut Read<'_>, condition: Sql) -> Result<BTreeSet<Key>> {
    let sql = Sql::text("SELECT id FROM ")
        .name(R::PLURAL)
        .then(" WHERE organization = ")
        .bind(read.organization())
        .then(" AND ")
        .piece(condition);
    Ok(sql
        .rows::<Binary, Key>(read.connection)?
        .into_iter()
        .collect())
}

/// The rows of these ids as they are now, in their order, whoever may see them: for what the user has just written.
fn reload<R: Stored>(read: &mut Read<'_>, ids: &[Id<R>]) -> Result<Vec<R>> {
    let mut rows = load_map::<R>(read, those::<R>(ids), ids.len())?;
    ids.iter()
        .map(|id| rows.remove(id).ok_or(Error::NotFound))
        .collect()
}

fn load_map<R: Stored>(
    read: &mut Read<'_>,
    condition: Sql,
    count: usize,
) -> Result<BTreeMap<Id<R>, R>> {
    let order = Sql::default().column(R::PLURAL, "id");
    let rows = R::load(
        read,
        condition,
        order,
        i64::try_from(count).unwrap_or(i64::MAX),
    )?;
    Ok(rows.into_iter().map(|row| (row.id(), row)).collect())
}

fn those<R: Stored>(ids: &[Id<R>]) -> Sql {
    let id = Sql::default().column(R::PLURAL, "id");
    match ids {
        [only] => id.then(" = ").bind(Key::from(*only)),
        // Planned for all values, and cut off at a number that it does not know, PostgreSQL would walk every row in order.
        ids => id
            .then(" IN ")
            .among(ids.iter().map(|id| Key::from(*id)))
            .replanned(),
    }
}

/// The stamp of a row's own columns.
pub(crate) fn stamp(
    version: i64,
    created_at: chrono::NaiveDateTime,
    updated_at: chrono::NaiveDateTime,
    deleted_at: Option<chrono::NaiveDateTime>,
) -> Stamp {
    Stamp {
        version,
        created_at: created_at.into(),
        updated_at: updated_at.into(),
        deleted_at: deleted_at.map(Instant::from),
    }
}

/// The keys of rows.
pub(crate) fn keys<R: Resource>(rows: &[R]) -> Vec<Key> {
    rows.iter().map(|row| row.id().into()).collect()
}

/// Of changed rows those whose parts are others now, as they are: what they had is removed from a table, so that it can
/// be inserted anew.
pub(crate) fn clear_parts<R: Resource, P: PartialEq>(
    tx: &mut Tx<'_>,
    changed: &[(R, R)],
    part: impl Fn(&R) -> P,
    (table, owner): (&'static str, &'static str),
) -> Result<Vec<R>> {
    let others = changed.iter().filter(|(old, new)| part(old) != part(new));
    let others: Vec<R> = others.map(|(_, new)| new.clone()).collect();
    for chunk in keys(&others).chunks(CHUNK) {
        Sql::text("DELETE FROM ")
            .name(table)
            .then(" WHERE organization = ")
            .bind(tx.organization())
            .then(" AND ")
            .name(owner)
            .then(" IN ")
            .among(chunk.iter().copied())
            .execute(tx.connection)?;
    }
    Ok(others)
}

/// Groups what belongs to rows by the row it belongs to.
pub(crate) fn grouped<T>(rows: impl IntoIterator<Item = (Key, T)>) -> BTreeMap<Uuid, Vec<T>> {
    let mut groups: BTreeMap<Uuid, Vec<T>> = BTreeMap::new();
    for (owner, row) in rows {
        groups.entry(owner.0).or_default().push(row);
    }
    groups
}
