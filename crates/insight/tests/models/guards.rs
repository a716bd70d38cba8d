//! Where formulas break: each place a test.

use perennial_insight::Refusal;
use perennial_insight::bg_nbd::BgNbd;
use perennial_insight::gamma_gamma::GammaGamma;
use perennial_insight::grouped::Grouped;
use perennial_insight::history::{History, Spend};
use perennial_insight::interval::Confidence;
use perennial_insight::pareto_nbd::ParetoNbd;
use perennial_insight::prediction::PurchaseModel;
use perennial_insight::value::{Buyer, Convention, Valuation};
use proptest::prelude::*;

use crate::simulation::{self, Dice};
use crate::{ONE, is_near, oracle};

fn history(x: u32, t_x: f64, age: f64) -> History {
    History::new(x, t_x, age).expect("a history")
}

fn bg(parameters: [f64; 4]) -> BgNbd {
    BgNbd::new(parameters).expect("parameters")
}

fn histories(buyers: usize, one: impl FnMut(usize) -> (u32, f64, f64)) -> Grouped<History> {
    (0..buyers)
        .map(one)
        .map(|(x, t_x, age)| history(x, t_x, age))
        .collect()
}

#[test]
fn a_of_one_is_a_number_like_others() {
    for (x, t_x) in [(0, 0.0), (3, 17.0), (40, 37.0)] {
        let at = |a: f64| bg([0.24, 4.4, a, 2.4]).expected_purchases(&history(x, t_x, 38.0), 39.0);
        let exact = at(1.0);
        assert!(exact.is_finite() && exact > 0.0);
        // Its neighbours lie on both sides, as near as they are.
        assert!(
            is_near((at(1.0 - 1e-5) + at(1.0 + 1e-5)) / 2.0, exact, 1e-9),
            "x = {x}"
        );
        assert!(is_near(at(1.0 + 1e-13), exact, 1e-12), "x = {x}");
        assert!(
            (at(1.0 - 1e-5) - exact) * (at(1.0 + 1e-5) - exact) < 0.0,
            "x = {x}"
        );
        // The printed formula is 0/0 there and loses half of its digits near it, but says the same.
        let printed =
            oracle::bg_nbd_expected([0.24, 4.4, 1.0 + 1e-5, 2.4], &history(x, t_x, 38.0), 39.0);
        assert!(is_near(at(1.0 + 1e-5), printed, 1e-8), "x = {x}: {printed}");
    }
    // Pareto/NBD has the same place at s = 1.
    let at = |s: f64| {
        ParetoNbd::new([0.55, 10.6, s, 11.7])
            .expect("parameters")
            .expected_purchases(&history(3, 17.0, 38.0), 39.0)
    };
    assert!(is_near(
        (at(1.0 - 1e-5) + at(1.0 + 1e-5)) / 2.0,
        at(1.0),
        1e-9
    ));
}

#[test]
fn amounts_without_a_mean_are_refused() {
    for q in [1.0, 0.5, 1e-9] {
        assert_eq!(GammaGamma::new([6.0, q, 15.0]), Err(Refusal::InfiniteMean));
    }
    assert!(GammaGamma::new([6.0, 1.0 + 1e-12, 15.0]).is_ok());
    let mut dice = Dice(21);
    let spends = (0..3000).map(|n| {
        let x = 1 + n % 5;
        Spend::new(x, simulation::gamma_gamma(&mut dice, [4.0, 0.7, 10.0], x)).expect("a spend")
    });
    assert_eq!(
        GammaGamma::fit(&spends.collect(), ONE),
        Err(Refusal::InfiniteMean)
    );
}

