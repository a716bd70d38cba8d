//! What a relationship is: entities, rules, rights, money and the wire types.
//!
//! Pure: no I/O, no clock, no database, no HTTP. Compiled for the server and for the browser; what only the server
//! needs is behind the feature `server`.

pub mod clock;
pub mod contact;
pub mod customer;
pub mod declare;
pub mod event;
pub mod exchange_rate;
pub mod field;
pub mod id;
pub mod job;
pub mod loyalty;
pub mod money;
pub mod organization;
pub mod page;
#[cfg(feature = "server")]
pub mod phone;
#[cfg(feature = "server")]
mod pinyin;
pub mod problem;
pub mod product;
pub mod purchase;
pub mod qualification;
#[cfg(feature = "server")]
pub mod query;
pub mod resources;
pub mod rights;
#[cfg(feature = "server")]
pub mod search;
pub mod session;
pub mod tag;
pub mod team;
pub mod text;
pub mod time;
pub mod touch;
pub mod user;
#[cfg(feature = "server")]
pub mod validation;

pub use id::Id;
pub use money::{Currency, Decimal, Money};
pub use time::{Date, Instant};
