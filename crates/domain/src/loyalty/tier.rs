//! Tiers: what a member's qualifying points of a period make of it, and for how long.
//!
//! Time is cut into qualification periods. Points count in the period in which they were earned; a return takes them out of that
//! same period, whenever it comes. Reaching a tier's threshold makes the member that tier at once, and it stays so through
//! the end of the next period; whoever reaches it again in that one keeps it through the end of the one after. Where nobody
//! does, the tier is kept for the days of grace, then falls. The base tier is number 0 and needs nothing.
//!
//! Each day is judged by the version of the programme that holds on it. On a version's first day points of the running period that
//! reach a tier by its thresholds win it, a tier that it does not have becomes its highest, and a period that runs goes on until
//! one begins by its rules. What was won before stays won through its last day, and is lost by returns only below what it
//! needed when it was won. Without a version, or without tiers in it, everybody is of the base tier.
//!
//! The history is counted anew from all facts each time: nothing is stored that could go stale.

use chrono::Datelike as _;
use serde::{Deserialize, Serialize};

use super::account::Account;
use super::entry::Kind;
use super::programme::{Programme, Version, plus_months};
use crate::Date;

/// Where qualification periods begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// On 1 January of the year in which the member joined.
    #[default]
    Calendar,
    /// On the day on which the member joined.
    Anniversary,
}

/// How far a tier falls that was not reached again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Downgrade {
    /// To what the points of the last period and the current one make.
    #[default]
    ByPoints,
    /// By one tier, or less far if the points say so; that one holds through the end of the current period.
    OneDown,
}

/// What a return does to a tier that its points had made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LateReturns {
    /// The tier falls on the day of the return to what the points still make, unless it is in its days of grace.
    AtOnce,
    /// The tier ends with the period in which the return came, and then has its days of grace.
    #[default]
    AtPeriodEnd,
    /// Never: a granted tier stays its time, and returns after the period of their earning are not looked at.
    Never,
}

/// How tiers are won, kept and lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierRules {
    /// The points that the tiers above the base need, ascending and above zero.
    pub thresholds: Vec<i64>,
    /// Where periods begin.
    pub anchor: Anchor,
    /// How many months a period has, above zero; 0, which no programme has, is read as 1.
    pub months: u32,
    /// For how many days a tier is kept that was not reached again.
    pub grace_days: u32,
    /// How far it falls then.
    pub downgrade: Downgrade,
    /// What returns do.
    pub late_returns: LateReturns,
}

/// Points that count for a tier, or count no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Qualifying {
    /// The day of the purchase or of its return.
    pub on: Date,
    /// The day of the purchase.
    pub earned_on: Date,
    /// How many; below zero for a return.
    pub points: i64,
}

/// A member's tier for some days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierPeriod {
    /// Which; 0 is the base.
    pub tier: u32,
    /// The first day.
    pub from: Date,
    /// The first day on which it held no more; none while it does.
    pub to: Option<Date>,
    /// The last day on which it is sure, grace not counted; none for the base.
    pub until: Option<Date>,
    /// The points of the period that made it, on its first day.
    pub basis: i64,
}

/// A tier that is held: how many points it needed, which period's points carry it, and its last day.
#[derive(Clone, Copy)]
struct Held {
    tier: u32,
    needs: i64,
    carrier: Option<usize>,
    until: Date,
}

/// What happens next, in the order in which it does on one day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Rules,
    Period,
    Fall,
    Fact,
}

struct Walk<'a> {
    rules: &'a TierRules,
    joined: Date,
    /// The first days of all periods up to the current one, and each one's points up to now.
    begins: Vec<Date>,
    basis: Vec<i64>,
    /// How many periods by today's rules lie before the next to begin.
    passed: u32,
    held: Option<Held>,
    periods: Vec<TierPeriod>,
}

/// The rules where there are no tiers.
static NO_TIERS: TierRules = TierRules {
    thresholds: Vec::new(),
    anchor: Anchor::Calendar,
    months: 12,
    grace_days: 0,
    downgrade: Downgrade::ByPoints,
    late_returns: LateReturns::AtPeriodEnd,
};

