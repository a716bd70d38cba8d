//! A purchase's row: what a client wrote, and what follows from it.

use chrono::NaiveDate;
use diesel::sql_types::Text;
use perennial_domain::exchange_rate::ExchangeRate;
use perennial_domain::field::Resource;
use perennial_domain::problem::Invalid;
use perennial_domain::purchase::{AppliedRate, Payment, Purchase, Returned, is_kept};
use perennial_domain::{Currency, Date, Decimal, Money};
use serde::{Deserialize, Serialize};

use crate::column::{Key, W};
use crate::dialect::hold_rows;
use crate::money::{amount, currency, money, rate, worth};
use crate::resource::{json, of_json, row};
use crate::schema::purchases;
use crate::sql::Sql;
use crate::{Result, Tx};

row! {
    pub(super) struct Row of Purchase in purchases {
        code: String,
        customer_id: Key,
        #[diesel(skip_update)]
        owner_id: Option<Key> = |tx, purchase| Ok(tx.owners.get(&purchase.customer_id.into()).copied()),
        purchased_on: NaiveDate,
        reverses_id: Option<Key>,
        seller_id: Option<Key>,
        currency: String = |tx, purchase| Ok(of(tx, purchase).code().to_owned()),
        freight: i64,
        cost: Option<i64> = |_, purchase| Ok(amount(purchase.cost)),
        cost_currency: Option<String> = |_, purchase| Ok(currency(purchase.cost)),
        cost_base: Option<i64> = |tx, purchase| {
            let Some(cost) = purchase.cost else { return Ok(None) };
            if cost.currency == of(tx, purchase) {
                return Ok(Some(worth_at_its_rate(tx, purchase, "/cost", cost.amount)?.ten_thousandths()));
            }
            Ok(Some(worth(tx, "/cost", cost, purchase.purchased_on)?.ten_thousandths()))
        },
        required_on: Option<NaiveDate>,
        shipped_on: Option<NaiveDate>,
        due_on: Option<NaiveDate>,
        external_system: Option<String>,
        external_id: Option<String>,
        total: i64 = |_, purchase| Ok(total(purchase).ten_thousandths()),
        total_base: i64 = |tx, purchase| {
            let lines = purchase.lines.iter().map(|line| worth_at_its_rate(tx, purchase, "/lines", line.amount.unwrap_or_default()));
            let lines: Vec<Decimal> = lines.collect::<Result<_>>()?;
            let sum = Decimal::sum(lines).filter(is_kept);
            Ok(sum.ok_or_else(|| Invalid::new("/lines", "too_large"))?.ten_thousandths())
        },
        due: i64 = |tx, purchase| Ok(due(tx, purchase).ten_thousandths()),
        paid: i64 = |_, purchase| Ok(paid(purchase).ten_thousandths()),
        open_base: i64 = |tx, purchase| {
            let open = due(tx, purchase).plus(-paid(purchase)).unwrap_or_default();
            Ok(worth_at_its_rate(tx, purchase, "/lines", open)?.ten_thousandths())
        },
        paid_on: Option<NaiveDate> = |tx, purchase| Ok(paid_on(purchase, due(tx, purchase), payments(purchase)).map(Date::naive)),
        days_late: Option<i64> = |tx, purchase| {
            let paid_on = paid_on(purchase, due(tx, purchase), payments(purchase));
            Ok(days_late(purchase, paid_on))
        },
        #[diesel(skip_update)]
        returned: W<Returned>,
        facts: String = |tx, purchase| json(&Facts {
            rate: rate_of(tx, purchase)?,
            payments: purchase.payments.clone(),
            credit_approval: purchase.credit_approval.clone(),
            note: purchase.note.clone(),
        }),
    }
    read |row, purchase| {
        let facts: Facts = of_json(&row.facts)?;
        let currency: Currency = of_json(&format!("\"{}\"", row.currency))?;
        let of = |amount| Money { amount: Decimal::from_ten_thousandths(amount), currency };
        purchase.currency = Some(currency);
        purchase.cost = money(row.cost, row.cost_currency);
        purchase.total = of(row.total);
        purchase.base_total.amount = Decimal::from_ten_thousandths(row.total_base);
        purchase.due = of(row.due);
        purchase.paid = of(row.paid);
        purchase.open = of(row.due - row.paid);
        purchase.paid_on = row.paid_on.map(Date::from);
        purchase.rate = facts.rate;
        purchase.payments = facts.payments;
        purchase.credit_approval = facts.credit_approval;
        purchase.note = facts.note;
        Ok(())
    }
}

/// What lives and dies with the row and is never searched for.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Facts {
    rate: Option<AppliedRate>,
    payments: Vec<Payment>,
    credit_approval: Option<String>,
    note: Option<String>,
}

/// A purchase's currency.
pub(super) fn of(tx: &Tx<'_>, purchase: &Purchase) -> Currency {
    purchase.currency.unwrap_or(tx.scope.currency())
}

