//! How Perennial speaks HTTP. The only crate that names actix-web.
//!
//! A request goes one way: [`requests`] gives it an id, [`operations`] finds the handler whose first argument says who may
//! call it, [`extract`] reads what it carries, the handler makes one call of the domain and one of the store, and
//! [`answer`] or [`problem`] says how it went. Every resource shares the handlers of [`resources`]; what is special is in
//! [`routes`], one screenful a file. The contract is made of the same registrations.
//!
//! What is not here: SQL (the store's), rules (the domain's), anything that the browser shows.

pub mod answer;
pub mod application;
pub mod assets;
pub mod background;
pub mod caller;
pub mod clock;
pub mod command;
pub mod config;
pub mod demo;
pub mod extract;
pub mod import;
pub mod limits;
pub mod metrics;
pub mod operations;
pub mod present;
pub mod problem;
pub mod requests;
pub mod resources;
pub mod routes;
pub mod scopes;
pub mod server;
pub mod sign_in;
pub mod unread;
pub mod upkeep;

pub use application::Application;
pub use config::Config;
