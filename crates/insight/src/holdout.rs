//! Is the model worth having? Its predictions beside what came, and beside a rule that needs no model.
//!
//! At each of several days a model is fitted to what was known then, and its predictions for the time after are compared with
//! the purchases of that time. Beside it stands the plain **hiatus rule**: whoever was silent for longer than so many weeks has
//! stopped (Wuebben, Wangenheim 2008, Instant customer base analysis, Journal of Marketing 72(3)). The rule learns its weeks, and
//! how many buy again on either side of them, from the time just before that day, as long as the one to be foretold: neither
//! knows the future.
//!
//! Both are scored by the Brier score of "buys at all", the mean of (probability − what came)²: less is better, and always
//! saying the true share p gets p·(1 − p). Both foretell the same buyers, so that what one leads by is a mean of pairs, with the
//! standard error of such a mean: much smaller than either score's own. Where the model [does not beat the
//! rule](Comparison::beats_the_rule), or nobody can tell, say so.
//!
//! **What it does not know.** Whether the next time is like these. The lead's error is that of other *buyers* in the same weeks;
//! one season is one draw: look at several days.
//!
//! By hand: 0.8 said of one who bought and 0.4 of one who did not is a Brier score of (0.04 + 0.16)/2 = 0.1. A rule that says 0.5 of
//! both has 0.25: its pairs are worse by 0.21 and 0.09, the lead is 0.15, its standard error √((0.06² + 0.06²)/1/2) = 0.06.

use serde::{Deserialize, Serialize};

use crate::grouped::Grouped;
use crate::history::{History, summarise};
use crate::interval::{Confidence, Estimate, Interval};
use crate::prediction::PurchaseModel;
use crate::refusal::{Refusal, enough, ensure};

/// A buyer as it was known on a day, and on how many days it bought in the time after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What was known.
    pub history: History,
    /// Days of the time after.
    pub days: u16,
    /// Those with a purchase.
    pub bought: u32,
}

impl Outcome {
    /// Of somebody who bought on these days, in any order: known on the day `until`, followed for `days` more.
    ///
    /// # Errors
    /// As for [`summarise`]: [`Refusal::TooFew`] where nothing was bought until then.
    pub fn of(bought: &[i32], until: i32, days: u16) -> Result<Self, Refusal> {
        let summary = summarise(bought.iter().map(|day| (*day, 0.0)), until)?;
        let end = until.saturating_add(i32::from(days));
        let mut later: Vec<i32> = bought.to_vec();
        later.retain(|day| *day > until && *day <= end);
        later.sort_unstable();
        later.dedup();
        Ok(Self {
            history: summary.history,
            days,
            // `days` is no more than 65 535.
            bought: u32::try_from(later.len()).unwrap_or(u32::MAX),
        })
    }

    fn weeks(&self) -> f64 {
        f64::from(self.days) / 7.0
    }

    fn silence(&self) -> f64 {
        self.history.age() - self.history.recency()
    }

    fn bought_at_all(&self) -> f64 {
        f64::from(u8::from(self.bought > 0))
    }

    /// (probability − what came)².
    fn off(&self, said: f64) -> f64 {
        let off = said - self.bought_at_all();
        off * off
    }
}

/// Whoever was silent for longer than so many weeks has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hiatus {
    /// The weeks.
    pub weeks: f64,
    /// Who was silent for at most these: the share of them that bought.
    pub within: f64,
    /// Who was silent for longer: the share of them that bought.
    pub beyond: f64,
}

