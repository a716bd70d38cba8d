//! What users of other service desks have had to report, each as a test of what must not happen.

use perennial_domain::clock::{
    Breach, Clock, Duration, Log, Policy, Reopen, Rules, RulesFault, State, Terms, UnknownPolicy,
    Wait, What,
};

use super::escalations::level;
use super::given::{
    always, at, brief, calendar, cycles, event, goal, hours, key, log, monday, policy, reading,
    resolution, rules, under, version, weekdays,
};

const OFFICE: &str = "09:00-12:00 13:00-17:00";

/// Rules with two policies over the office's hours: 4 h and 8 h to resolve.
fn two_policies() -> Rules {
    let policies = [(1, 4), (2, 8)]
        .map(|(number, hours)| policy(number, vec![goal(Clock::Resolution, hours)]));
    Rules::new(policies.into(), &[weekdays(OFFICE)]).expect("rules")
}

#[test]
fn a_second_message_of_the_customer_does_not_overrule_the_first_response() {
    let goals = vec![goal(Clock::FirstResponse, 4), goal(Clock::NextResponse, 1)];
    let rules = rules(always(), goals);
    let mut log = log([
        (monday("09:00"), What::Opened(under(1))),
        (monday("10:00"), What::CustomerReplied),
    ]);
    let now = monday("12:00");
    let first = reading(&rules, &log, Clock::FirstResponse, now);
    assert_eq!(brief(&first), (State::Running, 180, Some(monday("13:00"))));
    assert_eq!(cycles(&rules, &log, Clock::NextResponse, now), []);
    // Nor does a third one begin anew what the second began.
    for (time, what) in [
        ("12:00", What::Replied),
        ("13:00", What::CustomerReplied),
        ("13:30", What::CustomerReplied),
    ] {
        log.write(event(monday(time), what));
    }
    let next = reading(&rules, &log, Clock::NextResponse, monday("13:45"));
    assert_eq!(brief(&next), (State::Running, 45, Some(monday("14:00"))));
}

#[test]
fn what_was_answered_does_not_escalate() {
    let promised = [Clock::FirstResponse, Clock::NextResponse].map(|clock| {
        let mut goal = goal(clock, 1);
        goal.levels = vec![level(1, -30, false), level(2, 0, false)];
        goal
    });
    let rules = rules(always(), promised.into());
    let log = log([
        (monday("09:00"), What::Opened(under(1))),
        (monday("09:20"), What::Replied),
        (monday("09:30"), What::CustomerReplied),
        (monday("09:50"), What::Replied),
    ]);
    for reading in rules.read(&log, monday("18:00")).expect("policies") {
        let is_resolution = reading.clock == Clock::Resolution;
        assert!(is_resolution || reading.state == State::Stopped);
        assert_eq!(
            (reading.escalations.as_slice(), reading.breach),
            (&[][..], None)
        );
    }
}

#[test]
fn a_clock_that_stopped_does_not_forget_when_and_after_how_long() {
    let log = log([
        (monday("09:00"), What::Opened(under(1))),
        (monday("11:00"), What::Closed),
    ]);
    let reading = reading(&two_policies(), &log, Clock::Resolution, monday("16:00"));
    assert_eq!(brief(&reading), (State::Stopped, 120, None));
    assert_eq!(reading.stopped, Some(monday("11:00")));
    assert_eq!(reading.remaining(), Some(Duration::from_hours(2)));
}

#[test]
fn a_policy_is_not_needed_and_without_one_nothing_escalates() {
    let mut promised = goal(Clock::Resolution, 1);
    promised.levels = vec![level(1, -30, false), level(2, 0, true)];
    let rules = rules(always(), vec![promised]);
    let mut log = log([
        (monday("09:00"), What::Opened(Terms::default())),
        (monday("10:00"), What::TermsChanged(under(1))),
    ]);
    let before = reading(&rules, &log, Clock::Resolution, monday("09:59"));
    assert_eq!(brief(&before), (State::Untimed, 0, None));
    assert_eq!((before.target, before.news().len()), (None, 0));
    // Taken away again, before anybody was told.
    log.write(event(monday("10:20"), What::TermsChanged(Terms::default())));
    let (after, text) = resolution(&rules, &log, monday("15:00"));
    assert_eq!(brief(&after), (State::Untimed, 20, None));
    assert_eq!((after.breach, after.news().len()), (None, 0));
    // Nobody promised hours either: read as UTC.
    assert_eq!(
        text,
        "20 min, without a target: without a target 2026-11-23 01:00–02:00, 02:00–02:20, \
         without a target 02:20–07:00"
    );
}

