//! Credit: what takes a customer's debt above its limit needs an approval.

use std::collections::BTreeSet;

use diesel::sql_types::Binary;
use perennial_domain::problem::Invalid;
use perennial_domain::purchase::Purchase;
use perennial_domain::rights::FieldAccess;

use crate::column::Key;
use crate::dialect::{CHUNK, lock_figures};
use crate::sql::Sql;
use crate::{Result, Tx};

/// Refuses changes after which a customer owes more than before and more than it may, unless the purchase says in this very
/// change why; and those that take the reason away from a purchase that is open, while its customer owes more than it may.
/// `rows` are written already, with what they were before.
pub(super) fn check<'a>(
    tx: &mut Tx<'_>,
    rows: impl Iterator<Item = (Option<&'a Purchase>, &'a Purchase)>,
) -> Result<()> {
    let (mut customers, mut approved, mut taken) = (BTreeSet::new(), Vec::new(), Vec::new());
    for (old, new) in rows {
        customers.extend(old.map(|old| Key::from(old.customer_id)));
        customers.insert(Key::from(new.customer_id));
        let said = old.and_then(|old| old.credit_approval.as_ref());
        if new.credit_approval.is_some() && said != new.credit_approval.as_ref() {
            approved.push(Key::from(new.id));
        }
        if new.credit_approval.is_none() && said.is_some() {
            taken.push(Key::from(new.id));
        }
    }
    may_owe(tx, customers, &approved, &taken)
}

/// The same for purchases that are deleted or come back, which say nothing: who may write credit decides by doing it.
pub(super) fn check_hidden(tx: &mut Tx<'_>, rows: &[Purchase]) -> Result<()> {
    if tx.scope.access("credit") == FieldAccess::Write {
        return Ok(());
    }
    let customers = rows.iter().map(|row| row.customer_id.into()).collect();
    may_owe(tx, customers, &[], &[])
}

/// Refuses customers who owe more than they may and, unless the approval of a purchase was taken away, more than before, what was
/// approved now left aside. The figures still say what was before; they are held, so that this is asked for one change of a
/// customer after the other. History is what it is.
fn may_owe(
    tx: &mut Tx<'_>,
    customers: BTreeSet<Key>,
    approved: &[Key],
    taken: &[Key],
) -> Result<()> {
    if tx.history {
        return Ok(());
    }
    let customers: Vec<Key> = customers.into_iter().collect();
    for chunk in customers.chunks(CHUNK) {
        lock_figures(tx, chunk)?;
        let mut owed = Sql::text("SELECT customer_id, SUM(open_base) AS owed FROM purchases WHERE deleted_at IS NULL AND organization = ")
            .bind(tx.organization())
            .then(" AND customer_id IN ")
            .among(chunk.iter().copied());
        if !approved.is_empty() {
            owed = owed.then(" AND id NOT IN ").list(approved.iter().copied());
        }
        let mut worse = Sql::text("now.owed > f.open");
        if !taken.is_empty() {
            worse = worse
                .then(" OR c.id IN (SELECT customer_id FROM purchases WHERE open_base > 0 AND organization = ")
                .bind(tx.organization())
                .then(" AND id IN ")
                .list(taken.iter().copied())
                .then(")");
        }
        let beyond = Sql::text("SELECT c.id FROM customers c JOIN customer_figures f ON f.organization = c.organization AND f.customer_id = c.id JOIN (")
            .piece(owed)
            .then(" GROUP BY customer_id) now ON now.customer_id = c.id WHERE now.owed > c.credit_limit_base AND c.organization = ")
            .bind(tx.organization())
            .then(" AND (")
            .piece(worse)
            .then(") LIMIT 1");
        if !beyond.rows::<Binary, Key>(tx.connection)?.is_empty() {
            return Err(Invalid::new("/credit_approval", "over_credit_limit").into());
        }
    }
    Ok(())
}