impl Hiatus {
    /// The rule that would have had the best Brier score.
    ///
    /// # Errors
    /// [`Refusal::TooFew`] below 100 buyers.
    pub fn learned_from(outcomes: &[Outcome]) -> Result<Self, Refusal> {
        enough(outcomes.len() as u64)?;
        let mut sorted: Vec<(f64, f64)> = outcomes
            .iter()
            .map(|outcome| (outcome.silence(), outcome.bought_at_all()))
            .collect();
        sorted.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (count, all) = (
            sorted.len() as f64,
            sorted.iter().map(|(_, bought)| bought).sum::<f64>(),
        );
        let share = |bought: f64, of: f64| if of > 0.0 { bought / of } else { 0.0 };
        // Of a group with the share p the score is p·(1 − p) each.
        let cost = |bought: f64, of: f64| bought * (1.0 - share(bought, of));
        let (mut best, mut least) = (
            Self {
                weeks: 0.0,
                within: 0.0,
                beyond: share(all, count),
            },
            f64::INFINITY,
        );
        let (mut of, mut within) = (0.0, 0.0);
        for group in sorted.chunk_by(|one, other| one.0 == other.0) {
            of += group.len() as f64;
            within += group.iter().map(|(_, bought)| bought).sum::<f64>();
            let (beyond, others) = (all - within, count - of);
            let found = cost(within, of) + cost(beyond, others);
            if found < least {
                least = found;
                best = Self {
                    weeks: group.first().map_or(0.0, |(silence, _)| *silence),
                    within: share(within, of),
                    beyond: share(beyond, others),
                };
            }
        }
        Ok(best)
    }

    fn probability(&self, outcome: &Outcome) -> f64 {
        if outcome.silence() <= self.weeks {
            self.within
        } else {
            self.beyond
        }
    }
}

/// How good "buys at all" was foretold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The mean of (probability − what came)².
    pub brier: f64,
    /// The share of buyers for whom a probability of at least ½ meant a purchase and a smaller one none.
    pub right: f64,
}

impl Score {
    /// Of what was said of each outcome, in their order.
    fn of(outcomes: &[Outcome], said: &[f64]) -> Self {
        let (mut brier, mut right) = (0.0, 0.0);
        for (outcome, said) in outcomes.iter().zip(said) {
            brier += outcome.off(*said);
            right += f64::from(u8::from((*said >= 0.5) == (outcome.bought > 0)));
        }
        let count = outcomes.len() as f64;
        Self {
            brier: brier / count,
            right: right / count,
        }
    }
}

/// Whether the model foretells better than the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does: the interval of its lead lies above zero.
    Better,
    /// It does worse: the interval lies below zero.
    Worse,
    /// These buyers do not tell: zero lies in the interval.
    Open,
}

/// By how much the rule's Brier score is above the model's, made of pairs of their (probability − what came)².
fn lead(pairs: impl Iterator<Item = (f64, f64)>, confidence: Confidence) -> Estimate {
    let leads: Vec<f64> = pairs.map(|(model, rule)| rule - model).collect();
    let n = leads.len() as f64;
    let mean = leads.iter().sum::<f64>() / n;
    let squares: f64 = leads.iter().map(|each| (each - mean) * (each - mean)).sum();
    let error = (squares / (n - 1.0) / n).sqrt();
    Estimate::reaching(
        mean,
        error,
        confidence.normal(),
        leads.len() as u64,
        (-1.0, 1.0),
    )
}

/// A model's predictions beside what came.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Buyers known on the day.
    pub buyers: u64,
    /// Days of the time after.
    pub days: u16,
    /// Purchase days of the time after, as predicted.
    pub predicted: f64,
    /// As they came.
    pub actual: f64,
    /// Mean of |predicted − actual| over buyers.
    pub mean_absolute_error: f64,
    /// Root of the mean of (predicted − actual)².
    pub root_mean_square_error: f64,
    /// Pearson's correlation of both over buyers; none where either is the same for all.
    pub correlation: Option<f64>,
    /// Of the model's probabilities.
    pub model: Score,
    /// Of the rule's.
    pub rule: Score,
    /// By how much the rule's Brier score is above the model's, over the same buyers.
    pub lead: Estimate,
    /// The rule.
    pub hiatus: Hiatus,
}

