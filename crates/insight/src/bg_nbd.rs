//! BG/NBD: people buy at random, each at an own rate, and may stop for good after any purchase.
//!
//! The rate λ is gamma distributed over people (shape r, scale alpha in weeks), the probability p of stopping after a purchase
//! beta distributed (a, b). Fader, Hardie, Lee 2005, "Counting your customers" the easy way, Marketing Science 24(2) 275–284;
//! the likelihood of one buyer with x repeats, the last at t_x, seen until T:
//!
//! ```text
//! Γ(r+x)·α^r/Γ(r) · B(a,b+x)/B(a,b) · [ (α+T)^−(r+x) + (x>0) · a/(b+x−1) · (α+t_x)^−(r+x) ]
//! ```
//!
//! **What it does not know.** That somebody stopped who never bought a second time: their P(alive) is 1. Seasons, regular
//! rhythms ([`Regularity`](crate::regularity::Regularity)), prices. On CDNOW it foretells 12 % too few purchases.
//!
//! **Expected purchases.** Equation 10 of the paper has a 2F1 over a − 1, which is 0/0 at a = 1, cancels near it and overflows
//! at large x. What it stands for is a plain sum. Somebody who never stopped would buy n times in t with the negative binomial
//! probability of n (r + x, z = t/(α+T+t)); after j purchases (b+x)_j/(a+b+x)_j of them have not stopped. So
//!
//! ```text
//! E[X(t)] = P(alive) · Σ_n NB(n) · Σ_{j<n} (b+x)_j/(a+b+x)_j
//! ```
//!
//! Every term is positive, a = 1 is a number like others, and large x is a matter of a factor's logarithm. It takes about
//! (r+x)·t/(α+T) + 40·(1 + t/(α+T)) terms.
//!
//! By hand: r = 1, α = 1, a = 1, b = 1, one who bought now for the first time (x = 0, T = 0), t = 1. Then z = ½ and NB(n) =
//! ½^(n+1); (1)_j/(2)_j = 1/(j+1), so that E = Σ_n ½^(n+1)·(1 + ½ + … + 1/n) = Σ_j ½^(j+1)/(j+1) = ln 2: terms with n > j of
//! the geometric series come to ½^(j+1).
//!
//! ```
//! use perennial_insight::bg_nbd::BgNbd;
//! use perennial_insight::history::History;
//! use perennial_insight::prediction::PurchaseModel;
//! let model = BgNbd::new([1.0; 4]).expect("parameters");
//! let new = History::new(0, 0.0, 0.0).expect("a history");
//! assert!((model.expected_purchases(&new, 1.0) - std::f64::consts::LN_2).abs() < 1e-15);
//! ```

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use crate::fit::{Fit, Parametric};
use crate::grouped::Grouped;
use crate::history::History;
use crate::optimise::{Curve, maximise};
use crate::parallel;
use crate::prediction::{Pace, PurchaseModel, horizon};
use crate::refusal::{Refusal, enough, ensure, ensure_positive};
use crate::special::Rising;

/// The smallest alpha: two hours. Below, expected purchases of somebody new would take millions of terms.
pub(crate) const SHORTEST: f64 = 0.01;

/// The BG/NBD model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "[f64; 4]", into = "[f64; 4]")]
pub struct BgNbd {
    r: f64,
    alpha: f64,
    a: f64,
    b: f64,
}

impl BgNbd {
    /// The model with these parameters.
    ///
    /// # Errors
    /// [`Refusal::NotFinite`] and [`Refusal::NotPositive`] for what is that, [`Refusal::OffTheScale`] for an alpha below 0.01
    /// weeks.
    pub fn new([r, alpha, a, b]: [f64; 4]) -> Result<Self, Refusal> {
        ensure_positive(&[r, alpha, a, b])?;
        ensure(alpha >= SHORTEST, Refusal::OffTheScale)?;
        Ok(Self { r, alpha, a, b })
    }

