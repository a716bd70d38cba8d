//! A model fitted to data: its parameters, and how sure they and what it predicts are.
//!
//! At the maximum of the likelihood the inverse of its negative curvature is the covariance of the parameters, of their
//! logarithms here, for all are positive. Whatever smooth number a model answers moves with them: with slopes g by the
//! logarithms its variance is gᵀ·C·g (the delta method; Oehlert 1992, *The American Statistician* 46(1), 27–29). Slopes are
//! central differences, so that anything can be asked: of one buyer, of a sum over many (whose errors are not independent: one
//! model makes them all), of two horizons' difference.
//!
//! A fit can be kept (as JSON, with serde) and read back to the last bit: the parameters with their names and errors follow from the
//! model and the covariance, and are not kept beside them. Which model it is, four numbers do not tell: keep that too.
//!
//! Models of purchases and of amounts are learned apart, from likelihoods that share no parameter. So the variance of what needs
//! both, as a value does, is the sum of two: the error by either with the other held.
//!
//! **What it does not know.** How much one buyer differs from what is expected of it: this is the error of the *parameters*, by
//! which a prediction would move had other buyers of the same kind been seen. Nor whether the model is right; for that there is
//! [`holdout`](crate::holdout).
//!
//! By hand: gamma-gamma expects p·v/(q − 1) of somebody new, 10 at p = 2, q = 3, v = 10. Its slopes by ln p, ln q and ln v are
//! 10, −10·3/2 = −15 and 10. Were the three logarithms independent, each with the variance 0.01, the standard error would be
//! √(0.01·(100 + 225 + 100)) = 2.06.
//!
//! ```
//! use perennial_insight::fit::Fit;
//! use perennial_insight::gamma_gamma::GammaGamma;
//! # fn main() -> Result<(), perennial_insight::Refusal> {
//! let fit = Fit {
//!     model: GammaGamma::new([2.0, 3.0, 10.0])?,
//!     covariance: [[0.01, 0.0, 0.0], [0.0, 0.01, 0.0], [0.0, 0.0, 0.01]],
//!     log_likelihood: -1000.0,
//!     buyers: 200,
//! };
//! let error = fit.standard_error_of(|model| model.expected_spend(None))?;
//! assert!((error - 4.25_f64.sqrt()).abs() < 1e-7);
//! let [_, q, _] = fit.parameters();
//! assert_eq!((q.name, q.value), ("q", 3.0));
//! assert!((q.standard_error - 0.3).abs() < 1e-15);
//! # Ok(())
//! # }
//! ```

use serde::{Deserialize, Serialize};

use crate::refusal::{Refusal, ensure};

/// How far to either side a slope looks, in logarithms: far enough that rounding takes a billionth of it, near enough that
/// bending takes no more than some millionths, even of somebody who bought a thousand times.
const BESIDE: f64 = 1e-4;

/// A parameter and how exactly it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// What the literature calls it.
    pub name: &'static str,
    /// The value that makes the data likeliest.
    pub value: f64,
    /// Its standard error, from the curvature of the likelihood there.
    pub standard_error: f64,
}

/// A model that is nothing but its N positive parameters.
pub trait Parametric<const N: usize>:
    Copy + Into<[f64; N]> + TryFrom<[f64; N], Error = Refusal>
{
    /// What the literature calls the parameters, in order.
    const PARAMETERS: [&'static str; N];
}

/// A model fitted to data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(
    serialize = "M: Serialize, [[f64; N]; N]: Serialize",
    deserialize = "M: Deserialize<'de>, [[f64; N]; N]: Deserialize<'de>"
))]
pub struct Fit<M, const N: usize> {
    /// The model.
    pub model: M,
    /// The covariance of the parameters' natural logarithms, in the order of the model's own list.
    pub covariance: [[f64; N]; N],
    /// The natural logarithm of the likelihood, summed over buyers, time in weeks.
    pub log_likelihood: f64,
    /// The buyers it was learned from.
    pub buyers: u64,
}

impl<M: Parametric<N>, const N: usize> Fit<M, N> {
    /// The model's parameters, in the order of its own list, with the errors that the covariance tells.
    pub fn parameters(&self) -> [Parameter; N] {
        let values: [f64; N] = self.model.into();
        std::array::from_fn(|index| Parameter {
            name: M::PARAMETERS[index],
            value: values[index],
            standard_error: self.covariance[index][index].max(0.0).sqrt() * values[index],
        })
    }

    /// How much a number that the model answers moves with the natural logarithm of each parameter. Slopes add: those of a sum
    /// are the sums of its parts', so that buyers who are read in portions are asked for portion by portion.
    ///
    /// # Errors
    /// [`Refusal::NotFinite`] where the number is not; what the model's `new` refuses, where the fit is at the edge of what a
    /// model can be.
    pub fn slopes_of(&self, mut number: impl FnMut(&M) -> f64) -> Result<[f64; N], Refusal> {
        let mut slopes = [0.0; N];
        for (index, slope) in slopes.iter_mut().enumerate() {
            let mut beside = |step: f64| {
                let mut parameters: [f64; N] = self.model.into();
                if let Some(parameter) = parameters.get_mut(index) {
                    *parameter *= step.exp();
                }
                M::try_from(parameters).map(|model| number(&model))
            };
            *slope = (beside(BESIDE)? - beside(-BESIDE)?) / (2.0 * BESIDE);
            ensure(slope.is_finite(), Refusal::NotFinite)?;
        }
        Ok(slopes)
    }

    /// The standard error, by the parameters, of a number with these slopes, in its unit.
    pub fn standard_error(&self, slopes: &[f64; N]) -> f64 {
        let rows = self.covariance.iter().zip(slopes);
        let along = |row: &[f64; N]| {
            row.iter()
                .zip(slopes)
                .map(|(c, slope)| c * slope)
                .sum::<f64>()
        };
        let variance: f64 = rows.map(|(row, slope)| slope * along(row)).sum();
        // Below zero by rounding alone: a number that no parameter moves.
        variance.max(0.0).sqrt()
    }

    /// The standard error, by the parameters, of any smooth number that the model answers, in its unit. It asks the model 2·N times.
    ///
    /// # Errors
    /// As for [`slopes_of`](Self::slopes_of).
    pub fn standard_error_of(&self, number: impl FnMut(&M) -> f64) -> Result<f64, Refusal> {
        Ok(self.standard_error(&self.slopes_of(number)?))
    }
}
