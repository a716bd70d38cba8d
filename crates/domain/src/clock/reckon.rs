//! Reading clocks: the stretches of a log's progress laid over the timetables.

use super::duration::Duration;
use super::log::{Breach, Event, Log};
use super::policy::{Clock, Level};
use super::progress::{Cycle, Doing, Progress, Recorded, Stretch};
use super::reading::{Escalation, Explanation, Piece, PieceKind, Reading, State};
use super::rules::{Promise, Rules, UnknownPolicy};
use crate::{Id, Instant};

/// A stretch during which a clock ran.
struct Run<'a> {
    from: Instant,
    until: Instant,
    promise: Promise<'a>,
    /// The business time in it.
    time: Duration,
}

impl Rules {
    /// What the clocks of a complaint show at a moment: all cycles of each, oldest first. A complaint under no policy, and one that
    /// was not opened, are no error.
    pub fn read(&self, log: &Log, now: Instant) -> Result<Vec<Reading>, UnknownPolicy> {
        let progress = Progress::of(log, self, now)?;
        let mut readings = Vec::with_capacity(Clock::ALL.len());
        for clock in Clock::ALL {
            for cycle in progress.cycles(*clock) {
                readings.extend(progress.reading(*clock, cycle, self, now)?);
            }
        }
        Ok(readings)
    }

    /// How one cycle of a clock, named by the event that began it, comes to what it shows at a moment; none where there is no such
    /// cycle.
    pub fn explain(
        &self,
        log: &Log,
        clock: Clock,
        cycle: Id<Event>,
        now: Instant,
    ) -> Result<Option<Explanation>, UnknownPolicy> {
        let progress = Progress::of(log, self, now)?;
        let found = progress.cycles(clock).iter().find(|found| found.is(cycle));
        let Some((found, last)) = found.and_then(|found| Some((found, found.stretches.last()?)))
        else {
            return Ok(None);
        };
        let mut pieces = Vec::new();
        // What follows a last stop is no part of the cycle.
        let rest = usize::from(last.doing == Doing::Stopped);
        let shown = found.stretches.len().saturating_sub(rest);
        for (stretch, until) in found.stretches(now).take(shown) {
            let promise = self.promise(stretch.terms, clock)?;
            add_pieces(&mut pieces, stretch, until, promise);
        }
        let counted = pieces
            .iter()
            .filter(|piece| piece.kind == PieceKind::Counted);
        let elapsed = counted.fold(Duration::ZERO, |sum, piece| sum + piece.time);
        let promise = self.promise(last.terms, clock)?;
        let zone = promise.map_or("UTC", |promise| promise.timetable.zone_at(now));
        Ok(Some(Explanation {
            clock,
            cycle: found.begun_by,
            elapsed,
            target: promise.map(|promise| promise.goal.target),
            zone: zone.to_owned(),
            pieces,
        }))
    }
}

impl Progress {
    fn reading(
        &self,
        clock: Clock,
        cycle: &Cycle,
        rules: &Rules,
        now: Instant,
    ) -> Result<Option<Reading>, UnknownPolicy> {
        let (Some(first), Some(last)) = (cycle.stretches.first(), cycle.stretches.last()) else {
            return Ok(None);
        };
        let (mut recorded, mut fired) = (None::<Breach>, Vec::new());
        for what in self.recorded(clock, cycle) {
            match what {
                Recorded::Breach(breach) if recorded.is_none_or(|first| breach.at < first.at) => {
                    recorded = Some(breach);
                }
                Recorded::Breach(_) => {}
                Recorded::Escalation(level) => fired.push(level),
            }
        }
        let mut runs = Vec::with_capacity(cycle.stretches.len());
        let (mut elapsed, mut breach) = (Duration::ZERO, recorded);
        for (stretch, until) in cycle.stretches(now) {
            if stretch.doing != Doing::Running {
                continue;
            }
            if let Some(promise) = rules.promise(stretch.terms, clock)? {
                let run = Run::of(stretch.from, until, promise);
                breach = breach.or_else(|| run.breach(elapsed));
                elapsed += run.time;
                runs.push(run);
            }
        }
        let is_running = last.doing == Doing::Running;
        let promise = rules.promise(last.terms, clock)?;
        let deadline = promise.and_then(|promise| reached(&runs, promise.goal.target, is_running));
        let (state, wait) = match last.doing {
            Doing::Running => (State::Running, None),
            Doing::Paused(wait) => (State::Paused, Some(wait)),
            Doing::Stopped => (State::Stopped, None),
            Doing::Untimed => (State::Untimed, None),
        };
        let mut reading = Reading {
            clock,
            cycle: cycle.begun_by,
            state,
            wait,
            started: first.from,
            stopped: Some(last.from).filter(|_| state == State::Stopped),
            elapsed,
            target: promise.map(|promise| promise.goal.target),
            deadline,
            breach,
            breach_is_recorded: recorded.is_some(),
            escalations: Vec::new(),
        };
        if let Some(promise) = promise.filter(|_| is_running) {
            let levels = promise.goal.levels.iter();
            let waiting = levels.filter(|level| !fired.contains(&level.level));
            reading.escalations = waiting
                .filter_map(|level| escalation(*level, &runs, promise, deadline?, now))
                .collect();
        }
        Ok(Some(reading))
    }
}

