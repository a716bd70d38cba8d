//! The net promoter score: the percentage of promoters less that of detractors, with the score interval.
//!
//! "How likely is it that you would recommend us?", 0 to 10: 9 and 10 are promoters, 0 to 6 detractors, 7 and 8 passives
//! (Reichheld 2003, *Harvard Business Review* 81(12)). The score runs from −100 to 100.
//!
//! Promises: an interval that keeps its confidence with few answers and near the ends. It holds every score that a score test
//! would not reject, with promoters and detractors at the most likely values that have that score (Tango 1998, *Statistics in
//! Medicine* 17, 891–908, for differences of two shares of one whole; Rocks 2016, *The American Statistician* 70, 365–372, finds
//! it, beside the adjusted Wald interval, the better for this score). Does not know who did not answer, nor what anybody does.
//!
//! By hand: 21 answers, 7 promoters, 13 passives, 1 detractor. The score is 100 · (7 − 1) ÷ 21 = 28.6, its standard error
//! 100 · √((8 ÷ 21 − (6 ÷ 21)²) ÷ 21) = 11.9; the interval runs from 2.6 to 51.7. The usual ± 1.96 standard errors say 5.2 to 52.

use crate::Refusal;
use crate::interval::{Confidence, Estimate, Interval, turn};

/// How many gave which kind of answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// How many said 9 or 10.
    pub promoters: u64,
    /// How many said 7 or 8.
    pub passives: u64,
    /// How many said 0 to 6.
    pub detractors: u64,
}

impl Answers {
    /// Counts answers of 0 to 10; refused if one is above.
    pub fn of(answers: impl IntoIterator<Item = u8>) -> Result<Self, Refusal> {
        let mut counted = Self::default();
        for answer in answers {
            match answer {
                9..=10 => counted.promoters += 1,
                7..=8 => counted.passives += 1,
                0..=6 => counted.detractors += 1,
                _ => return Err(Refusal::OffTheScale),
            }
        }
        Ok(counted)
    }

    /// The net promoter score, −100 to 100. Refusal if nobody answered.
    pub fn score(&self, confidence: Confidence) -> Result<Estimate, Refusal> {
        let n = self.promoters + self.passives + self.detractors;
        if n == 0 {
            return Err(Refusal::TooFew {
                needed: 1,
                found: 0,
            });
        }
        let of = n as f64;
        let (promoters, detractors) = (self.promoters as f64, self.detractors as f64);
        let difference = (promoters - detractors) / of;
        let variance = ((promoters + detractors) / of - difference * difference).max(0.0) / of;
        let errors = confidence.normal();
        // How far the counted difference lies above one that may be true, in what one standard error of it would be.
        let above = |truth: f64, errors: f64| {
            let spread = self.spread(truth);
            promoters - detractors - of * truth <= errors * spread.sqrt()
        };
        let interval = Interval {
            low: if self.detractors == n {
                -1.0
            } else {
                turn(-1.0, difference, |truth| above(truth, errors))
            },
            high: if self.promoters == n {
                1.0
            } else {
                turn(difference, 1.0, |truth| above(truth, -errors))
            },
        };
        Ok(Estimate {
            value: 100.0 * difference,
            standard_error: 100.0 * variance.sqrt(),
            interval: Interval {
                low: 100.0 * interval.low,
                high: 100.0 * interval.high,
            },
            n,
        })
    }

