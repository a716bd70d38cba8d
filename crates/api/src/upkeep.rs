//! `perennial backup` and `perennial restore`: a compressed archive, whole or not there.

use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, BufWriter};
use std::path::PathBuf;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use perennial_store::Store;

use crate::clock;
use crate::command::said;

/// What the command line says.
#[derive(clap::Args)]
pub struct Backup {
    /// Where to; a file that is there already is kept
    file: PathBuf,
}

/// What the command line says.
#[derive(clap::Args)]
pub struct Restore {
    /// What `perennial backup` has written
    file: PathBuf,
}

/// Writes the archive under another name first: what has the right name is whole.
///
/// # Errors
/// A sentence for whoever typed it.
pub fn backup(store: &Store, Backup { file }: &Backup) -> Result<String, String> {
    let named = |error: std::io::Error| format!("{}: {error}", file.display());
    if file.exists() {
        return Err(format!("{} is there already", file.display()));
    }
    let mut unfinished = file.clone().into_os_string();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let written = write(store, &unfinished);
    match written {
        Ok(rows) => {
            fs::rename(&unfinished, file).map_err(named)?;
            Ok(format!("{}: {rows} rows\n", file.display()))
        }
        Err(error) => {
            drop(fs::remove_file(&unfinished));
            Err(error)
        }
    }
}

fn write(store: &Store, path: &PathBuf) -> Result<u64, String> {
    let named = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(named)?;
    let mut archive = GzEncoder::new(BufWriter::new(file), Compression::default());
    let rows = store.backup(&mut archive).map_err(said)?;
    let file = archive.finish().map_err(named)?;
    let file = file.into_inner().map_err(|error| error.to_string())?;
    file.sync_all().map_err(named)?;
    Ok(rows)
}

/// Fills an empty database.
///
/// # Errors
/// A sentence for whoever typed it.
pub fn restore(store: &Store, Restore { file }: &Restore) -> Result<String, String> {
    let named = |error: std::io::Error| format!("{}: {error}", file.display());
    let archive = File::open(file).map_err(named)?;
    let mut archive = BufReader::new(GzDecoder::new(BufReader::new(archive)));
    let rows = store.restore(&mut archive, clock::now()).map_err(said)?;
    Ok(format!("{rows} rows\n"))
}
