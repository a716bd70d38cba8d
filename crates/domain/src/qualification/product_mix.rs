//! What a customer's purchases bring, by what the products in them do: earn, break even or lose.
//!
//! Only which kinds it buys counts, not how much of each: one loss-maker among many that earn is a danger, and is shown. What it
//! loses or earns in sum is the contribution, which is another figure. A product whose margin is not known may do any of the three: who
//! buys nothing but what earns and one such is gold at best and a danger at worst. What to find out next is what those products cost.
//!
//! Does not know products, prices or costs: their [`Margin`]s come in.

use super::Range;
use crate::choice;
use crate::product::Margin;
use crate::text::Key;

choice! {
    /// What kind of customer the mix makes, from the least to the most welcome.
    ProductMix: "product_mix" { Drop = "drop", Danger = "danger", Ordinary = "ordinary", Silver = "silver", Gold = "gold" }
}

/// What is known of the products that a customer buys. Collected from their margins, where one that is not known is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bought {
    /// Whether one of them earns.
    pub earning: bool,
    /// Whether one breaks even.
    pub breaking_even: bool,
    /// Whether one loses.
    pub losing: bool,
    /// Whether of one the margin is not known.
    pub unknown: bool,
}

impl FromIterator<Option<Margin>> for Bought {
    fn from_iter<T: IntoIterator<Item = Option<Margin>>>(margins: T) -> Self {
        let mut bought = Self::default();
        for margin in margins {
            match margin {
                Some(Margin::Earns) => bought.earning = true,
                Some(Margin::BreaksEven) => bought.breaking_even = true,
                Some(Margin::Loses) => bought.losing = true,
                None => bought.unknown = true,
            }
        }
        bought
    }
}

impl Bought {
    /// The class, once no margin that is not known can change it; none also where nothing is bought.
    pub fn class(self) -> Option<ProductMix> {
        self.classes()?.only()
    }

    /// The least and the most welcome that what is known leaves; none where nothing is bought.
    pub const fn classes(self) -> Option<Range<ProductMix>> {
        let Self {
            earning, losing, ..
        } = self;
        // Nothing is worse than a product more that loses, nothing better than one more that earns.
        let worst = Self {
            losing: losing || self.unknown,
            ..self
        };
        let best = Self {
            earning: earning || self.unknown,
            ..self
        };
        match (worst.known(), best.known()) {
            (Some(worst), Some(best)) => Some(Range { worst, best }),
            _ => None,
        }
    }

    /// The class of what is known alone.
    const fn known(self) -> Option<ProductMix> {
        match (self.earning, self.breaking_even, self.losing) {
            (true, false, false) => Some(ProductMix::Gold),
            (true, true, false) => Some(ProductMix::Silver),
            (false, true, false) => Some(ProductMix::Ordinary),
            (true, _, true) => Some(ProductMix::Danger),
            (false, _, true) => Some(ProductMix::Drop),
            (false, false, false) => None,
        }
    }
}

impl ProductMix {
    /// What to do about such a customer.
    pub const fn advice(self) -> Key {
        match self {
            Self::Gold => Key::MixAdviceGold,
            Self::Silver => Key::MixAdviceSilver,
            Self::Ordinary => Key::MixAdviceOrdinary,
            Self::Danger => Key::MixAdviceDanger,
            Self::Drop => Key::MixAdviceDrop,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is bought: e earns, b breaks even, l loses, ? is not known; the worst and the best class.
    const TABLE: [(&str, &str, &str); 15] = [
        ("e", "gold", "gold"),
        ("eb", "silver", "silver"),
        ("b", "ordinary", "ordinary"),
        ("el", "danger", "danger"),
        ("ebl", "danger", "danger"),
        ("l", "drop", "drop"),
        ("bl", "drop", "drop"),
        ("?", "drop", "gold"),
        ("e?", "danger", "gold"),
        ("eb?", "danger", "silver"),
        ("b?", "drop", "silver"),
        ("el?", "danger", "danger"),
        ("ebl?", "danger", "danger"),
        ("l?", "drop", "danger"),
        ("bl?", "drop", "danger"),
    ];

    const fn margin(letter: char) -> Option<Margin> {
        match letter {
            'e' => Some(Margin::Earns),
            'b' => Some(Margin::BreaksEven),
            'l' => Some(Margin::Loses),
            _ => None,
        }
    }

    fn bought(letters: &str) -> Bought {
        letters.chars().map(margin).collect()
    }

    #[test]
    fn every_mix_has_its_class() {
        let mut seen = std::collections::HashSet::from([Bought::default()]);
        assert_eq!((bought("").classes(), bought("").class()), (None, None));
        for (letters, worst, best) in TABLE {
            let mix = bought(letters);
            assert!(seen.insert(mix), "{letters} stands there twice");
            let classes = ProductMix::parse(worst).zip(ProductMix::parse(best));
            let classes = classes.map(|(worst, best)| Range { worst, best });
            assert_eq!(mix.classes(), classes, "{letters}");
            let only = ProductMix::parse(best).filter(|_| worst == best);
            assert_eq!(mix.class(), only, "{letters}");
            let again: Bought = letters
                .chars()
                .rev()
                .chain(letters.chars())
                .map(margin)
                .collect();
            assert_eq!(again, mix, "order and number do not count");
        }
        assert_eq!(seen.len(), 16);
    }

    #[test]
    fn the_worst_and_the_best_are_those_of_all_margins_that_may_be() {
        for (letters, ..) in TABLE {
            let known = letters.trim_end_matches('?');
            let unknown = if known == letters {
                vec![""]
            } else {
                vec!["e", "b", "l", "eb", "el", "bl", "ebl"]
            };
            let possible = unknown
                .iter()
                .filter_map(|more| bought(&format!("{known}{more}")).class());
            let possible: Vec<ProductMix> = possible.collect();
            let ends = possible
                .iter()
                .min()
                .copied()
                .zip(possible.iter().max().copied());
            let ends = ends.map(|(worst, best)| Range { worst, best });
            assert_eq!(bought(letters).classes(), ends, "{letters}");
        }
    }
}
