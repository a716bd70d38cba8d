//! A customer by its prospects: whether its market grows, and whether our product has good prospects there.
//!
//! Does not say what growth is high: the cut is the organization's.

use super::Degree;
use crate::choice;
use crate::text::Key;

choice! {
    /// What kind of customer the prospects make.
    Outlook: "outlook" { Star = "star", Mature = "mature", Danger = "danger", Dog = "dog" }
}

impl Outlook {
    /// By the growth of the customer's market and the outlook of our product in it, where high is good.
    pub const fn of(market_growth: Degree, product_outlook: Degree) -> Self {
        match (market_growth, product_outlook) {
            (Degree::High, Degree::High) => Self::Star,
            (Degree::Low, Degree::High) => Self::Mature,
            (Degree::High, Degree::Low) => Self::Danger,
            (Degree::Low, Degree::Low) => Self::Dog,
        }
    }

    /// What to do about such a customer.
    pub const fn advice(self) -> Key {
        match self {
            Self::Star => Key::OutlookAdviceStar,
            Self::Mature => Key::OutlookAdviceMature,
            Self::Danger => Key::OutlookAdviceDanger,
            Self::Dog => Key::OutlookAdviceDog,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outlook_has_its_class() {
        use Degree::{High, Low};
        for (market_growth, product_outlook, class) in [
            (High, High, Outlook::Star),
            (Low, High, Outlook::Mature),
            (High, Low, Outlook::Danger),
            (Low, Low, Outlook::Dog),
        ] {
            assert_eq!(Outlook::of(market_growth, product_outlook), class);
        }
    }
}
