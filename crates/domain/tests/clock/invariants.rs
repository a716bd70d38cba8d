//! What holds of every log, calendar and policy.

use std::collections::HashSet;

use perennial_domain::Instant;
use perennial_domain::clock::{
    Breach, Clock, Duration, Log, PieceKind, Reading, State, Timetable, Wait, What,
};
use proptest::prelude::*;
use proptest::sample::select;

use super::given::{
    Case, LENGTH, STEP, ZONES, calendars, cases, cycles, day, event, goal, reading, rules, under,
};
use super::oracle::{HORIZON, Oracle, Told};

/// The moment so many steps after a case begins.
pub(crate) fn moment(case: &Case, step: i64) -> Instant {
    case.start.plus_seconds(step * STEP * 60)
}

/// Whether the clocks show what the oracle counts. S1, S2, S5, S6, S8, S9, S10.
pub(crate) fn compare(case: &Case, log: &Log, now: i64) -> Result<(), TestCaseError> {
    let readings = case.rules().read(log, moment(case, now)).expect("policies");
    let oracle = Oracle::of(case);
    let told = oracle.watch(log, now);
    let told = Clock::ALL.iter().zip(&told).flat_map(|(clock, cycles)| {
        let cycles = cycles.iter();
        cycles.map(|notes| (*clock, oracle.tell(notes)))
    });
    let told: Vec<(Clock, Told<'_>)> = told.collect();
    prop_assert_eq!(readings.len(), told.len(), "{:#?}", readings);
    let mut names = HashSet::new();
    for (reading, (clock, told)) in readings.iter().zip(&told) {
        prop_assert_eq!(reading.clock, *clock);
        let mut known = log.events().iter().chain(case.other.events());
        let start = known.find(|event| event.id == reading.cycle);
        prop_assert_eq!(start.map(|event| event.at), Some(reading.started));
        prop_assert!(names.insert((reading.clock, reading.cycle)));
        agree(&oracle, reading, told)
            .map_err(|error| TestCaseError::fail(format!("{error}\n{reading:#?}\n{told:#?}")))?;
    }
    Ok(())
}

pub(crate) fn agree(
    oracle: &Oracle<'_>,
    reading: &Reading,
    told: &Told<'_>,
) -> Result<(), TestCaseError> {
    let step = |moment: Instant| oracle.step_of(moment);
    let target = told.now.goal.map(|(_, goal, _)| goal.target);
    prop_assert_eq!(reading.state, told.now.state);
    prop_assert_eq!(reading.wait, told.now.wait);
    prop_assert_eq!(reading.target, target);
    prop_assert_eq!(reading.elapsed, Duration::from_minutes(told.elapsed * STEP));
    prop_assert_eq!(step(reading.started), told.started);
    prop_assert_eq!(reading.stopped.map(step), told.stopped);
    match told.deadline {
        Some(i64::MAX) => prop_assert!(reading.deadline.is_none_or(|at| step(at) > HORIZON)),
        deadline => prop_assert_eq!(reading.deadline.map(step), deadline),
    }
    let breach = reading.breach.map(|breach| {
        let Breach {
            at,
            policy,
            target,
            calendar_version,
        } = breach;
        (step(at), policy, target, calendar_version)
    });
    prop_assert_eq!(breach, told.breach);
    for (level, at, is_due) in &told.escalations {
        let shown = reading.escalations.iter();
        let shown = shown.clone().find(|shown| shown.level == *level);
        if *at > HORIZON {
            prop_assert!(shown.is_none_or(|shown| !shown.is_due && step(shown.at) > HORIZON / 2));
        } else {
            let shown = shown.map(|shown| (step(shown.at), shown.is_due));
            prop_assert_eq!(shown, Some((*at, *is_due)));
        }
    }
    prop_assert!(reading.escalations.len() <= told.escalations.len());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn clocks_show_what_is_counted_step_by_step(case in cases(), now in LENGTH / 3..LENGTH + 99) {
        compare(&case, &case.log, now)?;
    }
}

/// A log's explanations, one for each cycle.
fn explained(case: &Case, now: Instant) -> Vec<(Reading, perennial_domain::clock::Explanation)> {
    let rules = case.rules();
    let readings = rules.read(&case.log, now).expect("policies");
    let explain = |reading: Reading| {
        let (clock, cycle) = (reading.clock, reading.cycle);
        let explanation = rules
            .explain(&case.log, clock, cycle, now)
            .expect("policies");
        (reading, explanation.expect("a cycle"))
    };
    readings.into_iter().map(explain).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(350))]

    // S1.
    #[test]
    fn the_pieces_that_counted_are_what_elapsed(case in cases(), now in 0..LENGTH + 99) {
        for (reading, explanation) in explained(&case, moment(&case, now)) {
            let counted = explanation.pieces.iter();
            let counted = counted.filter(|piece| piece.kind == PieceKind::Counted);
            let sum = counted.fold(Duration::ZERO, |sum, piece| {
                assert_eq!(piece.time, Duration::between(piece.from, piece.until));
                sum + piece.time
            });
            prop_assert_eq!(sum, reading.elapsed);
            prop_assert_eq!(explanation.elapsed, reading.elapsed);
            prop_assert_eq!(explanation.target, reading.target);
            let pieces = &explanation.pieces;
            prop_assert!(pieces.iter().all(|piece| reading.started <= piece.from && piece.from < piece.until));
            prop_assert!(pieces.windows(2).all(|two| two[0].until <= two[1].from), "{pieces:?}");
        }
    }

    // S4, S7: what is changed later leaves alone what was.
    #[test]
    fn what_was_counted_paused_and_broken_stays_so(case in cases(), now in 0..LENGTH, more in 0..LENGTH) {
        let (now, later) = (moment(&case, now), moment(&case, now + more));
        let after = explained(&case, later);
        for (was, explanation) in explained(&case, now) {
            let same = after.iter().find(|(is, _)| (is.clock, is.cycle) == (was.clock, was.cycle));
            let (is, later) = same.expect("the same cycle");
            prop_assert_eq!(was.started, is.started);
            prop_assert!(was.breach.is_none() || was.breach == is.breach);
            let past = |pieces: &[perennial_domain::clock::Piece]| -> Vec<_> {
                let pieces = pieces.iter().filter(|piece| piece.from < now);
                let pieces = pieces.filter(|piece| piece.kind != PieceKind::Stopped);
                pieces.map(|piece| (piece.kind, piece.from, piece.until.min(now))).collect()
            };
            prop_assert_eq!(past(&explanation.pieces), past(&later.pieces));
        }
    }

    // S7.
    #[test]
    fn a_recorded_breach_outlives_the_rules_that_it_was_found_by(case in cases(), other in cases()) {
        let now = moment(&case, LENGTH);
        let found = case.rules().read(&case.log, now).expect("policies");
        let mut log = case.log.clone();
        for what in found.iter().flat_map(Reading::news) {
            log.write(event(now, what));
        }
        let edited = Case { calendars: other.calendars, policies: other.policies, ..case };
        for is in edited.rules().read(&log, now).expect("policies") {
            let was = found.iter().find(|was| (is.clock, is.cycle) == (was.clock, was.cycle));
            if let Some(breach) = was.and_then(|was| was.breach) {
                prop_assert_eq!(is.breach, Some(breach));
                prop_assert!(is.breach_is_recorded);
            }
        }
    }

    // S11.
    #[test]
    fn a_log_is_the_same_however_it_was_written_and_kept(case in cases()) {
        let text = serde_json::to_string(&case.log).expect("JSON");
        prop_assert_eq!(&serde_json::from_str::<Log>(&text).expect("a log"), &case.log);
        let mut written = Log::default();
        for event in case.log.events().iter().rev() {
            written.write(event.clone());
        }
        prop_assert_eq!(&written, &case.log);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    // S2 and S3, to the microsecond.
    #[test]
    fn a_pause_moves_the_deadline_by_the_business_time_in_it(
        (calendar, start) in select(&ZONES[..]).prop_flat_map(|(zone, start)| {
            let start = day(start).begins_in("UTC");
            (calendars(1, zone, start, 15), Just(start))
        }),
        opened in 0..4 * 86_400_000_000_i64,
        wait in 0..86_400_000_000_i64,
        pause in 0..4 * 86_400_000_000_i64,
        target in 1..20_i64,
    ) {
        let table = Timetable::of(&calendar).expect("a calendar");
        let rules = rules(calendar, vec![goal(Clock::Resolution, target)]);
        let target = Duration::from_hours(target);
        let opened = Duration::from_micros(opened).after(start);
        let paused = Duration::from_micros(wait).after(opened);
        let resumed = Duration::from_micros(pause).after(paused);
        let plain = vec![event(opened, What::Opened(under(1)))];
        let mut held = plain.clone();
        held.push(event(paused, What::Paused(Wait::Customer)));
        held.push(event(resumed, What::Resumed));
        let (plain, held) = (Log::of(plain), Log::of(held));

        let plain = reading(&rules, &plain, Clock::Resolution, resumed).deadline;
        let held = reading(&rules, &held, Clock::Resolution, resumed);
        let business = table.elapsed(paused, resumed);
        match plain {
            Some(plain) if plain <= paused => prop_assert_eq!(held.deadline, Some(plain)),
            Some(plain) => prop_assert_eq!(held.deadline, table.advance(plain, business)),
            None => prop_assert_eq!(held.deadline, None),
        }
        if let Some(deadline) = held.deadline.filter(|deadline| *deadline > resumed) {
            prop_assert_eq!(table.elapsed(opened, deadline) - business, target);
        }
    }
}

#[test]
fn an_event_that_makes_no_sense_changes_nothing() {
    let rules = rules(super::given::always(), vec![goal(Clock::Resolution, 4)]);
    let senseless = [What::Replied, What::Reopened, What::Resumed, What::Closed];
    let at = super::given::monday("09:00");
    let events = senseless.map(|what| (at, what));
    let log = super::given::log(events);
    assert_eq!(rules.read(&log, at), Ok(Vec::new()));
    let log = super::given::log([
        (at, What::Opened(under(1))),
        (at, What::Opened(under(1))),
        (at, What::Reopened),
    ]);
    let cycles = cycles(&rules, &log, Clock::Resolution, at);
    assert_eq!(cycles.len(), 1);
    assert_eq!(cycles[0].state, State::Running);
}