impl Comparison {
    /// Compares a model's predictions for the time of the outcomes with what came in it; the lead's interval is as sure as asked.
    ///
    /// # Errors
    /// [`Refusal::TooFew`] below 100 buyers, [`Refusal::Contradictory`] where some were followed for longer than others.
    pub fn of(
        model: &impl PurchaseModel,
        outcomes: &[Outcome],
        hiatus: Hiatus,
        confidence: Confidence,
    ) -> Result<Self, Refusal> {
        enough(outcomes.len() as u64)?;
        let days = outcomes.first().map_or(0, |outcome| outcome.days);
        let is_one_time = outcomes.iter().all(|outcome| outcome.days == days);
        ensure(is_one_time, Refusal::Contradictory)?;
        let pairs: Vec<(f64, f64)> = outcomes
            .iter()
            .map(|outcome| {
                (
                    model.expected_purchases(&outcome.history, outcome.weeks()),
                    f64::from(outcome.bought),
                )
            })
            .collect();
        let count = pairs.len() as f64;
        let sum = |of: &dyn Fn(f64, f64) -> f64| {
            pairs
                .iter()
                .map(|(said, came)| of(*said, *came))
                .sum::<f64>()
        };
        let (predicted, actual) = (sum(&|said, _| said), sum(&|_, came| came));
        let (said_mean, came_mean) = (predicted / count, actual / count);
        let square = |x: f64| x * x;
        let spread =
            sum(&|said, _| square(said - said_mean)) * sum(&|_, came| square(came - came_mean));
        let together = sum(&|said, came| (said - said_mean) * (came - came_mean));
        let by_model =
            |outcome: &Outcome| model.probability_of_purchase(&outcome.history, outcome.weeks());
        let by_model: Vec<f64> = outcomes.iter().map(by_model).collect();
        let by_rule = |outcome: &Outcome| hiatus.probability(outcome);
        let by_rule: Vec<f64> = outcomes.iter().map(by_rule).collect();
        let offs = outcomes.iter().zip(by_model.iter().zip(&by_rule));
        let offs = offs.map(|(outcome, (model, rule))| (outcome.off(*model), outcome.off(*rule)));
        Ok(Self {
            buyers: outcomes.len() as u64,
            days,
            predicted,
            actual,
            mean_absolute_error: sum(&|said, came| (said - came).abs()) / count,
            root_mean_square_error: (sum(&|said, came| square(said - came)) / count).sqrt(),
            correlation: (spread > 0.0).then(|| together / spread.sqrt()),
            model: Score::of(outcomes, &by_model),
            rule: Score::of(outcomes, &by_rule),
            lead: lead(offs, confidence),
            hiatus,
        })
    }

    /// Whether the model's probabilities are better than the rule's, with the confidence that was asked for.
    pub fn beats_the_rule(&self) -> Verdict {
        let Interval { low, high } = self.lead.interval;
        if low > 0.0 {
            Verdict::Better
        } else if high < 0.0 {
            Verdict::Worse
        } else {
            Verdict::Open
        }
    }
}

