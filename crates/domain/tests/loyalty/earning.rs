//! What purchases earn.

use perennial_domain::Decimal;
use perennial_domain::loyalty::{
    Bought, Campaign, Caps, EarnedBefore, Earning, NotCountable, Rate, Rounding, Rule, Scope,
};
use proptest::prelude::*;
use uuid::Uuid;

use crate::shop::{day, line_id};

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn money(scope: Scope, points: i64, per: &str) -> Rule {
    let per = decimal(per);
    Rule {
        scope,
        rate: Rate::Money { points, per },
    }
}

fn bought(number: usize, product: u128, category: u128, quantity: &str, amount: &str) -> Bought {
    Bought {
        line: line_id(number),
        product: Some(id(product)),
        category: Some(id(category)),
        quantity: decimal(quantity),
        amount: decimal(amount),
    }
}

fn points(earning: &Earning, bought: &[Bought], tier: u32, before: EarnedBefore) -> Vec<i64> {
    let lines = earning
        .lines(bought, day(2027, 5, 1), tier, before)
        .unwrap();
    lines.iter().map(|line| line.points).collect()
}

fn simple() -> Earning {
    Earning {
        rules: vec![
            money(Scope::Everything, 1, "10"),
            money(Scope::Category(id(1)), 3, "10"),
            money(Scope::Product(id(5)), 0, "1"),
            Rule {
                scope: Scope::Product(id(6)),
                rate: Rate::Piece { points: 25 },
            },
        ],
        tiers: [(2, decimal("1.5"))].into(),
        ..Earning::default()
    }
}

#[test]
fn the_most_specific_rule_of_a_line_counts() {
    let lines = [
        bought(0, 9, 9, "1", "100"),
        bought(1, 9, 1, "1", "100"),
        bought(2, 5, 1, "1", "100"),
        bought(3, 6, 1, "2", "100"),
    ];
    let none = EarnedBefore::default();
    assert_eq!(points(&simple(), &lines, 0, none), [10, 30, 0, 50]);
    assert_eq!(points(&simple(), &lines, 2, none), [15, 45, 0, 75]);
    let nothing = Earning::default();
    assert_eq!(points(&nothing, &lines, 0, none), [0, 0, 0, 0]);
}

#[test]
fn parts_of_a_point_are_added_before_they_are_rounded() {
    let lines = [0, 1, 2].map(|number| bought(number, 9, 9, "1", "3.50"));
    let none = EarnedBefore::default();
    assert_eq!(points(&simple(), &lines, 0, none), [1, 0, 0]);
    let rounded = |rounding| Earning {
        rounding,
        ..simple()
    };
    let five = [bought(0, 9, 9, "1", "5")];
    assert_eq!(points(&rounded(Rounding::Nearest), &five, 0, none), [1]);
    assert_eq!(points(&rounded(Rounding::Down), &five, 0, none), [0]);
    let little = [bought(0, 9, 9, "1", "0.0001")];
    assert_eq!(points(&rounded(Rounding::Up), &little, 0, none), [1]);
    assert_eq!(points(&rounded(Rounding::Nearest), &little, 0, none), [0]);
}

#[test]
fn the_best_campaign_of_the_day_multiplies() {
    let campaign = |number, scope, first, last, times| Campaign {
        id: id(number),
        scope,
        first: day(2027, 5, first),
        last: day(2027, 5, last),
        times: decimal(times),
    };
    let earning = Earning {
        campaigns: vec![
            campaign(1, Scope::Everything, 1, 1, "2"),
            campaign(2, Scope::Category(id(1)), 1, 31, "3"),
            campaign(3, Scope::Everything, 2, 31, "9"),
            campaign(4, Scope::Everything, 1, 31, "0.5"),
        ],
        ..simple()
    };
    let lines = [bought(0, 9, 9, "1", "100"), bought(1, 9, 1, "1", "100")];
    assert_eq!(
        points(&earning, &lines, 0, EarnedBefore::default()),
        [20, 90]
    );
    assert_eq!(
        points(&earning, &lines, 2, EarnedBefore::default()),
        [30, 135]
    );
}

#[test]
fn caps_cut_the_purchase_and_what_was_earned_before_counts() {
    let capped = |purchase, day, month| Earning {
        caps: Caps {
            purchase,
            day,
            month,
        },
        ..simple()
    };
    let lines = [bought(0, 9, 9, "1", "100"), bought(1, 9, 1, "1", "100")];
    let before = EarnedBefore { day: 5, month: 80 };
    assert_eq!(
        points(&capped(Some(20), None, None), &lines, 0, before),
        [5, 15]
    );
    assert_eq!(
        points(&capped(None, Some(15), None), &lines, 0, before),
        [3, 7]
    );
    assert_eq!(
        points(&capped(None, None, Some(100)), &lines, 0, before),
        [5, 15]
    );
    assert_eq!(
        points(&capped(None, None, Some(50)), &lines, 0, before),
        [0, 0]
    );
    assert_eq!(
        points(&capped(Some(40), Some(90), None), &lines, 0, before),
        [10, 30]
    );
}

#[test]
fn what_cannot_be_counted_is_told() {
    let on = day(2027, 5, 1);
    let outcome = |earning: &Earning, line| earning.lines(&[line], on, 0, EarnedBefore::default());
    let sign = Err(NotCountable::Sign);
    assert_eq!(outcome(&simple(), bought(0, 9, 9, "-1", "1")), sign);
    assert_eq!(outcome(&simple(), bought(0, 9, 9, "1", "-1")), sign);
    let mut earning = simple();
    earning.rules = vec![money(Scope::Everything, 1, "0")];
    assert_eq!(outcome(&earning, bought(0, 9, 9, "1", "1")), sign);
    earning.rules = vec![money(Scope::Everything, i64::MAX, "0.0001")];
    let large = bought(0, 9, 9, "1", "99999999999999");
    assert_eq!(outcome(&earning, large), Err(NotCountable::TooLarge));
}

proptest! {
    #[test]
    fn lines_come_to_what_the_purchase_earns(
        amounts in prop::collection::vec(0_i64..100_000_000, 1..10),
        per in 1_i64..1_000_000, rate in 0_i64..50, tier in 0_i64..40_000,
        cap in prop::option::of(0_i64..5_000),
    ) {
        let ten_thousandths = Decimal::from_ten_thousandths;
        let rule = Rule {
            scope: Scope::Everything,
            rate: Rate::Money { points: rate, per: ten_thousandths(per) },
        };
        let earning = Earning {
            rules: vec![rule],
            tiers: [(1, ten_thousandths(tier))].into(),
            caps: Caps { purchase: cap, ..Caps::default() },
            ..Earning::default()
        };
        let lines: Vec<Bought> = amounts.iter().enumerate().map(|(number, amount)| Bought {
            amount: ten_thousandths(*amount),
            ..bought(number, 9, 9, "1", "0")
        }).collect();
        let points = points(&earning, &lines, 1, EarnedBefore::default());
        let sum: i128 = amounts.iter().map(|amount| i128::from(*amount)).sum();
        let exact = sum * i128::from(rate) * i128::from(tier);
        let whole = (exact / (i128::from(per) * 10_000)) as i64;
        prop_assert_eq!(points.iter().sum::<i64>(), cap.map_or(whole, |cap| whole.min(cap)));
        prop_assert!(points.iter().all(|points| *points >= 0));
    }
}
