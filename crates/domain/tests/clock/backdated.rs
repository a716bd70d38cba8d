//! What happened is written late: what was recorded meanwhile stays with the cycle that it was of. S9 and S7.

use perennial_domain::clock::{
    Clock, Duration, Event, Goal, Log, Reading, Reopen, Rules, State, Wait, What,
};
use perennial_domain::{Id, Instant};
use proptest::prelude::*;

use super::escalations::level;
use super::given::{
    Case, LENGTH, always, cases, cycles, event, goal, log, monday, policy, reading, rules, under,
};
use super::invariants::{agree, moment};
use super::oracle::{Note, Oracle};

/// One hour for each clock, around the clock; somebody is told when it is over.
fn hourly() -> Rules {
    let goals = Clock::ALL.iter().map(|clock| Goal {
        levels: vec![level(1, 0, false)],
        ..goal(*clock, 1)
    });
    rules(always(), goals.collect())
}

/// Writes what is to be recorded at a moment.
fn record(rules: &Rules, log: &mut Log, now: Instant) -> Vec<What> {
    let readings = rules.read(log, now).expect("policies");
    let news: Vec<What> = readings.iter().flat_map(Reading::news).collect();
    for what in &news {
        log.write(event(now, what.clone()));
    }
    news
}

/// Whether a promise of each cycle was broken, whether somebody was told, and how many are to be told.
fn brief(reading: &Reading) -> (bool, bool, usize) {
    let told = reading.state == State::Running && reading.escalations.is_empty();
    (reading.is_breached(), told, reading.news().len())
}

/// Answered at 9:30; the customer speaks again at 11:00. Who looks at 12:01 finds it late.
fn late() -> (Rules, Log, Id<Event>) {
    let rules = hourly();
    let mut log = log([
        (monday("09:00"), What::Opened(under(1))),
        (monday("09:30"), What::Replied),
        (monday("11:00"), What::CustomerReplied),
    ]);
    record(&rules, &mut log, monday("10:01"));
    let news = record(&rules, &mut log, monday("12:01"));
    assert_eq!(news.len(), 2);
    let name = reading(&rules, &log, Clock::NextResponse, monday("12:01")).cycle;
    assert_eq!(
        name,
        log.events()
            .iter()
            .find(|event| event.at == monday("11:00"))
            .expect("it")
            .id
    );
    (rules, log, name)
}

fn waits(rules: &Rules, log: &Log) -> Vec<Reading> {
    cycles(rules, log, Clock::NextResponse, monday("12:01"))
}

#[test]
fn an_earlier_message_moves_the_start_and_tells_nobody_again() {
    let (rules, mut log, _) = late();
    let earlier = event(monday("10:00"), What::CustomerReplied);
    log.write(earlier.clone());
    let waits = waits(&rules, &log);
    assert_eq!(
        waits.iter().map(brief).collect::<Vec<_>>(),
        [(true, true, 0)]
    );
    assert_eq!((waits[0].cycle, waits[0].started), (earlier.id, earlier.at));
    let breach = waits[0].breach.map(|breach| breach.at);
    assert_eq!(breach, Some(monday("12:00")), "as it was recorded");
}

#[test]
fn an_earlier_wait_that_was_answered_takes_over_no_record() {
    let (rules, mut log, name) = late();
    log.write(event(monday("10:00"), What::CustomerReplied));
    log.write(event(monday("10:20"), What::Replied));
    let waits = waits(&rules, &log);
    let told: Vec<_> = waits.iter().map(brief).collect();
    assert_eq!(told, [(false, false, 0), (true, true, 0)]);
    assert_eq!(waits[1].cycle, name);
}

#[test]
fn an_answer_cuts_a_wait_in_two_and_what_was_told_of_the_first_says_nothing_of_the_second() {
    let (rules, mut log, name) = late();
    log.write(event(monday("11:10"), What::CustomerReplied));
    log.write(event(monday("11:05"), What::Replied));
    let waits = cycles(&rules, &log, Clock::NextResponse, monday("12:11"));
    let told: Vec<_> = waits.iter().map(brief).collect();
    // The first was in time after all, but was found not to be; the second is found late on its own account.
    assert_eq!(told, [(true, false, 0), (true, false, 2)]);
    assert_eq!((waits[0].cycle, waits[0].state), (name, State::Stopped));
    let again = record(&rules, &mut log, monday("12:11"));
    assert_eq!(
        (again.len(), record(&rules, &mut log, monday("12:11")).len()),
        (2, 0)
    );
}

