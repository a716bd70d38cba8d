//! Returns: never more is given back than was bought, whoever writes at the same time.
//!
//! A return holds the purchase that it reverses until its transaction ends; what both say then is looked at together,
//! for a whole slice at once.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::sql_types::{BigInt, Binary, Date as SqlDate, Nullable, Text};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use perennial_domain::field::Resource;
use perennial_domain::problem::{FieldError, Invalid};
use perennial_domain::purchase::{Purchase, Returned};
use perennial_domain::{Date, Id};

use super::row::{days_late, due, paid_on, payments};
use crate::column::{Key, key};
use crate::dialect::{CHUNK, hold_rows};
use crate::resource::Stored;
use crate::schema::purchases;
use crate::sql::Sql;
use crate::{Error, Read, Result, Tx};

/// A purchase that is given back: its customer, its currency, its day, whether it is a return itself, and what is left of its
/// freight.
type Original = (Key, Key, String, NaiveDate, Option<Key>, i64);

/// What is left of a line after what was given back.
struct Left {
    purchase: Key,
    product: Option<Key>,
    bought: i64,
    quantity: i64,
    amount: i64,
}

impl Left {
    /// Whether a rest is on the wrong side of nothing.
    fn is_beyond(&self, rest: i64) -> bool {
        rest != 0 && (rest < 0) != (self.bought < 0)
    }

    fn is_overdrawn(&self) -> bool {
        self.is_beyond(self.quantity) || self.is_beyond(self.amount)
    }
}

/// Refuses returns that do not fit what they reverse, and changes of purchases that do not fit their returns; then says of
/// every purchase concerned how much of it was given back. `rows` are written already, with what they were before.
pub(super) fn settle<'a>(
    tx: &mut Tx<'_>,
    rows: impl Iterator<Item = (Option<&'a Purchase>, &'a Purchase)>,
) -> Result<()> {
    let rows: Vec<_> = rows.collect();
    // The next slice asks again: this one may have changed them.
    tx.original_rates.clear();
    let mut concerned: Vec<Key> = Vec::new();
    for (old, new) in &rows {
        let reversed = [old.and_then(|old| old.reverses_id), new.reverses_id];
        concerned.extend(reversed.into_iter().flatten().map(Key::from));
        let given_back = old.filter(|old| old.returned != Returned::Nothing);
        concerned.extend(given_back.map(|old| Key::from(old.id)));
    }
    concerned.sort_unstable();
    concerned.dedup();
    for chunk in concerned.chunks(CHUNK) {
        hold_rows(tx, Purchase::PLURAL, chunk)?;
        let originals = originals(tx, chunk)?;
        let left = left(tx, chunk)?;
        for (_, new) in &rows {
            fits(new, &originals, &left)?;
        }
        if is_astray(tx, chunk)? {
            return Err(Error::Conflict {
                pointer: String::new(),
                code: "in_use",
            });
        }
        if originals
            .values()
            .any(|(.., reverses, freight)| reverses.is_none() && *freight < 0)
        {
            return Err(Invalid::new("/freight", "reversed").into());
        }
        if left.values().any(Left::is_overdrawn) {
            return Err(Invalid::new("/lines", "reversed").into());
        }
        count(tx, chunk)?;
        balance(tx, chunk)?;
    }
    Ok(())
}

/// Whether a return fits what it reverses.
fn fits(
    row: &Purchase,
    originals: &BTreeMap<Key, Original>,
    left: &BTreeMap<Key, Left>,
) -> Result<()> {
    let Some((_, customer, currency, day, reverses, freight)) = row
        .reverses_id
        .and_then(|original| originals.get(&original.into()))
    else {
        return Ok(());
    };
    let mut faults = Vec::new();
    if *customer != Key::from(row.customer_id) {
        faults.push(FieldError::new("/customer_id", "other_customer"));
    }
    if reverses.is_some() {
        faults.push(FieldError::new("/reverses_id", "is_return"));
    }
    if row.currency.is_some_and(|own| own.code() != currency) {
        faults.push(FieldError::new("/currency", "other_currency"));
    }
    if row.purchased_on.naive() < *day {
        faults.push(FieldError::new("/purchased_on", "before_purchase"));
    }
    if *freight < 0 {
        faults.push(FieldError::new("/freight", "reversed"));
    }
    for (at, line) in row.lines.iter().enumerate() {
        let named = line.reverses.and_then(|line| left.get(&Key(line)));
        let named = named.filter(|left| row.reverses_id.map(Key::from) == Some(left.purchase));
        let mut refuse = |name: &str, code| {
            faults.push(FieldError::new(format!("/lines/{at}/{name}"), code));
        };
        match named {
            None => refuse("reverses", "not_found"),
            Some(left) if left.product != key(line.product_id) => {
                refuse("product_id", "other_product");
            }
            Some(left) if left.is_beyond(left.quantity) => refuse("quantity", "reversed"),
            Some(left) if left.is_beyond(left.amount) => refuse("amount", "reversed"),
            Some(_) => {}
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Invalid(faults).into())
    }
}

