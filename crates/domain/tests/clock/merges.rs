//! Two complaints become one. S10.

use perennial_domain::clock::{Clock, Duration, Rules, State, Wait, What};
use proptest::prelude::*;

use super::given::{
    LENGTH, always, brief, cases, cycles, event, goal, log, monday, policy, reading, resolution,
    rules, under,
};
use super::invariants::{compare, moment};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn what_both_still_owe_is_owed_since_the_earlier_start(
        case in cases(),
        merged in LENGTH / 3..LENGTH,
        more in 0..LENGTH / 2,
    ) {
        let rules = case.rules();
        let at = moment(&case, merged);
        let mut log = case.log.clone();
        log.write(event(at, What::Merged(case.other.clone())));
        compare(&case, &log, merged + more)?;

        let [own, other, both] = [&case.log, &case.other, &log].map(|log| {
            Clock::ALL.iter().map(|clock| cycles(&rules, log, *clock, at).pop()).collect::<Vec<_>>()
        });
        for ((own, other), both) in own.iter().zip(&other).zip(&both) {
            let (Some(own), Some(other), Some(both)) = (own, other, both) else { continue };
            if own.state != State::Stopped && other.state != State::Stopped {
                prop_assert_eq!(both.started, own.started.min(other.started));
            }
        }
    }
}

#[test]
fn the_absorbed_complaints_pauses_count_until_the_survivors_start() {
    let rules = rules(always(), vec![goal(Clock::Resolution, 8)]);
    let absorbed = log([
        (monday("08:00"), What::Opened(under(1))),
        (monday("09:00"), What::Paused(Wait::Customer)),
        (monday("11:00"), What::Resumed),
    ]);
    let log = log([
        (monday("10:00"), What::Opened(under(1))),
        (monday("12:00"), What::Merged(absorbed)),
    ]);
    let (reading, text) = resolution(&rules, &log, monday("13:00"));
    assert_eq!(
        brief(&reading),
        (State::Running, 4 * 60, Some(monday("17:00")))
    );
    assert_eq!(
        text,
        "4 h of 8 h: 2026-11-23 08:00–09:00, paused 09:00–10:00 (waiting for the customer), 10:00–13:00"
    );
}

#[test]
fn what_only_the_absorbed_complaint_owes_is_a_cycle_more() {
    let rules = rules(always(), vec![goal(Clock::FirstResponse, 4)]);
    let absorbed = log([(monday("08:00"), What::Opened(under(1)))]);
    let log = log([
        (monday("09:00"), What::Opened(under(1))),
        (monday("10:00"), What::Replied),
        (monday("11:00"), What::Merged(absorbed)),
        (monday("11:30"), What::Replied),
    ]);
    let cycles = cycles(&rules, &log, Clock::FirstResponse, monday("12:00"));
    let elapsed: Vec<i64> = cycles.iter().map(|cycle| cycle.elapsed.minutes()).collect();
    assert_eq!(elapsed, [60, 210]);
}

#[test]
fn what_a_closed_complaint_takes_over_stands_until_it_is_opened_again() {
    let mut promised = goal(Clock::Resolution, 1);
    promised.levels = vec![super::escalations::level(1, 0, false)];
    let lenient = goal(Clock::Resolution, 8);
    let policies = vec![policy(1, vec![lenient]), policy(2, vec![promised])];
    let rules = Rules::new(policies, &[always()]).expect("rules");
    let mut absorbed = log([(monday("08:00"), What::Opened(under(2)))]);
    let late = monday("09:30");
    let found = reading(&rules, &absorbed, Clock::Resolution, late);
    assert_eq!(found.news().len(), 2);
    for what in found.news() {
        absorbed.write(event(late, what));
    }
    let log = log([
        (monday("07:00"), What::Opened(under(1))),
        (monday("08:30"), What::Closed),
        (monday("10:00"), What::Merged(absorbed)),
        (monday("12:00"), What::Reopened),
    ]);
    let both = |time| cycles(&rules, &log, Clock::Resolution, monday(time));

    let [own, taken] = &both("11:00")[..] else {
        panic!("two cycles")
    };
    assert_eq!(own.stopped, Some(monday("08:30")));
    assert_eq!(taken.stopped, Some(monday("10:00")));
    assert_eq!((taken.cycle, taken.started), (found.cycle, found.started));
    // By its own promise, not by the survivor's of 8 h.
    assert_eq!(taken.target, Some(Duration::from_hours(1)));
    assert_eq!(
        (taken.breach, taken.elapsed),
        (found.breach, Duration::from_hours(2))
    );

    let [own, taken] = &both("13:00")[..] else {
        panic!("two cycles")
    };
    assert_eq!(own.stopped, Some(monday("08:30")));
    assert_eq!(
        brief(taken),
        (State::Running, 3 * 60, Some(monday("18:00")))
    );
    assert_eq!(
        (taken.breach, taken.breach_is_recorded),
        (found.breach, true)
    );
    assert_eq!(taken.news(), []);
}

#[test]
fn what_was_recorded_of_either_is_recorded_of_both() {
    let mut promised = goal(Clock::Resolution, 1);
    promised.levels = vec![super::escalations::level(1, 0, false)];
    let rules = rules(always(), vec![promised]);
    let mut absorbed = log([(monday("08:00"), What::Opened(under(1)))]);
    let late = monday("09:30");
    let found = reading(&rules, &absorbed, Clock::Resolution, late);
    for what in found.news() {
        absorbed.write(event(late, what));
    }
    let log = log([
        (monday("09:15"), What::Opened(under(1))),
        (monday("10:00"), What::Merged(absorbed)),
    ]);
    let both = reading(&rules, &log, Clock::Resolution, monday("12:00"));
    assert_eq!(both.breach.map(|breach| breach.at), Some(monday("09:00")));
    assert_eq!(both.elapsed, Duration::from_hours(4));
    assert_eq!(both.news(), []);
}