#[test]
fn a_wait_that_never_was_keeps_its_records_from_all_others() {
    let (rules, mut log, _) = late();
    log.write(event(monday("10:00"), What::CustomerReplied));
    log.write(event(monday("10:10"), What::Replied));
    log.write(event(monday("10:30"), What::Resolved));
    let told: Vec<_> = waits(&rules, &log).iter().map(brief).collect();
    assert_eq!(told, [(false, false, 0)]);
}

#[test]
fn an_earlier_opening_moves_the_start_and_tells_nobody_again() {
    let (rules, mut log, _) = late();
    let first = event(monday("08:00"), What::Opened(under(1)));
    log.write(first.clone());
    let resolution = reading(&rules, &log, Clock::Resolution, monday("12:01"));
    assert_eq!(brief(&resolution), (true, true, 0));
    assert_eq!((resolution.cycle, resolution.started), (first.id, first.at));
}

#[test]
fn an_earlier_reopening_moves_the_start_and_tells_nobody_again() {
    let mut promised = goal(Clock::Resolution, 1);
    (promised.levels, promised.reopen) = (vec![level(1, 0, false)], Reopen::NewCycle);
    let rules = rules(always(), vec![promised]);
    let mut log = log([
        (monday("09:00"), What::Opened(under(1))),
        (monday("09:30"), What::Resolved),
        (monday("11:00"), What::Reopened),
    ]);
    assert_eq!(record(&rules, &mut log, monday("12:01")).len(), 2);
    log.write(event(monday("10:30"), What::Reopened));
    let cycles = cycles(&rules, &log, Clock::Resolution, monday("12:01"));
    let told: Vec<_> = cycles.iter().map(brief).collect();
    assert_eq!(told, [(false, false, 0), (true, true, 0)]);
    assert_eq!(cycles[1].started, monday("10:30"));
}

#[test]
fn a_reopening_that_went_on_after_all_tells_nobody_again() {
    let policies = [(1, Reopen::NewCycle), (2, Reopen::Continue)].map(|(number, reopen)| {
        let levels = vec![level(1, 0, false)];
        let promised = Goal {
            levels,
            reopen,
            ..goal(Clock::Resolution, 1)
        };
        policy(number, vec![promised])
    });
    let rules = Rules::new(policies.into(), &[always()]).expect("rules");
    let mut log = log([
        (monday("09:00"), What::Opened(under(1))),
        (monday("09:10"), What::Resolved),
        (monday("11:00"), What::Reopened),
    ]);
    assert_eq!(record(&rules, &mut log, monday("12:01")).len(), 2);
    // Another policy had been chosen before: what seemed to begin anew went on.
    log.write(event(monday("10:00"), What::TermsChanged(under(2))));
    let cycles = cycles(&rules, &log, Clock::Resolution, monday("12:01"));
    let told: Vec<_> = cycles.iter().map(brief).collect();
    assert_eq!(told, [(true, true, 0)]);
    assert_eq!(cycles[0].started, monday("09:00"));
}

#[test]
fn records_of_complaints_that_were_merged_stay_where_they_belong() {
    let (rules, absorbed, name) = late();
    let mut log = log([
        (monday("11:30"), What::Opened(under(1))),
        (monday("11:40"), What::Replied),
        (monday("12:02"), What::Merged(absorbed.clone())),
    ]);
    // What only the absorbed one owes is a cycle more, under its own name.
    let waits = |log: &Log| cycles(&rules, log, Clock::NextResponse, monday("12:30"));
    let told = |log: &Log| waits(log).iter().map(brief).collect::<Vec<_>>();
    assert_eq!(
        (told(&log), waits(&log)[0].cycle),
        (vec![(true, true, 0)], name)
    );
    // A wait of the survivor comes to light: both owe it, since the earlier start, and both names are known.
    log.write(event(monday("11:50"), What::CustomerReplied));
    assert_eq!(
        (told(&log), waits(&log)[0].cycle),
        (vec![(true, true, 0)], name)
    );
    // It was answered before the two became one.
    log.write(event(monday("11:55"), What::Replied));
    assert_eq!(told(&log), [(false, false, 0), (true, true, 0)]);
    // To be merged once more makes nothing owed twice.
    log.write(event(monday("12:10"), What::Replied));
    log.write(event(monday("12:20"), What::Merged(absorbed)));
    assert_eq!(told(&log), [(false, false, 0), (true, false, 0)]);
}

/// Something that was recorded: of which clock, by the step of the event that began its cycle.
struct Recorded {
    clock: Clock,
    start: i64,
    what: What,
}

