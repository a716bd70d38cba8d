//! What buyers will be worth: customer lifetime value, discounted by a convention that is told with it.
//!
//! ```text
//! CLV = Σ_k [ margin · (E[X(t_k)] − E[X(t_(k−1))]) − cost to serve ] / (1 + d)^k
//! ```
//!
//! Time is cut into equal steps; what comes in a step counts at its end. "Twelve months' CLV" is not one number: with months of
//! 4.345 weeks at 1 % it is about 0.8 % more than with 52 weeks at 15 % a year, so a [`Convention`] goes with each value and can
//! be printed. The margin is what the amounts given to [`GammaGamma`] were; with revenue it is not a value.
//!
//! **How sure a value is**, one buyer's or the sum of many, tell the two [fits](crate::fit::Fit::standard_error_of) that it comes
//! from: √(error by the model of purchases² + error by the model of amounts²). The first asks for all values eight times, the
//! second six times; many buyers are asked for in portions, whose [slopes](crate::fit::Fit::slopes_of) add.
//!
//! ```
//! # use perennial_insight::{Refusal, bg_nbd::BgNbd, fit::Fit, gamma_gamma::GammaGamma};
//! # use perennial_insight::value::{Buyer, Convention, Valuation};
//! # use std::num::NonZeroUsize;
//! fn equity(purchases: &BgNbd, spend: &GammaGamma, convention: Convention, buyers: &[Buyer]) -> f64 {
//!     Valuation::new(purchases, spend, convention).values(buyers, NonZeroUsize::MIN).iter().sum()
//! }
//! fn error(purchases: &Fit<BgNbd, 4>, spend: &Fit<GammaGamma, 3>, convention: Convention, buyers: &[Buyer]) -> Result<f64, Refusal> {
//!     let by_purchases = purchases.standard_error_of(|model| equity(model, &spend.model, convention, buyers))?;
//!     let by_spend = spend.standard_error_of(|model| equity(&purchases.model, model, convention, buyers))?;
//!     Ok(by_purchases.hypot(by_spend))
//! }
//! ```
//!
//! **What it does not know.** What comes after the last step, what winning the buyer did cost, and how it would answer to being
//! served otherwise. The cost to serve is what each step costs, whether or not the buyer still buys.
//!
//! By hand, after BG/NBD's example (r = α = a = b = 1, somebody new, ln 2 purchases in the first week): one step of a week at
//! 25 %, 10 a purchase and 2 to serve are worth (10·ln 2 − 2)/1.25.
//!
//! ```
//! use perennial_insight::bg_nbd::BgNbd;
//! use perennial_insight::gamma_gamma::GammaGamma;
//! use perennial_insight::history::History;
//! use perennial_insight::value::{Buyer, Convention, Valuation};
//! # fn main() -> Result<(), perennial_insight::Refusal> {
//! let purchases = BgNbd::new([1.0; 4])?;
//! let spend = GammaGamma::new([2.0, 3.0, 10.0])?;
//! let convention = Convention::new(1, 1.0, 0.25)?;
//! let valuation = Valuation::new(&purchases, &spend, convention);
//! let new = Buyer { history: History::new(0, 0.0, 0.0)?, spend: None, cost_to_serve: 2.0 };
//! let known = (10.0 * std::f64::consts::LN_2 - 2.0) / 1.25;
//! assert!((valuation.value(&new) - known).abs() < 1e-14);
//! assert_eq!(convention.to_string(), "1 step of 1 weeks, each counted at its end and discounted by 25 % a step");
//! # Ok(())
//! # }
//! ```

use std::fmt;
use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use crate::gamma_gamma::GammaGamma;
use crate::history::{History, Spend};
use crate::parallel;
use crate::prediction::{CENTURY, PurchaseModel};
use crate::refusal::{Refusal, ensure, ensure_not_negative, ensure_positive};

/// Steps whose expected purchases are asked for together.
const TOGETHER: usize = 12;
/// Weeks of a month, a twelfth of a Julian year.
const MONTH: f64 = 365.25 / 7.0 / 12.0;
/// The most steps: the months of a century.
const MOST: u16 = 1200;

/// How the future is cut and discounted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Kept")]
pub struct Convention {
    steps: u16,
    weeks: f64,
    rate: f64,
}

/// A convention as it is read, before anything is known to be right.
#[derive(Deserialize)]
struct Kept {
    steps: u16,
    weeks: f64,
    rate: f64,
}

impl TryFrom<Kept> for Convention {
    type Error = Refusal;

    fn try_from(Kept { steps, weeks, rate }: Kept) -> Result<Self, Refusal> {
        Self::new(steps, weeks, rate)
    }
}

