//! Codes for records that came without one.

use std::collections::BTreeSet;

use diesel::sql_types::Text;
use perennial_domain::problem::Invalid;

use crate::connection::AnyConnection;
use crate::dialect::CHUNK;
use crate::sql::Sql;
use crate::{Result, sequences};

/// Gives each empty code of new rows the next one of their table's sequence that nobody brought along: `C-00001`.
pub(crate) fn give<'a>(
    (connection, organization): (&mut AnyConnection, i64),
    table: &'static str,
    prefix: &str,
    codes: impl Iterator<Item = &'a mut String>,
) -> Result<()> {
    let (bare, coded): (Vec<_>, Vec<_>) = codes.partition(|code| code.is_empty());
    let given: BTreeSet<String> = coded.into_iter().map(|code| code.clone()).collect();
    let mut count = bare.len();
    let mut bare = bare.into_iter();
    while bare.len() > 0 {
        count = count.min(CHUNK);
        let first = sequences::take(
            (&mut *connection, organization),
            table,
            i64::try_from(count).unwrap_or(1),
        )?;
        let next = (first..)
            .take(count)
            .map(|number| format!("{prefix}-{number:05}"));
        let next: Vec<String> = next.collect();
        let taken = taken((&mut *connection, organization), table, &next)?;
        let free = |code: &String| !taken.contains(code) && !given.contains(code);
        for code in next.into_iter().filter(free) {
            let Some(slot) = bare.next() else { break };
            *slot = code;
        }
        // Where many in a row are taken, the next look is farther: numbers may be missing.
        count *= 2;
    }
    Ok(())
}

/// Refuses to take a code away: one is given where a new row has none.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) for an empty code.
pub(crate) fn check(code: &str) -> Result<()> {
    if code.is_empty() {
        return Err(Invalid::new("/code", "required").into());
    }
    Ok(())
}

/// Which of these codes living rows have.
fn taken(
    (connection, organization): (&mut AnyConnection, i64),
    table: &'static str,
    codes: &[String],
) -> Result<BTreeSet<String>> {
    let found: Vec<String> = Sql::text("SELECT code FROM ")
        .name(table)
        .then(" WHERE organization = ")
        .bind(organization)
        .then(" AND deleted_at IS NULL AND code IN ")
        .among(codes.iter().map(String::as_str))
        .rows::<Text, _>(connection)?;
    Ok(found.into_iter().collect())
}
