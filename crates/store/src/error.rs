//! What can go wrong in the store.

use diesel::result::{DatabaseErrorKind, Error as Diesel};
use perennial_domain::problem::Invalid;
use perennial_domain::resources::RESOURCES;

/// What can go wrong in the store. What broke inside is for the log, never for a client.
#[derive(Debug)]
pub enum Error {
    /// There is no such record, or this user may not see it.
    NotFound,
    /// This user may see the record, but not do this with it.
    Forbidden,
    /// The record was written since the caller read it.
    Stale {
        /// The entity tag that it has now.
        etag: String,
    },
    /// The input breaks a rule that needs the database to know.
    Invalid(Invalid),
    /// The input clashes with another record.
    Conflict {
        /// Where in the input.
        pointer: String,
        /// What clashes.
        code: &'static str,
    },
    /// The idempotency key was used with another body.
    IdempotencyReused,
    /// The user is gone, locked, or signed out everywhere since.
    Unauthenticated,
    /// There is no room left to write: what is there can be read.
    Full(String),
    /// The database cannot be reached, or is too busy.
    Unavailable(String),
    /// The database refused: a fault of ours.
    Database(String),
}

/// A sentence for whoever typed a command, and for the log. Clients are told problems.
impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = |pointer: &str| pointer.trim_start_matches('/').to_owned();
        match self {
            Self::NotFound => f.write_str("there is no such record"),
            Self::Forbidden => f.write_str("this user may not do this"),
            Self::Stale { .. } => f.write_str("somebody has changed it meanwhile"),
            Self::Invalid(Invalid(faults)) => {
                let sentences = faults.iter().map(|fault| {
                    let sentence = format!("{} {}", name(&fault.pointer), fault.detail);
                    sentence.trim_start().to_owned()
                });
                f.write_str(&sentences.collect::<Vec<_>>().join("; "))
            }
            Self::Conflict {
                code: "not_empty", ..
            } => f.write_str("the database is not empty: a backup is restored into a new one"),
            Self::Conflict { pointer, .. } => write!(f, "{} is taken already", name(pointer)),
            Self::IdempotencyReused => f.write_str("the idempotency key was used for another"),
            Self::Unauthenticated => f.write_str("this user can no longer sign in"),
            Self::Full(cause) | Self::Unavailable(cause) | Self::Database(cause) => {
                f.write_str(cause)
            }
        }
    }
}

impl std::error::Error for Error {}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl From<Diesel> for Error {
    fn from(error: Diesel) -> Self {
        match &error {
            Diesel::NotFound => Self::NotFound,
            Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, information) => {
                let constraint = information
                    .constraint_name()
                    .unwrap_or_else(|| information.message());
                unique(constraint).unwrap_or_else(|| Self::Database(error.to_string()))
            }
            // A row that was there a moment ago has gone for good since.
            Diesel::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => {
                Self::Invalid(Invalid::new("", "not_found"))
            }
            Diesel::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => {
                Self::Database("could not serialize access".into())
            }
            Diesel::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => {
                Self::Unavailable(error.to_string())
            }
            // A sum that 64 bits do not hold.
            Diesel::DatabaseError(_, information) if is_overflow(information.message()) => {
                Self::Invalid(Invalid::new("", "too_large"))
            }
            Diesel::DatabaseError(_, information) if is_later(information.message()) => {
                Self::later(error.to_string())
            }
            Diesel::DatabaseError(_, _) => Self::Database(error.to_string()),
            _ => Self::Database(error.to_string()),
        }
    }
}

impl Error {
    /// Whether it is nothing that a caller could do better: the rest of a transaction fares no better either.
    pub fn is_ours(&self) -> bool {
        matches!(
            self,
            Self::Full(_) | Self::Unavailable(_) | Self::Database(_)
        )
    }

    /// What may go better another time, by what the database said.
    pub(crate) fn later(reason: String) -> Self {
        match is_full(&reason) {
            true => Self::Full(reason),
            false => Self::Unavailable(reason),
        }
    }
}

fn is_overflow(message: &str) -> bool {
    message == "integer overflow" || message.contains("bigint out of range")
}

/// Messages that say that there is no room: SQLite's, and PostgreSQL's after the file that could not grow.
fn is_full(message: &str) -> bool {
    message.contains("disk is full") || message.contains("No space left on device")
}

/// Messages that say "later": locks, timeouts, a server that goes or comes, a full disk.
fn is_later(message: &str) -> bool {
    const SIGNS: [&str; 12] = [
        "database is locked",
        "database table is locked",
        "disk I/O error",
        "statement timeout",
        "lock timeout",
        "terminating connection",
        "server closed the connection",
        "the database system is",
        "connection to server",
        "could not connect",
        "no connection to the server",
        "no COPY in progress",
    ];
    is_full(message) || SIGNS.iter().any(|sign| message.contains(sign))
}

/// Which input a unique index speaks of: PostgreSQL names the index, `customers_code`, SQLite the table and columns.
fn unique(constraint: &str) -> Option<Error> {
    let clash = |pointer: String| Error::Conflict {
        pointer,
        code: "duplicate",
    };
    if constraint.starts_with("identifiers_external") || constraint.ends_with("identifiers.value") {
        return Some(clash("/identifiers".to_owned()));
    }
    let mut fields = RESOURCES
        .iter()
        .flat_map(|about| about.fields.iter().map(|field| (about.plural, field.name)));
    let (_, field) = fields.find(|(table, field)| {
        constraint == format!("{table}_{field}")
            || constraint.ends_with(&format!("{table}.{field}"))
    })?;
    Some(clash(format!("/{field}")))
}

/// Whether the same write would go through if it were tried again.
pub(crate) fn is_transient(error: &Error) -> bool {
    matches!(error, Error::Database(message) if message.contains("could not serialize") || message.contains("deadlock detected"))
}
