//! The first start: an installation without users is set up once, by whoever holds the token that the server printed.

use diesel::sql_types::BigInt;
use perennial_domain::organization::{NewOrganization, Organization};
use perennial_domain::user::User;
use perennial_domain::{Id, Instant, validation};
use serde_json::Value;

use crate::column::Key;
use crate::organizations::{self, FirstUser};
use crate::sessions::Hash;
use crate::sql::Sql;
use crate::{Error, Result, Store, System};

/// Whether this installation still waits for its first user.
///
/// # Errors
/// Those of the database.
pub fn is_open(store: &Store) -> Result<bool> {
    store.system_read(is_empty)
}

/// Keeps the one-time token of the first start, in the place of an earlier one. False if it is too late for that.
///
/// # Errors
/// Those of the database.
pub fn offer(store: &Store, token: Hash) -> Result<bool> {
    use crate::sessions::tables::setup::dsl as s;
    use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
    store.system_write(move |system| {
        if !is_empty(system)? {
            return Ok(false);
        }
        diesel::delete(s::setup.filter(s::closed_at.is_null())).execute(system.connection())?;
        diesel::insert_into(s::setup)
            .values((s::key.eq(1_i64), s::hash.eq(token.to_vec())))
            .execute(system.connection())?;
        Ok(true)
    })
}

/// Makes the first organization and its administrator, and closes setup for good. None for a wrong token or too late.
///
/// # Errors
/// [`Error::Invalid`] where the organization breaks a rule.
pub fn complete(
    store: &Store,
    token: Hash,
    organization: &NewOrganization,
    user: FirstUser,
    now: Instant,
) -> Result<Option<Id<User>>> {
    let new = validation::draft::<Organization>(
        serde_json::to_value(organization).unwrap_or(Value::Null),
    )?;
    store.system_write(move |system| {
        // Of two at once one changes the row; the other waits for it and then finds it closed.
        if !close(system, token, now)? || !is_empty(system)? {
            return Ok(None);
        }
        let connection = system.connection();
        let inserted = organizations::insert(connection, &new, now)?;
        let admin: Key = inserted.admin;
        organizations::insert_user(connection, inserted.key, admin, new.language, &user, now)
            .map(Some)
    })
}

fn close(system: &mut System<'_>, token: Hash, now: Instant) -> Result<bool> {
    use crate::sessions::tables::setup::dsl as s;
    use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
    let open = s::setup
        .filter(s::hash.eq(token.to_vec()))
        .filter(s::closed_at.is_null());
    Ok(diesel::update(open)
        .set(s::closed_at.eq(Some(now.naive())))
        .execute(system.connection())?
        == 1)
}

fn is_empty(system: &mut System<'_>) -> Result<bool> {
    let found: Vec<i64> = Sql::text("SELECT organization FROM users LIMIT 1")
        .rows::<BigInt, _>(system.connection())
        .map_err(Error::from)?;
    Ok(found.is_empty())
}
