//! What tests are given: short ways to say calendars, policies and logs, and random ones.

use std::sync::atomic::{AtomicU64, Ordering};

use perennial_domain::clock::{
    Calendar, CalendarVersion, Clock, Duration, Event, Goal, Level, Log, Opening, Policy,
    PolicyVersion, Priority, Reading, Reopen, Rules, SpecialDay, State, Terms, TimeOfDay, Wait,
    What,
};
use perennial_domain::{Date, Id, Instant};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use uuid::Uuid;

/// `2026-11-20T16:10` as the wall clock of Shanghai shows it.
pub(crate) fn at(time: &str) -> Instant {
    format!("{time}:00+08:00").parse().expect("a moment")
}

/// `16:10` on Monday, 2026-11-23, in Shanghai.
pub(crate) fn monday(time: &str) -> Instant {
    at(&format!("2026-11-23T{time}"))
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// `"09:00-12:00 13:00-17:00"`.
pub(crate) fn hours(text: &str) -> Vec<Opening> {
    let time = |text: &str| text.parse::<TimeOfDay>().expect("a time of day");
    let openings = text.split_whitespace().map(|opening| {
        let (opens, closes) = opening.split_once('-').expect("two times");
        Opening {
            opens: time(opens),
            closes: time(closes),
        }
    });
    openings.collect()
}

pub(crate) fn calendar_id(number: u128) -> Id<Calendar> {
    Id::new(Uuid::from_u128(number))
}

/// The first version of a calendar that is open so from Monday to Friday.
pub(crate) fn version(zone: &str, openings: &str) -> CalendarVersion {
    CalendarVersion {
        version: 1,
        since: at("2026-01-01T00:00"),
        zone: zone.into(),
        week: std::array::from_fn(|weekday| hours(if weekday < 5 { openings } else { "" })),
        special_days: Vec::new(),
    }
}

/// Calendar 1 in these versions.
pub(crate) fn calendar(versions: Vec<CalendarVersion>) -> Calendar {
    Calendar {
        id: calendar_id(1),
        versions,
    }
}

/// Calendar 1: Monday to Friday in Shanghai.
pub(crate) fn weekdays(openings: &str) -> Calendar {
    calendar(vec![version("Asia/Shanghai", openings)])
}

/// Calendar 1, when it never closes.
pub(crate) fn always() -> Calendar {
    let mut version = version("Asia/Shanghai", "00:00-24:00");
    version.week = std::array::from_fn(|_| hours("00:00-24:00"));
    calendar(vec![version])
}

pub(crate) fn goal(clock: Clock, hours: i64) -> Goal {
    Goal {
        clock,
        priority: None,
        target: Duration::from_hours(hours),
        pauses: vec![Wait::Customer],
        reopen: Reopen::Continue,
        levels: Vec::new(),
    }
}

pub(crate) fn key(number: u128) -> PolicyVersion {
    PolicyVersion {
        policy: Id::new(Uuid::from_u128(number)),
        version: 1,
    }
}

/// A policy over calendar 1.
pub(crate) fn policy(number: u128, goals: Vec<Goal>) -> Policy {
    Policy {
        key: key(number),
        calendar: calendar_id(1),
        goals,
    }
}

/// Under the policy of that number, with normal priority.
pub(crate) fn under(number: u128) -> Terms {
    Terms {
        policy: Some(key(number)),
        priority: Priority::Normal,
    }
}

/// The rules of policy 1 with these goals.
pub(crate) fn rules(calendar: Calendar, goals: Vec<Goal>) -> Rules {
    Rules::new(vec![policy(1, goals)], &[calendar]).expect("rules")
}

/// An event with a key of its own.
pub(crate) fn event(at: Instant, what: What) -> Event {
    static KEYS: AtomicU64 = AtomicU64::new(1);
    let key = u128::from(KEYS.fetch_add(1, Ordering::Relaxed));
    Event {
        id: Id::new(Uuid::from_u128(key)),
        at,
        what,
    }
}

pub(crate) fn log<const N: usize>(events: [(Instant, What); N]) -> Log {
    let events = events.map(|(at, what)| event(at, what));
    Log::of(events.into())
}

/// All cycles of one clock.
pub(crate) fn cycles(rules: &Rules, log: &Log, clock: Clock, now: Instant) -> Vec<Reading> {
    let readings = rules.read(log, now).expect("known policies");
    readings
        .into_iter()
        .filter(|reading| reading.clock == clock)
        .collect()
}

/// The last cycle of one clock.
pub(crate) fn reading(rules: &Rules, log: &Log, clock: Clock, now: Instant) -> Reading {
    let last = cycles(rules, log, clock, now).pop();
    last.unwrap_or_else(|| panic!("{clock:?} has not begun"))
}

/// The last cycle of the resolution clock, and its explanation in English.
pub(crate) fn resolution(rules: &Rules, log: &Log, now: Instant) -> (Reading, String) {
    let reading = reading(rules, log, Clock::Resolution, now);
    let explanation = rules
        .explain(log, Clock::Resolution, reading.cycle, now)
        .expect("known policies")
        .expect("a cycle");
    assert_eq!(explanation.elapsed, reading.elapsed);
    let text = explanation.text(perennial_domain::text::Language::En);
    (reading, text)
}

/// State and minutes of a reading, deadline in Shanghai.
pub(crate) fn brief(reading: &Reading) -> (State, i64, Option<Instant>) {
    (reading.state, reading.elapsed.minutes(), reading.deadline)
}

/// Zones of all kinds, each with a day near which its clock is changed.
pub(crate) static ZONES: [(&str, &str); 12] = [
    ("Asia/Shanghai", "2026-11-19"),
    ("Europe/Berlin", "2026-03-26"),
    ("Europe/Berlin", "2026-10-22"),
    ("America/New_York", "2026-03-06"),
    ("America/New_York", "2026-10-29"),
    // Half an hour.
    ("Australia/Lord_Howe", "2026-04-02"),
    ("Australia/Lord_Howe", "2026-10-01"),
    // At midnight.
    ("America/Santiago", "2026-09-03"),
    ("Africa/Cairo", "2026-10-27"),
    // A whole day that was skipped.
    ("Pacific/Apia", "2011-12-27"),
    ("Asia/Kathmandu", "2026-01-01"),
    ("UTC", "2026-12-30"),
];

/// Openings of a day on a grid of so many minutes.
fn openings(grid: u16) -> impl Strategy<Value = Vec<Opening>> {
    let places = 24 * 60 / grid;
    let cuts = subsequence((0..=places).collect::<Vec<_>>(), 0..=6);
    let over_midnight = prop::option::of(any::<u16>());
    (cuts, over_midnight).prop_map(move |(cuts, over_midnight)| {
        let time = |place: u16| {
            let minutes = place * grid;
            TimeOfDay::of(minutes / 60, minutes % 60).expect("a time of day")
        };
        let mut openings: Vec<Opening> = cuts
            .chunks_exact(2)
            .map(|pair| Opening {
                opens: time(pair[0]),
                closes: time(pair[1]),
            })
            .collect();
        if let (Some(place), Some(last)) = (over_midnight, openings.last_mut())
            && let Some(place) = place.checked_rem(last.opens.minutes() / grid)
        {
            last.closes = time(place);
        }
        openings
    })
}

/// A random calendar in a zone, with special days and a second version within the week after a day.
pub(crate) fn calendars(
    number: u128,
    zone: &'static str,
    start: Instant,
    grid: u16,
) -> impl Strategy<Value = Calendar> {
    let week = || prop::array::uniform7(openings(grid));
    let special = prop::collection::btree_map(0..9_u64, openings(grid), 0..3);
    let change = prop::option::of(0..9 * 24 * 60 / i64::from(grid));
    (week(), week(), special, change).prop_map(move |(first, second, special, change)| {
        let special_days: Vec<SpecialDay> = special
            .into_iter()
            .map(|(later, openings)| SpecialDay {
                on: start.day().plus_days(later),
                name: "special".into(),
                openings,
            })
            .collect();
        let version = |version, since, week| CalendarVersion {
            version,
            since,
            zone: zone.into(),
            week,
            special_days: special_days.clone(),
        };
        let mut versions = vec![version(1, start, first)];
        if let Some(later) = change {
            let since = start.plus_seconds((later + 1) * i64::from(grid) * 60);
            versions.push(version(2, since, second));
        }
        Calendar {
            id: calendar_id(number),
            versions,
        }
    })
}

/// Everything a complaint's clocks depend on. All its times lie on the oracle's grid.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) start: Instant,
    pub(crate) calendars: Vec<Calendar>,
    pub(crate) policies: Vec<Policy>,
    pub(crate) log: Log,
    /// Of another complaint.
    pub(crate) other: Log,
}

