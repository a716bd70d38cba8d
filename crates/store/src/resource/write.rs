//! Changing rows: every change is checked, versioned and recorded.

use perennial_domain::Id;
use perennial_domain::event::EventKind;
use perennial_domain::field::{Draft, Resource, Stamp};
use perennial_domain::rights::{Action, Level};
use perennial_domain::validation;

use super::{Change, Stored, find_all, reload};
use crate::column::Key;
use crate::dialect::{hold_rows, lock_name};
use crate::events::NewEvent;
use crate::sql::Sql;
use crate::{Error, Result, Scope, Tx, references};

/// Lets the batches of an organization go one after the other: several operations hold several customers' figures, each in
/// an order of its own. What writes once holds them in one order.
///
/// # Errors
/// Whatever the database says.
pub fn take_turns(tx: &mut Tx<'_>) -> Result<()> {
    let name = format!("batch {}", tx.organization());
    lock_name(tx.connection, &name)
}

/// Creates rows, and reads them as they became.
///
/// # Errors
/// [`Error::Invalid`] where a draft names a record that is not there; [`Error::Conflict`] where it clashes.
pub fn create<R: Stored>(tx: &mut Tx<'_>, drafts: &[R::Draft]) -> Result<Vec<R>> {
    let ids = add::<R>(tx, drafts)?;
    reload(tx, &ids)
}

/// Creates rows, and tells their ids.
///
/// # Errors
/// As [`create`].
pub fn add<R: Stored>(tx: &mut Tx<'_>, drafts: &[R::Draft]) -> Result<Vec<Id<R>>> {
    if tx.scope.level(R::AREA, Action::Create) == Level::None {
        return Err(Error::Forbidden);
    }
    let mut drafts = drafts.to_vec();
    R::prepare(tx, &mut drafts)?;
    drafts.iter_mut().for_each(Draft::complete);
    references::check::<R>(
        tx,
        &drafts.iter().map(|draft| (draft, None)).collect::<Vec<_>>(),
    )?;
    let stamp = Stamp {
        version: 1,
        created_at: tx.scope.now,
        updated_at: tx.scope.now,
        deleted_at: None,
    };
    let mut rows = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let id = Id::new(tx.new_key());
        R::check(tx, id, None, &draft)?;
        rows.push(R::from_draft(id, draft).stamped(id, &stamp));
    }
    R::insert(tx, &rows)?;
    R::insert_parts(tx, &rows)?;
    tx.record(
        &rows
            .iter()
            .map(|row| event(tx.scope, EventKind::Created, row))
            .collect::<Vec<_>>(),
    )?;
    Ok(rows.iter().map(Resource::id).collect())
}

/// Changes rows, and reads them as they became.
///
/// # Errors
/// As [`change`].
pub fn update<R: Stored>(tx: &mut Tx<'_>, changes: &[Change<R>]) -> Result<Vec<R>> {
    change(tx, changes)?;
    let asked: Vec<Id<R>> = changes.iter().map(|change| change.id).collect();
    reload(tx, &asked)
}

/// Changes rows. A patch that changes nothing leaves the row and its version alone.
///
/// # Errors
/// [`Error::Stale`] where a row was written since; [`Error::Invalid`] where the outcome breaks a rule;
/// [`Error::NotFound`] and [`Error::Forbidden`] by the user's rights.
pub fn change<R: Stored>(tx: &mut Tx<'_>, changes: &[Change<R>]) -> Result<()> {
    // Rows are locked in the order of their keys, so that two bulk edits wait for each other instead of dying.
    let mut changes: Vec<&Change<R>> = changes.iter().collect();
    changes.sort_by_key(|change| change.id);
    let ids: Vec<Id<R>> = changes.iter().map(|change| change.id).collect();
    let rows = find_all(tx, &ids, Action::Update, false)?;
    let mut drafts = Vec::with_capacity(rows.len());
    for (old, change) in rows.iter().zip(changes) {
        same_version(old, change.version)?;
        let before = old.draft();
        let after = validation::merge::<R>(&before, &change.patch)?;
        if before != after {
            drafts.push((old, before, after));
        }
    }
    let named: Vec<_> = drafts
        .iter()
        .map(|(_, before, after)| (after, Some(before)))
        .collect();
    references::check::<R>(tx, &named)?;
    let (mut changed, mut events) = (Vec::new(), Vec::new());
    for (old, before, after) in drafts {
        R::check(tx, old.id(), Some(&before), &after)?;
        let stamp = Stamp {
            version: old.version() + 1,
            updated_at: tx.scope.now,
            ..old.stamp()
        };
        let changes = validation::changes(&before, &after);
        let new = old.clone().with_draft(after).stamped(old.id(), &stamp);
        if !R::replace(tx, old, &new)? {
            return Err(Error::Stale { etag: old.etag() });
        }
        let mut happened = event(tx.scope, EventKind::Updated, &new);
        // Those that it leaves are concerned as well.
        happened.customers.extend(
            old.customers()
                .into_iter()
                .filter(|customer| !new.customers().contains(customer)),
        );
        happened.changes = Some(changes);
        events.push(happened);
        changed.push((old.clone(), new));
    }
    R::replace_parts(tx, &changed)?;
    tx.record(&events)
}