    /// The parameters, in the order of [`PARAMETERS`](Self::PARAMETERS).
    pub const fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.a, self.b]
    }

    /// Learns the parameters by maximum likelihood. The outcome has the same bits for any number of threads.
    ///
    /// # Errors
    /// [`Refusal::TooFew`] below 100 buyers, [`Refusal::NoRepeats`] where nobody bought again, [`Refusal::NotIdentified`] where
    /// the data leave a parameter open (nobody stops, or everybody is alike), [`Refusal::NotConverged`].
    pub fn fit(buyers: &Grouped<History>, threads: NonZeroUsize) -> Result<Fit<Self, 4>, Refusal> {
        let frequencies = frequencies(buyers)?;
        let likelihood = |parameters| {
            let mut sum = parallel::sum(
                buyers.groups(),
                threads,
                |sum, (history, count)| times(parameters, history, *count as f64, sum),
                |sum: &mut Curve<4>, more| sum.add(1.0, &more),
            );
            sum.add(1.0, &counts(parameters, &frequencies));
            sum
        };
        let start = [1.0, start_of_alpha(buyers), 1.0, 2.5];
        let least = [0.0, SHORTEST, 0.0, 0.0];
        maximise(Self::PARAMETERS, least, start, likelihood)?.fit(buyers.total())
    }

    /// ln of the odds that the buyer has stopped after its last purchase; −∞ where it bought once.
    fn ln_odds_stopped(&self, history: &History) -> f64 {
        if history.frequency() == 0 {
            return f64::NEG_INFINITY;
        }
        let x = f64::from(history.frequency());
        let silence = (self.alpha + history.age()) / (self.alpha + history.recency());
        (self.a / (self.b + x - 1.0)).ln() + (self.r + x) * silence.ln()
    }
}

impl PurchaseModel for BgNbd {
    fn probability_alive(&self, history: &History) -> f64 {
        (1.0 + self.ln_odds_stopped(history).exp()).recip()
    }

    fn expected_by<const L: usize>(&self, history: &History, weeks: [f64; L]) -> [f64; L] {
        let Pace { shape, scale } = self.pace(history);
        let growth = weeks.map(|weeks| (horizon(weeks) / scale).ln_1p());
        let b = self.b + f64::from(history.frequency());
        let alive = self.probability_alive(history);
        while_alive(shape, self.a, b, growth).map(|purchases| alive * purchases)
    }

    fn probability_of_purchase(&self, history: &History, weeks: f64) -> f64 {
        let Pace { shape, scale } = self.pace(history);
        let growth = (horizon(weeks) / scale).ln_1p();
        self.probability_alive(history) * -(-shape * growth).exp_m1()
    }

    fn pace(&self, history: &History) -> Pace {
        Pace {
            shape: self.r + f64::from(history.frequency()),
            scale: self.alpha + history.age(),
        }
    }
}

impl Parametric<4> for BgNbd {
    /// What the parameters are called, in order: alpha is in weeks, the others have no unit.
    const PARAMETERS: [&'static str; 4] = ["r", "alpha", "a", "b"];
}
impl TryFrom<[f64; 4]> for BgNbd {
    type Error = Refusal;

