//! The satisfaction index: what customers expect, find and pay for, how satisfied that leaves them, and what follows from it.
//!
//! Six things that nobody can see are each asked by one question or several: expectation, perceived quality, perceived value, satisfaction,
//! complaints, loyalty. They hang together as in the Swedish and the American index (Fornell 1992, *Journal of Marketing* 56(1),
//! 6–21; Fornell and others 1996, *Journal of Marketing* 60(4), 7–18): expectation → quality; expectation and quality → value; all
//! three → satisfaction; satisfaction → complaints; satisfaction and complaints → loyalty.
//!
//! Data come in as one row a respondent, one column a [`Question`]. Answers are put on 0 to 100; of each thing the **score** is a weighted
//! mean of its questions, and the **effects** are least-squares slopes between the scores: points of the outcome for one point of the cause,
//! the other causes being the same.
//!
//! Promises: every number with standard error, interval and n. Weights are the first principal component's where at least a hundred
//! answered completely; with fewer they would be noise (a correlation of a hundred answers is known to ± 0.2), and where questions
//! do not rise together they would mean nothing: then all questions weigh the same (Dawes 1979, *American Psychologist* 34,
//! 571–582), and the score says why. Effects need thirty. This is simpler than the partial least squares of the published indices,
//! and not comparable with their numbers.
//!
//! Does not know: what causes what, for the arrows are the model's and not the data's; how far wrong single questions are (that
//! draws effects towards zero, the more the fewer questions a thing has); how sure the weights are (scores are taken as seen).
//! Respondents who left a question out are not counted, and how many is told.
//!
//! By hand: two questions on 1 to 10 ask for satisfaction, and are answered 10 and 7, 7 and 4, 4 and 1. On 0 to 100 these are 100 and 66.7, 66.7
//! and 33.3, 33.3 and 0; with equal weights 83.3, 50 and 16.7: the index is 50, its standard error 33.3 ÷ √3 = 19.2.

use super::component;
use super::regression::effects;
use crate::Refusal;
use crate::interval::{Confidence, Estimate};

/// Something that cannot be seen, only asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Latent {
    /// What was expected beforehand.
    Expectation,
    /// How good it was found.
    Quality,
    /// How good for its price.
    Value,
    /// How satisfied that leaves.
    Satisfaction,
    /// How much was complained.
    Complaints,
    /// How likely to stay, at which price.
    Loyalty,
}

impl Latent {
    /// Every one, causes before what follows from them.
    pub const ALL: [Self; 6] = [
        Self::Expectation,
        Self::Quality,
        Self::Value,
        Self::Satisfaction,
        Self::Complaints,
        Self::Loyalty,
    ];

    /// What acts on it in the model.
    pub const fn causes(self) -> &'static [Self] {
        match self {
            Self::Expectation => &[],
            Self::Quality => &[Self::Expectation],
            Self::Value => &[Self::Expectation, Self::Quality],
            Self::Satisfaction => &[Self::Expectation, Self::Quality, Self::Value],
            Self::Complaints => &[Self::Satisfaction],
            Self::Loyalty => &[Self::Satisfaction, Self::Complaints],
        }
    }
}

/// A question of the survey.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Question {
    /// What it asks about.
    pub about: Latent,
    /// The answer that means least of it.
    pub least: f64,
    /// The answer that means most of it; below the other where a scale runs the other way.
    pub most: f64,
}

/// How much of something there is.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Of what.
    pub of: Latent,
    /// Its mean over the respondents, 0 to 100.
    pub level: Estimate,
    /// What each of its questions weighs, in their order; 1 in sum.
    pub weights: Vec<f64>,
    /// Why the weights are equal, where they are not the data's.
    pub equal_because: Option<Refusal>,
}

/// What one thing does to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Path {
    /// What acts.
    pub from: Latent,
    /// On what.
    pub to: Latent,
    /// Points of it for one point of what acts.
    pub effect: Estimate,
}

/// The index and what it hangs on.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// How many answered every question.
    pub respondents: u64,
    /// How many did not, and are not counted.
    pub left_out: u64,
    /// In the order of [`Latent::ALL`]; that of satisfaction is the index.
    pub scores: Vec<Score>,
    /// For each thing that others act on, in the same order, their effects, or why they are not told.
    pub paths: Vec<(Latent, Result<Vec<Path>, Refusal>)>,
}

/// From so many respondents on questions weigh by what they have in common.
pub const LEAST_FOR_WEIGHTS: u64 = 100;
/// From so many on effects are told: ten for each that acts on satisfaction.
pub const LEAST_FOR_PATHS: u64 = 30;

