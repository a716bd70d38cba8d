//! The promises one by one, with numbers that a person can follow.

use perennial_domain::Instant;
use perennial_domain::loyalty::{
    Account, Action, Expiry, ExpiryPolicy, Kind, Ledger, Refusal, Restoring, TakingBack, Version,
};
use uuid::Uuid;

use crate::shop::{DAY, Shop, day, line_id, member, moment, pieces, version};

fn shop(version: Version) -> Shop {
    Shop::new(vec![version])
}

/// Points good for so many months.
fn months(months: u32) -> Version {
    Version {
        expiry: ExpiryPolicy::After { months },
        ..version()
    }
}

#[test]
fn who_was_refused_has_no_account_for_it() {
    let mut shop = shop(version());
    shop.burn(0, 1).unwrap_err();
    let points = 1;
    let gift = Action::Transfer {
        to: member(1),
        points,
    };
    shop.ask(0, gift).unwrap_err();
    assert!(shop.ledger.accounts().is_empty());
    shop.earn(1, &[(10_000, 5)]);
    shop.burn(1, 5).unwrap();
    let known: Vec<Uuid> = shop.ledger.accounts().iter().map(Account::id).collect();
    assert_eq!(known, [member(1)]);
}

#[test]
fn what_expires_first_is_spent_first_and_what_never_expires_last() {
    let never = version();
    let later = |number, date, expiry| Version {
        number,
        valid_from: date,
        expiry,
        ..version()
    };
    let mut shop = Shop::new(vec![
        never,
        later(2, day(2027, 1, 2), ExpiryPolicy::After { months: 10 }),
        later(3, day(2027, 1, 3), ExpiryPolicy::After { months: 2 }),
        later(4, day(2027, 1, 4), ExpiryPolicy::Idle { months: 5 }),
    ]);
    for _ in 0..4 {
        shop.earn(0, &[(10_000, 10)]);
        shop.wait_days(1);
    }
    assert_eq!(shop.lots(0), [10, 10, 10, 10]);
    shop.burn(0, 15).unwrap();
    assert_eq!(shop.lots(0), [10, 10, 0, 5]);
    shop.burn(0, 20).unwrap();
    assert_eq!(shop.lots(0), [5, 0, 0, 0]);
}

#[test]
fn a_lot_is_good_through_its_last_day_and_pending_until_its_first() {
    let mut shop = shop(Version {
        activation_days: 14,
        ..months(1)
    });
    shop.earn(0, &[(10_000, 10)]);
    let standing = |shop: &Shop| shop.account(0).standing(shop.moment());
    shop.wait_days(13);
    assert_eq!(
        (standing(&shop).spendable, standing(&shop).pending),
        (0, 10)
    );
    assert_eq!(shop.burn(0, 1), Err(Refusal::NotEnough { available: 0 }));
    shop.wait_days(1);
    assert_eq!(
        (standing(&shop).spendable, standing(&shop).pending),
        (10, 0)
    );
    let last = day(2027, 2, 15);
    assert_eq!(shop.account(0).lots()[0].expiry, Expiry::On(last));
    assert_eq!(shop.account(0).expiring(last).get(&last), Some(&10));
    shop.wait_days(31);
    assert_eq!(shop.moment().on, last);
    assert_eq!(shop.spendable(0), 10);
    shop.wait_days(1);
    assert_eq!(
        (standing(&shop).spendable, standing(&shop).overdue),
        (0, 10)
    );
    shop.lapse();
    assert_eq!(shop.balance(0), 0);
    let entries = shop.entries();
    shop.lapse();
    assert_eq!(shop.entries(), entries);
}

#[cfg(feature = "server")]
#[test]
fn a_lot_is_good_until_midnight_where_the_programme_is() {
    let programme = perennial_domain::loyalty::Programme::try_from(vec![months(1)]).unwrap();
    let mut shop = shop(months(1));
    shop.earn(0, &[(10_000, 10)]);
    let mut lapse = |time: &str| {
        let moment = programme.moment(time.parse().unwrap());
        shop.ledger.lapse(moment).unwrap();
        shop.balance(0)
    };
    assert_eq!(lapse("2027-02-01T15:59:59.999999Z"), 10);
    assert_eq!(lapse("2027-02-01T16:00:00Z"), 0);
}

