//! The API from the outside, one module a resource or mechanism. Names say the rule; failures show the whole answer.

mod contacts;
mod customers;
mod lists;
mod samples;
mod search;
