//! What finance reads.

use perennial_domain::loyalty::{Action, Book, ExpiryPolicy, Version, roll_forward, trial_balance};

use crate::shop::{Shop, day, version};

#[test]
fn a_days_closing_balance_follows_from_its_opening_one() {
    let mut shop = Shop::new(vec![Version {
        expiry: ExpiryPolicy::YearEnd { years: 0 },
        ..version()
    }]);
    let earning = shop.earn(0, &[(10_000, 100)]);
    shop.earn(1, &[(10_000, 50)]);
    shop.wait_days(1);
    let burn = shop.burn(0, 80).unwrap();
    shop.take_back(0, earning).unwrap();
    shop.ask(
        0,
        Action::ReverseBurn {
            burn,
            points: 90 - 20,
        },
    )
    .unwrap();
    shop.ask(1, Action::Adjust { points: -5 }).unwrap();
    shop.wait_days(400);
    shop.lapse();
    let days = roll_forward(&shop.entries());
    assert_eq!(days.len(), 3);
    let first = days[&day(2027, 1, 1)];
    assert_eq!((first.opening, first.earned, first.closing), (0, 150, 150));
    let second = days[&day(2027, 1, 2)];
    assert_eq!(
        (second.opening, second.redeemed, second.reversed),
        (150, 80, 100)
    );
    assert_eq!(
        (second.reimbursed, second.adjusted, second.closing),
        (70, -5, 35)
    );
    let third = days[&day(2028, 2, 6)];
    assert_eq!(
        (third.opening, third.expired, third.closing),
        (35, 115, -80)
    );
    let books = trial_balance(&shop.entries());
    let expected = [
        (Book::Arrears, -80),
        (Book::Issued, -45),
        (Book::Redeemed, 10),
        (Book::Expired, 115),
    ];
    for (book, points) in expected {
        assert_eq!(books[&book], points, "{book:?}");
    }
    assert_eq!(books[&Book::Member], 0);
    assert_eq!(books.values().sum::<i128>(), 0);
}

#[test]
fn points_given_up_are_breakage() {
    let mut shop = Shop::new(vec![version()]);
    shop.earn(0, &[(10_000, 100)]);
    shop.ask(0, Action::Forfeit).unwrap();
    let books = trial_balance(&shop.entries());
    assert_eq!((books[&Book::Breakage], books[&Book::Member]), (100, 0));
}