    fn try_from(parameters: [f64; 4]) -> Result<Self, Refusal> {
        Self::new(parameters)
    }
}
impl From<BgNbd> for [f64; 4] {
    fn from(model: BgNbd) -> Self {
        model.parameters()
    }
}

/// How many bought how often again, in order.
///
/// # Errors
/// Where that is too thin to learn from.
pub(crate) fn frequencies(buyers: &Grouped<History>) -> Result<Vec<(u32, f64)>, Refusal> {
    enough(buyers.total())?;
    let mut frequencies: Vec<(u32, f64)> = Vec::new();
    for (history, count) in buyers.groups() {
        match frequencies.last_mut() {
            Some((x, buyers)) if *x == history.frequency() => *buyers += *count as f64,
            _ => frequencies.push((history.frequency(), *count as f64)),
        }
    }
    if frequencies.iter().all(|(x, _)| *x == 0) {
        return Err(Refusal::NoRepeats);
    }
    Ok(frequencies)
}

/// Where to look for alpha first, at r = 1: the mean of the rates is that of all purchases in all time.
pub(crate) fn start_of_alpha(buyers: &Grouped<History>) -> f64 {
    let (mut weeks, mut purchases) = (0.0, 0.0);
    for (history, count) in buyers.groups() {
        weeks += history.age() * *count as f64;
        purchases += f64::from(history.frequency()) * *count as f64;
    }
    weeks / purchases
}

/// What follows from how often alone: a table over x.
fn counts([r, alpha, a, b]: [f64; 4], frequencies: &[(u32, f64)]) -> Curve<4> {
    let mut sum = Curve::default();
    let (mut rate, mut stay, mut both) = (Rising::new(r), Rising::new(b), Rising::new(a + b));
    for (x, buyers) in frequencies {
        let (rate, stay, both) = (rate.at(*x), stay.at(*x), both.at(*x));
        sum.add(
            *buyers,
            &Curve {
                value: rate.value + r * alpha.ln() + stay.value - both.value,
                gradient: [
                    rate.first + alpha.ln(),
                    r / alpha,
                    -both.first,
                    stay.first - both.first,
                ],
                hessian: [
                    [rate.second, alpha.recip(), 0.0, 0.0],
                    [0.0, -r / (alpha * alpha), 0.0, 0.0],
                    [0.0, 0.0, -both.second, -both.second],
                    [0.0, 0.0, 0.0, stay.second - both.second],
                ],
            },
        );
    }
    sum
}

/// Adds what follows from when: ln[ (α+T)^−(r+x) + (x>0)·a/(b+x−1)·(α+t_x)^−(r+x) ], so many times.
#[inline]
fn times([r, alpha, a, b]: [f64; 4], history: &History, count: f64, sum: &mut Curve<4>) {
    let x = f64::from(history.frequency());
    let (shape, until) = (r + x, alpha + history.age());
    let (ln_until, by_until) = (until.ln(), until.recip());
    sum.value -= count * shape * ln_until;
    sum.gradient[0] -= count * ln_until;
    sum.gradient[1] -= count * shape * by_until;
    sum.hessian[0][1] -= count * by_until;
    sum.hessian[1][1] += count * shape * by_until * by_until;
    if history.frequency() == 0 {
        return;
    }
    let (last, stay) = (alpha + history.recency(), b + x - 1.0);
    let (by_last, by_stay, by_a) = (last.recip(), stay.recip(), a.recip());
    // D: the logarithm of the odds that the buyer has stopped, and its derivatives.
    let silence = (until * by_last).ln();
    let odds = (a * by_stay).ln() + shape * silence;
    let slopes = [silence, shape * (by_until - by_last), by_a, -by_stay];
    let small = (-odds.abs()).exp();
    let stopped = if odds > 0.0 { 1.0 } else { small } / (1.0 + small);
    sum.value += count * (odds.max(0.0) + small.ln_1p());
    let (weight, spread) = (count * stopped, stopped * count * (1.0 - stopped));
    for row in 0..4 {
        sum.gradient[row] += weight * slopes[row];
        for column in row..4 {
            sum.hessian[row][column] += spread * slopes[row] * slopes[column];
        }
    }
    sum.hessian[0][1] += weight * (by_until - by_last);
    sum.hessian[1][1] -= weight * shape * (by_until * by_until - by_last * by_last);
    sum.hessian[2][2] -= weight * by_a * by_a;
    sum.hessian[3][3] += weight * by_stay * by_stay;
}

/// Σ_n NB(n; shape, z) · Σ_{j<n} (b)_j/(a+b)_j for several z at once, each given as −ln(1 − z). The terms' common part is made
/// once. One more z, the largest, is carried along to tell when the rest is below rounding for all of them; it is also what
/// grows most, so when it is large all are scaled down.
fn while_alive<const L: usize>(shape: f64, a: f64, b: f64, growth: [f64; L]) -> [f64; L] {
    let z = growth.map(|growth| -(-growth).exp_m1());
    let largest = z.iter().fold(0.0, |most: f64, z| most.max(*z));
    let mut scales = growth.map(|growth| -shape * growth);
    let (mut terms, mut sums) = ([1.0; L], [0.0; L]);
    let (mut top, mut top_sum) = (1.0, 0.0);
    let (mut n, mut stays, mut bought) = (0.0, 1.0, 0.0);
    loop {
        let ratio = (shape + n) / (n + 1.0);
        bought += stays;
        stays *= (b + n) / (a + b + n);
        n += 1.0;
        for ((term, sum), z) in terms.iter_mut().zip(&mut sums).zip(&z) {
            *term *= ratio * z;
            *sum += *term * bought;
        }
        top *= ratio * largest;
        top_sum += top * bought;
        // From here on terms fall at least as fast as the powers of this.
        let decline = largest * ((shape + n) / (n + 1.0)).max(1.0) * (1.0 + stays / bought);
        if top * bought * decline <= 1e-17 * top_sum * (1.0 - decline) {
            break;
        }
        if top > 1e100 {
            top_sum /= top;
            top = 1.0;
            for ((term, sum), scale) in terms.iter_mut().zip(&mut sums).zip(&mut scales) {
                let large = term.max(1.0);
                *sum /= large;
                *term /= large;
                *scale += large.ln();
            }
        }
    }
    let mut sums = sums.into_iter();
    scales.map(|scale| sums.next().unwrap_or_default() * scale.exp())
}
