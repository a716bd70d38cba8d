//! Whose a purchase is: its customer's owner stands in its row, so that rights and lists need not ask the customer.
//!
//! New purchases take it from their customers, which they hold until they are written; given to somebody else, a customer takes
//! its purchases along in the same transaction. Nobody who reads a purchase is told, so its version stays.

use std::collections::BTreeSet;

use diesel::sql_types::{Binary, Nullable};

use crate::column::Key;
use crate::dialect::{CHUNK, hold_named};
use crate::sql::Sql;
use crate::{Read, Result, Tx};

/// The owner that a purchase should have.
const OWNER: &str = "(SELECT c.owner_id FROM customers c WHERE c.organization = purchases.organization AND c.id = purchases.customer_id)";

/// Learns who the owners of customers are, before purchases of theirs are written.
pub(super) fn learn(tx: &mut Tx<'_>, customers: impl Iterator<Item = Key>) -> Result<()> {
    let customers: BTreeSet<Key> = customers.collect();
    let customers: Vec<Key> = customers.into_iter().collect();
    for chunk in customers.chunks(CHUNK) {
        let owners: Vec<(Key, Option<Key>)> =
            Sql::text("SELECT id, owner_id FROM customers WHERE organization = ")
                .bind(tx.organization())
                .then(" AND id IN ")
                .among(chunk.iter().copied())
                .piece(hold_named(tx.connection))
                .rows::<(Binary, Nullable<Binary>), _>(tx.connection)?;
        let owned = |(customer, owner): (Key, Option<Key>)| Some((customer, owner?));
        tx.owners.extend(owners.into_iter().filter_map(owned));
    }
    Ok(())
}

/// Gives purchases to their customers' owners: those which one of `keys` is the `column` of.
pub(crate) fn follow(tx: &mut Tx<'_>, column: &'static str, keys: &[Key]) -> Result<()> {
    for chunk in keys.chunks(CHUNK) {
        Sql::text("UPDATE purchases SET owner_id = ")
            .then(OWNER)
            .then(" WHERE organization = ")
            .bind(tx.organization())
            .then(" AND ")
            .name(column)
            .then(" IN ")
            .among(chunk.iter().copied())
            .execute(tx.connection)?;
    }
    Ok(())
}

/// The purchases that somebody else has than their customers.
pub(super) fn wrong(read: &mut Read<'_>) -> Result<Vec<Key>> {
    let wrong = Sql::text("SELECT id FROM purchases WHERE owner_id IS DISTINCT FROM ")
        .then(OWNER)
        .then(" AND organization = ")
        .bind(read.organization());
    Ok(wrong.rows::<Binary, _>(read.connection)?)
}
