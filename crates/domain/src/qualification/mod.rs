//! Which customers are worth the effort, and what to do about each: classifications by rule.
//!
//! Answers come in as [`Answer`]s (yes, no, not known yet), [`Degree`]s (high, low) or ratings; a class comes out, a word with
//! a label and an advice in both languages. Every rule is a total function: there is an outcome for every input, and a test goes through
//! all of them. What is not known is never taken for a no: a class that depends on it is not told, but the worst and
//! best that it can still be, and what to ask next.
//!
//! | module | from | to |
//! |---|---|---|
//! | [`man`] | money, authority, need | prospect or not, the next step |
//! | [`porter`] | four ratings of 1 to 5 | how attractive to choose |
//! | [`ideal`] | six marks of an ideal customer, three signs of a bad one | ideal, may be, not, bad |
//! | [`loyalty_matrix`] | attitude × behaviour | true, latent, spurious, none; attitude may be unknown |
//! | [`product_mix`] | what the products that it buys bring | gold, silver, ordinary, danger, drop |
//! | [`outlook`] | growth of its market × outlook of our product there | star, mature, danger, dog |
//! | [`value_matrix`] | value now × value to come | four cells |
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Key, Language};

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
        let count = said.len();
        let different: std::collections::HashSet<_> = said.into_iter().collect();
        assert_eq!(different.len(), count, "two classes say the same");
        assert_eq!(count, 2 * (3 + 4 + 6 + 5 + 4 + 4 + 8));
    }
}
