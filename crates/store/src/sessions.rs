//! Sessions: who may sign in, the refresh tokens of those who did, and password resets.
//!
//! Tokens are known by their SHA-256 alone. Everything here works on nobody's behalf, because nobody is signed in yet.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use perennial_domain::user::User;
use perennial_domain::{Id, Instant};
use uuid::Uuid;

use crate::column::Key;
use crate::dialect::lock_name;
use crate::schema::users;
use crate::sql::Sql;
use crate::{Result, Store, System};
use tables::{password_resets, refresh_tokens};

/// The tables of everything that happens before somebody is signed in.
pub(crate) mod tables {
    diesel::table! {
        refresh_tokens (hash) {
            hash -> Binary,
            family -> Binary,
            organization -> BigInt,
            user_id -> Binary,
            session_version -> BigInt,
            began_at -> Timestamp,
            expires_at -> Timestamp,
            rotated_at -> Nullable<Timestamp>,
        }
    }

    diesel::table! {
        password_resets (organization, user_id) {
            organization -> BigInt,
            user_id -> Binary,
            hash -> Binary,
            expires_at -> Timestamp,
        }
    }

    diesel::table! {
        throttles (key) {
            key -> Text,
            attempts -> BigInt,
            tried_at -> Timestamp,
        }
    }

    diesel::table! {
        setup (key) {
            key -> BigInt,
            hash -> Binary,
            closed_at -> Nullable<Timestamp>,
        }
    }
}

/// The SHA-256 of a token.
pub type Hash = [u8; 32];

/// How long a refresh token is good for, in seconds: 30 days.
pub const REFRESH_SECONDS: i64 = 30 * 24 * 3600;
/// How long a family of them is, however often it is refreshed: 180 days.
const FAMILY_SECONDS: i64 = 180 * 24 * 3600;
/// Two tabs that refresh at once both get a token, if they are within so many seconds.
const GRACE_SECONDS: i64 = 10;

/// A user who may sign in.
#[derive(Clone, Debug)]
pub struct Account {
    organization: i64,
    /// The user.
    pub user: Id<User>,
    /// The hash of the password, as argon2 writes it; none where none was ever set.
    pub password_hash: Option<String>,
    /// How often everything was signed out.
    pub session_version: i64,
}

/// What became of a refresh token that was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// The new token stands in its place.
    Continued {
        /// Whose session it is.
        user: Id<User>,
        /// How often that user signed out everywhere.
        session_version: i64,
    },
    /// It is unknown, too old, or its user is locked.
    Ended,
    /// It had been used before: somebody stole it, and the whole family is revoked.
    Stolen,
}

/// The active user of that e-mail address.
///
/// # Errors
/// Those of the database.
pub fn account(store: &Store, email: &str) -> Result<Option<Account>> {
    // People do not keep to the capitals of their addresses.
    let spellings = [email.to_owned(), email.to_lowercase()];
    store.system_read(|system| found(system, Sql::text("email IN ").list(spellings.clone())))
}

/// The active user of that id.
///
/// # Errors
/// Those of the database.
pub fn account_of(store: &Store, user: Id<User>) -> Result<Option<Account>> {
    store.system_read(|system| found(system, Sql::text("id = ").bind(Key::from(user))))
}

fn found(system: &mut System<'_>, condition: Sql) -> Result<Option<Account>> {
    let row: Option<(i64, Key, Option<String>, i64)> = users::table
        .filter(condition)
        .filter(users::active.eq(true))
        .filter(users::deleted_at.is_null())
        .select((
            users::organization,
            users::id,
            users::password_hash,
            users::session_version,
        ))
        .first(system.connection())
        .optional()?;
    Ok(row.map(
        |(organization, user, password_hash, session_version)| Account {
            organization,
            user: user.into(),
            password_hash,
            session_version,
        },
    ))
}

