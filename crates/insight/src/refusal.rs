//! Why there is no number.

use std::fmt;

/// Fewer buyers than this are not enough to learn parameters from.
pub(crate) const FEWEST: u64 = 100;

/// Why there is no number. A refusal is an answer: fall back on averages, and say so. Its text is for a log; which it is tells
/// the variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// So few say too little.
    TooFew {
        /// How many there are: buyers, of a model of amounts those who bought again, answers, or one buyer's purchases.
        found: u64,
        /// How many it takes.
        needed: u64,
    },
    /// Nobody bought a second time, so nothing is known of how often and how long people buy.
    NoRepeats,
    /// The data do not tell this parameter: they fit about as well if it is many times larger or smaller.
    NotIdentified {
        /// The parameter's name.
        parameter: &'static str,
    },
    /// The search for the parameters came to no end.
    NotConverged,
    /// Amounts are so unequal that their mean has no bound (q ≤ 1 in the gamma-gamma model).
    InfiniteMean,
    /// A number is infinite or no number at all.
    NotFinite,
    /// Something that cannot be below zero is.
    Negative,
    /// Something that has to be above zero is not.
    NotPositive,
    /// Everything adds up to nothing, so nothing has a share in it.
    NothingToShare,
    /// An answer, a rate, a count or a time lies outside what it can be.
    OffTheScale,
    /// Two numbers tell one thing differently.
    Contradictory,
    /// Some have another number of answers than there are questions.
    Ragged,
    /// What is to be in order of time is not.
    OutOfOrder,
    /// Something that the model is made of was not asked.
    NotAsked,
    /// All answers are the same, so nothing can be seen to go with them.
    NoVariation,
    /// Questions that are to measure one thing do not all rise together.
    NotOneThing,
    /// Causes say nearly the same, so that their effects cannot be told apart.
    Collinear,
    /// One respondent alone decides an effect.
    OneDecides,
    /// The time to the next purchase has no mean, and its median would be years.
    NoDate,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFew { found, needed } => write!(f, "{found} of at least {needed}"),
            Self::NoRepeats => f.write_str("nobody bought a second time"),
            Self::NotIdentified { parameter } => write!(f, "the data do not tell {parameter}"),
            Self::NotConverged => f.write_str("the search for the parameters came to no end"),
            Self::InfiniteMean => f.write_str("the mean of the amounts has no bound"),
            Self::NotFinite => f.write_str("a number is not finite"),
            Self::Negative => f.write_str("a number that cannot be below zero is"),
            Self::NotPositive => f.write_str("a number that has to be above zero is not"),
            Self::NothingToShare => f.write_str("everything adds up to nothing"),
            Self::OffTheScale => f.write_str("a number lies outside its scale"),
            Self::Contradictory => f.write_str("two numbers contradict each other"),
            Self::Ragged => f.write_str("answers and questions are not equally many"),
            Self::OutOfOrder => f.write_str("the order of time is not kept"),
            Self::NotAsked => f.write_str("a part of the model was not asked"),
            Self::NoVariation => f.write_str("all answers are the same"),
            Self::NotOneThing => f.write_str("the questions do not all rise together"),
            Self::Collinear => f.write_str("causes cannot be told apart"),
            Self::OneDecides => f.write_str("one respondent alone decides"),
            Self::NoDate => f.write_str("the next purchase is too far and too vague for a date"),
        }
    }
}

impl std::error::Error for Refusal {}

/// Refuses what is not so.
pub(crate) fn ensure(holds: bool, refusal: Refusal) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(refusal) }
}

/// Refuses to learn from too few.
pub(crate) fn enough(found: u64) -> Result<(), Refusal> {
    let needed = FEWEST;
    ensure(found >= needed, Refusal::TooFew { found, needed })
}

/// Refuses what is no number, and below zero.
pub(crate) fn ensure_not_negative(number: f64) -> Result<(), Refusal> {
    ensure(number.is_finite(), Refusal::NotFinite)?;
    ensure(number >= 0.0, Refusal::Negative)
}

/// Refuses what is no number, and zero or below.
pub(crate) fn ensure_positive(numbers: &[f64]) -> Result<(), Refusal> {
    let all = |is_fine: fn(&f64) -> bool| numbers.iter().all(is_fine);
    ensure(all(|number| number.is_finite()), Refusal::NotFinite)?;
    ensure(all(|number| *number > 0.0), Refusal::NotPositive)
}
