//! What the models see of a buyer: purchase days become a [`History`], their amounts a [`Spend`].
//!
//! Days are numbers from any one day on; time is in weeks, days / 7, not rounded. All purchases of one day are one. The first
//! day is where a history begins: it is neither a repeat nor part of the mean amount (Fader, Hardie, Lee 2005, "Counting your
//! customers" the easy way, Marketing Science 24; Fader, Hardie 2013, The gamma-gamma model of monetary value).
//!
//! By hand: bought on day 0 for 10, twice on day 14 for 5 and 7, on day 35 for 8; looked at on day 70. Frequency is 2, recency
//! 35/7 = 5 weeks, age 70/7 = 10 weeks, the mean amount (12 + 8)/2 = 10.
//!
//! ```
//! use perennial_insight::summarise;
//! let summary = summarise([(14, 5.0), (0, 10.0), (35, 8.0), (14, 7.0)], 70).expect("purchases");
//! let history = summary.history;
//! assert_eq!((history.frequency(), history.recency(), history.age()), (2, 5.0, 10.0));
//! assert_eq!(summary.spend.map(|spend| spend.mean()), Some(10.0));
//! ```

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::refusal::{Refusal, ensure};

/// Nobody buys on more days than this: two thousand years, every day.
const MOST: u32 = 1_000_000;
/// Days in a week.
const WEEK: f64 = 7.0;

/// How often a buyer bought again, when last, and since when it is one. Weeks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct History {
    frequency: u32,
    recency: f64,
    age: f64,
}

impl History {
    /// `frequency` is x, the days with a purchase after the first; `recency` t_x, weeks from the first to the last, 0 where x
    /// is; `age` T, weeks from the first until now.
    ///
    /// # Errors
    /// [`Refusal::Impossible`] unless 0 ≤ t_x ≤ T, both finite, t_x is 0 exactly where x is, and x is at most a million.
    pub fn new(frequency: u32, recency: f64, age: f64) -> Result<Self, Refusal> {
        ensure(age.is_finite(), "an age that is no number")?;
        ensure(
            recency >= 0.0 && recency <= age,
            "a last purchase outside of the time",
        )?;
        ensure(
            (frequency == 0) == (recency == 0.0),
            "a repeat on the first day, or a last purchase without any",
        )?;
        ensure(frequency <= MOST, "more than a million purchases")?;
        // Adding zero takes the sign of a negative zero away: equal histories have equal bits.
        Ok(Self {
            frequency,
            recency: recency + 0.0,
            age: age + 0.0,
        })
    }

    /// x: days with a purchase, less the first.
    pub const fn frequency(&self) -> u32 {
        self.frequency
    }

    /// t_x: weeks from the first purchase to the last.
    pub const fn recency(&self) -> f64 {
        self.recency
    }

    /// T: weeks from the first purchase until now.
    pub const fn age(&self) -> f64 {
        self.age
    }

    const fn key(&self) -> (u32, u64, u64) {
        (self.frequency, self.age.to_bits(), self.recency.to_bits())
    }
}

/// What a buyer spends: how many repeat days, and the mean of what was spent on each. One currency, margin rather than revenue
/// where it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spend {
    purchases: u32,
    mean: f64,
}

impl Spend {
    /// `purchases` is x ≥ 1, `mean` m; below zero where more was given back than bought.
    ///
    /// # Errors
    /// [`Refusal::Impossible`] for no purchases, more than a million, or a mean that is not finite.
    pub fn new(purchases: u32, mean: f64) -> Result<Self, Refusal> {
        ensure(
            (1..=MOST).contains(&purchases),
            "a spend of none or of more than a million purchases",
        )?;
        ensure(mean.is_finite(), "a mean amount that is no number")?;
        Ok(Self {
            purchases,
            mean: mean + 0.0,
        })
    }

    /// x: repeat days.
    pub const fn purchases(&self) -> u32 {
        self.purchases
    }

