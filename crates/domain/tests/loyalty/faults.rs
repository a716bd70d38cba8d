//! What users of other programs complain about, each named for what must not happen.

use perennial_domain::loyalty::{
    Action, Bought, EarnedBefore, ExpiryPolicy, Kind, Rate, Refusal, Rule, Scope, Version,
};
use perennial_domain::{Decimal, Instant};
use uuid::Uuid;

use crate::shop::{DAY, Shop, day, earned, line_id, member, moment, pieces, version};

fn shop() -> Shop {
    Shop::new(vec![version()])
}

/// Odoo 257854, 238806; ERPNext 32951; nopCommerce 5595; points-and-rewards 111, 112.
#[test]
fn a_refund_does_not_leave_its_points() {
    let mut shop = shop();
    let earning = shop.earn(0, &[(20_000, 100), (10_000, 40)]);
    let part = Action::ReverseEarn {
        earning,
        returned: Some([(line_id(0), pieces(10_000))].into()),
    };
    shop.ask(0, part).unwrap();
    assert_eq!(shop.balance(0), 90);
    shop.take_back(0, earning).unwrap();
    assert_eq!(shop.balance(0), 0);
}

/// Odoo 212922, 221928: a refund of an order that was paid with points took these a second time.
#[test]
fn a_refund_does_not_burn_the_redeemed_points_again() {
    let mut shop = shop();
    shop.earn(0, &[(10_000, 100)]);
    let burn = shop.burn(0, 60).unwrap();
    shop.ask(0, Action::ReverseBurn { burn, points: 60 })
        .unwrap();
    assert_eq!(shop.balance(0), 100);
    let again = shop.ask(0, Action::ReverseBurn { burn, points: 60 });
    assert_eq!(again, Err(Refusal::MoreThanLeft { left: 0 }));
    assert_eq!(shop.balance(0), 100);
}

/// Odoo 222372, 270532, 245400, 244412; OCA pos 185: confirmed twice, sent again after being offline.
#[test]
fn a_request_that_comes_again_does_not_count_twice() {
    let mut shop = shop();
    let key = Uuid::from_u128(77);
    let lines = earned(&[(10_000, 50)]);
    let request = shop.request(0, Action::Earn { lines });
    let first = shop.send(key, request.clone()).unwrap();
    shop.wait_days(3);
    for _ in 0..20 {
        assert_eq!(shop.send(key, request.clone()).unwrap(), first);
    }
    assert_eq!((shop.balance(0), shop.entries().len()), (50, 1));
    // Nor after all but the entries was forgotten.
    shop.rebuild();
    assert_eq!(shop.send(key, request).unwrap(), first);
    assert_eq!((shop.balance(0), shop.entries().len()), (50, 1));
    let other = shop.request(0, Action::Burn { points: 50 });
    assert_eq!(shop.send(key, other), Err(Refusal::Conflict));
    let elsewhere = shop.request(1, Action::Burn { points: 50 });
    assert_eq!(shop.send(key, elsewhere), Err(Refusal::Conflict));
    assert_eq!(shop.balance(0), 50);
}

/// A refusal does not use its key up: the same request succeeds once there are points.
#[test]
fn a_refused_request_does_not_stay_refused() {
    let mut shop = shop();
    let request = shop.request(0, Action::Burn { points: 50 });
    let key = Uuid::from_u128(77);
    let refused = shop.send(key, request.clone());
    assert_eq!(refused, Err(Refusal::NotEnough { available: 0 }));
    shop.earn(0, &[(10_000, 50)]);
    shop.send(key, request).unwrap();
    assert_eq!(shop.balance(0), 0);
}

/// Odoo 202101: an order that was only drafted moved points.
#[test]
fn a_drafted_order_does_not_change_the_balance() {
    let mut shop = shop();
    shop.earn(0, &[(10_000, 100)]);
    let until = Instant::from_micros(moment(0).at.micros() + DAY);
    let hold = Action::Hold { points: 60, until };
    let hold = shop.number(0, hold, Kind::Hold).unwrap();
    assert_eq!((shop.balance(0), shop.spendable(0)), (100, 40));
    shop.ask(0, Action::Release { hold }).unwrap();
    assert_eq!((shop.balance(0), shop.spendable(0)), (100, 100));
}

/// Medusa 16347, Azuriom Shop 285, Nova Rewards 190.
#[test]
fn two_redemptions_do_not_spend_the_same_point() {
    let mut shop = shop();
    shop.earn(0, &[(10_000, 100)]);
    shop.burn(0, 60).unwrap();
    let second = shop.burn(0, 60);
    assert_eq!(second, Err(Refusal::NotEnough { available: 40 }));
    let taken = shop
        .entries()
        .into_iter()
        .flat_map(|entry| entry.allocations);
    assert_eq!(taken.map(|taken| taken.points).sum::<i64>(), 60);
}

/// fuint 71: a hundred points given away twenty times.
#[test]
fn the_same_points_are_not_given_away_twenty_times() {
    let mut shop = shop();
    shop.earn(0, &[(10_000, 100)]);
    let gifts = (1..=20).filter(|to| {
        let to = member(*to);
        shop.ask(0, Action::Transfer { to, points: 100 }).is_ok()
    });
    assert_eq!(gifts.count(), 1);
    let total: i64 = (0..=20).map(|who| shop.balance(who)).sum();
    assert_eq!(total, 100);
}

