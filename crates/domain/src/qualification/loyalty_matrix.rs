//! The loyalty matrix: how a customer thinks of us, relative to rivals, against how it buys.
//!
//! Attitude is high if it rates us above the best rival it rated (mean of own − best rival above 0); where no rival was asked about, if
//! it would recommend us with 9 or 10. Behaviour is high with purchases on 4 days or more in 12 months. The three cuts are settings
//! ([`LoyaltyCuts`]). Where nobody asked, attitude is not known, which most customers' is: a state of its own that lists show. Who buys often is
//! then loyal by behaviour, and nobody claims more; the advice says what to ask, and the two cells that it may be are told as everywhere.
//!
//! A map, not a predictor: such cells say badly who will stay (East and others 2005).
//! Source: Dick and Basu 1994, *Journal of the Academy of Marketing Science* 22(2), 99–113; the cuts are ours.

use serde::{Deserialize, Serialize};

use super::{Degree, Range, range};
use crate::text::Key;
use crate::{Decimal, choice};

choice! {
    /// Where a customer stands in the matrix: the cells of who was not asked, then the four from the worst to the best.
    LoyaltyCell: "loyalty_cell" {
        Unknown = "unknown", Behavioural = "behavioural", NoLoyalty = "no_loyalty", Spurious = "spurious", Latent = "latent", True = "true",
    }
}

/// An answer to "would you recommend us?": a whole number from 0 (never) to 10 (certainly).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Recommendation(u8);

/// A number that is no such answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotARecommendation;

impl std::fmt::Display for NotARecommendation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a whole number from 0 to 10")
    }
}

impl std::error::Error for NotARecommendation {}

impl TryFrom<u8> for Recommendation {
    type Error = NotARecommendation;

    fn try_from(number: u8) -> Result<Self, NotARecommendation> {
        (number <= 10)
            .then_some(Self(number))
            .ok_or(NotARecommendation)
    }
}
impl From<Recommendation> for u8 {
    fn from(recommendation: Recommendation) -> Self {
        recommendation.0
    }
}

/// Where high begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LoyaltyCuts {
    /// Attitude is high if the lead over the best rival is greater than this.
    pub lead: Decimal,
    /// Or, where no rival was asked about, if the answer to "would you recommend us?" is this or more.
    pub recommendation: Recommendation,
    /// Behaviour is high with purchases on so many days or more …
    pub purchase_days: u32,
    /// … in so many months.
    pub months: u32,
}

impl Default for LoyaltyCuts {
    fn default() -> Self {
        Self {
            lead: Decimal::default(),
            recommendation: Recommendation(9),
            purchase_days: 4,
            months: 12,
        }
    }
}

/// What surveys and purchases say of a customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoyaltyEvidence {
    /// Its mean of what it gave us less what it gave the best rival, if it was asked about rivals.
    pub lead: Option<Decimal>,
    /// Its latest answer to "would you recommend us?", if it was asked.
    pub recommendation: Option<Recommendation>,
    /// On how many days it bought in the [months](LoyaltyCuts::months) of the cut.
    pub purchase_days: u32,
}

impl LoyaltyEvidence {
    /// How it thinks of us; none where nobody asked.
    pub fn attitude(&self, cuts: &LoyaltyCuts) -> Option<Degree> {
        let by_lead = self.lead.map(|lead| lead > cuts.lead);
        let by_recommendation = self
            .recommendation
            .map(|answer| answer >= cuts.recommendation);
        by_lead.or(by_recommendation).map(Degree::high_if)
    }

    /// Where it stands: one of the four cells, or one of the two of those who were not asked.
    pub fn cell(&self, cuts: &LoyaltyCuts) -> LoyaltyCell {
        LoyaltyCell::of(self.attitude(cuts), self.behaviour(cuts))
    }

    /// The worst and the best of the four cells that what is known leaves.
    pub fn cells(&self, cuts: &LoyaltyCuts) -> Range<LoyaltyCell> {
        let attitude = range(self.attitude(cuts));
        let behaviour = self.behaviour(cuts);
        Range {
            worst: LoyaltyCell::of(Some(attitude.worst), behaviour),
            best: LoyaltyCell::of(Some(attitude.best), behaviour),
        }
    }

    /// How it buys.
    pub const fn behaviour(&self, cuts: &LoyaltyCuts) -> Degree {
        Degree::high_if(self.purchase_days >= cuts.purchase_days)
    }
}

