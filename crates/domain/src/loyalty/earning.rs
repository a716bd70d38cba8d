//! What a purchase earns.
//!
//! The rule of a line is the most specific that names it: its product's, else its category's, else the one for everything;
//! of several alike the first. Its points are multiplied by the member's tier and by the best campaign that runs.
//! Lines of one rule and campaign are added up exactly and rounded once, as the programme says; the whole points are
//! spread over these lines by largest remainder. Then caps cut the purchase's total, again spread by largest
//! remainder. So every line knows its points, and a return needs no rule.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::apportion::apportion;
use super::entry::Line;
use crate::{Date, Decimal};

/// To what a rule or campaign applies. Ordered from the most specific to the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// To a product.
    Product(Uuid),
    /// To the products of a category.
    Category(Uuid),
    /// To everything.
    Everything,
}

/// How much is earned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rate {
    /// So many points for each amount spent, in the base currency.
    Money {
        /// How many; 0 for what earns nothing.
        points: i64,
        /// For how much.
        per: Decimal,
    },
    /// So many points for each piece.
    Piece {
        /// How many.
        points: i64,
    },
}

/// A rate and to what it applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// To what.
    pub scope: Scope,
    /// How much.
    pub rate: Rate,
}

/// Points times something for some days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// Which.
    pub id: Uuid,
    /// For what.
    pub scope: Scope,
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
    /// How many times: 2 for twice the points. Of what is not above 1 nothing is seen.
    pub times: Decimal,
}

/// The most that is earned; none where nothing limits it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caps {
    /// By one purchase.
    pub purchase: Option<i64>,
    /// By one member on one day.
    pub day: Option<i64>,
    /// By one member in one calendar month.
    pub month: Option<i64>,
}

/// How parts of a point are rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Down.
    #[default]
    Down,
    /// To the nearest, halves up.
    Nearest,
    /// Up.
    Up,
}

/// What purchases earn under a version of a programme.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earning {
    /// The rules. What no rule names earns nothing.
    pub rules: Vec<Rule>,
    /// How many times the points a tier earns, by its place among the tiers; 1 where it is not listed.
    pub tiers: BTreeMap<u32, Decimal>,
    /// Campaigns.
    pub campaigns: Vec<Campaign>,
    /// Limits.
    pub caps: Caps,
    /// How parts of a point are rounded.
    pub rounding: Rounding,
}

/// A line of a purchase as earning sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bought {
    /// The line.
    pub line: Uuid,
    /// Its product.
    pub product: Option<Uuid>,
    /// Its product's category.
    pub category: Option<Uuid>,
    /// How many pieces.
    pub quantity: Decimal,
    /// What they came to, in the base currency.
    pub amount: Decimal,
}

/// What the member earned before, for the caps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EarnedBefore {
    /// On the day.
    pub day: i64,
    /// In the month, the day included.
    pub month: i64,
}

/// A purchase or rule that earning cannot count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotCountable {
    /// A quantity that is not above zero, or an amount or rate below zero, or points per nothing.
    Sign,
    /// Numbers that leave 128 bits, or a trillion points.
    TooLarge,
}

impl std::fmt::Display for NotCountable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sign => "quantities are above 0, amounts and rates not below, and points are for an amount above 0",
            Self::TooLarge => "numbers that are too large, or more than a trillion points",
        })
    }
}

impl std::error::Error for NotCountable {}

pub(super) const ONE: Decimal = Decimal::from_ten_thousandths(10_000);
/// Ten-thousandths of the two multipliers.
const MULTIPLIERS: i128 = 100_000_000;

impl Scope {
    fn includes(self, bought: &Bought) -> bool {
        match self {
            Self::Product(product) => bought.product == Some(product),
            Self::Category(category) => bought.category == Some(category),
            Self::Everything => true,
        }
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Product(_) => 0,
            Self::Category(_) => 1,
            Self::Everything => 2,
        }
    }
}

