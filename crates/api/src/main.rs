//! The `perennial` program.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    give_memory_back();
    match perennial_api::command::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            let _ = writeln!(std::io::stderr(), "perennial: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// The C library keeps what threads have freed, each for itself: an arena for each core is as fast and holds a third. What is
/// large, as a password's hash needs it, goes back to the system at once.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn give_memory_back() {
    const LARGE: libc::c_int = 256 * 1024;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    #[expect(
        unsafe_code,
        reason = "settings of the allocator, before there is a second thread"
    )]
    // SAFETY: mallopt takes two numbers, and refuses those that it does not know.
    unsafe {
        libc::mallopt(
            libc::M_ARENA_MAX,
            cores.try_into().unwrap_or(libc::c_int::MAX),
        );
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn give_memory_back() {}
