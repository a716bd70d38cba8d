//! The days on which zones change their clocks: all zones, all changes of all years that are known.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};
use perennial_domain::Instant;
use perennial_domain::clock::{Calendar, CalendarVersion, Duration, Timetable};
use proptest::prelude::*;
use proptest::sample::select;

use super::given::{ZONES, calendar, day, hours, version};
use super::oracle::is_open;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// From the first moment that is known to the last.
fn known() -> [i64; 2] {
    ["1970-01-01", "2100-01-01"].map(|text| day(text).begins_in("UTC").micros())
}

/// What a zone is ahead of UTC, in seconds.
fn ahead(zone: Tz, at: i64) -> i32 {
    let utc = DateTime::from_timestamp_micros(at)
        .expect("a time")
        .naive_utc();
    zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()
}

/// When a clock is set, and what it is ahead of UTC before and after, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Change {
    at: i64,
    before: i32,
    after: i32,
}

/// The changes of a zone, looked for every so often.
fn changes(zone: Tz, step: i64) -> Vec<Change> {
    let [from, until] = known();
    let (mut at, mut before) = (from, ahead(zone, from));
    let mut found = Vec::new();
    while at < until {
        let next = (at + step).min(until);
        let after = ahead(zone, next);
        if before != after {
            let (mut same, mut changed) = (at, next);
            while changed - same > SECOND {
                let middle = same + (changed - same) / 2 / SECOND * SECOND;
                if ahead(zone, middle) == before {
                    same = middle;
                } else {
                    changed = middle;
                }
            }
            let after = ahead(zone, changed);
            found.push(Change {
                at: changed,
                before,
                after,
            });
            // What is left of the step may hold another.
            (at, before) = (changed, after);
        } else {
            at = next;
        }
    }
    found
}

/// Zones, one of each clock: most names stand for a clock that another name has as well.
fn clocks() -> Vec<(Tz, Vec<Change>)> {
    let mut seen = HashSet::new();
    let all = TZ_VARIANTS.into_iter();
    let all = all.map(|zone| (zone, changes(zone, 5 * DAY)));
    all.filter(|(zone, changes)| {
        let [from, _] = known();
        seen.insert((ahead(*zone, from), changes.clone()))
    })
    .collect()
}

/// Open in the small hours, when clocks are changed, and over midnight; each day of the week in another way.
fn nights(zone: &str) -> Calendar {
    let days = [
        "00:00-24:00",
        "00:15-02:15 02:45-03:15 22:00-01:30",
        "01:00-02:00 03:00-04:00 23:30-00:30",
        "02:00-03:00 12:00-13:00 23:00-24:00",
        "00:00-00:45 01:30-02:30 22:30-02:30",
        "09:00-17:00",
        "02:15-02:30 23:45-00:15",
    ];
    calendar(vec![CalendarVersion {
        week: days.map(hours),
        ..version(zone, "")
    }])
}

/// How far before and after a change it is looked at: the two days that it may touch, and the nights before and after.
const AROUND: i64 = 50 * HOUR;

/// When [`nights`] is open around a change, from the naive count: in microseconds from the change on.
fn pattern(calendar: &Calendar, change: Change) -> Vec<(i64, i64)> {
    // Some zones change their clocks at a minute past the hour; one was 44 minutes and a half behind.
    let is_odd = [change.before, change.after]
        .iter()
        .any(|ahead| ahead % 900 != 0);
    let start = (change.at - AROUND).div_euclid(15 * MINUTE) * 15 * MINUTE;
    let (mut at, mut open): (i64, Vec<(i64, i64)>) = (start, Vec::new());
    while at < change.at + AROUND {
        let is_near = (-2 * HOUR..2 * HOUR).contains(&(at - change.at));
        let step = if is_odd || is_near {
            30 * SECOND
        } else {
            15 * MINUTE - at.rem_euclid(15 * MINUTE)
        };
        let (from, until) = (at - change.at, at + step - change.at);
        if is_open(calendar, Instant::from_micros(at)) {
            match open.last_mut() {
                Some((_, closes)) if *closes == from => *closes = until,
                _ => open.push((from, until)),
            }
        }
        at += step;
    }
    let inside = open
        .into_iter()
        .map(|(opens, closes)| (opens.max(-AROUND), closes.min(AROUND)));
    inside.filter(|(opens, closes)| opens < closes).collect()
}

