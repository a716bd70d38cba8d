//! Gamma-gamma: what a purchase comes to varies about each buyer's own mean, and the means vary from buyer to buyer.
//!
//! An amount is gamma distributed (shape p, rate ν), ν again (shape q, rate v, in money). Fader, Hardie 2013, The gamma-gamma
//! model of monetary value. The likelihood of one buyer whose x repeat purchases have the mean m is
//!
//! ```text
//! Γ(px+q)/(Γ(px)·Γ(q)) · v^q · m^(px−1) · x^(px) / (v + m·x)^(px+q)
//! ```
//!
//! and the mean amount to expect of them is drawn from their own mean towards everybody's, p·v/(q−1), the more the fewer
//! purchases they made: (1 − w)·p·v/(q−1) + w·m with w = p·x/(p·x + q − 1).
//!
//! **What it does not know.** How often people buy: it takes amounts to be independent of that. Where they are not (their
//! correlation is far from 0), values of frequent buyers are off. Where q ≤ 1 the amounts' mean has no bound, and where others
//! answer with negative values, there is a refusal.
//!
//! By hand: p = 2, q = 3, v = 10: everybody's mean is 2·10/2 = 10. Two purchases of 25 on average weigh 4/(4 + 2): 10/3 + 50/3 = 20.
//!
//! ```
//! use perennial_insight::gamma_gamma::GammaGamma;
//! use perennial_insight::history::Spend;
//! let model = GammaGamma::new([2.0, 3.0, 10.0]).expect("parameters");
//! assert_eq!(model.expected_spend(None), 10.0);
//! let spend = Spend::new(2, 25.0).expect("a spend");
//! assert!((model.expected_spend(Some(&spend)) - 20.0).abs() < 1e-14);
//! ```

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use crate::fit::{Fit, Parametric};
use crate::grouped::Grouped;
use crate::history::Spend;
use crate::optimise::{Curve, maximise};
use crate::parallel;
use crate::refusal::{Refusal, enough, ensure_positive};
use crate::special::ln_gamma;

/// The gamma-gamma model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "[f64; 3]", into = "[f64; 3]")]
pub struct GammaGamma {
    p: f64,
    q: f64,
    v: f64,
}

impl GammaGamma {
    /// The model with these parameters.
    ///
    /// # Errors
    /// [`Refusal::NotFinite`] and [`Refusal::NotPositive`] for what is that, [`Refusal::InfiniteMean`] where q ≤ 1.
    pub fn new([p, q, v]: [f64; 3]) -> Result<Self, Refusal> {
        ensure_positive(&[p, q, v])?;
        if q <= 1.0 {
            return Err(Refusal::InfiniteMean);
        }
        Ok(Self { p, q, v })
    }

    /// The parameters, in the order of [`PARAMETERS`](Self::PARAMETERS).
    pub const fn parameters(&self) -> [f64; 3] {
        [self.p, self.q, self.v]
    }

    /// Learns the parameters by maximum likelihood of those who bought again. Means that are not above zero are left out: to the
    /// model they cannot be. The outcome has the same bits for any number of threads.
    ///
    /// # Errors
    /// [`Refusal::TooFew`] below 100 buyers who bought again, [`Refusal::NotIdentified`] where the data leave a parameter open
    /// (all spend alike), [`Refusal::InfiniteMean`], [`Refusal::NotConverged`].
    pub fn fit(spends: &Grouped<Spend>, threads: NonZeroUsize) -> Result<Fit<Self, 3>, Refusal> {
        let positive = |(spend, _): &&(Spend, u64)| spend.mean() > 0.0;
        let spends: Vec<(Spend, u64)> = spends.groups().iter().filter(positive).copied().collect();
        let buyers = spends.iter().map(|(_, count)| count).sum();
        enough(buyers)?;
        let (frequencies, mean) = frequencies(&spends);
        let likelihood = |parameters| {
            let mut sum = parallel::sum(
                &spends,
                threads,
                |sum, (spend, count)| amounts(parameters, spend, *count as f64, sum),
                |sum: &mut Curve<3>, more| sum.add(1.0, &more),
            );
            sum.add(1.0, &counts(parameters, &frequencies));
            sum
        };
        // Everybody's mean to begin with: p·v/(q − 1) of these.
        let start = [2.0, 3.0, mean];
        maximise(Self::PARAMETERS, [0.0; 3], start, likelihood)?.fit(buyers)
    }

