//! What a model of purchases predicts of a buyer. How sure each number is tells the [fit](crate::fit::Fit::standard_error_of).

use crate::history::History;
use crate::interval::Confidence;
use crate::refusal::{Refusal, ensure};

/// Nobody asks for more than a century, in weeks.
pub(crate) const CENTURY: f64 = 5218.0;

/// A time span as the models take it: weeks from now; below zero is none, more than a century is a century.
pub(crate) fn horizon(weeks: f64) -> f64 {
    // What is no number is none either: a comparison with it fails.
    if weeks > 0.0 { weeks.min(CENTURY) } else { 0.0 }
}

/// What is known of how often a buyer buys, while it does: the rate per week is gamma distributed with this shape and scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// r + x.
    pub shape: f64,
    /// alpha + T, weeks.
    pub scale: f64,
}

/// When the next purchase comes, in weeks from now, if the buyer still buys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NextPurchase {
    /// As probably as not it comes before this.
    pub median: f64,
    /// It comes before this with half of what the interval leaves out.
    pub earliest: f64,
    /// It comes after this with half of what the interval leaves out.
    pub latest: f64,
}

/// A model of when people buy who need not tell that they stop. Time is in weeks, counted from now.
///
/// What people should read is [`probability_of_purchase`](Self::probability_of_purchase) and
/// [`expected_purchases`](Self::expected_purchases). [`probability_alive`](Self::probability_alive) is a step on the way: in
/// the BG/NBD model it is 1 for everybody who bought once.
pub trait PurchaseModel: Sync {
    /// The probability that the buyer has not stopped for good.
    fn probability_alive(&self, history: &History) -> f64;

    /// The expected number of purchase days within each of these times, whatever their order.
    fn expected_by<const L: usize>(&self, history: &History, weeks: [f64; L]) -> [f64; L];

    /// The expected number of purchase days within that time.
    fn expected_purchases(&self, history: &History, weeks: f64) -> f64 {
        let [expected] = self.expected_by(history, [weeks]);
        expected
    }

    /// The probability that the buyer buys at all within that time.
    fn probability_of_purchase(&self, history: &History, weeks: f64) -> f64;

    /// How often the buyer buys, while it does.
    fn pace(&self, history: &History) -> Pace;

    /// When the next purchase comes if the buyer still buys: the median, and the interval that holds it with this confidence. By
    /// P(later than t) = (scale/(scale + t))^shape.
    ///
    /// # Errors
    /// [`Refusal::NoDate`] where r + x < 1, as for most who bought once: the time has no mean, and its median would be years.
    fn next_purchase(
        &self,
        history: &History,
        confidence: Confidence,
    ) -> Result<NextPurchase, Refusal> {
        let pace = self.pace(history);
        ensure(pace.shape >= 1.0, Refusal::NoDate)?;
        let outside = (1.0 - confidence.share()) / 2.0;
        let at = |later: f64| pace.scale * (-later.ln() / pace.shape).exp_m1();
        Ok(NextPurchase {
            median: at(0.5),
            earliest: at(1.0 - outside),
            latest: at(outside),
        })
    }
}
