//! The `perennial` program.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    match perennial_api::command::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            let _ = writeln!(std::io::stderr(), "perennial: {reason}");
            ExitCode::FAILURE
        }
    }
}
