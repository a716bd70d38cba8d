//! `perennial backup` and `perennial restore`: a compressed archive, whole or not there; `perennial check`.

use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, BufWriter};
use std::path::PathBuf;

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use perennial_store::Store;

use crate::clock;

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

/// What the command line says.
#[derive(clap::Args)]
pub struct Check {
    /// Make search documents and figures anew where they are wrong
    #[arg(long)]
    rebuild: bool,
}

/// Looks at everything.
///
/// # Errors
/// What is wrong, a line each.
pub fn check(store: &Store, Check { rebuild }: &Check) -> Result<String, String> {
    let found = store
        .check(*rebuild, clock::now())
        .map_err(|error| error.to_string())?;
    let line = |finding: &perennial_store::Finding| {
        let example = finding
            .example
            .map_or_else(String::new, |id| format!(", such as {id}"));
        format!(
            "{}: {} ({}{example})",
            finding.check, finding.what, finding.rows
        )
    };
    if found.is_empty() {
        Ok("Everything is as it should be.\n".to_owned())
    } else {
        Err(found.iter().map(line).collect::<Vec<_>>().join("\n"))
    }
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
    let rows = store
        .backup(&mut archive)
        .map_err(|error| error.to_string())?;
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
    let mut archive = BufReader::new(MultiGzDecoder::new(BufReader::new(archive)));
    let rows = store
        .restore(&mut archive, clock::now())
        .map_err(|error| error.to_string())?;
    Ok(format!("{rows} rows\n"))
}
