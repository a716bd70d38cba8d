//! What every suite stands on: a database of its own for each test, and a real server in front of it.
//!
//! A test reads as a story: `let app = TestApp::start(); let acme = app.as_seller().create_customer("Acme");`.

pub mod answer;
pub mod app;
pub mod client;
pub mod company;
pub mod database;
pub mod mixed;
pub mod program;
pub mod state;
