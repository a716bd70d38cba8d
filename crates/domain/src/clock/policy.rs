//! What was promised: how fast, what stops the count, who hears of it when.

use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::duration::Duration;
use crate::{Id, choice};

choice! {
    /// What a clock measures: how long the customer waits for the first answer, for each later one, for the solution.
    Clock: "clock" { FirstResponse = "first_response", NextResponse = "next_response", Resolution = "resolution" }
}

choice! {
    /// How pressing a complaint is, from the least on.
    Priority: "priority", default Normal { Low = "low", Normal = "normal", High = "high", Urgent = "urgent" }
}

choice! {
    /// Whom or what we wait for while a complaint rests.
    Wait: "wait" { Customer = "customer", Supplier = "supplier", Approval = "approval", Other = "other" }
}

choice! {
    /// What a clock does when a complaint is opened again: it goes on where the end cut it short, begins from nothing, or stays as it is.
    Reopen: "reopen" { Continue = "continue", NewCycle = "new_cycle", Ignore = "ignore" }
}

/// Somebody is told, so long before or after the deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// Its number: it fires once in a cycle, also where a policy replaces another that has the same number.
    pub level: u8,
    /// How long after the deadline; below zero for before.
    pub offset: Duration,
    /// Whether `offset` is business time and nobody is told outside hours; else it is plain time, at any hour.
    pub inside_hours: bool,
}

/// What a policy promises of one clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goal {
    /// Which clock.
    pub clock: Clock,
    /// For complaints of this priority; none: of every priority that has no goal of its own.
    pub priority: Option<Priority>,
    /// Within how much business time.
    pub target: Duration,
    /// Which waits stop the count.
    pub pauses: Vec<Wait>,
    /// What happens when a complaint is opened again.
    pub reopen: Reopen,
    /// Who is told when.
    pub levels: Vec<Level>,
}

/// One version of a policy; a change of it is another version with the same key. A clock without a goal has no target,
/// no deadline and no escalations: it is untimed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Which version of which policy.
    pub key: PolicyVersion,
    /// Whose hours count.
    pub calendar: Id<Calendar>,
    /// What is promised: at most one goal for each clock and priority.
    pub goals: Vec<Goal>,
}

impl Policy {
    /// The goal of a clock at a priority, if there is one.
    pub fn goal(&self, clock: Clock, priority: Priority) -> Option<&Goal> {
        let of = |priority| {
            self.goals
                .iter()
                .find(|goal| goal.clock == clock && goal.priority == priority)
        };
        of(Some(priority)).or_else(|| of(None))
    }
}

/// Names a version of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// The policy.
    pub policy: Id<Policy>,
    /// Which version of it.
    pub version: u32,
}

impl std::fmt::Display for PolicyVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "policy {} version {}", self.policy, self.version)
    }
}

/// Under what a complaint is dealt with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The policy, in the version that was in force when it was chosen; none promises nothing.
    pub policy: Option<PolicyVersion>,
    /// The priority.
    pub priority: Priority,
}
