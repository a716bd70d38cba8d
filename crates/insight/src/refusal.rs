//! Why there is no number.

use std::fmt;

/// Fewer buyers than this are not enough to learn parameters from.
pub(crate) const FEWEST: u64 = 100;

/// Why there is no number. A refusal is an answer: fall back on averages, and say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// So few say too little.
    TooFew {
        /// Buyers that there are; of a model of amounts those who bought again.
        found: u64,
        /// Buyers that it takes.
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
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFew { found, needed } => write!(f, "{found} of at least {needed} buyers"),
            Self::NoRepeats => f.write_str("nobody bought a second time"),
            Self::NotIdentified { parameter } => write!(f, "the data do not tell {parameter}"),
            Self::NotConverged => f.write_str("the search for the parameters came to no end"),
            Self::InfiniteMean => f.write_str("the mean of the amounts has no bound"),
            Self::Impossible { what } => write!(f, "cannot be: {what}"),
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
