//! Pareto/NBD: people buy at random, each at an own rate, and stop for good at a moment that nobody sees.
//!
//! The rate λ is gamma distributed over people (r, alpha in weeks), the rate μ of stopping too (s, beta in weeks). Schmittlein,
//! Morrison, Colombo 1987, Counting your customers, Management Science 33(1) 1–24; Fader, Hardie 2005, A note on deriving the
//! Pareto/NBD model. The likelihood of one buyer with x repeats, the last at t_x, seen until T, is
//!
//! ```text
//! Γ(r+x)·α^r·β^s/Γ(r) · [ (α+T)^−(r+x)·(β+T)^−s + s·∫ from t_x to T of (α+t)^−(r+x)·(β+t)^−(s+1) dt ]
//! ```
//!
//! first the one who still buys, then the one who stopped at t. The integral is usually written as a difference of two 2F1; it
//! is taken here as it stands, for that loses no digits.
//!
//! **What it does not know.** Seasons, regular rhythms, prices. Unlike BG/NBD it doubts those who bought once. A fit takes some
//! ten times as long.
//!
//! By hand: r = s = 1, α = β = 1, one who bought once (x = 0) a week ago (T = 1). Still buying: ½·½ = ¼. Stopped: ∫ (1+t)^−3 dt
//! from 0 to 1 = (1 − ¼)/2 = ⅜. So P(alive) = ¼/(¼ + ⅜) = 0.4.
//!
//! ```
//! use perennial_insight::history::History;
//! use perennial_insight::pareto_nbd::ParetoNbd;
//! use perennial_insight::prediction::PurchaseModel;
//! let model = ParetoNbd::new([1.0; 4]).expect("parameters");
//! let once = History::new(0, 0.0, 1.0).expect("a history");
//! assert!((model.probability_alive(&once) - 0.4).abs() < 1e-15);
//! ```

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use crate::bg_nbd::{SHORTEST, frequencies, start_of_alpha};
use crate::fit::{Fit, Parametric};
use crate::grouped::Grouped;
use crate::history::History;
use crate::integral::Decay;
use crate::optimise::{Curve, maximise};
use crate::parallel;
use crate::prediction::{Pace, PurchaseModel, horizon};
use crate::refusal::{Refusal, ensure, ensure_positive};
use crate::special::{Rising, saturation};

/// The Pareto/NBD model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "[f64; 4]", into = "[f64; 4]")]
pub struct ParetoNbd {
    r: f64,
    alpha: f64,
    s: f64,
    beta: f64,
}

impl ParetoNbd {
    /// The model with these parameters.
    ///
    /// # Errors
    /// [`Refusal::NotFinite`] and [`Refusal::NotPositive`] for what is that, [`Refusal::OffTheScale`] for an alpha or beta below
    /// 0.01 weeks.
    pub fn new([r, alpha, s, beta]: [f64; 4]) -> Result<Self, Refusal> {
        ensure_positive(&[r, alpha, s, beta])?;
        ensure(alpha.min(beta) >= SHORTEST, Refusal::OffTheScale)?;
        Ok(Self { r, alpha, s, beta })
    }

    /// The parameters, in the order of [`PARAMETERS`](Self::PARAMETERS).
    pub const fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.s, self.beta]
    }

    /// Learns the parameters by maximum likelihood. The outcome has the same bits for any number of threads.
    ///
    /// # Errors
    /// As for [`BgNbd::fit`](crate::bg_nbd::BgNbd::fit).
    pub fn fit(buyers: &Grouped<History>, threads: NonZeroUsize) -> Result<Fit<Self, 4>, Refusal> {
        let frequencies = frequencies(buyers)?;
        let likelihood = |parameters| {
            let mut sum = parallel::sum(
                buyers.groups(),
                threads,
                |sum: &mut Curve<4>, (history, count)| {
                    sum.add(*count as f64, &times(parameters, history));
                },
                |sum, more| sum.add(1.0, &more),
            );
            sum.add(1.0, &counts(parameters, &frequencies));
            sum
        };
        let groups = buyers.groups().iter();
        let ages: f64 = groups
            .map(|(history, count)| history.age() * *count as f64)
            .sum();
        let start = [
            1.0,
            start_of_alpha(buyers),
            1.0,
            ages / buyers.total() as f64,
        ];
        let least = [0.0, SHORTEST, 0.0, SHORTEST];
        maximise(Self::PARAMETERS, least, start, likelihood)?.fit(buyers.total())
    }
}

impl PurchaseModel for ParetoNbd {
    fn probability_alive(&self, history: &History) -> f64 {
        let parts = Parts::of(self.parameters(), history);
        let stopped = parts.stopped.ln_integral(history.recency(), history.age());
        (1.0 + self.s * (stopped - parts.alive.ln_at(history.age())).exp()).recip()
    }

    fn expected_by<const L: usize>(&self, history: &History, weeks: [f64; L]) -> [f64; L] {
        let Pace { shape, scale } = self.pace(history);
        let until = self.beta + history.age();
        let rate = self.probability_alive(history) * shape / scale * until;
        weeks.map(|weeks| rate * saturation(self.s - 1.0, (horizon(weeks) / until).ln_1p()))
    }

