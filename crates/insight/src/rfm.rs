//! Recency, frequency, monetary value: where each customer stands in its base, 1 (least) to 5 (best), by each of the three.
//!
//! Data come in as one [`Figures`] a customer and go out as one [`Scores`] each, in the same order. The three are ranked each over
//! the whole base, not one within the other ("exact" scoring, Hughes 1994, *Strategic Database Marketing*; the nested kind gives
//! other codes).
//!
//! **Tie rule.** Customers with the same figure get the same score: that of the middle of their group. If so many of `n` customers
//! stand below a group of `e` equals, its score is 1 + ⌊5 · (below + e ÷ 2) ÷ n⌋. Without ties this makes fifths; with many,
//! a score may stand for more than a fifth or for nobody. The usual way, to cut equals apart by an id so that fifths come out, tells
//! one of two one-time buyers that it is better than the other; this does not, and depends neither on ids nor on the order of rows.
//!
//! Promises: whole numbers only, the same for any order of the rows. Does not know when somebody will buy again; scores are places
//! in this base today, so they are not compared between bases, and a customer's may change because others did.
//!
//! By hand: ten customers bought 1, 1, 1, 1, 1, 1, 2, 2, 3 and 9 times. The middle of the six is place 3 of 10: 1 + ⌊1.5⌋ = 2; of
//! the two place 7: 4; then 8.5 and 9.5: 5 and 5. Nobody has a 1 or a 3.

use crate::Refusal;

/// What a customer bought until now, in three figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The day of the last purchase, counted from any day: the later, the better.
    pub last_day: i64,
    /// How many purchases.
    pub purchases: u64,
    /// What they came to, in any unit: the more, the better; below zero where more went back.
    pub spent: i64,
}

/// A customer's scores, each 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scores {
    /// By how lately it bought.
    pub recency: u8,
    /// By how often.
    pub frequency: u8,
    /// By how much.
    pub monetary: u8,
}

impl Scores {
    /// The three in one number, from 111 to 555.
    pub fn code(self) -> u16 {
        u16::from(self.recency) * 100 + u16::from(self.frequency) * 10 + u16::from(self.monetary)
    }
}

/// How many scores there are, and so how many customers it takes to give them.
const SCORES: usize = 5;

/// The scores of a base's buyers, in their order. Refusal for fewer than five.
pub fn scores(buyers: &[Figures]) -> Result<Vec<Scores>, Refusal> {
    if buyers.len() < SCORES {
        return Err(Refusal::TooFew {
            needed: SCORES as u64,
            found: buyers.len() as u64,
        });
    }
    let recency = places(buyers, |buyer| buyer.last_day);
    let frequency = places(buyers, |buyer| buyer.purchases);
    let monetary = places(buyers, |buyer| buyer.spent);
    let all = recency.into_iter().zip(frequency).zip(monetary);
    Ok(all
        .map(|((recency, frequency), monetary)| Scores {
            recency,
            frequency,
            monetary,
        })
        .collect())
}

/// The score of each by one figure.
fn places<T: Ord>(buyers: &[Figures], figure: impl Fn(&Figures) -> T) -> Vec<u8> {
    let n = buyers.len();
    let mut order: Vec<(T, usize)> = buyers.iter().map(&figure).zip(0..).collect();
    order.sort_unstable();
    let mut scores = vec![0; n];
    let mut below = 0;
    for group in order.chunk_by(|(left, _), (right, _)| left == right) {
        let twice_the_middle = (2 * below + group.len()) as u128;
        let score = 1 + SCORES as u128 * twice_the_middle / (2 * n as u128);
        for (_, at) in group {
            if let Some(place) = scores.get_mut(*at) {
                // The middle of a group lies below the end, so this is 5 at most.
                *place = u8::try_from(score).unwrap_or(u8::MAX);
            }
        }
        below += group.len();
    }
    scores
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_frequency(purchases: &[u64]) -> Vec<u8> {
        let buyers: Vec<Figures> = purchases
            .iter()
            .map(|&purchases| Figures {
                last_day: 0,
                purchases,
                spent: 0,
            })
            .collect();
        let scores = scores(&buyers).expect("scores");
        scores.iter().map(|scores| scores.frequency).collect()
    }

    #[test]
    fn the_page_s_example_holds() {
        assert_eq!(
            by_frequency(&[1, 1, 9, 1, 2, 1, 3, 1, 2, 1]),
            [2, 2, 5, 2, 4, 2, 5, 2, 4, 2]
        );
    }

    #[test]
    fn without_ties_there_are_fifths() {
        assert_eq!(
            by_frequency(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
            [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
        );
        assert_eq!(by_frequency(&[5, 4, 3, 2, 1]), [5, 4, 3, 2, 1]);
        assert_eq!(by_frequency(&[1, 2, 3, 4, 5, 6, 7]), [1, 2, 2, 3, 4, 4, 5]);
        assert_eq!(
            by_frequency(&[7; 9]),
            [3; 9],
            "all alike stand in the middle"
        );
    }

    #[test]
    fn each_figure_is_scored_by_itself() {
        let buyer = |last_day, purchases, spent| Figures {
            last_day,
            purchases,
            spent,
        };
        let buyers = [
            buyer(50, 1, 300),
            buyer(10, 5, -20),
            buyer(20, 4, 9_000),
            buyer(30, 3, 100),
            buyer(40, 2, 200),
        ];
        let codes: Vec<u16> = scores(&buyers)
            .expect("scores")
            .iter()
            .map(|scores| scores.code())
            .collect();
        assert_eq!(codes, [514, 151, 245, 332, 423]);
    }

    #[test]
    fn four_are_too_few() {
        let buyer = Figures {
            last_day: 1,
            purchases: 1,
            spent: 1,
        };
        let too_few = Refusal::TooFew {
            needed: 5,
            found: 4,
        };
        assert_eq!(scores(&[buyer; 4]), Err(too_few));
    }

    proptest! {
        #[test]
        fn scores_follow_the_stated_rule(purchases in prop::collection::vec(0u64..12, 5..200)) {
            let n = purchases.len();
            for (mine, score) in purchases.iter().zip(by_frequency(&purchases)) {
                let below = purchases.iter().filter(|other| *other < mine).count();
                let equal = purchases.iter().filter(|other| *other == mine).count();
                prop_assert_eq!(usize::from(score), 1 + 5 * (2 * below + equal) / (2 * n));
                prop_assert!((1..=5).contains(&score));
            }
        }

        #[test]
        fn the_order_of_rows_does_not_matter(purchases in prop::collection::vec(0u64..30, 5..100)) {
            let mut turned = purchases.clone();
            turned.reverse();
            let mut scores = by_frequency(&turned);
            scores.reverse();
            prop_assert_eq!(scores, by_frequency(&purchases));
        }
    }
}
