//! What happened to a complaint, as its clocks need it.

use serde::{Deserialize, Deserializer, Serialize};

use super::duration::Duration;
use super::policy::{Clock, PolicyVersion, Terms, Wait};
use crate::{Id, Instant};

/// A promise that was not kept. It is a fact of the log: later policies and calendars do not undo it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// The deadline that passed; where the policy in force until then allowed more, the moment when it was changed.
    pub at: Instant,
    /// Whose promise.
    pub policy: PolicyVersion,
    /// What was promised.
    pub target: Duration,
    /// Which version of the policy's calendar was in force.
    pub calendar_version: u32,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The complaint came in.
    Opened(Terms),
    /// We answered.
    Replied,
    /// The customer wrote or spoke to us again. It ends a wait for the customer.
    CustomerReplied,
    /// We began to wait; a wait that is on is replaced.
    Paused(Wait),
    /// We wait no more.
    Resumed,
    /// It was solved.
    Resolved,
    /// It was opened again.
    Reopened,
    /// It was closed, solved or not.
    Closed,
    /// Policy or priority were changed.
    TermsChanged(Terms),
    /// Another complaint became part of this one: its log up to then.
    Merged(Log),
    /// A promise was found not to have been kept.
    Breached {
        /// Of which clock.
        clock: Clock,
        /// In which of its cycles, by the event that began it.
        cycle: Id<Event>,
        /// What was found.
        breach: Breach,
    },
    /// Somebody was told.
    Escalated {
        /// Of which clock.
        clock: Clock,
        /// In which of its cycles, by the event that began it.
        cycle: Id<Event>,
        /// By which level.
        level: u8,
    },
}

/// Something that happened, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its key: no two events have the same, not of two complaints either.
    pub id: Id<Event>,
    /// When.
    pub at: Instant,
    /// What.
    pub what: What,
}

/// The events of a complaint in order of time; those of one moment in the order in which they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Log(Vec<Event>);

impl Log {
    /// The log of these events, which may come in any order.
    pub fn of(mut events: Vec<Event>) -> Self {
        events.sort_by_key(|event| event.at);
        Self(events)
    }

    /// Writes an event where it belongs: behind those that are not later. It may have happened long before the last one.
    pub fn write(&mut self, event: Event) {
        let place = self.0.partition_point(|known| known.at <= event.at);
        self.0.insert(place, event);
    }

    /// What happened up to a moment, that moment included.
    pub fn until(&self, moment: Instant) -> &[Event] {
        let end = self.0.partition_point(|event| event.at <= moment);
        self.0.get(..end).unwrap_or_default()
    }

    /// Everything that happened.
    pub fn events(&self) -> &[Event] {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Log {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::of)
    }
}
