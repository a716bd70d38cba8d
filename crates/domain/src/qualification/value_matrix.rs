//! The value matrix: what a customer is worth now against what it may be worth.
//!
//! Value now rests on gross margin, volume and cost to serve, value to come on loyalty, trust and credit. Each side is high or low as two
//! of its three are (ours), so one that is not known does not matter where the other two agree, and where they do not, the side is not known.
//!
//! Does not weigh one of the three more than another, nor say what is high: the cuts are the organization's.

use serde::{Deserialize, Serialize};

use super::Degree;
use crate::choice;
use crate::text::Key;

choice! {
    /// Where a customer stands in the matrix.
    ValueCell: "value_cell" { Protect = "protect", Maintain = "maintain", Develop = "develop", Economise = "economise" }
}

impl ValueCell {
    /// The cell of a value now and a value to come.
    pub const fn of(current: Degree, potential: Degree) -> Self {
        match (current, potential) {
            (Degree::High, Degree::High) => Self::Protect,
            (Degree::High, Degree::Low) => Self::Maintain,
            (Degree::Low, Degree::High) => Self::Develop,
            (Degree::Low, Degree::Low) => Self::Economise,
        }
    }

    /// What to do about such a customer.
    pub const fn advice(self) -> Key {
        match self {
            Self::Protect => Key::ValueAdviceProtect,
            Self::Maintain => Key::ValueAdviceMaintain,
            Self::Develop => Key::ValueAdviceDevelop,
            Self::Economise => Key::ValueAdviceEconomise,
        }
    }
}

/// What a customer's value now rests on; missing where it is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CurrentValue {
    /// What its purchases leave.
    pub gross_margin: Option<Degree>,
    /// How much it buys.
    pub volume: Option<Degree>,
    /// What serving it costs: low is good.
    pub cost_to_serve: Option<Degree>,
}

impl CurrentValue {
    /// High or low as two of the three say.
    pub fn degree(self) -> Option<Degree> {
        let cheap = self
            .cost_to_serve
            .map(|cost| Degree::high_if(cost == Degree::Low));
        two_of(self.gross_margin, self.volume, cheap)
    }
}

/// What a customer's value to come rests on; missing where it is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PotentialValue {
    /// How loyal it is.
    pub loyalty: Option<Degree>,
    /// How much it trusts us.
    pub trust: Option<Degree>,
    /// How well it pays.
    pub credit: Option<Degree>,
}

impl PotentialValue {
    /// High or low as two of the three say.
    pub fn degree(self) -> Option<Degree> {
        two_of(self.loyalty, self.trust, self.credit)
    }
}

/// What two of three agree in; none where no two that are known do.
fn two_of(first: Option<Degree>, second: Option<Degree>, third: Option<Degree>) -> Option<Degree> {
    let agreed = |one: Option<Degree>, other| one.filter(|_| one == other);
    agreed(first, second)
        .or(agreed(first, third))
        .or(agreed(second, third))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_values_has_its_cell() {
        use Degree::{High, Low};
        for (current, potential, cell) in [
            (High, High, ValueCell::Protect),
            (High, Low, ValueCell::Maintain),
            (Low, High, ValueCell::Develop),
            (Low, Low, ValueCell::Economise),
        ] {
            assert_eq!(ValueCell::of(current, potential), cell);
        }
    }

    #[test]
    fn two_of_three_decide_a_side() {
        let degrees = [None, Some(Degree::Low), Some(Degree::High)];
        for number in 0..27 {
            let [first, second, third] = [1, 3, 9].map(|place| degrees[number / place % 3]);
            let votes = |degree| {
                let all = [first, second, third];
                all.into_iter().filter(|vote| *vote == Some(degree)).count()
            };
            let agreed = [Degree::Low, Degree::High]
                .into_iter()
                .find(|&degree| votes(degree) >= 2);
            let potential = PotentialValue {
                loyalty: first,
                trust: second,
                credit: third,
            };
            assert_eq!(potential.degree(), agreed, "{potential:?}");
            let dear = third.map(|third| Degree::high_if(third == Degree::Low));
            let current = CurrentValue {
                gross_margin: first,
                volume: second,
                cost_to_serve: dear,
            };
            assert_eq!(current.degree(), agreed, "{current:?}");
        }
    }
}
