//! Regular buyers: gaps between purchases that are less random than chance, gamma distributed with the shape k (Erlang-k where k is
//! whole).
//!
//! With purely random purchases (k = 1) a long silence says little; a household that buys every four weeks or so (k = 4) is late
//! after six. The regularity of a base is learned from two consecutive gaps of each buyer: their ratio g₁/(g₁ + g₂) is beta
//! distributed (k, k) whatever the buyer's own pace, its variance V = 1/(4(2k + 1)), so that k = (1 − 4V)/(8V) (Wheat, Morrison
//! 1990, Estimating purchase regularity with two interpurchase times, Journal of Marketing Research 27(1); Erlang gaps:
//! Chatfield, Goodhardt 1973, JMR 10(1)). The standard error follows from that of V, √((m₄ − V²)/n) with m₄ the fourth central
//! moment, times |dk/dV| = 1/(8V²).
//!
//! **The next gap.** A buyer's own pace is known from its own gaps alone, and badly where they are few. If n of them took the time
//! S together, its rate is gamma distributed (n·k, S), and the next gap over S beta prime (k, n·k): a ratio in which the rate
//! cancels, so that its interval holds what it says for *every* pace. P(later than t) is the incomplete beta function
//! I(S/(S + t); n·k, k). After a silence it is what is left of that: who is long away may also be slower than it seemed.
//!
//! **What it does not know.** A pace that changes or follows the seasons, and differences in regularity between buyers: k is one
//! number for all, and taken as known. (It is learned from a hundred buyers or more; where it is wrong by a tenth, an interval of
//! 80 % holds 78 % or 82 %.) Days are whole: gaps of a few days make k coarse.
//!
//! By hand: k = 1 has V = 1/12, and (1 − ⅓)/(⅔) = 1. A buyer with k = 1 who took 12 weeks for three gaps buys later than t with
//! (12/(12 + t))³: as probably as not within 12·(∛2 − 1) = 3.12 weeks. Chance has no memory, but after 30 weeks of silence the
//! pace looks slower, and it is 42·(∛2 − 1) = 10.9.
//!
//! ```
//! use perennial_insight::interval::Confidence;
//! use perennial_insight::regularity::{Gaps, Regularity};
//! # fn main() -> Result<(), perennial_insight::Refusal> {
//! let chance = Regularity { k: 1.0, standard_error: 0.1, buyers: 200 };
//! let gaps = Gaps { count: 3, together: 12.0 };
//! for (away, median) in [(0.0, 3.119), (30.0, 10.917)] {
//!     let next = chance.next_purchase(gaps, away, Confidence::USUAL)?;
//!     assert!((next.median - median).abs() < 1e-3);
//! }
//! # Ok(())
//! # }
//! ```

use serde::{Deserialize, Serialize};

use crate::interval::{Confidence, turn};
use crate::prediction::NextPurchase;
use crate::refusal::{Refusal, enough, ensure, ensure_not_negative, ensure_positive};
use crate::special::{ln_beta, ln_incomplete_beta};

/// The most regular that a base is taken for: beyond, two gaps differ by less than a tenth, which days do not tell.
const MOST_REGULAR: f64 = 200.0;

/// A buyer's gaps between purchases until its last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gaps {
    /// How many: repeat days.
    pub count: u32,
    /// How long they took together: from the first purchase to the last, in any unit.
    pub together: f64,
}

/// How regular purchases are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Regularity {
    /// 1 for chance, more for rhythm, less for spells of buying. Above 1.5 the dates of models that assume chance are too vague.
    pub k: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Buyers it was learned from.
    pub buyers: u64,
}

impl Regularity {
    /// Learns k from two consecutive gaps of each buyer, in any unit; one pair a buyer, for pairs of one buyer are not
    /// independent.
    ///
    /// # Errors
    /// [`Refusal::NotPositive`] and [`Refusal::NotFinite`] for gaps that are that, [`Refusal::TooFew`] below 100 pairs,
    /// [`Refusal::NotIdentified`] where the gaps of each buyer are (almost) equal.
    pub fn of(gaps: impl IntoIterator<Item = (f64, f64)>) -> Result<Self, Refusal> {
        let ratio = |(first, second): (f64, f64)| {
            ensure_positive(&[first, second]).map(|()| first / (first + second))
        };
        let ratios: Vec<f64> = gaps.into_iter().map(ratio).collect::<Result<_, _>>()?;
        let buyers = ratios.len() as u64;
        enough(buyers)?;
        let n = ratios.len() as f64;
        let mean = ratios.iter().sum::<f64>() / n;
        let moment = |power| {
            ratios
                .iter()
                .map(|ratio| (ratio - mean).powi(power))
                .sum::<f64>()
        };
        let (variance, fourth) = (moment(2) / (n - 1.0), moment(4) / n);
        let k = (1.0 - 4.0 * variance) / (8.0 * variance);
        if k.is_nan() || k > MOST_REGULAR {
            return Err(Refusal::NotIdentified { parameter: "k" });
        }
        let error = ((fourth - variance * variance).max(0.0) / n).sqrt();
        Ok(Self {
            // Gaps more unequal than any k allows: as irregular as can be.
            k: k.max(0.0),
            standard_error: error / (8.0 * variance * variance),
            buyers,
        })
    }

