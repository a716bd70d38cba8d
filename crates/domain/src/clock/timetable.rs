//! A calendar that can be counted with: when we are open, as intervals of UTC with a running sum.
//!
//! A moment is open if the wall clock of the zone then shows a time that lies in an opening of its day, or in one of the day before
//! that goes on over midnight. So an hour that the clock skips is worth nothing, and one that it shows twice counts twice.
//!
//! The intervals of a year are laid out when it is first asked for, and kept. What is asked then is two binary searches.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::{DateTime, Datelike, NaiveDateTime, NaiveTime, Offset, TimeZone};
use chrono_tz::Tz;

use super::calendar::{Calendar, CalendarFault, CalendarVersion, Opening};
use super::duration::Duration;
use crate::{Date, Instant};

/// Outside the years from this one on …
const FIRST_YEAR: i32 = 1970;
/// … and so many long, we are closed: `chrono-tz` lists changes of zones up to 2099. From 2100 on it would leave each as it was last,
/// half of them in summer for ever.
const YEARS: usize = 130;
/// Through how many years after that of its beginning a deadline is looked for.
const FARTHEST: usize = 10;

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// How far apart offsets are looked up: no zone changes its offset twice within so little time (`tests/clock/zones.rs` looks; the
/// nearest two changes are seven days less an hour apart).
const STEP: i64 = 5 * DAY;

/// When we are open. Knows the years 1970 to 2099 in UTC; in all others we are closed.
#[derive(Debug)]
pub struct Timetable {
    versions: Vec<Version>,
    years: Vec<OnceLock<Year>>,
}

/// A version of the calendar, made ready.
#[derive(Debug)]
struct Version {
    number: u32,
    since: i64,
    zone: Tz,
    /// Minutes since midnight, Monday first.
    week: [Vec<(i64, i64)>; 7],
    /// By the days since 1970-01-01.
    special_days: BTreeMap<i64, Vec<(i64, i64)>>,
}

/// A year in UTC.
#[derive(Debug)]
struct Year {
    spans: Vec<Span>,
    open: i64,
}

/// A time when we are open, in microseconds since 1970, and how long we were open in its year before.
#[derive(Debug)]
struct Span {
    opens: i64,
    closes: i64,
    before: i64,
}

static CLOSED: Year = Year {
    spans: Vec::new(),
    open: 0,
};

impl Timetable {
    /// The timetable of a calendar.
    pub fn of(calendar: &Calendar) -> Result<Self, CalendarFault> {
        let mut versions: Vec<Version> = Vec::new();
        for version in &calendar.versions {
            let next = Version::of(version)?;
            let is_late = versions
                .last()
                .is_none_or(|last| last.number < next.number && last.since < next.since);
            if !is_late {
                return Err(CalendarFault::Order(next.number));
            }
            versions.push(next);
        }
        match versions.first_mut() {
            Some(first) => first.since = i64::MIN,
            None => return Err(CalendarFault::Empty),
        }
        let years = std::iter::repeat_with(OnceLock::new).take(YEARS).collect();
        Ok(Self { versions, years })
    }

    /// For how long we are open between two moments; nothing where the second is not after the first.
    pub fn elapsed(&self, from: Instant, until: Instant) -> Duration {
        if until <= from {
            return Duration::ZERO;
        }
        let (first, last) = (year_of(from), year_of(until));
        let whole: i64 = (first..last).map(|year| self.year(year).open).sum();
        let (skipped, rest) = (
            self.year(first).open_before(from.micros()),
            self.year(last).open_before(until.micros()),
        );
        Duration::from_micros(whole + rest - skipped)
    }

    /// The first moment, not before `from`, until which we are open for `amount`: at the end of a day its closing time, not the next
    /// opening. None if that is not in the year of `from` nor in the ten after it.
    pub fn advance(&self, from: Instant, amount: Duration) -> Option<Instant> {
        if amount <= Duration::ZERO {
            return Some(from);
        }
        let first = year_of(from);
        let skipped = self.year(first).open_before(from.micros());
        let mut left = skipped.saturating_add(amount.micros());
        for year in first..=first.saturating_add(FARTHEST) {
            let year = self.year(year);
            if left <= year.open {
                return year.moment(left).map(Instant::from_micros);
            }
            left -= year.open;
        }
        None
    }