impl Programme {
    /// The tiers that a member had from the day it joined through `as_of`, by what is known of these days. Facts before the
    /// member joined and after `as_of` do not count. Each day is judged by its version: a new one changes nothing before it.
    pub fn tiers(&self, joined: Date, facts: &[Qualifying], as_of: Date) -> Vec<TierPeriod> {
        let later = self.0.iter().filter(|version| version.valid_from > joined);
        let mut changes = later
            .map(|version| (version.valid_from, version))
            .peekable();
        // No points at all, on the first day of new rules: what is there already is looked at again.
        let looks = changes.clone().map(|(on, _)| Qualifying {
            on,
            earned_on: on,
            points: 0,
        });
        let facts = facts.iter().filter(|fact| fact.earned_on >= joined);
        let mut facts: Vec<Qualifying> = looks.chain(facts.copied()).collect();
        facts.sort_by_key(|fact| fact.on.max(fact.earned_on));
        let mut facts = facts.into_iter().peekable();
        let mut walk = Walk::new(
            self.on(joined).map_or(&NO_TIERS, Version::tier_rules),
            joined,
        );
        let mut today = joined;
        loop {
            let next = [
                (changes.peek().map(|(on, _)| *on), Event::Rules),
                (walk.begin(walk.begins.len()), Event::Period),
                (walk.falls_on().map(|due| due.max(today)), Event::Fall),
                (
                    facts.peek().map(|fact| fact.on.max(fact.earned_on)),
                    Event::Fact,
                ),
            ];
            let next = next
                .into_iter()
                .filter_map(|(on, event)| Some((on?, event)));
            let Some((on, event)) = next.min().filter(|(on, _)| *on <= as_of) else {
                return walk.periods;
            };
            today = on;
            match event {
                Event::Rules => {
                    if let Some((_, version)) = changes.next() {
                        walk.change(version.tier_rules(), on);
                    }
                }
                Event::Period => walk.open(on),
                Event::Fall => walk.fall(on),
                Event::Fact => {
                    if let Some(fact) = facts.next() {
                        walk.count(on, fact);
                    }
                }
            }
        }
    }
}

impl Version {
    fn tier_rules(&self) -> &TierRules {
        self.tiers.as_ref().unwrap_or(&NO_TIERS)
    }
}

impl TierRules {
    /// The first day of the first period of a member.
    fn anchor_of(&self, joined: Date) -> Date {
        let first_of_year = Date::of(joined.naive().year(), 1, 1);
        match self.anchor {
            Anchor::Calendar => first_of_year.unwrap_or(joined),
            Anchor::Anniversary => joined,
        }
    }

    /// The tier that so many points of one period make.
    pub fn tier_of(&self, points: i64) -> u32 {
        let reached = self.thresholds.iter().zip(1..);
        let reached = reached.take_while(|(threshold, _)| **threshold <= points);
        reached.last().map_or(0, |(_, tier)| tier)
    }
}

impl<'a> Walk<'a> {
    fn new(rules: &'a TierRules, joined: Date) -> Self {
        Self {
            rules,
            joined,
            begins: vec![rules.anchor_of(joined)],
            basis: vec![0],
            passed: 1,
            held: None,
            periods: vec![TierPeriod {
                tier: 0,
                from: joined,
                to: None,
                until: None,
                basis: 0,
            }],
        }
    }

    /// The current period.
    const fn period(&self) -> usize {
        self.begins.len().saturating_sub(1)
    }

    /// The first day of a period, by today's rules if it is to come; none beyond the calendar.
    fn begin(&self, period: usize) -> Option<Date> {
        let Some(ahead) = period.checked_sub(self.begins.len()) else {
            return self.begins.get(period).copied();
        };
        let number = u32::try_from(ahead).ok()?.checked_add(self.passed)?;
        let months = number.checked_mul(self.rules.months.max(1))?;
        plus_months(self.rules.anchor_of(self.joined), months)
    }

    /// The last day of a period.
    fn end(&self, period: usize) -> Date {
        let next = self.begin(period + 1).map(Date::naive);
        let last = next.and_then(|day| day.pred_opt()).map(Date::from);
        last.or(Date::of(9999, 12, 31)).unwrap_or_default()
    }

    fn points(&self, period: usize) -> i64 {
        self.basis.get(period).copied().unwrap_or_default()
    }

    /// When the tier falls if nothing happens: after its last day and the days of grace.
    fn falls_on(&self) -> Option<Date> {
        let grace = u64::from(self.rules.grace_days);
        let until = self.held?.until;
        Some(until.plus_days(grace + 1)).filter(|day| *day > until)
    }

    /// The tier that a period's points make by today's rules, through the end of the period after.
    fn made_by(&self, period: usize) -> Held {
        let points = self.points(period);
        let mut thresholds = self.rules.thresholds.iter().rev();
        let needs = thresholds.find(|threshold| **threshold <= points);
        Held {
            tier: self.rules.tier_of(points),
            needs: needs.copied().unwrap_or_default(),
            carrier: Some(period),
            until: self.end(period + 1),
        }
    }

