//! Standard errors: of parameters against second differences of the printed likelihoods, of predictions against how they spread
//! when everything is learned anew from other buyers of the same kind.

use perennial_insight::Refusal;
use perennial_insight::bg_nbd::BgNbd;
use perennial_insight::fit::{Fit, Parametric};
use perennial_insight::gamma_gamma::GammaGamma;
use perennial_insight::grouped::Grouped;
use perennial_insight::history::{History, Spend};
use perennial_insight::holdout::{Comparison, Hiatus, Outcome, Verdict};
use perennial_insight::interval::Confidence;
use perennial_insight::pareto_nbd::ParetoNbd;
use perennial_insight::prediction::PurchaseModel;
use perennial_insight::value::{Buyer, Convention, Valuation};

use crate::recovery::{Story, pareto_nbd};
use crate::simulation::{self, Dice};
use crate::{ONE, oracle};

fn history(x: u32, t_x: f64, age: f64) -> History {
    History::new(x, t_x, age).expect("a history")
}

/// Somebody of each kind, and what it spent.
fn buyer(dice: &mut Dice, story: Story, planted: [f64; 4]) -> (History, Option<Spend>) {
    let age = 27.0 + 51.0 * dice.uniform();
    let (x, t_x, age) = story(dice, planted, age);
    let mean = (x > 0).then(|| simulation::gamma_gamma(dice, AMOUNTS, x));
    let spend = mean.map(|mean| Spend::new(x, mean).expect("a spend"));
    (history(x, t_x, age), spend)
}

fn base(
    seed: u64,
    buyers: usize,
    story: Story,
    planted: [f64; 4],
) -> (Grouped<History>, Grouped<Spend>) {
    let mut dice = Dice(seed);
    let buyers = (0..buyers).map(|_| buyer(&mut dice, story, planted));
    let (histories, spends): (Vec<_>, Vec<_>) = buyers.unzip();
    (
        histories.into_iter().collect(),
        spends.into_iter().flatten().collect(),
    )
}

const AMOUNTS: [f64; 3] = [6.25, 3.744, 15.44];
const PARETO: [f64; 4] = [0.5533, 10.5777, 0.6062, 11.6687];
const BG: [f64; 4] = [0.8, 6.0, 0.9, 2.5];

/// The inverse, by Gauss and Jordan.
fn inverse<const N: usize>(mut matrix: [[f64; N]; N]) -> [[f64; N]; N] {
    let mut inverse = [[0.0; N]; N];
    (0..N).for_each(|i| inverse[i][i] = 1.0);
    for pivot in 0..N {
        let by = matrix[pivot][pivot];
        matrix[pivot] = matrix[pivot].map(|entry| entry / by);
        inverse[pivot] = inverse[pivot].map(|entry| entry / by);
        for row in (0..N).filter(|row| *row != pivot) {
            let times = matrix[row][pivot];
            for column in 0..N {
                matrix[row][column] -= times * matrix[pivot][column];
                inverse[row][column] -= times * inverse[pivot][column];
            }
        }
    }
    inverse
}

/// The covariance of the logarithms by second differences of fourth order.
fn assert_curvature<M: Parametric<N>, const N: usize>(
    fit: &Fit<M, N>,
    likelihood: impl Fn([f64; N]) -> f64,
) {
    let at: [f64; N] = fit.model.into();
    let moved = |steps: [(usize, f64); 2]| {
        let mut moved = at;
        steps
            .iter()
            .for_each(|(index, step)| moved[*index] *= step.exp());
        likelihood(moved)
    };
    let second = |i: usize, j: usize, h: f64| {
        let at = |one: f64, other: f64| moved([(i, one * h), (j, other * h)]);
        (at(1.0, 1.0) - at(1.0, -1.0) - at(-1.0, 1.0) + at(-1.0, -1.0)) / (4.0 * h * h)
    };
    let finer = |i, j| (second(i, j, 0.02) - 4.0 * second(i, j, 0.01)) / 3.0;
    let known: [[f64; N]; N] = inverse(std::array::from_fn(|i| {
        std::array::from_fn(|j| finer(i, j))
    }));
    for i in 0..N {
        let parameter = fit.parameters()[i];
        let error = parameter.standard_error / parameter.value;
        assert!((error / known[i][i].sqrt() - 1.0).abs() < 1e-5, "{error}");
        for j in 0..N {
            let off = (fit.covariance[i][j] - known[i][j]).abs();
            assert!(off < 1e-5 * (known[i][i] * known[j][j]).sqrt(), "{off}");
        }
    }
}

