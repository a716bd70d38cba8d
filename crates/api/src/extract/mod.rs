//! What requests carry, read strictly: bodies, query strings, headers, ids in paths.

mod body;
mod headers;
mod path;
mod query;
pub mod shape;
mod strict;

pub use body::{Body, Input};
pub use headers::{Idempotency, IfMatch, IfNoneMatch};
pub use path::Record;
pub use query::Pairs;