#[test]
fn nobody_is_told_at_midnight() {
    let mut promised = goal(Clock::Resolution, 7);
    promised.levels = vec![level(1, 0, true), level(2, 60, true)];
    let rules = rules(weekdays(OFFICE), vec![promised]);
    let log = log([(monday("09:00"), What::Opened(under(1)))]);
    let levels = |now| {
        let reading = reading(&rules, &log, Clock::Resolution, now);
        let due = reading.escalations.into_iter().filter(|due| due.is_due);
        due.map(|due| due.level).collect::<Vec<_>>()
    };
    // The deadline is the end of the day.
    let midnight = at("2026-11-24T00:00");
    assert_eq!(
        (levels(monday("17:30")), levels(midnight)),
        (vec![], vec![])
    );
    assert_eq!(levels(at("2026-11-24T09:00")), [1]);
    // Whoever was down at ten o'clock does not make up for it at night, nor over lunch.
    assert_eq!(levels(at("2026-11-24T22:00")), [0; 0]);
    assert_eq!(levels(at("2026-11-24T12:00")), [0; 0]);
    assert_eq!(levels(at("2026-11-24T13:00")), [1, 2]);
}

#[test]
fn a_target_of_working_days_is_not_counted_in_days_of_the_calendar() {
    let rules = rules(weekdays(OFFICE), vec![goal(Clock::Resolution, 21)]);
    let log = log([(at("2026-11-20T09:00"), What::Opened(under(1)))]);
    let deadline = reading(&rules, &log, Clock::Resolution, monday("09:00")).deadline;
    assert_eq!(deadline, Some(at("2026-11-24T17:00")));
}

#[test]
fn a_day_is_not_held_to_one_interval_and_lunch_does_not_count() {
    let rules = rules(
        weekdays("06:00-08:00 09:30-12:00 13:00-17:00"),
        vec![goal(Clock::Resolution, 8)],
    );
    let log = log([(monday("05:00"), What::Opened(under(1)))]);
    let (reading, text) = resolution(&rules, &log, monday("13:30"));
    assert_eq!(
        brief(&reading),
        (State::Running, 300, Some(monday("16:30")))
    );
    assert_eq!(
        text,
        "5 h of 8 h: 2026-11-23 06:00–08:00, 09:30–12:00, 13:00–13:30"
    );
}

#[test]
fn a_change_of_policy_or_priority_does_not_forget_a_pause() {
    let mut log = log([
        (monday("09:00"), What::Opened(under(1))),
        (monday("10:00"), What::Paused(Wait::Customer)),
    ]);
    let changed = |terms| What::TermsChanged(terms);
    for (time, what) in [
        ("10:30", changed(under(2))),
        (
            "11:00",
            changed(Terms {
                priority: perennial_domain::clock::Priority::High,
                ..under(2)
            }),
        ),
        ("11:30", What::Resumed),
        ("11:45", changed(under(1))),
    ] {
        log.write(event(monday(time), what));
    }
    let rules = two_policies();
    let paused = reading(&rules, &log, Clock::Resolution, monday("11:15"));
    assert_eq!(
        (paused.state, paused.elapsed.minutes()),
        (State::Paused, 60)
    );
    let (reading, _) = resolution(&rules, &log, monday("12:00"));
    // 4 h, of which one and a half are over at noon.
    assert_eq!(brief(&reading), (State::Running, 90, Some(monday("15:30"))));
}

#[test]
fn a_pause_for_a_reason_that_does_not_count_does_not_stop_the_clock() {
    let log = log([
        (monday("09:00"), What::Opened(under(1))),
        (monday("10:00"), What::Paused(Wait::Supplier)),
    ]);
    let reading = reading(&two_policies(), &log, Clock::Resolution, monday("11:00"));
    assert_eq!(
        brief(&reading),
        (State::Running, 120, Some(monday("14:00")))
    );
}

#[test]
fn closed_time_is_not_counted_after_a_reopening() {
    let log = log([
        (monday("09:00"), What::Opened(under(1))),
        (monday("10:00"), What::Resolved),
        (monday("11:00"), What::Closed),
        (monday("14:00"), What::Reopened),
    ]);
    let (reading, text) = resolution(&two_policies(), &log, monday("15:00"));
    assert_eq!(
        brief(&reading),
        (State::Running, 120, Some(monday("17:00")))
    );
    assert_eq!(
        text,
        "2 h of 4 h: 2026-11-23 09:00–10:00, closed 10:00–14:00, 14:00–15:00"
    );
}

#[test]
fn a_pause_does_not_outlast_the_end() {
    let log = log([
        (monday("09:00"), What::Opened(under(1))),
        (monday("10:00"), What::Paused(Wait::Customer)),
        (monday("11:00"), What::Resolved),
        (monday("14:00"), What::Reopened),
    ]);
    let reading = reading(&two_policies(), &log, Clock::Resolution, monday("15:00"));
    assert_eq!(
        brief(&reading),
        (State::Running, 120, Some(monday("17:00")))
    );
}

