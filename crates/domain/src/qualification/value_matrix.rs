//! The value matrix: what a customer is worth now against what it may be worth.
//!
//! Value now rests on gross margin, volume and cost to serve, value to come on loyalty, trust and credit. Each side is high or low as two
//! of its three are (ours), so one that is not known does not matter where the other two agree. Where it does matter, the side may be either: the
//! worst and the best cell that this leaves are told, and what to find out next. Between these two lie all cells that it can be.
//!
//! Does not weigh one of the three more than another, nor say what is high: the cuts are the organization's.

use serde::{Deserialize, Serialize};

use super::{Degree, Range, range};
use crate::choice;
use crate::text::Key;

choice! {
    /// Where a customer stands in the matrix, from the worst to the best; what it is worth now weighs more (ours).
    ValueCell: "value_cell" { Economise = "economise", Develop = "develop", Maintain = "maintain", Protect = "protect" }
}

choice! {
    /// What to find out about a customer's value.
    ValueQuestion: "value_question" {
        GrossMargin = "gross_margin", Volume = "volume", CostToServe = "cost_to_serve", Loyalty = "loyalty", Trust = "trust", Credit = "credit",
    }
}

impl ValueCell {
    /// The cell of a value now and a value to come.
    const fn of(current: Degree, potential: Degree) -> Self {
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

/// What a customer's value rests on, now and to come; missing where it is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Value {
    /// Now: what its purchases leave.
    pub gross_margin: Option<Degree>,
    /// Now: how much it buys.
    pub volume: Option<Degree>,
    /// Now: what serving it costs; low is good.
    pub cost_to_serve: Option<Degree>,
    /// To come: how loyal it is.
    pub loyalty: Option<Degree>,
    /// To come: how much it trusts us.
    pub trust: Option<Degree>,
    /// To come: how well it pays.
    pub credit: Option<Degree>,
}

impl Value {
    const fn now(self) -> [(ValueQuestion, Option<Degree>); 3] {
        let cheap = match self.cost_to_serve {
            Some(Degree::Low) => Some(Degree::High),
            Some(Degree::High) => Some(Degree::Low),
            None => None,
        };
        [
            (ValueQuestion::GrossMargin, self.gross_margin),
            (ValueQuestion::Volume, self.volume),
            (ValueQuestion::CostToServe, cheap),
        ]
    }

    const fn to_come(self) -> [(ValueQuestion, Option<Degree>); 3] {
        [
            (ValueQuestion::Loyalty, self.loyalty),
            (ValueQuestion::Trust, self.trust),
            (ValueQuestion::Credit, self.credit),
        ]
    }

    /// What it is worth now; none while what is not known may change it.
    pub fn current(self) -> Option<Degree> {
        two_of(self.now())
    }

    /// What it may be worth; none while what is not known may change it.
    pub fn potential(self) -> Option<Degree> {
        two_of(self.to_come())
    }

    /// The cell, once both sides are known: no two cells have both sides alike.
    pub fn cell(self) -> Option<ValueCell> {
        self.cells().only()
    }

    /// The worst and the best cell that what is known leaves.
    pub fn cells(self) -> Range<ValueCell> {
        let (current, potential) = (range(self.current()), range(self.potential()));
        Range {
            worst: ValueCell::of(current.worst, potential.worst),
            best: ValueCell::of(current.best, potential.best),
        }
    }

