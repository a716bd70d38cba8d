//! Which customers are worth the effort, and what to do about each: classifications by rule.
//!
//! What is known comes in as [`Answer`]s (yes, no, not known yet), or as [`Degree`]s (high, low), ratings and margins that are missing where
//! they are not known. A class comes out, a word with a label and an advice in both languages. Every rule is a total function: there is an
//! outcome for every input, and a test goes through all of them.
//!
//! What is not known is never taken for a no. All rules say the same three things of it: `class` (`verdict`, `cell`) is told once what is
//! not known cannot change it; before that `classes` tells the [`Range`] of what it can still be; and the next question is the
//! first that still matters. The exceptions are two: a customer of whom only the attitude is not known has cells of its own in the
//! [`loyalty_matrix`], because lists and stages show them; and which product to ask about for the [`product_mix`] is for whoever knows the products.
//!
//! | module | from | to |
//! |---|---|---|
//! | [`man`] | money, authority, need | prospect or not, the next step |
//! | [`porter`] | four ratings of 1 to 5 | how attractive to choose |
//! | [`ideal`] | six marks of an ideal customer, three signs of a bad one | ideal, not ideal, bad |
//! | [`loyalty_matrix`] | attitude × behaviour | true, latent, spurious, no loyalty; two more where the attitude is not known |
//! | [`product_mix`] | what the products that it buys bring | gold, silver, ordinary, danger, drop |
//! | [`outlook`] | growth of its market × outlook of our product there | star, mature, danger, dog |
//! | [`value_matrix`] | value now × value to come | four cells |
//!
//! Classes ascend: of two that can be compared, the worse is the lesser.
//!
//! Does not know where the facts come from, nor who decides: an advice is not a rule.
//!
//! By hand: a lead has money, nobody asked who decides, and it needs what we offer. Two yes are certain, so it is promising at worst and ideal
//! at best; the next step is to ask who decides. The answer "not this one" makes it promising, with the advice to find who does.

use crate::choice;

pub mod ideal;
pub mod loyalty_matrix;
pub mod man;
pub mod outlook;
pub mod porter;
pub mod product_mix;
pub mod value_matrix;

choice! {
    /// What is known of a question.
    Answer: "answer" { Unknown = "unknown", Yes = "yes", No = "no" }
}

impl Answer {
    /// The same, with what is not known taken for a yes, or for a no.
    #[must_use]
    const fn taken(self, unknown: Self) -> Self {
        match self {
            Self::Unknown => unknown,
            known => known,
        }
    }
}

choice! {
    /// On which side of a stated cut something lies.
    Degree: "degree" { Low = "low", High = "high" }
}

impl Degree {
    /// High if so.
    pub const fn high_if(is_high: bool) -> Self {
        if is_high { Self::High } else { Self::Low }
    }
}

/// What something can still be while not everything is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range<T> {
    /// At worst.
    pub worst: T,
    /// At best.
    pub best: T,
}

impl<T: PartialEq> Range<T> {
    /// What it is, once it can be nothing else.
    pub fn only(self) -> Option<T> {
        (self.worst == self.best).then_some(self.best)
    }
}

/// What a degree can be, where high is good.
fn range(degree: Option<Degree>) -> Range<Degree> {
    Range {
        worst: degree.unwrap_or(Degree::Low),
        best: degree.unwrap_or(Degree::High),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Key, Language};

    #[test]
    fn classes_ascend() {
        macro_rules! worst_and_best {
            ($($class:ty: $worst:ident < $best:ident),* $(,)?) => {
                $(
                    assert_eq!(<$class>::ALL.iter().min(), Some(&<$class>::$worst));
                    assert_eq!(<$class>::ALL.iter().max(), Some(&<$class>::$best));
                    assert!(<$class>::ALL.is_sorted());
                )*
            };
        }
        worst_and_best!(
            man::ManVerdict: NotACustomer < Ideal,
            porter::PorterClass: Poor < Attractive,
            ideal::IdealClass: Bad < Ideal,
            loyalty_matrix::LoyaltyCell: Unknown < True,
            product_mix::ProductMix: Drop < Gold,
            outlook::Outlook: Dog < Star,
            value_matrix::ValueCell: Economise < Protect,
            Degree: Low < High,
        );
    }

    #[test]
    fn every_class_has_the_advice_of_its_own_word_in_both_languages() {
        let mut said = Vec::new();
        let mut check = |table: &str, word: &str, advice: Key| {
            assert_eq!(Key::find(&format!("{table}.{word}")), Some(advice));
            said.extend(Language::ALL.map(|language| (language, advice.text(language))));
        };
        macro_rules! check {
            ($($class:ty: $table:literal),* $(,)?) => {
                $(for class in <$class>::ALL { check($table, class.as_str(), class.advice()); })*
            };
        }
        check!(
            porter::PorterClass: "porter_advice",
            ideal::IdealClass: "ideal_advice",
            loyalty_matrix::LoyaltyCell: "loyalty_advice",
            product_mix::ProductMix: "mix_advice",
            outlook::Outlook: "outlook_advice",
            value_matrix::ValueCell: "value_advice",
        );
        let labels = man::ManAdvice::ALL.iter().map(|advice| advice.label());
        said.extend(
            labels.flat_map(|key| Language::ALL.map(|language| (language, key.text(language)))),
        );
        let questions = [
            man::ManQuestion::CHOICES,
            outlook::OutlookQuestion::CHOICES,
            value_matrix::ValueQuestion::CHOICES,
        ];
        let labels = questions.into_iter().flatten().map(|choice| choice.label);
        said.extend(
            labels.flat_map(|key| Language::ALL.map(|language| (language, key.text(language)))),
        );
        assert!(said.iter().all(|(_, text)| !text.is_empty()));
        let count = said.len();
        let different: std::collections::HashSet<_> = said.into_iter().collect();
        assert_eq!(different.len(), count, "two say the same");
        assert_eq!(count, 2 * (3 + 3 + 6 + 5 + 4 + 4 + 8 + 3 + 2 + 6));
    }
}
