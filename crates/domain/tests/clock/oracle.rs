//! The naive count: every step of five minutes is looked at by itself. Written from the rules alone, with nothing of the engine but
//! the types of what goes in.

use chrono::{DateTime, Datelike, NaiveDate, Timelike};
use chrono_tz::Tz;
use perennial_domain::clock::{
    Calendar, CalendarVersion, Clock, Duration, Goal, Log, Opening, PolicyVersion, Reopen, State,
    Terms, Wait, What,
};
use perennial_domain::{Date, Instant};

use super::given::Case;

/// Minutes in a step.
pub(crate) const STEP: i64 = 5;
/// How many steps ahead the oracle looks: 16 days.
pub(crate) const HORIZON: i64 = 16 * 24 * 60 / STEP;

/// Whether a calendar is open at a moment.
pub(crate) fn is_open(calendar: &Calendar, moment: Instant) -> bool {
    let mut versions = calendar.versions.iter().rev();
    let version = versions
        .find(|version| version.since <= moment)
        .unwrap_or(&calendar.versions[0]);
    let zone: Tz = version.zone.parse().expect("a zone");
    let utc = DateTime::from_timestamp_micros(moment.micros()).expect("a time");
    let local = utc.with_timezone(&zone).naive_local();
    let (hour, minute) = (local.hour(), local.minute());
    let now = u16::try_from(hour * 60 + minute).expect("a minute of the day");
    let today = openings(version, local.date());
    let yesterday = openings(version, local.date().pred_opt().expect("a day before"));
    today.iter().any(|opening| {
        let (opens, closes) = (opening.opens.minutes(), opening.closes.minutes());
        opens <= now && (now < closes || closes <= opens)
    }) || yesterday.iter().any(|opening| {
        let (opens, closes) = (opening.opens.minutes(), opening.closes.minutes());
        closes <= opens && now < closes
    })
}

fn openings(version: &CalendarVersion, day: NaiveDate) -> &[Opening] {
    let special = version.special_days.iter();
    let mut special = special.filter(|special| special.on == Date::from(day));
    match special.next() {
        Some(special) => &special.openings,
        None => &version.week[day.weekday().num_days_from_monday() as usize],
    }
}

/// What is promised: by which policy, what, and in the hours of which of the case's calendars.
type Promise<'a> = (PolicyVersion, &'a Goal, usize);

/// What a clock did in a step.
#[derive(Clone, Debug)]
pub(crate) struct Note<'a> {
    pub(crate) step: i64,
    pub(crate) state: State,
    pub(crate) wait: Option<Wait>,
    pub(crate) goal: Option<Promise<'a>>,
    terms: Terms,
}

#[derive(Default)]
struct Track<'a> {
    is_on: bool,
    was_cut: bool,
    stop_terms: Terms,
    cycles: Vec<Vec<Note<'a>>>,
}

impl<'a> Track<'a> {
    fn begin(&mut self, step: i64, notes: Vec<Note<'a>>) {
        // What went on until this very step stands from it on.
        if let Some(note) = self.cycles.last().and_then(|cycle| cycle.last())
            && note.state != State::Stopped
        {
            let stopped = Note {
                step,
                state: State::Stopped,
                wait: None,
                goal: note.goal,
                terms: self.stop_terms,
            };
            self.cycles.last_mut().expect("a cycle").push(stopped);
        }
        self.is_on = true;
        self.cycles.push(notes);
    }

    fn stop(&mut self, was_cut: bool, terms: Terms) {
        if self.is_on {
            (self.is_on, self.was_cut, self.stop_terms) = (false, was_cut, terms);
        }
    }
}

/// What a cycle of a clock comes to. Times in steps.
#[derive(Debug)]
pub(crate) struct Told<'a> {
    pub(crate) now: Note<'a>,
    pub(crate) started: i64,
    pub(crate) stopped: Option<i64>,
    pub(crate) elapsed: i64,
    /// None where it is not known; beyond the horizon where the oracle does not see it.
    pub(crate) deadline: Option<i64>,
    /// When, whose promise, of how much, by which version of the calendar.
    pub(crate) breach: Option<(i64, PolicyVersion, Duration, u32)>,
    /// Level, when, whether that is now.
    pub(crate) escalations: Vec<(u8, i64, bool)>,
}

