//! Tiers, by hand and day by day.

use perennial_domain::Date;
use perennial_domain::loyalty::{
    Anchor, Downgrade, LateReturns, Programme, Qualifying, TierPeriod, TierRules, Version,
};
use proptest::prelude::*;

use crate::shop::{Shop, day, version};

fn rules() -> TierRules {
    TierRules {
        thresholds: vec![100, 500],
        anchor: Anchor::Calendar,
        months: 12,
        grace_days: 0,
        downgrade: Downgrade::ByPoints,
        late_returns: LateReturns::AtPeriodEnd,
    }
}

/// A programme whose tiers have these rules from these days on.
fn programme(rules: &[(Date, TierRules)]) -> Programme {
    let versions = rules.iter().zip(1..);
    let versions = versions.map(|((valid_from, rules), number)| Version {
        number,
        valid_from: *valid_from,
        tiers: Some(rules.clone()),
        ..version()
    });
    versions.collect::<Vec<_>>().try_into().unwrap()
}

/// The history by rules that never change.
fn judged(rules: &TierRules, joined: Date, facts: &[Qualifying], as_of: Date) -> Vec<TierPeriod> {
    programme(&[(day(2000, 1, 1), rules.clone())]).tiers(joined, facts, as_of)
}

fn earned(on: Date, points: i64) -> Qualifying {
    Qualifying {
        on,
        earned_on: on,
        points,
    }
}

/// First days and tiers.
fn told(history: &[TierPeriod]) -> Vec<(Date, u32)> {
    history
        .iter()
        .map(|period| (period.from, period.tier))
        .collect()
}

fn joined() -> Date {
    day(2027, 3, 1)
}

#[test]
fn a_tier_is_won_at_once_and_holds_through_the_next_period() {
    let facts = [
        earned(day(2027, 4, 1), 99),
        earned(day(2027, 5, 1), 1),
        earned(day(2028, 2, 1), 520),
    ];
    let history = judged(&rules(), joined(), &facts, day(2031, 1, 1));
    let expected = [
        (joined(), 0),
        (day(2027, 5, 1), 1),
        (day(2028, 2, 1), 2),
        (day(2030, 1, 1), 0),
    ];
    assert_eq!(told(&history), expected);
    assert_eq!(history[1].until, Some(day(2028, 12, 31)));
    assert_eq!(
        (history[2].until, history[2].basis),
        (Some(day(2029, 12, 31)), 520)
    );
    assert_eq!(
        (history[2].to, history[3].until),
        (Some(day(2030, 1, 1)), None)
    );
}

#[test]
fn a_tier_that_is_reached_again_goes_on() {
    let facts = [earned(day(2027, 5, 1), 100), earned(day(2028, 12, 31), 100)];
    let history = judged(&rules(), joined(), &facts, day(2029, 6, 1));
    assert_eq!(told(&history), [(joined(), 0), (day(2027, 5, 1), 1)]);
    assert_eq!(history[1].until, Some(day(2029, 12, 31)));
}

#[test]
fn a_tier_does_not_fall_during_grace_and_may_be_reached_in_it() {
    let graceful = TierRules {
        grace_days: 30,
        ..rules()
    };
    let facts = [earned(day(2027, 5, 1), 100)];
    let history = judged(&graceful, joined(), &facts, day(2029, 12, 1));
    assert_eq!(
        history.last().map(|last| (last.from, last.tier)),
        Some((day(2029, 1, 31), 0))
    );
    let saved = [facts[0], earned(day(2029, 1, 30), 100)];
    let history = judged(&graceful, joined(), &saved, day(2029, 12, 1));
    assert_eq!(told(&history), [(joined(), 0), (day(2027, 5, 1), 1)]);
}

