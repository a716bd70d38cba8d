//! Kano's table: what kind of attribute it is, what having it does for satisfaction, and what lacking it does against it.
//!
//! Each respondent is asked twice about an attribute: how would you feel if it were there, and if it were not. The pair of answers falls
//! into one cell of a table of 5 × 5 ([`Class::of`]); the class that most respondents fall into is the attribute's (Kano and others
//! 1984; the table and "better" and "worse" as in Berger and others 1993, *Center for Quality of Management Journal* 2(4), 3–36).
//! Of those whose answers are attractive, one-dimensional, must-be or indifferent, *better* is the share that are attractive or
//! one-dimensional, and *worse* the share that are one-dimensional or must-be, as a number below zero.
//!
//! Promises: two classes as frequent as each other go to the one that weighs more: must-be, one-dimensional, attractive, indifferent. Whether
//! the second class is so close that the first may be chance is told by the test of Fong (1996, same journal 5(3), 21–24): counts a and b of
//! n differ if |a − b| ≥ 1.65 · √((a + b)(2n − a − b) ÷ 2n), which errs one time in ten. It is an approximation, so fewer than ten
//! answers are refused. Better and worse carry score intervals. Does not know kinds of customers: two halves that want
//! opposite things look like one that does not care, so ask segment by segment.
//!
//! By hand: of 30 answers 12 are attractive, 9 one-dimensional, 3 must-be, 6 indifferent. Better = 21 ÷ 30 = 0.7, worse = −12 ÷ 30 = −0.4.
//! Attractive is first by 3, but 1.65 · √(21 · 39 ÷ 60) = 6.1: it may as well be one-dimensional.

use crate::Refusal;
use crate::interval::{Confidence, Estimate, Interval};
use crate::proportion::proportion;

/// How somebody would feel about an attribute that is there, or is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// I would like it.
    Like,
    /// It has to be so.
    MustBe,
    /// I do not care.
    Neutral,
    /// I can live with it.
    LiveWith,
    /// I would dislike it.
    Dislike,
}

/// What kind of attribute it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Lacking it dissatisfies; having it is a matter of course.
    MustBe,
    /// The more, the better, and the less, the worse.
    OneDimensional,
    /// Having it delights; nobody misses it.
    Attractive,
    /// Nobody cares.
    Indifferent,
    /// It is better not there.
    Reverse,
    /// The answers contradict each other: the question was not understood.
    Questionable,
}

impl Class {
    /// Every class, the one that weighs most first: so are equals decided.
    pub const ALL: [Self; 6] = [
        Self::MustBe,
        Self::OneDimensional,
        Self::Attractive,
        Self::Indifferent,
        Self::Reverse,
        Self::Questionable,
    ];

    /// The class of one respondent's answers, about the attribute being there and not being there.
    pub const fn of(there: Answer, not_there: Answer) -> Self {
        match (there, not_there) {
            (Answer::Like, Answer::Like) | (Answer::Dislike, Answer::Dislike) => Self::Questionable,
            (Answer::Like, Answer::Dislike) => Self::OneDimensional,
            (Answer::Like, _) => Self::Attractive,
            (Answer::Dislike, _) | (_, Answer::Like) => Self::Reverse,
            (_, Answer::Dislike) => Self::MustBe,
            _ => Self::Indifferent,
        }
    }
}

/// What respondents say of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// How many answers fall into each class, in the order of [`Class::ALL`].
    pub counts: [(Class, u64); 6],
    /// The most frequent class.
    pub class: Class,
    /// The second, where the first may be first by chance.
    pub close_to: Option<Class>,
    /// How many having it would satisfy, 0 to 1; refused where nobody's answers are of the four classes that it is counted among.
    pub better: Result<Estimate, Refusal>,
    /// How many lacking it would dissatisfy, −1 to 0.
    pub worse: Result<Estimate, Refusal>,
}

/// From so many answers on the test of closeness says something.
const LEAST: u64 = 10;

/// Sums up pairs of answers about an attribute: it being there, and it not being there. Refusal for fewer than ten.
pub fn attribute(
    answers: impl IntoIterator<Item = (Answer, Answer)>,
    confidence: Confidence,
) -> Result<Attribute, Refusal> {
    let mut counts = Class::ALL.map(|class| (class, 0));
    for (there, not_there) in answers {
        let class = Class::of(there, not_there);
        for (counted, count) in &mut counts {
            *count += u64::from(*counted == class);
        }
    }
    let n = counts.iter().map(|(_, count)| count).sum();
    if n < LEAST {
        return Err(Refusal::TooFew {
            needed: LEAST,
            found: n,
        });
    }
    let mut ranked = counts;
    // Stable: of equals the one that weighs more stays before.
    ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let [(class, first), (second_class, second), ..] = ranked;
    let [
        (_, must_be),
        (_, one_dimensional),
        (_, attractive),
        (_, indifferent),
        ..,
    ] = counts;
    let counted = must_be + one_dimensional + attractive + indifferent;
    let better = proportion(attractive + one_dimensional, counted, confidence);
    let worse = proportion(one_dimensional + must_be, counted, confidence).map(negated);
    Ok(Attribute {
        counts,
        class,
        close_to: may_be_chance(first, second, n).then_some(second_class),
        better,
        worse,
    })
}

