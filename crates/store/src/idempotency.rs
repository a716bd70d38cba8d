//! Answers that are given again: a write with an idempotency key happens once, and its answer is kept with it.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use serde::{Deserialize, Serialize};

use crate::column::Key;
use crate::schema::idempotency_keys::dsl as i;
use crate::{Error, Result, Scope, Store, Tx};

/// What a client calls a write by, and what it sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The client's own name for it.
    pub key: String,
    /// The request's method.
    pub method: String,
    /// The request's path.
    pub path: String,
    /// SHA-256 of the request's body.
    pub body: [u8; 32],
}

/// An answer as the wire carries it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Headers that belong to it: `ETag`, `Location`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: serde_json::Value,
    /// Whether it was given before.
    #[serde(skip)]
    pub replayed: bool,
}

/// How long an answer is kept and can be asked for again, in seconds.
pub(crate) const KEPT: i64 = 24 * 60 * 60;

impl Store {
    /// Writes once: what was answered to this key before is answered again, in the same transaction's view.
    ///
    /// # Errors
    /// [`Error::IdempotencyReused`] where the key came with another request; else what `write` returns.
    pub fn write_once(
        &self,
        scope: &Scope,
        key: Option<IdempotencyKey>,
        write: impl Fn(&mut Tx<'_>) -> Result<Answer> + Send + 'static,
    ) -> Result<Answer> {
        let Some(key) = key else {
            return self.write(scope, write);
        };
        self.write(scope, move |tx| {
            // Two of the same key at once: the second waits here, or loses the insert below, and reads the first's answer.
            if let Some(known) = known(tx, &key)? {
                return Ok(known);
            }
            let answer = write(tx)?;
            keep(tx, &key, &answer)?;
            Ok(answer)
        })
    }
}

fn known(tx: &mut Tx<'_>, key: &IdempotencyKey) -> Result<Option<Answer>> {
    let name = format!("{}/{}", tx.scope.user, key.key);
    crate::dialect::lock_name(tx.connection, &name)?;
    let (organization, user, now) = (tx.organization(), Key::from(tx.scope.user), tx.scope.now);
    let one = i::idempotency_keys.find((organization, user, &key.key));
    type Values = (String, String, Vec<u8>, String, chrono::NaiveDateTime);
    let found: Option<Values> = one
        .select((i::method, i::path, i::body, i::answer, i::created_at))
        .first(tx.connection)
        .optional()?;
    let Some((method, path, body, answer, created_at)) = found else {
        return Ok(None);
    };
    if created_at < now.plus_seconds(-KEPT).naive() {
        diesel::delete(one).execute(tx.connection)?;
        return Ok(None);
    }
    if (method.as_str(), path.as_str(), body.as_slice())
        != (
            key.method.as_str(),
            key.path.as_str(),
            &asked(tx.scope, key)[..],
        )
    {
        return Err(Error::IdempotencyReused);
    }
    let answer: Answer =
        serde_json::from_str(&answer).map_err(|error| Error::Database(error.to_string()))?;
    Ok(Some(Answer {
        replayed: true,
        ..answer
    }))
}

/// What the request and the user's rights come to: an answer is not given again to somebody who may see less by now.
fn asked(scope: &Scope, key: &IdempotencyKey) -> Vec<u8> {
    let rights = scope.rights().to_be_bytes();
    key.body.iter().copied().chain(rights).collect()
}

fn keep(tx: &mut Tx<'_>, key: &IdempotencyKey, answer: &Answer) -> Result<()> {
    let text = serde_json::to_string(answer).map_err(|error| Error::Database(error.to_string()))?;
    let row = (
        i::organization.eq(tx.organization()),
        i::user_id.eq(Key::from(tx.scope.user)),
        i::key.eq(&key.key),
        i::method.eq(&key.method),
        i::path.eq(&key.path),
        i::body.eq(asked(tx.scope, key)),
        i::status.eq(i64::from(answer.status)),
        i::answer.eq(text),
        i::created_at.eq(tx.scope.now.naive()),
    );
    diesel::insert_into(i::idempotency_keys)
        .values(row)
        .execute(tx.connection)?;
    Ok(())
}