#[test]
fn who_bought_once_is_alive_to_bg_nbd_and_has_no_date() {
    let once = history(0, 0.0, 52.0);
    let model = bg([0.24, 4.4, 0.8, 2.4]);
    assert_eq!(model.probability_alive(&once), 1.0);
    assert_eq!(
        model.next_purchase(&once, Confidence::USUAL),
        Err(Refusal::NoDate)
    );
    assert!(model.probability_of_purchase(&once, 39.0) < 0.15);
    let pareto = ParetoNbd::new([0.55, 10.6, 0.6, 11.7]).expect("parameters");
    assert!(pareto.probability_alive(&once) < 0.3);
    assert_eq!(
        pareto.next_purchase(&once, Confidence::USUAL),
        Err(Refusal::NoDate)
    );
    // With r ≥ 1 there is one, and with a second purchase too.
    assert!(
        bg([1.0, 4.4, 0.8, 2.4])
            .next_purchase(&once, Confidence::USUAL)
            .is_ok()
    );
    let twice = model
        .next_purchase(&history(1, 4.0, 52.0), Confidence::USUAL)
        .expect("a date");
    assert!(twice.earliest < twice.median && twice.median < twice.latest);
    // (56.4/(56.4 + t))^1.24: it comes later than these with 97.5, 50 and 2.5 %.
    for (found, share) in [
        (twice.earliest, 0.975),
        (twice.median, 0.5),
        (twice.latest, 0.025),
    ] {
        assert!(is_near((56.4 / (56.4 + found)).powf(1.24), share, 1e-12));
    }
}

#[test]
fn who_bought_today_for_the_first_time_is_foretold() {
    let new = history(0, 0.0, 0.0);
    let model = bg([0.24, 4.4, 0.8, 2.4]);
    let printed = oracle::bg_nbd_expected(model.parameters(), &new, 39.0);
    assert!(is_near(
        model.expected_purchases(&new, 39.0),
        printed,
        1e-11
    ));
    let pareto = ParetoNbd::new([0.55, 10.6, 0.6, 11.7]).expect("parameters");
    assert_eq!(pareto.probability_alive(&new), 1.0);
    for weeks in [0.0, -3.0, f64::NAN] {
        assert_eq!(model.expected_purchases(&new, weeks), 0.0);
        assert_eq!(model.probability_of_purchase(&new, weeks), 0.0);
        assert_eq!(pareto.expected_purchases(&new, weeks), 0.0);
        assert_eq!(pareto.probability_of_purchase(&new, weeks), 0.0);
    }
    // The longest that can be asked of the shortest alpha.
    assert!(BgNbd::new([0.24, 0.009, 0.8, 2.4]).is_err());
    let longest = bg([0.24, 0.01, 0.8, 2.4]).expected_purchases(&new, f64::INFINITY);
    assert!(longest.is_finite() && longest > 1.0);
}

#[test]
fn large_x_neither_overflows_nor_is_lost() {
    // Nobody stops: the negative binomial's mean.
    for x in [300, 5_000, 200_000, 1_000_000] {
        let buyer = history(x, 100.0, 100.0);
        let model = bg([0.5, 4.0, 1e-13, 3.0]);
        let known = (0.5 + f64::from(x)) / 104.0 * 10.0;
        assert!(
            is_near(model.expected_purchases(&buyer, 10.0), known, 1e-7),
            "{x}"
        );
        let next = model
            .next_purchase(&buyer, Confidence::USUAL)
            .expect("a date")
            .median;
        assert!(
            is_near(next, 104.0 * std::f64::consts::LN_2 / f64::from(x), 1e-2),
            "{x}: {next}"
        );
    }
    // All times at once are each by itself, though their terms are thousands of orders apart.
    let (model, buyer) = (bg([0.5, 4.0, 0.7, 3.0]), history(20_000, 100.0, 100.0));
    let weeks = [500.0, 0.01, 10.0, 52.0];
    for (together, weeks) in model.expected_by(&buyer, weeks).into_iter().zip(weeks) {
        assert!(
            together > 0.0 && is_near(together, model.expected_purchases(&buyer, weeks), 1e-11),
            "{weeks}"
        );
    }
    // Long silent: certainly gone, which is zero and not a fault.
    let gone = history(100_000, 10.0, 500.0);
    let pareto = ParetoNbd::new([0.55, 10.6, 0.6, 11.7]).expect("parameters");
    for (alive, expected, chance) in [
        (
            model.probability_alive(&gone),
            model.expected_purchases(&gone, 52.0),
            model.probability_of_purchase(&gone, 52.0),
        ),
        (
            pareto.probability_alive(&gone),
            pareto.expected_purchases(&gone, 52.0),
            pareto.probability_of_purchase(&gone, 52.0),
        ),
    ] {
        assert_eq!((alive, expected, chance), (0.0, 0.0, 0.0));
    }
    assert!(pareto.probability_alive(&history(100_000, 499.99, 500.0)) > 0.0);
}