impl Case {
    pub(crate) fn rules(&self) -> Rules {
        Rules::new(self.policies.clone(), &self.calendars).expect("rules")
    }
}

pub(crate) const STEP: i64 = super::oracle::STEP;
/// How long random complaints last, in steps of the grid.
pub(crate) const LENGTH: i64 = 6 * 24 * 60 / STEP;

/// Random ones. Boxed: as one value they are too large for a test's stack.
pub(crate) fn cases() -> BoxedStrategy<Case> {
    let cases = select(&ZONES[..]).prop_flat_map(|(zone, start)| {
        let start = day(start).begins_in("UTC");
        let grid = u16::try_from(STEP).expect("a step");
        (
            calendars(1, zone, start, grid).boxed(),
            calendars(2, "Europe/London", start, grid).boxed(),
            prop::collection::vec(policies().boxed(), 3),
            logs(start).boxed(),
            logs(start).boxed(),
        )
            .prop_map(move |(first, second, policies, log, other)| {
                let policies = (1..).zip(policies).map(|(number, mut policy)| {
                    policy.key = key(number);
                    policy
                });
                Case {
                    start,
                    policies: policies.collect(),
                    calendars: vec![first, second],
                    log,
                    other,
                }
            })
    });
    cases.boxed()
}

fn policies() -> impl Strategy<Value = Policy> {
    let goals = subsequence(Clock::ALL, 1..=3).prop_flat_map(|clocks| {
        let goals = clocks.into_iter().map(|clock| {
            let own = prop::option::weighted(0.4, goals(clock, Some(Priority::High)));
            let general = prop::option::weighted(0.8, goals(clock, None));
            (own, general)
        });
        goals.collect::<Vec<_>>()
    });
    (goals, 1..=2_u128).prop_map(|(goals, calendar)| {
        let goals = goals.into_iter();
        let goals = goals.flat_map(|(own, general)| general.into_iter().chain(own));
        Policy {
            key: key(0),
            calendar: calendar_id(calendar),
            goals: goals.collect(),
        }
    })
}

