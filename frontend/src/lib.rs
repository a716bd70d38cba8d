//! The browser application: pages and components over the domain's field tables.
//!
//! `client` alone does HTTP; `load` owns loading, error and data; every sentence comes from `texts`. One [`list`] and
//! one [`record`] page serve all resources.

pub mod app;
pub mod client;
pub mod components;
pub mod fields;
pub mod frame;
pub mod keys;
pub mod list;
pub mod load;
pub mod names;
pub mod pages;
pub mod preferences;
pub mod record;
pub mod routes;
pub mod session;
pub mod shape;
pub mod texts;
pub mod toasts;
pub mod unsaved;
