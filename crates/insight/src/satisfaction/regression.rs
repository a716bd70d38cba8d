//! Effects by least squares, with standard errors that hold where answers spread differently in different places, as they do on
//! scales with ends: HC3 (MacKinnon and White 1985, *Journal of Econometrics* 29, 305–325; Long and Ervin 2000, *The American Statistician* 54, 217–224).
//!
//! Each cause is first freed of what the others tell of it (Frisch and Waugh 1933): what is left of it gives its effect, and says
//! how well it can be told apart. So no matrix is needed.

use crate::Refusal;

/// An effect and its standard error: by how much the outcome differs where the cause is 1 higher and the others are the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Effect {
    pub(super) value: f64,
    pub(super) standard_error: f64,
}

/// What part of a cause's own variance has to be left when the others are taken out of it.
const TOLD_APART: f64 = 1e-6;

/// The effects of causes on an outcome, all columns of one length. Refusal if something does not vary, the causes say nearly the same, or one
/// respondent alone decides.
pub(super) fn effects(outcome: &[f64], causes: &[&[f64]]) -> Result<Vec<Effect>, Refusal> {
    let outcome = centred(outcome)?;
    let n = outcome.len() as f64;
    let mut around = Vec::with_capacity(causes.len());
    for cause in causes {
        around.push(centred(cause)?);
    }
    // Directions at right angles that the causes span together: what they leave of the outcome, and how far out each respondent is.
    let directions = spanned(around.iter())?;
    let left = without(outcome.clone(), &directions);
    let mut scaled = Vec::with_capacity(left.len());
    for (at, rest) in left.iter().enumerate() {
        let out = directions.iter().filter_map(|direction| direction.get(at));
        let free = 1.0 - 1.0 / n - out.map(|each| each * each).sum::<f64>();
        if free < 1e-9 {
            return Err(Refusal::OneDecides);
        }
        scaled.push(rest / free);
    }
    let mut effects = Vec::with_capacity(around.len());
    for (at, cause) in around.iter().enumerate() {
        let others = around.iter().enumerate().filter(|(other, _)| *other != at);
        let own = without(cause.clone(), &spanned(others.map(|(_, other)| other))?);
        let square = dot(&own, &own);
        let spread = own
            .iter()
            .zip(&scaled)
            .map(|(own, rest)| (own * rest).powi(2));
        effects.push(Effect {
            value: dot(&own, &outcome) / square,
            standard_error: spread.sum::<f64>().sqrt() / square,
        });
    }
    Ok(effects)
}

/// A column less its mean. Refusal if all of it is one number.
pub(super) fn centred(column: &[f64]) -> Result<Vec<f64>, Refusal> {
    if column
        .windows(2)
        .all(|pair| matches!(pair, [a, b] if a == b))
    {
        return Err(Refusal::NoVariation);
    }
    let mean = column.iter().sum::<f64>() / column.len() as f64;
    Ok(column.iter().map(|each| each - mean).collect())
}

/// The sum of products.
pub(super) fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter()
        .zip(right)
        .map(|(left, right)| left * right)
        .sum()
}

/// Directions of length 1 at right angles to each other that columns span.
fn spanned<'a>(columns: impl Iterator<Item = &'a Vec<f64>>) -> Result<Vec<Vec<f64>>, Refusal> {
    let mut directions = Vec::new();
    for column in columns {
        let mut own = without(column.clone(), &directions);
        let square = dot(&own, &own);
        if square < TOLD_APART * dot(column, column) {
            return Err(Refusal::Collinear);
        }
        own.iter_mut().for_each(|each| *each /= square.sqrt());
        directions.push(own);
    }
    Ok(directions)
}

