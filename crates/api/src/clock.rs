//! The one place that reads the clock.

use std::time::{SystemTime, UNIX_EPOCH};

use perennial_domain::Instant;

/// Now.
pub fn now() -> Instant {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Instant::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