#[test]
fn what_a_reopening_does_is_not_the_same_for_every_clock() {
    let reopening = |rule| {
        let mut promised = goal(Clock::Resolution, 4);
        promised.reopen = rule;
        let rules = rules(weekdays(OFFICE), vec![promised]);
        let log = log([
            (monday("09:00"), What::Opened(under(1))),
            (monday("10:00"), What::Resolved),
            (monday("14:00"), What::Reopened),
        ]);
        let cycles = cycles(&rules, &log, Clock::Resolution, monday("15:00"));
        cycles.iter().map(brief).collect::<Vec<_>>()
    };
    let continued = (State::Running, 120, Some(monday("17:00")));
    let stopped = (State::Stopped, 60, None);
    let anew = (State::Running, 60, Some(at("2026-11-24T10:00")));
    assert_eq!(reopening(Reopen::Continue), [continued]);
    assert_eq!(reopening(Reopen::NewCycle), [stopped, anew]);
    assert_eq!(reopening(Reopen::Ignore), [stopped]);
}

#[test]
fn an_answered_first_response_is_not_owed_again_after_a_reopening() {
    let rules = rules(always(), vec![goal(Clock::FirstResponse, 1)]);
    let log = log([
        (monday("09:00"), What::Opened(under(1))),
        (monday("09:30"), What::Replied),
        (monday("10:00"), What::Resolved),
        (monday("14:00"), What::Reopened),
    ]);
    let reading = reading(&rules, &log, Clock::FirstResponse, monday("18:00"));
    assert_eq!(
        (reading.state, reading.elapsed.minutes(), reading.breach),
        (State::Stopped, 30, None)
    );
}

#[test]
fn the_next_response_does_not_run_after_the_end() {
    let rules = rules(always(), vec![goal(Clock::NextResponse, 1)]);
    let log = log([
        (monday("09:00"), What::Opened(under(1))),
        (monday("09:10"), What::Replied),
        (monday("09:20"), What::CustomerReplied),
        (monday("09:50"), What::Resolved),
        (monday("10:00"), What::CustomerReplied),
    ]);
    let cycles = cycles(&rules, &log, Clock::NextResponse, monday("18:00"));
    assert_eq!(
        cycles.iter().map(brief).collect::<Vec<_>>(),
        [(State::Stopped, 30, None)]
    );
    assert_eq!(cycles[0].breach, None);
}

#[test]
fn a_new_version_of_a_calendar_does_not_rewrite_what_was_counted() {
    let first = version("Asia/Shanghai", "09:00-17:00");
    let mut second = version("Europe/Berlin", "00:00-24:00");
    (second.version, second.since) = (2, monday("12:00"));
    let old = rules(
        calendar(vec![first.clone()]),
        vec![goal(Clock::Resolution, 4)],
    );
    let new = rules(
        calendar(vec![first, second]),
        vec![goal(Clock::Resolution, 4)],
    );
    let opened = log([(at("2026-11-20T15:00"), What::Opened(under(1)))]);
    let read = |rules, now| reading(rules, &opened, Clock::Resolution, now);
    assert_eq!(
        read(&old, monday("12:00")).elapsed,
        read(&new, monday("12:00")).elapsed
    );
    let breach: Option<Breach> = read(&new, monday("23:00")).breach;
    assert_eq!(
        breach.map(|breach| (breach.at, breach.calendar_version)),
        Some((monday("11:00"), 1))
    );
    let later = log([(monday("11:00"), What::Opened(under(1)))]);
    let later = reading(&new, &later, Clock::Resolution, monday("23:00"));
    let breach = later
        .breach
        .map(|breach| (breach.at, breach.calendar_version));
    assert_eq!(breach, Some((monday("15:00"), 2)));
}

#[test]
fn a_breach_is_not_undone_by_a_longer_target_nor_by_an_edit() {
    let late = monday("14:30");
    let mut log = log([
        (monday("09:00"), What::Opened(under(1))),
        (late, What::TermsChanged(under(2))),
        (monday("15:00"), What::Resolved),
    ]);
    let found = reading(&two_policies(), &log, Clock::Resolution, monday("16:00"));
    let breach = found.breach.expect("a breach");
    assert_eq!((breach.at, breach.policy), (monday("14:00"), key(1)));
    assert_eq!(found.target, Some(Duration::from_hours(8)));
    for what in found.news() {
        log.write(event(late, what));
    }
    // A holiday that nobody had told the calendar of.
    let mut edited = version("Asia/Shanghai", OFFICE);
    edited.week[0] = hours("");
    let edited = rules_of(vec![edited]);
    let kept = reading(&edited, &log, Clock::Resolution, monday("16:00"));
    assert_eq!(
        (kept.elapsed.minutes(), kept.breach, kept.breach_is_recorded),
        (0, Some(breach), true)
    );
}