#[test]
fn errors_of_parameters_are_the_curvature_of_the_printed_likelihoods() {
    let (histories, spends) = base(41, 3000, pareto_nbd, PARETO);
    let all = |parameters, likelihood: fn([f64; 4], &History) -> f64| {
        let groups = histories.groups().iter();
        groups
            .map(|(history, count)| *count as f64 * likelihood(parameters, history))
            .sum::<f64>()
    };
    let pareto = ParetoNbd::fit(&histories, ONE).expect("a fit");
    assert_curvature(&pareto, |at| all(at, oracle::pareto_nbd_likelihood));
    let bg = BgNbd::fit(&histories, ONE).expect("a fit");
    assert_curvature(&bg, |at| all(at, oracle::bg_nbd_likelihood));
    let amounts = GammaGamma::fit(&spends, ONE).expect("a fit");
    assert_curvature(&amounts, |at| {
        let of = |(spend, count): &(Spend, u64)| {
            *count as f64 * oracle::gamma_gamma_likelihood(at, spend.purchases(), spend.mean())
        };
        spends.groups().iter().map(of).sum::<f64>()
    });
}

/// Numbers with their standard errors, each time learned from other buyers: they spread as their errors say, and two errors to
/// either side hold the truth in 19 of 20.
fn assert_spread<const L: usize>(
    refits: u64,
    truth: [f64; L],
    learned: impl Fn(u64) -> [(f64, f64); L],
) {
    let found: Vec<[(f64, f64); L]> = (0..refits).map(learned).collect();
    let n = refits as f64;
    // Three standard errors of a standard deviation, and of a share of 95 %.
    let (of_deviation, of_share) = (3.0 / (2.0 * n).sqrt(), 3.0 * (0.95 * 0.05 / n).sqrt());
    for (number, truth) in truth.into_iter().enumerate() {
        let values = || found.iter().map(|found| found[number]);
        let mean = values().map(|(value, _)| value).sum::<f64>() / n;
        let squares = values()
            .map(|(value, _)| (value - mean).powi(2))
            .sum::<f64>();
        let spread = (squares / (n - 1.0)).sqrt();
        let error = (values().map(|(_, error)| error * error).sum::<f64>() / n).sqrt();
        let off = spread / error - 1.0;
        assert!(
            off.abs() < of_deviation,
            "number {number}: {spread} said {error}"
        );
        let is_held = |(value, error): &(f64, f64)| (value - truth).abs() < 1.96 * error;
        let held = values().filter(is_held).count() as f64 / n;
        assert!(
            (held - 0.95).abs() < of_share + 0.01,
            "number {number}: {held}"
        );
    }
}

/// A chance, an expectation, the value of one buyer and of forty: these buyers, whatever the models were learned from.
fn numbers<M>(
    purchases: &Fit<M, 4>,
    amounts: &Fit<GammaGamma, 3>,
) -> Result<[(f64, f64); 4], Refusal>
where
    M: PurchaseModel + Parametric<4>,
{
    let somebody = history(3, 20.0, 31.0);
    let mut dice = Dice(77);
    let forty: Vec<Buyer> = (0..40)
        .map(|_| {
            let (history, spend) = buyer(&mut dice, simulation::bg_nbd, BG);
            Buyer {
                history,
                spend,
                cost_to_serve: 0.2,
            }
        })
        .collect();
    let convention = Convention::months(12, 0.1)?;
    let equity = |purchases: &M, amounts: &GammaGamma, buyers: &[Buyer]| {
        let valuation = Valuation::new(purchases, amounts, convention);
        valuation.values(buyers, ONE).iter().sum::<f64>()
    };
    let value_of = |buyers: &[Buyer]| {
        let by_purchases =
            purchases.standard_error_of(|model| equity(model, &amounts.model, buyers))?;
        let by_amounts =
            amounts.standard_error_of(|model| equity(&purchases.model, model, buyers))?;
        let value = equity(&purchases.model, &amounts.model, buyers);
        Ok((value, by_purchases.hypot(by_amounts)))
    };
    let of = |number: &dyn Fn(&M) -> f64| {
        Ok((
            number(&purchases.model),
            purchases.standard_error_of(number)?,
        ))
    };
    Ok([
        of(&|model| model.probability_of_purchase(&somebody, 26.0))?,
        of(&|model| model.expected_purchases(&somebody, 39.0))?,
        value_of(&forty[1..2])?,
        value_of(&forty)?,
    ])
}

/// What a model with these very parameters says, without error.
fn certain<M: Parametric<N>, const N: usize>(model: M) -> Fit<M, N> {
    Fit {
        model,
        covariance: [[0.0; N]; N],
        log_likelihood: 0.0,
        buyers: 0,
    }
}

