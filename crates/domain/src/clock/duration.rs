//! How long something lasts.

use std::ops::{Add, AddAssign, Sub, SubAssign};

use serde::{Deserialize, Serialize};

use crate::Instant;

/// A length of time in whole microseconds, the unit of [`Instant`]: with any coarser one a sum of parts would not be the whole,
/// and a deadline not exactly its target away from its start. Below zero only where something lies before something else.
///
/// On the wire the number of microseconds.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Duration(i64);

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// So many microseconds.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// So many minutes; at most what 64 bits hold.
    pub const fn from_minutes(minutes: i64) -> Self {
        Self(minutes.saturating_mul(60_000_000))
    }

    /// So many hours; at most what 64 bits hold.
    pub const fn from_hours(hours: i64) -> Self {
        Self(hours.saturating_mul(3_600_000_000))
    }

    /// How many microseconds it is.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// How many whole minutes it is; what is left of the last one is dropped.
    pub const fn minutes(self) -> i64 {
        self.0 / 60_000_000
    }

    /// The moment that is so much later.
    pub fn after(self, moment: Instant) -> Instant {
        Instant::from_micros(moment.micros().saturating_add(self.0))
    }

    /// How much later one moment is than another; below zero where it is earlier.
    pub fn between(earlier: Instant, later: Instant) -> Self {
        Self(later.micros().saturating_sub(earlier.micros()))
    }
}

impl Add for Duration {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}
impl Sub for Duration {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}
impl AddAssign for Duration {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
impl SubAssign for Duration {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}
