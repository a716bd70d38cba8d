//! What Perennial remembers. The only crate that names diesel: SQLite and PostgreSQL behind one connection type.
//!
//! Data takes one way in and one way out. A caller hands [`Store::read`] or [`Store::write`] a [`Scope`] (whose
//! organization, which user, what that user may see) and a closure. Inside, [`resource`] lists, finds, creates, updates,
//! deletes and restores any [`Stored`] resource, a slice at a time; every change goes through [`Tx::record`], which writes
//! its events and runs the [`reactions`] that keep figures, search documents and timelines true in the same transaction.
//!
//! What differs between the databases is in `dialect.rs`, `connection.rs`, `transaction.rs` and `migrate.rs`; nothing
//! else asks which one it is talking to.

mod backup;
mod check;
mod codes;
mod column;
mod connection;
pub mod contacts;
pub mod customers;
mod dialect;
mod error;
pub mod events;
mod exchange_rates;
mod figures;
mod idempotency;
mod identifiers;
pub mod import;
pub mod jobs;
mod migrate;
mod money;
pub mod organizations;
mod products;
pub mod purchases;
mod purge;
mod reactions;
mod references;
pub mod resource;
pub mod roles;
mod schema;
mod scope;
pub mod search;
mod sequences;
pub mod sessions;
pub mod setup;
mod sql;
pub mod tags;
pub mod teams;
pub mod throttle;
pub mod timeline;
mod transaction;
mod tree;
pub mod users;
pub mod watch;
mod writer;

pub use check::Finding;
pub use connection::AnyConnection;
pub use error::Error;
pub use idempotency::{Answer, IdempotencyKey};
pub use references::{Purge, REFERENCES, Reference};
pub use resource::{Change, Stored};
pub use scope::Scope;
pub use transaction::{Read, Store, System, Tx};

/// What store functions return.
pub type Result<T> = std::result::Result<T, Error>;