#[test]
fn idle_points_live_as_long_as_the_account_does_something() {
    let mut shop = shop(Version {
        expiry: ExpiryPolicy::Idle { months: 6 },
        ..version()
    });
    shop.earn(0, &[(10_000, 10)]);
    shop.wait_days(150);
    shop.burn(0, 1).unwrap();
    shop.wait_days(150);
    shop.lapse();
    assert_eq!(shop.balance(0), 9);
    shop.wait_days(40);
    shop.lapse();
    assert_eq!(shop.balance(0), 0);
}

#[test]
fn a_redemption_given_back_lies_where_it_was_and_expires_when_it_would_have() {
    let mut shop = shop(months(6));
    shop.earn(0, &[(10_000, 30)]);
    shop.wait_days(20);
    shop.earn(0, &[(10_000, 30)]);
    let before = shop.account(0).lots().to_vec();
    let burn = shop.burn(0, 45).unwrap();
    assert_eq!(shop.lots(0), [0, 15]);
    shop.ask(0, Action::ReverseBurn { burn, points: 20 })
        .unwrap();
    assert_eq!(shop.lots(0), [5, 30]);
    shop.ask(0, Action::ReverseBurn { burn, points: 25 })
        .unwrap();
    assert_eq!(shop.account(0).lots(), before);
    let more = shop.ask(0, Action::ReverseBurn { burn, points: 1 });
    assert_eq!(more, Err(Refusal::MoreThanLeft { left: 0 }));
}

#[test]
fn a_redemption_given_back_after_expiry_is_dead_or_has_days_of_grace() {
    for (restoring, balance, last) in [
        (Restoring::Dead, 0, None),
        (Restoring::Grace { days: 30 }, 40, Some(day(2027, 5, 11))),
    ] {
        let mut shop = shop(Version {
            restoring,
            ..months(1)
        });
        shop.earn(0, &[(10_000, 40)]);
        let burn = shop.burn(0, 40).unwrap();
        shop.wait_days(100);
        shop.ask(0, Action::ReverseBurn { burn, points: 40 })
            .unwrap();
        assert_eq!(shop.balance(0), balance);
        let open = shop.account(0).lots().iter().find(|lot| lot.remaining > 0);
        assert_eq!(open.map(|lot| lot.expiry), last.map(Expiry::On));
        shop.wait_days(31);
        shop.lapse();
        assert_eq!(shop.balance(0), 0);
    }
}

#[test]
fn spent_points_are_taken_back_from_other_lots_and_then_owed() {
    let mut shop = shop(months(6));
    let first = shop.earn(0, &[(10_000, 50)]);
    shop.burn(0, 40).unwrap();
    shop.earn(0, &[(10_000, 15)]);
    shop.take_back(0, first).unwrap();
    assert_eq!((shop.balance(0), shop.spendable(0)), (-25, 0));
    let reversal = shop.account(0).entries().last().unwrap();
    assert_eq!((reversal.points, reversal.arrears), (-50, 25));
    shop.earn(0, &[(10_000, 20)]);
    assert_eq!((shop.balance(0), shop.spendable(0)), (-5, 0));
    shop.earn(0, &[(10_000, 20)]);
    assert_eq!((shop.balance(0), shop.spendable(0)), (15, 15));
    assert_eq!(shop.lots(0).iter().sum::<i64>(), 15);
}

#[test]
fn other_lots_stay_whole_where_the_programme_wants_arrears() {
    let mut shop = shop(Version {
        taking_back: TakingBack::Arrears,
        ..version()
    });
    let first = shop.earn(0, &[(10_000, 50)]);
    shop.burn(0, 40).unwrap();
    shop.earn(0, &[(10_000, 60)]);
    shop.take_back(0, first).unwrap();
    assert_eq!(shop.lots(0), [0, 60]);
    assert_eq!((shop.balance(0), shop.spendable(0)), (20, 20));
    assert_eq!(shop.burn(0, 21), Err(Refusal::NotEnough { available: 20 }));
}

