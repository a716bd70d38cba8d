//! The mathematics of customer value and satisfaction.
//!
//! **What it promises.** Plain functions over numbers. Whoever calls them says what the numbers are of; nothing here asks a
//! database, a clock or dice. The same input gives the same bits on every run and for any number of threads. What cannot be
//! answered is refused with a [`Refusal`] that says why: a number is never invented. Parameters come with their standard
//! errors, measures with their intervals, and whatever a fitted model predicts has a
//! [standard error](fit::Fit::standard_error_of) for the asking.
//!
//! **What it does not know.** Customers, currencies, calendars, languages. Amounts are floating-point numbers of one currency,
//! good for a prediction and not for a bill.
//!
//! **From purchases to a value.** Time is counted in weeks, from day numbers divided by seven.
//!
//! 1. [`summarise`](history::summarise) makes of a buyer's purchase days its [`History`](history::History) (repeat days, week of
//!    the last, age) and its [`Spend`](history::Spend).
//! 2. [`Grouped`](grouped::Grouped) counts equal ones while they come in, so that a million buyers are read as a stream.
//! 3. [`bg_nbd`] or [`pareto_nbd`] for purchases and [`gamma_gamma`] for amounts estimate parameters by maximum likelihood, with
//!    exact derivatives and Newton's method. A [`Fit`](fit::Fit) is the model, and how sure it and what it says are.
//! 4. A [`PurchaseModel`](prediction::PurchaseModel) predicts: purchases, the chance of one, the next one's date; of regular
//!    buyers the date is [`regularity`]'s. A [`Valuation`](value::Valuation) discounts them; their sum is customer [`equity`].
//! 5. [`holdout`] compares predictions with what came, beside a rule that needs no model.
//!
//! **Measures**, each in a module of its own that says what it means: [`rfm`], [`concentration`] (whale curve, Gini), [`investment`] (net present
//! value, payback), [`proportion`], [`net_promoter`] (with score intervals), [`satisfaction`] (weighted and latent), [`kano`].
//!
//! ```
//! use perennial_insight::bg_nbd::BgNbd;
//! use perennial_insight::history::History;
//! use perennial_insight::prediction::PurchaseModel;
//! # fn main() -> Result<(), perennial_insight::Refusal> {
//! // r and alpha: how often people buy; a and b: how they stop.
//! let model = BgNbd::new([0.5, 10.0, 1.0, 2.0])?;
//! // Bought on one day, 30 weeks ago, and never again.
//! let once = History::new(0, 0.0, 30.0)?;
//! // By hand: 1 − ((10 + 30)/(10 + 30 + 40))^0.5 = 1 − √½.
//! let chance = model.probability_of_purchase(&once, 40.0);
//! assert!((chance - (1.0 - 0.5_f64.sqrt())).abs() < 1e-15);
//! # Ok(())
//! # }
//! ```

pub mod bg_nbd;
pub mod concentration;
pub mod equity;
pub mod fit;
pub mod gamma_gamma;
pub mod grouped;
pub mod history;
pub mod holdout;
mod integral;
pub mod interval;
pub mod investment;
pub mod kano;
pub mod net_promoter;
mod optimise;
mod parallel;
pub mod pareto_nbd;
pub mod prediction;
pub mod proportion;
mod refusal;
pub mod regularity;
pub mod rfm;
pub mod satisfaction;
mod special;
pub mod value;

pub use refusal::Refusal;
