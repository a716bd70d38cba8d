//! Tiers: what a member's qualifying points of a period make of it, and for how long.
//!
//! Time is cut into qualification periods. Points count in the period in which they were earned; a return takes them out of that
//! same period, whenever it comes. Reaching a tier's threshold makes the member that tier at once, and it stays so through
//! the end of the next period; whoever reaches it again in that one keeps it through the end of the one after. Where nobody
//! does, the tier is kept for the days of grace, then falls. The base tier is number 0 and needs nothing.
//!
//! The history is counted anew from all facts each time: nothing is stored that could go stale.

use chrono::Datelike as _;
use serde::{Deserialize, Serialize};

use super::account::Account;
use super::entry::Kind;
use super::programme::plus_months;
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
    pub tier: usize,
    /// The first day.
    pub from: Date,
    /// The first day on which it held no more; none while it does.
    pub to: Option<Date>,
    /// The last day on which it is sure, grace not counted; none for the base.
    pub until: Option<Date>,
    /// The points of the period that made it, on its first day.
    pub basis: i64,
}

/// A tier that is held: which period's points carry it, and its last day.
#[derive(Clone, Copy)]
struct Held {
    tier: usize,
    carrier: Option<usize>,
    until: Date,
}

struct Walk<'a> {
    rules: &'a TierRules,
    anchor: Date,
    /// Each period's points up to now.
    basis: Vec<i64>,
    held: Option<Held>,
    periods: Vec<TierPeriod>,
}

impl TierRules {
    /// The tiers that a member had from the day it joined through `as_of`, by what is known of these days. Facts before the
    /// member joined and after `as_of` do not count.
    pub fn history(&self, joined: Date, facts: &[Qualifying], as_of: Date) -> Vec<TierPeriod> {
        let first_of_year = Date::of(joined.naive().year(), 1, 1);
        let anchor = match self.anchor {
            Anchor::Calendar => first_of_year.unwrap_or(joined),
            Anchor::Anniversary => joined,
        };
        let mut facts: Vec<Qualifying> = facts.to_vec();
        facts.retain(|fact| fact.earned_on >= joined && fact.on <= as_of);
        facts.sort_by_key(|fact| fact.on.max(fact.earned_on));
        let mut walk = Walk {
            rules: self,
            anchor,
            basis: Vec::new(),
            held: None,
            periods: vec![TierPeriod {
                tier: 0,
                from: joined,
                to: None,
                until: None,
                basis: 0,
            }],
        };
        let mut facts = facts.into_iter().peekable();
        for period in 0.. {
            let Some(begin) = walk.begin(period).filter(|begin| *begin <= as_of) else {
                break;
            };
            let end = walk.begin(period + 1);
            walk.basis.push(0);
            walk.close_previous(period, begin);
            loop {
                let next = facts.peek().map(|fact| fact.on.max(fact.earned_on));
                let next = next.filter(|on| end.is_none_or(|end| *on < end));
                let due = walk
                    .falls_on()
                    .filter(|due| *due <= as_of && end.is_none_or(|end| *due < end));
                match (due, next) {
                    (Some(due), next) if next.is_none_or(|next| due <= next) => {
                        walk.fall(period, due);
                    }
                    (_, Some(on)) => {
                        if let Some(fact) = facts.next() {
                            walk.count(period, on, fact);
                        }
                    }
                    _ => break,
                }
            }
        }
        walk.periods
    }

    /// The tier that so many points of one period make.
    pub fn tier_of(&self, points: i64) -> usize {
        self.thresholds
            .iter()
            .take_while(|threshold| **threshold <= points)
            .count()
    }
}

impl Walk<'_> {
    /// The first day of a period; none beyond the calendar.
    fn begin(&self, period: usize) -> Option<Date> {
        let months = u32::try_from(period)
            .ok()?
            .checked_mul(self.rules.months.max(1))?;
        plus_months(self.anchor, months)
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

    /// The best tier that this period's points or the last one's make, the later period where both make it.
    fn carried(&self, period: usize) -> Option<Held> {
        let of = |period: usize| Held {
            tier: self.rules.tier_of(self.points(period)),
            carrier: Some(period),
            until: self.end(period + 1),
        };
        let before = period.checked_sub(1).map(of);
        let best = before.into_iter().chain([of(period)]);
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

    /// A period has ended: where returns count at its end, a tier whose points are gone ends with it.
    fn close_previous(&mut self, period: usize, begin: Date) {
        if self.rules.late_returns != LateReturns::AtPeriodEnd || period == 0 {
            return;
        }
        if let Some(held) = self.held
            && let Some(carrier) = held.carrier
            && self.rules.tier_of(self.points(carrier)) < held.tier
        {
            let until = held.until.min(self.end(period - 1));
            self.hold(Some(Held { until, ..held }), begin);
        }
    }

    /// The days of grace are over.
    fn fall(&mut self, period: usize, on: Date) {
        let Some(held) = self.held else { return };
        let carried = self.carried(period);
        let tier = carried.map_or(0, |carried| carried.tier);
        let below = held.tier.saturating_sub(1);
        if self.rules.downgrade == Downgrade::OneDown && below > tier {
            let until = self.end(period);
            let below = Held {
                tier: below,
                carrier: None,
                until,
            };
            self.hold(Some(below), on);
        } else {
            self.hold(carried, on);
        }
    }

    fn count(&mut self, period: usize, on: Date, fact: Qualifying) {
        let mut of = period;
        while of > 0 && self.begin(of).is_some_and(|begin| begin > fact.earned_on) {
            of -= 1;
        }
        if fact.points < 0 && of < period && self.rules.late_returns == LateReturns::Never {
            return;
        }
        if let Some(basis) = self.basis.get_mut(of) {
            *basis = basis.saturating_add(fact.points);
        }
        let tier = self.rules.tier_of(self.points(period));
        if fact.points > 0 && of == period {
            if tier > 0 && self.held.is_none_or(|held| tier >= held.tier) {
                let until = self.end(period + 1);
                let carrier = Some(period);
                self.hold(
                    Some(Held {
                        tier,
                        carrier,
                        until,
                    }),
                    on,
                );
            }
        } else if self.rules.late_returns == LateReturns::AtOnce
            && let Some(held) = self.held
            && on <= held.until
            && held.carrier == Some(of)
            && self.rules.tier_of(self.points(of)) < held.tier
        {
            self.hold(self.carried(period), on);
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