    /// m: the mean amount of a repeat day.
    pub const fn mean(&self) -> f64 {
        self.mean
    }

    const fn key(&self) -> (u32, u64) {
        (self.purchases, self.mean.to_bits())
    }
}

// Every number in either is one, and zero has one sign: equal bits are equal numbers, and bits are in an order.
impl Eq for History {}
impl Ord for History {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}
impl PartialOrd for History {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Eq for Spend {}
impl Ord for Spend {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}
impl PartialOrd for Spend {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A buyer's purchases in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// How often, when last, since when.
    pub history: History,
    /// What a repeat day comes to; none without one.
    pub spend: Option<Spend>,
}

/// Purchases, each a day number and an amount, in any order, up to and including the day `until`; what is later is left out.
/// None where nothing was bought until then.
pub fn summarise(purchases: impl IntoIterator<Item = (i32, f64)>, until: i32) -> Option<Summary> {
    let mut days = BTreeMap::new();
    for (day, amount) in purchases {
        if day <= until {
            *days.entry(day).or_insert(0.0) += amount;
        }
    }
    let (&first, _) = days.first_key_value()?;
    let (&last, _) = days.last_key_value()?;
    let weeks = |day: i32| (f64::from(day) - f64::from(first)) / WEEK;
    let frequency = u32::try_from(days.len() - 1).ok()?;
    let repeats: f64 = days.values().skip(1).sum();
    Some(Summary {
        history: History::new(frequency, weeks(last), weeks(until)).ok()?,
        spend: Spend::new(frequency, repeats / f64::from(frequency)).ok(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_refused() {
        let is_refused = |frequency, recency, age| History::new(frequency, recency, age).is_err();
        assert!(is_refused(1, 5.0, 4.0));
        assert!(is_refused(1, -1.0, 4.0));
        assert!(is_refused(1, 0.0, 4.0));
        assert!(is_refused(0, 1.0, 4.0));
        assert!(is_refused(0, 0.0, -1.0));
        assert!(is_refused(0, 0.0, f64::NAN));
        assert!(is_refused(1, f64::NAN, 4.0));
        assert!(is_refused(1, 1.0, f64::INFINITY));
        assert!(is_refused(1_000_001, 1.0, 4.0));
        assert!(!is_refused(0, 0.0, 0.0));
        assert!(!is_refused(3, 4.0, 4.0));
        for (purchases, mean) in [
            (0, 1.0),
            (1, f64::NEG_INFINITY),
            (1, f64::NAN),
            (1, f64::INFINITY),
        ] {
            assert!(
                Spend::new(purchases, mean).is_err(),
                "{purchases} of {mean}"
            );
        }
    }

    #[test]
    fn days_after_the_last_one_looked_at_do_not_count() {
        let bought = [(10, 1.0), (17, 2.0), (24, 4.0)];
        let at = |until| summarise(bought, until);
        assert_eq!(at(9), None);
        let first = at(10).expect("the first day");
        assert_eq!(
            (first.history, first.spend),
            (History::new(0, 0.0, 0.0).expect("new"), None)
        );
        let second = at(23).expect("two days");
        assert_eq!(
            second.history,
            History::new(1, 1.0, 13.0 / 7.0).expect("a history")
        );
        assert_eq!(second.spend, Spend::new(1, 2.0).ok());
        assert_eq!(at(24).expect("three days").spend, Spend::new(2, 3.0).ok());
        assert_eq!(
            summarise([(i32::MIN, 1.0), (i32::MAX, 1.0)], i32::MAX).map(|s| s.history.frequency()),
            Some(1)
        );
    }

    #[test]
    fn returns_may_outweigh_what_was_bought() {
        let summary = summarise([(0, 5.0), (7, 5.0), (14, -9.0)], 20).expect("purchases");
        assert_eq!(summary.history.frequency(), 2);
        assert_eq!(summary.spend.map(|spend| spend.mean()), Some(-2.0));
    }
}
