//! Opening hours: by weekday and on special days, in a zone, in versions.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Date, Id, Instant};

/// A time of day to the minute, from 00:00 to 24:00. On the wire `"09:30"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// That minute of that hour; 24:00, which ends a day, is the last.
    pub const fn of(hour: u16, minute: u16) -> Option<Self> {
        if hour < 24 && minute < 60 || hour == 24 && minute == 0 {
            Some(Self(hour * 60 + minute))
        } else {
            None
        }
    }

    /// Minutes since the day began, as its wall clock counts them.
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}
impl FromStr for TimeOfDay {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = |part: &str| {
            let is_number = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            is_number.then(|| part.parse().ok()).flatten()
        };
        let time = text
            .split_once(':')
            .and_then(|(hour, minute)| Self::of(digits(hour)?, digits(minute)?));
        time.ok_or("not a time of day: HH:MM")
    }
}
impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// An interval of the wall clock during which we work: from `opens` on, up to `closes`, which itself is no part of it.
/// Where it closes no later than it opens, it closes on the following day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Opening {
    /// When it begins: before 24:00.
    pub opens: TimeOfDay,
    /// When it ends.
    pub closes: TimeOfDay,
}

/// A day with opening hours of its own: a holiday has none, a working Saturday has some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecialDay {
    /// The day, in the calendar's zone.
    pub on: Date,
    /// What people call it.
    pub name: String,
    /// What opens on it, instead of what its weekday has; in order, apart from each other.
    pub openings: Vec<Opening>,
}

/// The opening hours that hold from a moment on, until a later version of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarVersion {
    /// Its number, higher than that of the one before.
    pub version: u32,
    /// From when on it holds; the first version also holds for all time before.
    pub since: Instant,
    /// The IANA zone whose wall clock the hours are of.
    pub zone: String,
    /// What opens on each weekday, Monday first; in order, apart from each other.
    pub week: [Vec<Opening>; 7],
    /// Days that differ from their weekday, each at most once.
    pub special_days: Vec<SpecialDay>,
}

/// A business calendar. What is to hold from now on is a new version; versions that were in force stay as they are, so that
/// no edit rewrites what was counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Its key.
    pub id: Id<Calendar>,
    /// At least one, in order of time.
    pub versions: Vec<CalendarVersion>,
}

/// What makes a calendar unusable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CalendarFault {
    /// It has no version.
    Empty,
    /// This version's number or moment is not after those of the one before.
    Order(u32),
    /// IANA has no such zone.
    Zone(String),
    /// This interval has no length, or begins at 24:00.
    Opening(Opening),
    /// This interval begins before the one before it ends.
    Overlap(Opening),
    /// This special day is there twice.
    Twice(Date),
}

impl fmt::Display for CalendarFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a calendar has a version"),
            Self::Order(version) => {
                write!(f, "version {version} is not after the one before")
            }
            Self::Zone(zone) => write!(f, "IANA has no zone {zone:?}"),
            Self::Opening(Opening { opens, closes }) => {
                write!(f, "{opens}-{closes} has no length or begins at 24:00")
            }
            Self::Overlap(Opening { opens, closes }) => {
                write!(
                    f,
                    "{opens}-{closes} begins before the opening before it ends"
                )
            }
            Self::Twice(day) => write!(f, "{day} is a special day twice"),
        }
    }
}

impl std::error::Error for CalendarFault {}
