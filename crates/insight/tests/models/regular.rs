//! The next purchase of regular buyers: intervals hold what they say, whatever the buyer's pace.

use perennial_insight::interval::Confidence;
use perennial_insight::regularity::{Gaps, Regularity};

use crate::simulation::Dice;

const DRAWS: u32 = 2_500;

fn regularity(k: f64) -> Regularity {
    Regularity {
        k,
        standard_error: 0.1 * k,
        buyers: 500,
    }
}

/// The share of true next gaps that lie before, in and after the interval.
fn placed(draws: impl Iterator<Item = (f64, Gaps, f64, f64)>) -> [f64; 3] {
    let confidence = Confidence::of(0.8).expect("a share");
    let mut places = [0.0; 3];
    for (k, gaps, away, next) in draws {
        let found = regularity(k)
            .next_purchase(gaps, away, confidence)
            .expect("a date");
        let from_now = next - away;
        places[usize::from(from_now > found.earliest) + usize::from(from_now > found.latest)] +=
            1.0;
    }
    let all: f64 = places.iter().sum();
    places.map(|place| place / all)
}

/// Four standard errors of a share of 10 or 80 %, and what is allowed beside.
fn assert_held(places: [f64; 3], beside: f64, what: &str) {
    for (found, known) in places.into_iter().zip([0.1_f64, 0.8, 0.1]) {
        let error = (known * (1.0 - known) / f64::from(DRAWS)).sqrt();
        assert!(
            (found - known).abs() < 4.0 * error + beside,
            "{what}: {places:?}"
        );
    }
}

#[test]
fn an_interval_holds_what_it_says_for_every_pace() {
    let mut dice = Dice(51);
    for (k, count, rate) in [
        (1.0, 1, 0.02),
        (1.0, 8, 3.0),
        (2.5, 3, 0.02),
        (0.7, 4, 3.0),
        (6.0, 1, 0.02),
        (6.0, 12, 3.0),
    ] {
        // Not away, and away for as long as a third or one and a half of the mean gap so far.
        for silence in [0.0, 0.3, 1.5] {
            let draw = |_| loop {
                let together: f64 = (0..count).map(|_| dice.gamma(k, rate)).sum();
                let (next, away) = (dice.gamma(k, rate), silence * together / f64::from(count));
                if next > away {
                    return (k, Gaps { count, together }, away, next);
                }
            };
            let places = placed((0..DRAWS).map(draw));
            assert_held(places, 0.0, &format!("{k} {count} {rate} {silence}"));
        }
    }
}

/// As a shop sees them: buyers of many paces, since the first purchase watched for a year, everybody with a gap foretold from where
/// it stands that day. Who is seen is not chosen by chance there, which costs a few of a hundred.
#[test]
fn so_it_does_for_a_shop_s_buyers_on_one_day() {
    let mut dice = Dice(52);
    let k = 3.0;
    let mut draw = || loop {
        let rate = k * dice.gamma(2.0, 8.0);
        let (mut count, mut together, year) = (0, 0.0, 52.0 * dice.uniform());
        loop {
            let gap = dice.gamma(k, rate);
            if together + gap > year {
                if count == 0 {
                    break;
                }
                return (k, Gaps { count, together }, year - together, gap);
            }
            (count, together) = (count + 1, together + gap);
        }
    };
    let places = placed((0..DRAWS).map(|_| draw()));
    assert_held(places, 0.03, "a shop");
}

/// As the module's page says of a k that is taken as known. The interval is in proportion to the gaps: one is enough for all draws.
#[test]
fn k_off_by_a_tenth_costs_two_of_a_hundred() {
    let confidence = Confidence::of(0.8).expect("a share");
    for (off, costs) in [(0.9, 0.02), (1.1, -0.02)] {
        let mut dice = Dice(53);
        let gaps = Gaps {
            count: 6,
            together: 1.0,
        };
        let found = regularity(4.0 * off).next_purchase(gaps, 0.0, confidence);
        let found = found.expect("a date");
        let draws = (0..DRAWS * 16).filter(|_| {
            let together: f64 = (0..6).map(|_| dice.gamma(4.0, 1.0)).sum();
            let next = dice.gamma(4.0, 1.0) / together;
            found.earliest <= next && next <= found.latest
        });
        let held = draws.count() as f64 / f64::from(DRAWS * 16);
        assert!((held - 0.8 - costs).abs() < 0.01, "{off}: {held}");
    }
}
