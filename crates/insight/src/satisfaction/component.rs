//! Questions that ask about one thing, weighted by what they have in common: the first principal component of the standardised
//! answers (Hotelling 1933, *Journal of Educational Psychology* 24, 417–441).

use super::regression::{centred, dot};
use crate::Refusal;

/// How often weights are improved before they are said not to settle.
const ROUNDS: usize = 10_000;

/// Weights of the questions' answers as given (one column a question), which sum to 1. Refusal if a question has one answer only, or two do
/// not rise together: then they do not ask about one thing, or one is to be turned round.
pub(super) fn weights(columns: &[Vec<f64>]) -> Result<Vec<f64>, Refusal> {
    let mut standardised = Vec::with_capacity(columns.len());
    let mut deviations = Vec::with_capacity(columns.len());
    for column in columns {
        let mut around = centred(column)?;
        let length = dot(&around, &around).sqrt();
        around.iter_mut().for_each(|each| *each /= length);
        standardised.push(around);
        deviations.push(length);
    }
    let correlations: Vec<Vec<f64>> = standardised
        .iter()
        .map(|row| standardised.iter().map(|other| dot(row, other)).collect())
        .collect();
    // Where all are above zero, the first component is the one with all weights above zero (Perron 1907), and from equal weights every
    // round comes nearer to it.
    if correlations.iter().flatten().any(|&each| each <= 0.0) {
        return Err(Refusal::NotOneThing);
    }
    let mut weights = vec![1.0; columns.len()];
    for _ in 0..ROUNDS {
        let next: Vec<f64> = correlations.iter().map(|row| dot(row, &weights)).collect();
        let greatest = next.iter().copied().fold(0.0, f64::max);
        let next: Vec<f64> = next.iter().map(|weight| weight / greatest).collect();
        let moved = next
            .iter()
            .zip(&weights)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        weights = next;
        if moved < 1e-14 {
            let of_answers = weights
                .iter()
                .zip(&deviations)
                .map(|(weight, length)| weight / length);
            let of_answers: Vec<f64> = of_answers.collect();
            let whole: f64 = of_answers.iter().sum();
            return Ok(of_answers.iter().map(|weight| weight / whole).collect());
        }
    }
    Err(Refusal::NotOneThing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_questions_weigh_by_how_little_they_spread() {
        // Of two the component is their sum, so only their deviations differ: 1 to 2.
        let columns = [vec![1.0, 2.0, 3.0, 4.0], vec![2.0, 4.0, 8.0, 6.0]];
        let found = weights(&columns).expect("weights");
        assert!((found[0] - 2.0 / 3.0).abs() < 1e-12 && (found[1] - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(weights(&[vec![1.0, 5.0]]), Ok(vec![1.0]));
    }

    #[test]
    fn weights_are_an_eigenvector_and_no_other_has_more_in_common() {
        let columns = [
            vec![1.0, 2.0, 3.0, 4.0, 5.0, 4.0, 2.0],
            vec![2.0, 2.0, 3.0, 5.0, 5.0, 3.0, 1.0],
            vec![3.0, 1.0, 2.0, 3.0, 4.0, 5.0, 2.0],
        ];
        let found = weights(&columns).expect("weights");
        let standardised: Vec<Vec<f64>> = columns
            .iter()
            .map(|column| {
                let around = centred(column).expect("variation");
                let length = dot(&around, &around).sqrt();
                around.iter().map(|each| each / length).collect()
            })
            .collect();
        // The variance of a weighted sum of standardised answers, for weights of length 1.
        let common = |weights: &[f64]| {
            let length = dot(weights, weights).sqrt();
            let sum: Vec<f64> = (0..7)
                .map(|at| {
                    (0..3)
                        .map(|of| weights[of] / length * standardised[of][at])
                        .sum()
                })
                .collect();
            dot(&sum, &sum)
        };
        let lengths = columns.each_ref().map(|column| {
            let around = centred(column).expect("variation");
            dot(&around, &around).sqrt()
        });
        let best: Vec<f64> = (0..3).map(|of| found[of] * lengths[of]).collect();
        for turn in 0..3 {
            for step in [-0.01, 0.01] {
                let mut other = best.clone();
                other[turn] += step * best[turn];
                assert!(common(&other) < common(&best));
            }
        }
    }

    #[test]
    fn what_does_not_ask_about_one_thing_is_refused() {
        let rising = vec![1.0, 2.0, 3.0];
        let falling = vec![3.0, 2.0, 1.5];
        assert_eq!(
            weights(&[rising.clone(), falling]),
            Err(Refusal::NotOneThing)
        );
        assert_eq!(weights(&[rising, vec![4.0; 3]]), Err(Refusal::NoVariation));
    }
}
