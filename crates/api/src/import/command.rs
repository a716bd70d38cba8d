//! `perennial import`.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use perennial_domain::Instant;
use perennial_store::Store;

use super::{Failure, Options, Refusal, Source, Summary, Watch, What};
use crate::clock;

/// What the command line says.
#[derive(clap::Args)]
pub struct Arguments {
    /// What is in the file
    #[arg(value_enum)]
    what: What,
    /// CSV file in UTF-8 whose first line names the columns; - reads standard input
    file: PathBuf,
    /// E-mail address of the user who imports; that user's rights hold
    #[arg(long = "as", value_name = "EMAIL")]
    user: String,
    /// What columns mean, as THEIRS=OURS with commas between; THEIRS= leaves a column out
    #[arg(long, value_name = "THEIRS=OURS", value_delimiter = ',', value_parser = pair)]
    map: Vec<(String, String)>,
    /// The system that external ids belong to
    #[arg(long, value_name = "NAME")]
    system: Option<String>,
    /// The role of new users, by name; seller unless given
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// Say what would happen, and keep nothing
    #[arg(long)]
    dry_run: bool,
    /// Keep nothing if one row is refused
    #[arg(long)]
    atomic: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (theirs, ours) = text.split_once('=').ok_or("THEIRS=OURS is expected")?;
    Ok((theirs.trim().to_owned(), ours.trim().to_owned()))
}

/// Imports a file.
///
/// # Errors
/// A sentence for whoever typed it, also where rows were refused.
pub fn run(store: &Store, arguments: Arguments) -> Result<(), String> {
    let Arguments {
        what,
        file,
        user,
        map,
        system,
        role,
        dry_run,
        atomic,
    } = arguments;
    let options = Options {
        what,
        user,
        map,
        system,
        role,
        dry_run,
        atomic,
    };
    let source = if file == Path::new("-") {
        Source::StandardInput
    } else {
        Source::File(file)
    };
    let console = Arc::new(Console::new());
    let watch: Arc<dyn Watch> = Arc::<Console>::clone(&console);
    let outcome = match store.take_room() {
        Ok(()) => super::transfer(store, &options, source, &watch),
        Err(error) => Err(error.into()),
    };
    console.finish();
    match outcome {
        Ok(summary) => {
            let kept = if dry_run || (atomic && summary.refused > 0) {
                " (nothing was kept)"
            } else {
                ""
            };
            say(&format!("{summary}{kept}"))?;
            if summary.refused == 0 {
                Ok(())
            } else {
                Err(rows_refused(summary))
            }
        }
        Err(Failure { reason, before }) => {
            if before.rows() > 0 {
                say(&before.to_string())?;
            }
            Err(reason)
        }
    }
}

fn rows_refused(summary: Summary) -> String {
    match summary.refused {
        1 => "a row was refused".to_owned(),
        rows => format!("{rows} rows were refused"),
    }
}

fn say(text: &str) -> Result<(), String> {
    writeln!(io::stdout(), "{text}").map_err(|error| error.to_string())
}

/// How often progress is shown, in microseconds: on a terminal, where it takes one line, and elsewhere.
const EVERY: (i64, i64) = (1_000_000, 10_000_000);

/// Tells whoever sits in front of it, on standard error.
struct Console {
    started: Instant,
    terminal: bool,
    /// When progress was shown last, and whether its line still stands.
    shown: Mutex<(Instant, bool)>,
}

impl Console {
    fn new() -> Self {
        let started = clock::now();
        Self {
            started,
            terminal: io::stderr().is_terminal(),
            shown: Mutex::new((started, false)),
        }
    }

    /// Wipes the line of progress.
    fn finish(&self) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut shown.1) {
            tell("\r\u{1b}[K");
        }
    }
}

impl Watch for Console {
    fn left_out(&self, headings: &[String]) {
        tell(&format!("left out: {}\n", headings.join(", ")));
    }

    fn refused(&self, refusal: &Refusal) {
        self.finish();
        tell(&format!("{refusal}\n"));
    }

    fn done(&self, rows: u64) {
        let now = clock::now();
        let every = if self.terminal { EVERY.0 } else { EVERY.1 };
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if now.micros() - shown.0.micros() < every {
            return;
        }
        let taken = u64::try_from(now.micros() - self.started.micros())
            .unwrap_or(1)
            .max(1);
        let progress = format!(
            "{rows} rows, {} rows/s",
            rows.saturating_mul(1_000_000) / taken
        );
        tell(&if self.terminal {
            format!("\r\u{1b}[K{progress}")
        } else {
            format!("{progress}\n")
        });
        *shown = (now, self.terminal);
    }
}

/// Standard error may be closed; the import goes on.
fn tell(text: &str) {
    let _ = io::stderr()
        .write_all(text.as_bytes())
        .and_then(|()| io::stderr().flush());
}
