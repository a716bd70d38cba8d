//! The one grammar of every resource: list, find, create, update, delete, restore. A slice at a time.
//!
//! A resource says how its rows are loaded, inserted and replaced ([`Stored`]); everything else is here: the organization's
//! and the user's rows alone, keyset pages, versions, merge patches, references, events.

mod list;
mod write;

use std::collections::BTreeMap;

use perennial_domain::customer::Customer;
use perennial_domain::field::{Field, Resource, Stamp};
use perennial_domain::query::Value;
use perennial_domain::rights::{Action, Level};
use perennial_domain::{Id, Instant};
use uuid::Uuid;

use crate::column::Key;
use crate::connection::AnyConnection;
use crate::references::Named;
use crate::sql::Sql;
use crate::{Error, Read, Result, Scope, Tx};

pub use list::list;
pub(crate) use list::list_under;
pub use write::{create, delete, restore, update};

/// How a resource is kept. The table's name is the resource's.
pub trait Stored: Resource {
    /// Loads rows of an organization under a condition, in an order.
    ///
    /// # Errors
    /// Whatever the database says.
    fn load(
        connection: &mut AnyConnection,
        organization: i64,
        condition: Sql,
        order: Sql,
        limit: i64,
    ) -> Result<Vec<Self>>;

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

    /// The rows that a user may do something with: every one or none, unless rows have owners.
    fn visible(scope: &Scope, action: Action) -> Sql {
        match scope.level(Self::AREA, action) {
            Level::All => Sql::always(),
            Level::None | Level::Own | Level::Team => Sql::never(),
        }
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

    /// The records that a draft names inside its parts.
    fn named_in_parts(_draft: &Self::Draft) -> Vec<Named> {
        Vec::new()
    }

    /// How a field that is not a column of its own is compared.
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

    /// The customers on whose timelines its events stand.
    fn customers(&self) -> Vec<Id<Customer>> {
        Vec::new()
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
        Some(load_map::<R>(read, allowed, ids.len())?)
    } else {
        None
    };
    let mut seen = load_map::<R>(read, sought, ids.len())?;
    if allowed.is_some_and(|allowed| seen.keys().any(|id| !allowed.contains_key(id))) {
        return Err(Error::Forbidden);
    }
    ids.iter()
        .map(|id| seen.remove(id).ok_or(Error::NotFound))
        .collect()
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
    let organization = read.organization();
    let order = Sql::default().column(R::PLURAL, "id");
    let rows = R::load(
        read.connection,
        organization,
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
        ids => id.then(" IN ").among(ids.iter().map(|id| Key::from(*id))),
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

/// Groups what belongs to rows by the row it belongs to.
pub(crate) fn grouped<T>(rows: impl IntoIterator<Item = (Key, T)>) -> BTreeMap<Uuid, Vec<T>> {
    let mut groups: BTreeMap<Uuid, Vec<T>> = BTreeMap::new();
    for (owner, row) in rows {
        groups.entry(owner.0).or_default().push(row);
    }
    groups
}