fn goals(clock: Clock, priority: Option<Priority>) -> impl Strategy<Value = Goal> {
    let levels = subsequence(vec![(1, -12), (2, -3), (3, 0), (4, 0), (5, 24)], 0..=5);
    (
        1..150_i64,
        subsequence(Wait::ALL, 0..=4),
        select(Reopen::ALL),
        levels,
    )
        .prop_map(move |(target, pauses, reopen, levels)| Goal {
            clock,
            priority,
            target: Duration::from_minutes(target * STEP),
            pauses,
            reopen,
            levels: levels
                .into_iter()
                .map(|(level, steps)| Level {
                    level,
                    offset: Duration::from_minutes(steps * STEP),
                    inside_hours: level != 3,
                })
                .collect(),
        })
}

fn logs(start: Instant) -> impl Strategy<Value = Log> {
    let terms = (
        prop::option::weighted(0.9, 1..=3_u128),
        select(Priority::ALL),
    )
        .prop_map(|(policy, priority)| Terms {
            policy: policy.map(key),
            priority,
        });
    let what = prop_oneof![
        3 => Just(What::Replied),
        4 => Just(What::CustomerReplied),
        4 => select(Wait::ALL).prop_map(What::Paused),
        3 => Just(What::Resumed),
        1 => Just(What::Resolved),
        1 => Just(What::Closed),
        3 => Just(What::Reopened),
        2 => terms.clone().prop_map(What::TermsChanged),
    ];
    // One event a step: what the order within one moment means, other tests say.
    let events = prop::collection::btree_map(1..LENGTH, what, 0..14);
    (0..LENGTH / 3, terms, events).prop_map(move |(opened, terms, events)| {
        let events = events.into_iter().filter(|(step, _)| *step != opened);
        let all = events.chain([(opened, What::Opened(terms))]);
        let all = all.map(|(step, what)| event(start.plus_seconds(step * STEP * 60), what));
        Log::of(all.collect())
    })
}
