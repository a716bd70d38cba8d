//! The one grammar of every resource: list, find, create, update, delete, restore. A slice at a time.
//!
//! A resource says how its rows are loaded, inserted and replaced ([`Stored`]); everything else is here: the organization's
//! and the user's rows alone, keyset pages, versions, merge patches, references, events.

use std::collections::BTreeMap;

use diesel::sql_types::BigInt;
use perennial_domain::customer::Customer;
use perennial_domain::event::EventKind;
use perennial_domain::field::{Field, Kind, Resource, Stamp};
use perennial_domain::page::{Page, PageInfo};
use perennial_domain::query::{Filter, ListQuery, Operator, Position, Value};
use perennial_domain::rights::{Action, Level};
use perennial_domain::{Decimal, Id, Instant, search as words, validation};
use uuid::Uuid;

use crate::column::Key;
use crate::connection::AnyConnection;
use crate::events::NewEvent;
use crate::references::{self, Named};
use crate::sql::Sql;
use crate::{Error, Read, Result, Scope, Tx, search};

/// How a resource is kept. The table's name is the resource's.
pub trait Stored: Resource {
    /// Loads rows of an organization under a condition, in an order.
    ///
    /// # Errors
    /// Whatever the database says.
    fn load(connection: &mut AnyConnection, organization: i64, condition: Sql, order: Sql, limit: i64) -> Result<Vec<Self>>;

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

