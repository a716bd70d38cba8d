//! How sure a number is: an estimate with its standard error, its interval and what it was made of.
//!
//! An interval is as wide as its [`Confidence`] asks: so many standard errors to either side, by the normal distribution or,
//! where the standard error comes from few answers, by Student's. Both are found by halving the range of their closed forms
//! (Abramowitz and Stegun 1964, 26.2.11, 26.7.3 and 26.7.4) until no bit is left; no table and no other crate is needed.
//!
//! By hand: with 1 degree of freedom the share within ±t is (2 ÷ π) · arctan t, so 95 % asks for t = tan(0.475 π) = 12.71;
//! with 2 it is t ÷ √(2 + t²), which is 0.95 at t = 4.303. The normal distribution needs 1.960.

use std::f64::consts::{FRAC_2_PI, FRAC_PI_2};

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// How sure an interval is: the share of such intervals, over many samples, that hold the true value, or what is foretold.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Confidence(f64);

impl Confidence {
    /// 95 %, what is meant where nobody says more.
    pub const USUAL: Self = Self(0.95);

    /// A share from 0.5 to 0.9999.
    ///
    /// # Errors
    /// [`Refusal::OffTheScale`] beyond, where an interval says nothing or everything.
    pub fn of(share: f64) -> Result<Self, Refusal> {
        let is_share = (0.5..=0.9999).contains(&share);
        is_share.then_some(Self(share)).ok_or(Refusal::OffTheScale)
    }

    /// The share.
    pub const fn share(self) -> f64 {
        self.0
    }

    /// How many standard errors to either side hold this share of a normal distribution: 1.96 for 95 %.
    pub fn normal(self) -> f64 {
        turn(0.0, 8.0, |errors| within_normal(errors) >= self.0)
    }

    /// The same of Student's distribution; infinite without a degree of freedom.
    pub fn student(self, freedom: u64) -> f64 {
        match freedom {
            0 => f64::INFINITY,
            1..=MANY => {
                let angle = turn(0.0, FRAC_PI_2, |angle| {
                    within_student(angle, freedom) >= self.0
                });
                (freedom as f64).sqrt() * angle.tan()
            }
            _ => near_normal(self.normal(), freedom as f64),
        }
    }
}

/// From so many degrees of freedom on Student's distribution is told by how little it differs from the normal one.
const MANY: u64 = 1_000;

/// The share of a normal distribution within so many standard errors of its mean: a series of positive terms.
fn within_normal(errors: f64) -> f64 {
    let square = errors * errors;
    let (mut term, mut sum, mut odd) = (errors, errors, 1.0);
    while term > sum * f64::EPSILON / 8.0 {
        odd += 2.0;
        term *= square / odd;
        sum += term;
    }
    FRAC_2_PI.sqrt() * (-square / 2.0).exp() * sum
}

/// The share of Student's distribution within ±t, where `angle` is arctan(t ÷ √freedom): a finite sum.
fn within_student(angle: f64, freedom: u64) -> f64 {
    let (sine, cosine) = angle.sin_cos();
    let mut power = freedom % 2;
    let is_odd = power == 1;
    let (mut term, mut sum) = (if is_odd { cosine } else { 1.0 }, 0.0);
    while power + 2 <= freedom {
        sum += term;
        term *= cosine * cosine * (power as f64 + 1.0) / (power as f64 + 2.0);
        power += 2;
    }
    if is_odd {
        FRAC_2_PI * (angle + sine * sum)
    } else {
        sine * sum
    }
}

/// Student's quantile from the normal one, off by less than a millionth from a thousand degrees of freedom on (26.7.5
/// there).
fn near_normal(errors: f64, freedom: f64) -> f64 {
    let square = errors * errors;
    let first = errors * (square + 1.0) / 4.0;
    let second = errors * ((5.0 * square + 16.0) * square + 3.0) / 96.0;
    errors + first / freedom + second / (freedom * freedom)
}

/// Where between two numbers a statement turns true that is false before and true after, to the last bit: by halving.
pub(crate) fn turn(mut low: f64, mut high: f64, is_true: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..100 {
        let middle = low + (high - low) / 2.0;
        if is_true(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

/// From where to where a true value may lie.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Interval {
    /// Whether a value lies in it; its ends do.
    pub fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// A number made from a sample, and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// Its standard error, in the number's unit.
    pub standard_error: f64,
    /// Where the true number may lie.
    pub interval: Interval,
    /// How many it was made of.
    pub n: u64,
}

impl Estimate {
    /// One with so many standard errors to either side, within what its number can be.
    pub(crate) fn reaching(
        value: f64,
        standard_error: f64,
        errors: f64,
        n: u64,
        (least, greatest): (f64, f64),
    ) -> Self {
        // No error at all needs no room, not even infinitely many times.
        let reach = if standard_error > 0.0 {
            errors * standard_error
        } else {
            0.0
        };
        let interval = Interval {
            low: (value - reach).max(least),
            high: (value + reach).min(greatest),
        };
        Self {
            value,
            standard_error,
            interval,
            n,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_s_example_holds() {
        let usual = Confidence::USUAL;
        assert!((usual.student(1) - (0.475 * std::f64::consts::PI).tan()).abs() < 1e-10);
        let two = usual.student(2);
        assert!((two / (2.0 + two * two).sqrt() - 0.95).abs() < 1e-14);
        assert!((two - (2.0 * 0.9025 / 0.0975f64).sqrt()).abs() < 1e-11);
    }

    #[test]
    fn quantiles_are_those_of_the_tables() {
        let normal = |share| Confidence::of(share).expect("a share").normal();
        assert!((normal(0.95) - 1.959_963_984_540_054).abs() < 1e-13);
        assert!((normal(0.90) - 1.644_853_626_951_472).abs() < 1e-13);
        assert!((normal(0.99) - 2.575_829_303_548_901).abs() < 1e-13);
        assert!((normal(0.5) - 0.674_489_750_196_081_7).abs() < 1e-13);
        let student = |share, freedom| Confidence::of(share).expect("a share").student(freedom);
        for (share, freedom, known) in [
            (0.95, 5, 2.570_581_835_636_314),
            (0.95, 10, 2.228_138_851_964_939),
            (0.99, 29, 2.756_385_903_670_605),
            (0.90, 7, 1.894_578_605_061_305),
            (0.95, 120, 1.979_930_405_052_777),
        ] {
            let found = student(share, freedom);
            assert!((found - known).abs() < 1e-9, "{share}, {freedom}: {found}");
        }
    }

    #[test]
    fn many_degrees_of_freedom_join_on_without_a_step() {
        for share in [0.5, 0.9, 0.95, 0.99, 0.9999] {
            let confidence = Confidence::of(share).expect("a share");
            let near = near_normal(confidence.normal(), MANY as f64);
            assert!((confidence.student(MANY) - near).abs() < 1e-6, "{share}");
            assert!(confidence.student(MANY + 1) < confidence.student(MANY));
            assert!(confidence.student(1_000_000_000) - confidence.normal() < 1e-7);
        }
    }

    #[test]
    fn no_confidence_is_made_of_what_is_no_share() {
        for share in [0.0, 0.49, 1.0, 95.0, -0.95, f64::NAN, f64::INFINITY] {
            assert_eq!(Confidence::of(share), Err(Refusal::OffTheScale), "{share}");
        }
    }
}