#[test]
fn an_account_is_overdrawn_to_its_limit_and_not_beyond() {
    let mut shop = shop(Version {
        negative_limit: 30,
        ..version()
    });
    shop.earn(0, &[(10_000, 10)]);
    assert_eq!(shop.burn(0, 41), Err(Refusal::NotEnough { available: 40 }));
    let burn = shop.burn(0, 35).unwrap();
    assert_eq!((shop.balance(0), shop.spendable(0)), (-25, 0));
    assert_eq!(shop.burn(0, 6), Err(Refusal::NotEnough { available: 5 }));
    shop.ask(0, Action::ReverseBurn { burn, points: 27 })
        .unwrap();
    assert_eq!((shop.balance(0), shop.lots(0)), (2, vec![2]));
    let correction = shop.ask(0, Action::Adjust { points: -3 });
    assert_eq!(correction, Err(Refusal::NotEnough { available: 2 }));
}

#[test]
fn held_points_are_neither_spent_nor_expired_nor_taken_back() {
    let mut shop = shop(months(1));
    let earning = shop.earn(0, &[(10_000, 20)]);
    let until = Instant::from_micros(moment(0).at.micros() + 60 * DAY);
    let hold = Action::Hold { points: 15, until };
    let hold = shop.number(0, hold, Kind::Hold).unwrap();
    assert_eq!(shop.balance(0), 20);
    assert_eq!(shop.burn(0, 6), Err(Refusal::NotEnough { available: 5 }));
    shop.wait_days(40);
    shop.lapse();
    assert_eq!(shop.balance(0), 15);
    shop.take_back(0, earning).unwrap();
    assert_eq!(shop.balance(0), 0, "5 expired, 15 are owed");
    let capture = Action::Capture { hold, points: 10 };
    shop.ask(0, capture.clone()).unwrap();
    let standing = shop.account(0).standing(shop.moment());
    assert_eq!(
        (standing.balance, standing.arrears),
        (-15, 15),
        "the 5 that it did not use are past their day"
    );
    assert_eq!(shop.ask(0, capture), Err(Refusal::NoSuchHold));
}

#[test]
fn a_hold_ends_by_itself() {
    let mut shop = shop(version());
    shop.earn(0, &[(10_000, 20)]);
    let until = Instant::from_micros(moment(0).at.micros() + DAY);
    let hold = Action::Hold { points: 20, until };
    let hold = shop.number(0, hold, Kind::Hold).unwrap();
    assert_eq!(shop.spendable(0), 0);
    shop.wait_days(2);
    assert_eq!(shop.spendable(0), 20);
    let capture = shop.ask(0, Action::Capture { hold, points: 20 });
    assert_eq!(capture, Err(Refusal::NoSuchHold));
    shop.burn(0, 20).unwrap();
}

#[test]
fn a_transfer_carries_the_days_of_its_points() {
    let mut shop = shop(months(6));
    shop.earn(0, &[(10_000, 30)]);
    shop.wait_days(40);
    shop.earn(0, &[(10_000, 30)]);
    shop.wait_days(40);
    let transfer = Action::Transfer {
        to: member(1),
        points: 40,
    };
    shop.ask(0, transfer).unwrap();
    assert_eq!((shop.balance(0), shop.balance(1)), (20, 40));
    let days = |who: usize| -> Vec<_> {
        shop.account(who)
            .lots()
            .iter()
            .map(|lot| (lot.active_from, lot.expiry))
            .collect()
    };
    assert_eq!(days(0), days(1));
}

#[test]
fn a_merge_conserves_and_its_undoing_restores() {
    let mut shop = shop(months(6));
    for who in [0, 1] {
        shop.earn(who, &[(10_000, 30)]);
        shop.wait_days(3);
        shop.earn(who, &[(10_000, 20)]);
        shop.burn(who, 35).unwrap();
    }
    let before = [0, 1].map(|who| (shop.balance(who), shop.lots(who)));
    shop.ask(0, Action::Merge { from: member(1) }).unwrap();
    assert_eq!((shop.balance(0), shop.balance(1)), (30, 0));
    let merged = shop.burn(1, 1);
    assert_eq!(merged, Err(Refusal::Merged { into: member(0) }));
    shop.ask(0, Action::Unmerge { from: member(1) }).unwrap();
    for (who, (balance, lots)) in [0, 1].into_iter().zip(before) {
        assert_eq!(shop.balance(who), balance);
        assert_eq!(shop.lots(who)[..2], lots);
        assert_eq!(shop.lots(who).iter().sum::<i64>(), balance);
    }
    let again = shop.ask(0, Action::Unmerge { from: member(1) });
    assert_eq!(again, Err(Refusal::NotMerged));
}

