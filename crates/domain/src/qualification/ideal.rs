//! The ideal customer: six marks, against three signs of a bad one.
//!
//! Ideal is who has every mark and no sign. One sign makes it bad, whatever else it is. Who lacks a mark is not ideal, which most good customers
//! are not; small is not bad, so how many marks it has is told beside. A mark or sign that is not known may be there or not: as long as
//! that matters the worst and the best class that it leaves are told, and the next question.
//!
//! Does not know how marks follow from figures (what is much, what is on time); they come in answered.

use serde::{Deserialize, Serialize};

use super::{Answer, Range};
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
    /// How near a customer is to the ideal, from the farthest to the nearest.
    IdealClass: "ideal_class" { Bad = "bad", NotIdeal = "not_ideal", Ideal = "ideal" }
}

impl IdealClass {
    /// What to do about such a customer.
    pub const fn advice(self) -> Key {
        match self {
            Self::Bad => Key::IdealAdviceBad,
            Self::NotIdeal => Key::IdealAdviceNotIdeal,
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

    /// How near the customer is to the ideal, once what is not known cannot change it.
    pub fn class(self) -> Option<IdealClass> {
        self.classes().only()
    }

    /// The farthest from the ideal and the nearest that what is known leaves.
    pub fn classes(self) -> Range<IdealClass> {
        let class = |mark: Answer, sign: Answer| {
            let mut marks = self.marks().into_iter();
            let mut signs = self.signs().into_iter();
            if signs.any(|(_, answer)| answer.taken(sign) == Answer::Yes) {
                IdealClass::Bad
            } else if marks.any(|(_, answer)| answer.taken(mark) == Answer::No) {
                IdealClass::NotIdeal
            } else {
                IdealClass::Ideal
            }
        };
        Range {
            worst: class(Answer::No, Answer::Yes),
            best: class(Answer::Yes, Answer::No),
        }
    }

    /// How many of the six marks it has for certain.
    pub fn met(self) -> usize {
        let marks = self.marks().into_iter();
        marks.filter(|(_, answer)| *answer == Answer::Yes).count()
    }

    /// What to ask next: signs first, for one of them settles it. Nothing once the class is told.
    pub fn next_question(self) -> Option<IdealQuestion> {
        if self.class().is_some() {
            return None;
        }
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
        // The farthest, the nearest, what to ask about.
        let table = |marks: &str, signs: &str| match (marks, signs) {
            (_, "y" | "yn" | "y?" | "yn?") => ("bad", "bad", None),
            ("n" | "yn" | "n?" | "yn?", "n") => ("not_ideal", "not_ideal", None),
            ("n" | "yn" | "n?" | "yn?", "?" | "n?") => ("bad", "not_ideal", Some("a sign")),
            ("y" | "?" | "y?", "?" | "n?") => ("bad", "ideal", Some("a sign")),
            ("?" | "y?", "n") => ("not_ideal", "ideal", Some("a mark")),
            ("y", "n") => ("ideal", "ideal", None),
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
            let (worst, best, about) = table(&kinds(marks), &kinds(signs));
            let classes = IdealClass::parse(worst).zip(IdealClass::parse(best));
            let Range {
                worst: least,
                best: most,
            } = checklist.classes();
            assert_eq!(Some((least, most)), classes, "{answers:?}");
            let only = IdealClass::parse(best).filter(|_| worst == best);
            assert_eq!(checklist.class(), only, "{answers:?}");
            let met = marks.iter().filter(|answer| **answer == Answer::Yes);
            assert_eq!(checklist.met(), met.count());
            let place = |answers: &[Answer]| {
                let unknown = |answer: &Answer| *answer == Answer::Unknown;
                answers.iter().position(unknown)
            };
            let asked = match about {
                Some("a sign") => place(signs).map(|at| IdealQuestion::Sign(BadSign::ALL[at])),
                Some(_) => place(marks).map(|at| IdealQuestion::Mark(IdealMark::ALL[at])),
                None => None,
            };
            assert_eq!(checklist.next_question(), asked, "{answers:?}");
            *found.entry(only).or_default() += 1;
        }
        // Three to the ninth in all. A sign is there in 19 of 27 ways, none for certain in 1; a mark is denied in 665 of 729.
        let counts: Vec<usize> = found.into_values().collect();
        assert_eq!(counts, [7 * 729 + 63, 19 * 729, 665, 1]);
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