    /// The first moment, not before `from`, at which we are open; none if there is none in its year nor in the ten after it.
    pub fn next_open(&self, from: Instant) -> Option<Instant> {
        let (first, from) = (year_of(from), from.micros());
        (first..=first.saturating_add(FARTHEST)).find_map(|year| {
            let spans = &self.year(year).spans;
            let next = spans.partition_point(|span| span.closes <= from);
            let opens = spans.get(next)?.opens;
            Some(Instant::from_micros(opens.max(from)))
        })
    }

    /// Whether we are open.
    pub fn is_open(&self, moment: Instant) -> bool {
        let year = self.year(year_of(moment));
        let at = moment.micros();
        let next = year.spans.partition_point(|span| span.closes <= at);
        year.spans.get(next).is_some_and(|span| span.opens <= at)
    }

    /// The times between two moments when we are open, in order.
    pub fn openings(&self, from: Instant, until: Instant) -> Vec<(Instant, Instant)> {
        let (start, end) = (from.micros(), until.micros());
        let mut found: Vec<(i64, i64)> = Vec::new();
        for span in (year_of(from)..=year_of(until)).flat_map(|year| &self.year(year).spans) {
            let (opens, closes) = (span.opens.max(start), span.closes.min(end));
            match found.last_mut() {
                // At midnight of New Year, UTC.
                Some(last) if last.1 == opens && opens < closes => last.1 = closes,
                _ if opens < closes => found.push((opens, closes)),
                _ => {}
            }
        }
        let moments = found
            .into_iter()
            .map(|(opens, closes)| (Instant::from_micros(opens), Instant::from_micros(closes)));
        moments.collect()
    }

    /// The number of the version that is in force.
    pub fn version_at(&self, moment: Instant) -> u32 {
        self.at(moment).map_or(0, |version| version.number)
    }

    /// The name of the zone that is in force.
    pub fn zone_at(&self, moment: Instant) -> &'static str {
        self.at(moment).map_or("UTC", |version| version.zone.name())
    }

    fn at(&self, moment: Instant) -> Option<&Version> {
        let next = self
            .versions
            .partition_point(|version| version.since <= moment.micros());
        self.versions.get(next.checked_sub(1)?)
    }

    /// The year so many after the first; one that we do not know is one without openings.
    fn year(&self, year: usize) -> &Year {
        let slot = self.years.get(year);
        slot.map_or(&CLOSED, |slot| {
            slot.get_or_init(|| Year::of(self.spans(starts(year), starts(year + 1))))
        })
    }

    /// When we are open between two moments, in any order.
    fn spans(&self, from: i64, until: i64) -> Vec<(i64, i64)> {
        let mut spans = Vec::new();
        let ends = self.versions.iter().skip(1).map(|next| next.since);
        for (version, end) in self.versions.iter().zip(ends.chain([i64::MAX])) {
            version.spans(from.max(version.since), until.min(end), &mut spans);
        }
        spans
    }
}

impl Version {
    fn of(version: &CalendarVersion) -> Result<Self, CalendarFault> {
        let zone = version.zone.parse::<Tz>();
        let zone = zone.map_err(|_| CalendarFault::Zone(version.zone.clone()))?;
        let mut week: [Vec<(i64, i64)>; 7] = Default::default();
        for (ready, openings) in week.iter_mut().zip(&version.week) {
            *ready = minutes(openings)?;
        }
        let mut special_days = BTreeMap::new();
        for day in &version.special_days {
            let openings = minutes(&day.openings)?;
            if special_days.insert(number_of(day.on), openings).is_some() {
                return Err(CalendarFault::Twice(day.on));
            }
        }
        Ok(Self {
            number: version.version,
            since: version.since.micros(),
            zone,
            week,
            special_days,
        })
    }

    /// Adds when it is open between two moments.
    fn spans(&self, from: i64, until: i64, spans: &mut Vec<(i64, i64)>) {
        let mut at = from;
        while at < until {
            let (offset, end) = self.offset(at, until);
            let first = (at + offset).div_euclid(DAY);
            let last = (end + offset - 1).div_euclid(DAY);
            // The day before may go on over midnight.
            for day in first - 1..=last {
                let midnight = day * DAY - offset;
                for (opens, closes) in self.openings(day) {
                    let opens = (midnight + opens * MINUTE).max(at);
                    let closes = (midnight + closes * MINUTE).min(end);
                    if opens < closes {
                        spans.push((opens, closes));
                    }
                }
            }
            at = end;
        }
    }