#[test]
fn what_a_merged_account_bought_can_still_be_returned() {
    let mut shop = shop(version());
    let earning = shop.earn(1, &[(10_000, 30)]);
    let burn = shop.burn(1, 10).unwrap();
    shop.earn(0, &[(10_000, 5)]);
    shop.ask(0, Action::Merge { from: member(1) }).unwrap();
    shop.ask(1, Action::ReverseBurn { burn, points: 4 })
        .unwrap();
    assert_eq!((shop.balance(0), shop.balance(1)), (29, 0));
    shop.take_back(1, earning).unwrap();
    assert_eq!((shop.balance(0), shop.balance(1)), (-1, 0));
    shop.ask(0, Action::Unmerge { from: member(1) }).unwrap();
    assert_eq!(shop.balance(0) + shop.balance(1), -1);
    assert_eq!(shop.balance(0), 5);
}

#[test]
fn an_undone_merge_takes_back_its_own_and_no_more() {
    let mut shop = shop(version());
    let owed = |shop: &mut Shop, who, points| {
        let earning = shop.earn(who, &[(10_000, points)]);
        shop.burn(who, points).unwrap();
        shop.take_back(who, earning).unwrap();
    };
    owed(&mut shop, 0, 30);
    owed(&mut shop, 1, 20);
    shop.ask(0, Action::Merge { from: member(1) }).unwrap();
    assert_eq!((shop.balance(0), shop.balance(1)), (-50, 0));
    shop.ask(0, Action::Unmerge { from: member(1) }).unwrap();
    assert_eq!((shop.balance(0), shop.balance(1)), (-30, -20));
    shop.earn(0, &[(10_000, 30)]);
    shop.earn(1, &[(10_000, 30)]);
    assert_eq!((shop.balance(0), shop.balance(1)), (0, 10));
    // What was spent together stays with the survivor, also when it is given back after the undoing.
    shop.ask(0, Action::Merge { from: member(1) }).unwrap();
    let burn = shop.burn(0, 10).unwrap();
    shop.ask(0, Action::Unmerge { from: member(1) }).unwrap();
    shop.ask(0, Action::ReverseBurn { burn, points: 10 })
        .unwrap();
    shop.ask(0, Action::Merge { from: member(1) }).unwrap();
    shop.ask(0, Action::Unmerge { from: member(1) }).unwrap();
    assert_eq!((shop.balance(0), shop.balance(1)), (10, 0));
}

#[test]
fn points_that_expired_are_forgiven_once() {
    let mut shop = shop(months(1));
    let earning = shop.earn(0, &[(20_000, 10)]);
    shop.burn(0, 5).unwrap();
    shop.wait_days(40);
    let half = Action::ReverseEarn {
        earning,
        returned: Some([(line_id(0), pieces(10_000))].into()),
    };
    shop.ask(0, half.clone()).unwrap();
    assert_eq!(shop.balance(0), 0, "5 have expired");
    shop.ask(0, half).unwrap();
    assert_eq!(shop.balance(0), -5, "5 were spent");
}

#[test]
fn a_return_of_part_takes_part_and_never_more_than_was_earned() {
    let mut shop = shop(version());
    let earning = shop.earn(0, &[(30_000, 10), (20_000, 5)]);
    let back = |line, quantity| Action::ReverseEarn {
        earning,
        returned: Some([(line_id(line), pieces(quantity))].into()),
    };
    let mut left = Vec::new();
    for (line, quantity) in [(0, 10_000), (1, 10_000), (0, 20_000)] {
        shop.ask(0, back(line, quantity)).unwrap();
        left.push(shop.balance(0));
    }
    assert_eq!(left, [12, 10, 3], "15 less 3.3, 5.8 and 12.5, rounded down");
    assert_eq!(shop.ask(0, back(0, 1)), Err(Refusal::NotBought));
    assert_eq!(shop.ask(0, back(7, 1)), Err(Refusal::NotBought));
    shop.take_back(0, earning).unwrap();
    assert_eq!(shop.balance(0), 0);
    let nothing = shop.take_back(0, earning);
    assert_eq!(nothing, Err(Refusal::MoreThanLeft { left: 0 }));
}