/// FloCafe 78: expired credits dropped out of the sum, the debits that had eaten them stayed.
#[test]
fn expired_credits_do_not_leave_their_debits_behind() {
    let mut shop = Shop::new(vec![Version {
        expiry: ExpiryPolicy::After { months: 2 },
        ..version()
    }]);
    shop.earn(0, &[(10_000, 100)]);
    shop.burn(0, 80).unwrap();
    shop.wait_days(50);
    shop.earn(0, &[(10_000, 30)]);
    shop.wait_days(20);
    shop.lapse();
    assert_eq!(
        (shop.balance(0), shop.spendable(0)),
        (30, 30),
        "20 expired, not 100"
    );
}

/// ecommerce-laravel 1056: a lot was chosen for expiry by its label, and so never expired.
#[test]
fn no_kind_of_credit_outlives_its_day() {
    let mut shop = Shop::new(vec![Version {
        expiry: ExpiryPolicy::After { months: 1 },
        negative_limit: 5,
        ..version()
    }]);
    shop.earn(0, &[(10_000, 10)]);
    shop.ask(0, Action::Adjust { points: 10 }).unwrap();
    shop.earn(1, &[(10_000, 10)]);
    let to = member(0);
    shop.ask(1, Action::Transfer { to, points: 10 }).unwrap();
    shop.earn(2, &[(10_000, 10)]);
    shop.ask(0, Action::Merge { from: member(2) }).unwrap();
    let burn = shop.burn(0, 45).unwrap();
    shop.ask(0, Action::ReverseBurn { burn, points: 45 })
        .unwrap();
    assert_eq!(shop.balance(0), 40);
    shop.wait_days(32);
    shop.lapse();
    assert_eq!(shop.balance(0), 0);
}

/// Odoo 111670, 219640, 153541, 259660: "268.28000000000003 points".
#[test]
fn nothing_smaller_than_a_point_is_left_or_lost() {
    let mut version = version();
    let tenth = Rate::Money {
        points: 1,
        per: "0.10".parse().unwrap(),
    };
    version.earning.rules = vec![Rule {
        scope: Scope::Everything,
        rate: tenth,
    }];
    let bought = [("0.10", 1), ("0.20", 2), ("26.80", 268), ("0.09", 0)];
    let mut shop = Shop::new(vec![version.clone()]);
    let mut total = 0;
    for (amount, points) in bought {
        let line = Bought {
            line: line_id(0),
            product: None,
            category: None,
            quantity: pieces(10_000),
            amount: amount.parse::<Decimal>().unwrap(),
        };
        let on = shop.moment().on;
        let lines = version
            .earning
            .lines(&[line], on, 0, EarnedBefore::default())
            .unwrap();
        assert_eq!(lines[0].points, points);
        shop.ask(0, Action::Earn { lines }).unwrap();
        total += points;
    }
    assert_eq!(shop.balance(0), total);
    for _ in 0..total {
        shop.burn(0, 1).unwrap();
    }
    assert_eq!(shop.balance(0), 0);
    assert_eq!(shop.burn(0, 1), Err(Refusal::NotEnough { available: 0 }));
}

/// Odoo's `max(x, 0)`: what is owed is told, not cut off.
#[test]
fn a_shortfall_is_not_hidden_by_a_zero() {
    let mut shop = shop();
    let earning = shop.earn(0, &[(10_000, 100)]);
    shop.burn(0, 100).unwrap();
    shop.take_back(0, earning).unwrap();
    let standing = shop.account(0).standing(shop.moment());
    assert_eq!(
        (standing.spendable, standing.arrears, standing.balance),
        (0, 100, -100)
    );
}

/// Smile.io: 50 granted, the rule doubled, 100 taken; the rule switched off, nothing taken.
#[test]
fn a_refund_does_not_ask_todays_rule() {
    let with = |number, days, points| {
        let mut version = Version {
            number,
            valid_from: day(2027, 1, 1).plus_days(days),
            ..version()
        };
        let per = "1".parse().unwrap();
        version.earning.rules = vec![Rule {
            scope: Scope::Everything,
            rate: Rate::Money { points, per },
        }];
        version
    };
    for later in [2, 0] {
        let first = with(1, 0, 1);
        let line = Bought {
            line: line_id(0),
            product: None,
            category: None,
            quantity: pieces(10_000),
            amount: "50".parse().unwrap(),
        };
        let none = EarnedBefore::default();
        let lines = first
            .earning
            .lines(&[line], day(2027, 1, 1), 0, none)
            .unwrap();
        let mut shop = Shop::new(vec![first, with(2, 10, later)]);
        let earning = shop.number(0, Action::Earn { lines }, Kind::Earn).unwrap();
        shop.earn(0, &[(10_000, 200)]);
        shop.wait_days(20);
        shop.take_back(0, earning).unwrap();
        assert_eq!(shop.balance(0), 200);
    }
}

/// ERPNext 12631: cancelling an invoice deleted its points, and with them what had happened.
#[test]
fn a_cancelled_purchase_does_not_delete_its_entries() {
    let mut shop = shop();
    let earning = shop.earn(0, &[(10_000, 100)]);
    let before = shop.entries();
    let at = shop.moment().at;
    shop.take_back(0, earning).unwrap();
    let after = shop.entries();
    assert_eq!(after[..before.len()], before);
    assert_eq!(after.len(), before.len() + 1);
    assert_eq!(after[1].refers_to, Some(earning));
    assert_eq!(shop.account(0).as_of(at).unwrap().balance(), 100);
}
