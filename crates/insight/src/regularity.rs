//! Regular buyers: gaps between purchases that are less random than chance, as of an Erlang-k distribution.
//!
//! With purely random purchases (k = 1) a long silence says little; a household that buys every four weeks or so (k = 4) is late
//! after six. The regularity of a base is learned from two consecutive gaps of each buyer: their ratio g₁/(g₁ + g₂) is beta
//! distributed (k, k) whatever the buyer's own pace, its variance V = 1/(4(2k + 1)), so that k = (1 − 4V)/(8V) (Wheat, Morrison
//! 1990, Estimating purchase regularity with two interpurchase times, Journal of Marketing Research 27(1); Erlang gaps:
//! Chatfield, Goodhardt 1973, JMR 10(1)).
//!
//! The standard error follows from that of V, √((m₄ − V²)/n) with m₄ the fourth central moment, times |dk/dV| = 1/(8V²).
//!
//! **What it does not know.** A pace that changes or follows the seasons, and differences in regularity between buyers: k is one
//! number for all. Days are whole: gaps of a few days make k coarse.
//!
//! By hand: k = 1 has V = 1/12, and (1 − ⅓)/(⅔) = 1. A buyer with k = 1 and a mean gap of 4 weeks comes back within 4·ln 2 = 2.77
//! weeks as probably as not, however long it has been away: chance has no memory.
//!
//! ```
//! use perennial_insight::Regularity;
//! let chance = Regularity { k: 1.0, standard_error: 0.1, buyers: 200 };
//! for away in [0.0, 30.0] {
//!     let next = chance.next_purchase(4.0, away, 0.5).expect("numbers");
//!     assert!((next.median - 4.0 * std::f64::consts::LN_2).abs() < 1e-9);
//! }
//! ```

use crate::prediction::NextPurchase;
use crate::refusal::{Refusal, enough, ensure};

/// The most regular that a base is taken for: beyond, two gaps differ by less than a tenth, which days do not tell.
const MOST_REGULAR: f64 = 200.0;

/// How regular purchases are.
#[derive(Clone, Copy, Debug, PartialEq)]
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
    /// [`Refusal::Impossible`] for gaps not above zero, [`Refusal::TooFew`] below 100 pairs, [`Refusal::NotIdentified`] where
    /// the gaps of each buyer are (almost) equal.
    pub fn of(gaps: impl IntoIterator<Item = (f64, f64)>) -> Result<Self, Refusal> {
        let ratios: Vec<f64> = gaps
            .into_iter()
            .map(|(first, second)| first / (first + second))
            .collect();
        let is_ratio = |ratio: &f64| *ratio > 0.0 && *ratio < 1.0;
        ensure(ratios.iter().all(is_ratio), "a gap that is not above zero")?;
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

    /// When somebody buys next whose gaps have this mean and whose last purchase was so long ago, both in one unit, which the
    /// answer has too: the median, and the interval in which it lies with the probability `coverage`, from now. Gaps are
    /// Erlang distributed with k rounded, at least 1; given that the buyer still buys.
    ///
    /// None unless `mean_gap` > 0, `away` ≥ 0, both finite, and 0 < `coverage` < 1.
    pub fn next_purchase(&self, mean_gap: f64, away: f64, coverage: f64) -> Option<NextPurchase> {
        let is_time = mean_gap > 0.0 && mean_gap.is_finite() && away >= 0.0 && away.is_finite();
        let is_share = coverage > 0.0 && coverage < 1.0;
        if !is_time || !is_share {
            return None;
        }
        let k = self.k.round().clamp(1.0, MOST_REGULAR);
        let (rate, passed) = (k / mean_gap, ln_survival(k, k / mean_gap * away));
        let later = |t: f64| (ln_survival(k, rate * (away + t)) - passed).exp();
        let at = |share: f64| {
            let (mut low, mut high) = (0.0, mean_gap);
            while later(high) > share {
                (low, high) = (high, 2.0 * high);
            }
            for _ in 0..64 {
                let middle = f64::midpoint(low, high);
                if later(middle) > share {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            f64::midpoint(low, high)
        };
        Some(NextPurchase {
            median: at(0.5),
            earliest: at(0.5 + coverage / 2.0),
            latest: at(0.5 - coverage / 2.0),
        })
    }
}

/// The logarithm of e^−y·Σ_{i<k} y^i/i!: that an Erlang-k time of rate 1 is above y.
fn ln_survival(k: f64, y: f64) -> f64 {
    let (mut term, mut sum, mut i) = (0.0_f64, 0.0_f64, 1.0);
    while i < k {
        term += (y / i).ln();
        sum = sum.max(term) + (-(sum - term).abs()).exp().ln_1p();
        i += 1.0;
    }
    sum - y
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survival_is_the_sum_of_its_terms() {
        for (k, y) in [(1.0, 2.0_f64), (2.0, 0.5), (3.0, 7.0)] {
            let terms = [1.0, y, y * y / 2.0];
            let known: f64 = terms.iter().take(k as usize).sum::<f64>() * (-y).exp();
            assert!(
                (ln_survival(k, y).exp() / known - 1.0).abs() < 1e-14,
                "{k} {y}"
            );
        }
        assert_eq!(ln_survival(200.0, 0.0), 0.0);
        assert!(ln_survival(200.0, 1e6).is_finite());
    }

    /// k = 2, nothing passed: (1 + 2t)·e^(−2t) = ½ at t = 0.8391735 mean gaps.
    #[test]
    fn a_regular_buyer_is_expected_the_sooner_the_longer_it_is_away() {
        let regular = |k| Regularity {
            k,
            standard_error: 0.1,
            buyers: 100,
        };
        let median = |k, away| {
            regular(k)
                .next_purchase(1.0, away, 0.8)
                .expect("numbers")
                .median
        };
        assert!((median(2.0, 0.0) - 0.839_173_495_0).abs() < 1e-9);
        assert!(median(6.0, 1.0) < median(6.0, 0.5) && median(6.0, 0.5) < median(6.0, 0.0));
        let next = regular(6.0)
            .next_purchase(30.0, 10.0, 0.8)
            .expect("numbers");
        assert!(next.earliest < next.median && next.median < next.latest);
        let wide = regular(1.0)
            .next_purchase(30.0, 10.0, 0.8)
            .expect("numbers");
        assert!(wide.latest - wide.earliest > 2.0 * (next.latest - next.earliest));
        for (mean, away, coverage) in [
            (0.0, 1.0, 0.5),
            (1.0, -1.0, 0.5),
            (1.0, 1.0, 1.0),
            (1.0, 1.0, 0.0),
            (f64::NAN, 1.0, 0.5),
            (1.0, f64::INFINITY, 0.5),
        ] {
            assert_eq!(regular(2.0).next_purchase(mean, away, coverage), None);
        }
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
        assert!(matches!(
            Regularity::of([(0.0, 2.0); 100]),
            Err(Refusal::Impossible { .. })
        ));
        assert!(matches!(
            Regularity::of([(0.0, 0.0); 100]),
            Err(Refusal::Impossible { .. })
        ));
        // Half of the buyers with ratio ¼, half with ¾: V = 1/16·100/99, k = (1 − 4V)/(8V).
        let gaps = (0..100).map(|n| if n % 2 == 0 { (1.0, 3.0) } else { (3.0, 1.0) });
        let found = Regularity::of(gaps).expect("regularity");
        let variance = 1.0 / 16.0 * 100.0 / 99.0;
        assert!((found.k - (1.0 - 4.0 * variance) / (8.0 * variance)).abs() < 1e-12);
    }
}