    /// When somebody buys next who had these gaps and whose last purchase was so long ago: the median, and the interval that
    /// holds it with this confidence, from now, in the gaps' unit; given that the buyer still buys.
    ///
    /// # Errors
    /// [`Refusal::NotPositive`], [`Refusal::Negative`] and [`Refusal::NotFinite`] for times that are that; [`Refusal::NoDate`]
    /// without a gap, and where n·k < 1: few gaps of an irregular base.
    pub fn next_purchase(
        &self,
        gaps: Gaps,
        away: f64,
        confidence: Confidence,
    ) -> Result<NextPurchase, Refusal> {
        ensure_not_negative(away)?;
        let known = self.k * f64::from(gaps.count);
        ensure(known >= 1.0, Refusal::NoDate)?;
        ensure_positive(&[gaps.together])?;
        let of = [known, self.k, ln_beta(known, self.k)];
        let ln_later = |t: f64| {
            let all = gaps.together + t;
            ln_incomplete_beta(of, gaps.together / all, t / all)
        };
        let passed = ln_later(away);
        let later = |t: f64| (ln_later(away + t) - passed).exp();
        let at = |share: f64| {
            let mut high = gaps.together;
            while later(high) > share {
                high *= 2.0;
            }
            turn(0.0, high, |t| later(t) <= share)
        };
        let outside = (1.0 - confidence.share()) / 2.0;
        let next = NextPurchase {
            median: at(0.5),
            earliest: at(1.0 - outside),
            latest: at(outside),
        };
        ensure(next.latest.is_finite(), Refusal::NotFinite)?;
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(k: f64, gaps: (u32, f64), away: f64) -> Result<NextPurchase, Refusal> {
        let regularity = Regularity {
            k,
            standard_error: 0.1,
            buyers: 100,
        };
        let (count, together) = gaps;
        regularity.next_purchase(Gaps { count, together }, away, Confidence::USUAL)
    }

    /// k = 1: (S/(S+t))ⁿ. k = 2 after one gap of 1: (1 + 3t)/(1 + t)³ is ½ at t = 1, and after that the rest of it.
    #[test]
    fn closed_forms_are_met() {
        let chance = next(1.0, (4, 10.0), 5.0).expect("a date");
        for (found, share) in [
            (chance.earliest, 0.975_f64),
            (chance.median, 0.5),
            (chance.latest, 0.025),
        ] {
            assert!((found - 15.0 * (share.powf(-0.25) - 1.0)).abs() < 1e-10);
        }
        assert!((next(2.0, (1, 1.0), 0.0).expect("a date").median - 1.0).abs() < 1e-12);
        let later = |t: f64| (1.0 + 3.0 * t) / (1.0 + t).powi(3);
        let found = next(2.0, (1, 1.0), 2.0).expect("a date");
        assert!((later(2.0 + found.median) - 0.5 * later(2.0)).abs() < 1e-12);
        assert!((later(2.0 + found.latest) - 0.025 * later(2.0)).abs() < 1e-12);
    }

    #[test]
    fn a_regular_buyer_is_expected_the_sooner_the_longer_it_is_away() {
        let median = |away| next(6.0, (20, 20.0), away).expect("a date").median;
        assert!(median(1.0) < median(0.5) && median(0.5) < median(0.0));
        let width = |k, count| {
            let next = next(k, (count, f64::from(count)), 0.3).expect("a date");
            assert!(next.earliest < next.median && next.median < next.latest);
            next.latest - next.earliest
        };
        assert!(width(1.0, 20) > 2.0 * width(6.0, 20), "chance is vague");
        assert!(width(6.0, 2) > 1.1 * width(6.0, 20), "so are two gaps");
        // Every day for years, then half a year of silence: far beyond what a plain probability can hold.
        let late = next(20.0, (3000, 3000.0), 180.0).expect("a date");
        assert!(late.median > 0.0 && late.latest < 180.0, "{late:?}");
    }

    #[test]
    fn what_cannot_be_foretold_is_refused() {
        for (k, gaps, away, why) in [
            (2.0, (1, 0.0), 1.0, Refusal::NotPositive),
            (2.0, (1, f64::NAN), 1.0, Refusal::NotFinite),
            (2.0, (1, 1.0), -1.0, Refusal::Negative),
            (2.0, (1, 1.0), f64::INFINITY, Refusal::NotFinite),
            (2.0, (0, 0.0), 1.0, Refusal::NoDate),
            (0.4, (2, 1.0), 1.0, Refusal::NoDate),
            (0.0, (9, 1.0), 1.0, Refusal::NoDate),
        ] {
            assert_eq!(next(k, gaps, away), Err(why));
        }
        assert!(next(0.4, (3, 1.0), 1.0).is_ok());
    }

    #[test]
    fn thin_or_impossible_gaps_are_refused() {
        assert_eq!(
            Regularity::of([(1.0, 2.0); 99]),
            Err(Refusal::TooFew {
                found: 99,
                needed: 100
            })
        );
        assert_eq!(
            Regularity::of([(1.0, 2.0); 100]),
            Err(Refusal::NotIdentified { parameter: "k" })
        );
        for (gap, why) in [(0.0, Refusal::NotPositive), (f64::NAN, Refusal::NotFinite)] {
            assert_eq!(Regularity::of([(gap, 2.0); 100]), Err(why));
            assert_eq!(Regularity::of([(2.0, gap); 100]), Err(why));
        }
        // Half of the buyers with ratio ¼, half with ¾: V = 1/16·100/99, k = (1 − 4V)/(8V).
        let gaps = (0..100).map(|n| if n % 2 == 0 { (1.0, 3.0) } else { (3.0, 1.0) });
        let found = Regularity::of(gaps).expect("regularity");
        let variance = 1.0 / 16.0 * 100.0 / 99.0;
        assert!((found.k - (1.0 - 4.0 * variance) / (8.0 * variance)).abs() < 1e-12);
    }
}