impl LoyaltyCell {
    /// The cell of an attitude, if it is known, and a behaviour.
    const fn of(attitude: Option<Degree>, behaviour: Degree) -> Self {
        match (attitude, behaviour) {
            (Some(Degree::High), Degree::High) => Self::True,
            (Some(Degree::High), Degree::Low) => Self::Latent,
            (Some(Degree::Low), Degree::High) => Self::Spurious,
            (Some(Degree::Low), Degree::Low) => Self::NoLoyalty,
            (None, Degree::High) => Self::Behavioural,
            (None, Degree::Low) => Self::Unknown,
        }
    }

    /// What to do about such a customer.
    pub const fn advice(self) -> Key {
        match self {
            Self::True => Key::LoyaltyAdviceTrue,
            Self::Latent => Key::LoyaltyAdviceLatent,
            Self::Spurious => Key::LoyaltyAdviceSpurious,
            Self::NoLoyalty => Key::LoyaltyAdviceNoLoyalty,
            Self::Behavioural => Key::LoyaltyAdviceBehavioural,
            Self::Unknown => Key::LoyaltyAdviceUnknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attitude_and_behaviour_has_its_cell() {
        use Degree::{High, Low};
        for (attitude, behaviour, cell, worst, best) in [
            (Some(High), High, "true", "true", "true"),
            (Some(High), Low, "latent", "latent", "latent"),
            (Some(Low), High, "spurious", "spurious", "spurious"),
            (Some(Low), Low, "no_loyalty", "no_loyalty", "no_loyalty"),
            (None, High, "behavioural", "spurious", "true"),
            (None, Low, "unknown", "no_loyalty", "latent"),
        ] {
            let evidence = LoyaltyEvidence {
                lead: None,
                recommendation: attitude
                    .map(|attitude| Recommendation(if attitude == High { 9 } else { 8 })),
                purchase_days: if behaviour == High { 4 } else { 3 },
            };
            let cuts = LoyaltyCuts::default();
            assert_eq!(evidence.cell(&cuts).as_str(), cell);
            let left = evidence.cells(&cuts);
            assert_eq!((left.worst.as_str(), left.best.as_str()), (worst, best));
        }
    }

    #[test]
    fn high_begins_where_the_cuts_say() {
        let lead = |ten_thousandths| Some(Decimal::from_ten_thousandths(ten_thousandths));
        let cuts = LoyaltyCuts::default();
        for (asked, recommendation, attitude) in [
            (lead(1), None, Some(Degree::High)),
            (lead(0), None, Some(Degree::Low)),
            (lead(-1), None, Some(Degree::Low)),
            (None, Some(10), Some(Degree::High)),
            (None, Some(9), Some(Degree::High)),
            (None, Some(8), Some(Degree::Low)),
            (None, Some(0), Some(Degree::Low)),
            (None, None, None),
            // Who was asked about rivals is judged by that alone.
            (lead(-1), Some(10), Some(Degree::Low)),
            (lead(1), Some(0), Some(Degree::High)),
        ] {
            for (purchase_days, behaviour) in [
                (0, Degree::Low),
                (3, Degree::Low),
                (4, Degree::High),
                (u32::MAX, Degree::High),
            ] {
                let evidence = LoyaltyEvidence {
                    lead: asked,
                    recommendation: recommendation.map(Recommendation),
                    purchase_days,
                };
                assert_eq!(evidence.attitude(&cuts), attitude, "{evidence:?}");
                assert_eq!(evidence.behaviour(&cuts), behaviour, "{evidence:?}");
            }
        }
    }

    #[test]
    fn a_recommendation_is_a_number_from_0_to_10() {
        for number in 0..=u8::MAX {
            let read = serde_json::from_str::<Recommendation>(&number.to_string());
            assert_eq!(read.ok().map(u8::from), (number <= 10).then_some(number));
        }
        let cuts = serde_json::from_str::<LoyaltyCuts>(r#"{"recommendation":11}"#);
        assert!(cuts.is_err());
    }

    #[test]
    fn cuts_are_an_organization_s_own() {
        let cuts: LoyaltyCuts =
            serde_json::from_str(r#"{"lead":"0.5","purchase_days":2}"#).expect("cuts");
        assert_eq!((cuts.recommendation, cuts.months), (Recommendation(9), 12));
        let evidence = LoyaltyEvidence {
            lead: Some(Decimal::from_ten_thousandths(5_000)),
            recommendation: None,
            purchase_days: 2,
        };
        assert_eq!(evidence.attitude(&cuts), Some(Degree::Low));
        assert_eq!(evidence.behaviour(&cuts), Degree::High);
    }
}
