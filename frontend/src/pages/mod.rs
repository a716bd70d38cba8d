//! The pages: each a few lines over the list, the record and the field table.

pub mod account;
pub mod contacts;
pub mod customers;
pub mod not_found;
pub mod organization;
pub mod password;
pub mod products;
pub mod purchases;
pub mod roles;
pub mod settings;
pub mod setup;
pub mod sign_in;
pub mod teams;
pub mod totals;
pub mod users;
