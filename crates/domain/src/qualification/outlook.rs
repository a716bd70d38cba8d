//! A customer by its prospects: whether its market grows, and whether our product has good prospects there.
//!
//! What is not known may be high or low: the class is told once that does not matter, before that the worst and the best that it can
//! be. Between these lie all that it can be: with neither known any of the four, with one known the two that it leaves.
//!
//! Does not say what growth is high: the cut is the organization's.

use serde::{Deserialize, Serialize};

use super::{Degree, Range, range};
use crate::choice;
use crate::text::Key;

choice! {
    /// What kind of customer the prospects make, from the worst to the best; the prospects of our product weigh more (ours).
    Outlook: "outlook" { Dog = "dog", Danger = "danger", Mature = "mature", Star = "star" }
}

choice! {
    /// What to find out about a customer's prospects.
    OutlookQuestion: "outlook_question" { ProductOutlook = "product_outlook", MarketGrowth = "market_growth" }
}

/// What is known of a customer's prospects; missing where it is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Prospects {
    /// How fast its market grows.
    pub market_growth: Option<Degree>,
    /// How good the prospects of our product are there.
    pub product_outlook: Option<Degree>,
}

impl Prospects {
    /// The class, once both are known: no two classes have both sides alike.
    pub fn class(self) -> Option<Outlook> {
        self.classes().only()
    }

    /// The worst and the best class that what is known leaves.
    pub fn classes(self) -> Range<Outlook> {
        let (growth, outlook) = (range(self.market_growth), range(self.product_outlook));
        Range {
            worst: Outlook::of(growth.worst, outlook.worst),
            best: Outlook::of(growth.best, outlook.best),
        }
    }

    /// What to find out next: first the prospects of our own product, which we know best and which weigh more (ours).
    pub const fn next_question(self) -> Option<OutlookQuestion> {
        match (self.product_outlook, self.market_growth) {
            (None, _) => Some(OutlookQuestion::ProductOutlook),
            (_, None) => Some(OutlookQuestion::MarketGrowth),
            _ => None,
        }
    }
}

impl Outlook {
    /// By the growth of the customer's market and the outlook of our product in it, where high is good.
    const fn of(market_growth: Degree, product_outlook: Degree) -> Self {
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
    fn every_combination_has_its_classes_and_next_question() {
        use Degree::{High, Low};
        use Outlook::{Danger, Dog, Mature, Star};
        use OutlookQuestion::{MarketGrowth, ProductOutlook};
        let table = [
            ((Some(High), Some(High)), (Star, Star), None),
            ((Some(Low), Some(High)), (Mature, Mature), None),
            ((Some(High), Some(Low)), (Danger, Danger), None),
            ((Some(Low), Some(Low)), (Dog, Dog), None),
            ((None, Some(High)), (Mature, Star), Some(MarketGrowth)),
            ((None, Some(Low)), (Dog, Danger), Some(MarketGrowth)),
            ((Some(High), None), (Danger, Star), Some(ProductOutlook)),
            ((Some(Low), None), (Dog, Mature), Some(ProductOutlook)),
            ((None, None), (Dog, Star), Some(ProductOutlook)),
        ];
        let mut seen = std::collections::HashSet::new();
        for ((market_growth, product_outlook), (worst, best), question) in table {
            let prospects = Prospects {
                market_growth,
                product_outlook,
            };
            assert!(seen.insert(prospects), "{prospects:?} stands there twice");
            assert_eq!(prospects.classes(), Range { worst, best }, "{prospects:?}");
            let only = Some(best).filter(|_| worst == best);
            assert_eq!(prospects.class(), only, "{prospects:?}");
            assert_eq!(prospects.next_question(), question, "{prospects:?}");
        }
        assert_eq!(seen.len(), 9);
    }
}
