//! Amounts as columns: ten-thousandths, the currency, and the same in the organization's base currency.

use diesel::sql_types::{BigInt, Nullable};
use perennial_domain::exchange_rate::ExchangeRate;
use perennial_domain::problem::{FieldError, Invalid};
use perennial_domain::{Currency, Date, Decimal, Money};

use crate::sql::Sql;
use crate::{Result, Tx};

/// How many units of a currency are worth how much of the base currency.
pub(crate) type Rate = (i64, Decimal);

/// An amount in ten-thousandths.
pub(crate) fn amount(money: Option<Money>) -> Option<i64> {
    money.map(|money| money.amount.ten_thousandths())
}

/// An amount's currency: its ISO 4217 code.
pub(crate) fn currency(money: Option<Money>) -> Option<String> {
    money.map(|money| money.currency.code().to_owned())
}

/// Today's worth of an amount in the organization's base currency.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) where there is no rate.
pub(crate) fn worth_today(
    tx: &mut Tx<'_>,
    pointer: &str,
    money: Option<Money>,
) -> Result<Option<i64>> {
    let today = tx.scope.today();
    let Some(money) = money else { return Ok(None) };
    worth(tx, pointer, money, today).map(|worth| Some(worth.ten_thousandths()))
}

/// What an amount is worth in the organization's base currency, at the rate that holds on a day.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) where there is no rate, or the worth is too large to be kept.
pub(crate) fn worth(tx: &mut Tx<'_>, pointer: &str, money: Money, day: Date) -> Result<Decimal> {
    if money.currency == tx.scope.currency() {
        return Ok(money.amount);
    }
    let (units, rate) = rate(tx, pointer, money.currency, day)?;
    let worth = ExchangeRate::convert(units, rate, money.amount);
    Ok(worth.ok_or_else(|| Invalid::new(pointer, "too_large"))?)
}

/// The rate of the latest first day that is not after a day, asked for once a transaction.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) where there is none.
pub(crate) fn rate(tx: &mut Tx<'_>, pointer: &str, currency: Currency, day: Date) -> Result<Rate> {
    let known = match tx.rates.get(&(currency, day)) {
        Some(known) => *known,
        None => {
            let found = find_rate(tx, currency, day)?;
            tx.rates.insert((currency, day), found);
            found
        }
    };
    let missing = || {
        let base = tx.scope.currency();
        FieldError::new(pointer, "exchange_rate_missing")
            .with("from", currency.code())
            .with("currency", base.code())
            .with("day", day.to_string())
    };
    Ok(known.ok_or_else(|| Invalid(vec![missing()]))?)
}

fn find_rate(tx: &mut Tx<'_>, currency: Currency, day: Date) -> Result<Option<Rate>> {
    let found: Vec<(Option<i64>, i64)> =
        Sql::text("SELECT units, rate FROM exchange_rates WHERE organization = ")
            .bind(tx.organization())
            .then(" AND deleted_at IS NULL AND currency = ")
            .bind(currency.code())
            .then(" AND since <= ")
            .bind(day.naive())
            .then(" ORDER BY since DESC LIMIT 1")
            .rows::<(Nullable<BigInt>, BigInt), _>(tx.connection)?;
    let rate = |(units, rate): &(Option<i64>, i64)| {
        (units.unwrap_or(1), Decimal::from_ten_thousandths(*rate))
    };
    Ok(found.first().map(rate))
}

/// The amount that two columns keep.
pub(crate) fn money(amount: Option<i64>, currency: Option<String>) -> Option<Money> {
    Some(Money {
        amount: Decimal::from_ten_thousandths(amount?),
        currency: currency?.parse().ok()?,
    })
}
