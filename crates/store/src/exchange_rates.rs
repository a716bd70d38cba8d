//! Exchange rates: one row a currency and first day.

use perennial_domain::Id;
use perennial_domain::exchange_rate::{ExchangeRate, NewExchangeRate};
use perennial_domain::problem::Invalid;

use crate::resource::row;
use crate::schema::exchange_rates;
use crate::sql::Sql;
use crate::{Read, Result, Stored, Tx};

row! {
    struct Row of ExchangeRate in exchange_rates {
        currency: String = |_, rate| Ok(code(rate).to_owned()),
        since: chrono::NaiveDate,
        units: Option<i64>,
        rate: i64,
    }
    read |row, rate| {
        rate.currency = row.currency.parse().ok();
        Ok(())
    }
}

fn code(rate: &ExchangeRate) -> &str {
    rate.currency
        .as_ref()
        .map_or("", |currency| currency.code())
}

impl Stored for ExchangeRate {
    fn prepare(tx: &mut Tx<'_>, drafts: &mut [NewExchangeRate]) -> Result<()> {
        let today = tx.scope.today();
        for draft in drafts.iter_mut().filter(|draft| draft.since.is_nil()) {
            draft.since = today;
        }
        Ok(())
    }

    fn check(
        tx: &mut Tx<'_>,
        _id: Id<Self>,
        _old: Option<&NewExchangeRate>,
        draft: &NewExchangeRate,
    ) -> Result<()> {
        if draft.since.is_nil() {
            return Err(Invalid::new("/since", "required").into());
        }
        if draft.currency == Some(tx.scope.currency()) {
            return Err(Invalid::new("/currency", "own").into());
        }
        Ok(())
    }

    /// By its currency.
    fn named(_read: &Read<'_>, text: &str) -> Option<Sql> {
        let currency = text.trim().to_uppercase();
        Some(Sql::text("exchange_rates.currency = ").bind(currency))
    }

    fn title(&self) -> &str {
        code(self)
    }
}