fn rules_of(versions: Vec<perennial_domain::clock::CalendarVersion>) -> Rules {
    let policies = [(1, 4), (2, 8)]
        .map(|(number, hours)| policy(number, vec![goal(Clock::Resolution, hours)]));
    Rules::new(policies.into(), &[calendar(versions)]).expect("rules")
}

#[test]
fn a_shorter_target_does_not_break_a_promise_before_it_was_made() {
    let log = log([
        (monday("09:00"), What::Opened(under(2))),
        (monday("15:00"), What::TermsChanged(under(1))),
    ]);
    let reading = reading(&two_policies(), &log, Clock::Resolution, monday("16:00"));
    assert_eq!(
        reading.breach.map(|breach| breach.at),
        Some(monday("15:00"))
    );
    assert_eq!(reading.deadline, Some(monday("14:00")));
}

#[test]
fn to_be_done_at_the_deadline_is_not_late() {
    let late = |resolved| {
        let log = log([
            (monday("09:00"), What::Opened(under(2))),
            (resolved, What::Resolved),
        ]);
        reading(
            &two_policies(),
            &log,
            Clock::Resolution,
            at("2026-11-30T09:00"),
        )
        .is_breached()
    };
    let deadline = at("2026-11-24T10:00");
    assert!(!late(deadline));
    assert!(late(Duration::from_micros(1).after(deadline)));
}

#[test]
fn an_urgent_complaint_does_not_get_the_goal_of_all_others() {
    let mut urgent = goal(Clock::Resolution, 1);
    urgent.priority = Some(perennial_domain::clock::Priority::Urgent);
    let rules = rules(always(), vec![goal(Clock::Resolution, 4), urgent]);
    let urgent = Terms {
        priority: perennial_domain::clock::Priority::Urgent,
        ..under(1)
    };
    let log = log([
        (monday("09:00"), What::Opened(under(1))),
        (monday("09:30"), What::TermsChanged(urgent)),
    ]);
    let deadline = |time| reading(&rules, &log, Clock::Resolution, monday(time)).deadline;
    assert_eq!(deadline("09:29"), Some(monday("13:00")));
    assert_eq!(deadline("09:30"), Some(monday("10:00")));
}

#[test]
fn priorities_ascend_and_the_usual_one_is_normal() {
    use perennial_domain::clock::Priority::{self, High, Low, Normal, Urgent};
    assert!(Low < Normal && Normal < High && High < Urgent);
    assert_eq!(Priority::default(), Normal);
    assert_eq!(Terms::default().priority, Normal);
    assert_eq!(serde_json::to_string(&Normal).expect("JSON"), "\"normal\"");
}

#[test]
fn what_cannot_be_counted_with_is_not_accepted() {
    let refused = |policies: Vec<Policy>| Rules::new(policies, &[always()]).err();
    let one = || policy(1, vec![goal(Clock::Resolution, 1)]);
    assert_eq!(
        refused(vec![one(), one()]),
        Some(RulesFault::PolicyTwice(key(1)))
    );
    let mut stray = one();
    stray.calendar = super::given::calendar_id(9);
    assert_eq!(refused(vec![stray]), Some(RulesFault::NoCalendar(key(1))));
    let twice = policy(
        1,
        vec![goal(Clock::Resolution, 1), goal(Clock::Resolution, 2)],
    );
    let fault = RulesFault::GoalTwice(key(1), Clock::Resolution, None);
    assert_eq!(
        fault.to_string(),
        format!("{} has two goals for resolution at any priority", key(1))
    );
    assert_eq!(refused(vec![twice]), Some(fault));
    let fault = RulesFault::Target(key(1), Clock::Resolution, None);
    assert_eq!(
        refused(vec![policy(1, vec![goal(Clock::Resolution, 0)])]),
        Some(fault)
    );
    let mut levels = goal(Clock::Resolution, 1);
    levels.levels = vec![level(1, 0, true), level(1, 5, true)];
    let fault = RulesFault::LevelTwice(key(1), Clock::Resolution, 1);
    assert_eq!(refused(vec![policy(1, vec![levels])]), Some(fault));
    let id = always().id;
    assert_eq!(
        Rules::new(vec![], &[always(), always()]).err(),
        Some(RulesFault::CalendarTwice(id))
    );
    let empty = super::given::calendar(vec![]);
    let fault = Rules::new(vec![], &[empty]).expect_err("a fault");
    let reason = std::error::Error::source(&fault).map(ToString::to_string);
    assert_eq!(reason.as_deref(), Some("a calendar has a version"));
    let log: Log = log([(monday("09:00"), What::Opened(under(7)))]);
    assert_eq!(
        two_policies().read(&log, monday("09:00")),
        Err(UnknownPolicy(key(7)))
    );
}
