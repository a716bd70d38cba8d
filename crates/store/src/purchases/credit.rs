//! Credit: what takes a customer's debt above its limit needs an approval.

use std::collections::BTreeSet;

use diesel::sql_types::Binary;
use perennial_domain::problem::Invalid;
use perennial_domain::purchase::Purchase;

use super::row::{due, of, paid};
use crate::column::Key;
use crate::dialect::{CHUNK, lock_figures};
use crate::sql::Sql;
use crate::{Result, Tx};

/// Refuses purchases that nobody approved and that make their customer owe more, above its limit; one after the other for a
/// customer, whoever writes at the same time. `rows` are written already, with what they were before. History is what it is.
pub(super) fn check<'a>(
    tx: &mut Tx<'_>,
    rows: impl Iterator<Item = (Option<&'a Purchase>, &'a Purchase)>,
) -> Result<()> {
    if tx.history {
        return Ok(());
    }
    let open = |purchase: &Purchase| due(tx, purchase).plus(-paid(purchase)).unwrap_or_default();
    let owes_more = |(old, new): &(Option<&Purchase>, &Purchase)| {
        let same =
            old.filter(|old| old.customer_id == new.customer_id && of(tx, old) == of(tx, new));
        new.credit_approval.is_none() && open(new) > same.map_or_else(Default::default, open)
    };
    let customers: BTreeSet<Key> = rows
        .filter(owes_more)
        .map(|(_, new)| new.customer_id.into())
        .collect();
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
