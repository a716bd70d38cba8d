//! Why a measure is not told. A number that the data do not carry is worse than none.

use std::fmt;

/// Why a measure is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There are fewer than the measure needs.
    TooFew {
        /// How many it needs.
        needed: u64,
        /// How many there are.
        found: u64,
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

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooFew { needed, found } => {
                return write!(f, "{found} of at least {needed}");
            }
            Self::NotFinite => "a number is not finite",
            Self::Negative => "a number that cannot be below zero is",
            Self::NothingToShare => "everything adds up to nothing",
            Self::OffTheScale => "a number lies outside its scale",
            Self::Ragged => "answers and questions are not equally many",
            Self::OutOfOrder => "the order of time is not kept",
            Self::NotAsked => "a part of the model was not asked",
            Self::NoVariation => "all answers are the same",
            Self::NotOneThing => "the questions do not all rise together",
            Self::Collinear => "causes cannot be told apart",
            Self::OneDecides => "one respondent alone decides",
        })
    }
}

impl std::error::Error for Refused {}
