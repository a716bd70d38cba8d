//! Satisfaction in one number: the weighted score of attributes, and in [`index`] the latent one with its causes and effects.
//!
//! Data come in as one row a respondent and one column an attribute: the score given, or nothing where nothing was said.
//! The **weighted score** is 100 · Σ w·s ÷ (s_max · Σ w), with the importance w of each attribute and its mean score s.
//!
//! Promises: everybody's answers count, also of those who left some out; the standard error is that of the sum of means with all
//! respondents' answers taken together (each one's part in it, linearised; Särndal, Swensson and Wretman 1992, *Model Assisted
//! Survey Sampling*, ch. 5), which for complete answers is the plain standard error of the respondents' own scores; its interval is
//! Student's. Does not know how sure the importances are: asked in the same survey, they are estimates as well, and not counted as
//! such; nor whether those who leave answers out differ. A scale that starts at 1 cannot reach 0: on 1 to 5 the least is 20.
//!
//! By hand: speed (importance 3) and tone (1) on 1 to 5. Three respondents say 5 and 4, 4 and 4, 3 and 1: the means are 4 and 3, the score is
//! 100 · (3·4 + 1·3) ÷ (5·4) = 75. Their own scores are 95, 80 and 50, with standard deviation 22.9, so the standard error is 13.2; with
//! 2 degrees of freedom 4.30 of them to either side say hardly anything: 18 to 100.

pub mod index;

mod component;
mod regression;

use crate::Refusal;
use crate::interval::{Confidence, Estimate};

/// How many respondents, and answers to each attribute, it takes to see how they differ.
const LEAST: u64 = 2;

/// The weighted satisfaction score, 0 to 100. `importance` is of each attribute, in any unit; `greatest` the highest score there is.
/// Refusal if importances or scores are not what they can be, or fewer than two respondents answered to an attribute that counts.
pub fn weighted_score(
    importance: &[f64],
    respondents: &[Vec<Option<f64>>],
    greatest: f64,
    confidence: Confidence,
) -> Result<Estimate, Refusal> {
    let whole = checked(importance, respondents, greatest)?;
    let (mut score, mut parts, mut has_said) = (
        0.0,
        vec![0.0; respondents.len()],
        vec![false; respondents.len()],
    );
    let counting = importance.iter().enumerate();
    for (column, weight) in counting.filter(|(_, weight)| **weight > 0.0) {
        let rows = respondents.iter();
        let given = || rows.clone().map(|row| row.get(column).copied().flatten());
        let n = given().flatten().count() as u64;
        enough(n)?;
        let points = 100.0 * weight / (greatest * whole);
        let mean = given().flatten().sum::<f64>() / n as f64;
        score += points * mean;
        for ((part, has_said), answer) in parts.iter_mut().zip(&mut has_said).zip(given()) {
            if let Some(answer) = answer {
                *part += points * (answer - mean) / n as f64;
                *has_said = true;
            }
        }
    }
    let n = has_said.iter().filter(|&&has_said| has_said).count() as u64;
    let squares: f64 = parts.iter().map(|part| part * part).sum();
    let variance = squares * n as f64 / (n - 1) as f64;
    Ok(Estimate::reaching(
        score,
        variance.sqrt(),
        confidence.student(n - 1),
        n,
        (0.0, 100.0),
    ))
}

/// What all importances come to, if they and the answers are what they can be.
fn checked(
    importance: &[f64],
    respondents: &[Vec<Option<f64>>],
    greatest: f64,
) -> Result<f64, Refusal> {
    if !(greatest > 0.0 && greatest.is_finite()) {
        return Err(Refusal::OffTheScale);
    }
    let whole: f64 = importance.iter().sum();
    if !whole.is_finite() {
        return Err(Refusal::NotFinite);
    }
    if importance.iter().any(|&weight| weight < 0.0) {
        return Err(Refusal::Negative);
    }
    if whole == 0.0 {
        return Err(Refusal::NothingToShare);
    }
    for row in respondents {
        if row.len() != importance.len() {
            return Err(Refusal::Ragged);
        }
        let mut given = row.iter().flatten();
        if !given.all(|score| (0.0..=greatest).contains(score)) {
            return Err(Refusal::OffTheScale);
        }
    }
    Ok(whole)
}