#[test]
fn thin_data_are_refused_with_the_reason() {
    let too_few = histories(99, |n| (n as u32 % 3, f64::from(n as u32 % 3), 20.0));
    let found = Refusal::TooFew {
        found: 99,
        needed: 100,
    };
    assert_eq!(BgNbd::fit(&too_few, ONE), Err(found));
    assert_eq!(ParetoNbd::fit(&too_few, ONE), Err(found));
    let once = histories(500, |n| (0, 0.0, n as f64));
    assert_eq!(BgNbd::fit(&once, ONE), Err(Refusal::NoRepeats));
    assert_eq!(ParetoNbd::fit(&once, ONE), Err(Refusal::NoRepeats));
    let nobody = histories(0, |_| unreachable!());
    assert_eq!(
        BgNbd::fit(&nobody, ONE),
        Err(Refusal::TooFew {
            found: 0,
            needed: 100
        })
    );
    let free = (0..500).map(|_| Spend::new(2, 0.0).expect("a spend"));
    assert_eq!(
        GammaGamma::fit(&free.collect(), ONE),
        Err(Refusal::TooFew {
            found: 0,
            needed: 100
        })
    );
    assert_eq!(found.to_string(), "99 of at least 100");
}

/// Everybody alike, nobody stopping, all with one history: no maximum, or one that many parameters share.
#[test]
fn what_the_data_leave_open_is_said() {
    let mut dice = Dice(22);
    let mut alike = |_| {
        let (mut at, mut x, mut last) = (0.0, 0, 0.0);
        loop {
            at += dice.exponential(0.2);
            if at > 60.0 {
                return (x, last, 60.0);
            }
            (x, last) = (x + 1, at);
        }
    };
    let alike = histories(2000, &mut alike);
    assert!(
        matches!(BgNbd::fit(&alike, ONE), Err(Refusal::NotIdentified { .. })),
        "{:?}",
        BgNbd::fit(&alike, ONE)
    );
    assert!(
        matches!(
            ParetoNbd::fit(&alike, ONE),
            Err(Refusal::NotIdentified { .. })
        ),
        "{:?}",
        ParetoNbd::fit(&alike, ONE)
    );
    let same = histories(2000, |_| (2, 20.0, 40.0));
    assert!(
        matches!(BgNbd::fit(&same, ONE), Err(Refusal::NotIdentified { .. })),
        "{:?}",
        BgNbd::fit(&same, ONE)
    );
    assert!(
        matches!(
            ParetoNbd::fit(&same, ONE),
            Err(Refusal::NotIdentified { .. })
        ),
        "{:?}",
        ParetoNbd::fit(&same, ONE)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// The plain sum of the printed formula, wherever that still has digits.
    #[test]
    fn expected_purchases_are_those_of_the_printed_formula(
        r in 0.05..5.0_f64, alpha in 0.5..30.0_f64, a in 0.1..4.0_f64, b in 0.1..8.0_f64,
        x in 0_u32..30, share in 0.01..1.0_f64, age in 0.1..100.0_f64, weeks in 0.1..80.0_f64,
    ) {
        prop_assume!((a - 1.0).abs() > 0.01);
        let history = history(x, if x == 0 { 0.0 } else { share * age }, age);
        let found = bg([r, alpha, a, b]).expected_purchases(&history, weeks);
        let printed = oracle::bg_nbd_expected([r, alpha, a, b], &history, weeks);
        prop_assert!((found - printed).abs() < 1e-9 * printed.abs() + 1e-11, "{} {}", found, printed);
    }

    /// More time, more purchases; a probability is one and not above the expectation; what is worth something costs.
    #[test]
    fn predictions_are_in_order(
        r in 0.01..50.0_f64, alpha in 0.01..100.0_f64, third in 0.01..20.0_f64, fourth in 0.01..50.0_f64,
        x in 0_u32..2000, share in 0.001..1.0_f64, age in 0.01..1000.0_f64, weeks in 0.01..500.0_f64,
    ) {
        // What is left of the logarithms of very small numbers.
        const ROUNDING: f64 = 1e-9;
        let history = history(x, if x == 0 { 0.0 } else { share * age }, age);
        let spend = GammaGamma::new([2.0, 3.0, 10.0]).expect("parameters");
        let convention = Convention::new(12, weeks / 12.0, 0.01).expect("a convention");
        fn check<M: PurchaseModel>(model: &M, spend: &GammaGamma, convention: Convention, history: History, weeks: f64) -> Result<(), TestCaseError> {
            let alive = model.probability_alive(&history);
            prop_assert!((0.0..=1.0).contains(&alive));
            let [less, more] = model.expected_by(&history, [weeks / 2.0, weeks]);
            prop_assert!(more.is_finite() && 0.0 <= less && less <= more * (1.0 + ROUNDING), "{} {}", less, more);
            let chance = model.probability_of_purchase(&history, weeks);
            prop_assert!((0.0..=1.0 + ROUNDING).contains(&chance) && chance <= alive * (1.0 + ROUNDING) && chance <= more * (1.0 + ROUNDING), "{} {} {}", chance, alive, more);
            let valuation = Valuation::new(model, spend, convention);
            let discounted = valuation.discounted_purchases(&history);
            prop_assert!(discounted <= more * (1.0 + ROUNDING) && discounted >= more / 1.01_f64.powi(12) * (1.0 - ROUNDING));
            let value = |cost_to_serve| valuation.value(&Buyer { history, spend: None, cost_to_serve });
            prop_assert!(value(1.0) < value(0.0) && value(0.0).is_finite());
            Ok(())
        }
        check(&bg([r, alpha, third, fourth]), &spend, convention, history, weeks)?;
        check(&ParetoNbd::new([r, alpha, third, fourth]).expect("parameters"), &spend, convention, history, weeks)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// Few buyers of any kind: a fit that is given is a maximum with finite errors; else there is a reason.
    #[test]
    fn a_fit_of_anything_is_a_maximum_or_a_refusal(
        seed in any::<u64>(), r in 0.1..3.0_f64, alpha in 1.0..40.0_f64, a in 0.1..3.0_f64, b in 0.1..6.0_f64, buyers in 100_usize..200,
    ) {
        let mut dice = Dice(seed);
        let histories = histories(buyers, |_| {
            let age = 60.0 * dice.uniform();
            simulation::bg_nbd(&mut dice, [r, alpha, a, b], age)
        });
        let around = |parameters: [f64; 4], errors: [f64; 4], likelihood: fn([f64; 4], &History) -> f64| -> Vec<f64> {
            let all = |parameters| histories.groups().iter().map(|(history, count)| *count as f64 * likelihood(parameters, history)).sum::<f64>();
            let moved = |index: usize, by: f64| {
                let mut moved = parameters;
                moved[index] += (by * errors[index]).max(-0.5 * parameters[index]);
                all(moved)
            };
            (0..4).flat_map(|index| [moved(index, -0.3), moved(index, 0.3)]).collect()
        };
        for (fit, likelihood) in [
            (BgNbd::fit(&histories, ONE).map(|fit| (fit.parameters(), fit.log_likelihood)), oracle::bg_nbd_likelihood as fn([f64; 4], &History) -> f64),
            (ParetoNbd::fit(&histories, ONE).map(|fit| (fit.parameters(), fit.log_likelihood)), oracle::pareto_nbd_likelihood),
        ] {
            let (estimates, greatest) = match fit {
                Ok(fit) => fit,
                Err(Refusal::NotIdentified { .. } | Refusal::NoRepeats) => continue,
                Err(other) => return Err(TestCaseError::fail(other.to_string())),
            };
            let errors = estimates.map(|estimate| estimate.standard_error);
            prop_assert!(errors.iter().all(|error| error.is_finite() && *error > 0.0));
            for value in around(estimates.map(|estimate| estimate.value), errors, likelihood) {
                prop_assert!(value < greatest + 1e-7, "{:?}: {} above {}", estimates, value, greatest);
            }
        }
    }
}
