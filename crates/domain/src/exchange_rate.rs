//! Exchange rates: what other currencies are worth, typed in by the organization.

use crate::field::Draft;
use crate::{Currency, Date, Decimal, resource};

resource! {
    /// What a currency is worth in the base currency, from a day on and until a later rate of it.
    ExchangeRate / NewExchangeRate: "exchange_rates", "exchange_rate", Organization;
    write {
        /// Which currency: ISO 4217.
        currency: Option<Currency> => required filtered column;
        /// The first day that it holds; today unless given.
        since: Date => filtered sorted column;
        /// How many of it the rate is given for: 100 yen; one unless given.
        units: Option<i64>, range 1..=1_000_000 => column;
        /// How much of the base currency they are worth.
        rate: Decimal => required column;
    }
    read {
    }
    title "currency"
    order "-since"
}

impl Draft for NewExchangeRate {
    fn check(&self, report: &mut dyn FnMut(String, &'static str)) {
        if self.rate <= Decimal::default() {
            report("/rate".into(), "positive");
        }
    }
}

impl ExchangeRate {
    /// An amount in the base currency, rounded half away from zero to ten-thousandths; none where that is too large.
    pub fn convert(units: i64, rate: Decimal, amount: Decimal) -> Option<Decimal> {
        amount.scaled(
            i128::from(rate.ten_thousandths()),
            i128::from(units) * 10_000,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_counts_for_its_units() {
        let decimal = |text: &str| text.parse::<Decimal>().expect("a decimal");
        let converted =
            |units, rate, amount| ExchangeRate::convert(units, decimal(rate), decimal(amount));
        assert_eq!(converted(1, "7.1234", "100"), Some(decimal("712.34")));
        assert_eq!(converted(100, "4.87", "1250"), Some(decimal("60.875")));
        assert_eq!(converted(10_000, "2.8", "-5"), Some(decimal("-0.0014")));
        assert_eq!(converted(1, "99999", "99999999999999"), None);
    }
}
