//! Why there is no number.

use std::fmt;

/// Fewer buyers than this are not enough to learn parameters from.
pub(crate) const FEWEST: u64 = 100;

/// Why there is no number. A refusal is an answer: fall back on averages, and say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// So few say too little.
    TooFew {
        /// How many there are: buyers, of a model of amounts those who bought again, or answers.
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
    /// A number that cannot be: below zero, not finite, or against the others.
    Impossible {
        /// What the number is.
        what: &'static str,
    },
    /// A number is infinite or no number at all.
    NotFinite,
    /// Something that cannot be below zero is.
    Negative,
    /// Everything adds up to nothing, so nothing has a share in it.
    NothingToShare,
    /// An answer, a rate or a count lies outside what it can be.
    OffTheScale,
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
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFew { found, needed } => write!(f, "{found} of at least {needed}"),
            Self::NoRepeats => f.write_str("nobody bought a second time"),
            Self::NotIdentified { parameter } => write!(f, "the data do not tell {parameter}"),
            Self::NotConverged => f.write_str("the search for the parameters came to no end"),
            Self::InfiniteMean => f.write_str("the mean of the amounts has no bound"),
            Self::Impossible { what } => write!(f, "cannot be: {what}"),
            Self::NotFinite => f.write_str("a number is not finite"),
            Self::Negative => f.write_str("a number that cannot be below zero is"),
            Self::NothingToShare => f.write_str("everything adds up to nothing"),
            Self::OffTheScale => f.write_str("a number lies outside its scale"),
            Self::Ragged => f.write_str("answers and questions are not equally many"),
            Self::OutOfOrder => f.write_str("the order of time is not kept"),
            Self::NotAsked => f.write_str("a part of the model was not asked"),
            Self::NoVariation => f.write_str("all answers are the same"),
            Self::NotOneThing => f.write_str("the questions do not all rise together"),
            Self::Collinear => f.write_str("causes cannot be told apart"),
            Self::OneDecides => f.write_str("one respondent alone decides"),
        }
    }
}

impl std::error::Error for Refusal {}

/// Refuses what is not so.
pub(crate) fn ensure(holds: bool, what: &'static str) -> Result<(), Refusal> {
    if holds {
        Ok(())
    } else {
        Err(Refusal::Impossible { what })
    }
}

/// Refuses to learn from too few.
pub(crate) fn enough(found: u64) -> Result<(), Refusal> {
    if found < FEWEST {
        return Err(Refusal::TooFew {
            found,
            needed: FEWEST,
        });
    }
    Ok(())
}

/// Refuses parameters that are not positive numbers.
pub(crate) fn ensure_positive(parameters: &[f64], what: &'static str) -> Result<(), Refusal> {
    let is_fine = |value: &f64| value.is_finite() && *value > 0.0;
    ensure(parameters.iter().all(is_fine), what)
}