    /// The rows that a user may do something with.
    fn visible(_scope: &Scope, _action: Action) -> Sql {
        Sql::always()
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
    fn check(_tx: &mut Tx<'_>, _id: Id<Self>, _old: Option<&Self::Draft>, _draft: &Self::Draft) -> Result<()> {
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

/// How many rows a total is counted to.
const COUNTED: i64 = 10_001;

/// A page of the rows that the user may see.
///
/// # Errors
/// Whatever the database says.
pub fn list<R: Stored>(read: &mut Read<'_>, query: &ListQuery) -> Result<Page<R>> {
    list_under(read, query, Sql::always())
}

/// A page of the rows that the user may see and that meet one more condition.
pub(crate) fn list_under<R: Stored>(read: &mut Read<'_>, query: &ListQuery, also: Sql) -> Result<Page<R>> {
    let mut condition = R::visible(read.scope, Action::Read).and(filter::<R>(&query.filter)).and(also);
    if !query.include_deleted {
        condition = condition.and(Sql::default().column(R::PLURAL, "deleted_at").then(" IS NULL"));
    }
    if let Some(q) = &query.q {
        let found = search::candidates(read, q, Some(R::PLURAL))?;
        condition = condition.and(Sql::default().column(R::PLURAL, "id").then(" IN ").list(found.into_iter().map(|(_, key)| key)));
    }
    let total = if query.include_total { Some(count::<R>(read, condition.clone())?) } else { None };
    if let Some(after) = &query.after {
        condition = condition.and(beyond::<R>(query, after));
    }
    let limit = i64::try_from(query.limit + 1).unwrap_or(i64::MAX);
    let organization = read.organization();
    let mut data = R::load(read.connection, organization, condition, order::<R>(query), limit)?;
    let has_more = data.len() > query.limit;
    data.truncate(query.limit);
    let next_cursor = data.last().filter(|_| has_more).map(|last| query.cursor(position(query, last)));
    Ok(Page { data, page: PageInfo { next_cursor, has_more, total } })
}

/// One row that the user may see.
///
/// # Errors
/// [`Error::NotFound`] where there is none.
pub fn find<R: Stored>(read: &mut Read<'_>, id: Id<R>) -> Result<R> {
    let rows = find_all::<R>(read, &[id], Action::Read, false)?;
    rows.into_iter().next().ok_or(Error::NotFound)
}

/// Creates rows.
///
/// # Errors
/// [`Error::Invalid`] where a draft names a record that is not there; [`Error::Conflict`] where it clashes.
pub fn create<R: Stored>(tx: &mut Tx<'_>, drafts: &[R::Draft]) -> Result<Vec<R>> {
    if tx.scope.level(R::AREA, Action::Create) == Level::None {
        return Err(Error::Forbidden);
    }
    let mut drafts = drafts.to_vec();
    R::prepare(tx, &mut drafts)?;
    references::check::<R>(tx, &drafts.iter().map(|draft| (draft, None)).collect::<Vec<_>>())?;
    let stamp = Stamp { version: 1, created_at: tx.scope.now, updated_at: tx.scope.now, deleted_at: None };
    let mut rows = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let id = Id::new(tx.new_key());
        R::check(tx, id, None, &draft)?;
        rows.push(R::from_draft(id, draft).stamped(id, &stamp));
    }
    R::insert(tx, &rows)?;
    tx.record(&rows.iter().map(|row| event(EventKind::Created, row)).collect::<Vec<_>>())?;
    let ids: Vec<Id<R>> = rows.iter().map(Resource::id).collect();
    reload(tx, &ids)
}

/// Changes rows. A patch that changes nothing leaves the row and its version alone.
///
/// # Errors
/// [`Error::Stale`] where a row was written since; [`Error::Invalid`] where the outcome breaks a rule;
/// [`Error::NotFound`] and [`Error::Forbidden`] by the user's rights.
pub fn update<R: Stored>(tx: &mut Tx<'_>, changes: &[Change<R>]) -> Result<Vec<R>> {
    let ids: Vec<Id<R>> = changes.iter().map(|change| change.id).collect();
    let rows = find_all(tx, &ids, Action::Update, false)?;
    let mut events = Vec::new();
    for (old, change) in rows.iter().zip(changes) {
        same_version(old, change.version)?;
        let before = old.draft();
        let after = validation::merge::<R>(&before, &change.patch)?;
        if before == after {
            continue;
        }
        references::check::<R>(tx, &[(&after, Some(&before))])?;
        R::check(tx, change.id, Some(&before), &after)?;
        let stamp = Stamp { version: old.version() + 1, updated_at: tx.scope.now, ..old.stamp() };
        let changes = validation::changes(&before, &after);
        let new = old.clone().with_draft(after).stamped(change.id, &stamp);
        if !R::replace(tx, old, &new)? {
            return Err(Error::Stale { etag: old.etag() });
        }
        let mut happened = event(EventKind::Updated, &new);
        // Those that it leaves are concerned as well.
        happened.customers.extend(old.customers().into_iter().filter(|customer| !new.customers().contains(customer)));
        happened.changes = Some(changes);
        events.push(happened);
    }
    tx.record(&events)?;
    if events.is_empty() { Ok(rows) } else { reload(tx, &ids) }
}

/// Deletes rows; they can be restored for 30 days.
///
/// # Errors
/// As [`update`].
pub fn delete<R: Stored>(tx: &mut Tx<'_>, rows: &[(Id<R>, i64)]) -> Result<()> {
    let ids: Vec<Id<R>> = rows.iter().map(|(id, _)| *id).collect();
    let found = find_all(tx, &ids, Action::Delete, false)?;
    found.iter().zip(rows).try_for_each(|(row, (_, version))| same_version(row, *version))?;
    hide(tx, &found, true)
}

/// Brings deleted rows back; one that is not deleted stays as it is.
///
/// # Errors
/// [`Error::Conflict`] where another row has taken its place meanwhile; else as [`update`].
pub fn restore<R: Stored>(tx: &mut Tx<'_>, ids: &[Id<R>]) -> Result<Vec<R>> {
    let found = find_all(tx, ids, Action::Delete, true)?;
    let deleted: Vec<R> = found.into_iter().filter(|row| row.deleted_at().is_some()).collect();
    hide(tx, &deleted, false)?;
    reload(tx, ids)
}

/// Deletes or restores rows together with what hangs on them.
fn hide<R: Stored>(tx: &mut Tx<'_>, rows: &[R], hidden: bool) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let (organization, change_set, now) = (tx.organization(), tx.change_set()?, tx.scope.now);
    let sql = Sql::text("UPDATE ").name(R::PLURAL).then(" SET version = version + 1, updated_at = ").bind(now).then(", change_set = ").bind(change_set);
    let sql = if hidden { sql.then(", deleted_at = ").bind(now) } else { sql.then(", deleted_at = NULL") };
    let versions = rows.iter().map(|row| Sql::text("(id = ").bind(Key::from(row.id())).then(" AND version = ").bind(row.version()).then(")"));
    let changed = sql.then(" WHERE organization = ").bind(organization).then(" AND ").piece(Sql::join(" OR ", "FALSE", versions)).uncached().execute(tx.connection)?;
    if changed != rows.len() {
        return Err(Error::Stale { etag: rows.first().map(Resource::etag).unwrap_or_default() });
    }
    R::hide(tx, rows, hidden)?;
    let kind = if hidden { EventKind::Deleted } else { EventKind::Restored };
    let happened = |row: &R| {
        let stamp = Stamp { version: row.version() + 1, ..row.stamp() };
        event(kind, &row.clone().stamped(row.id(), &stamp))
    };
    tx.record(&rows.iter().map(happened).collect::<Vec<_>>())
}

fn event<R: Stored>(kind: EventKind, row: &R) -> NewEvent {
    NewEvent {
        kind,
        resource: R::PLURAL,
        record: Key::from(row.id()),
        customers: row.customers(),
        title: row.title().to_owned(),
        version: row.version(),
        document: row.document(),
        changes: None,
    }
}

fn same_version<R: Stored>(row: &R, version: i64) -> Result<()> {
    if row.version() == version { Ok(()) } else { Err(Error::Stale { etag: row.etag() }) }
}

/// The rows of these ids, in their order, if the user may do this with every one of them.
fn find_all<R: Stored>(read: &mut Read<'_>, ids: &[Id<R>], action: Action, deleted: bool) -> Result<Vec<R>> {
    let scope = read.scope;
    let mut sought = those::<R>(ids).and(R::visible(scope, Action::Read));
    if !deleted {
        sought = sought.and(Sql::default().column(R::PLURAL, "deleted_at").then(" IS NULL"));
    }
    let mut seen = load_map::<R>(read, sought.clone(), ids.len())?;
    if action != Action::Read && scope.level(R::AREA, action) != scope.level(R::AREA, Action::Read) {
        let allowed = load_map::<R>(read, sought.and(R::visible(scope, action)), ids.len())?;
        let refused = scope.level(R::AREA, action) == Level::None || ids.iter().any(|id| seen.contains_key(id) && !allowed.contains_key(id));
        if refused && !seen.is_empty() {
            return Err(Error::Forbidden);
        }
    }
    ids.iter().map(|id| seen.remove(id).ok_or(Error::NotFound)).collect()
}

/// The rows of these ids as they are now, in their order, whoever may see them: for what the user has just written.
fn reload<R: Stored>(read: &mut Read<'_>, ids: &[Id<R>]) -> Result<Vec<R>> {
    let mut rows = load_map::<R>(read, those::<R>(ids), ids.len())?;
    ids.iter().map(|id| rows.remove(id).ok_or(Error::NotFound)).collect()
}

fn load_map<R: Stored>(read: &mut Read<'_>, condition: Sql, count: usize) -> Result<BTreeMap<Id<R>, R>> {
    let organization = read.organization();
    let order = Sql::default().column(R::PLURAL, "id");
    let rows = R::load(read.connection, organization, condition, order, i64::try_from(count).unwrap_or(i64::MAX))?;
    Ok(rows.into_iter().map(|row| (row.id(), row)).collect())
}

fn those<R: Stored>(ids: &[Id<R>]) -> Sql {
    let id = Sql::default().column(R::PLURAL, "id");
    match ids {
        [only] => id.then(" = ").bind(Key::from(*only)),
        ids => id.then(" IN ").list(ids.iter().map(|id| Key::from(*id))),
    }
}

fn count<R: Stored>(read: &mut Read<'_>, condition: Sql) -> Result<i64> {
    let sql = Sql::text("SELECT COUNT(*) FROM (SELECT 1 AS one FROM ").name(R::PLURAL).then(" WHERE ").column(R::PLURAL, "organization");
    let sql = sql.then(" = ").bind(read.organization()).then(" AND ").piece(condition).then(" LIMIT ").bind(COUNTED).then(") AS counted");
    Ok(sql.rows::<BigInt, i64>(read.connection)?.first().copied().unwrap_or(0))
}

/// A filter as a condition.
fn filter<R: Stored>(of: &Filter) -> Sql {
    match of {
        Filter::All(filters) => Sql::join(" AND ", "TRUE", filters.iter().map(filter::<R>)),
        Filter::Any(filters) => Sql::join(" OR ", "FALSE", filters.iter().map(filter::<R>)),
        Filter::Compare { field, operator, values } => {
            if let Some(own) = R::compare(field, values) {
                return own;
            }
            let column = Sql::default().column(R::PLURAL, field.stored);
            match (operator, values.as_slice()) {
                (Operator::IsNull, [Value::Flag(true)]) => column.then(" IS NULL"),
                (Operator::IsNull, _) => column.then(" IS NOT NULL"),
                (Operator::Gte, [value]) => column.then(" >= ").bind(value.clone()),
                (Operator::Lte, [value]) => column.then(" <= ").bind(value.clone()),
                (_, values) if field.stored == "name_sort" => by_name::<R>(values),
                (_, [value]) => column.then(" = ").bind(value.clone()),
                (_, values) => column.then(" IN ").list(values.iter().cloned()),
            }
        }
    }
}

/// A name is found through the index of its sort key, and compared as it is written.
fn by_name<R: Stored>(values: &[Value]) -> Sql {
    let names: Vec<&str> = values.iter().filter_map(|value| if let Value::Text(text) = value { Some(text.as_str()) } else { None }).collect();
    let keys = Sql::default().column(R::PLURAL, "name_sort").then(" IN ").list(names.iter().map(|name| words::sort_key(name)));
    keys.and(Sql::default().column(R::PLURAL, "name").then(" IN ").list(names))
}

fn order<R: Stored>(query: &ListQuery) -> Sql {
    let mut order = Sql::default();
    for sort in &query.sort {
        order = order.column(R::PLURAL, sort.field.stored).then(if sort.descending { " DESC, " } else { ", " });
    }
    order.column(R::PLURAL, "id").then(if is_descending(query) { " DESC" } else { "" })
}

/// After a row, as a row value: the one form that both databases answer from the index alone.
fn beyond<R: Stored>(query: &ListQuery, after: &Position) -> Sql {
    let mut columns = Sql::text("(");
    let mut values = Sql::text(if is_descending(query) { ") < (" } else { ") > (" });
    for (sort, key) in query.sort.iter().zip(&after.keys) {
        columns = columns.column(R::PLURAL, sort.field.stored).then(", ");
        values = values.bind(key.clone()).then(", ");
    }
    columns.column(R::PLURAL, "id").piece(values).bind(after.id).then(")")
}

fn is_descending(query: &ListQuery) -> bool {
    query.sort.first().is_some_and(|sort| sort.descending)
}

/// Where a row stands in a list's order.
fn position<R: Stored>(query: &ListQuery, row: &R) -> Position {
    let object = serde_json::to_value(row).unwrap_or_default();
    let key = |field: &Field| {
        let value = &object[field.name];
        let text = value.as_str().unwrap_or_default();
        match field.kind {
            _ if field.stored == "name_sort" => Value::Text(words::sort_key(text)),
            Kind::Instant => Value::Instant(text.parse().unwrap_or_default()),
            Kind::Date => Value::Date(text.parse().unwrap_or_default()),
            Kind::Integer => Value::Integer(value.as_i64().unwrap_or_default()),
            Kind::Decimal => Value::Integer(text.parse::<Decimal>().unwrap_or_default().ten_thousandths()),
            _ => Value::Text(text.to_owned()),
        }
    };
    Position { keys: query.sort.iter().map(|sort| key(sort.field)).collect(), id: row.id().uuid() }
}

/// The stamp of a row's own columns.
pub(crate) fn stamp(version: i64, created_at: chrono::NaiveDateTime, updated_at: chrono::NaiveDateTime, deleted_at: Option<chrono::NaiveDateTime>) -> Stamp {
    Stamp { version, created_at: created_at.into(), updated_at: updated_at.into(), deleted_at: deleted_at.map(Instant::from) }
}

/// Groups what belongs to rows by the row it belongs to.
pub(crate) fn grouped<T>(rows: impl IntoIterator<Item = (Key, T)>) -> BTreeMap<Uuid, Vec<T>> {
    let mut groups: BTreeMap<Uuid, Vec<T>> = BTreeMap::new();
    for (owner, row) in rows {
        groups.entry(owner.0).or_default().push(row);
    }
    groups
}
