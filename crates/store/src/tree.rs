//! Trees: rows of a table that name the one above them as their `parent_id`.

use diesel::sql_types::Binary;
use perennial_domain::Id;
use perennial_domain::field::Resource;
use perennial_domain::problem::Invalid;

use crate::column::Key;
use crate::dialect::lock_name;
use crate::sql::Sql;
use crate::{Error, Result, Tx};

/// Refuses a row that moves to stand below itself or below one that stands below it. Moves in one tree go one after the
/// other. `old` is none for a new row, which nothing stands below.
///
/// # Errors
/// [`Error::Invalid`] for a cycle.
pub(crate) fn check<R: Resource>(
    tx: &mut Tx<'_>,
    row: Id<R>,
    old: Option<Option<Id<R>>>,
    new: Option<Id<R>>,
) -> Result<()> {
    let (Some(parent), true) = (new, old.is_some_and(|old| old != new)) else {
        return Ok(());
    };
    let table = R::PLURAL;
    let organization = tx.organization();
    lock_name(tx.connection, &format!("tree {organization} {table}"))?;
    let above: Vec<Key> =
        Sql::text("WITH RECURSIVE above (id, parent_id) AS (SELECT id, parent_id FROM ")
            .name(table)
            .then(" WHERE organization = ")
            .bind(organization)
            .then(" AND id = ")
            .bind(Key::from(parent))
            .then(" UNION SELECT t.id, t.parent_id FROM ")
            .name(table)
            .then(" t JOIN above ON t.id = above.parent_id WHERE t.organization = ")
            .bind(organization)
            .then(") SELECT id FROM above")
            .rows::<Binary, _>(tx.connection)?;
    if above.contains(&Key::from(row)) {
        return Err(Invalid::new("/parent_id", "cycle").into());
    }
    Ok(())
}

/// Refuses to delete a row that others stand below: they would be where nobody looks.
///
/// # Errors
/// [`Error::Conflict`] where there are such.
pub(crate) fn refuse_parent(tx: &mut Tx<'_>, table: &'static str, rows: &[Key]) -> Result<()> {
    let below = Sql::text("SELECT id FROM ")
        .name(table)
        .then(" WHERE organization = ")
        .bind(tx.organization())
        .then(" AND deleted_at IS NULL AND parent_id IN ")
        .among(rows.iter().copied())
        .then(" LIMIT 1");
    if below.rows::<Binary, Key>(tx.connection)?.is_empty() {
        return Ok(());
    }
    Err(Error::Conflict {
        pointer: String::new(),
        code: "in_use",
    })
}
