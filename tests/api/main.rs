//! The API from the outside, one module a resource or mechanism. Names say the rule; failures show the whole answer.

mod batch;
mod contacts;
mod customers;
mod events;
mod fields;
mod filters;
mod idempotency;
mod limits;
mod lists;
mod organization;
mod races;
mod samples;
mod search;
mod setup;
mod sign_in;
mod tokens;
mod users;
