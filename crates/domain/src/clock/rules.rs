//! The policies and calendars that clocks are read by, checked once.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use super::calendar::{Calendar, CalendarFault};
use super::duration::Duration;
use super::policy::{Clock, Goal, Policy, PolicyVersion, Priority, Terms};
use super::timetable::Timetable;
use crate::Id;

/// Versions of policies, each with the timetable of its calendar.
#[derive(Debug, Default)]
pub struct Rules(BTreeMap<PolicyVersion, (Policy, Arc<Timetable>)>);

/// What makes policies and calendars unusable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RulesFault {
    /// Something in this calendar.
    Calendar(Id<Calendar>, CalendarFault),
    /// This calendar is there twice.
    CalendarTwice(Id<Calendar>),
    /// This version of a policy is there twice.
    PolicyTwice(PolicyVersion),
    /// The calendar of this policy is not there.
    NoCalendar(PolicyVersion),
    /// This policy has two goals for one clock and priority.
    GoalTwice(PolicyVersion, Clock, Option<Priority>),
    /// This goal leaves no time.
    Target(PolicyVersion, Clock, Option<Priority>),
    /// This goal has two levels of one number.
    LevelTwice(PolicyVersion, Clock, u8),
}

impl fmt::Display for RulesFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let goal = |clock: Clock, priority: Option<Priority>| {
            let priority = priority.map_or("any", Priority::as_str);
            format!("{} at {priority} priority", clock.as_str())
        };
        match self {
            Self::Calendar(calendar, _) => write!(f, "calendar {calendar} is not usable"),
            Self::CalendarTwice(calendar) => write!(f, "calendar {calendar} is there twice"),
            Self::PolicyTwice(policy) => write!(f, "{policy} is there twice"),
            Self::NoCalendar(policy) => write!(f, "the calendar of {policy} is not there"),
            Self::GoalTwice(policy, clock, priority) => {
                write!(f, "{policy} has two goals for {}", goal(*clock, *priority))
            }
            Self::Target(policy, clock, priority) => {
                write!(f, "{policy} leaves no time for {}", goal(*clock, *priority))
            }
            Self::LevelTwice(policy, clock, level) => {
                write!(f, "{policy} has level {level} of {} twice", clock.as_str())
            }
        }
    }
}

impl Error for RulesFault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Calendar(_, fault) => Some(fault),
            _ => None,
        }
    }
}

/// A log names a version of a policy that is not among the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownPolicy(pub PolicyVersion);

impl fmt::Display for UnknownPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not among the rules", self.0)
    }
}

impl Error for UnknownPolicy {}

/// What is promised of a clock, and the hours that it is counted in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Promise<'a> {
    pub(super) policy: PolicyVersion,
    pub(super) goal: &'a Goal,
    pub(super) timetable: &'a Timetable,
}

impl Rules {
    /// The rules that these policies make with their calendars.
    pub fn new(policies: Vec<Policy>, calendars: &[Calendar]) -> Result<Self, RulesFault> {
        let mut timetables = BTreeMap::new();
        for calendar in calendars {
            let timetable = Timetable::of(calendar)
                .map_err(|fault| RulesFault::Calendar(calendar.id, fault))?;
            if timetables
                .insert(calendar.id, Arc::new(timetable))
                .is_some()
            {
                return Err(RulesFault::CalendarTwice(calendar.id));
            }
        }
        let mut rules = Self::default();
        for policy in policies {
            let key = policy.key;
            check(&policy)?;
            let timetable = timetables.get(&policy.calendar);
            let timetable = timetable.ok_or(RulesFault::NoCalendar(key))?;
            if rules.0.insert(key, (policy, timetable.clone())).is_some() {
                return Err(RulesFault::PolicyTwice(key));
            }
        }
        Ok(rules)
    }

    /// What these terms promise of a clock; nothing is a promise too.
    pub(super) fn promise(
        &self,
        terms: Terms,
        clock: Clock,
    ) -> Result<Option<Promise<'_>>, UnknownPolicy> {
        let Some(key) = terms.policy else {
            return Ok(None);
        };
        let (policy, timetable) = self.0.get(&key).ok_or(UnknownPolicy(key))?;
        let goal = policy.goal(clock, terms.priority);
        Ok(goal.map(|goal| Promise {
            policy: key,
            goal,
            timetable,
        }))
    }
}

fn check(policy: &Policy) -> Result<(), RulesFault> {
    let mut goals = BTreeSet::new();
    for goal in &policy.goals {
        let Goal {
            clock, priority, ..
        } = *goal;
        if !goals.insert((clock, priority)) {
            return Err(RulesFault::GoalTwice(policy.key, clock, priority));
        }
        if goal.target <= Duration::ZERO {
            return Err(RulesFault::Target(policy.key, clock, priority));
        }
        let mut levels = BTreeSet::new();
        for level in &goal.levels {
            if !levels.insert(level.level) {
                return Err(RulesFault::LevelTwice(policy.key, clock, level.level));
            }
        }
    }
    Ok(())
}