    /// The amount to expect of the buyer's next purchase; of somebody who never bought again everybody's mean. A mean that is
    /// not above zero is drawn towards everybody's like any other.
    pub fn expected_spend(&self, spend: Option<&Spend>) -> f64 {
        let everybody = self.p * self.v / (self.q - 1.0);
        let Some(spend) = spend else {
            return everybody;
        };
        let amounts = self.p * f64::from(spend.purchases());
        let weight = amounts / (amounts + self.q - 1.0);
        (1.0 - weight) * everybody + weight * spend.mean()
    }
}

impl Parametric<3> for GammaGamma {
    /// What the parameters are called, in order: v is in money, the others have no unit.
    const PARAMETERS: [&'static str; 3] = ["p", "q", "v"];
}
impl TryFrom<[f64; 3]> for GammaGamma {
    type Error = Refusal;

    fn try_from(parameters: [f64; 3]) -> Result<Self, Refusal> {
        Self::new(parameters)
    }
}
impl From<GammaGamma> for [f64; 3] {
    fn from(model: GammaGamma) -> Self {
        model.parameters()
    }
}

/// Those who bought again so many times.
struct Frequency {
    x: f64,
    buyers: f64,
    /// Of the logarithms of their means.
    sum_of_ln: f64,
}

/// Who bought again how often, in order, and the mean of all means.
fn frequencies(spends: &[(Spend, u64)]) -> (Vec<Frequency>, f64) {
    let mut frequencies: Vec<Frequency> = Vec::new();
    let (mut sum, mut buyers) = (0.0, 0.0);
    for (spend, count) in spends {
        let (x, count) = (f64::from(spend.purchases()), *count as f64);
        let sum_of_ln = count * spend.mean().ln();
        match frequencies.last_mut() {
            Some(last) if last.x == x => {
                last.buyers += count;
                last.sum_of_ln += sum_of_ln;
            }
            _ => frequencies.push(Frequency {
                x,
                buyers: count,
                sum_of_ln,
            }),
        }
        sum += spend.mean() * count;
        buyers += count;
    }
    (frequencies, sum / buyers)
}

/// All but the denominator: a table over x.
fn counts([p, q, v]: [f64; 3], frequencies: &[Frequency]) -> Curve<3> {
    let mut sum = Curve::default();
    let of_q = ln_gamma(q);
    for Frequency {
        x,
        buyers,
        sum_of_ln,
    } in frequencies
    {
        let (both, own) = (ln_gamma(p * x + q), ln_gamma(p * x));
        let ln_m = sum_of_ln / buyers;
        sum.add(
            *buyers,
            &Curve {
                value: both.value - own.value - of_q.value
                    + q * v.ln()
                    + (p * x - 1.0) * ln_m
                    + p * x * x.ln(),
                gradient: [
                    x * (both.first - own.first + ln_m + x.ln()),
                    both.first - of_q.first + v.ln(),
                    q / v,
                ],
                hessian: [
                    [x * x * (both.second - own.second), x * both.second, 0.0],
                    [0.0, both.second - of_q.second, v.recip()],
                    [0.0, 0.0, -q / (v * v)],
                ],
            },
        );
    }
    sum
}

/// Adds −(px + q)·ln(v + m·x), so many times.
#[inline]
fn amounts([p, q, v]: [f64; 3], spend: &Spend, count: f64, sum: &mut Curve<3>) {
    let x = f64::from(spend.purchases());
    let (shape, scale) = (p * x + q, v + spend.mean() * x);
    let (ln_scale, by_scale) = (count * scale.ln(), scale.recip());
    sum.value -= shape * ln_scale;
    sum.gradient[0] -= x * ln_scale;
    sum.gradient[1] -= ln_scale;
    sum.gradient[2] -= count * shape * by_scale;
    sum.hessian[0][2] -= count * x * by_scale;
    sum.hessian[1][2] -= count * by_scale;
    sum.hessian[2][2] += count * shape * by_scale * by_scale;
}