/// When a level fires: by plain time after the deadline, or inside hours, when so much more or less than the target has
/// counted.
fn escalation(
    level: Level,
    runs: &[Run<'_>],
    promise: Promise<'_>,
    deadline: Instant,
    now: Instant,
) -> Option<Escalation> {
    let Promise {
        goal, timetable, ..
    } = promise;
    let at = if level.inside_hours {
        timetable.next_open(reached(runs, goal.target + level.offset, true)?)?
    } else {
        level.offset.after(deadline)
    };
    // Whoever looks late must not wake anybody up either.
    let is_due = at <= now && (!level.inside_hours || timetable.is_open(now));
    Some(Escalation {
        level: level.level,
        at,
        is_due,
    })
}

/// When so much time had counted, or will have if the last run goes on.
fn reached(runs: &[Run<'_>], amount: Duration, goes_on: bool) -> Option<Instant> {
    let mut left = amount;
    for (place, run) in runs.iter().enumerate() {
        let is_open_ended = goes_on && place + 1 == runs.len();
        if is_open_ended || left <= run.time {
            return run.promise.timetable.advance(run.from, left);
        }
        left -= run.time;
    }
    None
}

impl<'a> Run<'a> {
    fn of(from: Instant, until: Instant, promise: Promise<'a>) -> Self {
        Self {
            from,
            until,
            promise,
            time: promise.timetable.elapsed(from, until),
        }
    }

    /// The breach in this run, if there is one: its promise's time was up, and the run went on.
    fn breach(&self, elapsed: Duration) -> Option<Breach> {
        let Promise {
            policy,
            goal,
            timetable,
        } = self.promise;
        let left = goal.target - elapsed;
        if left > self.time {
            return None;
        }
        let at = timetable
            .advance(self.from, left)
            .filter(|at| *at < self.until)?;
        Some(Breach {
            at,
            policy,
            target: goal.target,
            calendar_version: timetable.version_at(at),
        })
    }
}

impl Cycle {
    /// Each stretch with its end: that of the last is now.
    fn stretches(&self, now: Instant) -> impl Iterator<Item = (&Stretch, Instant)> {
        let ends = self.stretches.iter().skip(1).map(|next| next.from);
        self.stretches.iter().zip(ends.chain([now]))
    }
}

fn add_pieces(
    pieces: &mut Vec<Piece>,
    stretch: &Stretch,
    until: Instant,
    promise: Option<Promise<'_>>,
) {
    let from = stretch.from;
    let time = |from, until| {
        promise.map_or(Duration::ZERO, |promise| {
            promise.timetable.elapsed(from, until)
        })
    };
    let (kind, time) = match stretch.doing {
        Doing::Running => {
            let openings = promise.map(|promise| promise.timetable.openings(from, until));
            for (opens, closes) in openings.into_iter().flatten() {
                match pieces.last_mut() {
                    // An event that changed nothing for this clock.
                    Some(last) if last.kind == PieceKind::Counted && last.until == opens => {
                        last.until = closes;
                        last.time = Duration::between(last.from, closes);
                    }
                    _ => pieces.push(Piece {
                        kind: PieceKind::Counted,
                        from: opens,
                        until: closes,
                        time: Duration::between(opens, closes),
                    }),
                }
            }
            return;
        }
        Doing::Paused(wait) => (PieceKind::Paused(wait), time(from, until)),
        Doing::Stopped => (PieceKind::Stopped, Duration::ZERO),
        Doing::Untimed => (PieceKind::Untimed, Duration::ZERO),
    };
    if from < until {
        pieces.push(Piece {
            kind,
            from,
            until,
            time,
        });
    }
}