    /// The variance of promoters less detractors if `truth` were the true difference of their shares, and the share of detractors
    /// what it then most likely is: the greater root of the likelihood's derivative, a quadratic.
    fn spread(&self, truth: f64) -> f64 {
        let of = (self.promoters + self.passives + self.detractors) as f64;
        let (promoters, detractors) = (self.promoters as f64, self.detractors as f64);
        let linear = (2.0 * of - promoters + detractors) * truth - promoters - detractors;
        let constant = -detractors * truth * (1.0 - truth);
        let root = (linear * linear - 8.0 * of * constant).max(0.0).sqrt();
        let share = ((root - linear) / (4.0 * of)).max(0.0).max(-truth);
        of * (2.0 * share + truth * (1.0 - truth)).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answers(promoters: u64, passives: u64, detractors: u64) -> Answers {
        Answers {
            promoters,
            passives,
            detractors,
        }
    }

    fn usual(answers: Answers) -> Estimate {
        answers.score(Confidence::USUAL).expect("a score")
    }

    #[test]
    fn the_page_s_example_holds() {
        // The same counts as in Bentur and others 2009, whose interval Fagerland, Lydersen and Laake print: −0.517 to −0.026.
        let found = usual(answers(7, 13, 1));
        let near = |value: f64, known: f64| (value - known).abs() < 0.05;
        assert!(near(found.value, 28.6) && near(found.standard_error, 11.9));
        assert!(near(found.interval.low, 2.6), "{found:?}");
        assert!(near(found.interval.high, 51.7), "{found:?}");
        assert_eq!(found.n, 21);
    }

    #[test]
    fn answers_are_counted_by_their_kind() {
        assert_eq!(Answers::of(0..=10), Ok(answers(2, 2, 7)));
        assert_eq!(Answers::of([9, 11]), Err(Refusal::OffTheScale));
        let nobody = Refusal::TooFew {
            needed: 1,
            found: 0,
        };
        assert_eq!(
            Answers::default().score(Confidence::USUAL),
            Err(nobody),
            "nobody answered"
        );
    }

    #[test]
    fn ends_are_kept() {
        let z = Confidence::USUAL.normal();
        let all = usual(answers(20, 0, 0));
        assert_eq!((all.value, all.interval.high), (100.0, 100.0));
        let none = usual(answers(0, 0, 20));
        assert_eq!((none.value, none.interval.low), (-100.0, -100.0));
        assert!((none.interval.high + all.interval.low).abs() < 1e-9);
        // Nobody takes a side: to either side the same as for a share of which there was none.
        let still = usual(answers(0, 20, 0));
        let known = 100.0 * z * z / (20.0 + z * z);
        assert!((still.interval.high - known).abs() < 1e-9 && still.value == 0.0);
        assert!((still.interval.low + known).abs() < 1e-9);
    }

    /// The greatest likelihood that a true difference leaves, by trying shares of detractors: the variance there.
    fn spread_by_trying(answers: Answers, truth: f64) -> f64 {
        let of = (answers.promoters + answers.passives + answers.detractors) as f64;
        let (least, greatest) = ((-truth).max(0.0), (1.0 - truth) / 2.0);
        let log = |count: u64, share: f64| match count {
            0 => 0.0,
            _ => count as f64 * share.ln(),
        };
        let likelihood = |share: f64| {
            log(answers.detractors, share)
                + log(answers.promoters, share + truth)
                + log(answers.passives, 1.0 - 2.0 * share - truth)
        };
        let steps = 20_000;
        let tried =
            (1..steps).map(|step| least + (greatest - least) * f64::from(step) / f64::from(steps));
        let best = tried
            .max_by(|a, b| likelihood(*a).total_cmp(&likelihood(*b)))
            .expect("a share");
        of * (2.0 * best + truth - truth * truth)
    }

    #[test]
    fn the_most_likely_share_of_detractors_is_found() {
        for (promoters, passives, detractors) in [(7, 13, 1), (3, 4, 5), (40, 100, 20), (1, 1, 1)] {
            let answers = answers(promoters, passives, detractors);
            for truth in [-0.9, -0.4, -0.1, 0.0, 0.05, 0.3, 0.8] {
                let (found, tried) = (answers.spread(truth), spread_by_trying(answers, truth));
                assert!(
                    (found - tried).abs() < 1e-3 * (found + 1.0),
                    "{answers:?} {truth}: {found} {tried}"
                );
            }
        }
    }

    /// What share of all samples of `n` has an interval that holds the true score: by adding up the trinomial.
    fn coverage(n: u64, promoters: f64, detractors: f64) -> f64 {
        let logs: Vec<f64> = (0..=n)
            .scan(0.0, |sum, k| {
                *sum += (k.max(1) as f64).ln();
                Some(*sum)
            })
            .collect();
        let log = |k: u64| logs[usize::try_from(k).expect("few")];
        let (mut covered, passives) = (0.0, 1.0 - promoters - detractors);
        for p in 0..=n {
            for d in 0..=n - p {
                let weight = log(n) - log(p) - log(d) - log(n - p - d)
                    + p as f64 * promoters.ln()
                    + d as f64 * detractors.ln()
                    + (n - p - d) as f64 * passives.ln();
                let interval = usual(answers(p, n - p - d, d)).interval;
                if interval.holds(100.0 * (promoters - detractors)) {
                    covered += weight.exp();
                }
            }
        }
        covered
    }

    #[test]
    fn intervals_keep_their_confidence_over_all_samples() {
        let truths = [
            (0.1, 0.1),
            (0.5, 0.2),
            (0.7, 0.05),
            (0.3, 0.3),
            (0.2, 0.6),
            (0.05, 0.02),
        ];
        for n in [12, 30] {
            let covered = truths.map(|(promoters, detractors)| coverage(n, promoters, detractors));
            let mean = covered.iter().sum::<f64>() / 6.0;
            assert!((0.94..0.97).contains(&mean), "{n}: {covered:?}");
            assert!(
                covered.iter().all(|&share| share > 0.91),
                "{n}: {covered:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn an_interval_holds_its_score_and_is_mirrored(promoters in 0u64..500, passives in 0u64..500, detractors in 1u64..500) {
            let found = usual(answers(promoters, passives, detractors));
            prop_assert!(found.interval.holds(found.value));
            prop_assert!(found.interval.low >= -100.0 && found.interval.high <= 100.0);
            let mirrored = usual(answers(detractors, passives, promoters));
            prop_assert!((mirrored.interval.low + found.interval.high).abs() < 1e-6, "{found:?} {mirrored:?}");
            prop_assert!((mirrored.interval.high + found.interval.low).abs() < 1e-6);
        }
    }
}
