//! What a log comes to without any calendar: for each clock its cycles, and in each what it did since when.

use super::log::{Breach, Event, Log, What};
use super::policy::{Clock, Reopen, Terms, Wait};
use super::rules::{Rules, UnknownPolicy};
use crate::{Id, Instant};

/// How far the clocks of a complaint have come. Made anew from the whole log whenever it is asked for: an event that happened
/// before may be written later.
#[derive(Debug, Default)]
pub(super) struct Progress {
    stage: Stage,
    wait: Option<Wait>,
    terms: Terms,
    tracks: Tracks,
    records: Vec<Record>,
}

/// What was written of a cycle. Kept beside the cycles: which one it belongs to may be another once an earlier event is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Record {
    clock: Clock,
    cycle: Id<Event>,
    what: Recorded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recorded {
    Breach(Breach),
    Escalation(u8),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Unopened,
    Open,
    Over,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Tracks {
    first_response: Track,
    next_response: Track,
    resolution: Track,
}

/// A clock, as far as events tell; whether it counts is for the policy to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Track {
    /// Whether it has been started, and what it measures has not happened.
    is_on: bool,
    /// Whether it was the end of the complaint that stopped it, not an answer.
    was_cut: bool,
    cycles: Vec<Cycle>,
}

/// From a start of a clock to its last stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cycle {
    /// The event that began it, which is its name.
    pub(super) begun_by: Id<Event>,
    /// Events that found it going on, and would have begun it else: where an event that happened before is written later, these
    /// are the names that it had until then.
    also: Vec<Id<Event>>,
    /// What it did, each until the next begins. Never empty between two events.
    pub(super) stretches: Vec<Stretch>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) from: Instant,
    pub(super) doing: Doing,
    pub(super) terms: Terms,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    Running,
    Paused(Wait),
    Stopped,
    Untimed,
}

impl Progress {
    /// What a log comes to at a moment; what happened later does not count.
    pub(super) fn of(log: &Log, rules: &Rules, now: Instant) -> Result<Self, UnknownPolicy> {
        let mut progress = Self::default();
        for event in log.until(now) {
            progress.apply(event, rules)?;
        }
        Ok(progress)
    }

    /// Goes on with the next event. One that makes no sense where the complaint stands (an answer to what is closed) changes
    /// nothing.
    fn apply(&mut self, event: &Event, rules: &Rules) -> Result<(), UnknownPolicy> {
        match (&event.what, self.stage) {
            (What::Opened(terms), stage) => {
                if stage == Stage::Unopened {
                    self.stage = Stage::Open;
                    self.terms = *terms;
                    self.tracks.first_response.begin(event.id);
                    self.tracks.resolution.begin(event.id);
                } else {
                    self.tracks.first_response.claim(event.id);
                    self.tracks.resolution.claim(event.id);
                }
            }
            (What::TermsChanged(terms), _) => self.terms = *terms,
            (What::Replied, Stage::Open) => {
                self.tracks.first_response.stop(false);
                self.tracks.next_response.stop(false);
            }
            (What::CustomerReplied, Stage::Open) => {
                self.wait = self.wait.filter(|wait| *wait != Wait::Customer);
                if self.tracks.next_response.is_on {
                    self.tracks.next_response.claim(event.id);
                } else if !self.tracks.first_response.is_on {
                    self.tracks.next_response.begin(event.id);
                }
            }
            (What::Paused(wait), Stage::Open) => self.wait = Some(*wait),
            (What::Resumed, Stage::Open) => self.wait = None,
            (What::Resolved | What::Closed, Stage::Open) => {
                self.stage = Stage::Over;
                self.wait = None;
                for clock in Clock::ALL {
                    self.tracks.of_mut(*clock).stop(true);
                }
            }
            (What::Reopened, Stage::Over) => {
                self.stage = Stage::Open;
                for clock in Clock::ALL {
                    let promise = rules.promise(self.terms, *clock)?;
                    let rule = promise.map_or(Reopen::Continue, |promise| promise.goal.reopen);
                    self.tracks.of_mut(*clock).reopen(rule, event.id);
                }
            }
            (What::Reopened, Stage::Open) => {
                for clock in Clock::ALL {
                    self.tracks.of_mut(*clock).claim(event.id);
                }
            }
            (What::Merged(log), Stage::Open | Stage::Over) => {
                let absorbed = Self::of(log, rules, event.at)?;
                for clock in Clock::ALL {
                    let track = self.tracks.of_mut(*clock);
                    track.absorb(absorbed.tracks.of(*clock));
                    if self.stage == Stage::Over {
                        track.cut(event.at, absorbed.terms);
                    }
                }
                self.records.extend(absorbed.records);
            }
            (
                What::Breached {
                    clock,
                    cycle,
                    breach,
                },
                _,
            ) => self.records.push(Record {
                clock: *clock,
                cycle: *cycle,
                what: Recorded::Breach(*breach),
            }),
            (
                What::Escalated {
                    clock,
                    cycle,
                    level,
                },
                _,
            ) => self.records.push(Record {
                clock: *clock,
                cycle: *cycle,
                what: Recorded::Escalation(*level),
            }),
            _ => {}
        }
        for clock in Clock::ALL {
            self.settle(*clock, event.at, rules)?;
        }
        Ok(())
    }

