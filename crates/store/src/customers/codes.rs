//! Codes for customers that came without one.

use std::collections::BTreeSet;

use diesel::sql_types::Text;
use perennial_domain::customer::NewCustomer;

use crate::dialect::CHUNK;
use crate::sql::Sql;
use crate::{Result, Tx, sequences};

/// Gives each draft without a code the next one of the sequence that nobody brought along.
pub(super) fn give(tx: &mut Tx<'_>, drafts: &mut [NewCustomer]) -> Result<()> {
    let (bare, coded): (Vec<_>, Vec<_>) =
        drafts.iter_mut().partition(|draft| draft.code.is_empty());
    let given: BTreeSet<&str> = coded.iter().map(|draft| draft.code.as_str()).collect();
    let mut count = bare.len();
    let mut bare = bare.into_iter();
    while bare.len() > 0 {
        count = count.min(CHUNK);
        let first = sequences::take(tx, "customers", i64::try_from(count).unwrap_or(1))?;
        let next = (first..).take(count).map(|number| format!("C-{number:05}"));
        let next: Vec<String> = next.collect();
        let taken = taken(tx, &next)?;
        let free = |code: &String| !taken.contains(code) && !given.contains(code.as_str());
        for code in next.into_iter().filter(free) {
            let Some(draft) = bare.next() else { break };
            draft.code = code;
        }
        // Where many in a row are taken, the next look is farther: numbers may be missing.
        count *= 2;
    }
    Ok(())
}

/// Which of these codes living customers have.
fn taken(tx: &mut Tx<'_>, codes: &[String]) -> Result<BTreeSet<String>> {
    let found: Vec<String> = Sql::text("SELECT code FROM customers WHERE organization = ")
        .bind(tx.organization())
        .then(" AND deleted_at IS NULL AND code IN ")
        .among(codes.iter().map(String::as_str))
        .rows::<Text, _>(tx.connection)?;
    Ok(found.into_iter().collect())
}