#[test]
fn a_tier_falls_by_one_where_the_programme_says_so() {
    let gentle = TierRules {
        downgrade: Downgrade::OneDown,
        ..rules()
    };
    let facts = [earned(day(2027, 5, 1), 500)];
    let history = judged(&gentle, joined(), &facts, day(2031, 1, 1));
    let expected = [
        (joined(), 0),
        (day(2027, 5, 1), 2),
        (day(2029, 1, 1), 1),
        (day(2030, 1, 1), 0),
    ];
    assert_eq!(told(&history), expected);
}

#[test]
fn a_late_return_counts_as_the_programme_says() {
    let back = Qualifying {
        on: day(2028, 2, 10),
        earned_on: day(2027, 11, 1),
        points: -60,
    };
    let facts = [
        earned(day(2027, 5, 1), 60),
        earned(day(2027, 11, 1), 60),
        back,
    ];
    let ends = |late_returns| {
        let rules = TierRules {
            late_returns,
            ..rules()
        };
        let history = judged(&rules, joined(), &facts, day(2031, 1, 1));
        assert_eq!(told(&history)[..2], [(joined(), 0), (day(2027, 11, 1), 1)]);
        history[1].to
    };
    assert_eq!(ends(LateReturns::AtOnce), Some(day(2028, 2, 10)));
    assert_eq!(ends(LateReturns::AtPeriodEnd), Some(day(2029, 1, 1)));
    assert_eq!(ends(LateReturns::Never), Some(day(2029, 1, 1)));
    let soon = Qualifying {
        on: day(2027, 12, 10),
        ..back
    };
    let facts = [facts[0], facts[1], soon];
    let history = judged(&rules(), joined(), &facts, day(2031, 1, 1));
    assert_eq!(
        history[1].to,
        Some(day(2028, 1, 1)),
        "the period of the return ends it"
    );
}

#[test]
fn new_thresholds_leave_the_past_as_it_was_judged() {
    let higher = TierRules {
        thresholds: vec![200, 1000],
        ..rules()
    };
    let facts = [
        earned(day(2027, 5, 1), 150),
        earned(day(2028, 3, 1), 120),
        earned(day(2029, 5, 1), 150),
    ];
    let changed = programme(&[
        (day(2027, 1, 1), rules()),
        (day(2028, 7, 1), higher.clone()),
    ]);
    let history = changed.tiers(joined(), &facts, day(2031, 1, 1));
    let expected = [(joined(), 0), (day(2027, 5, 1), 1), (day(2030, 1, 1), 0)];
    assert_eq!(told(&history), expected);
    let before = day(2028, 6, 30);
    let seen = changed.tiers(joined(), &facts, before);
    assert_eq!(seen, judged(&rules(), joined(), &facts, before));
    assert_eq!(seen[1].until, Some(day(2029, 12, 31)));
    let end = day(2031, 1, 1);
    assert_eq!(told(&judged(&higher, joined(), &facts, end)).len(), 1);
    assert_eq!(told(&judged(&rules(), joined(), &facts, end))[2].0, end);
}

#[test]
fn lower_thresholds_are_reached_on_their_first_day_by_the_running_period() {
    let one = TierRules {
        thresholds: vec![50],
        ..rules()
    };
    let first = day(2028, 3, 1);
    let changed = programme(&[(day(2027, 1, 1), rules()), (first, one)]);
    let end = day(2028, 12, 31);
    let facts = [earned(day(2027, 5, 1), 60)];
    assert_eq!(told(&changed.tiers(joined(), &facts, end)).len(), 1);
    let facts = [facts[0], earned(day(2028, 2, 1), 60)];
    let history = changed.tiers(joined(), &facts, end);
    assert_eq!(told(&history), [(joined(), 0), (first, 1)]);
    assert_eq!(
        (history[1].until, history[1].basis),
        (Some(day(2029, 12, 31)), 60)
    );
    let facts = [earned(day(2027, 5, 1), 500)];
    let history = changed.tiers(joined(), &facts, end);
    let expected = [(joined(), 0), (day(2027, 5, 1), 2), (first, 1)];
    assert_eq!(told(&history), expected, "there is no second tier any more");
    assert_eq!(history[2].until, Some(end));
}

