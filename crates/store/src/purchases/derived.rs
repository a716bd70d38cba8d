//! Whether what is kept of purchases is what follows from their lines, payments and returns; and making it so again.
//!
//! A purchase's worth in the base currency follows from the rate that it was written with, whatever rates say by now. What
//! a return is worth is not looked at.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::sql_types::{BigInt, Binary, Date as SqlDate, Nullable};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use perennial_domain::exchange_rate::ExchangeRate;
use perennial_domain::field::Resource;
use perennial_domain::purchase::Purchase;
use perennial_domain::{Date, Decimal};

use super::{owners, returns, row};
use crate::column::Key;
use crate::dialect::{CHUNK, hold_rows};
use crate::resource::{Stored, keys};
use crate::schema::{purchase_lines, purchases};
use crate::sql::Sql;
use crate::{Read, Result, Tx};

/// What is kept of a purchase although it follows.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Kept {
    due: i64,
    paid: i64,
    open_base: i64,
    paid_on: Option<NaiveDate>,
    days_late: Option<i64>,
}

/// What should be kept, where something else is.
struct Wrong {
    purchase: Key,
    should: Option<Kept>,
    /// Lines, and what they are worth in the base currency.
    lines: Vec<(Key, i64)>,
}

/// What an amount is worth at the rate that a purchase was written with; none where that is not told.
fn worth(read: &Read<'_>, purchase: &Purchase, amount: Decimal) -> Option<i64> {
    if purchase.reverses_id.is_some() {
        return None;
    }
    let worth = if purchase.currency == Some(read.scope.currency()) {
        amount
    } else {
        let applied = purchase.rate.as_ref()?;
        ExchangeRate::convert(applied.units, applied.rate, amount)?
    };
    Some(worth.ten_thousandths())
}

/// What follows from a purchase, where `kept` is what cannot be told.
fn follows(tx: &Tx<'_>, purchase: &Purchase, kept: Kept, paid_on: Option<Date>) -> Kept {
    let (due, paid) = (row::due(tx, purchase), row::paid(purchase));
    let open = due.plus(-paid).unwrap_or_default();
    Kept {
        due: due.ten_thousandths(),
        paid: paid.ten_thousandths(),
        open_base: worth(tx, purchase, open).unwrap_or(kept.open_base),
        paid_on: paid_on.map(Date::naive),
        days_late: row::days_late(purchase, paid_on),
    }
}

/// The rows among these purchases that are wrong.
fn differing(tx: &mut Tx<'_>, purchases: &[Purchase]) -> Result<Vec<Wrong>> {
    type Row = (Key, i64, i64, i64, Option<NaiveDate>, Option<i64>);
    type Columns = (
        Binary,
        BigInt,
        BigInt,
        BigInt,
        Nullable<SqlDate>,
        Nullable<BigInt>,
    );
    let organization = tx.organization();
    let those = |text, column| Sql::text(text).of(organization, column, keys(purchases));
    let columns = "SELECT id, due, paid, open_base, paid_on, days_late FROM purchases";
    let rows: Vec<Row> = those(columns, "id").rows::<Columns, _>(tx.connection)?;
    let kept = |(id, due, paid, open_base, paid_on, days_late)| {
        let kept = Kept {
            due,
            paid,
            open_base,
            paid_on,
            days_late,
        };
        (id, kept)
    };
    let kept: BTreeMap<Key, Kept> = rows.into_iter().map(kept).collect();
    let lines = "SELECT id, amount_base FROM purchase_lines";
    let lines: Vec<(Key, i64)> =
        those(lines, "purchase_id").rows::<(Binary, BigInt), _>(tx.connection)?;
    let lines: BTreeMap<Key, i64> = lines.into_iter().collect();
    let accounts: BTreeSet<Key> = purchases
        .iter()
        .map(|purchase| purchase.reverses_id.unwrap_or(purchase.id).into())
        .collect();
    let accounts: Vec<Key> = accounts.into_iter().collect();
    let settled = returns::settled(tx, &accounts)?.into_iter();
    let settled: BTreeMap<Key, Option<Date>> =
        settled.map(|(row, day)| (row.id.into(), day)).collect();
    let mut found = Vec::new();
    for purchase in purchases {
        let id = Key::from(purchase.id);
        let Some(kept) = kept.get(&id).copied() else {
            continue;
        };
        // A return that was deleted is of no account.
        let paid_on = settled.get(&id).copied();
        let paid_on = paid_on.unwrap_or(kept.paid_on.map(Date::from));
        let should = follows(tx, purchase, kept, paid_on);
        let of_lines = purchase.lines.iter().filter_map(|line| {
            let id = Key(line.id?);
            let should = worth(tx, purchase, line.amount.unwrap_or_default())?;
            (lines.get(&id) != Some(&should)).then_some((id, should))
        });
        let wrong = Wrong {
            purchase: id,
            should: Some(should).filter(|should| *should != kept),
            lines: of_lines.collect(),
        };
        if wrong.should.is_some() || !wrong.lines.is_empty() {
            found.push(wrong);
        }
    }
    Ok(found)
}

/// The purchases of which something else is kept than follows.
pub(crate) fn wrong(read: &mut Read<'_>) -> Result<Vec<Key>> {
    let mut found = returns::wrong(read)?;
    found.extend(owners::wrong(read)?);
    // What is looked at here writes nothing.
    let tx = &mut Tx::new(read.connection, read.scope);
    let mut after = Key::default();
    loop {
        let beyond = Sql::default().column(Purchase::PLURAL, "id");
        let beyond = beyond.then(" > ").bind(after);
        let order = Sql::default().column(Purchase::PLURAL, "id");
        let purchases = Purchase::load(tx, beyond, order, 500)?;
        let Some(last) = purchases.last() else { break };
        after = last.id.into();
        found.extend(
            differing(tx, &purchases)?
                .iter()
                .map(|wrong| wrong.purchase),
        );
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Keeps what follows from purchases.
pub(crate) fn mend(tx: &mut Tx<'_>, wrong: &[Key]) -> Result<()> {
    let organization = tx.organization();
    for chunk in wrong.chunks(CHUNK) {
        hold_rows(tx, Purchase::PLURAL, chunk)?;
        let those = Sql::default().column(Purchase::PLURAL, "id").then(" IN ");
        let those = those.among(chunk.iter().copied());
        let order = Sql::default().column(Purchase::PLURAL, "id");
        let limit = i64::try_from(chunk.len()).unwrap_or(i64::MAX);
        let purchases = Purchase::load(tx, those, order, limit)?;
        for wrong in differing(tx, &purchases)? {
            for (line, worth) in wrong.lines {
                diesel::update(purchase_lines::table.find((organization, line)))
                    .set(purchase_lines::amount_base.eq(worth))
                    .execute(tx.connection)?;
            }
            if let Some(should) = wrong.should {
                use purchases::dsl as p;
                let set = (
                    p::due.eq(should.due),
                    p::paid.eq(should.paid),
                    p::open_base.eq(should.open_base),
                    p::paid_on.eq(should.paid_on),
                    p::days_late.eq(should.days_late),
                    p::version.eq(p::version + 1),
                );
                diesel::update(p::purchases.find((organization, wrong.purchase)))
                    .set(set)
                    .execute(tx.connection)?;
            }
        }
        owners::follow(tx, "id", chunk)?;
        returns::count(tx, chunk)?;
    }
    Ok(())
}