fn enough(found: u64) -> Result<(), Refusal> {
    let needed = LEAST;
    (found >= needed)
        .then_some(())
        .ok_or(Refusal::TooFew { needed, found })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usual(importance: &[f64], respondents: &[Vec<Option<f64>>]) -> Result<Estimate, Refusal> {
        weighted_score(importance, respondents, 5.0, Confidence::USUAL)
    }

    fn all(answers: &[f64]) -> Vec<Option<f64>> {
        answers.iter().copied().map(Some).collect()
    }

    #[test]
    fn the_page_s_example_holds() {
        let respondents = [all(&[5.0, 4.0]), all(&[4.0, 4.0]), all(&[3.0, 1.0])];
        let found = usual(&[3.0, 1.0], &respondents).expect("a score");
        assert!((found.value - 75.0).abs() < 1e-12);
        assert!((found.standard_error - (525.0f64 / 3.0).sqrt()).abs() < 1e-12);
        assert_eq!((found.interval.high, found.n), (100.0, 3));
        assert!((found.interval.low - 18.1).abs() < 0.05, "{found:?}");
    }

    #[test]
    fn impossible_answers_and_importances_are_refused() {
        let good = [all(&[5.0, 4.0]), all(&[4.0, 4.0])];
        for (importance, reason) in [
            ([1.0, -1.0], Refusal::Negative),
            ([1.0, f64::NAN], Refusal::NotFinite),
            ([0.0, 0.0], Refusal::NothingToShare),
        ] {
            assert_eq!(usual(&importance, &good), Err(reason));
        }
        let wrong = |answer: &[f64]| usual(&[1.0, 1.0], &[all(answer), all(&[1.0, 1.0])]);
        assert_eq!(wrong(&[6.0, 1.0]), Err(Refusal::OffTheScale));
        assert_eq!(wrong(&[f64::NAN, 1.0]), Err(Refusal::OffTheScale));
        assert_eq!(wrong(&[1.0]), Err(Refusal::Ragged));
        let one = usual(&[1.0, 1.0], &[all(&[5.0, 1.0]), vec![Some(4.0), None]]);
        let too_few = Refusal::TooFew {
            needed: 2,
            found: 1,
        };
        assert_eq!(one, Err(too_few), "one answer to the second attribute");
        // What weighs nothing need not be answered.
        assert!(usual(&[1.0, 0.0], &[vec![Some(5.0), None], vec![Some(4.0), None]]).is_ok());
        assert_eq!(
            weighted_score(&[1.0], &[all(&[0.0])], 0.0, Confidence::USUAL),
            Err(Refusal::OffTheScale)
        );
    }

    /// A number between 0 and 1 from a row of them that repeats only after very long.
    fn next(state: &mut u64) -> f64 {
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (*state >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Answers of 1 to 5 that go together, a fifth of them left out.
    fn survey(state: &mut u64, n: usize) -> Vec<Vec<Option<f64>>> {
        (0..n)
            .map(|_| {
                let mood = next(state);
                let mut answer = || {
                    let score = 1.0 + (2.0 * mood + 3.0 * next(state)).floor().min(4.0);
                    (next(state) > 0.2).then_some(score)
                };
                vec![answer(), answer(), answer()]
            })
            .collect()
    }

    #[test]
    fn intervals_keep_their_confidence_with_answers_left_out() {
        let (importance, mut state) = ([2.0, 1.0, 0.5], 7);
        let truth = usual(&importance, &survey(&mut state, 400_000))
            .expect("a score")
            .value;
        let held = (0..1_000).filter(|_| {
            let estimate = usual(&importance, &survey(&mut state, 25)).expect("a score");
            estimate.interval.holds(truth)
        });
        let share = held.count() as f64 / 1_000.0;
        assert!((0.93..0.97).contains(&share), "{share}");
    }

    proptest! {
        #[test]
        fn with_complete_answers_it_is_the_mean_of_respondents_own_scores(
            rows in prop::collection::vec(prop::collection::vec(1u8..=5, 3), 2..40), importance in prop::collection::vec(1u8..9, 3)
        ) {
            let importance: Vec<f64> = importance.into_iter().map(f64::from).collect();
            let rows: Vec<Vec<f64>> = rows.into_iter().map(|row| row.into_iter().map(f64::from).collect()).collect();
            let whole: f64 = importance.iter().sum();
            let own: Vec<f64> = rows.iter().map(|row| 20.0 * row.iter().zip(&importance).map(|(s, w)| s * w).sum::<f64>() / whole).collect();
            let n = own.len() as f64;
            let mean = own.iter().sum::<f64>() / n;
            let variance = own.iter().map(|score| (score - mean).powi(2)).sum::<f64>() / (n - 1.0);
            let respondents: Vec<_> = rows.iter().map(|row| all(row)).collect();
            let found = usual(&importance, &respondents).expect("a score");
            prop_assert!((found.value - mean).abs() < 1e-9);
            prop_assert!((found.standard_error - (variance / n).sqrt()).abs() < 1e-9);
        }
    }
}