#[test]
fn a_running_period_goes_on_until_one_begins_by_the_new_rules() {
    let half_years = TierRules {
        anchor: Anchor::Anniversary,
        months: 6,
        ..rules()
    };
    let changed = programme(&[(day(2027, 1, 1), rules()), (day(2028, 7, 1), half_years)]);
    let reached = |second| {
        let facts = [earned(day(2028, 2, 1), 60), earned(second, 50)];
        let history = changed.tiers(joined(), &facts, day(2029, 12, 31));
        told(&history)[1..].to_vec()
    };
    let august = day(2028, 8, 31);
    assert_eq!(reached(august), [(august, 1), (day(2029, 3, 1), 0)]);
    assert_eq!(reached(day(2028, 9, 1)), []);
}

/// ERPNext 22167, 24672, 45450, 41564: tiers from the points of other years, of all time, or of what was spent since.
#[test]
fn a_tier_does_not_count_points_of_other_periods_nor_lose_spent_ones() {
    let mut shop = Shop::new(vec![version()]);
    shop.earn(0, &[(10_000, 60)]);
    shop.wait_days(365);
    shop.earn(0, &[(10_000, 60)]);
    let first = day(2027, 1, 1);
    let tier = |shop: &Shop| {
        let history = judged(
            &rules(),
            first,
            &shop.account(0).qualifying(),
            shop.moment().on,
        );
        history.last().map(|period| period.tier)
    };
    assert_eq!(tier(&shop), Some(0), "120 points in two years");
    let earning = shop.earn(0, &[(10_000, 60)]);
    assert_eq!(tier(&shop), Some(1));
    shop.burn(0, 180).unwrap();
    assert_eq!(tier(&shop), Some(1), "spending takes no tier");
    shop.take_back(0, earning).unwrap();
    let (facts, on) = (shop.account(0).qualifying(), day(2029, 1, 1));
    let history = judged(&rules(), first, &facts, on);
    assert_eq!(
        history.last().map(|period| (period.from, period.tier)),
        Some((on, 0))
    );
}