    fn probability_of_purchase(&self, history: &History, weeks: f64) -> f64 {
        let Pace { shape, scale } = self.pace(history);
        // The next purchase comes at t, and nobody stopped before.
        let next = Decay {
            a: scale,
            p: shape + 1.0,
            b: self.beta + history.age(),
            q: self.s,
        };
        let density = next.ln_integral(0.0, horizon(weeks)) - next.ln_at(0.0);
        self.probability_alive(history) * shape / scale * density.exp()
    }

    fn pace(&self, history: &History) -> Pace {
        Pace {
            shape: self.r + f64::from(history.frequency()),
            scale: self.alpha + history.age(),
        }
    }
}

impl Parametric<4> for ParetoNbd {
    /// What the parameters are called, in order: alpha and beta are in weeks, the others have no unit.
    const PARAMETERS: [&'static str; 4] = ["r", "alpha", "s", "beta"];
}
impl TryFrom<[f64; 4]> for ParetoNbd {
    type Error = Refusal;

    fn try_from(parameters: [f64; 4]) -> Result<Self, Refusal> {
        Self::new(parameters)
    }
}
impl From<ParetoNbd> for [f64; 4] {
    fn from(model: ParetoNbd) -> Self {
        model.parameters()
    }
}

/// The two ways in which a history came about.
struct Parts {
    /// At T: still buying.
    alive: Decay,
    /// From t_x to T, times s: stopped then.
    stopped: Decay,
}

impl Parts {
    fn of([r, alpha, s, beta]: [f64; 4], history: &History) -> Self {
        let alive = Decay {
            a: alpha,
            p: r + f64::from(history.frequency()),
            b: beta,
            q: s,
        };
        let stopped = Decay {
            q: s + 1.0,
            ..alive
        };
        Self { alive, stopped }
    }
}

/// What follows from how often alone: a table over x.
fn counts([r, alpha, s, beta]: [f64; 4], frequencies: &[(u32, f64)]) -> Curve<4> {
    let mut sum = Curve::default();
    let mut rate = Rising::new(r);
    for (x, buyers) in frequencies {
        let rate = rate.at(*x);
        sum.add(
            *buyers,
            &Curve {
                value: rate.value + r * alpha.ln() + s * beta.ln(),
                gradient: [rate.first + alpha.ln(), r / alpha, beta.ln(), s / beta],
                hessian: [
                    [rate.second, alpha.recip(), 0.0, 0.0],
                    [0.0, -r / (alpha * alpha), 0.0, 0.0],
                    [0.0, 0.0, 0.0, beta.recip()],
                    [0.0, 0.0, 0.0, -s / (beta * beta)],
                ],
            },
        );
    }
    sum
}

/// The logarithm of (α+t)^−p·(β+t)^−q with its derivatives by r, α, s and β.
#[inline]
fn ln_decay(decay: &Decay, t: f64) -> Curve<4> {
    let (a, b) = (decay.a + t, decay.b + t);
    let (by_a, by_b, ln_a, ln_b) = (a.recip(), b.recip(), a.ln(), b.ln());
    let Decay { p, q, .. } = *decay;
    Curve {
        value: -p * ln_a - q * ln_b,
        gradient: [-ln_a, -p * by_a, -ln_b, -q * by_b],
        hessian: [
            [0.0, -by_a, 0.0, 0.0],
            [0.0, p * by_a * by_a, 0.0, 0.0],
            [0.0, 0.0, 0.0, -by_b],
            [0.0, 0.0, 0.0, q * by_b * by_b],
        ],
    }
}

/// What follows from when: the logarithm of the bracket above.
fn times(parameters: [f64; 4], history: &History) -> Curve<4> {
    let Parts { alive, stopped } = Parts::of(parameters, history);
    let alive = ln_decay(&alive, history.age());
    if history.recency() >= history.age() {
        return alive;
    }
    let stopped = ln_stopped(&stopped, parameters[2], history);
    // The logarithm of a sum: each part counts as much as it is probable, and their slopes' difference bends it.
    let odds = stopped.value - alive.value;
    let small = (-odds.abs()).exp();
    let share = if odds > 0.0 { 1.0 } else { small } / (1.0 + small);
    let mut sum = Curve::default();
    sum.add(1.0 - share, &alive);
    sum.add(share, &stopped);
    sum.value = alive.value.max(stopped.value) + small.ln_1p();
    for row in 0..4 {
        for column in row..4 {
            let apart = |index: usize| stopped.gradient[index] - alive.gradient[index];
            sum.hessian[row][column] += share * (1.0 - share) * apart(row) * apart(column);
        }
    }
    sum
}

/// The logarithm of s·∫ … dt: its derivatives are means over the integrand.
fn ln_stopped(decay: &Decay, s: f64, history: &History) -> Curve<4> {
    let (mut total, mut sum) = (0.0, Curve::<4>::default());
    let peak = decay.visit(history.recency(), history.age(), |t, weight| {
        let mut at = ln_decay(decay, t);
        for row in 0..4 {
            for column in row..4 {
                at.hessian[row][column] += at.gradient[row] * at.gradient[column];
            }
        }
        total += weight;
        sum.add(weight, &at);
    });
    let mut mean = Curve::default();
    mean.add(total.recip(), &sum);
    for row in 0..4 {
        for column in row..4 {
            mean.hessian[row][column] -= mean.gradient[row] * mean.gradient[column];
        }
    }
    mean.value = s.ln() + peak + total.ln();
    mean.gradient[2] += s.recip();
    mean.hessian[2][2] -= (s * s).recip();
    mean
}
