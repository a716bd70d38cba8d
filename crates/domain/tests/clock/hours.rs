//! Calendars alone: open time between two moments, and back.

use perennial_domain::Instant;
use perennial_domain::clock::{
    Calendar, CalendarFault, Duration, SpecialDay, TimeOfDay, Timetable,
};
use proptest::prelude::*;
use proptest::sample::select;

use super::given::{ZONES, at, calendar, calendars, day, hours, version, weekdays};
use super::oracle::is_open;

const MINUTE: i64 = 60_000_000;

fn timetable(calendar: &Calendar) -> Timetable {
    Timetable::of(calendar).expect("a calendar")
}

/// The open time between two moments: every minute looked at by itself, the first and the last in part.
fn counted(calendar: &Calendar, from: Instant, until: Instant) -> i64 {
    let (from, until) = (from.micros(), until.micros());
    let minutes = from.div_euclid(MINUTE)..=until.div_euclid(MINUTE);
    let open = minutes.map(|minute| {
        let (begins, ends) = (minute * MINUTE, (minute + 1) * MINUTE);
        let part = (ends.min(until) - begins.max(from)).max(0);
        if part > 0 && is_open(calendar, Instant::from_micros(begins)) {
            part
        } else {
            0
        }
    });
    open.sum()
}

/// A calendar, and moments within the ten days after its start, to the microsecond.
fn moments(number: usize) -> impl Strategy<Value = (Calendar, Vec<Instant>)> {
    select(&ZONES[..]).prop_flat_map(move |(zone, start)| {
        let start = day(start).begins_in("UTC");
        let micros = prop::collection::vec(0..10 * 24 * 60 * MINUTE, number);
        let moments = micros.prop_map(move |micros| {
            let mut moments: Vec<Instant> = micros
                .into_iter()
                .map(|micros| Duration::from_micros(micros).after(start))
                .collect();
            moments.sort();
            moments
        });
        (calendars(1, zone, start, 15), moments)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn open_time_is_what_is_counted_minute_by_minute((calendar, moments) in moments(2)) {
        let open = timetable(&calendar).elapsed(moments[0], moments[1]);
        prop_assert_eq!(open.micros(), counted(&calendar, moments[0], moments[1]));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn parts_add_up_to_the_whole((calendar, moments) in moments(3)) {
        let table = timetable(&calendar);
        let [a, b, c] = [moments[0], moments[1], moments[2]];
        prop_assert_eq!(table.elapsed(a, b) + table.elapsed(b, c), table.elapsed(a, c));
        let openings = table.openings(a, c);
        let sum = openings.iter().fold(Duration::ZERO, |sum, (opens, closes)| {
            assert!(a <= *opens && opens < closes && *closes <= c);
            sum + Duration::between(*opens, *closes)
        });
        prop_assert_eq!(sum, table.elapsed(a, c));
        prop_assert!(openings.windows(2).all(|two| two[0].1 < two[1].0), "{openings:?}");
    }

    // S2.
    #[test]
    fn from_start_to_deadline_exactly_the_target_is_open(
        (calendar, moments) in moments(1),
        target in 1..200 * 60 * MINUTE,
    ) {
        let table = timetable(&calendar);
        let target = Duration::from_micros(target);
        match table.advance(moments[0], target) {
            Some(deadline) => {
                prop_assert_eq!(table.elapsed(moments[0], deadline), target);
                // And no earlier moment will do.
                let before = Duration::from_micros(-1).after(deadline);
                prop_assert!(table.elapsed(moments[0], before) < target);
            }
            None => {
                let in_ten_years = moments[0].plus_seconds(3650 * 86_400);
                prop_assert!(table.elapsed(moments[0], in_ten_years) < target);
            }
        }
    }

    #[test]
    fn the_next_open_moment_is_open((calendar, moments) in moments(2)) {
        let table = timetable(&calendar);
        prop_assert_eq!(table.is_open(moments[0]), is_open(&calendar, moments[0]));
        if let Some(next) = table.next_open(moments[0]) {
            prop_assert!(table.is_open(next) && is_open(&calendar, next));
            prop_assert_eq!(table.elapsed(moments[0], next), Duration::ZERO);
        } else {
            prop_assert_eq!(table.elapsed(moments[0], moments[1]), Duration::ZERO);
        }
    }
}

fn minutes(calendar: Calendar, from: &str, until: &str) -> i64 {
    timetable(&calendar).elapsed(at(from), at(until)).minutes()
}

#[test]
fn hours_may_go_on_over_midnight() {
    let night = weekdays("22:00-06:00");
    let (thursday, friday) = ("2026-11-19T12:00", "2026-11-20T12:00");
    assert_eq!(minutes(night.clone(), thursday, friday), 8 * 60);
    // Friday's night ends on Saturday, and Sunday has none.
    let (saturday, monday) = ("2026-11-21T00:00", "2026-11-23T12:00");
    assert_eq!(minutes(night, saturday, monday), 6 * 60);
    let evening = weekdays("22:00-00:00");
    assert_eq!(minutes(evening, thursday, friday), 2 * 60);
}

#[test]
fn a_special_day_replaces_its_weekday_and_a_night_belongs_to_the_day_on_which_it_begins() {
    let mut version = version("Asia/Shanghai", "09:00-17:00 22:00-02:00");
    version.special_days = vec![
        SpecialDay {
            on: day("2026-11-18"),
            name: "holiday".into(),
            openings: Vec::new(),
        },
        SpecialDay {
            on: day("2026-11-22"),
            name: "a working Sunday".into(),
            openings: hours("10:00-11:00"),
        },
    ];
    let calendar = calendar(vec![version]);
    let of = |from: &str, until: &str| minutes(calendar.clone(), from, until);
    assert_eq!(of("2026-11-18T00:00", "2026-11-18T02:00"), 120);
    assert_eq!(of("2026-11-18T02:00", "2026-11-19T02:00"), 0);
    assert_eq!(of("2026-11-22T00:00", "2026-11-23T00:00"), 60);
}

#[test]
fn a_year_that_never_closes_is_one_opening() {
    let calendar = super::given::always();
    let (from, until) = (at("2025-06-01T00:00"), at("2028-06-01T00:00"));
    assert_eq!(timetable(&calendar).openings(from, until), [(from, until)]);
    assert_eq!(
        timetable(&calendar).advance(from, Duration::between(from, until)),
        Some(until)
    );
}

#[test]
fn the_last_closing_time_of_a_year_is_not_the_first_opening_of_the_next() {
    let table = timetable(&weekdays("09:00-17:00"));
    let hours = |hours| table.advance(at("2026-12-31T15:00"), Duration::from_hours(hours));
    assert_eq!(hours(2), Some(at("2026-12-31T17:00")));
    assert_eq!(hours(3), Some(at("2027-01-01T10:00")));
}

#[test]
fn outside_the_known_years_and_with_no_hours_at_all_nothing_is_open() {
    let table = timetable(&super::given::always());
    let (first, last) = ("0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z");
    let moment = |text: &str| text.parse::<Instant>().expect("a moment");
    let known = Duration::between(
        moment("1970-01-01T00:00:00Z"),
        moment("2100-01-01T00:00:00Z"),
    );
    assert_eq!(table.elapsed(moment(first), moment(last)), known);
    assert_eq!(table.elapsed(moment(last), moment(first)), Duration::ZERO);
    assert_eq!(
        table.advance(moment("2300-01-01T00:00:00Z"), Duration::from_micros(1)),
        None
    );
    let never = timetable(&weekdays(""));
    assert_eq!(
        never.advance(at("2026-11-23T09:00"), Duration::from_micros(1)),
        None
    );
    assert_eq!(never.next_open(at("2026-11-23T09:00")), None);
}

#[test]
fn what_is_no_calendar_is_refused() {
    let fault = |calendar: &Calendar| Timetable::of(calendar).err();
    assert_eq!(fault(&calendar(vec![])), Some(CalendarFault::Empty));
    let said = CalendarFault::Overlap(hours("11:00-13:00")[0]).to_string();
    assert_eq!(said, "11:00-13:00 begins before the opening before it ends");
    let zone = CalendarFault::Zone("Mars/Olympus".into());
    assert_eq!(
        fault(&calendar(vec![version("Mars/Olympus", "")])),
        Some(zone)
    );
    let overlap = CalendarFault::Overlap(hours("11:00-13:00")[0]);
    assert_eq!(fault(&weekdays("09:00-12:00 11:00-13:00")), Some(overlap));
    let overlap = CalendarFault::Overlap(hours("23:00-24:00")[0]);
    assert_eq!(fault(&weekdays("22:00-01:00 23:00-24:00")), Some(overlap));
    for empty in ["09:00-09:00", "24:00-08:00"] {
        let opening = CalendarFault::Opening(hours(empty)[0]);
        assert_eq!(fault(&weekdays(empty)), Some(opening));
    }
    let first = version("UTC", "");
    let order = CalendarFault::Order(1);
    assert_eq!(
        fault(&calendar(vec![first.clone(), first.clone()])),
        Some(order)
    );
    let mut twice = first;
    let special = SpecialDay {
        on: day("2026-12-25"),
        name: "Christmas".into(),
        openings: Vec::new(),
    };
    twice.special_days = vec![special.clone(), special];
    assert_eq!(
        fault(&calendar(vec![twice])),
        Some(CalendarFault::Twice(day("2026-12-25")))
    );
}

#[test]
fn a_time_of_day_is_read_as_it_is_written() {
    for text in ["00:00", "09:30", "23:59", "24:00"] {
        assert_eq!(
            text.parse::<TimeOfDay>().map(|time| time.to_string()),
            Ok(text.into())
        );
    }
    for text in [
        "", "9:30", "24:01", "12:60", "+1:00", "12:3a", "12-30", "12:30:00",
    ] {
        assert!(text.parse::<TimeOfDay>().is_err(), "{text}");
    }
}