#[test]
fn on_the_days_when_clocks_are_changed_open_time_is_what_is_counted() {
    // Where the wall clock jumps from the same time of the week to the same, a week's hours do the same: one naive count each.
    let mut patterns: HashMap<(i32, i32, i64), Vec<(i64, i64)>> = HashMap::new();
    let (clocks, mut walked) = (clocks(), 0);
    for (zone, changes) in &clocks {
        let calendar = nights(zone.name());
        let table = Timetable::of(&calendar).expect("a calendar");
        for (place, change) in changes.iter().enumerate() {
            let [before, after] = [place.checked_sub(1), Some(place + 1)]
                .map(|place| place.and_then(|place| changes.get(place)));
            let is_alone = [before, after]
                .into_iter()
                .flatten()
                .all(|other| (other.at - change.at).abs() > AROUND);
            assert!(is_alone, "{change:?} in {zone}");
            let wall = (change.at + i64::from(change.before) * SECOND).rem_euclid(7 * DAY);
            let open = patterns
                .entry((change.before, change.after, wall))
                .or_insert_with(|| pattern(&calendar, *change));
            walked += 1;
            check(&table, *change, open);
        }
    }
    assert!(
        clocks.len() > 300 && walked > 30_000,
        "{} clocks, {walked} changes",
        clocks.len()
    );
    assert!(patterns.len() > 400, "{} kinds", patterns.len());
}

/// Whether a timetable is open around a change as it was counted, and counts so.
fn check(table: &Timetable, change: Change, open: &[(i64, i64)]) {
    let moment = |micros| Instant::from_micros(change.at + micros);
    let (start, end) = (moment(-AROUND), moment(AROUND));
    let openings: Vec<(Instant, Instant)> = open
        .iter()
        .map(|(opens, closes)| (moment(*opens), moment(*closes)))
        .collect();
    assert_eq!(table.openings(start, end), openings, "{change:?}");
    let sum = |from: i64, until: i64| -> Duration {
        let parts = open.iter().map(|(opens, closes)| {
            let part = (*closes).min(until) - (*opens).max(from);
            Duration::from_micros(part.max(0))
        });
        parts.fold(Duration::ZERO, |sum, part| sum + part)
    };
    let whole = table.elapsed(start, end);
    assert_eq!(whole, sum(-AROUND, AROUND), "{change:?}");
    // Parts add up, wherever the whole is cut: before, at, within and after what the clock skips or shows twice.
    for cut in [-DAY, -HOUR, -1, 0, 1, 20 * MINUTE, HOUR, DAY] {
        let (before, after) = (
            table.elapsed(start, moment(cut)),
            table.elapsed(moment(cut), end),
        );
        assert_eq!(
            (before, before + after),
            (sum(-AROUND, cut), whole),
            "{change:?} {cut}"
        );
        let (opens, closes) = open
            .iter()
            .find(|(_, closes)| *closes > cut)
            .copied()
            .unwrap_or((AROUND, AROUND));
        assert_eq!(
            table.is_open(moment(cut)),
            opens <= cut && cut < closes,
            "{change:?} {cut}"
        );
        // S2: whatever the target, the deadline is exactly so much open time away.
        if let Some(deadline) = table
            .advance(start, before)
            .filter(|_| before > Duration::ZERO)
        {
            let last = open
                .iter()
                .rev()
                .find(|(opens, _)| *opens < cut)
                .map(|(_, closes)| moment(cut.min(*closes)));
            assert_eq!(Some(deadline), last, "{change:?} {cut}");
        }
        if after > Duration::ZERO {
            assert_eq!(
                table.advance(moment(cut), after),
                openings.last().map(|(_, closes)| *closes),
                "{change:?} {cut}"
            );
        }
    }
}