/// Deletes rows; they can be restored for 30 days.
///
/// # Errors
/// As [`update`].
pub fn delete<R: Stored>(tx: &mut Tx<'_>, rows: &[(Id<R>, i64)]) -> Result<()> {
    let ids: Vec<Id<R>> = rows.iter().map(|(id, _)| *id).collect();
    let found = find_all(tx, &ids, Action::Delete, false)?;
    found
        .iter()
        .zip(rows)
        .try_for_each(|(row, (_, version))| same_version(row, *version))?;
    hide(tx, &found, true)
}

/// Brings deleted rows back; one that is not deleted stays as it is.
///
/// # Errors
/// [`Error::Conflict`] where another row has taken its place meanwhile; else as [`update`].
pub fn restore<R: Stored>(tx: &mut Tx<'_>, ids: &[Id<R>]) -> Result<Vec<R>> {
    // Of several at once the second finds them restored.
    hold_rows(
        tx,
        R::PLURAL,
        &ids.iter().copied().map(Key::from).collect::<Vec<_>>(),
    )?;
    let found = find_all(tx, ids, Action::Delete, true)?;
    let deleted: Vec<R> = found
        .into_iter()
        .filter(|row| row.deleted_at().is_some())
        .collect();
    hide(tx, &deleted, false)?;
    reload(tx, ids)
}

/// Deletes or restores rows together with what hangs on them.
fn hide<R: Stored>(tx: &mut Tx<'_>, rows: &[R], hidden: bool) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let (organization, change_set, now) = (tx.organization(), tx.change_set()?, tx.scope.now);
    let sql = Sql::text("UPDATE ")
        .name(R::PLURAL)
        .then(" SET version = version + 1, updated_at = ")
        .bind(now)
        .then(", change_set = ")
        .bind(change_set);
    let sql = if hidden {
        sql.then(", deleted_at = ").bind(now)
    } else {
        sql.then(", deleted_at = NULL")
    };
    let versions = rows.iter().map(|row| {
        Sql::text("(id = ")
            .bind(Key::from(row.id()))
            .then(" AND version = ")
            .bind(row.version())
            .then(")")
    });
    let changed = sql
        .then(" WHERE organization = ")
        .bind(organization)
        .then(" AND ")
        .piece(Sql::join(" OR ", "FALSE", versions))
        .uncached()
        .execute(tx.connection)?;
    if changed != rows.len() {
        return Err(Error::Stale {
            etag: rows.first().map(Resource::etag).unwrap_or_default(),
        });
    }
    R::hide(tx, rows, hidden)?;
    let kind = if hidden {
        EventKind::Deleted
    } else {
        EventKind::Restored
    };
    let scope = tx.scope;
    let happened = |row: &R| {
        let stamp = Stamp {
            version: row.version() + 1,
            ..row.stamp()
        };
        event(scope, kind, &row.clone().stamped(row.id(), &stamp))
    };
    tx.record(&rows.iter().map(happened).collect::<Vec<_>>())
}

fn event<R: Stored>(scope: &Scope, kind: EventKind, row: &R) -> NewEvent {
    let is_new = kind == EventKind::Created;
    let happened = row.happened_on().filter(|_| is_new);
    NewEvent {
        occurred_at: happened.map_or(scope.now, |day| scope.moment_of(day)),
        kind,
        resource: R::PLURAL,
        record: Key::from(row.id()),
        customers: row.customers(),
        title: row.title().to_owned(),
        version: row.version(),
        amount: row.amount().filter(|_| is_new),
        document: row.document(),
        changes: None,
    }
}

fn same_version<R: Stored>(row: &R, version: i64) -> Result<()> {
    if row.version() == version {
        Ok(())
    } else {
        Err(Error::Stale { etag: row.etag() })
    }
}
