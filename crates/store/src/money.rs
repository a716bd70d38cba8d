//! Amounts as columns: ten-thousandths, the currency, and the same in the organization's base currency.

use perennial_domain::problem::{FieldError, Invalid};
use perennial_domain::{Decimal, Money};

use crate::{Result, Scope};

/// An amount in ten-thousandths.
pub(crate) fn amount(money: Option<Money>) -> Option<i64> {
    money.map(|money| money.amount.ten_thousandths())
}

/// An amount's currency: its ISO 4217 code.
pub(crate) fn currency(money: Option<Money>) -> Option<String> {
    money.map(|money| money.currency.code().to_owned())
}

/// An amount in the organization's base currency.
pub(crate) fn base(scope: &Scope, pointer: &str, money: Option<Money>) -> Result<Option<i64>> {
    match money {
        None => Ok(None),
        Some(money) if money.currency == scope.currency() => {
            Ok(Some(money.amount.ten_thousandths()))
        }
        Some(_) => Err(Invalid(vec![
            FieldError::new(pointer, "exchange_rate_missing")
                .with("currency", scope.currency().code()),
        ])
        .into()),
    }
}

/// The amount that two columns keep.
pub(crate) fn money(amount: Option<i64>, currency: Option<String>) -> Option<Money> {
    Some(Money {
        amount: Decimal::from_ten_thousandths(amount?),
        currency: currency?.parse().ok()?,
    })
}
