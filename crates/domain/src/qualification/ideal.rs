//! The ideal customer: six marks, against three signs of a bad one.
//!
//! Ideal is who has every mark and no sign. One sign makes it bad, whatever else it is. Who lacks a mark is not ideal, which most good customers
//! are not; small is not bad, so how many marks it has is told beside. While nothing speaks against it but something is not known,
//! it may be ideal, and the next question is told.
//!
//! Does not know how marks follow from figures (what is much, what is on time); they come in answered.

use serde::{Deserialize, Serialize};

use super::Answer;
use crate::choice;
use crate::text::Key;

choice! {
    /// What marks an ideal customer.
    IdealMark: "ideal_mark" {
        BuysMuch = "buys_much", NotPriceSensitive = "not_price_sensitive", PaysOnTime = "pays_on_time",
        CheapToServe = "cheap_to_serve", LowRisk = "low_risk", LongTerm = "long_term",
    }
}

choice! {
    /// What tells a bad customer.
    BadSign: "bad_sign" { BadDebt = "bad_debt", Lawsuits = "lawsuits", BeyondUs = "beyond_us" }
}

choice! {
    /// How near a customer is to the ideal.
    IdealClass: "ideal_class" { Bad = "bad", NotIdeal = "not_ideal", MayBeIdeal = "may_be_ideal", Ideal = "ideal" }
}

impl IdealClass {
    /// What to do about such a customer.
    pub const fn advice(self) -> Key {
        match self {
            Self::Bad => Key::IdealAdviceBad,
            Self::NotIdeal => Key::IdealAdviceNotIdeal,
            Self::MayBeIdeal => Key::IdealAdviceMayBeIdeal,
            Self::Ideal => Key::IdealAdviceIdeal,
        }
    }
}

/// What is known of a customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Checklist {
    /// Whether it buys much.
    pub buys_much: Answer,
    /// Whether the price is not what it buys by.
    pub not_price_sensitive: Answer,
    /// Whether it pays on time.
    pub pays_on_time: Answer,
    /// Whether it is cheap to serve.
    pub cheap_to_serve: Answer,
    /// Whether little can go wrong with it.
    pub low_risk: Answer,
    /// Whether it wants to stay.
    pub long_term: Answer,
    /// Whether it left debts unpaid.
    pub bad_debt: Answer,
    /// Whether it goes to court.
    pub lawsuits: Answer,
    /// Whether it makes us do what we cannot.
    pub beyond_us: Answer,
}

/// What can be asked about a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdealQuestion {
    /// A mark of an ideal one.
    Mark(IdealMark),
    /// A sign of a bad one.
    Sign(BadSign),
}

impl Checklist {
    /// The six marks.
    pub const fn marks(self) -> [(IdealMark, Answer); 6] {
        [
            (IdealMark::BuysMuch, self.buys_much),
            (IdealMark::NotPriceSensitive, self.not_price_sensitive),
            (IdealMark::PaysOnTime, self.pays_on_time),
            (IdealMark::CheapToServe, self.cheap_to_serve),
            (IdealMark::LowRisk, self.low_risk),
            (IdealMark::LongTerm, self.long_term),
        ]
    }

    /// The three signs.
    pub const fn signs(self) -> [(BadSign, Answer); 3] {
        [
            (BadSign::BadDebt, self.bad_debt),
            (BadSign::Lawsuits, self.lawsuits),
            (BadSign::BeyondUs, self.beyond_us),
        ]
    }

    /// How near the customer is to the ideal, as far as is known.
    pub fn class(self) -> IdealClass {
        let (marks, signs) = (
            self.marks().map(|(_, answer)| answer),
            self.signs().map(|(_, answer)| answer),
        );
        if signs.contains(&Answer::Yes) {
            IdealClass::Bad
        } else if marks.contains(&Answer::No) {
            IdealClass::NotIdeal
        } else if marks.contains(&Answer::Unknown) || signs.contains(&Answer::Unknown) {
            IdealClass::MayBeIdeal
        } else {
            IdealClass::Ideal
        }
    }

