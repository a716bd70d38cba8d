//! `perennial demo`. Being written.

use perennial_store::Store;

use crate::config::Config;

/// What the command line says.
#[derive(clap::Args)]
pub struct Arguments {}

/// Fills an empty database.
///
/// # Errors
/// A sentence for whoever typed it.
pub fn run(_store: &Store, _config: &Config, _arguments: Arguments) -> Result<(), String> {
    Err("demo is being written".into())
}
