//! Revenue of points: IFRS 15, paragraphs B39–B47 and illustrative example 52 (IE267–IE270).
//!
//! Points are a material right, sold together with the goods. The price of a sale is shared between the two in proportion to their
//! stand-alone selling prices, that of the points being what they are worth times how many of them will be redeemed. The
//! points' share is a contract liability; it becomes revenue as points are redeemed, in proportion to all that are expected
//! to be. When that expectation changes, revenue to date is counted anew and the difference is booked at once. Once no redemption
//! is expected any more, none before and none to come, all of it is revenue (B46).
//!
//! Amounts are rounded half away from zero, once, to the places that they are given.

use crate::Decimal;

/// How a price is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocated {
    /// To the goods.
    pub goods: Decimal,
    /// To the points: a contract liability.
    pub points: Decimal,
}

/// What of a sale's points is expected, and what has happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Redemption {
    /// How many were redeemed up to now.
    pub redeemed: i64,
    /// How many are expected to be redeemed in all, as estimated now.
    pub expected: i64,
}

/// What is recognised of the points' share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// Revenue up to now.
    pub revenue: Decimal,
    /// What of it is new since the last time: below zero where the estimate rose so far.
    pub catch_up: Decimal,
    /// What is still owed.
    pub liability: Decimal,
}

/// The stand-alone selling price of points: what one is worth times how many are expected to be redeemed. None where it is too
/// large.
pub fn stand_alone(worth: Decimal, expected: i64) -> Option<Decimal> {
    worth.scaled(expected.into(), 1)
}

/// Shares a price between goods and points by their stand-alone selling prices, to so many places. None where these are not zero
/// or more with a sum above zero, or something is too large.
pub fn allocate(price: Decimal, goods: Decimal, points: Decimal, places: u32) -> Option<Allocated> {
    let zero = Decimal::default();
    let sum = goods.plus(points)?;
    if goods < zero || points < zero {
        return None;
    }
    let points = portion(
        price,
        points.ten_thousandths(),
        sum.ten_thousandths(),
        places,
    )?;
    let goods = price.plus(-points)?;
    Some(Allocated { goods, points })
}

/// What is recognised of an allocated amount, given what was recognised before, to so many places. Where more was redeemed than
/// was expected, that many were to be expected; where none was and none is, everything is revenue. None where numbers are below
/// zero or too large.
pub fn recognise(
    allocated: Decimal,
    redemption: Redemption,
    before: Decimal,
    places: u32,
) -> Option<Recognised> {
    let Redemption { redeemed, expected } = redemption;
    if redeemed < 0 || expected < 0 {
        return None;
    }
    let (part, whole) = match expected.max(redeemed) {
        0 => (1, 1),
        whole => (redeemed, whole),
    };
    let revenue = portion(allocated, part, whole, places)?;
    Some(Recognised {
        revenue,
        catch_up: revenue.plus(-before)?,
        liability: allocated.plus(-revenue)?,
    })
}

/// `amount × part ÷ whole`, rounded once.
fn portion(amount: Decimal, part: i64, whole: i64, places: u32) -> Option<Decimal> {
    let step = 10_i64.pow(4_u32.saturating_sub(places));
    let units = amount.scaled(part.into(), i128::from(whole) * i128::from(step))?;
    let value = units.ten_thousandths().checked_mul(step)?;
    Some(Decimal::from_ten_thousandths(value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whole(units: i64) -> Decimal {
        Decimal::from_ten_thousandths(units * 10_000)
    }

    fn step(allocated: i64, redeemed: i64, expected: i64, before: i64) -> Recognised {
        let redemption = Redemption { redeemed, expected };
        recognise(whole(allocated), redemption, whole(before), 0).unwrap()
    }

    #[test]
    fn example_52_of_the_standard_to_the_unit() {
        let points = stand_alone(whole(1), 9_500).unwrap();
        assert_eq!(points, whole(9_500));
        let shared = allocate(whole(100_000), whole(100_000), points, 0).unwrap();
        assert_eq!((shared.goods, shared.points), (whole(91_324), whole(8_676)));
        let first = step(8_676, 4_500, 9_500, 0);
        assert_eq!(
            (first.revenue, first.liability),
            (whole(4_110), whole(4_566))
        );
        let second = step(8_676, 8_500, 9_700, 4_110);
        assert_eq!(
            (second.catch_up, second.liability),
            (whole(3_493), whole(1_073))
        );
    }

    #[test]
    fn a_changed_estimate_is_caught_up_at_once() {
        let first = step(9_000, 4_500, 9_700, 0);
        assert_eq!(first.revenue, whole(4_175));
        assert_eq!(step(9_000, 8_500, 9_900, 4_175).catch_up, whole(3_552));
        assert_eq!(step(9_000, 8_500, 9_200, 4_175).catch_up, whole(4_140));
        assert_eq!(step(9_000, 4_500, 10_000, 4_175).catch_up, whole(-125));
    }

    #[test]
    fn more_redemptions_than_expected_leave_no_liability_below_zero() {
        let all = step(9_000, 9_800, 9_700, 4_175);
        assert_eq!((all.revenue, all.liability), (whole(9_000), whole(0)));
        assert_eq!(allocate(whole(1), whole(0), whole(0), 2), None);
    }

    #[test]
    fn points_that_nobody_will_redeem_are_no_liability() {
        let none = step(9_000, 0, 0, 0);
        assert_eq!((none.revenue, none.liability), (whole(9_000), whole(0)));
        // Nobody came, and nobody is expected any more: what was owed until then is caught up.
        assert_eq!(step(9_000, 0, 100, 0).liability, whole(9_000));
        assert_eq!(step(9_000, 0, 0, 0).catch_up, whole(9_000));
        // Those who come are all that are expected.
        assert_eq!(step(9_000, 4_500, 4_500, 4_175).liability, whole(0));
        // An estimate that rises again owes again.
        let again = step(9_000, 0, 50, 9_000);
        assert_eq!(
            (again.catch_up, again.liability),
            (whole(-9_000), whole(9_000))
        );
        let below = Redemption {
            redeemed: 0,
            expected: -1,
        };
        assert_eq!(recognise(whole(1), below, whole(0), 2), None);
    }

    #[test]
    fn an_amount_is_rounded_once() {
        // 0.045 × 99 999 999 / 100 000 000 is below half a cent above 0.04, but not after rounding to ten-thousandths.
        let cents = Decimal::from_ten_thousandths(450);
        assert_eq!(
            portion(cents, 99_999_999, 100_000_000, 2),
            Some(Decimal::from_ten_thousandths(400))
        );
    }

    proptest! {
        #[test]
        fn nothing_is_lost_between_goods_and_points_or_revenue_and_liability(
            price in 0_i64..1_000_000_000, goods in 1_i64..1_000_000_000, points in 0_i64..1_000_000_000,
            redeemed in prop_oneof![Just(0), 0_i64..10_000], expected in prop_oneof![Just(0), 0_i64..10_000], places in 0_u32..5,
        ) {
            let step = 10_i64.pow(4 - places);
            let price = Decimal::from_ten_thousandths(price / step * step);
            let of = Decimal::from_ten_thousandths;
            let shared = allocate(price, of(goods), of(points), places).unwrap();
            prop_assert_eq!(shared.goods.plus(shared.points), Some(price));
            prop_assert!(shared.points >= Decimal::default() && shared.goods >= Decimal::default());
            let now = recognise(shared.points, Redemption { redeemed, expected }, of(0), places).unwrap();
            prop_assert_eq!(now.revenue.plus(now.liability), Some(shared.points));
            prop_assert!(now.liability >= Decimal::default());
        }
    }
}