    /// How many of the six marks it has for certain.
    pub fn met(self) -> usize {
        let marks = self.marks().into_iter();
        marks.filter(|(_, answer)| *answer == Answer::Yes).count()
    }

    /// What to ask next: signs first, for one of them settles it.
    pub fn next_question(self) -> Option<IdealQuestion> {
        let signs = self
            .signs()
            .map(|(sign, answer)| (IdealQuestion::Sign(sign), answer));
        let marks = self
            .marks()
            .map(|(mark, answer)| (IdealQuestion::Mark(mark), answer));
        let mut all = signs.into_iter().chain(marks);
        all.find(|(_, answer)| *answer == Answer::Unknown)
            .map(|(question, _)| question)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(answers: [Answer; 9]) -> Checklist {
        let [
            buys_much,
            not_price_sensitive,
            pays_on_time,
            cheap_to_serve,
            low_risk,
            long_term,
            bad_debt,
            lawsuits,
            beyond_us,
        ] = answers;
        Checklist {
            buys_much,
            not_price_sensitive,
            pays_on_time,
            cheap_to_serve,
            low_risk,
            long_term,
            bad_debt,
            lawsuits,
            beyond_us,
        }
    }

    #[test]
    fn every_combination_has_the_class_of_the_table() {
        // What is there at all (yes, no, unknown) among the marks, and among the signs, decides.
        let table = |marks: &str, signs: &str| match (marks, signs) {
            (_, "y" | "yn" | "y?" | "yn?") => "bad",
            ("n" | "yn" | "n?" | "yn?", "n" | "?" | "n?") => "not_ideal",
            ("y" | "?" | "y?", "?" | "n?") | ("?" | "y?", "n") => "may_be_ideal",
            ("y", "n") => "ideal",
            other => panic!("{other:?} cannot be"),
        };
        let kinds = |answers: &[Answer]| -> String {
            let kinds = [
                (Answer::Yes, 'y'),
                (Answer::No, 'n'),
                (Answer::Unknown, '?'),
            ];
            let there = kinds.into_iter().filter(|(kind, _)| answers.contains(kind));
            there.map(|(_, letter)| letter).collect()
        };
        let mut found = std::collections::BTreeMap::<_, usize>::new();
        for number in 0..3usize.pow(9) {
            let answers: [Answer; 9] =
                std::array::from_fn(|at| Answer::ALL[number / 3usize.pow(at as u32) % 3]);
            let (marks, signs) = answers.split_at(6);
            let checklist = read(answers);
            let class = checklist.class();
            assert_eq!(
                class.as_str(),
                table(&kinds(marks), &kinds(signs)),
                "{answers:?}"
            );
            let met = marks.iter().filter(|answer| **answer == Answer::Yes);
            assert_eq!(checklist.met(), met.count());
            assert_eq!(
                checklist.next_question().is_some(),
                answers.contains(&Answer::Unknown)
            );
            *found.entry(class).or_default() += 1;
        }
        // Three to the ninth in all; without a sign there are 8 of 27 ways, without a mark denied 64 of 729.
        let counts: Vec<usize> = found.into_values().collect();
        assert_eq!(counts, [19 * 729, 8 * (729 - 64), 8 * 64 - 1, 1]);
    }

    #[test]
    fn signs_are_asked_first() {
        let mut checklist = Checklist::default();
        assert_eq!(
            checklist.next_question(),
            Some(IdealQuestion::Sign(BadSign::BadDebt))
        );
        (checklist.bad_debt, checklist.lawsuits, checklist.beyond_us) =
            (Answer::No, Answer::No, Answer::No);
        assert_eq!(
            checklist.next_question(),
            Some(IdealQuestion::Mark(IdealMark::BuysMuch))
        );
        checklist.buys_much = Answer::Yes;
        let next = IdealQuestion::Mark(IdealMark::NotPriceSensitive);
        assert_eq!(checklist.next_question(), Some(next));
        // Questions stand in the order in which people read them.
        let marks = checklist.marks().map(|(mark, _)| mark);
        let signs = checklist.signs().map(|(sign, _)| sign);
        assert_eq!((&marks[..], &signs[..]), (IdealMark::ALL, BadSign::ALL));
    }
}
