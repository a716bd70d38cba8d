//! Maximum likelihood: Newton's method in the logarithms of positive parameters, with exact second derivatives.
//!
//! A step is the Newton step where the likelihood curves downwards; elsewhere just enough is added to the curvature to make it
//! so (Levenberg). No step multiplies a parameter by more than e³, none is taken that makes the likelihood worse, and steps are
//! halved until they help. The end is where a step promises less than 1e-12 of log-likelihood: a millionth of a standard error,
//! before that step is taken.
//!
//! Standard errors are the roots of the diagonal of the inverse of the negative Hessian, at the maximum. A parameter whose
//! logarithm has a standard error above [`VAGUE`] is told by the prior of whoever looks, not by the data: that is refused, as
//! is a search that runs away along a ridge.

use crate::fit::Fit;
use crate::refusal::Refusal;

/// Standard error of a parameter's logarithm beyond which the data do not tell it: its interval of 95 % reaches further than a
/// factor of twenty either way (ln 20 / 1.96). Up to there what is foretold errs as its standard error says, within about a tenth
/// (simulated bases of 150 to 1000 buyers like CDNOW's); beyond, that is off by up to a fifth, for the likelihood becomes a ridge,
/// of which the curvature at the top says too little. The vaguest parameter of CDNOW itself, Pareto/NBD's beta, has 0.53.
const VAGUE: f64 = 1.53;
/// Steps to take at most. Whoever is still on the way walks along a ridge: three times as many told no more of weak bases.
const STEPS: usize = 100;
/// The promised gain of log-likelihood at which a step is the last.
const SMALL: f64 = 1e-12;
/// How far the logarithm of a parameter may run from where it began: a factor of a million.
const FAR: f64 = 14.0;
/// How far one has run that stopped because nothing got better: a thousand times.
const ADRIFT: f64 = 6.9;
/// The longest step of a logarithm.
const LONGEST: f64 = 3.0;

/// Where a log-likelihood is greatest.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Maximum<const N: usize> {
    parameters: [f64; N],
    covariance: [[f64; N]; N],
    value: f64,
}

impl<const N: usize> Maximum<N> {
    /// The model that is there, learned from so many buyers.
    pub(crate) fn fit<M>(self, buyers: u64) -> Result<Fit<M, N>, Refusal>
    where
        M: TryFrom<[f64; N], Error = Refusal>,
    {
        Ok(Fit {
            model: M::try_from(self.parameters)?,
            covariance: self.covariance,
            log_likelihood: self.value,
            buyers,
        })
    }
}

/// A log-likelihood with its derivatives by N parameters; of the Hessian the upper triangle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Curve<const N: usize> {
    pub(crate) value: f64,
    pub(crate) gradient: [f64; N],
    pub(crate) hessian: [[f64; N]; N],
}

impl<const N: usize> Default for Curve<N> {
    fn default() -> Self {
        Self {
            value: 0.0,
            gradient: [0.0; N],
            hessian: [[0.0; N]; N],
        }
    }
}

impl<const N: usize> Curve<N> {
    /// Adds another, so many times.
    #[inline]
    pub(crate) fn add(&mut self, times: f64, other: &Self) {
        self.value += times * other.value;
        for (own, more) in self.gradient.iter_mut().zip(&other.gradient) {
            *own += times * more;
        }
        for (own, more) in self.hessian.iter_mut().zip(&other.hessian) {
            for (own, more) in own.iter_mut().zip(more) {
                *own += times * more;
            }
        }
    }

    /// The same curve over the parameters' logarithms, with the negative of its Hessian whole.
    fn in_logarithms(&self, at: &[f64; N]) -> ([f64; N], [[f64; N]; N]) {
        let (mut gradient, mut information) = ([0.0; N], [[0.0; N]; N]);
        for row in 0..N {
            gradient[row] = self.gradient[row] * at[row];
            for column in row..N {
                let value = -self.hessian[row][column] * at[row] * at[column];
                information[row][column] = value;
                information[column][row] = value;
            }
            information[row][row] -= gradient[row];
        }
        (gradient, information)
    }

    fn is_finite(&self) -> bool {
        let mut hessian = self.hessian.iter().flatten();
        self.value.is_finite()
            && self.gradient.iter().all(|slope| slope.is_finite())
            && hessian.all(|curvature| curvature.is_finite())
    }
}