impl Index {
    /// Of a survey: a row of answers for each respondent, in the order of the questions. Refusal if something of the model was not asked,
    /// answers are not on their scales, or fewer than two respondents answered everything.
    pub fn of(
        questions: &[Question],
        respondents: &[Vec<Option<f64>>],
        confidence: Confidence,
    ) -> Result<Self, Refusal> {
        let columns = complete(questions, respondents)?;
        let n = columns.first().map_or(0, Vec::len) as u64;
        super::enough(n)?;
        let (mut scores, mut levels) = (Vec::new(), Vec::new());
        for of in Latent::ALL {
            let own = questions.iter().zip(&columns);
            let own = own.filter(|(question, _)| question.about == of);
            let own: Vec<Vec<f64>> = own.map(|(_, column)| column.clone()).collect();
            let (weights, equal_because) = match weights(&own, n) {
                Ok(weights) => (weights, None),
                Err(because) => (vec![1.0 / own.len() as f64; own.len()], Some(because)),
            };
            let level = weighted(&own, &weights);
            scores.push(Score {
                of,
                level: mean(&level, confidence),
                weights,
                equal_because,
            });
            levels.push((of, level));
        }
        let caused = Latent::ALL.into_iter().filter(|to| !to.causes().is_empty());
        let paths = caused.map(|to| (to, paths(&levels, to, confidence)));
        Ok(Self {
            respondents: n,
            left_out: respondents.len() as u64 - n,
            scores,
            paths: paths.collect(),
        })
    }

    /// The index itself: how satisfied they are, 0 to 100.
    pub fn satisfaction(&self) -> Option<Estimate> {
        let mut scores = self.scores.iter();
        let score = scores.find(|score| score.of == Latent::Satisfaction);
        score.map(|score| score.level)
    }
}

/// The answers of those who answered everything, on 0 to 100: a column a question.
fn complete(
    questions: &[Question],
    respondents: &[Vec<Option<f64>>],
) -> Result<Vec<Vec<f64>>, Refusal> {
    let is_asked = |latent: &Latent| questions.iter().any(|question| question.about == *latent);
    if !Latent::ALL.iter().all(is_asked) {
        return Err(Refusal::NotAsked);
    }
    let mut columns = vec![Vec::new(); questions.len()];
    for row in respondents {
        if row.len() != questions.len() {
            return Err(Refusal::Ragged);
        }
        let mut points = Vec::with_capacity(row.len());
        for (question, answer) in questions.iter().zip(row) {
            if let Some(answer) = answer {
                points.push(question.points(*answer)?);
            }
        }
        if points.len() == columns.len() {
            columns
                .iter_mut()
                .zip(points)
                .for_each(|(column, each)| column.push(each));
        }
    }
    Ok(columns)
}

impl Question {
    /// An answer on 0 to 100.
    fn points(&self, answer: f64) -> Result<f64, Refusal> {
        let points = 100.0 * (answer - self.least) / (self.most - self.least);
        let is_on_scale = (0.0..=100.0).contains(&points);
        is_on_scale.then_some(points).ok_or(Refusal::OffTheScale)
    }
}

fn weights(columns: &[Vec<f64>], n: u64) -> Result<Vec<f64>, Refusal> {
    if n < LEAST_FOR_WEIGHTS {
        return Err(Refusal::TooFew {
            needed: LEAST_FOR_WEIGHTS,
            found: n,
        });
    }
    component::weights(columns)
}

/// Each respondent's weighted mean.
fn weighted(columns: &[Vec<f64>], weights: &[f64]) -> Vec<f64> {
    let mut level = vec![0.0; columns.first().map_or(0, Vec::len)];
    for (column, weight) in columns.iter().zip(weights) {
        for (level, points) in level.iter_mut().zip(column) {
            *level += weight * points;
        }
    }
    level
}

fn mean(level: &[f64], confidence: Confidence) -> Estimate {
    let n = level.len() as f64;
    let mean = level.iter().sum::<f64>() / n;
    let squares: f64 = level.iter().map(|each| (each - mean).powi(2)).sum();
    let freedom = (level.len() as u64).saturating_sub(1);
    Estimate::reaching(
        mean,
        (squares / (n - 1.0) / n).sqrt(),
        confidence.student(freedom),
        level.len() as u64,
        (0.0, 100.0),
    )
}

/// The effects on one thing of what acts on it.
fn paths(
    levels: &[(Latent, Vec<f64>)],
    to: Latent,
    confidence: Confidence,
) -> Result<Vec<Path>, Refusal> {
    let level = |of: Latent| {
        let found = levels.iter().find(|(latent, _)| *latent == of);
        found
            .map(|(_, level)| level.as_slice())
            .ok_or(Refusal::NotAsked)
    };
    let outcome = level(to)?;
    let n = outcome.len() as u64;
    if n < LEAST_FOR_PATHS {
        return Err(Refusal::TooFew {
            needed: LEAST_FOR_PATHS,
            found: n,
        });
    }
    let causes: Result<Vec<&[f64]>, Refusal> =
        to.causes().iter().map(|&from| level(from)).collect();
    let effects = effects(outcome, &causes?)?;
    let errors = confidence.student(n - 1 - effects.len() as u64);
    let everything = (f64::NEG_INFINITY, f64::INFINITY);
    let paths = to.causes().iter().zip(effects).map(|(&from, effect)| Path {
        from,
        to,
        effect: Estimate::reaching(effect.value, effect.standard_error, errors, n, everything),
    });
    Ok(paths.collect())
}
