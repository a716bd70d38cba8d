//! Planted parameters are found again, within what their standard errors allow.

use perennial_insight::bg_nbd::BgNbd;
use perennial_insight::fit::Parameter;
use perennial_insight::gamma_gamma::GammaGamma;
use perennial_insight::grouped::Grouped;
use perennial_insight::history::{History, Spend};
use perennial_insight::pareto_nbd::ParetoNbd;
use perennial_insight::regularity::Regularity;

use crate::simulation::{self, Dice};
use crate::{ONE, oracle};

const BUYERS: usize = 20_000;

/// How somebody's x, t_x and T are made up, of parameters and age.
pub(crate) type Story = fn(&mut Dice, [f64; 4], f64) -> (u32, f64, f64);

fn histories(story: Story, planted: [f64; 4], seed: u64) -> Grouped<History> {
    let mut dice = Dice(seed);
    let mut one = || {
        let age = 27.0 + 51.0 * dice.uniform();
        let (x, t_x, age) = story(&mut dice, planted, age);
        History::new(x, t_x, age).expect("a history")
    };
    (0..BUYERS).map(|_| one()).collect()
}

/// Somebody as Pareto/NBD tells it: x, t_x, T.
pub(crate) fn pareto_nbd(
    dice: &mut Dice,
    [r, alpha, s, beta]: [f64; 4],
    age: f64,
) -> (u32, f64, f64) {
    let (rate, ending) = (dice.gamma(r, alpha), dice.gamma(s, beta));
    let end = dice.exponential(ending).min(age);
    simulation::history(&simulation::purchases(dice, rate, 0.0, end), age)
}

/// Four standard errors: one parameter in sixteen thousand misses that by chance, and seeds are fixed.
fn assert_found<const N: usize>(parameters: &[Parameter; N], planted: [f64; N]) {
    for (estimate, planted) in parameters.iter().zip(planted) {
        let off = (estimate.value - planted) / estimate.standard_error;
        assert!(off.abs() < 4.0, "{estimate:?} was {planted}: off by {off}");
        assert!(estimate.standard_error < 0.3 * planted, "{estimate:?}");
    }
}

#[test]
fn bg_nbd_finds_what_was_planted() {
    for (seed, planted) in [
        (1, [0.2426, 4.4136, 0.7929, 2.4259]),
        (2, [1.5, 8.0, 1.0, 3.0]),
        (3, [5.0, 12.0, 0.5, 4.0]),
    ] {
        let buyers = histories(simulation::bg_nbd, planted, seed);
        let fit = BgNbd::fit(&buyers, ONE).expect("a fit");
        assert_found(&fit.parameters(), planted);
        let naive: f64 = buyers
            .groups()
            .iter()
            .map(|(history, count)| {
                *count as f64 * oracle::bg_nbd_likelihood(fit.model.parameters(), history)
            })
            .sum();
        assert!(
            (fit.log_likelihood - naive).abs() < 1e-6,
            "{} {naive}",
            fit.log_likelihood
        );
    }
}

#[test]
fn pareto_nbd_finds_what_was_planted() {
    for (seed, planted) in [
        (4, [0.5533, 10.5777, 0.6062, 11.6687]),
        (5, [1.2, 5.0, 0.8, 20.0]),
    ] {
        let buyers = histories(pareto_nbd, planted, seed);
        let fit = ParetoNbd::fit(&buyers, ONE).expect("a fit");
        assert_found(&fit.parameters(), planted);
        let naive: f64 = buyers
            .groups()
            .iter()
            .map(|(history, count)| {
                *count as f64 * oracle::pareto_nbd_likelihood(fit.model.parameters(), history)
            })
            .sum();
        assert!(
            (fit.log_likelihood - naive).abs() < 1e-6,
            "{} {naive}",
            fit.log_likelihood
        );
    }
}

#[test]
fn gamma_gamma_finds_what_was_planted() {
    for (seed, planted) in [(6, [6.25, 3.744, 15.44]), (7, [2.0, 1.5, 300.0])] {
        let mut dice = Dice(seed);
        let mut one = |n: usize| {
            let x = 1 + n as u32 % 7;
            Spend::new(x, simulation::gamma_gamma(&mut dice, planted, x)).expect("a spend")
        };
        let spends: Grouped<Spend> = (0..BUYERS).map(&mut one).collect();
        let fit = GammaGamma::fit(&spends, ONE).expect("a fit");
        assert_found(&fit.parameters(), planted);
        let naive: f64 = spends
            .groups()
            .iter()
            .map(|(spend, count)| {
                *count as f64
                    * oracle::gamma_gamma_likelihood(
                        fit.model.parameters(),
                        spend.purchases(),
                        spend.mean(),
                    )
            })
            .sum();
        assert!(
            (fit.log_likelihood - naive).abs() < 1e-6,
            "{} {naive}",
            fit.log_likelihood
        );
    }
}

#[test]
fn regularity_finds_what_was_planted() {
    for (seed, k) in [(8, 1.0), (9, 2.0), (10, 5.0)] {
        let mut dice = Dice(seed);
        let mut pair = || {
            let rate = dice.gamma(0.7, 3.0) + 1e-3;
            (dice.gamma(k, rate), dice.gamma(k, rate))
        };
        let found = Regularity::of((0..BUYERS).map(|_| pair())).expect("regularity");
        let off = (found.k - k) / found.standard_error;
        assert!(
            off.abs() < 4.0 && found.standard_error < 0.05 * k,
            "{found:?} was {k}"
        );
    }
}

/// Simulated futures: what is expected comes, on average.
#[test]
fn what_is_expected_comes() {
    use perennial_insight::prediction::PurchaseModel;
    let (parameters, weeks) = ([0.8, 6.0, 0.9, 2.5], 40.0);
    let model = BgNbd::new(parameters).expect("parameters");
    let (mut dice, mut expected, mut chance, mut bought, mut bought_at_all) =
        (Dice(11), 0.0, 0.0, 0.0, 0.0);
    for _ in 0..BUYERS {
        // One life seen twice: until week 30, and until week 70.
        let mut again = Dice(dice.0);
        let (x, t_x, age) = simulation::bg_nbd(&mut dice, parameters, 30.0 + weeks);
        let (until_now, last, _) = simulation::bg_nbd(&mut again, parameters, 30.0);
        assert!(until_now <= x && last <= t_x && age == 70.0);
        let history = History::new(until_now, last, 30.0).expect("a history");
        expected += model.expected_purchases(&history, weeks);
        chance += model.probability_of_purchase(&history, weeks);
        bought += f64::from(x - until_now);
        bought_at_all += f64::from(u8::from(x > until_now));
    }
    assert!(
        (expected / bought - 1.0).abs() < 0.03,
        "{expected} {bought}"
    );
    assert!(
        (chance / bought_at_all - 1.0).abs() < 0.03,
        "{chance} {bought_at_all}"
    );
}