/// Begins a session: the first token of a new family.
///
/// # Errors
/// Those of the database.
pub fn begin(store: &Store, account: &Account, token: Hash, now: Instant) -> Result<()> {
    use refresh_tokens::dsl as t;
    let account = account.clone();
    store.system_write(move |system| {
        let user = Key::from(account.user);
        let connection = system.connection();
        diesel::delete(
            t::refresh_tokens
                .filter(t::user_id.eq(user))
                .filter(t::expires_at.lt(now.naive())),
        )
        .execute(connection)?;
        let row = Token {
            hash: token.to_vec(),
            family: Key(Uuid::now_v7()),
            organization: account.organization,
            user_id: user,
            session_version: account.session_version,
            began_at: now.naive(),
            expires_at: expiry(now, now),
        };
        diesel::insert_into(t::refresh_tokens)
            .values(row)
            .execute(connection)?;
        diesel::update(users::table.find((account.organization, user)))
            .set(users::last_sign_in_at.eq(Some(now.naive())))
            .execute(connection)?;
        Ok(())
    })
}

/// Uses a refresh token: puts `new` in the place of `old`.
///
/// # Errors
/// Those of the database.
pub fn refresh(store: &Store, old: Hash, new: Hash, now: Instant) -> Result<Refreshed> {
    use refresh_tokens::dsl as t;
    store.system_write(move |system| {
        if hold_family(system, old)?.is_none() {
            return Ok(Refreshed::Ended);
        }
        // The token is marked and read in one statement, so that of two uses one is the first.
        let first = diesel::update(
            t::refresh_tokens
                .find(old.to_vec())
                .filter(t::rotated_at.is_null()),
        )
        .set(t::rotated_at.eq(Some(now.naive())))
        .execute(system.connection())?
            == 1;
        let known: Option<Known> = t::refresh_tokens
            .find(old.to_vec())
            .select((
                t::family,
                t::organization,
                t::user_id,
                t::session_version,
                t::began_at,
                t::expires_at,
                t::rotated_at,
            ))
            .first(system.connection())
            .optional()?;
        let Some((family, organization, user, version, began_at, expires_at, rotated_at)) = known
        else {
            return Ok(Refreshed::Ended);
        };
        let rotated_at = rotated_at.map_or(now, Instant::from);
        if !first && rotated_at.plus_seconds(GRACE_SECONDS) < now {
            diesel::delete(t::refresh_tokens.filter(t::family.eq(family)))
                .execute(system.connection())?;
            return Ok(Refreshed::Stolen);
        }
        let account = found(system, Sql::text("id = ").bind(user))?;
        let holds = |account: &Account| {
            account.session_version == version && now < Instant::from(expires_at)
        };
        let Some(account) = account.filter(holds) else {
            return Ok(Refreshed::Ended);
        };
        let row = Token {
            hash: new.to_vec(),
            family,
            organization,
            user_id: user,
            session_version: version,
            began_at,
            expires_at: expiry(began_at.into(), now),
        };
        diesel::insert_into(t::refresh_tokens)
            .values(row)
            .execute(system.connection())?;
        Ok(Refreshed::Continued {
            user: account.user,
            session_version: account.session_version,
        })
    })
}

/// Ends the session that a token belongs to, if there is one.
///
/// # Errors
/// Those of the database.
pub fn end(store: &Store, token: Hash) -> Result<()> {
    use refresh_tokens::dsl as t;
    store.system_write(move |system| {
        if let Some(family) = hold_family(system, token)? {
            diesel::delete(t::refresh_tokens.filter(t::family.eq(family)))
                .execute(system.connection())?;
        }
        Ok(())
    })
}

/// Ends every session of a user; access tokens that are out are refused from now on.
///
/// # Errors
/// Those of the database.
pub fn end_all(store: &Store, user: Id<User>) -> Result<()> {
    store.system_write(move |system| end_every(system, user.into()))
}

/// Sets a password and ends every session of the user.
///
/// # Errors
/// Those of the database.
pub fn set_password(store: &Store, user: Id<User>, password_hash: String) -> Result<()> {
    store.system_write(move |system| replace_password(system, user.into(), &password_hash))
}