    /// The best tier that this period's points or the last one's make, the later period where both make it.
    fn carried(&self) -> Option<Held> {
        let period = self.period();
        let before = period.checked_sub(1).map(|before| self.made_by(before));
        let best = before.into_iter().chain([self.made_by(period)]);
        best.max_by_key(|held| held.tier)
            .filter(|held| held.tier > 0)
    }

    /// Becomes that tier on that day, or goes on being it for longer.
    fn hold(&mut self, held: Option<Held>, on: Date) {
        self.held = held;
        let tier = held.map_or(0, |held| held.tier);
        let until = held.map(|held| held.until);
        let carrier = held.and_then(|held| held.carrier);
        if let Some(last) = self.periods.last_mut() {
            if last.tier == tier {
                last.until = until;
                return;
            }
            last.to = Some(on);
        }
        // A tier that was held for no whole day leaves no trace.
        if self.periods.last().is_some_and(|last| last.from == on) {
            self.periods.pop();
        }
        if let Some(last) = self.periods.last_mut().filter(|last| last.tier == tier) {
            (last.to, last.until) = (None, until);
            return;
        }
        self.periods.push(TierPeriod {
            tier,
            from: on,
            to: None,
            until,
            basis: carrier.map_or(0, |period| self.points(period)),
        });
    }

    /// Other rules hold from this day on.
    fn change(&mut self, rules: &'a TierRules, on: Date) {
        self.rules = rules;
        self.passed = 0;
        while self
            .begin(self.begins.len())
            .is_some_and(|begin| begin < on)
        {
            self.passed += 1;
        }
        let highest = rules.tier_of(i64::MAX);
        if let Some(held) = self.held.filter(|held| held.tier > highest) {
            let needs = rules.thresholds.last().copied().unwrap_or_default();
            let highest = Held {
                tier: highest,
                needs: needs.min(held.needs),
                ..held
            };
            self.hold(Some(highest).filter(|held| held.tier > 0), on);
        }
    }

    /// A period begins. Where returns count at a period's end, a tier whose points are gone ends with the one before.
    fn open(&mut self, begin: Date) {
        let before = self.period();
        self.begins.push(begin);
        self.basis.push(0);
        self.passed = self.passed.saturating_add(1);
        if self.rules.late_returns == LateReturns::AtPeriodEnd
            && let Some(held) = self.held
            && let Some(carrier) = held.carrier
            && self.points(carrier) < held.needs
        {
            let until = held.until.min(self.end(before));
            self.hold(Some(Held { until, ..held }), begin);
        }
    }

    /// The days of grace are over.
    fn fall(&mut self, on: Date) {
        let Some(held) = self.held else { return };
        let carried = self.carried();
        let tier = carried.map_or(0, |carried| carried.tier);
        let below = held.tier.saturating_sub(1);
        if self.rules.downgrade == Downgrade::OneDown && below > tier {
            let below = Held {
                tier: below,
                needs: 0,
                carrier: None,
                until: self.end(self.period()),
            };
            self.hold(Some(below), on);
        } else {
            self.hold(carried, on);
        }
    }

    fn count(&mut self, on: Date, fact: Qualifying) {
        let period = self.period();
        let of = self
            .begins
            .partition_point(|begin| *begin <= fact.earned_on);
        let of = of.saturating_sub(1);
        if fact.points < 0 && of < period && self.rules.late_returns == LateReturns::Never {
            return;
        }
        if let Some(basis) = self.basis.get_mut(of) {
            *basis = basis.saturating_add(fact.points);
        }
        if fact.points >= 0 && of == period {
            let made = self.made_by(period);
            if made.tier > 0 && self.held.is_none_or(|held| made.tier >= held.tier) {
                self.hold(Some(made), on);
            }
        } else if self.rules.late_returns == LateReturns::AtOnce
            && let Some(held) = self.held
            && on <= held.until
            && held.carrier == Some(of)
            && self.points(of) < held.needs
        {
            self.hold(self.carried(), on);
        }
    }
}

impl Account {
    /// What of the account counts for tiers: earnings on the day of their purchase, and what returns took out of them.
    pub fn qualifying(&self) -> Vec<Qualifying> {
        let facts = self.entries().iter().filter_map(|entry| match entry.kind {
            Kind::Earn => Some(Qualifying {
                on: entry.occurred.on,
                earned_on: entry.occurred.on,
                points: entry.points,
            }),
            Kind::ReverseEarn => Some(Qualifying {
                on: entry.occurred.on,
                earned_on: self.entry(entry.refers_to?)?.occurred.on,
                points: -entry.lines.iter().map(|line| line.points).sum::<i64>(),
            }),
            _ => None,
        });
        facts.collect()
    }
}