/// Whether a count is ahead of another by no more than chance would put it, of `n` answers: the test of Fong.
fn may_be_chance(first: u64, second: u64, n: u64) -> bool {
    let (both, twice) = ((first + second) as f64, 2.0 * n as f64);
    ((first - second) as f64) < 1.65 * (both * (twice - both) / twice).sqrt()
}

/// The same below zero.
fn negated(estimate: Estimate) -> Estimate {
    Estimate {
        value: 0.0 - estimate.value,
        interval: Interval {
            low: -estimate.interval.high,
            high: 0.0 - estimate.interval.low,
        },
        ..estimate
    }
}

#[cfg(test)]
mod tests {
    use super::Answer::{Dislike, Like, LiveWith, MustBe, Neutral};
    use super::*;

    #[test]
    fn every_pair_of_answers_has_its_class() {
        // Rows: it is there; columns: it is not; both from "like" to "dislike".
        let table = ["QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"];
        let answers = [Like, MustBe, Neutral, LiveWith, Dislike];
        for (there, row) in answers.into_iter().zip(table) {
            for (not_there, letter) in answers.into_iter().zip(row.chars()) {
                let class = match letter {
                    'Q' => Class::Questionable,
                    'A' => Class::Attractive,
                    'O' => Class::OneDimensional,
                    'R' => Class::Reverse,
                    'I' => Class::Indifferent,
                    _ => Class::MustBe,
                };
                assert_eq!(
                    Class::of(there, not_there),
                    class,
                    "{there:?} {not_there:?}"
                );
            }
        }
    }

    /// So many answers of must-be, one-dimensional, attractive, indifferent, reverse and questionable.
    fn summed(counts: [usize; 6]) -> Result<Attribute, Refusal> {
        let pairs = [
            (Neutral, Dislike),
            (Like, Dislike),
            (Like, Neutral),
            (Neutral, LiveWith),
            (Neutral, Like),
            (Like, Like),
        ];
        let answers = pairs
            .into_iter()
            .zip(counts)
            .flat_map(|(pair, count)| std::iter::repeat_n(pair, count));
        attribute(answers, Confidence::USUAL)
    }

    #[test]
    fn the_page_s_example_holds() {
        let found = summed([3, 9, 12, 6, 0, 0]).expect("an attribute");
        assert_eq!(found.class, Class::Attractive);
        assert_eq!(found.close_to, Some(Class::OneDimensional));
        let (better, worse) = (
            found.better.expect("a share"),
            found.worse.expect("a share"),
        );
        assert_eq!((better.value, worse.value, worse.n), (0.7, -0.4, 30));
        assert!(better.interval.holds(0.7) && worse.interval.holds(-0.4));
        assert!(worse.interval.low < worse.interval.high && worse.interval.high < 0.0);
    }

    #[test]
    fn the_test_of_closeness_has_its_cut_where_the_formula_says() {
        // Of 100 answers: 40 against 28 differ by 12, the cut is 1.65 · √(68 · 132 ÷ 200) = 11.05; 40 against 29 by 11 of 11.09.
        let clear = summed([28, 0, 40, 32 - 5, 5, 0]).expect("an attribute");
        assert_eq!((clear.class, clear.close_to), (Class::Attractive, None));
        let close = summed([29, 0, 40, 31 - 5, 5, 0]).expect("an attribute");
        assert_eq!(close.close_to, Some(Class::MustBe));
    }

    #[test]
    fn equals_go_to_what_weighs_more() {
        let found = summed([5, 5, 5, 5, 5, 5]).expect("an attribute");
        assert_eq!(found.class, Class::MustBe);
        assert_eq!(found.close_to, Some(Class::OneDimensional));
        let found = summed([0, 0, 8, 8, 0, 0]).expect("an attribute");
        assert_eq!(found.class, Class::Attractive);
    }

    #[test]
    fn what_says_nothing_is_refused() {
        let too_few = Refusal::TooFew {
            needed: 10,
            found: 9,
        };
        assert_eq!(summed([9, 0, 0, 0, 0, 0]), Err(too_few));
        let unwanted = summed([0, 0, 0, 0, 11, 2]).expect("an attribute");
        assert_eq!((unwanted.class, unwanted.close_to), (Class::Reverse, None));
        let nobody = Refusal::TooFew {
            needed: 1,
            found: 0,
        };
        assert_eq!(unwanted.better, Err(nobody));
        assert_eq!(unwanted.worse, Err(nobody));
    }
}