fn originals(tx: &mut Tx<'_>, ids: &[Key]) -> Result<BTreeMap<Key, Original>> {
    let rows: Vec<Original> = Sql::text(
        "SELECT o.id, o.customer_id, o.currency, o.purchased_on, o.reverses_id, CAST(o.freight + COALESCE((SELECT SUM(r.freight) FROM purchases r \
         WHERE r.organization = o.organization AND r.reverses_id = o.id AND r.deleted_at IS NULL), 0) AS BIGINT) FROM purchases o WHERE o.organization = ",
    )
    .bind(tx.organization())
    .then(" AND o.id IN ")
    .among(ids.iter().copied())
    .rows::<(Binary, Binary, Text, SqlDate, Nullable<Binary>, BigInt), _>(tx.connection)?;
    Ok(rows.into_iter().map(|row| (row.0, row)).collect())
}

/// The lines of purchases, and what is left of each after what was given back.
fn left(tx: &mut Tx<'_>, ids: &[Key]) -> Result<BTreeMap<Key, Left>> {
    let rows: Vec<(Key, Key, Option<Key>, i64, i64, i64)> = Sql::text("SELECT l.id, l.purchase_id, l.product_id, l.quantity, CAST(l.quantity + COALESCE(SUM(b.quantity), 0) AS BIGINT), CAST(l.amount + COALESCE(SUM(b.amount), 0) AS BIGINT) \
         FROM purchase_lines l LEFT JOIN (SELECT x.organization, x.reverses, x.quantity, x.amount FROM purchase_lines x JOIN purchases p \
         ON p.organization = x.organization AND p.id = x.purchase_id WHERE p.deleted_at IS NULL AND x.reverses IS NOT NULL) b \
         ON b.organization = l.organization AND b.reverses = l.id WHERE l.organization = ")
        .bind(tx.organization())
        .then(" AND l.purchase_id IN ")
        .among(ids.iter().copied())
        .then(" GROUP BY l.organization, l.id, l.purchase_id, l.product_id, l.quantity, l.amount")
        .rows::<(Binary, Binary, Nullable<Binary>, BigInt, BigInt, BigInt), _>(tx.connection)?;
    let left = |(line, purchase, product, bought, quantity, amount)| {
        let left = Left {
            purchase,
            product,
            bought,
            quantity,
            amount,
        };
        (line, left)
    };
    Ok(rows.into_iter().map(left).collect())
}

/// Whether a return of these purchases does not fit any more: the purchase is gone, another customer's, a return itself or of a
/// later day, or a line is gone or of another product.
fn is_astray(tx: &mut Tx<'_>, ids: &[Key]) -> Result<bool> {
    let returns: Vec<Key> = Sql::text("SELECT r.id FROM purchases r JOIN purchases o ON o.organization = r.organization AND o.id = r.reverses_id WHERE r.organization = ")
        .bind(tx.organization())
        .then(" AND r.reverses_id IN ")
        .among(ids.iter().copied())
        .then(" AND r.deleted_at IS NULL AND (o.deleted_at IS NOT NULL OR o.reverses_id IS NOT NULL OR o.customer_id <> r.customer_id OR o.currency <> r.currency OR o.purchased_on > r.purchased_on \
         OR EXISTS (SELECT 1 FROM purchase_lines b WHERE b.organization = r.organization AND b.purchase_id = r.id \
         AND NOT EXISTS (SELECT 1 FROM purchase_lines l WHERE l.organization = b.organization AND l.id = b.reverses AND l.purchase_id = o.id AND l.product_id IS NOT DISTINCT FROM b.product_id))) LIMIT 1")
        .rows::<Binary, _>(tx.connection)?;
    Ok(!returns.is_empty())
}

