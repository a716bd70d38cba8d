//! The integral that the Pareto/NBD model is made of: ∫ (a + t)^−p · (b + t)^−q dt.
//!
//! It is the 2F1 of Fader and Hardie (2005, "A note on deriving the Pareto/NBD model") before anybody integrated. Taken as it
//! is, nothing cancels as in the difference of two 2F1; there is no case a < b, nothing overflows at large p; and derivatives
//! by the four numbers are integrals over the same nodes.
//!
//! Over y = ln(m + t), m the smaller of a and b, the integrand is smooth within π of the real axis. So Gauss–Legendre with 12
//! nodes a panel is exact to rounding as long as a panel is at most 2 wide and the two powers fall by at most e⁸ in it.

/// Half of the nodes on −1 … 1 with their weights; the others are their mirror (Abramowitz and Stegun, table 25.4).
const NODES: [[f64; 2]; 6] = [
    [0.125_233_408_511_468_9, 0.249_147_045_813_402_8],
    [0.367_831_498_998_180_2, 0.233_492_536_538_354_8],
    [0.587_317_954_286_617_4, 0.203_167_426_723_065_92],
    [0.769_902_674_194_304_7, 0.160_078_328_543_346_23],
    [0.904_117_256_370_474_9, 0.106_939_325_995_318_43],
    [0.981_560_634_246_719_3, 0.047_175_336_386_511_83],
];
/// The widest panel.
const WIDEST: f64 = 2.0;
/// How much the logarithm of the integrand may fall within a panel.
const STEEPEST: f64 = 8.0;

/// (a + t)^−p · (b + t)^−q, which falls as t grows; all four numbers are positive, p + q > 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decay {
    pub(crate) a: f64,
    pub(crate) p: f64,
    pub(crate) b: f64,
    pub(crate) q: f64,
}

impl Decay {
    /// The logarithm of the integrand.
    pub(crate) fn ln_at(&self, t: f64) -> f64 {
        -self.p * (self.a + t).ln() - self.q * (self.b + t).ln()
    }

    /// Shows each node with its weight: the integral over anything smooth times the integrand is the sum of that times these,
    /// times e to the number that is answered, the integrand's logarithm at `from`.
    pub(crate) fn visit(&self, from: f64, to: f64, mut node: impl FnMut(f64, f64)) -> f64 {
        let (a, b) = (self.a + from, self.b + from);
        let base = a.min(b);
        let fall = |beyond: f64| self.p * (beyond / a).ln_1p() + self.q * (beyond / b).ln_1p();
        let end = ((to - from).max(0.0) / base).ln_1p();
        let (mut total, mut start, mut fallen, mut panel) = (0.0, 0.0, 0.0, WIDEST);
        while start < end {
            // As wide as may be, and no wider than twice the one before.
            panel = (2.0 * panel).min(WIDEST).min(end - start);
            let mut fallen_then = fall(base * (start + panel).exp_m1());
            while fallen_then - fallen > STEEPEST {
                panel /= 2.0;
                fallen_then = fall(base * (start + panel).exp_m1());
            }
            let (half, mut part) = (panel / 2.0, 0.0);
            for [at, weight] in NODES {
                for y in [start + half - at * half, start + half + at * half] {
                    let beyond = base * y.exp_m1();
                    let weight = weight * half * (base + beyond) * (-fall(beyond)).exp();
                    node(from + beyond, weight);
                    part += weight;
                }
            }
            total += part;
            // It has one peak at most, so what is small by now grows no more; and what is no number stays none.
            if part.is_nan() || part < 1e-18 * total {
                break;
            }
            (start, fallen) = (start + panel, fallen_then);
        }
        self.ln_at(from)
    }

    /// The logarithm of the integral; −∞ where there is nothing between the two.
    pub(crate) fn ln_integral(&self, from: f64, to: f64) -> f64 {
        let mut sum = 0.0;
        let peak = self.visit(from, to, |_, weight| sum += weight);
        peak + sum.ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With a = b it is a power's integral.
    #[test]
    fn a_power_is_integrated_to_rounding() {
        for (p, q) in [
            (0.3, 1.2),
            (1.24, 1.6),
            (30.0, 2.0),
            (3000.0, 0.5),
            (1e6, 1.0),
        ] {
            for (a, from, to) in [
                (4.4, 0.0, 39.0),
                (4.4, 30.0, 39.0),
                (0.01, 0.0, 500.0),
                (50.0, 2.0, 2.1),
            ] {
                let decay = Decay { a, p, b: a, q };
                let power = p + q - 1.0;
                let known = -power * (a + from).ln()
                    + (-(-power * ((to - from) / (a + from)).ln_1p()).exp_m1() / power).ln();
                let found = decay.ln_integral(from, to);
                assert!(
                    (found - known).abs() < 2e-14 * (1.0 + known.abs()),
                    "{p} {q} {a}: {found} {known}"
                );
            }
        }
    }

    /// p = q = 1: ln((b + t)/(a + t)) over (a − b), whichever is the larger.
    #[test]
    fn two_scales_far_apart_are_as_good() {
        for (a, b) in [(10.0, 0.01), (0.01, 10.0), (1e-3, 1e3), (7.0, 7.5)] {
            let decay = Decay {
                a,
                p: 1.0,
                b,
                q: 1.0,
            };
            let (from, to) = (0.0, 150.0_f64);
            let known = (((a + to) / a).ln() - ((b + to) / b).ln()) / (b - a);
            let found = decay.ln_integral(from, to).exp();
            assert!(
                (found / known - 1.0).abs() < 1e-12,
                "{a} {b}: {found} {known}"
            );
        }
    }

    /// a tiny and q = 1 beside a steep power: ∫ (b+t)^−p / (a+t) dt ≈ ln(b/(a·p)) − γ, in units of b^−p.
    #[test]
    fn a_steep_power_beside_a_tiny_scale_takes_no_more_panels() {
        let decay = Decay {
            a: 1e-9,
            p: 1.0,
            b: 1.0,
            q: 1e6,
        };
        let mut nodes = 0;
        decay.visit(0.0, 60.0, |_, _| nodes += 1);
        assert!(nodes < 500, "{nodes}");
        let known = (1e9_f64 / 1e6).ln() - 0.577_215_664_901_532_9;
        let found = decay.ln_integral(0.0, 60.0).exp();
        assert!((found - known).abs() < 1e-2, "{found} {known}");
    }

    #[test]
    fn nothing_lies_between_a_day_and_itself() {
        let decay = Decay {
            a: 1.0,
            p: 2.0,
            b: 3.0,
            q: 1.0,
        };
        assert_eq!(decay.ln_integral(5.0, 5.0), f64::NEG_INFINITY);
        assert_eq!(decay.ln_integral(5.0, 4.0), f64::NEG_INFINITY);
    }
}
