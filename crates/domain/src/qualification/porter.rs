//! Porter's four criteria for choosing buyers (*Competitive Strategy*, 1980, ch. 6), each rated 1 to 5, where 5 is always best for us.
//!
//! Attractive are four ratings that come to 16 or more with none below 3; poor are 11 or less; fair is the rest (cuts are ours). Ratings that
//! are missing could be anything from 1 to 5, so a class is told as soon as they cannot change it.
//!
//! Does not weigh one criterion more than another: where one alone decides, that is a rule of one's own.

use serde::{Deserialize, Serialize};

use super::Range;
use crate::choice;
use crate::text::Key;

choice! {
    /// What a customer is rated by.
    PorterCriterion: "porter_criterion" { Fit = "fit", Growth = "growth", Position = "position", CostToServe = "cost_to_serve" }
}

choice! {
    /// Whether to choose a customer, from the least to the most attractive.
    PorterClass: "porter_class" { Poor = "poor", Fair = "fair", Attractive = "attractive" }
}

impl PorterClass {
    /// What to do about such a customer.
    pub const fn advice(self) -> Key {
        match self {
            Self::Poor => Key::PorterAdvicePoor,
            Self::Fair => Key::PorterAdviceFair,
            Self::Attractive => Key::PorterAdviceAttractive,
        }
    }
}

/// A whole number from 1 to 5; 5 is best for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Rating(u8);

/// A number that is no rating.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotARating;

impl std::fmt::Display for NotARating {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a whole number from 1 to 5")
    }
}

impl std::error::Error for NotARating {}

impl TryFrom<u8> for Rating {
    type Error = NotARating;

    fn try_from(number: u8) -> Result<Self, NotARating> {
        (1..=5)
            .contains(&number)
            .then_some(Self(number))
            .ok_or(NotARating)
    }
}
impl From<Rating> for u8 {
    fn from(rating: Rating) -> Self {
        rating.0
    }
}

/// What a customer was rated; missing where nobody has yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ratings {
    /// How well its needs fit what we can do better than others.
    pub fit: Option<Rating>,
    /// How much it may grow.
    pub growth: Option<Rating>,
    /// How little it can bargain, or wants to.
    pub position: Option<Rating>,
    /// How cheap it is to serve.
    pub cost_to_serve: Option<Rating>,
}

impl Ratings {
    const fn all(self) -> [(PorterCriterion, Option<Rating>); 4] {
        [
            (PorterCriterion::Fit, self.fit),
            (PorterCriterion::Growth, self.growth),
            (PorterCriterion::Position, self.position),
            (PorterCriterion::CostToServe, self.cost_to_serve),
        ]
    }

    /// How attractive the customer is, once missing ratings cannot change it.
    pub fn class(self) -> Option<PorterClass> {
        self.classes().only()
    }

    /// The least and the most attractive that what is known leaves.
    pub fn classes(self) -> Range<PorterClass> {
        let class = |missing: u8| {
            let ratings = self
                .all()
                .map(|(_, rating)| rating.map_or(missing, u8::from));
            match ratings.iter().sum::<u8>() {
                ..12 => PorterClass::Poor,
                16.. if ratings.iter().all(|&rating| rating >= 3) => PorterClass::Attractive,
                _ => PorterClass::Fair,
            }
        };
        Range {
            worst: class(1),
            best: class(5),
        }
    }

    /// What to rate next. Nothing once the class is told.
    pub fn next_question(self) -> Option<PorterCriterion> {
        if self.class().is_some() {
            return None;
        }
        let mut all = self.all().into_iter();
        all.find(|(_, rating)| rating.is_none())
            .map(|(criterion, _)| criterion)
    }