/// How much of a purchase was given back, as its returns say.
fn given_back() -> Sql {
    const BACK: &str = "(SELECT COALESCE(SUM(b.quantity), 0) FROM purchase_lines b JOIN purchases r ON r.organization = b.organization AND r.id = b.purchase_id \
         WHERE b.organization = l.organization AND b.reverses = l.id AND r.deleted_at IS NULL)";
    const OF: &str = "(SELECT 1 FROM purchase_lines l WHERE l.organization = purchases.organization AND l.purchase_id = purchases.id AND ";
    Sql::text("CASE WHEN NOT EXISTS ")
        .then(OF)
        .then(BACK)
        .then(" <> 0) THEN 'nothing' WHEN EXISTS ")
        .then(OF)
        .then("l.quantity + ")
        .then(BACK)
        .then(" <> 0) THEN 'partly' ELSE 'wholly' END")
}

/// Says of purchases how much of them was given back.
pub(super) fn count(tx: &mut Tx<'_>, ids: &[Key]) -> Result<()> {
    Sql::text("UPDATE purchases SET version = version + 1, returned = ")
        .piece(given_back())
        .then(" WHERE organization = ")
        .bind(tx.organization())
        .then(" AND id IN ")
        .among(ids.iter().copied())
        .then(" AND reverses_id IS NULL AND returned <> ")
        .piece(given_back())
        .execute(tx.connection)?;
    Ok(())
}

/// The purchases of which something else is said than their returns say.
pub(super) fn wrong(read: &mut Read<'_>) -> Result<Vec<Key>> {
    Ok(Sql::text("SELECT id FROM purchases WHERE organization = ")
        .bind(read.organization())
        .then(" AND reverses_id IS NULL AND returned <> ")
        .piece(given_back())
        .rows::<Binary, _>(read.connection)?)
}

/// Since when purchases and their returns are paid. Together they are one account: what is given back is due no more from
/// its day on, and is to be paid back only as far as it was paid.
pub(super) fn settled(tx: &mut Tx<'_>, ids: &[Key]) -> Result<Vec<(Purchase, Option<Date>)>> {
    let those = Sql::text("(purchases.id IN ")
        .among(ids.iter().copied())
        .then(" OR (purchases.deleted_at IS NULL AND purchases.reverses_id IN ")
        .among(ids.iter().copied())
        .then("))")
        .replanned();
    let order = Sql::default().column(Purchase::PLURAL, "id");
    let mut returns: BTreeMap<Id<Purchase>, Vec<Purchase>> = BTreeMap::new();
    let mut bought = Vec::new();
    for row in Purchase::load(tx, those, order, i64::MAX)? {
        match row.reverses_id {
            Some(original) => returns.entry(original).or_default().push(row),
            None => bought.push(row),
        }
    }
    let mut settled = Vec::new();
    for row in bought {
        let returns = returns.remove(&row.id).unwrap_or_default();
        let mut changes = payments(&row);
        for back in &returns {
            changes.push((back.purchased_on, due(tx, back)));
            changes.extend(payments(back));
        }
        let due = due(tx, &row);
        for row in returns.into_iter().chain([row]) {
            let day = paid_on(&row, due, changes.clone());
            settled.push((row, day));
        }
    }
    Ok(settled)
}

/// Says of purchases and of their returns since when they are paid.
fn balance(tx: &mut Tx<'_>, ids: &[Key]) -> Result<()> {
    use purchases::dsl as p;
    let mut changed: BTreeMap<(Option<Date>, Option<i64>), Vec<Key>> = BTreeMap::new();
    for (row, day) in settled(tx, ids)? {
        if day != row.paid_on {
            let same = changed.entry((day, days_late(&row, day))).or_default();
            same.push(row.id.into());
        }
    }
    for ((day, late), rows) in changed {
        let those = Sql::text("id IN ").among(rows);
        diesel::update(
            p::purchases
                .filter(p::organization.eq(tx.organization()))
                .filter(those),
        )
        .set((
            p::version.eq(p::version + 1),
            p::paid_on.eq(day.map(Date::naive)),
            p::days_late.eq(late),
        ))
        .execute(tx.connection)?;
    }
    Ok(())
}