    /// The cycles of a clock, oldest first.
    pub(super) fn cycles(&self, clock: Clock) -> &[Cycle] {
        &self.tracks.of(clock).cycles
    }

    /// What was written of a cycle of a clock, in whatever order.
    pub(super) fn recorded(&self, clock: Clock, cycle: &Cycle) -> impl Iterator<Item = Recorded> {
        let records = self.records.iter();
        let own = records.filter(move |record| record.clock == clock && cycle.is(record.cycle));
        own.map(|record| record.what)
    }

    /// Notes what a clock does from a moment on, if that is something else than before.
    fn settle(&mut self, clock: Clock, at: Instant, rules: &Rules) -> Result<(), UnknownPolicy> {
        let terms = self.terms;
        let promise = rules.promise(terms, clock)?;
        let track = self.tracks.of_mut(clock);
        let doing = match (promise, self.wait) {
            _ if !track.is_on => Doing::Stopped,
            (None, _) => Doing::Untimed,
            (Some(promise), Some(wait)) if promise.goal.pauses.contains(&wait) => {
                Doing::Paused(wait)
            }
            (Some(_), _) => Doing::Running,
        };
        if let Some(cycle) = track.cycles.last_mut() {
            cycle.note(Stretch {
                from: at,
                doing,
                terms,
            });
        }
        Ok(())
    }
}

impl Tracks {
    const fn of(&self, clock: Clock) -> &Track {
        match clock {
            Clock::FirstResponse => &self.first_response,
            Clock::NextResponse => &self.next_response,
            Clock::Resolution => &self.resolution,
        }
    }

    const fn of_mut(&mut self, clock: Clock) -> &mut Track {
        match clock {
            Clock::FirstResponse => &mut self.first_response,
            Clock::NextResponse => &mut self.next_response,
            Clock::Resolution => &mut self.resolution,
        }
    }
}

impl Track {
    fn begin(&mut self, event: Id<Event>) {
        self.is_on = true;
        self.cycles.push(Cycle {
            begun_by: event,
            also: Vec::new(),
            stretches: Vec::new(),
        });
    }

    /// Of an event that would begin a cycle if none went on.
    fn claim(&mut self, event: Id<Event>) {
        if let Some(cycle) = self.cycles.last_mut().filter(|_| self.is_on) {
            cycle.also.push(event);
        }
    }

    const fn stop(&mut self, was_cut: bool) {
        if self.is_on {
            self.is_on = false;
            self.was_cut = was_cut;
        }
    }

    /// Of what a complaint that is over took over: it stands from here on, under the terms by which it ran until now.
    fn cut(&mut self, at: Instant, terms: Terms) {
        if let Some(cycle) = self.cycles.last_mut().filter(|_| self.is_on) {
            cycle.note(Stretch {
                from: at,
                doing: Doing::Stopped,
                terms,
            });
        }
        self.stop(true);
    }

    fn reopen(&mut self, rule: Reopen, event: Id<Event>) {
        match rule {
            // What was answered stays answered.
            Reopen::Continue => {
                self.is_on = self.was_cut;
                self.claim(event);
            }
            Reopen::NewCycle => self.begin(event),
            Reopen::Ignore => {}
        }
    }

    /// Takes over what an absorbed complaint still owes: where both owe it, since the earlier start; where only that one
    /// does, as a cycle more. What it took over once it does not take over again.
    fn absorb(&mut self, absorbed: &Self) {
        let Some(owed) = absorbed.cycles.last().filter(|_| absorbed.is_on) else {
            return;
        };
        if self.cycles.iter().any(|own| own.is(owed.begun_by)) {
            return;
        }
        match self.cycles.last_mut().filter(|_| self.is_on) {
            Some(own) => own.absorb(owed),
            None => {
                self.is_on = true;
                self.cycles.push(owed.clone());
            }
        }
    }
}

impl Cycle {
    /// Goes on as before or, where that is something else, with a new stretch. What lasted no time is forgotten.
    fn note(&mut self, next: Stretch) {
        if self.goes_on(next) {
            return;
        }
        self.stretches.pop_if(|last| last.from == next.from);
        if !self.goes_on(next) {
            self.stretches.push(next);
        }
    }

    /// Whether the last stretch says it already. What stands was measured by the terms under which it stopped.
    fn goes_on(&self, next: Stretch) -> bool {
        self.stretches.last().is_some_and(|last| {
            last.doing == next.doing && (next.doing == Doing::Stopped || last.terms == next.terms)
        })
    }

    /// Whether an event began it, or would have.
    pub(super) fn is(&self, event: Id<Event>) -> bool {
        self.begun_by == event || self.also.contains(&event)
    }

    /// Puts in front what another did before this one began. It goes by the names of both, so what was written of either is
    /// written of both.
    fn absorb(&mut self, other: &Self) {
        let start = |cycle: &Self| cycle.stretches.first().map(|first| first.from);
        self.also.push(other.begun_by);
        self.also.extend(&other.also);
        if let (Some(own), Some(others)) = (start(self), start(other))
            && others < own
        {
            let earlier = other.stretches.iter().copied();
            let earlier = earlier.take_while(|stretch| stretch.from < own);
            self.stretches.splice(..0, earlier);
            // The name is that of the start.
            if let Some(name) = self.also.iter_mut().find(|name| **name == other.begun_by) {
                std::mem::swap(name, &mut self.begun_by);
            }
        }
    }
}