impl Convention {
    /// So many steps of so many weeks, discounted by `rate` a step: 0.01 for 1 %.
    ///
    /// # Errors
    /// [`Refusal::OffTheScale`] for no steps or more than 1200, or more than a century together; [`Refusal::NotPositive`] for
    /// steps of no length, [`Refusal::Negative`] for a rate below zero, [`Refusal::NotFinite`] for what is no number.
    pub fn new(steps: u16, weeks: f64, rate: f64) -> Result<Self, Refusal> {
        ensure_positive(&[weeks])?;
        ensure_not_negative(rate)?;
        let is_in_time = f64::from(steps) * weeks <= CENTURY;
        ensure(
            (1..=MOST).contains(&steps) && is_in_time,
            Refusal::OffTheScale,
        )?;
        Ok(Self { steps, weeks, rate })
    }

    /// So many months of 365.25/12 days, discounted by `rate` a year: 0.1 for 10 %.
    ///
    /// # Errors
    /// As for [`new`](Self::new).
    pub fn months(months: u16, rate: f64) -> Result<Self, Refusal> {
        ensure_not_negative(rate)?;
        Self::new(months, MONTH, (rate.ln_1p() / 12.0).exp_m1())
    }

    /// How many steps.
    pub const fn steps(&self) -> u16 {
        self.steps
    }

    /// Weeks of a step.
    pub const fn weeks(&self) -> f64 {
        self.weeks
    }

    /// The discount of a step: 0.01 for 1 %.
    pub const fn rate(&self) -> f64 {
        self.rate
    }

    /// The discount of a Julian year, 365.25 days, that the steps' come to: 0.1 for 10 %.
    pub fn yearly_rate(&self) -> f64 {
        (self.rate.ln_1p() * 12.0 * MONTH / self.weeks).exp_m1()
    }

    /// What counts at the end of this step is worth now.
    fn factor(&self, step: u16) -> f64 {
        (1.0 + self.rate).powi(-i32::from(step))
    }
}

/// For a log, in English. Whoever shows it to people says it in their language, out of the four numbers above.
impl fmt::Display for Convention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let round = |number: f64| (number * 1e4).round() / 1e4;
        let plural = if self.steps == 1 { "" } else { "s" };
        let (weeks, rate) = (round(self.weeks), round(self.rate * 100.0));
        write!(
            f,
            "{} step{plural} of {weeks} weeks, each counted at its end and discounted by {rate} % a step",
            self.steps
        )
    }
}

/// A buyer to be valued.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Buyer {
    /// How it bought.
    pub history: History,
    /// What it spent; none where it never bought again.
    pub spend: Option<Spend>,
    /// What it costs in each step of the convention, in the money of the amounts.
    pub cost_to_serve: f64,
}

/// Values buyers by one model of purchases, one of amounts, and one convention.
#[derive(Clone, Debug)]
pub struct Valuation<'a, M> {
    purchases: &'a M,
    spend: &'a GammaGamma,
    convention: Convention,
    /// The ends of the steps, and how much the purchases expected *until* each weigh.
    ends: Vec<([f64; TOGETHER], [f64; TOGETHER])>,
    /// What one unit of money a step is worth.
    annuity: f64,
}

impl<'a, M: PurchaseModel> Valuation<'a, M> {
    /// Prepares what is the same for all buyers.
    pub fn new(purchases: &'a M, spend: &'a GammaGamma, convention: Convention) -> Self {
        let steps = convention.steps;
        // Σ (E_k − E_(k−1))·f_k is Σ E_k·(f_k − f_(k+1)): no small differences of large numbers. Places beyond the last step
        // weigh nothing.
        let end = |step: u16| f64::from(step.min(steps)) * convention.weeks;
        let weight = |step: u16| match step.cmp(&steps) {
            std::cmp::Ordering::Less => convention.factor(step) - convention.factor(step + 1),
            std::cmp::Ordering::Equal => convention.factor(step),
            std::cmp::Ordering::Greater => 0.0,
        };
        let firsts = (0..steps).step_by(TOGETHER);
        let places = |first: u16| std::array::from_fn(|place| first + 1 + place as u16);
        let ends = firsts.map(|first| (places(first).map(end), places(first).map(weight)));
        Self {
            purchases,
            spend,
            convention,
            ends: ends.collect(),
            annuity: (1..=steps).map(|step| convention.factor(step)).sum(),
        }
    }

    /// How the values are counted: to be told with each.
    pub const fn convention(&self) -> Convention {
        self.convention
    }

    /// The expected purchases, each worth what its step's discount leaves of it.
    pub fn discounted_purchases(&self, history: &History) -> f64 {
        let discounted = |(ends, weights): &([f64; TOGETHER], [f64; TOGETHER])| {
            let expected = self.purchases.expected_by(history, *ends);
            expected
                .iter()
                .zip(weights)
                .map(|(a, b)| a * b)
                .sum::<f64>()
        };
        self.ends.iter().map(discounted).sum()
    }

