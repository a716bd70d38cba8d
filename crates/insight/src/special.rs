//! Logarithms of gamma functions, as the models need them.

use special::Gamma;

/// Up to so many factors, multiplying beats the difference of two gamma functions, and is more exact.
const FACTORS: u32 = 64;

/// A function of one number and its first and second derivative there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Slopes {
    pub(crate) value: f64,
    pub(crate) first: f64,
    pub(crate) second: f64,
}

/// ln Γ, digamma and trigamma of a positive number.
pub(crate) fn ln_gamma(of: f64) -> Slopes {
    Slopes {
        value: Gamma::ln_gamma(of).0,
        first: of.digamma(),
        second: of.trigamma(),
    }
}

/// ln Γ(base + x) − ln Γ(base) for x that only grows: a table over integer x that is made while it is read.
pub(crate) struct Rising {
    base: f64,
    x: u32,
    slopes: Slopes,
}

impl Rising {
    pub(crate) fn new(base: f64) -> Self {
        Self {
            base,
            x: 0,
            slopes: Slopes::default(),
        }
    }

    /// The value at `x`, not below the one before, and its derivatives by the base.
    pub(crate) fn at(&mut self, x: u32) -> Slopes {
        if x.saturating_sub(self.x) <= FACTORS {
            for factor in self.x..x {
                let factor = self.base + f64::from(factor);
                self.slopes.value += factor.ln();
                self.slopes.first += factor.recip();
                self.slopes.second -= (factor * factor).recip();
            }
        } else {
            let low = ln_gamma(self.base + f64::from(self.x));
            let high = ln_gamma(self.base + f64::from(x));
            self.slopes.value += high.value - low.value;
            self.slopes.first += high.first - low.first;
            self.slopes.second += high.second - low.second;
        }
        self.x = self.x.max(x);
        self.slopes
    }
}

/// The most steps of a continued fraction; they grow with the root of its numbers.
const MOST: u32 = 1_000_000;

/// The logarithm of the beta function.
pub(crate) fn ln_beta(a: f64, b: f64) -> f64 {
    let ln_gamma = |of: f64| Gamma::ln_gamma(of).0;
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

/// The logarithm of the incomplete beta function I(x; a, b), `y` being 1 − x and `whole` the [`ln_beta`] of both: by Lentz's continued fraction (Numerical Recipes,
/// 6.4) on the side where that is short. In logarithms, so that a far tail is small and not nothing.
pub(crate) fn ln_incomplete_beta([a, b, whole]: [f64; 3], x: f64, y: f64) -> f64 {
    let front = a * x.ln() + b * y.ln() - whole;
    if x < (a + 1.0) / (a + b + 2.0) {
        front - a.ln() + fraction(a, b, x).ln()
    } else {
        (-(front - b.ln() + fraction(b, a, y).ln()).exp()).ln_1p()
    }
}

/// The continued fraction of the incomplete beta function, without what stands before it.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let away = |number: f64| {
        if number.abs() < 1e-300 {
            1e-300
        } else {
            number
        }
    };
    let mut d = away(1.0 - (a + b) * x / (a + 1.0)).recip();
    let (mut c, mut found) = (1.0, d);
    for m in 1..MOST {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = found;
        for part in [even, odd] {
            d = away(1.0 + part * d).recip();
            c = away(1.0 + part / c);
            found *= c * d;
        }
        if (found - before).abs() <= f64::EPSILON * found.abs() {
            break;
        }
    }
    found
}

/// (1 − e^(−rate·time)) / rate, which is `time` where the rate is 0.
pub(crate) fn saturation(rate: f64, time: f64) -> f64 {
    if rate == 0.0 {
        return time;
    }
    -(-rate * time).exp_m1() / rate
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_agrees_with_gamma_functions_in_steps_of_any_length() {
        for base in [1e-3, 0.2426, 1.0, 7.5, 1e4] {
            let mut rising = Rising::new(base);
            for x in [0, 0, 1, 2, 2, 30, 94, 95, 200, 5000, 5001, 1_000_000] {
                let (low, high) = (ln_gamma(base), ln_gamma(base + f64::from(x)));
                let slopes = rising.at(x);
                for (found, known) in [
                    (slopes.value, high.value - low.value),
                    (slopes.first, high.first - low.first),
                    (slopes.second, high.second - low.second),
                ] {
                    let scale = known.abs() + low.value.abs() * 1e-3 + 1e-3;
                    assert!(
                        (found - known).abs() < 1e-12 * scale,
                        "{base} {x}: {found} {known}"
                    );
                }
            }
        }
    }

    #[test]
    fn gamma_functions_are_those_of_the_tables() {
        let near = |found: f64, known: f64| (found - known).abs() <= 4e-15 * known.abs();
        // Abramowitz and Stegun: Γ(½) = √π, ψ(1) = −γ, ψ′(1) = π²/6, ψ(½) = −γ − 2 ln 2.
        let (pi, euler) = (std::f64::consts::PI, 0.577_215_664_901_532_9);
        assert!(near(ln_gamma(0.5).value, pi.sqrt().ln()));
        assert!(near(ln_gamma(1.0).first, -euler));
        assert!(near(ln_gamma(1.0).second, pi * pi / 6.0));
        assert!(near(
            ln_gamma(0.5).first,
            -euler - 2.0 * std::f64::consts::LN_2
        ));
    }

    #[test]
    fn the_incomplete_beta_function_is_that_of_the_kept_crate_and_of_sums() {
        use special::Beta;
        for a in [0.3, 1.0, 4.0, 77.7] {
            for b in [0.4_f64, 1.0, 2.5, 30.0] {
                for x in [1e-6, 0.01, 0.3, 0.7, 0.97] {
                    let known = x.inc_beta(a, b, a.ln_beta(b));
                    let found = ln_incomplete_beta([a, b, ln_beta(a, b)], x, 1.0 - x).exp();
                    assert!(
                        (found - known).abs() <= 1e-11 * known,
                        "{a} {b} {x}: {found} {known}"
                    );
                }
            }
        }
        // b = 3: x^a·(1 + a·y + a(a + 1)/2·y²), also where that is below what a number can be.
        for (a, x) in [(5.0_f64, 0.4_f64), (6e4, 0.9), (6e4, 0.999_99), (1e7, 0.5)] {
            let y = 1.0 - x;
            let known = a * x.ln() + (1.0 + a * y + a * (a + 1.0) / 2.0 * y * y).ln();
            let found = ln_incomplete_beta([a, 3.0, ln_beta(a, 3.0)], x, y);
            assert!(
                (found - known).abs() < 1e-9 * (1.0 + a.ln() + known.abs()),
                "{a} {x}: {found} {known}"
            );
        }
        let of = [3.0, 2.0, ln_beta(3.0, 2.0)];
        assert_eq!(ln_incomplete_beta(of, 1.0, 0.0), 0.0);
        assert_eq!(ln_incomplete_beta(of, 0.0, 1.0), f64::NEG_INFINITY);
    }

    #[test]
    fn saturation_has_no_gap_where_the_rate_is_nothing() {
        for rate in [-1e-9, -1e-300, 0.0, 1e-300, 1e-9] {
            assert!((saturation(rate, 3.0) - 3.0).abs() < 1e-8, "{rate}");
        }
        assert!((saturation(0.5, 2.0) - 2.0 * (1.0 - (-1.0_f64).exp())).abs() < 1e-15);
    }
}