impl Recorded {
    /// Whether it is of the cycle that did this in each step: the clock had begun when that event happened, and had not ended.
    fn is_of(&self, clock: Clock, notes: &[Note<'_>]) -> bool {
        let mut notes = notes.iter();
        self.clock == clock
            && notes.any(|note| note.step == self.start && note.state != State::Stopped)
    }
}

/// Cases with many messages, answers, ends and reopenings, short targets, and an office that never closes: much to tell.
fn lively() -> BoxedStrategy<Case> {
    let what = prop_oneof![
        6 => Just(What::CustomerReplied),
        3 => Just(What::Replied),
        2 => Just(What::Resolved),
        4 => Just(What::Reopened),
        1 => Just(What::Paused(Wait::Customer)),
        1 => (1..=3_u128).prop_map(|policy| What::TermsChanged(under(policy))),
    ];
    let events = prop::collection::btree_map(1..LENGTH, what, 8..24);
    let lively = (cases(), events).prop_map(|(mut case, events)| {
        let all = events
            .into_iter()
            .chain([(0, What::Opened(under(1)))])
            .map(|(step, what)| event(moment(&case, step), what));
        case.log = Log::of(all.collect());
        case.calendars[0] = always();
        for goal in case
            .policies
            .iter_mut()
            .flat_map(|policy| &mut policy.goals)
        {
            goal.target = goal.target.min(Duration::from_hours(4));
            if goal.levels.iter().all(|level| level.level != 3) {
                goal.levels.push(level(3, 0, false));
            }
        }
        case
    });
    lively.boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(50))]

    // Whatever comes to light, and how late: each cycle tells what is due of it, and what was told of it already it does not.
    #[test]
    fn nobody_is_told_twice_and_nobody_is_forgotten(
        case in lively(),
        delays in prop::collection::vec(prop::option::of(1..LENGTH / 4), 24),
        pace in 40..200_i64,
    ) {
        let (rules, oracle) = (case.rules(), Oracle::of(&case));
        let mut coming: Vec<(i64, Event)> = case.log.events().iter().zip(delays).map(|(event, delay)| {
            (oracle.step_of(event.at) + delay.unwrap_or_default(), event.clone())
        }).collect();
        coming.sort_by_key(|(arrives, _)| *arrives);
        let mut coming = coming.into_iter().peekable();
        // What happened, and the same with what was recorded.
        let (mut facts, mut log) = (Log::default(), Log::default());
        let mut records: Vec<Recorded> = Vec::new();
        for tick in (0..LENGTH * 3 / 2).step_by(usize::try_from(pace).expect("a pace")) {
            while let Some((_, event)) = coming.next_if(|(arrives, _)| *arrives <= tick) {
                facts.write(event.clone());
                log.write(event);
            }
            let now = moment(&case, tick);
            let readings = rules.read(&log, now).expect("policies");
            let cycles = Clock::ALL.iter().zip(oracle.watch(&facts, tick));
            let cycles = cycles.flat_map(|(clock, cycles)| cycles.into_iter().map(move |notes| (*clock, notes)));
            let cycles: Vec<(Clock, Vec<Note<'_>>)> = cycles.collect();
            prop_assert_eq!(readings.len(), cycles.len());
            for (reading, (clock, notes)) in readings.iter().zip(&cycles) {
                let mut told = oracle.tell(notes);
                let own = || records.iter().filter(|record| record.is_of(*clock, notes));
                let fired = |level| own().any(|record| matches!(record.what, What::Escalated { level: it, .. } if it == level));
                told.escalations.retain(|(level, ..)| !fired(*level));
                let breaches = own().filter_map(|record| match record.what {
                    What::Breached { breach, .. } => Some(breach),
                    _ => None,
                });
                let recorded = breaches.min_by_key(|breach| breach.at);
                prop_assert_eq!(reading.breach_is_recorded, recorded.is_some());
                told.breach = recorded.map(|breach| {
                    (oracle.step_of(breach.at), breach.policy, breach.target, breach.calendar_version)
                }).or(told.breach);
                agree(&oracle, reading, &told)
                    .map_err(|error| TestCaseError::fail(format!("{error}\n{reading:#?}\n{told:#?}\n{log:#?}")))?;
            }
            for reading in &readings {
                for what in reading.news() {
                    let start = oracle.step_of(reading.started);
                    records.push(Recorded { clock: reading.clock, start, what: what.clone() });
                    log.write(event(now, what));
                }
            }
            let after = rules.read(&log, now).expect("policies");
            prop_assert!(after.iter().all(|reading| reading.news().is_empty()));
        }
    }
}