/// The rate at which a purchase counts in the base currency: a return at that of what it gives back, so that a whole return
/// leaves nothing; else the one that it was written with, as long as day and currency are the same or something of it was
/// given back. None where its currency is the base.
fn rate_of(tx: &mut Tx<'_>, purchase: &Purchase) -> Result<Option<AppliedRate>> {
    let (currency, on) = (of(tx, purchase), purchase.purchased_on);
    if currency == tx.scope.currency() {
        return Ok(None);
    }
    if let Some(original) = purchase.reverses_id
        && let Some(rate) =
            original_rate(tx, original.into())?.filter(|rate| rate.currency == currency)
    {
        return Ok(Some(rate));
    }
    let stays = purchase.returned != Returned::Nothing;
    let same = |kept: &&AppliedRate| kept.currency == currency && (kept.on == on || stays);
    if let Some(kept) = purchase.rate.as_ref().filter(same) {
        return Ok(Some(AppliedRate { on, ..kept.clone() }));
    }
    let (units, rate) = rate(tx, "/currency", currency, on)?;
    Ok(Some(AppliedRate {
        currency,
        on,
        units,
        rate,
    }))
}

/// The rate of a purchase that is given back, asked for once a slice. The purchase is held: nobody gives it another meanwhile.
fn original_rate(tx: &mut Tx<'_>, original: Key) -> Result<Option<AppliedRate>> {
    if let Some(known) = tx.original_rates.get(&original) {
        return Ok(known.clone());
    }
    hold_rows(tx, Purchase::PLURAL, &[original])?;
    let facts = Sql::text("SELECT facts FROM purchases WHERE organization = ")
        .bind(tx.organization())
        .then(" AND id = ")
        .bind(original)
        .rows::<Text, String>(tx.connection)?;
    let facts: Option<Facts> = facts.first().map(|facts| of_json(facts)).transpose()?;
    let rate = facts.and_then(|facts| facts.rate);
    tx.original_rates.insert(original, rate.clone());
    Ok(rate)
}

/// What an amount of a purchase is worth in the base currency; what is too large is told of the pointer.
pub(super) fn worth_at_its_rate(
    tx: &mut Tx<'_>,
    purchase: &Purchase,
    pointer: &str,
    amount: Decimal,
) -> Result<Decimal> {
    let worth = match rate_of(tx, purchase)? {
        None => Some(amount),
        Some(applied) => ExchangeRate::convert(applied.units, applied.rate, amount),
    };
    Ok(worth
        .filter(is_kept)
        .ok_or_else(|| Invalid::new(pointer, "too_large"))?)
}

fn total(purchase: &Purchase) -> Decimal {
    perennial_domain::purchase::total(&purchase.lines).unwrap_or_default()
}

pub(super) fn due(tx: &Tx<'_>, purchase: &Purchase) -> Decimal {
    let sum = total(purchase).plus(purchase.freight);
    let places = of(tx, purchase).places();
    sum.and_then(|sum| sum.rounded_to(places))
        .unwrap_or_default()
}

pub(super) fn paid(purchase: &Purchase) -> Decimal {
    let amounts = purchase.payments.iter().map(|payment| payment.amount);
    Decimal::sum(amounts).unwrap_or_default()
}

/// What a purchase's payments take from what is due, by their days.
pub(super) fn payments(purchase: &Purchase) -> Vec<(Date, Decimal)> {
    let payments = purchase.payments.iter();
    payments
        .map(|payment| (payment.on, -payment.amount))
        .collect()
}

/// The day since which nothing is left to pay of what is due, or to pay back of a return, after all that changed it in the
/// order of days; of nothing due the purchase's own.
pub(super) fn paid_on(
    purchase: &Purchase,
    due: Decimal,
    mut changes: Vec<(Date, Decimal)>,
) -> Option<Date> {
    let zero = Decimal::default();
    let is_return = purchase.reverses_id.is_some();
    let is_paid = |open: Decimal| {
        if is_return {
            open >= zero
        } else {
            open <= zero
        }
    };
    changes.sort_by_key(|(on, _)| *on);
    let mut open = due;
    let mut since = is_paid(open).then_some(purchase.purchased_on);
    for (on, change) in changes {
        open = open.plus(change).unwrap_or_default();
        since = is_paid(open).then(|| since.unwrap_or(on));
    }
    // Nothing is paid back before it is given back.
    since.map(|day| {
        if is_return {
            day.max(purchase.purchased_on)
        } else {
            day
        }
    })
}

/// By how many days a purchase was paid late, if that is known by now.
pub(super) fn days_late(purchase: &Purchase, paid_on: Option<Date>) -> Option<i64> {
    let days = purchase.due_on.zip(paid_on);
    days.map(|(due, paid)| paid.days_after(due).max(0))
}
