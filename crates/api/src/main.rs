//! The `perennial` program.

use std::io::Write;
use std::process::ExitCode;

/// The C library's keeps what many threads have freed: forty sign-ins held 300 MB.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match perennial_api::command::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            let _ = writeln!(std::io::stderr(), "perennial: {reason}");
            ExitCode::FAILURE
        }
    }
}