impl Earning {
    /// What each line of a purchase earns, in the order of the lines; lines that earn nothing are told as well.
    ///
    /// # Errors
    /// What cannot be counted.
    pub fn lines(
        &self,
        bought: &[Bought],
        on: Date,
        tier: u32,
        before: EarnedBefore,
    ) -> Result<Vec<Line>, NotCountable> {
        let zero = Decimal::default();
        let mut lines = Vec::with_capacity(bought.len());
        // The lines of each rule and campaign, with what of them counts.
        let mut groups: BTreeMap<_, Vec<(usize, i128)>> = BTreeMap::new();
        for (place, line) in bought.iter().enumerate() {
            if line.quantity <= zero || line.amount < zero {
                return Err(NotCountable::Sign);
            }
            lines.push(Line {
                line: line.line,
                quantity: line.quantity,
                points: 0,
            });
            let Some((number, rule)) = self.rule(line) else {
                continue;
            };
            let counts = match rule.rate {
                Rate::Money { .. } => line.amount,
                Rate::Piece { .. } => line.quantity,
            };
            let group = groups.entry((number, self.campaign(line, on))).or_default();
            group.push((place, i128::from(counts.ten_thousandths())));
        }
        let tier = self.tiers.get(&tier).copied().unwrap_or(ONE);
        for ((rule, campaign), members) in groups {
            let times = campaign.and_then(|campaign| self.campaigns.get(campaign));
            let times = times.map_or(ONE, |campaign| campaign.times);
            let sum: i128 = members.iter().map(|(_, counts)| counts).sum();
            let points = self.points(rule, sum, tier, times)?;
            let weights: Vec<i128> = members.iter().map(|(_, counts)| *counts).collect();
            let parts = apportion(points, &weights).ok_or(NotCountable::TooLarge)?;
            for ((place, _), points) in members.into_iter().zip(parts) {
                if let Some(line) = lines.get_mut(place) {
                    line.points = points;
                }
            }
        }
        self.cap(lines, before)
    }

    /// The rule of a line, with its place.
    fn rule(&self, line: &Bought) -> Option<(usize, &Rule)> {
        let rules = self.rules.iter().enumerate();
        rules
            .filter(|(_, rule)| rule.scope.includes(line))
            .min_by_key(|(place, rule)| (rule.scope.rank(), *place))
    }

    /// The best campaign that runs for a line, if it is better than none.
    fn campaign(&self, line: &Bought, on: Date) -> Option<usize> {
        let running = self.campaigns.iter().enumerate().filter(|(_, campaign)| {
            (campaign.first..=campaign.last).contains(&on) && campaign.scope.includes(line)
        });
        running
            .filter(|(_, campaign)| campaign.times > ONE)
            .max_by_key(|(place, campaign)| (campaign.times, std::cmp::Reverse(*place)))
            .map(|(place, _)| place)
    }

    /// The whole points of a rule for what of its lines counts, in ten-thousandths.
    fn points(
        &self,
        rule: usize,
        counts: i128,
        tier: Decimal,
        times: Decimal,
    ) -> Result<i64, NotCountable> {
        let (points, per) = match self.rules.get(rule).map(|rule| rule.rate) {
            None => return Ok(0),
            Some(Rate::Money { points, per }) => (points, per),
            Some(Rate::Piece { points }) => (points, ONE),
        };
        let (tier, times) = (tier.ten_thousandths(), times.ten_thousandths());
        let per = i128::from(per.ten_thousandths());
        if points < 0 || per <= 0 || tier < 0 || times < 0 {
            return Err(NotCountable::Sign);
        }
        let exact = [points, tier, times]
            .into_iter()
            .try_fold(counts, |product, factor| product.checked_mul(factor.into()))
            .ok_or(NotCountable::TooLarge)?;
        let unit = per.checked_mul(MULTIPLIERS).ok_or(NotCountable::TooLarge)?;
        let (whole, rest) = (exact / unit, exact % unit);
        let up = match self.rounding {
            Rounding::Down => false,
            Rounding::Nearest => rest >= unit - rest,
            Rounding::Up => rest > 0,
        };
        let points = i64::try_from(whole + i128::from(up)).ok();
        points
            .filter(|points| *points <= 1_000_000_000_000)
            .ok_or(NotCountable::TooLarge)
    }

    /// Cuts what the caps do not allow.
    fn cap(&self, lines: Vec<Line>, before: EarnedBefore) -> Result<Vec<Line>, NotCountable> {
        let total: i64 = lines.iter().map(|line| line.points).sum();
        let caps = [
            self.caps.purchase,
            self.caps.day.map(|cap| cap.saturating_sub(before.day)),
            self.caps.month.map(|cap| cap.saturating_sub(before.month)),
        ];
        let most = caps.into_iter().flatten().min().unwrap_or(total).max(0);
        if total <= most {
            return Ok(lines);
        }
        let weights: Vec<i128> = lines.iter().map(|line| line.points.into()).collect();
        let parts = apportion(most, &weights).ok_or(NotCountable::TooLarge)?;
        let lines = lines.into_iter().zip(parts);
        Ok(lines
            .map(|(line, points)| Line { points, ..line })
            .collect())
    }
}
