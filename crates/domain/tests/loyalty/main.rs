//! The points engine against an oracle that knows single points, against time, and against the faults of other programs.
#![expect(
    clippy::unwrap_used,
    reason = "a test says so where something is not as it has to be"
)]

mod clients;
mod earning;
mod faults;
mod histories;
mod oracle;
mod rules;
mod shop;
mod statements;
mod tiers;
#[cfg(feature = "server")]
mod zones;
