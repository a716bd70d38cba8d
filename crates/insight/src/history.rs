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
//! use perennial_insight::history::summarise;
//! let summary = summarise([(14, 5.0), (0, 10.0), (35, 8.0), (14, 7.0)], 70).expect("purchases");
//! let history = summary.history;
//! assert_eq!((history.frequency(), history.recency(), history.age()), (2, 5.0, 10.0));
//! assert_eq!(summary.spend.map(|spend| spend.mean()), Some(10.0));
//! ```

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::refusal::{Refusal, ensure, ensure_not_negative};

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
    /// [`Refusal::NotFinite`], [`Refusal::Negative`], [`Refusal::OutOfOrder`] unless 0 ≤ t_x ≤ T; [`Refusal::Contradictory`]
    /// unless t_x is 0 exactly where x is; [`Refusal::OffTheScale`] where x is above a million.
    pub fn new(frequency: u32, recency: f64, age: f64) -> Result<Self, Refusal> {
        ensure_not_negative(recency)?;
        ensure_not_negative(age)?;
        ensure(recency <= age, Refusal::OutOfOrder)?;
        ensure((frequency == 0) == (recency == 0.0), Refusal::Contradictory)?;
        ensure(frequency <= MOST, Refusal::OffTheScale)?;
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
    /// [`Refusal::OffTheScale`] for no purchases or more than a million, [`Refusal::NotFinite`] for a mean that is not.
    pub fn new(purchases: u32, mean: f64) -> Result<Self, Refusal> {
        ensure((1..=MOST).contains(&purchases), Refusal::OffTheScale)?;
        ensure(mean.is_finite(), Refusal::NotFinite)?;
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
///
/// # Errors
/// [`Refusal::TooFew`] where nothing was bought until then, [`Refusal::NotFinite`] where amounts come to no number,
/// [`Refusal::OffTheScale`] for more than a million days with a repeat.
pub fn summarise(
    purchases: impl IntoIterator<Item = (i32, f64)>,
    until: i32,
) -> Result<Summary, Refusal> {
    let mut days = BTreeMap::new();
    for (day, amount) in purchases {
        if day <= until {
            *days.entry(day).or_insert(0.0) += amount;
        }
    }
    let (Some((&first, _)), Some((&last, _))) = (days.first_key_value(), days.last_key_value())
    else {
        return Err(Refusal::TooFew {
            found: 0,
            needed: 1,
        });
    };
    let weeks = |day: i32| (f64::from(day) - f64::from(first)) / WEEK;
    let frequency = u32::try_from(days.len() - 1).unwrap_or(u32::MAX);
    let repeats: f64 = days.values().skip(1).sum();
    let spend = || Spend::new(frequency, repeats / f64::from(frequency));
    Ok(Summary {
        history: History::new(frequency, weeks(last), weeks(until))?,
        spend: (frequency > 0).then(spend).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_refused() {
        for (frequency, recency, age, why) in [
            (1, 5.0, 4.0, Refusal::OutOfOrder),
            (1, -1.0, 4.0, Refusal::Negative),
            (1, 0.0, 4.0, Refusal::Contradictory),
            (0, 1.0, 4.0, Refusal::Contradictory),
            (0, 0.0, -1.0, Refusal::Negative),
            (0, 0.0, f64::NAN, Refusal::NotFinite),
            (1, f64::NAN, 4.0, Refusal::NotFinite),
            (1, 1.0, f64::INFINITY, Refusal::NotFinite),
            (1_000_001, 1.0, 4.0, Refusal::OffTheScale),
        ] {
            assert_eq!(History::new(frequency, recency, age), Err(why));
        }
        assert!(History::new(0, 0.0, 0.0).is_ok());
        assert!(History::new(3, 4.0, 4.0).is_ok());
        for (purchases, mean, why) in [
            (0, 1.0, Refusal::OffTheScale),
            (1_000_001, 1.0, Refusal::OffTheScale),
            (1, f64::NEG_INFINITY, Refusal::NotFinite),
            (1, f64::NAN, Refusal::NotFinite),
        ] {
            assert_eq!(Spend::new(purchases, mean), Err(why));
        }
        let amounts = |amount| summarise([(0, 1.0), (3, amount)], 9);
        assert_eq!(amounts(f64::NAN), Err(Refusal::NotFinite));
        assert!(amounts(1.0).is_ok());
    }

    #[test]
    fn days_after_the_last_one_looked_at_do_not_count() {
        let bought = [(10, 1.0), (17, 2.0), (24, 4.0)];
        let at = |until| summarise(bought, until);
        assert_eq!(
            at(9),
            Err(Refusal::TooFew {
                found: 0,
                needed: 1
            })
        );
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
            Ok(1)
        );
    }

    #[test]
    fn returns_may_outweigh_what_was_bought() {
        let summary = summarise([(0, 5.0), (7, 5.0), (14, -9.0)], 20).expect("purchases");
        assert_eq!(summary.history.frequency(), 2);
        assert_eq!(summary.spend.map(|spend| spend.mean()), Some(-2.0));
    }
}