/// Compares at each of the days `ends` what `fit` learns until then with the `days` after it. A buyer is the days on which it
/// bought, in any order. Answers in the order of `ends`; each with the reason where it cannot be told.
pub fn rolling<M: PurchaseModel>(
    buyers: &[impl AsRef<[i32]>],
    ends: &[i32],
    days: u16,
    confidence: Confidence,
    fit: impl Fn(&Grouped<History>) -> Result<M, Refusal>,
) -> Vec<Result<Comparison, Refusal>> {
    let outcomes = |until: i32| -> Result<Vec<Outcome>, Refusal> {
        let known = |bought: &&_| {
            AsRef::<[i32]>::as_ref(*bought)
                .iter()
                .any(|day| *day <= until)
        };
        let of = |bought: &_| Outcome::of(AsRef::as_ref(bought), until, days);
        buyers.iter().filter(known).map(of).collect()
    };
    let compare = |end: &i32| {
        let hiatus = Hiatus::learned_from(&outcomes(end.saturating_sub(i32::from(days)))?)?;
        let outcomes = outcomes(*end)?;
        let model = fit(&outcomes.iter().map(|outcome| outcome.history).collect())?;
        Comparison::of(&model, &outcomes, hiatus, confidence)
    };
    ends.iter().map(compare).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bg_nbd::BgNbd;

    #[test]
    fn an_outcome_counts_days_after_the_last_known_one() {
        let outcome = Outcome::of(&[40, 0, 14, 14, 15, 21, 21, 22], 14, 7).expect("a buyer");
        assert_eq!(
            outcome.history,
            History::new(1, 2.0, 2.0).expect("a history")
        );
        assert_eq!((outcome.days, outcome.bought), (7, 2));
        assert_eq!(
            Outcome::of(&[15], 14, 7),
            Err(Refusal::TooFew {
                found: 0,
                needed: 1
            })
        );
        assert_eq!(
            Outcome::of(&[i32::MAX], i32::MAX, 7)
                .expect("a buyer")
                .bought,
            0
        );
    }

    /// Silent for 0 … 99 weeks; whoever was silent for at most 30 buys, and so does every tenth of the others.
    #[test]
    fn the_rule_finds_the_silence_that_tells_most() {
        let outcome = |n: u32| Outcome {
            history: History::new(1, 1.0, 1.0 + f64::from(n)).expect("a history"),
            days: 7,
            bought: u32::from(n <= 30 || n.is_multiple_of(10)),
        };
        let outcomes: Vec<Outcome> = (0..100).map(outcome).collect();
        let hiatus = Hiatus::learned_from(&outcomes).expect("a rule");
        assert_eq!((hiatus.weeks, hiatus.within), (30.0, 1.0));
        assert!((hiatus.beyond - 6.0 / 69.0).abs() < 1e-15);
        let said: Vec<f64> = outcomes.iter().map(|one| hiatus.probability(one)).collect();
        let score = Score::of(&outcomes, &said);
        assert!((score.right - 0.94).abs() < 1e-15);
        assert!((score.brier - 6.0 * (1.0 - 6.0 / 69.0) / 100.0).abs() < 1e-12);
        assert_eq!(
            Hiatus::learned_from(&outcomes[1..]),
            Err(Refusal::TooFew {
                found: 99,
                needed: 100
            })
        );
    }

    #[test]
    fn the_page_s_example_has_its_score() {
        let histories = [(1, true), (2, false)].map(|(n, bought)| Outcome {
            history: History::new(1, 1.0, 1.0 + f64::from(n)).expect("a history"),
            days: 7,
            bought: u32::from(bought),
        });
        let score = Score::of(&histories, &[0.8, 0.4]);
        assert!((score.brier - 0.1).abs() < 1e-15);
        assert_eq!(score.right, 1.0);
        let pairs = [(0.04, 0.25), (0.16, 0.25)];
        let lead = lead(pairs.into_iter(), Confidence::USUAL);
        assert!((lead.value - 0.15).abs() < 1e-15 && (lead.standard_error - 0.06).abs() < 1e-15);
        let model = BgNbd::new([1.0; 4]).expect("parameters");
        let hiatus = Hiatus {
            weeks: 1.0,
            within: 0.5,
            beyond: 0.1,
        };
        assert_eq!(
            Comparison::of(&model, &histories, hiatus, Confidence::USUAL),
            Err(Refusal::TooFew {
                found: 2,
                needed: 100
            })
        );
        let mut many = histories.repeat(50);
        let compared = |many: &[Outcome]| Comparison::of(&model, many, hiatus, Confidence::USUAL);
        let found = compared(&many).expect("a comparison");
        let of = |outcome: &Outcome| model.expected_purchases(&outcome.history, 1.0);
        assert_eq!(found.days, 7);
        assert_eq!(found.predicted, many.iter().map(of).sum::<f64>());
        many[99].days = 14;
        assert_eq!(compared(&many), Err(Refusal::Contradictory));
    }
}
