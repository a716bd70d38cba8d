//! Credit: what takes a customer's debt above its limit needs an approval.

use std::collections::BTreeSet;

use diesel::sql_types::Binary;
use perennial_domain::Decimal;
use perennial_domain::problem::Invalid;
use perennial_domain::purchase::Purchase;
use perennial_domain::rights::FieldAccess;

use super::row::{due, of, paid};
use crate::column::Key;
use crate::dialect::{CHUNK, lock_figures};
use crate::sql::Sql;
use crate::{Result, Tx};

/// Refuses purchases that make their customer owe more, above its limit, unless this very change says why it may. `rows` are
/// written already, with what they were before. History is what it is.
pub(super) fn check<'a>(
    tx: &mut Tx<'_>,
    rows: impl Iterator<Item = (Option<&'a Purchase>, &'a Purchase)>,
) -> Result<()> {
    let owes_more = |(old, new): &(Option<&Purchase>, &Purchase)| {
        let approval = |purchase: &Purchase| purchase.credit_approval.clone();
        let approved = new.credit_approval.is_some() && old.and_then(approval) != approval(new);
        let same =
            old.filter(|old| old.customer_id == new.customer_id && of(tx, old) == of(tx, new));
        !approved && open(tx, new) > same.map_or_else(Decimal::default, |old| open(tx, old))
    };
    let customers = rows
        .filter(owes_more)
        .map(|(_, new)| new.customer_id.into())
        .collect();
    within(tx, customers)
}

/// The same for purchases that are deleted or come back, which say nothing: who may write credit decides by doing it.
pub(super) fn check_hidden(tx: &mut Tx<'_>, rows: &[Purchase], hidden: bool) -> Result<()> {
    if tx.scope.access("credit") == FieldAccess::Write {
        return Ok(());
    }
    let nothing = Decimal::default();
    let owes_more = |purchase: &&Purchase| match hidden {
        true => open(tx, purchase) < nothing,
        false => open(tx, purchase) > nothing,
    };
    let customers = rows
        .iter()
        .filter(owes_more)
        .map(|row| row.customer_id.into())
        .collect();
    within(tx, customers)
}

fn open(tx: &Tx<'_>, purchase: &Purchase) -> Decimal {
    due(tx, purchase).plus(-paid(purchase)).unwrap_or_default()
}

/// Whether these customers owe what they may; one after the other for a customer, whoever writes at the same time.
fn within(tx: &mut Tx<'_>, customers: BTreeSet<Key>) -> Result<()> {
    if tx.history {
        return Ok(());
    }
    let customers: Vec<Key> = customers.into_iter().collect();
    for chunk in customers.chunks(CHUNK) {
        lock_figures(tx, chunk)?;
        let beyond = Sql::text("SELECT id FROM customers WHERE organization = ")
            .bind(tx.organization())
            .then(" AND id IN ")
            .among(chunk.iter().copied())
            .then(
                " AND credit_limit_base < (SELECT COALESCE(SUM(open_base), 0) FROM purchases \
                 WHERE purchases.organization = customers.organization AND purchases.customer_id = customers.id AND purchases.deleted_at IS NULL) LIMIT 1",
            );
        if !beyond.rows::<Binary, Key>(tx.connection)?.is_empty() {
            return Err(Invalid::new("/credit_approval", "over_credit_limit").into());
        }
    }
    Ok(())
}