/// Keeps a one-time token with which that user can set a new password; one from before is void.
///
/// # Errors
/// Those of the database.
pub fn offer_reset(
    store: &Store,
    account: &Account,
    token: Hash,
    expires_at: Instant,
) -> Result<()> {
    use password_resets::dsl as r;
    let account = account.clone();
    store.system_write(move |system| {
        let user = Key::from(account.user);
        diesel::delete(r::password_resets.find((account.organization, user)))
            .execute(system.connection())?;
        let row = (
            r::organization.eq(account.organization),
            r::user_id.eq(user),
            r::hash.eq(token.to_vec()),
            r::expires_at.eq(expires_at.naive()),
        );
        diesel::insert_into(r::password_resets)
            .values(row)
            .execute(system.connection())?;
        Ok(())
    })
}

/// Uses a reset token: sets the password and ends every session. False if the token is unknown, used or too old.
///
/// # Errors
/// Those of the database.
pub fn reset_password(
    store: &Store,
    token: Hash,
    password_hash: String,
    now: Instant,
) -> Result<bool> {
    use password_resets::dsl as r;
    store.system_write(move |system| {
        let good = r::password_resets
            .filter(r::hash.eq(token.to_vec()))
            .filter(r::expires_at.gt(now.naive()));
        let user: Option<Key> = good
            .select(r::user_id)
            .first(system.connection())
            .optional()?;
        let Some(user) = user else { return Ok(false) };
        // Whoever deletes it has used it: of two at once, the other deletes nothing.
        if diesel::delete(r::password_resets.filter(r::hash.eq(token.to_vec())))
            .execute(system.connection())?
            == 0
        {
            return Ok(false);
        }
        replace_password(system, user, &password_hash)?;
        Ok(true)
    })
}

/// Forgets the tokens that have run out.
///
/// # Errors
/// Those of the database.
pub fn sweep(store: &Store, now: Instant) -> Result<()> {
    use password_resets::dsl as r;
    use refresh_tokens::dsl as t;
    store.system_write(move |system| {
        diesel::delete(t::refresh_tokens.filter(t::expires_at.lt(now.naive())))
            .execute(system.connection())?;
        diesel::delete(r::password_resets.filter(r::expires_at.lt(now.naive())))
            .execute(system.connection())?;
        Ok(())
    })
}

/// The family of a token, held until the transaction ends: without that, who ends it would overlook the token that a refresh
/// of the same moment puts in.
fn hold_family(system: &mut System<'_>, token: Hash) -> Result<Option<Key>> {
    use refresh_tokens::dsl as t;
    let family: Option<Key> = t::refresh_tokens
        .find(token.to_vec())
        .select(t::family)
        .first(system.connection())
        .optional()?;
    if let Some(family) = family {
        lock_name(system.connection(), &format!("session {}", family.0))?;
    }
    Ok(family)
}

type Known = (
    Key,
    i64,
    Key,
    i64,
    chrono::NaiveDateTime,
    chrono::NaiveDateTime,
    Option<chrono::NaiveDateTime>,
);

#[derive(diesel::Insertable)]
#[diesel(table_name = refresh_tokens, treat_none_as_default_value = false)]
struct Token {
    hash: Vec<u8>,
    family: Key,
    organization: i64,
    user_id: Key,
    session_version: i64,
    began_at: chrono::NaiveDateTime,
    expires_at: chrono::NaiveDateTime,
}

fn expiry(began: Instant, now: Instant) -> chrono::NaiveDateTime {
    now.plus_seconds(REFRESH_SECONDS)
        .min(began.plus_seconds(FAMILY_SECONDS))
        .naive()
}

fn end_every(system: &mut System<'_>, user: Key) -> Result<()> {
    use refresh_tokens::dsl as t;
    diesel::delete(t::refresh_tokens.filter(t::user_id.eq(user))).execute(system.connection())?;
    diesel::update(users::table.filter(users::id.eq(user)))
        .set(users::session_version.eq(users::session_version + 1))
        .execute(system.connection())?;
    Ok(())
}

fn replace_password(system: &mut System<'_>, user: Key, password_hash: &str) -> Result<()> {
    use password_resets::dsl as r;
    diesel::update(users::table.filter(users::id.eq(user)))
        .set(users::password_hash.eq(Some(password_hash)))
        .execute(system.connection())?;
    diesel::delete(r::password_resets.filter(r::user_id.eq(user))).execute(system.connection())?;
    end_every(system, user)
}
