//! The models of purchases and amounts: published data, planted parameters, naive oracles, thin and strange data.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends where it cannot go on, in its functions as well"
)]

mod cdnow;
mod errors;
mod guards;
mod kept;
mod oracle;
mod recovery;
mod reference;
mod regular;
#[path = "../../../../tests/import/sample.rs"]
mod sample;
mod simulation;
mod threads;
mod weak;

use std::num::NonZeroUsize;

/// One thread.
const ONE: NonZeroUsize = NonZeroUsize::MIN;

/// Whether two numbers differ by at most so much of the second.
fn is_near(found: f64, known: f64, relative: f64) -> bool {
    (found - known).abs() <= relative * known.abs()
}
