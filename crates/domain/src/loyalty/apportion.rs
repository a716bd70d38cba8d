//! Whole points in parts: the largest remainder, and what a partial return takes back.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use uuid::Uuid;

use super::entry::Line;
use crate::Decimal;

/// A total in parts as the weights are, each rounded down; the points that this leaves go to the largest remainders, the earlier
/// part first where two are alike (Hamilton's method). No part is larger than its exact share rounded up.
///
/// None where the weights are not all zero or more with a sum above zero, or where a product leaves 128 bits. A total of zero
/// needs no weights.
pub(super) fn apportion(total: i64, weights: &[i128]) -> Option<Vec<i64>> {
    if total == 0 {
        return Some(vec![0; weights.len()]);
    }
    let sum = weights
        .iter()
        .try_fold(0_i128, |sum, weight| sum.checked_add(*weight))?;
    if sum <= 0 || total < 0 || weights.iter().any(|weight| *weight < 0) {
        return None;
    }
    let products = weights
        .iter()
        .map(|weight| weight.checked_mul(i128::from(total)))
        .collect::<Option<Vec<_>>>()?;
    let mut parts = products
        .iter()
        .map(|product| i64::try_from(product / sum).ok())
        .collect::<Option<Vec<_>>>()?;
    let left = total - parts.iter().sum::<i64>();
    let mut order: Vec<_> = products
        .iter()
        .map(|product| product % sum)
        .enumerate()
        .collect();
    order.sort_by_key(|(place, remainder)| (Reverse(*remainder), *place));
    for ((place, _), _) in order.into_iter().zip(0..left) {
        if let Some(part) = parts.get_mut(place) {
            *part += 1;
        }
    }
    Some(parts)
}

/// In which parts of a point the shares of returned lines are counted: 10⁻¹².
const FINE: i128 = 1_000_000_000_000;

/// What of an earning's line was taken back so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    /// How much was returned.
    pub(super) quantity: Decimal,
    /// How many points were taken for it.
    pub(super) points: i64,
}

/// Why a return cannot be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotReturnable {
    /// The earning has no such line.
    NoSuchLine,
    /// More than was bought, or nothing.
    Quantity,
    /// Numbers that leave 128 bits.
    TooLarge,
}

/// The points that a return takes back, by line of the stored earning.
///
/// The share of a line is its points times what of it was returned up to now, over its quantity, rounded up to 10⁻¹² of a point;
/// the shares of all lines together are rounded down to whole points. What was taken before is subtracted, and the
/// difference is spread by largest remainder over the lines that still owe. So it does not matter in how many
/// steps things come back, never more is taken than was earned, and a whole return takes all.
pub(super) fn take_back(
    earned: &[Line],
    taken: &[Taken],
    returned: &BTreeMap<Uuid, Decimal>,
) -> Result<Vec<Line>, NotReturnable> {
    let mut now: Vec<(Line, i128)> = earned
        .iter()
        .map(|line| {
            let nothing = Line {
                quantity: Decimal::default(),
                points: 0,
                ..*line
            };
            (nothing, 0)
        })
        .collect();
    for (id, quantity) in returned {
        let (line, _) = now
            .iter_mut()
            .find(|(line, _)| line.line == *id)
            .ok_or(NotReturnable::NoSuchLine)?;
        if *quantity <= Decimal::default() {
            return Err(NotReturnable::Quantity);
        }
        line.quantity = *quantity;
    }
    let mut shares = 0_i128;
    let mut before = 0_i64;
    for (place, (of, (line, owed))) in earned.iter().zip(&mut now).enumerate() {
        let taken = taken.get(place).copied().unwrap_or_default();
        let returned = taken
            .quantity
            .plus(line.quantity)
            .ok_or(NotReturnable::TooLarge)?;
        if returned > of.quantity {
            return Err(NotReturnable::Quantity);
        }
        let share = share(of, returned).ok_or(NotReturnable::TooLarge)?;
        shares += share;
        before += taken.points;
        *owed = (share - i128::from(taken.points) * FINE).max(0);
    }
    let total = i64::try_from(shares / FINE).map_err(|_| NotReturnable::TooLarge)? - before;
    let owed: Vec<i128> = now.iter().map(|(_, owed)| *owed).collect();
    let parts = apportion(total, &owed).ok_or(NotReturnable::TooLarge)?;
    let lines = now.into_iter().zip(parts);
    Ok(lines
        .map(|((line, _), points)| Line { points, ..line })
        .filter(|line| line.points != 0 || line.quantity != Decimal::default())
        .collect())
}

