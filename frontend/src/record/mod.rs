//! One page for a record of any resource: fields edited in place, a stale edit compared, a deleted record restored.

pub mod about;
pub mod conflict;
pub mod editing;
pub mod field;
pub mod header;
pub mod holdings;
pub mod page;
pub mod people;
pub mod purchases;
pub mod timeline;