/// Looks for the greatest of a log-likelihood, from `start` on. A parameter that ends below its `least` is one that the data do
/// not tell.
pub(crate) fn maximise<const N: usize>(
    names: [&'static str; N],
    least: [f64; N],
    start: [f64; N],
    likelihood: impl Fn([f64; N]) -> Curve<N>,
) -> Result<Maximum<N>, Refusal> {
    let mut at = start;
    let mut curve = likelihood(at);
    if !curve.is_finite() {
        return Err(Refusal::NotConverged);
    }
    for _ in 0..STEPS {
        let (gradient, information) = curve.in_logarithms(&at);
        let (factor, is_newton) = lifted(&information).ok_or(Refusal::NotConverged)?;
        let step = solve(&factor, &gradient);
        let promise: f64 = step.iter().zip(&gradient).map(|(a, b)| a * b).sum();
        let longest = step
            .iter()
            .fold(0.0, |most: f64, part| most.max(part.abs()));
        let mut part = (LONGEST / longest).min(1.0);
        // What rounding makes of a sum of so many terms is neither better nor worse.
        let noise = 1e-13 * (1.0 + curve.value.abs());
        let (next, better) = loop {
            let mut next = at;
            for (parameter, step) in next.iter_mut().zip(&step) {
                *parameter *= (part * step).exp();
            }
            let found = likelihood(next);
            if found.is_finite() && found.value >= curve.value + 1e-4 * part * promise - noise {
                break (next, found);
            }
            part /= 2.0;
            if part < 1e-12 {
                return Err(vague(names, least, start, &curve, at));
            }
        };
        (at, curve) = (next, better);
        for ((name, value), start) in names.iter().zip(&at).zip(&start) {
            if (value / start).ln().abs() > FAR {
                return Err(Refusal::NotIdentified { parameter: name });
            }
        }
        if is_newton && promise < SMALL {
            return maximum(names, least, &curve, at);
        }
    }
    Err(vague(names, least, start, &curve, at))
}

/// Why a search stopped short: on a ridge, where that is what it looks like from there, or where a parameter has run so far that
/// what it still changes is lost in rounding.
fn vague<const N: usize>(
    names: [&'static str; N],
    least: [f64; N],
    start: [f64; N],
    curve: &Curve<N>,
    at: [f64; N],
) -> Refusal {
    if let Err(refusal @ Refusal::NotIdentified { .. }) = maximum(names, least, curve, at) {
        return refusal;
    }
    let run = names.iter().zip(at.iter().zip(&start));
    let run = run.map(|(name, (value, start))| (*name, (value / start).ln().abs()));
    match run.max_by(|one, other| one.1.total_cmp(&other.1)) {
        Some((parameter, run)) if run > ADRIFT => Refusal::NotIdentified { parameter },
        _ => Refusal::NotConverged,
    }
}

/// The parameters with their covariance, unless the data do not tell one of them.
fn maximum<const N: usize>(
    names: [&'static str; N],
    least: [f64; N],
    curve: &Curve<N>,
    at: [f64; N],
) -> Result<Maximum<N>, Refusal> {
    let not_told = |index: usize| Refusal::NotIdentified {
        parameter: names.get(index).copied().unwrap_or_default(),
    };
    if let Some(index) = (0..N).find(|&index| at[index] < least[index]) {
        return Err(not_told(index));
    }
    let (_, information) = curve.in_logarithms(&at);
    let flattest =
        (0..N).min_by(|&one, &other| information[one][one].total_cmp(&information[other][other]));
    let factor = cholesky(&information).ok_or_else(|| not_told(flattest.unwrap_or(0)))?;
    let mut covariance = [[0.0; N]; N];
    for (index, row) in covariance.iter_mut().enumerate() {
        let mut unit = [0.0; N];
        unit[index] = 1.0;
        *row = solve(&factor, &unit);
    }
    let error = |index: usize| covariance[index][index].sqrt();
    let vaguest = (0..N).max_by(|&one, &other| error(one).total_cmp(&error(other)));
    if let Some(index) = vaguest.filter(|&index| error(index).is_nan() || error(index) > VAGUE) {
        return Err(not_told(index));
    }
    Ok(Maximum {
        parameters: at,
        covariance,
        value: curve.value,
    })
}

/// The factor of a matrix, with as much added to its diagonal as makes it positive definite; and whether nothing was.
fn lifted<const N: usize>(matrix: &[[f64; N]; N]) -> Option<([[f64; N]; N], bool)> {
    if let Some(factor) = cholesky(matrix) {
        return Some((factor, true));
    }
    let entries = matrix.iter().flatten();
    let largest = entries.fold(f64::MIN_POSITIVE, |most, entry| most.max(entry.abs()));
    (-6..=2).find_map(|power| {
        let mut lifted = *matrix;
        for (index, row) in lifted.iter_mut().enumerate() {
            row[index] += largest * 10.0_f64.powi(power);
        }
        cholesky(&lifted).map(|factor| (factor, false))
    })
}

/// The lower triangle L with L·Lᵀ the matrix; none unless that is well positive definite.
fn cholesky<const N: usize>(matrix: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let mut factor = [[0.0; N]; N];
    for row in 0..N {
        for column in 0..=row {
            let known: f64 = (0..column)
                .map(|k| factor[row][k] * factor[column][k])
                .sum();
            let rest = matrix[row][column] - known;
            if row != column {
                factor[row][column] = rest / factor[column][column];
            } else if rest > 1e-13 * matrix[row][row] && rest > 0.0 {
                factor[row][row] = rest.sqrt();
            } else {
                return None;
            }
        }
    }
    Some(factor)
}

/// Solves L·Lᵀ·x = right.
fn solve<const N: usize>(factor: &[[f64; N]; N], right: &[f64; N]) -> [f64; N] {
    let mut x = *right;
    for row in 0..N {
        let known: f64 = (0..row).map(|k| factor[row][k] * x[k]).sum();
        x[row] = (x[row] - known) / factor[row][row];
    }
    for row in (0..N).rev() {
        let known: f64 = (row + 1..N).map(|k| factor[k][row] * x[k]).sum();
        x[row] = (x[row] - known) / factor[row][row];
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    /// −(ln x − 1)²·k − (ln y − ln x)⁴: its maximum at x = y = e is flat in y.
    fn curve([x, y]: [f64; 2], steepness: f64, power: i32) -> Curve<2> {
        let (u, w) = (x.ln() - 1.0, y.ln() - x.ln());
        let n = f64::from(power);
        // Derivatives by the logarithms u and v = ln y, then by x and y.
        let first = n * w.powi(power - 1);
        let second = n * (n - 1.0) * w.powi(power - 2);
        let (by_u, by_v) = (-2.0 * steepness * u + first, -first);
        let (uu, uv, vv) = (-2.0 * steepness - second, second, -second);
        Curve {
            value: -steepness * u * u - w.powi(power),
            gradient: [by_u / x, by_v / y],
            hessian: [
                [(uu - by_u) / (x * x), uv / (x * y)],
                [0.0, (vv - by_v) / (y * y)],
            ],
        }
    }

    #[test]
    fn a_known_maximum_is_found_with_its_standard_errors() {
        let found = maximise(["x", "y"], [0.0; 2], [200.0, 0.01], |at| curve(at, 8.0, 2));
        let Maximum {
            parameters: [x, y],
            covariance,
            value,
        } = found.expect("a maximum");
        let e = std::f64::consts::E;
        assert!((x / e - 1.0).abs() < 1e-12 && (y / e - 1.0).abs() < 1e-12);
        assert!(value.abs() < 1e-20);
        // Information in logarithms [[18, −2], [−2, 2]]; its inverse has 1/16 and 9/16 on the diagonal.
        assert!((covariance[0][0] - 1.0 / 16.0).abs() < 1e-12);
        assert!((covariance[1][1] - 9.0 / 16.0).abs() < 1e-12);
        assert!((covariance[0][1] - 1.0 / 16.0).abs() < 1e-12);
        assert!((covariance[1][0] - 1.0 / 16.0).abs() < 1e-12);
    }

    #[test]
    fn a_parameter_that_nothing_tells_is_named() {
        let flat = maximise(["x", "y"], [0.0; 2], [1.0, 1.0], |at| curve(at, 8.0, 4));
        assert_eq!(flat, Err(Refusal::NotIdentified { parameter: "y" }));
        let rising = maximise(["x"], [0.0], [1.0], |[x]| Curve {
            value: -1.0 / x,
            gradient: [1.0 / (x * x)],
            hessian: [[-2.0 / (x * x * x)]],
        });
        assert_eq!(rising, Err(Refusal::NotIdentified { parameter: "x" }));
        let nowhere = maximise(["x"], [0.0], [1.0], |_| Curve {
            value: f64::NAN,
            ..Curve::default()
        });
        assert_eq!(nowhere, Err(Refusal::NotConverged));
    }
}
