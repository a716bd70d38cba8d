//! `perennial import`. Being written.

use perennial_store::Store;

/// What the command line says.
#[derive(clap::Args)]
pub struct Arguments {}

/// Imports a file.
///
/// # Errors
/// A sentence for whoever typed it.
pub fn run(_store: &Store, _arguments: Arguments) -> Result<(), String> {
    Err("import is being written".into())
}