#[test]
fn predictions_spread_as_their_errors_say() {
    let amounts = certain(GammaGamma::new(AMOUNTS).expect("parameters"));
    let bg = certain(BgNbd::new(BG).expect("parameters"));
    let known = numbers(&bg, &amounts).expect("numbers");
    assert!(known.iter().all(|(_, error)| *error == 0.0));
    assert_spread(200, known.map(|(value, _)| value), |seed| {
        let (histories, spends) = base(1000 + seed, 2500, simulation::bg_nbd, BG);
        let purchases = BgNbd::fit(&histories, ONE).expect("a fit");
        let amounts = GammaGamma::fit(&spends, ONE).expect("a fit");
        numbers(&purchases, &amounts).expect("numbers")
    });
    let pareto = certain(ParetoNbd::new(PARETO).expect("parameters"));
    let known = numbers(&pareto, &amounts).expect("numbers");
    assert_spread(60, known.map(|(value, _)| value), |seed| {
        let (histories, spends) = base(2000 + seed, 2500, pareto_nbd, PARETO);
        let purchases = ParetoNbd::fit(&histories, ONE).expect("a fit");
        let amounts = GammaGamma::fit(&spends, ONE).expect("a fit");
        numbers(&purchases, &amounts).expect("numbers")
    });
}

/// The error of each parameter is that of a number like others, portions come to the whole, and what is no number is refused.
#[test]
fn the_error_of_a_parameter_is_that_of_a_number_like_others() {
    let (histories, _) = base(43, 2000, simulation::bg_nbd, BG);
    let fit = BgNbd::fit(&histories, ONE).expect("a fit");
    for (index, parameter) in fit.parameters().iter().enumerate() {
        let error = fit.standard_error_of(|model| model.parameters()[index]);
        assert!((error.expect("an error") / parameter.standard_error - 1.0).abs() < 1e-7);
    }
    assert_eq!(fit.standard_error_of(|_| 3.0), Ok(0.0));
    assert_eq!(fit.standard_error_of(|_| f64::NAN), Err(Refusal::NotFinite));
    let known: Vec<History> = histories
        .groups()
        .iter()
        .map(|(history, _)| *history)
        .collect();
    let sum = |model: &BgNbd, of: &[History]| {
        let expected = of
            .iter()
            .map(|history| model.expected_purchases(history, 26.0));
        expected.sum::<f64>()
    };
    let whole = fit
        .standard_error_of(|model| sum(model, &known))
        .expect("an error");
    let mut slopes = [0.0; 4];
    for portion in known.chunks(300) {
        let more = fit.slopes_of(|model| sum(model, portion)).expect("slopes");
        slopes
            .iter_mut()
            .zip(more)
            .for_each(|(all, more)| *all += more);
    }
    assert!((fit.standard_error(&slopes) / whole - 1.0).abs() < 1e-7);
}

/// Four hundred buyers foretold, again and again: a lead spreads as its error says, and is called one when it is.
#[test]
fn a_lead_over_the_rule_spreads_as_its_error_says() {
    let model = BgNbd::new(BG).expect("parameters");
    let outcomes = |seed: u64, buyers: usize| {
        let mut dice = Dice(seed);
        let outcome = |dice: &mut Dice| {
            // One life seen twice: until week 30, and 26 weeks more.
            let mut again = Dice(dice.0);
            let (x, ..) = simulation::bg_nbd(dice, BG, 56.0);
            let (known, last, _) = simulation::bg_nbd(&mut again, BG, 30.0);
            Outcome {
                history: history(known, last, 30.0),
                days: 26 * 7,
                bought: x - known,
            }
        };
        (0..buyers).map(|_| outcome(&mut dice)).collect::<Vec<_>>()
    };
    let compared = |model: &BgNbd, seed, buyers, hiatus| {
        let outcomes = outcomes(seed, buyers);
        Comparison::of(model, &outcomes, hiatus, Confidence::USUAL).expect("a comparison")
    };
    let near = Hiatus {
        weeks: 12.0,
        within: 0.85,
        beyond: 0.4,
    };
    let truth = compared(&model, 1, 200_000, near).lead.value;
    assert_spread(300, [truth], |seed| {
        let found = compared(&model, 3000 + 17 * seed, 400, near);
        assert!((found.lead.value - (found.rule.brier - found.model.brier)).abs() < 1e-13);
        [(found.lead.value, found.lead.standard_error)]
    });
    // Nobody needs a model to beat a coin; that it beats a rule that was well learned, a hundred and fifty buyers do not tell, and
    // that it is beaten is told of one that was fitted to other people.
    let coin = Hiatus {
        weeks: 12.0,
        within: 0.5,
        beyond: 0.5,
    };
    assert_eq!(
        compared(&model, 5, 2000, coin).beats_the_rule(),
        Verdict::Better
    );
    let learned = Hiatus::learned_from(&outcomes(9, 20_000)).expect("a rule");
    assert_eq!(
        compared(&model, 5, 150, learned).beats_the_rule(),
        Verdict::Open
    );
    let others = BgNbd::new([0.05, 6.0, 0.9, 2.5]).expect("parameters");
    assert_eq!(
        compared(&others, 5, 2000, learned).beats_the_rule(),
        Verdict::Worse
    );
}
