//! What every suite stands on: a database of its own for each test, and (in `app`) a real server in front of it.

pub mod database;
