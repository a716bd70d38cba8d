//! The days on which zones change their clocks: all zones, all changes of sixteen years.

use std::collections::HashSet;

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};
use perennial_domain::Instant;
use perennial_domain::clock::{Calendar, CalendarVersion, Duration, Timetable};

use super::given::{calendar, day, hours, version};
use super::oracle::is_open;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// What a zone is ahead of UTC, in seconds.
fn ahead(zone: Tz, at: i64) -> i32 {
    let utc = DateTime::from_timestamp_micros(at)
        .expect("a time")
        .naive_utc();
    zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()
}

/// When a zone changes what it is ahead, and what it is then.
fn changes(zone: Tz, from: i64, until: i64) -> Vec<(i64, i32)> {
    let mut found = vec![(from, ahead(zone, from))];
    let mut at = from;
    while at < until {
        let next = at + 24 * HOUR;
        if ahead(zone, at) != ahead(zone, next) {
            let (mut before, mut after) = (at, next);
            while after - before > SECOND {
                let middle = before + (after - before) / 2 / SECOND * SECOND;
                if ahead(zone, middle) == ahead(zone, at) {
                    before = middle;
                } else {
                    after = middle;
                }
            }
            found.push((after, ahead(zone, after)));
        }
        at = next;
    }
    found
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

#[test]
fn on_the_days_when_clocks_are_changed_open_time_is_what_is_counted() {
    let [from, until] =
        ["2015-01-01", "2031-01-01"].map(|text| day(text).begins_in("UTC").micros());
    let (mut seen, mut walked) = (HashSet::new(), 0);
    for zone in TZ_VARIANTS {
        let changes = changes(zone, from, until);
        // Most names stand for a clock that another name has as well.
        if !seen.insert(changes.clone()) {
            continue;
        }
        let calendar = nights(zone.name());
        let table = Timetable::of(&calendar).expect("a calendar");
        for (change, _) in changes.into_iter().skip(1) {
            walked += 1;
            check(&calendar, &table, change);
        }
    }
    assert!(
        seen.len() > 100 && walked > 1300,
        "{} clocks, {walked} changes",
        seen.len()
    );
}

/// Counts from 26 hours before a change of the clock to 26 hours after: minute by minute near it, else by quarters of an hour.
fn check(calendar: &Calendar, table: &Timetable, change: i64) {
    let moment = Instant::from_micros;
    // Some zones change their clocks at a minute past the hour.
    let quarter = change - change.rem_euclid(15 * MINUTE);
    let mut at = quarter - 26 * HOUR;
    let start = moment(at);
    let mut open = 0;
    while at < quarter + 26 * HOUR {
        let is_near = (-2 * HOUR..2 * HOUR).contains(&(at - quarter));
        let step = if is_near { MINUTE } else { 15 * MINUTE };
        let is_open = is_open(calendar, moment(at));
        assert_eq!(
            table.is_open(moment(at)),
            is_open,
            "{} in {calendar:?}",
            moment(at)
        );
        if is_open {
            open += step;
            // S2: whatever the target, the deadline is exactly so much open time away.
            let target = Duration::from_micros(open);
            assert_eq!(table.advance(start, target), Some(moment(at + step)));
        }
        at += step;
        let elapsed = table.elapsed(start, moment(at)).micros();
        assert_eq!(elapsed, open, "until {} in {calendar:?}", moment(at));
        // Parts add up, also around the change itself.
        let parts =
            table.elapsed(start, moment(change)) + table.elapsed(moment(change), moment(at));
        assert!(at < change || parts == table.elapsed(start, moment(at)));
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
