//! How often somebody may try to sign in: by account and by address, in the database, so that every server knows.
//!
//! An attempt is counted before the password is looked at and taken back when it was right; so many at once count in
//! full. The first few cost nothing; from then on each one doubles the time until the next.

use diesel::sql_types::{BigInt, Timestamp};
use perennial_domain::Instant;

use crate::dialect::lock_name;
use crate::sql::Sql;
use crate::{Result, Store, System};

/// After so many quiet seconds everything is forgotten.
const MEMORY_SECONDS: i64 = 3600;
/// The longest time between two attempts, in seconds.
const LONGEST_SECONDS: i64 = 900;

/// What is counted.
#[derive(Clone, Debug)]
pub enum Counted {
    /// Attempts on one account.
    Account(String),
    /// Attempts from one address.
    Address(String),
}

impl Counted {
    fn key(&self) -> String {
        match self {
            Self::Account(name) => format!("account:{}", name.to_lowercase()),
            Self::Address(address) => format!("address:{address}"),
        }
    }

    /// How many attempts cost nothing.
    fn free(&self) -> i64 {
        match self {
            Self::Account(_) => 5,
            Self::Address(_) => 30,
        }
    }
}

/// How many seconds after so many attempts the next one may follow.
fn pause(attempts: i64, free: i64) -> i64 {
    match attempts - free {
        over if over < 0 => 0,
        over => 1_i64
            .checked_shl(u32::try_from(over).unwrap_or(u32::MAX))
            .unwrap_or(LONGEST_SECONDS)
            .clamp(1, LONGEST_SECONDS),
    }
}

/// Counts an attempt against each, unless one of them has to wait: then so many seconds.
///
/// # Errors
/// Those of the database.
pub fn attempt(store: &Store, counted: &[Counted], now: Instant) -> Result<Option<i64>> {
    let counted = counted.to_vec();
    store.system_write(move |system| {
        let mut wait = 0;
        for one in &counted {
            // Of many at once each sees what those before it have counted.
            lock_name(system.connection(), &one.key())?;
            let known: Vec<(i64, chrono::NaiveDateTime)> =
                Sql::text("SELECT attempts, tried_at FROM throttles WHERE key = ")
                    .bind(one.key())
                    .rows::<(BigInt, Timestamp), _>(system.connection())?;
            if let Some((attempts, tried_at)) = known.first() {
                let pause = pause(*attempts, one.free());
                let tried_at = Instant::from(*tried_at);
                // The clock was set back since: nobody waits for the time that it was ahead.
                if tried_at > now.plus_seconds(LONGEST_SECONDS) {
                    continue;
                }
                let next = tried_at.plus_seconds(pause);
                // What is free is free of waiting, even if somebody who came later was counted first.
                if pause > 0 {
                    wait = wait.max((next.micros() - now.micros() + 999_999) / 1_000_000);
                }
            }
        }
        if wait > 0 {
            return Ok(Some(wait));
        }
        for one in &counted {
            count(system, one.key(), now)?;
        }
        Ok(None)
    })
}

/// Forgets the attempts on the account and takes this one back from the address: the password was right.
///
/// # Errors
/// Those of the database.
pub fn succeed(store: &Store, counted: &[Counted]) -> Result<()> {
    let counted = counted.to_vec();
    store.system_write(move |system| {
        for one in &counted {
            let statement = match one {
                Counted::Account(_) => Sql::text("DELETE FROM throttles WHERE key = "),
                Counted::Address(_) => Sql::text(
                    "UPDATE throttles SET attempts = attempts - 1 WHERE attempts > 0 AND key = ",
                ),
            };
            statement.bind(one.key()).execute(system.connection())?;
        }
        Ok(())
    })
}

fn count(system: &mut System<'_>, key: String, now: Instant) -> Result<()> {
    let forgotten = now.plus_seconds(-MEMORY_SECONDS);
    Sql::text("DELETE FROM throttles WHERE tried_at < ")
        .bind(forgotten)
        .execute(system.connection())?;
    Sql::text("INSERT INTO throttles (key, attempts, tried_at) VALUES (")
        .bind(key)
        .then(", 1, ")
        .bind(now)
        .then(") ON CONFLICT (key) DO UPDATE SET attempts = throttles.attempts + 1, tried_at = excluded.tried_at")
        .execute(system.connection())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_attempts_are_free_and_then_each_doubles_the_wait() {
        let pauses: Vec<i64> = [0, 4, 5, 6, 7, 14, 15, 80]
            .into_iter()
            .map(|attempts| pause(attempts, 5))
            .collect();
        assert_eq!(pauses, [0, 0, 1, 2, 4, 512, 900, 900]);
    }
}
