//! The next numbers of human codes. Numbers of writes that were rolled back may be missing.

use diesel::sql_types::BigInt;

use crate::Result;
use crate::connection::AnyConnection;
use crate::sql::Sql;

/// Takes so many numbers of a sequence; returns the first. The first of all is 1.
pub(crate) fn take(
    (connection, organization): (&mut AnyConnection, i64),
    name: &'static str,
    count: i64,
) -> Result<i64> {
    let next: Vec<i64> = Sql::text("INSERT INTO sequences (organization, name, next) VALUES (")
        .bind(organization)
        .then(", ")
        .bind(name)
        .then(", ")
        .bind(count + 1)
        .then(") ON CONFLICT (organization, name) DO UPDATE SET next = sequences.next + ")
        .bind(count)
        .then(" RETURNING next")
        .rows::<BigInt, _>(connection)?;
    Ok(next.first().copied().unwrap_or(count + 1) - count)
}