    /// The criteria of the lowest rating given: what to work on, or to charge for.
    pub fn weakest(self) -> Vec<PorterCriterion> {
        let given = self.all().into_iter();
        let given =
            given.filter_map(|(criterion, rating)| rating.map(|rating| (criterion, rating)));
        let least = given.clone().map(|(_, rating)| rating).min();
        given
            .filter(|(_, rating)| Some(*rating) == least)
            .map(|(criterion, _)| criterion)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratings(numbers: [u8; 4]) -> Ratings {
        let [fit, growth, position, cost_to_serve] = numbers.map(|number| number.try_into().ok());
        Ratings {
            fit,
            growth,
            position,
            cost_to_serve,
        }
    }

    /// Every combination of 1 to 5 and missing, which is 0.
    fn every() -> impl Iterator<Item = [u8; 4]> {
        (0..6u32.pow(4)).map(|number| {
            [0, 1, 2, 3].map(|place| u8::try_from(number / 6u32.pow(place) % 6).expect("a digit"))
        })
    }

    #[test]
    fn known_ratings_have_the_class_of_the_table() {
        // A cell for each sum, 4 to 20: without a rating below 3, and with one.
        let without = "        ffffaaaaa";
        let with = "ppppppppffffff   ";
        let class = |letter| match letter {
            'a' => PorterClass::Attractive,
            'f' => PorterClass::Fair,
            _ => PorterClass::Poor,
        };
        let mut seen = std::collections::HashSet::new();
        for numbers in every().filter(|numbers| !numbers.contains(&0)) {
            let row = if numbers.iter().any(|&number| number < 3) {
                with
            } else {
                without
            };
            let column = usize::from(numbers.iter().sum::<u8>() - 4);
            let letter = row.chars().nth(column).expect("a sum");
            assert_ne!(letter, ' ', "{numbers:?} cannot be");
            assert_eq!(ratings(numbers).class(), Some(class(letter)), "{numbers:?}");
            assert_eq!(ratings(numbers).next_question(), None);
            seen.insert((letter, row, column));
        }
        let cells = without.chars().chain(with.chars());
        assert_eq!(seen.len(), cells.filter(|&letter| letter != ' ').count());
    }

    #[test]
    fn a_class_is_told_once_no_missing_rating_changes_it() {
        for numbers in every().filter(|numbers| numbers.contains(&0)) {
            let fits = |full: &[u8; 4]| {
                let mut pairs = full.iter().zip(numbers);
                !full.contains(&0) && pairs.all(|(full, number)| number == 0 || *full == number)
            };
            let mut possible: Vec<PorterClass> = every()
                .filter(fits)
                .filter_map(|full| ratings(full).class())
                .collect();
            possible.sort_unstable();
            possible.dedup();
            let Range { worst, best } = ratings(numbers).classes();
            assert_eq!(Some(&worst), possible.first(), "{numbers:?}");
            assert_eq!(Some(&best), possible.last(), "{numbers:?}");
            let only = (possible.len() == 1).then_some(best);
            assert_eq!(ratings(numbers).class(), only, "{numbers:?}");
            let missing = numbers.iter().position(|&number| number == 0);
            let asked = missing.and_then(|at| PorterCriterion::ALL.get(at).copied());
            let open = asked.filter(|_| only.is_none());
            assert_eq!(ratings(numbers).next_question(), open, "{numbers:?}");
        }
    }

    #[test]
    fn the_weakest_criteria_are_those_of_the_lowest_rating() {
        let weakest = |numbers| ratings(numbers).weakest();
        assert_eq!(
            weakest([5, 2, 3, 2]),
            [PorterCriterion::Growth, PorterCriterion::CostToServe]
        );
        assert_eq!(weakest([0, 4, 0, 5]), [PorterCriterion::Growth]);
        assert_eq!(weakest([0; 4]), []);
    }

    #[test]
    fn only_one_to_five_are_ratings() {
        let read = |text| serde_json::from_str::<Rating>(text).ok().map(u8::from);
        assert_eq!(
            ["0", "1", "5", "6", "2.5"].map(read),
            [None, Some(1), Some(5), None, None]
        );
    }
}