/// What is left of a column when its parts along some directions are taken away.
fn without(mut column: Vec<f64>, directions: &[Vec<f64>]) -> Vec<f64> {
    for direction in directions {
        let part = dot(&column, direction);
        for (each, along) in column.iter_mut().zip(direction) {
            *each -= part * along;
        }
    }
    column
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line through four points: slope 1.4; by hand, what is left of the outcome is 0.6, −0.8, −0.2 and 0.4, and how far out each
    /// respondent stands is 0.7, 0.3, 0.3 and 0.7, so the variance is (1.5² · 4 + 0.5² · 1.306 + 0.5² · 0.082 + 1.5² · 1.778) ÷ 25.
    #[test]
    fn a_line_is_found_with_its_error() {
        let found = effects(&[2.0, 2.0, 4.0, 6.0], &[&[1.0, 2.0, 3.0, 4.0]]).expect("an effect");
        let [
            Effect {
                value,
                standard_error,
            },
        ] = found[..]
        else {
            panic!("one effect")
        };
        assert!((value - 1.4).abs() < 1e-12);
        let square = |rest: f64, free: f64| (rest / free).powi(2);
        let by_hand = (2.25 * (square(0.6, 0.3) + square(0.4, 0.3))
            + 0.25 * (square(0.8, 0.7) + square(0.2, 0.7)))
            / 25.0;
        assert!(
            (standard_error - by_hand.sqrt()).abs() < 1e-12,
            "{standard_error}"
        );
    }

    /// The inverse of a matrix of three by cofactors.
    fn inverse(m: [[f64; 3]; 3]) -> [[f64; 3]; 3] {
        let minor = |row: usize, column: usize| {
            let (r, c) = (
                [(row + 1) % 3, (row + 2) % 3],
                [(column + 1) % 3, (column + 2) % 3],
            );
            m[r[0]][c[0]] * m[r[1]][c[1]] - m[r[0]][c[1]] * m[r[1]][c[0]]
        };
        let determinant: f64 = (0..3).map(|column| m[0][column] * minor(0, column)).sum();
        std::array::from_fn(|row| std::array::from_fn(|column| minor(column, row) / determinant))
    }

    /// The same by the textbook's matrices: (XᵀX)⁻¹Xᵀy, and (XᵀX)⁻¹ · Xᵀ diag(e² ÷ (1 − h)²) X · (XᵀX)⁻¹.
    #[test]
    fn effects_and_errors_are_those_of_the_matrix_formula() {
        let first = [1.0, 2.0, 4.0, 3.0, 7.0, 5.0, 6.0, 2.5];
        let second = [2.0, 1.0, 3.0, 5.0, 4.0, 6.0, 5.5, 0.5];
        let outcome = [3.0, 2.5, 6.0, 7.0, 9.5, 9.0, 12.0, 1.0];
        let rows: Vec<[f64; 3]> = (0..8).map(|at| [1.0, first[at], second[at]]).collect();
        let sum = |weight: &dyn Fn(usize) -> f64| -> [[f64; 3]; 3] {
            std::array::from_fn(|i| {
                std::array::from_fn(|j| {
                    (0..8)
                        .map(|at| weight(at) * rows[at][i] * rows[at][j])
                        .sum()
                })
            })
        };
        let inverted = inverse(sum(&|_| 1.0));
        let times: [f64; 3] =
            std::array::from_fn(|i| (0..8).map(|at| rows[at][i] * outcome[at]).sum());
        let known: [f64; 3] = std::array::from_fn(|i| dot(&inverted[i], &times));
        let out = |at: usize| {
            (0..3)
                .map(|i| rows[at][i] * dot(&inverted[i], &rows[at]))
                .sum::<f64>()
        };
        let left = |at: usize| outcome[at] - dot(&known, &rows[at]);
        let meat = sum(&|at| (left(at) / (1.0 - out(at))).powi(2));
        let variance = |i: usize| {
            (0..3)
                .map(|j| {
                    (0..3)
                        .map(|k| inverted[i][j] * meat[j][k] * inverted[k][i])
                        .sum::<f64>()
                })
                .sum::<f64>()
        };
        let found = effects(&outcome, &[&first, &second]).expect("effects");
        for (effect, i) in found.iter().zip(1..) {
            assert!((effect.value - known[i]).abs() < 1e-10);
            assert!((effect.standard_error - variance(i).sqrt()).abs() < 1e-10);
        }
    }

    #[test]
    fn what_cannot_be_told_is_refused() {
        let cause = [1.0, 2.0, 3.0, 5.0, 4.0];
        let outcome = [1.0, 3.0, 2.0, 4.0, 6.0];
        let twice = cause.map(|each| 2.0 * each + 1.0);
        assert_eq!(
            effects(&outcome, &[&cause, &twice]),
            Err(Refusal::Collinear)
        );
        assert_eq!(effects(&outcome, &[&[3.0; 5]]), Err(Refusal::NoVariation));
        assert_eq!(effects(&[3.0; 5], &[&cause]), Err(Refusal::NoVariation));
        let one = [0.0, 0.0, 1.0, 0.0, 0.0];
        assert_eq!(effects(&outcome, &[&one]), Err(Refusal::OneDecides));
    }
}