/// A case with its calendars laid out.
pub(crate) struct Oracle<'a> {
    case: &'a Case,
    open: Vec<Vec<bool>>,
}

impl<'a> Oracle<'a> {
    pub(crate) fn of(case: &'a Case) -> Self {
        let open = case.calendars.iter().map(|calendar| {
            let steps = 0..HORIZON + 1;
            steps
                .map(|step| is_open(calendar, case.start.plus_seconds(step * STEP * 60)))
                .collect()
        });
        Self {
            case,
            open: open.collect(),
        }
    }

    pub(crate) fn step_of(&self, moment: Instant) -> i64 {
        let micros = moment.micros() - self.case.start.micros();
        assert_eq!(micros % (STEP * 60_000_000), 0, "{moment} is off the grid");
        micros / (STEP * 60_000_000)
    }

    fn calendar_version(&self, calendar: usize, step: i64) -> u32 {
        let moment = self.case.start.plus_seconds(step * STEP * 60);
        let versions = &self.case.calendars[calendar].versions;
        let is_second = versions.get(1).is_some_and(|next| next.since <= moment);
        versions[usize::from(is_second)].version
    }

    fn goal(&self, terms: Terms, clock: Clock) -> Option<Promise<'a>> {
        let key = terms.policy?;
        let policy = self.case.policies.iter().find(|policy| policy.key == key);
        let policy = policy.expect("a policy");
        let of = |priority| {
            let mut goals = policy.goals.iter();
            goals.find(|goal| goal.clock == clock && goal.priority == priority)
        };
        let goal = of(Some(terms.priority)).or(of(None))?;
        let ids: Vec<_> = self
            .case
            .calendars
            .iter()
            .map(|calendar| calendar.id)
            .collect();
        let calendar = ids.iter().position(|id| *id == policy.calendar);
        Some((key, goal, calendar.expect("a calendar")))
    }

    /// For each clock, in the order of [`Clock::ALL`], and each of its cycles what it did in every step up to `now`, that of now
    /// included.
    pub(crate) fn watch(&self, log: &Log, now: i64) -> [Vec<Vec<Note<'a>>>; 3] {
        let mut tracks: [Track<'a>; 3] = Default::default();
        let (mut is_open, mut is_over) = (false, false);
        let (mut terms, mut wait) = (Terms::default(), None);
        let [first, next, last] = [0, 1, 2];
        for step in 0..=now {
            for event in log.events() {
                if self.step_of(event.at) != step {
                    continue;
                }
                match &event.what {
                    What::Opened(given) if !is_open && !is_over => {
                        (is_open, terms) = (true, *given);
                        tracks[first].begin(step, Vec::new());
                        tracks[last].begin(step, Vec::new());
                    }
                    What::TermsChanged(given) => terms = *given,
                    What::Replied if is_open => {
                        tracks[first].stop(false, terms);
                        tracks[next].stop(false, terms);
                    }
                    What::CustomerReplied if is_open => {
                        if wait == Some(Wait::Customer) {
                            wait = None;
                        }
                        if !tracks[first].is_on && !tracks[next].is_on {
                            tracks[next].begin(step, Vec::new());
                        }
                    }
                    What::Paused(given) if is_open => wait = Some(*given),
                    What::Resumed if is_open => wait = None,
                    What::Resolved | What::Closed if is_open => {
                        (is_open, is_over, wait) = (false, true, None);
                        tracks.iter_mut().for_each(|track| track.stop(true, terms));
                    }
                    What::Reopened if is_over => {
                        (is_open, is_over) = (true, false);
                        for (track, clock) in tracks.iter_mut().zip(Clock::ALL) {
                            let goal = self.goal(terms, *clock);
                            match goal.map_or(Reopen::Continue, |(_, goal, _)| goal.reopen) {
                                Reopen::Continue => track.is_on = track.was_cut,
                                Reopen::NewCycle => track.begin(step, Vec::new()),
                                Reopen::Ignore => {}
                            }
                        }
                    }
                    What::Merged(other) if is_open || is_over => {
                        for (track, mut owed) in tracks.iter_mut().zip(self.watch(other, step)) {
                            let Some(mut owed) = owed.pop() else { continue };
                            let note = owed.pop().expect("a note");
                            if note.state == State::Stopped {
                                continue;
                            }
                            if track.is_on {
                                let own = track.cycles.last_mut().expect("a cycle");
                                let start = own.first().map_or(step, |note| note.step);
                                owed.retain(|note| note.step < start);
                                own.splice(..0, owed);
                            } else {
                                track.begin(step, owed);
                            }
                            if is_over {
                                track.stop(true, note.terms);
                            }
                        }
                    }
                    _ => {}
                }
            }
            for (track, clock) in tracks.iter_mut().zip(Clock::ALL) {
                let terms = if track.is_on { terms } else { track.stop_terms };
                let goal = self.goal(terms, *clock);
                let pause = goal.and_then(|(_, goal, _)| {
                    wait.filter(|wait| track.is_on && goal.pauses.contains(wait))
                });
                let state = match (goal, pause) {
                    _ if !track.is_on => State::Stopped,
                    (None, _) => State::Untimed,
                    (_, Some(_)) => State::Paused,
                    _ => State::Running,
                };
                if let Some(cycle) = track.cycles.last_mut() {
                    cycle.push(Note {
                        step,
                        state,
                        wait: pause,
                        goal,
                        terms,
                    });
                }
            }
        }
        tracks.map(|track| {
            let mut cycles = track.cycles;
            for cycle in &mut cycles {
                let last = cycle.last().expect("a note");
                if last.step < now {
                    let note = Note {
                        step: now,
                        ..last.clone()
                    };
                    cycle.push(note);
                }
            }
            cycles
        })
    }

    /// What a cycle comes to, from what it did in each step.
    pub(crate) fn tell(&self, notes: &[Note<'a>]) -> Told<'a> {
        let (now, past) = notes.split_last().expect("a note");
        let (mut elapsed, mut reached) = (0, Vec::new());
        let mut breach = None;
        let mut since = 0;
        for (place, note) in past.iter().enumerate() {
            let before = place.checked_sub(1).map(|place| &past[place]);
            if before
                .is_none_or(|b| (b.state, b.wait, b.terms) != (note.state, note.wait, note.terms))
            {
                since = note.step;
            }
            if note.state != State::Running {
                continue;
            }
            let (policy, goal, calendar) = note.goal.expect("a goal");
            let target = goal.target.minutes() / STEP;
            if breach.is_none() && elapsed >= target {
                let at: i64 = reached[target as usize - 1];
                let at = at.max(since);
                let version = self.calendar_version(calendar, at);
                breach = Some((at, policy, goal.target, version));
            }
            if self.open[calendar][note.step as usize] {
                elapsed += 1;
                reached.push(note.step + 1);
            }
        }
        let goes_on = now.state == State::Running;
        let reach = |amount: i64| match usize::try_from(amount - 1) {
            Err(_) => {
                let first = notes.iter().find(|note| note.state == State::Running);
                first.map(|note| note.step)
            }
            Ok(place) if place < reached.len() => Some(reached[place]),
            Ok(place) if goes_on => {
                let calendar = now.goal.expect("a goal").2;
                let open = (now.step..HORIZON).filter(|s| self.open[calendar][*s as usize]);
                let last = open.map(|step| step + 1).nth(place - reached.len());
                last.or(Some(i64::MAX))
            }
            Ok(_) => None,
        };
        let goal = now.goal;
        let deadline = goal.and_then(|(_, goal, _)| reach(goal.target.minutes() / STEP));
        let mut escalations = Vec::new();
        if let (true, Some((_, goal, calendar))) = (goes_on, goal) {
            let open = &self.open[calendar];
            for level in &goal.levels {
                let offset = level.offset.minutes() / STEP;
                let at = if level.inside_hours {
                    let from = reach(goal.target.minutes() / STEP + offset).expect("it runs");
                    let next = (from..HORIZON).find(|step| open[*step as usize]);
                    next.unwrap_or(i64::MAX)
                } else {
                    deadline.expect("it runs").saturating_add(offset)
                };
                let may = !level.inside_hours || open[now.step as usize];
                escalations.push((level.level, at, at <= now.step && may));
            }
        }
        let stops = notes.iter().rposition(|note| note.state != State::Stopped);
        let stopped = notes[stops.map_or(0, |place| (place + 1).min(notes.len() - 1))].step;
        Told {
            now: now.clone(),
            started: notes[0].step,
            stopped: Some(stopped).filter(|_| now.state == State::Stopped),
            elapsed,
            deadline,
            breach,
            escalations,
        }
    }
}
