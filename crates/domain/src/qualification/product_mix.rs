//! What a customer's purchases bring, by what the products in them do: earn, break even or lose.
//!
//! Only which kinds it buys counts, not how much of each: one loss-maker among many that earn is a danger, and is shown. What it
//! loses or earns in sum is the contribution, which is another figure.

use crate::choice;
use crate::product::Margin;
use crate::text::Key;

choice! {
    /// What kind of customer the mix makes.
    ProductMix: "product_mix" { Gold = "gold", Silver = "silver", Ordinary = "ordinary", Danger = "danger", Drop = "drop" }
}

impl ProductMix {
    /// The class of the margins of what is bought; none where nothing is, or of nothing the margin is known.
    pub fn of(margins: impl IntoIterator<Item = Margin>) -> Option<Self> {
        let (mut earns, mut breaks_even, mut loses) = (false, false, false);
        for margin in margins {
            match margin {
                Margin::Earns => earns = true,
                Margin::BreaksEven => breaks_even = true,
                Margin::Loses => loses = true,
            }
        }
        match (earns, breaks_even, loses) {
            (true, false, false) => Some(Self::Gold),
            (true, true, false) => Some(Self::Silver),
            (false, true, false) => Some(Self::Ordinary),
            (true, _, true) => Some(Self::Danger),
            (false, _, true) => Some(Self::Drop),
            (false, false, false) => None,
        }
    }

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

    #[test]
    fn every_mix_has_its_class() {
        use Margin::{BreaksEven, Earns, Loses};
        let table: [(&[Margin], Option<ProductMix>); 8] = [
            (&[Earns], Some(ProductMix::Gold)),
            (&[Earns, BreaksEven], Some(ProductMix::Silver)),
            (&[BreaksEven], Some(ProductMix::Ordinary)),
            (&[Earns, Loses], Some(ProductMix::Danger)),
            (&[Earns, BreaksEven, Loses], Some(ProductMix::Danger)),
            (&[Loses], Some(ProductMix::Drop)),
            (&[BreaksEven, Loses], Some(ProductMix::Drop)),
            (&[], None),
        ];
        for (margins, class) in table {
            let forward = margins.iter().copied();
            assert_eq!(ProductMix::of(forward.clone()), class, "{margins:?}");
            let again = forward.clone().rev().chain(forward);
            assert_eq!(
                ProductMix::of(again),
                class,
                "order and number do not count"
            );
        }
    }
}
