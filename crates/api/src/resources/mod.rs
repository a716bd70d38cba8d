//! The handlers of every resource: list, search, get, create, update, delete, restore, batch. Written once.

mod batch;
mod list;
mod record;

pub use batch::{LARGEST as LARGEST_BATCH, batch};
pub use list::{list, search};
pub use record::{create, delete, get, restore, update};