    /// What the wall clock is ahead of UTC at a moment, and until when, at most until `limit`, it stays so.
    fn offset(&self, at: i64, limit: i64) -> (i64, i64) {
        let offset = self.ahead(at);
        let mut same = at;
        while same < limit {
            let next = (same + STEP).min(limit);
            if self.ahead(next) == offset {
                same = next;
                continue;
            }
            let (mut before, mut after) = (same, next);
            while after - before > 1 {
                let middle = before + (after - before) / 2;
                if self.ahead(middle) == offset {
                    before = middle;
                } else {
                    after = middle;
                }
            }
            return (offset, after);
        }
        (offset, limit)
    }

    /// What the wall clock is ahead of UTC at a moment.
    fn ahead(&self, at: i64) -> i64 {
        let utc = DateTime::from_timestamp_micros(at).unwrap_or_default();
        let offset = self.zone.offset_from_utc_datetime(&utc.naive_utc());
        i64::from(offset.fix().local_minus_utc()) * 1_000_000
    }

    /// What opens on the day so many after 1970-01-01, a Thursday.
    fn openings(&self, day: i64) -> impl Iterator<Item = (i64, i64)> + use<'_> {
        let weekday = usize::try_from((day + 3).rem_euclid(7)).unwrap_or_default();
        let special = self.special_days.get(&day);
        let openings = special.or_else(|| self.week.get(weekday));
        openings.into_iter().flatten().copied()
    }
}

impl Year {
    fn of(mut open: Vec<(i64, i64)>) -> Self {
        open.sort_unstable();
        let mut spans: Vec<Span> = Vec::with_capacity(open.len());
        for (opens, closes) in open {
            match spans.last_mut() {
                Some(last) if opens <= last.closes => last.closes = last.closes.max(closes),
                _ => spans.push(Span {
                    opens,
                    closes,
                    before: 0,
                }),
            }
        }
        let mut sum = 0;
        for span in &mut spans {
            span.before = sum;
            sum += span.closes - span.opens;
        }
        Self { spans, open: sum }
    }

    /// For how long we are open in the year before a moment.
    fn open_before(&self, moment: i64) -> i64 {
        let next = self.spans.partition_point(|span| span.opens < moment);
        let last = next.checked_sub(1).and_then(|last| self.spans.get(last));
        last.map_or(0, |span| span.before + moment.min(span.closes) - span.opens)
    }

    /// The first moment of the year before which we are open for so long in it.
    fn moment(&self, open: i64) -> Option<i64> {
        let place = self
            .spans
            .partition_point(|span| span.before + span.closes - span.opens < open);
        let span = self.spans.get(place)?;
        Some(span.opens + open - span.before)
    }
}

/// The openings of a day in minutes since its midnight, in order.
fn minutes(openings: &[Opening]) -> Result<Vec<(i64, i64)>, CalendarFault> {
    let mut ready: Vec<(i64, i64)> = Vec::with_capacity(openings.len());
    for opening in openings {
        let opens = i64::from(opening.opens.minutes());
        let closes = i64::from(opening.closes.minutes());
        if opens == closes || opens == DAY / MINUTE {
            return Err(CalendarFault::Opening(*opening));
        }
        if ready.last().is_some_and(|(_, closed)| opens < *closed) {
            return Err(CalendarFault::Overlap(*opening));
        }
        let over_midnight = if closes < opens { DAY / MINUTE } else { 0 };
        ready.push((opens, closes + over_midnight));
    }
    Ok(ready)
}

/// Days since 1970-01-01.
fn number_of(day: Date) -> i64 {
    micros(day.naive().and_time(NaiveTime::MIN)).div_euclid(DAY)
}

/// Which year, in UTC, a moment lies in, counted from the first one; what lies before that is taken as its beginning.
fn year_of(moment: Instant) -> usize {
    usize::try_from(moment.naive().year() - FIRST_YEAR).unwrap_or_default()
}

/// When, in UTC, the year so many after the first begins.
fn starts(year: usize) -> i64 {
    let year = i32::try_from(year)
        .unwrap_or(i32::MAX)
        .saturating_add(FIRST_YEAR);
    let first = Date::of(year, 1, 1).unwrap_or_default();
    micros(first.naive().and_time(NaiveTime::MIN))
}

fn micros(time: NaiveDateTime) -> i64 {
    time.and_utc().timestamp_micros()
}