    /// What the buyer will be worth: CLV, in the money of the amounts.
    pub fn value(&self, buyer: &Buyer) -> f64 {
        let margin = self.spend.expected_spend(buyer.spend.as_ref());
        margin * self.discounted_purchases(&buyer.history) - buyer.cost_to_serve * self.annuity
    }

    /// What each of them will be worth, in their order. Buyers are valued one by one: give them in portions to keep none, the
    /// bits are the same for any portions and any number of threads.
    pub fn values(&self, buyers: &[Buyer], threads: NonZeroUsize) -> Vec<f64> {
        parallel::map(buyers, threads, |buyer| self.value(buyer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bg_nbd::BgNbd;
    use crate::pareto_nbd::ParetoNbd;

    fn setting() -> (BgNbd, GammaGamma, History) {
        let purchases = BgNbd::new([0.25, 4.4, 0.8, 2.4]).expect("parameters");
        let spend = GammaGamma::new([6.25, 3.75, 15.4]).expect("parameters");
        (
            purchases,
            spend,
            History::new(3, 20.0, 31.0).expect("a history"),
        )
    }

    /// The sum of the module's page, term by term.
    fn plainly(model: &impl PurchaseModel, history: &History, convention: Convention) -> f64 {
        let (weeks, rate) = (convention.weeks(), convention.rate());
        let until = |step: u16| model.expected_purchases(history, f64::from(step) * weeks);
        let step = |k: u16| (until(k) - until(k - 1)) / (1.0 + rate).powi(i32::from(k));
        (1..=convention.steps()).map(step).sum()
    }

    #[test]
    fn steps_taken_together_come_to_the_plain_sum() {
        let (model, spend, history) = setting();
        let pareto = ParetoNbd::new([0.55, 10.6, 0.6, 11.7]).expect("parameters");
        for (steps, weeks, rate) in [
            (1, 52.0, 0.1),
            (12, 4.345, 0.01),
            (13, 4.0, 0.0),
            (36, 4.348, 0.008),
            (520, 1.0, 0.002),
        ] {
            let convention = Convention::new(steps, weeks, rate).expect("a convention");
            let near = |found: f64, known: f64| (found / known - 1.0).abs() < 1e-12;
            let bg = Valuation::new(&model, &spend, convention).discounted_purchases(&history);
            assert!(
                near(bg, plainly(&model, &history, convention)),
                "{convention}"
            );
            let pareto_value =
                Valuation::new(&pareto, &spend, convention).discounted_purchases(&history);
            assert!(
                near(pareto_value, plainly(&pareto, &history, convention)),
                "{convention}"
            );
        }
    }

    #[test]
    fn without_a_discount_it_is_what_is_expected_less_what_it_costs() {
        let (model, spend, history) = setting();
        let convention = Convention::new(10, 3.0, 0.0).expect("a convention");
        let buyer = Buyer {
            history,
            spend: Spend::new(3, 40.0).ok(),
            cost_to_serve: 1.5,
        };
        let known = model.expected_purchases(&history, 30.0)
            * spend.expected_spend(buyer.spend.as_ref())
            - 15.0;
        let value = Valuation::new(&model, &spend, convention).value(&buyer);
        assert!((value - known).abs() < 1e-12);
    }

    #[test]
    fn a_year_of_months_is_discounted_by_the_yearly_rate() {
        let months = Convention::months(36, 0.1).expect("a convention");
        assert_eq!(months.steps(), 36);
        assert!((months.weeks() * 12.0 * 7.0 - 365.25).abs() < 1e-12);
        assert!(((1.0 + months.rate()).powi(12) - 1.1).abs() < 1e-14);
        assert!((months.yearly_rate() - 0.1).abs() < 1e-14);
        // 52.178… weeks of 0.2 % each.
        let weeks = Convention::new(4, 1.0, 0.002).expect("a convention");
        assert!((weeks.yearly_rate() - (1.002_f64.powf(365.25 / 7.0) - 1.0)).abs() < 1e-14);
    }

    #[test]
    fn what_is_no_convention_is_refused() {
        for (steps, weeks, rate, why) in [
            (0, 1.0, 0.1, Refusal::OffTheScale),
            (1201, 1.0, 0.1, Refusal::OffTheScale),
            (1, 0.0, 0.1, Refusal::NotPositive),
            (1, -1.0, 0.1, Refusal::NotPositive),
            (1, f64::NAN, 0.1, Refusal::NotFinite),
            (1000, 52.0, 0.1, Refusal::OffTheScale),
            (1, 1.0, -0.1, Refusal::Negative),
            (1, 1.0, f64::NAN, Refusal::NotFinite),
            (1, 1.0, f64::INFINITY, Refusal::NotFinite),
        ] {
            assert_eq!(Convention::new(steps, weeks, rate), Err(why));
        }
        assert_eq!(Convention::months(36, -0.1), Err(Refusal::Negative));
    }
}
