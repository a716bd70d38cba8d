//! What a programme promises, in versions: when points become active, when they expire, how they are taken and given back.

use chrono::{Datelike as _, Months};
use serde::{Deserialize, Serialize};

use super::earning::Earning;
use super::tier::TierRules;
use crate::{Date, Instant};

/// A moment, and the day it is in the programme's zone. Days decide what is active and what has expired; moments order entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    /// When, in UTC.
    pub at: Instant,
    /// On which day of the programme's zone.
    pub on: Date,
}

/// When points expire, counted from the day on which they become active.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpiryPolicy {
    /// Never.
    #[default]
    Never,
    /// Good for so many months: through the same day of that month, or its last day.
    After {
        /// How many.
        months: u32,
    },
    /// Good through 31 December of the year so many years later; 0 is the same year.
    YearEnd {
        /// How many.
        years: u32,
    },
    /// Good through so many months after the account's last activity, whatever the age of the points.
    Idle {
        /// How many.
        months: u32,
    },
}

/// When a lot expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expiry {
    /// Never.
    Never,
    /// After that day, on which it can still be spent.
    On(Date),
    /// So many months after the account's last activity.
    Idle {
        /// How many.
        months: u32,
    },
}

impl ExpiryPolicy {
    /// The expiry of points that become active on that day; none where that lies beyond the calendar.
    pub fn counted_from(self, active_from: Date) -> Expiry {
        let day = match self {
            Self::Never => None,
            Self::Idle { months } => return Expiry::Idle { months },
            Self::After { months } => plus_months(active_from, months),
            Self::YearEnd { years } => i32::try_from(years)
                .ok()
                .and_then(|years| active_from.naive().year().checked_add(years))
                .filter(|year| *year <= 9999)
                .and_then(|year| Date::of(year, 12, 31)),
        };
        day.map_or(Expiry::Never, Expiry::On)
    }
}

/// The same day so many months later, or that month's last day; none beyond the year 9999.
pub(super) fn plus_months(day: Date, months: u32) -> Option<Date> {
    let later = day.naive().checked_add_months(Months::new(months))?;
    (later.year() <= 9999).then(|| Date::from(later))
}

/// What becomes of points of a reversed redemption whose lot has expired meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Restoring {
    /// They go back to their lot and expire with it at once.
    Dead,
    /// They are good for so many days more, counted from the reversal.
    Grace {
        /// How many.
        days: u32,
    },
}

impl Default for Restoring {
    fn default() -> Self {
        Self::Grace { days: 30 }
    }
}

/// From where points are taken back whose own lots hold too few.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TakingBack {
    /// From the member's other lots, first-expiring first; only what these lack becomes arrears.
    #[default]
    OtherLots,
    /// At once as arrears, which the next credit repays.
    Arrears,
}

/// The rules of a programme from a day on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// Its number; each entry says under which it was made.
    pub number: u32,
    /// The first day on which it holds.
    pub valid_from: Date,
    /// The IANA zone whose days count. Only the server knows whether there is such a zone; elsewhere it only has to be named.
    pub zone: String,
    /// How many days after posting earned points become active.
    pub activation_days: u32,
    /// When earned points expire.
    pub expiry: ExpiryPolicy,
    /// What becomes of reversed redemptions of expired lots.
    pub restoring: Restoring,
    /// From where earnings are taken back.
    pub taking_back: TakingBack,
    /// How far redemptions may overdraw an account, in points; 0 for not at all.
    pub negative_limit: i64,
    /// What purchases earn.
    pub earning: Earning,
    /// The tiers, where there are any.
    pub tiers: Option<TierRules>,
}

/// A programme: its versions, in order of the days from which they hold. Rules that could not be kept to are refused
/// when it is made or read, so that whoever has one need not look again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Version>", into = "Vec<Version>")]
pub struct Programme(pub(super) Vec<Version>);

