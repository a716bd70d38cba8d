//! Instants in UTC, to the microsecond, and days.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A day in the organization's own zone, in the years 1 to 9999: what ISO 8601 writes in ten characters.
///
/// The default, a day of the year 0, stands for "not given" in a draft: nobody can give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Date(NaiveDate);

impl Date {
    /// That day of that month of that year, if there is one.
    pub fn of(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self)
    }

    /// Whether this is the day that stands for "not given".
    pub fn is_nil(self) -> bool {
        self == Self::default()
    }

    /// The day so many days later.
    #[must_use]
    pub fn plus_days(self, days: u64) -> Self {
        let later = self.0.checked_add_days(chrono::Days::new(days));
        later.filter(|day| day.year() <= 9999).map_or(self, Self)
    }

    /// How many days it is after another.
    pub fn days_after(self, other: Self) -> i64 {
        self.0.signed_duration_since(other.0).num_days()
    }

    /// The moment it begins in an IANA zone; in UTC where there is no such zone, or where that would be before the year 1.
    #[cfg(feature = "server")]
    pub fn begins_in(self, zone: &str) -> Instant {
        let midnight = self.0.and_time(chrono::NaiveTime::MIN);
        let zone = zone.parse::<chrono_tz::Tz>().ok();
        let local = zone.and_then(|zone| midnight.and_local_timezone(zone).earliest());
        let local = local.filter(|local| local.naive_utc().year() > 0);
        local.map_or_else(
            || Instant::new(midnight.and_utc()),
            |local| Instant::new(local.with_timezone(&Utc)),
        )
    }

    /// The day as chrono has it.
    pub const fn naive(self) -> NaiveDate {
        self.0
    }
}

impl Default for Date {
    fn default() -> Self {
        Self(NaiveDate::from_ymd_opt(0, 1, 1).unwrap_or(NaiveDate::MIN))
    }
}
impl From<NaiveDate> for Date {
    fn from(day: NaiveDate) -> Self {
        Self(day)
    }
}
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl FromStr for Date {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let day = text
            .parse::<NaiveDate>()
            .ok()
            .filter(|day| text.len() == 10 && (1..=9999).contains(&day.year()));
        day.map(Self).ok_or("not a day: YYYY-MM-DD")
    }
}
impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Whether this is an IANA time zone.
#[cfg(feature = "server")]
pub fn is_zone(name: &str) -> bool {
    name.parse::<chrono_tz::Tz>().is_ok()
}

/// A moment in UTC, truncated to whole microseconds when made, so that both databases keep it unchanged.
///
/// On the wire: RFC 3339 with six digits and `Z`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(DateTime<Utc>);

impl Instant {
    /// The moment `time`, truncated to microseconds.
    pub fn new(time: DateTime<Utc>) -> Self {
        Self::from_micros(time.timestamp_micros())
    }

    /// The moment so many microseconds after 1970-01-01T00:00:00Z; out of chrono's range it is the epoch.
    pub fn from_micros(micros: i64) -> Self {
        Self(DateTime::from_timestamp_micros(micros).unwrap_or_default())
    }

    /// This moment, if it is in the years 1 to 9999: what both databases keep.
    pub fn if_common(self) -> Option<Self> {
        Some(self).filter(|moment| (1..=9999).contains(&moment.naive().year()))
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// The same moment as a date and time without zone, in UTC.
    pub fn naive(self) -> NaiveDateTime {
        self.0.naive_utc()
    }

    /// The day it is in UTC.
    pub fn day(self) -> Date {
        Date(self.naive().date())
    }

    /// The day it is in an IANA zone; in UTC where there is no such zone.
    #[cfg(feature = "server")]
    pub fn day_in(self, zone: &str) -> Date {
        match zone.parse::<chrono_tz::Tz>() {
            Ok(zone) => Date(self.0.with_timezone(&zone).date_naive()),
            Err(_) => self.day(),
        }
    }

    /// This moment moved by so many seconds.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_micros(
            self.micros()
                .saturating_add(seconds.saturating_mul(1_000_000)),
        )
    }
}

impl From<NaiveDateTime> for Instant {
    fn from(time: NaiveDateTime) -> Self {
        Self::new(time.and_utc())
    }
}
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}
impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl FromStr for Instant {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        DateTime::parse_from_rfc3339(text).map(|time| Self::new(time.with_timezone(&Utc)))
    }
}
impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "server")]
impl utoipa::PartialSchema for Instant {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .into()
    }
}
#[cfg(feature = "server")]
impl utoipa::ToSchema for Instant {}

#[cfg(feature = "server")]
impl utoipa::PartialSchema for Date {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .into()
    }
}
#[cfg(feature = "server")]
impl utoipa::ToSchema for Date {}
