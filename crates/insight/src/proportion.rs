//! Proportions: how many of those who were asked, with the score interval.
//!
//! Promises: the interval of Wilson (1927), which keeps its confidence with few answers and near 0 and 1, where the usual
//! ± 1.96 standard errors would end below nothing or have no width at all (Brown, Cai and DasGupta 2001, *Statistical Science*
//! 16, 101–133). Does not know who did not answer: whether the silent differ is not in any interval. Put the share of those
//! who answered beside it; that is a proportion as well.
//!
//! By hand: nobody of 10 complained. Standard error 0, yet nobody would bet on "never": the interval's upper end is
//! z² ÷ (n + z²) = 3.8415 ÷ 13.8415 = 27.8 %.

use crate::Refusal;
use crate::interval::{Confidence, Estimate, Interval};

/// The share of `n` that are so many, 0 to 1. Refusal if there is nobody, or if there are more of them than of all.
pub fn proportion(count: u64, n: u64, confidence: Confidence) -> Result<Estimate, Refusal> {
    if n == 0 {
        return Err(Refusal::TooFew {
            needed: 1,
            found: 0,
        });
    }
    if count > n {
        return Err(Refusal::OffTheScale);
    }
    let (of, errors) = (n as f64, confidence.normal());
    let share = count as f64 / of;
    let variance = share * (1.0 - share) / of;
    let square = errors * errors;
    let middle = (share + square / (2.0 * of)) / (1.0 + square / of);
    let reach = errors * (variance + square / (4.0 * of * of)).sqrt() / (1.0 + square / of);
    Ok(Estimate {
        value: share,
        standard_error: variance.sqrt(),
        // The formula's ends are 0 and 1 there, but for rounding.
        interval: Interval {
            low: if count == 0 { 0.0 } else { middle - reach },
            high: if count == n { 1.0 } else { middle + reach },
        },
        n,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usual(count: u64, n: u64) -> Interval {
        let estimate = proportion(count, n, Confidence::USUAL).expect("a share");
        estimate.interval
    }

    #[test]
    fn known_intervals_are_found() {
        // Newcombe 1998, Statistics in Medicine 17, 857–872, table I, method 3.
        for (count, n, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let found = usual(count, n);
            assert!((found.low - low).abs() < 5e-5, "{count} of {n}: {found:?}");
            assert!(
                (found.high - high).abs() < 5e-5,
                "{count} of {n}: {found:?}"
            );
        }
    }

    #[test]
    fn the_page_s_example_holds() {
        let none = usual(0, 10);
        assert_eq!(none.low, 0.0);
        assert!((none.high - 0.2775).abs() < 5e-5);
    }

    #[test]
    fn nobody_and_more_than_all_are_refused() {
        let refused = |count, n| proportion(count, n, Confidence::USUAL).expect_err("refused");
        let nobody = Refusal::TooFew {
            needed: 1,
            found: 0,
        };
        assert_eq!(refused(0, 0), nobody);
        assert_eq!(refused(3, 2), Refusal::OffTheScale);
    }

    /// What share of all samples of `n` has an interval that holds the true share: by adding up the binomial.
    fn coverage(n: u64, share: f64) -> f64 {
        let mut probability = (1.0 - share).powi(i32::try_from(n).expect("few"));
        let mut covered = 0.0;
        for count in 0..=n {
            if usual(count, n).holds(share) {
                covered += probability;
            }
            probability *= (n - count) as f64 / (count + 1) as f64 * share / (1.0 - share);
        }
        covered
    }

    #[test]
    fn intervals_keep_their_confidence_over_all_samples() {
        for n in [10, 30, 100] {
            let shares: Vec<f64> = (1..100).map(|percent| f64::from(percent) / 100.0).collect();
            let covered: Vec<f64> = shares.iter().map(|&share| coverage(n, share)).collect();
            let mean = covered.iter().sum::<f64>() / covered.len() as f64;
            assert!((mean - 0.95).abs() < 0.01, "{n}: {mean}");
            assert!(covered.iter().all(|&covered| covered > 0.82), "{n}");
        }
    }

    proptest! {
        #[test]
        fn an_interval_holds_its_share_and_solves_the_score_equation(n in 1u64..100_000, part in 0.0..=1.0f64) {
            let count = (part * n as f64) as u64;
            let estimate = proportion(count, n, Confidence::USUAL).expect("a share");
            let Interval { low, high } = estimate.interval;
            prop_assert!(estimate.interval.holds(estimate.value));
            prop_assert!((0.0..=1.0).contains(&low) && (0.0..=1.0).contains(&high));
            let errors = |end: f64| (estimate.value - end).abs() / (end * (1.0 - end) / n as f64).sqrt();
            let z = Confidence::USUAL.normal();
            prop_assert!(count == 0 || (errors(low) / z - 1.0).abs() < 1e-6, "{}", errors(low));
            prop_assert!(count == n || (errors(high) / z - 1.0).abs() < 1e-6, "{}", errors(high));
            // Who counts the others finds the mirrored interval.
            let others = proportion(n - count, n, Confidence::USUAL).expect("a share").interval;
            prop_assert!((others.low - (1.0 - high)).abs() < 1e-12 && (others.high - (1.0 - low)).abs() < 1e-12);
        }
    }
}