impl From<Programme> for Vec<Version> {
    fn from(programme: Programme) -> Self {
        programme.0
    }
}

impl Programme {
    /// The version that holds on a day; none before the first.
    pub fn on(&self, day: Date) -> Option<&Version> {
        self.0
            .iter()
            .rev()
            .find(|version| version.valid_from <= day)
    }

    /// A moment with the day it is on in the programme. A version begins when its first day does in the zone of the one before;
    /// from then on its own zone tells the day, which never goes back: where that zone lies further west, its first day is the
    /// longer for it, where it lies further east, the shorter or not at all.
    #[cfg(feature = "server")]
    pub fn moment(&self, at: Instant) -> Moment {
        let mut on = None;
        for version in &self.0 {
            let own = at.day_in(&version.zone);
            on = match on {
                None => Some(own),
                Some(day) if day >= version.valid_from => Some(own.max(version.valid_from)),
                day => {
                    return Moment {
                        at,
                        on: day.unwrap_or(own),
                    };
                }
            };
        }
        let on = on.unwrap_or_else(|| at.day());
        Moment { at, on }
    }
}

#[cfg(test)]
mod tests {
    use super::super::soundness::NotAProgramme;
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> Date {
        Date::of(year, month, day).unwrap()
    }

    #[test]
    fn points_expire_as_their_policy_says() {
        let from = day(2027, 8, 31);
        let after = |months| ExpiryPolicy::After { months }.counted_from(from);
        assert_eq!(ExpiryPolicy::Never.counted_from(from), Expiry::Never);
        assert_eq!(after(6), Expiry::On(day(2028, 2, 29)));
        assert_eq!(after(12), Expiry::On(day(2028, 8, 31)));
        assert_eq!(after(u32::MAX), Expiry::Never);
        let year_end = |years| ExpiryPolicy::YearEnd { years }.counted_from(from);
        assert_eq!(year_end(0), Expiry::On(day(2027, 12, 31)));
        assert_eq!(year_end(1), Expiry::On(day(2028, 12, 31)));
        assert_eq!(year_end(9000), Expiry::Never);
        let idle = ExpiryPolicy::Idle { months: 18 }.counted_from(from);
        assert_eq!(idle, Expiry::Idle { months: 18 });
    }

    fn version(number: u32, valid_from: Date) -> Version {
        Version {
            number,
            valid_from,
            zone: "Asia/Shanghai".to_owned(),
            ..Version::default()
        }
    }

    #[test]
    fn the_version_of_a_day_is_the_last_that_began() {
        let versions = vec![version(1, day(2027, 1, 1)), version(2, day(2027, 3, 1))];
        let programme = Programme::try_from(versions.clone()).unwrap();
        let number = |on| programme.on(on).map(|version| version.number);
        assert_eq!(number(day(2026, 12, 31)), None);
        assert_eq!(number(day(2027, 2, 28)), Some(1));
        assert_eq!(number(day(2027, 3, 1)), Some(2));
        let text = serde_json::to_string(&programme).unwrap();
        assert_eq!(serde_json::from_str::<Programme>(&text).unwrap(), programme);
        let backwards = versions.into_iter().rev().collect::<Vec<_>>();
        assert_eq!(Programme::try_from(backwards), Err(NotAProgramme::Order));
        assert_eq!(Programme::try_from(Vec::new()), Err(NotAProgramme::Empty));
    }

    #[cfg(feature = "server")]
    #[test]
    fn a_day_is_that_of_the_programmes_zone() {
        let at: Instant = "2027-06-30T16:30:00Z".parse().unwrap();
        let on = |zone: &str| {
            let mut version = version(1, day(2027, 1, 1));
            version.zone = zone.to_owned();
            let programme = Programme::try_from(vec![version]).unwrap();
            programme.moment(at).on
        };
        assert_eq!(on("Asia/Shanghai"), day(2027, 7, 1));
        assert_eq!(on("America/Lima"), day(2027, 6, 30));
    }
}