/// A line's share of its points for what of it was returned, in 10⁻¹² of a point, rounded up.
fn share(of: &Line, returned: Decimal) -> Option<i128> {
    let whole = i128::from(of.quantity.ten_thousandths());
    let product = i128::from(of.points) * i128::from(returned.ten_thousandths());
    // In two steps, so that large purchases stay within 128 bits.
    let rest = (product.checked_rem(whole)?).checked_mul(FINE)?;
    let up = rest / whole + i128::from(rest % whole != 0);
    (product / whole).checked_mul(FINE)?.checked_add(up)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(number: u128, quantity: i64, points: i64) -> Line {
        Line {
            line: Uuid::from_u128(number),
            quantity: Decimal::from_ten_thousandths(quantity),
            points,
        }
    }

    #[test]
    fn what_rounding_leaves_goes_to_the_largest_remainders() {
        assert_eq!(apportion(100, &[1, 1, 1]), Some(vec![34, 33, 33]));
        assert_eq!(apportion(10, &[15, 24, 61]), Some(vec![2, 2, 6]));
        assert_eq!(apportion(0, &[]), Some(vec![]));
        assert_eq!(apportion(1, &[0, 0]), None);
        assert_eq!(apportion(1, &[2, -1]), None);
    }

    #[test]
    fn thirds_of_a_line_come_to_the_whole() {
        let earned = [line(1, 30_000, 10)];
        let third = [(Uuid::from_u128(1), Decimal::from_ten_thousandths(10_000))].into();
        let mut taken = [Taken::default()];
        let mut steps = Vec::new();
        for _ in 0..3 {
            let lines = take_back(&earned, &taken, &third).unwrap();
            steps.push(lines[0].points);
            taken[0].quantity = taken[0].quantity.plus(lines[0].quantity).unwrap();
            taken[0].points += lines[0].points;
        }
        assert_eq!(steps, [3, 3, 4]);
        assert_eq!(
            take_back(&earned, &taken, &third),
            Err(NotReturnable::Quantity)
        );
    }

    #[test]
    fn thirds_of_several_lines_are_rounded_together() {
        let earned = [line(1, 30_000, 1), line(2, 30_000, 1), line(3, 30_000, 1)];
        let ids = [1, 2, 3].map(|id| (Uuid::from_u128(id), Decimal::from_ten_thousandths(10_000)));
        let lines = take_back(&earned, &[Taken::default(); 3], &ids.into()).unwrap();
        assert_eq!(lines.iter().map(|line| line.points).sum::<i64>(), 1);
        let unknown = [(Uuid::from_u128(9), Decimal::from_ten_thousandths(1))].into();
        let outcome = take_back(&earned, &[], &unknown);
        assert_eq!(outcome, Err(NotReturnable::NoSuchLine));
    }

    proptest! {
        #[test]
        fn parts_come_to_the_total_and_lie_within_one_of_their_share(
            total in 0_i64..1_000_000,
            weights in prop::collection::vec(0_i128..1_000_000, 1..12),
        ) {
            let sum: i128 = weights.iter().sum();
            prop_assume!(sum > 0);
            let parts = apportion(total, &weights).unwrap();
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
            for (part, weight) in parts.iter().zip(&weights) {
                let exact = i128::from(total) * weight;
                prop_assert!((i128::from(*part) * sum - exact).abs() < sum);
            }
        }

        #[test]
        fn a_return_in_steps_takes_what_one_return_takes(
            lines in prop::collection::vec((1_i64..100_000, 0_i64..500), 1..6),
            steps in prop::collection::vec((0_usize..6, 1_i64..60_000), 1..12),
        ) {
            let earned: Vec<Line> = lines.iter().enumerate()
                .map(|(place, (quantity, points))| line(place as u128, *quantity, *points)).collect();
            let mut taken = vec![Taken::default(); earned.len()];
            let mut total = 0;
            for (place, quantity) in steps {
                let place = place % earned.len();
                let left = earned[place].quantity.ten_thousandths() - taken[place].quantity.ten_thousandths();
                let now = quantity.min(left);
                if now == 0 {
                    continue;
                }
                let returned = [(earned[place].line, Decimal::from_ten_thousandths(now))].into();
                for back in take_back(&earned, &taken, &returned).unwrap() {
                    let place = earned.iter().position(|line| line.line == back.line).unwrap();
                    prop_assert!(back.points >= 0);
                    taken[place].quantity = taken[place].quantity.plus(back.quantity).unwrap();
                    taken[place].points += back.points;
                    prop_assert!(taken[place].points <= earned[place].points);
                    total += back.points;
                }
            }
            let at_once = earned.iter().zip(&taken)
                .filter(|(_, taken)| taken.quantity > Decimal::default())
                .map(|(line, taken)| (line.line, taken.quantity)).collect();
            let once = take_back(&earned, &[], &at_once).unwrap();
            prop_assert_eq!(once.iter().map(|line| line.points).sum::<i64>(), total);
            let rest = earned.iter().zip(&taken)
                .map(|(line, taken)| (line.line, line.quantity.plus(-taken.quantity).unwrap()))
                .filter(|(_, quantity)| *quantity > Decimal::default()).collect();
            total += take_back(&earned, &taken, &rest).unwrap().iter().map(|line| line.points).sum::<i64>();
            prop_assert_eq!(total, earned.iter().map(|line| line.points).sum::<i64>());
        }
    }
}