#[test]
fn numbers_that_nobody_means_are_refused() {
    let mut shop = shop(version());
    let entry = shop.earn(0, &[(10_000, 10)]);
    for points in [i64::MIN, -1, 0, i64::MAX] {
        assert_eq!(shop.burn(0, points), Err(Refusal::Amount));
    }
    for points in [i64::MIN, 0, i64::MAX] {
        let outcome = shop.ask(0, Action::Adjust { points });
        assert_eq!(outcome, Err(Refusal::Amount));
    }
    let lines = crate::shop::earned(&[(10_000, 1_000_000_000_000), (10_000, 1)]);
    assert_eq!(shop.ask(0, Action::Earn { lines }), Err(Refusal::Amount));
    let mut lines = crate::shop::earned(&[(10_000, 1), (10_000, 1)]);
    lines[1].line = lines[0].line;
    assert_eq!(shop.ask(0, Action::Earn { lines }), Err(Refusal::Amount));
    let lines = Vec::new();
    assert_eq!(shop.ask(0, Action::Earn { lines }), Err(Refusal::Amount));
    let other = shop.ask(
        0,
        Action::ReverseBurn {
            burn: entry,
            points: 1,
        },
    );
    assert_eq!(other, Err(Refusal::NoSuchEntry));
    assert_eq!(shop.take_back(0, 99), Err(Refusal::NoSuchEntry));
    shop.now = -10 * DAY;
    assert_eq!(shop.burn(0, 1), Err(Refusal::NoVersion));
    shop.now = -1;
    assert_eq!(shop.burn(0, 1), Err(Refusal::OutOfOrder));
    assert_eq!(shop.balance(0), 10);
}

#[test]
fn entries_that_do_not_fit_are_found_damaged() {
    let mut shop = shop(version());
    shop.earn(0, &[(10_000, 10)]);
    shop.burn(0, 4).unwrap();
    let entries = shop.entries();
    let damaged = |change: &dyn Fn(&mut perennial_domain::loyalty::Entry)| {
        let mut entries = entries.clone();
        change(&mut entries[1]);
        Account::rebuild(member(0), entries).map_err(|error| error.entry)
    };
    assert!(damaged(&|_| {}).is_ok());
    assert!(damaged(&|entry| entry.points = -5).is_err());
    assert!(damaged(&|entry| entry.number = 2).is_err());
    assert!(damaged(&|entry| entry.account = Uuid::nil()).is_err());
    assert!(damaged(&|entry| entry.allocations[0].lot = 1).is_err());
    assert!(damaged(&|entry| entry.allocations[0].points = 11).is_err());
    assert!(damaged(&|entry| entry.posted = moment(-DAY)).is_err());
    let text = serde_json::to_string(&entries).unwrap();
    assert_eq!(
        serde_json::from_str::<Vec<perennial_domain::loyalty::Entry>>(&text).unwrap(),
        entries
    );
}

#[test]
fn accounts_merged_in_a_circle_are_found_damaged() {
    let merged = |who: usize| {
        let mut shop = shop(version());
        shop.earn(who, &[(10_000, 10)]);
        let from = member(who);
        shop.ask(1 - who, Action::Merge { from }).unwrap();
        shop.account(who).clone()
    };
    let programme = vec![version()].try_into().unwrap();
    let mut ledger = Ledger::new(programme, vec![merged(0), merged(1)]);
    let mut shop = shop(version());
    shop.wait_days(1);
    let reversal = Action::ReverseEarn {
        earning: 0,
        returned: None,
    };
    let request = shop.request(0, reversal);
    let outcome = ledger.post(Uuid::nil(), shop.moment(), request);
    assert!(matches!(outcome, Err(Refusal::Inconsistent(_))));
}