#[test]
fn no_zone_changes_twice_within_the_days_that_a_timetable_takes_for_granted() {
    for (zone, known) in clocks() {
        // Looked at day by day nothing more is found, and what is found lies further apart than is looked at elsewhere.
        assert_eq!(changes(zone, DAY), known, "{zone}");
        let apart = known.windows(2).map(|two| two[1].at - two[0].at).min();
        assert!(apart.is_none_or(|apart| apart > 6 * DAY), "{zone}");
    }
}

#[test]
fn zones_are_listed_to_the_end_of_the_years_that_are_known_and_no_further() {
    // When the list goes on, so may the years.
    for zone in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"] {
        let zone: Tz = zone.parse().expect("a zone");
        let at = |date: &str| ahead(zone, day(date).begins_in("UTC").micros());
        assert_ne!(at("2099-01-01"), at("2099-07-01"), "{zone}");
        assert_eq!(at("2100-01-01"), at("2100-07-01"), "{zone}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    // Over any number of changes and years.
    #[test]
    fn parts_of_decades_add_up_to_the_whole(
        (zone, _) in select(&ZONES[..]),
        mut moments in prop::collection::vec(known()[0] - DAY..known()[1] + DAY, 3),
    ) {
        moments.sort_unstable();
        let table = Timetable::of(&nights(zone)).expect("a calendar");
        let [a, b, c] = [moments[0], moments[1], moments[2]].map(Instant::from_micros);
        prop_assert_eq!(table.elapsed(a, b) + table.elapsed(b, c), table.elapsed(a, c));
    }
}

/// The open time of a day, in minutes, where every day has these hours.
fn minutes(zone: &str, openings: &str, date: &str) -> i64 {
    let mut every = version(zone, "");
    every.week = std::array::from_fn(|_| hours(openings));
    let calendar = calendar(vec![every]);
    let table = Timetable::of(&calendar).expect("a calendar");
    let (begins, ends) = (
        day(date).begins_in(zone),
        day(date).plus_days(1).begins_in(zone),
    );
    table.elapsed(begins, ends).minutes()
}

#[test]
fn an_hour_that_is_skipped_is_worth_nothing_and_one_that_is_shown_twice_counts_twice() {
    let (spring, autumn) = ("2026-03-29", "2026-10-25");
    assert_eq!(minutes("Europe/Berlin", "00:00-24:00", spring), 23 * 60);
    assert_eq!(minutes("Europe/Berlin", "00:00-24:00", autumn), 25 * 60);
    assert_eq!(minutes("Europe/Berlin", "01:00-04:00", spring), 2 * 60);
    assert_eq!(minutes("Europe/Berlin", "02:15-02:45", spring), 0);
    assert_eq!(minutes("Europe/Berlin", "02:15-02:45", autumn), 60);
    assert_eq!(minutes("Europe/Berlin", "09:00-17:00", autumn), 8 * 60);
    assert_eq!(
        minutes("Australia/Lord_Howe", "01:00-03:00", "2026-04-05"),
        150
    );
    // Samoa went from the 29th of December to the 31st.
    let mut samoa = version("Pacific/Apia", "");
    samoa.week = std::array::from_fn(|_| hours("09:00-17:00"));
    let table = Timetable::of(&calendar(vec![samoa])).expect("a calendar");
    let [from, until] =
        ["2011-12-29", "2012-01-01"].map(|date| day(date).begins_in("Pacific/Apia"));
    assert_eq!(table.elapsed(from, until), Duration::from_hours(16));
}
