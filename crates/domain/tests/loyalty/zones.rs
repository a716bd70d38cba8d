//! A programme that moves to another time zone.

use perennial_domain::loyalty::{Action, Moment, Programme, Version};
use perennial_domain::{Date, Instant};

use crate::shop::{Shop, day, earned, version};

const HOUR: i64 = 3_600;

/// Rules that move to another zone on 1 March.
fn moving(from: &str, to: &str) -> Vec<Version> {
    let of = |number, valid_from, zone: &str| Version {
        number,
        valid_from,
        zone: zone.to_owned(),
        ..version()
    };
    vec![of(1, day(2027, 1, 1), from), of(2, day(2027, 3, 1), to)]
}

fn at(time: &str) -> Instant {
    time.parse().unwrap()
}

/// The day of a moment, and the version that holds on it.
fn seen(programme: &Programme, at: Instant) -> (Date, u32) {
    let on = programme.moment(at).on;
    (on, programme.on(on).unwrap().number)
}

#[test]
fn the_first_day_in_a_zone_further_west_is_longer() {
    let programme = Programme::try_from(moving("Asia/Shanghai", "America/Lima")).unwrap();
    let seen = |time| seen(&programme, at(time));
    let (last, first) = (day(2027, 2, 28), day(2027, 3, 1));
    assert_eq!(seen("2027-02-28T15:59:59.999999Z"), (last, 1));
    assert_eq!(seen("2027-02-28T16:00:00Z"), (first, 2));
    assert_eq!(
        seen("2027-03-01T04:59:59Z"),
        (first, 2),
        "28 February in Lima"
    );
    assert_eq!(seen("2027-03-02T04:59:59Z"), (first, 2));
    assert_eq!(seen("2027-03-02T05:00:00Z"), (day(2027, 3, 2), 2));
}

#[test]
fn the_last_day_before_a_zone_further_east_is_whole() {
    let programme = Programme::try_from(moving("America/Lima", "Asia/Shanghai")).unwrap();
    let seen = |time| seen(&programme, at(time));
    let (last, first) = (day(2027, 2, 28), day(2027, 3, 1));
    assert_eq!(
        seen("2027-03-01T04:59:59.999999Z"),
        (last, 1),
        "1 March in Shanghai"
    );
    assert_eq!(seen("2027-03-01T05:00:00Z"), (first, 2));
    assert_eq!(seen("2027-03-01T16:00:00Z"), (day(2027, 3, 2), 2));
}

#[test]
fn days_never_go_back() {
    let zones = [
        "Pacific/Kiritimati",
        "Etc/GMT+12",
        "America/Lima",
        "Asia/Shanghai",
    ];
    for from in zones {
        for to in zones {
            // Twice, a day after each other: a version may have come and gone within an hour.
            let mut versions = moving(from, to);
            versions.push(Version {
                number: 3,
                valid_from: day(2027, 3, 2),
                ..versions[0].clone()
            });
            let programme = Programme::try_from(versions).unwrap();
            let begin = at("2027-02-25T00:00:00Z");
            let days = (0..24 * 10).map(|hour| seen(&programme, begin.plus_seconds(hour * HOUR)));
            let days: Vec<(Date, u32)> = days.collect();
            assert!(days.is_sorted(), "{from} to {to}: {days:?}");
        }
    }
}

#[test]
fn an_account_is_open_at_every_hour_of_a_move_west() {
    let versions = moving("Asia/Shanghai", "America/Lima");
    let programme = Programme::try_from(versions.clone()).unwrap();
    let begin = at("2027-02-28T12:00:00Z");
    let posted = |day_of: &dyn Fn(Instant) -> Date| {
        let mut shop = Shop::new(versions.clone());
        for hour in 0..36_u8 {
            let at = begin.plus_seconds(i64::from(hour) * HOUR);
            let on = day_of(at);
            let lines = earned(&[(10_000, 1)]);
            let request = shop.request(0, Action::Earn { lines });
            let key = uuid::Uuid::from_u128(hour.into());
            let answer = shop.ledger.post(key, Moment { at, on }, request);
            assert!(answer.is_ok(), "hour {hour}: {answer:?}");
            let lapse = shop.ledger.lapse(Moment { at, on });
            assert_eq!(lapse, Ok(()), "hour {hour}");
        }
        shop.rebuild();
        assert_eq!(shop.balance(0), 36);
        let entries = shop.entries();
        let days = entries.iter().map(|entry| (entry.posted.on, entry.version));
        days.collect::<Vec<_>>()
    };
    let resolved = posted(&|at| programme.moment(at).on);
    assert!(resolved.is_sorted());
    // Whoever passes the bare day of the zone of the day gets the same: the account's own day does not go back.
    let bare = |at: Instant| {
        let before = at.day_in("Asia/Shanghai");
        let is_moved = before > day(2027, 3, 1) || at >= begin.plus_seconds(4 * HOUR + 1);
        if is_moved {
            at.day_in("America/Lima")
        } else {
            before
        }
    };
    assert_eq!(posted(&bare), resolved);
}