    /// What to find out next: first what it is worth now, which stands in the books. Nothing of a side that is known.
    pub fn next_question(self) -> Option<ValueQuestion> {
        let sides = [self.now(), self.to_come()].into_iter();
        let open = sides.filter(|side| two_of(*side).is_none()).flatten();
        let mut unknown = open.filter(|(_, degree)| degree.is_none());
        unknown.next().map(|(question, _)| question)
    }
}

/// What two of three agree in; none where no two that are known do.
fn two_of(side: [(ValueQuestion, Option<Degree>); 3]) -> Option<Degree> {
    let votes = |degree| {
        side.iter()
            .filter(|(_, vote)| *vote == Some(degree))
            .count()
    };
    let mut degrees = [Degree::Low, Degree::High].into_iter();
    degrees.find(|degree| votes(*degree) >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The three of a side, good, bad or not known, in any order; what they come to.
    const SIDES: [(&str, Option<Degree>); 10] = [
        ("+++", Some(Degree::High)),
        ("++-", Some(Degree::High)),
        ("++?", Some(Degree::High)),
        ("+--", Some(Degree::Low)),
        ("+-?", None),
        ("+??", None),
        ("---", Some(Degree::Low)),
        ("--?", Some(Degree::Low)),
        ("-??", None),
        ("???", None),
    ];
    /// Value now and to come as + - ?, the worst and the best cell.
    const CELLS: [(&str, &str, &str); 9] = [
        ("++", "protect", "protect"),
        ("+-", "maintain", "maintain"),
        ("-+", "develop", "develop"),
        ("--", "economise", "economise"),
        ("+?", "maintain", "protect"),
        ("-?", "economise", "develop"),
        ("?+", "develop", "protect"),
        ("?-", "economise", "maintain"),
        ("??", "economise", "protect"),
    ];

    const fn letter(degree: Option<Degree>) -> char {
        match degree {
            Some(Degree::High) => '+',
            Some(Degree::Low) => '-',
            None => '?',
        }
    }

    fn side(three: &[Option<Degree>]) -> Option<Degree> {
        let mut letters: Vec<char> = three.iter().copied().map(letter).collect();
        letters.sort_unstable_by_key(|letter| "+-?".find(*letter));
        let letters: String = letters.into_iter().collect();
        let found = SIDES.iter().find(|(side, _)| *side == letters);
        found.expect("a side of the table").1
    }

    #[test]
    fn every_combination_has_its_cells_and_next_question() {
        let degrees = [Some(Degree::High), Some(Degree::Low), None];
        for number in 0..3_usize.pow(6) {
            let six: [Option<Degree>; 6] =
                [0, 1, 2, 3, 4, 5].map(|place| degrees[number / 3_usize.pow(place) % 3]);
            let [gross_margin, volume, cheap, loyalty, trust, credit] = six;
            // Cheap to serve is good, dear is bad.
            let cost_to_serve = cheap.map(|cheap| Degree::high_if(cheap == Degree::Low));
            let value = Value {
                gross_margin,
                volume,
                cost_to_serve,
                loyalty,
                trust,
                credit,
            };
            let (now, to_come) = (side(&six[..3]), side(&six[3..]));
            assert_eq!(
                (value.current(), value.potential()),
                (now, to_come),
                "{value:?}"
            );
            let both: String = [now, to_come].into_iter().map(letter).collect();
            let row = CELLS.iter().find(|(sides, ..)| *sides == both);
            let (_, worst, best) = *row.expect("a row of the table");
            let cells = ValueCell::parse(worst).zip(ValueCell::parse(best));
            let cells = cells.map(|(worst, best)| Range { worst, best });
            assert_eq!(Some(value.cells()), cells, "{value:?}");
            let only = ValueCell::parse(best).filter(|_| worst == best);
            assert_eq!(value.cell(), only, "{value:?}");
            let open = six.iter().enumerate().filter(|(place, degree)| {
                let side = if *place < 3 { now } else { to_come };
                degree.is_none() && side.is_none()
            });
            let first = open.map(|(place, _)| ValueQuestion::ALL[place]).next();
            assert_eq!(value.next_question(), first, "{value:?}");
        }
    }

    #[test]
    fn an_answer_never_leads_out_of_what_was_possible() {
        let sides = |cell: ValueCell| match cell {
            ValueCell::Protect => [1, 1],
            ValueCell::Maintain => [1, 0],
            ValueCell::Develop => [0, 1],
            ValueCell::Economise => [0, 0],
        };
        let mut value = Value::default();
        let Range {
            mut worst,
            mut best,
        } = value.cells();
        for degree in [
            Degree::High,
            Degree::Low,
            Degree::High,
            Degree::Low,
            Degree::Low,
        ] {
            let answer = Some(degree);
            match value.next_question().expect("a question") {
                ValueQuestion::GrossMargin => value.gross_margin = answer,
                ValueQuestion::Volume => value.volume = answer,
                ValueQuestion::CostToServe => value.cost_to_serve = answer,
                ValueQuestion::Loyalty => value.loyalty = answer,
                ValueQuestion::Trust => value.trust = answer,
                ValueQuestion::Credit => value.credit = answer,
            }
            let Range {
                worst: least,
                best: most,
            } = value.cells();
            for at in [0, 1] {
                assert!(sides(worst)[at] <= sides(least)[at] && sides(most)[at] <= sides(best)[at]);
            }
            (worst, best) = (least, most);
        }
        // Margin high, volume low, dear to serve: low now. Loyalty and trust low: low to come, whatever it pays like.
        assert_eq!(value.cell(), Some(ValueCell::Economise));
        assert_eq!(value.next_question(), None);
    }
}