/// The tier on each day, by the rules read aloud: for every day all facts are looked through again.
fn day_by_day(rules: &TierRules, joined: Date, facts: &[Qualifying], days: u64) -> Vec<u32> {
    let starts: Vec<Date> = (0..400)
        .map(|number| {
            let anchor = match rules.anchor {
                Anchor::Calendar => day(2027, 1, 1),
                Anchor::Anniversary => joined,
            };
            let months = chrono::Months::new(number * rules.months);
            anchor.naive().checked_add_months(months).unwrap().into()
        })
        .collect();
    let period = |on: Date| starts.iter().rposition(|start| *start <= on).unwrap();
    let ends_before = |number: usize| starts[number];
    let tier_of = |points: i64| {
        rules
            .thresholds
            .iter()
            .filter(|least| **least <= points)
            .fold(0, |tier, _| tier + 1)
    };
    // Up to the n-th fact, in a period.
    let points = |upto: usize, of: usize| -> i64 {
        let counts = |fact: &&Qualifying| {
            let late = fact.points < 0 && period(fact.on) > period(fact.earned_on);
            period(fact.earned_on) == of && !(late && rules.late_returns == LateReturns::Never)
        };
        facts[..upto]
            .iter()
            .filter(counts)
            .map(|fact| fact.points)
            .sum()
    };
    let best = |upto: usize, now: usize| -> Option<(u32, Option<usize>, Date)> {
        let of = |number: usize| {
            (
                tier_of(points(upto, number)),
                Some(number),
                ends_before(number + 2),
            )
        };
        let mut best = of(now);
        if now > 0 && of(now - 1).0 > best.0 {
            best = of(now - 1);
        }
        (best.0 > 0).then_some(best)
    };
    // The tier, the period whose points carry it, and the first day on which it is not sure.
    let mut held: Option<(u32, Option<usize>, Date)> = None;
    let (mut tiers, mut known) = (Vec::new(), 0);
    for passed in 0..days {
        let today = joined.plus_days(passed);
        let now = period(today);
        if today == starts[now]
            && passed > 0
            && rules.late_returns == LateReturns::AtPeriodEnd
            && let Some((tier, Some(carrier), until)) = held
            && tier_of(points(known, carrier)) < tier
        {
            held = Some((tier, Some(carrier), until.min(today)));
        }
        if let Some((tier, _, until)) = held
            && until.plus_days(rules.grace_days.into()) <= today
        {
            let next = best(known, now);
            held = if rules.downgrade == Downgrade::OneDown
                && tier > 1
                && next.is_none_or(|next| next.0 < tier - 1)
            {
                Some((tier - 1, None, ends_before(now + 1)))
            } else {
                next
            };
        }
        while known < facts.len() && facts[known].on == today {
            let fact = facts[known];
            known += 1;
            let of = period(fact.earned_on);
            let tier = tier_of(points(known, now));
            let current = held.map_or(0, |held| held.0);
            if fact.points > 0 {
                if tier > 0 && tier >= current {
                    held = Some((tier, Some(now), ends_before(now + 2)));
                }
            } else if rules.late_returns == LateReturns::AtOnce
                && let Some((tier, Some(carrier), until)) = held
                && carrier == of
                && today < until
                && tier_of(points(known, of)) < tier
            {
                held = best(known, now);
            }
        }
        tiers.push(held.map_or(0, |held| held.0));
    }
    tiers
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn a_history_tells_what_each_day_saw(
        calendar in any::<bool>(), months in 1_u32..5, grace_days in 0_u32..20, one_down in any::<bool>(),
        late in 0_usize..3, again in 1_u64..700,
        events in prop::collection::vec((0_u64..40, 1_i64..130, prop::option::weighted(0.4, 0_u64..150)), 0..30),
    ) {
        let rules = TierRules {
            thresholds: vec![100, 180, 300],
            anchor: if calendar { Anchor::Calendar } else { Anchor::Anniversary },
            months,
            grace_days,
            downgrade: if one_down { Downgrade::OneDown } else { Downgrade::ByPoints },
            late_returns: [LateReturns::AtOnce, LateReturns::AtPeriodEnd, LateReturns::Never][late],
        };
        let joined = day(2027, 1, 31);
        let (mut facts, mut on) = (Vec::new(), joined);
        for (wait, points, back) in events {
            on = on.plus_days(wait);
            facts.push(earned(on, points));
            facts.extend(back.map(|days| Qualifying { on: on.plus_days(days), earned_on: on, points: -points }));
        }
        facts.sort_by_key(|fact| fact.on);
        let days = 700;
        let tiers = day_by_day(&rules, joined, &facts, days);
        let history = judged(&rules, joined, &facts, joined.plus_days(days - 1));
        prop_assert_eq!(history[0].from, joined);
        for pair in history.windows(2) {
            prop_assert_eq!(pair[0].to, Some(pair[1].from));
            prop_assert!(pair[0].from < pair[1].from && pair[0].tier != pair[1].tier);
        }
        for (passed, tier) in tiers.iter().enumerate() {
            let today = joined.plus_days(passed as u64);
            let period = history.iter().rfind(|period| period.from <= today);
            prop_assert_eq!(period.map(|period| period.tier), Some(*tier), "on {}", today);
        }
        // A version that changes nothing changes nothing.
        let versions = [(day(2000, 1, 1), rules.clone()), (joined.plus_days(again), rules.clone())];
        let same = programme(&versions).tiers(joined, &facts, joined.plus_days(days - 1));
        prop_assert_eq!(&same, &history);
        // A shorter look back sees the same past.
        let half = joined.plus_days(days / 2);
        let earlier = judged(&rules, joined, &facts, half);
        let before = history.iter().filter(|period| period.from <= half);
        prop_assert_eq!(told(&earlier), before.map(|period| (period.from, period.tier)).collect::<Vec<_>>());
    }
}
