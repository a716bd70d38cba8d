//! What a clock shows at a moment, and how it comes to that.

use serde::{Deserialize, Serialize};

use super::duration::Duration;
use super::log::{Breach, Event, What};
use super::policy::{Clock, Wait};
use crate::{Id, Instant, choice};

choice! {
    /// Whether time counts. That a promise was broken is told beside it ([`Reading::breach`]): a clock that is late still runs, rests or
    /// stands.
    State: "clock_state" { Running = "running", Paused = "paused", Stopped = "stopped", Untimed = "untimed" }
}

/// What one cycle of a clock shows at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Which clock.
    pub clock: Clock,
    /// Which of its cycles, by the event that began it.
    pub cycle: Id<Event>,
    /// Whether time counts.
    pub state: State,
    /// Whom or what it waits for, while it is paused.
    pub wait: Option<Wait>,
    /// When the cycle began.
    pub started: Instant,
    /// Since when it stands, if it does.
    pub stopped: Option<Instant>,
    /// The business time that has counted.
    pub elapsed: Duration,
    /// How much was promised, by the terms in force; of a clock that stands, by those in force when it stopped.
    pub target: Option<Duration>,
    /// When `elapsed` reaches `target`: known of a clock that runs, and of every other that got there. None also where that
    /// is more than ten years ahead.
    pub deadline: Option<Instant>,
    /// The first promise that was broken: what was recorded, and only where nothing was, what is found now.
    pub breach: Option<Breach>,
    /// Whether the log has that already.
    pub breach_is_recorded: bool,
    /// The levels that have not fired, of a clock that runs.
    pub escalations: Vec<Escalation>,
}

impl Reading {
    /// How much of the target is left; below zero where more has counted.
    pub fn remaining(&self) -> Option<Duration> {
        self.target.map(|target| target - self.elapsed)
    }

    /// Whether a promise was broken.
    pub const fn is_breached(&self) -> bool {
        self.breach.is_some()
    }

    /// What has to be written into the log now: a breach that it lacks, and the escalations that are due. With these written,
    /// there is nothing more to write at the same moment.
    pub fn news(&self) -> Vec<What> {
        let Self { clock, cycle, .. } = *self;
        let breach = self.breach.filter(|_| !self.breach_is_recorded);
        let breached = breach.map(|breach| What::Breached {
            clock,
            cycle,
            breach,
        });
        let due = self.escalations.iter().filter(|level| level.is_due);
        let escalated = due.map(|due| What::Escalated {
            clock,
            cycle,
            level: due.level,
        });
        breached.into_iter().chain(escalated).collect()
    }
}

/// A level that has not fired yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// Its number.
    pub level: u8,
    /// When it is to fire, if nothing stops the clock before.
    pub at: Instant,
    /// Whether that is now.
    pub is_due: bool,
}

/// What a piece of a cycle was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PieceKind {
    /// We were open, and it counted.
    Counted,
    /// We waited.
    Paused(Wait),
    /// The complaint was at its end, until it was opened again.
    Stopped,
    /// Nothing was promised.
    Untimed,
}

/// A piece of a cycle. Between two pieces we were closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// What it was.
    pub kind: PieceKind,
    /// Since when.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
    /// The business time in it: what counted, or by how much a pause moved the deadline. Zero where nothing was promised or the
    /// complaint was at its end.
    pub time: Duration,
}

/// How a cycle of a clock comes to what it shows: the pieces that counted add up to `elapsed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Which clock.
    pub clock: Clock,
    /// Which of its cycles, by the event that began it.
    pub cycle: Id<Event>,
    /// The business time that has counted.
    pub elapsed: Duration,
    /// How much was promised.
    pub target: Option<Duration>,
    /// The IANA zone in which its times are best read: that of the calendar in force; UTC where there is none.
    pub zone: String,
    /// What it is made of, in order of time.
    pub pieces: Vec<Piece>,
}
