//! Somebody is told: once, and at the right time. S9.

use std::collections::BTreeMap;

use perennial_domain::clock::{
    Clock, Duration, Event, Level, Log, Reading, Reopen, Rules, State, Wait, What,
};
use perennial_domain::{Id, Instant};
use proptest::prelude::*;

use super::given::{
    LENGTH, always, at, cases, event, goal, log, monday, policy, reading, rules, under, weekdays,
};
use super::invariants::moment;
use super::oracle::is_open;

pub(crate) fn level(level: u8, minutes: i64, inside_hours: bool) -> Level {
    Level {
        level,
        offset: Duration::from_minutes(minutes),
        inside_hours,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_level_fires_once_in_a_cycle_when_it_is_due(case in cases(), pace in 1..40_i64) {
        let rules = case.rules();
        let mut log = Log::default();
        let mut told: BTreeMap<(Clock, Id<Event>, u8), Instant> = BTreeMap::new();
        let mut broken: BTreeMap<(Clock, Id<Event>), Instant> = BTreeMap::new();
        let mut events = case.log.events().iter().peekable();
        for tick in (0..LENGTH).step_by(usize::try_from(pace).expect("a pace")) {
            let now = moment(&case, tick);
            while let Some(event) = events.next_if(|event| event.at <= now) {
                log.write(event.clone());
            }
            let readings = rules.read(&log, now).expect("policies");
            for reading in &readings {
                for due in reading.escalations.iter().filter(|level| level.is_due) {
                    prop_assert_eq!(reading.state, State::Running);
                    prop_assert!(due.at <= now);
                    // Level 3 alone may be told outside hours.
                    let open = case.calendars.iter().any(|calendar| is_open(calendar, now));
                    prop_assert!(open || due.level == 3);
                    let first = told.insert((reading.clock, reading.cycle, due.level), now);
                    prop_assert_eq!(first, None, "{:?} again", due);
                }
                if let Some(breach) = reading.breach.filter(|_| !reading.breach_is_recorded) {
                    let first = broken.insert((reading.clock, reading.cycle), breach.at);
                    prop_assert_eq!(first, None);
                }
            }
            for what in readings.iter().flat_map(Reading::news) {
                log.write(event(now, what));
            }
            let after = rules.read(&log, now).expect("policies");
            prop_assert!(after.iter().all(|reading| reading.news().is_empty()));
            // What is written of a clock does not move it.
            for (before, after) in readings.iter().zip(&after) {
                prop_assert_eq!(
                    (before.elapsed, before.deadline, before.breach),
                    (after.elapsed, after.deadline, after.breach)
                );
            }
        }
    }
}

#[test]
fn levels_lie_before_and_after_the_deadline_in_business_time_or_in_plain_time() {
    let mut promised = goal(Clock::Resolution, 4);
    promised.levels = vec![
        level(1, -60, true),
        level(2, 0, true),
        level(3, 0, false),
        level(4, 120, true),
        level(5, 120, false),
    ];
    let rules = rules(weekdays("09:00-12:00 13:00-17:00"), vec![promised]);
    // Friday 14:00: three hours until the weekend, and one more on Monday.
    let log = log([(at("2026-11-20T14:00"), What::Opened(under(1)))]);
    let shown = reading(&rules, &log, Clock::Resolution, at("2026-11-20T14:00"));
    let at_least: Vec<(u8, Instant)> = shown
        .escalations
        .iter()
        .map(|due| (due.level, due.at))
        .collect();
    let expected = [
        // Three hours are over when we close: nobody is there before Monday.
        (1, monday("09:00")),
        (2, monday("10:00")),
        (3, monday("10:00")),
        (4, monday("13:00")),
        (5, monday("12:00")),
    ];
    assert_eq!(at_least, expected);
}

#[test]
fn a_clock_that_is_paused_tells_nobody_and_catches_up_when_it_goes_on() {
    let mut promised = goal(Clock::Resolution, 2);
    promised.levels = vec![level(1, -60, false)];
    let rules = rules(always(), vec![promised]);
    let log = log([
        (monday("09:00"), What::Opened(under(1))),
        (monday("09:30"), What::Paused(Wait::Customer)),
        (monday("12:00"), What::Resumed),
    ]);
    let due = |time| {
        let reading = reading(&rules, &log, Clock::Resolution, monday(time));
        reading.news().len()
    };
    assert_eq!([due("11:59"), due("12:29"), due("12:30")], [0, 0, 1]);
}

#[test]
fn a_new_cycle_tells_anew() {
    let mut promised = goal(Clock::Resolution, 1);
    promised.levels = vec![level(1, 0, false)];
    promised.reopen = Reopen::NewCycle;
    let rules = rules(always(), vec![promised]);
    let mut log = log([(monday("09:00"), What::Opened(under(1)))]);
    for what in reading(&rules, &log, Clock::Resolution, monday("10:00")).news() {
        log.write(event(monday("10:00"), what));
    }
    let reopened = event(monday("12:00"), What::Reopened);
    log.write(event(monday("10:00"), What::Resolved));
    log.write(reopened.clone());
    let news = reading(&rules, &log, Clock::Resolution, monday("13:00")).news();
    let escalated = What::Escalated {
        clock: Clock::Resolution,
        cycle: reopened.id,
        level: 1,
    };
    assert_eq!(news, [escalated]);
}

#[test]
fn a_level_that_fired_under_one_policy_does_not_fire_again_under_another() {
    let mut promised = goal(Clock::Resolution, 1);
    promised.levels = vec![level(1, 0, false), level(2, 60, false)];
    let policies = vec![policy(1, vec![promised.clone()]), policy(2, vec![promised])];
    let rules = Rules::new(policies, &[always()]).expect("rules");
    let mut log = log([(monday("09:00"), What::Opened(under(1)))]);
    for what in reading(&rules, &log, Clock::Resolution, monday("10:00")).news() {
        log.write(event(monday("10:00"), what));
    }
    log.write(event(monday("10:30"), What::TermsChanged(under(2))));
    let shown = reading(&rules, &log, Clock::Resolution, monday("10:30"));
    let levels: Vec<u8> = shown.escalations.iter().map(|level| level.level).collect();
    assert_eq!(levels, [2]);
}
