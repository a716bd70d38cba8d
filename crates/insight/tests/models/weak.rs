//! Bases that say little: a fit converges, or says which parameter the data do not tell.

use perennial_insight::Refusal;
use perennial_insight::bg_nbd::BgNbd;
use perennial_insight::fit::{Fit, Parametric};
use perennial_insight::gamma_gamma::GammaGamma;
use perennial_insight::grouped::Grouped;
use perennial_insight::history::{History, Spend};
use perennial_insight::pareto_nbd::ParetoNbd;
use perennial_insight::prediction::PurchaseModel;

use crate::ONE;
use crate::recovery::{Story, pareto_nbd};
use crate::simulation::{self, Dice};

/// How often what came of it.
#[derive(Debug, Default)]
struct Tally {
    fits: u32,
    not_told: u32,
}

impl Tally {
    fn take<M>(&mut self, fit: Result<Fit<M, 4>, Refusal>, what: &str)
    where
        M: PurchaseModel + Parametric<4>,
    {
        match fit {
            Ok(fit) => {
                for parameter in fit.parameters() {
                    // Within a factor of twenty either way, 19 times of 20.
                    let factor = 1.96 * parameter.standard_error / parameter.value;
                    assert!(factor < 20.0_f64.ln() * 1.01, "{what}: {parameter:?}");
                }
                let buyer = History::new(2, 10.0, 20.0).expect("a history");
                let chance = |model: &M| model.probability_of_purchase(&buyer, 13.0);
                let error = fit.standard_error_of(chance).expect("an error");
                assert!(
                    (0.0..=1.0).contains(&chance(&fit.model)) && error < 1.0,
                    "{what}"
                );
                self.fits += 1;
            }
            Err(Refusal::NotIdentified { .. }) => self.not_told += 1,
            Err(other) => panic!("{what}: {other:?}"),
        }
    }
}

fn both(
    buyers: usize,
    seeds: u64,
    what: &str,
    mut one: impl FnMut(&mut Dice) -> (u32, f64, f64),
) -> [Tally; 2] {
    let mut tallies = [Tally::default(), Tally::default()];
    for seed in 0..seeds {
        let mut dice = Dice(100 * seed);
        let histories: Grouped<History> = (0..buyers)
            .map(|_| one(&mut dice))
            .map(|(x, t_x, age)| History::new(x, t_x, age).expect("a history"))
            .collect();
        tallies[0].take(BgNbd::fit(&histories, ONE), what);
        tallies[1].take(ParetoNbd::fit(&histories, ONE), what);
    }
    tallies
}

/// Purchases at one rate until each stops with that probability after a purchase, or never.
fn alike(dice: &mut Dice, rate: f64, p: f64, age: f64) -> (u32, f64, f64) {
    simulation::history(&simulation::purchases(dice, rate, p, age), age)
}

#[test]
fn everybody_at_one_pace_is_not_told() {
    for buyers in [100, 1000] {
        for (what, rate, p) in [("nobody stops", 0.2, 0.0), ("all stop alike", 0.3, 0.3)] {
            for tally in both(buyers, 8, what, |dice| alike(dice, rate, p, 40.0)) {
                // Some may look like many kinds by chance.
                assert!(tally.fits <= 2, "{what}: {tally:?}");
            }
        }
    }
}

#[test]
fn who_stop_after_the_first_repeat_are_not_told() {
    for buyers in [100, 1000] {
        let once_more = |dice: &mut Dice| {
            let (rate, age) = (dice.gamma(1.0, 4.0), 20.0 + 20.0 * dice.uniform());
            let first = dice.exponential(rate);
            let times: &[f64] = if first > age { &[] } else { &[first] };
            simulation::history(times, age)
        };
        for tally in both(buyers, 5, "one repeat at most", once_more) {
            assert_eq!(tally.fits, 0);
        }
    }
    // After the first purchase of all: nothing at all is known.
    let once: Grouped<History> = (0..500)
        .map(|n| History::new(0, 0.0, f64::from(n % 50)).expect("a history"))
        .collect();
    assert_eq!(BgNbd::fit(&once, ONE), Err(Refusal::NoRepeats));
    assert_eq!(ParetoNbd::fit(&once, ONE), Err(Refusal::NoRepeats));
}

#[test]
fn nobody_stopping_at_many_paces_is_not_told() {
    for buyers in [100, 1000] {
        let forever = |dice: &mut Dice| {
            let (rate, age) = (dice.gamma(0.8, 6.0), 20.0 + 30.0 * dice.uniform());
            alike(dice, rate, 0.0, age)
        };
        for tally in both(buyers, 6, "many paces, nobody stops", forever) {
            assert!(tally.not_told >= 5, "{tally:?}");
        }
    }
}

/// The more buyers, the more is told: of a hundred like CDNOW's little, of its two thousand everything.
#[test]
fn more_buyers_tell_more() {
    let told = |buyers, story: Story, planted| {
        both(buyers, 10, "like CDNOW", |dice| {
            like_cdnow(dice, story, planted)
        })
        .map(|tally| tally.fits)
    };
    let [few, _] = told(100, simulation::bg_nbd, BG);
    let [all, _] = told(2357, simulation::bg_nbd, BG);
    assert!(few < 9 && all == 10, "BG/NBD: {few}, {all}");
    let [_, few] = told(100, pareto_nbd, PARETO);
    let [_, all] = told(2357, pareto_nbd, PARETO);
    assert!(few < 5 && all == 10, "Pareto/NBD: {few}, {all}");
}

/// CDNOW's parameters, and ages as of its buyers.
const BG: [f64; 4] = [0.2426, 4.4136, 0.7929, 2.4259];
const PARETO: [f64; 4] = [0.5533, 10.5777, 0.6062, 11.6687];

fn like_cdnow(dice: &mut Dice, story: Story, planted: [f64; 4]) -> (u32, f64, f64) {
    let age = 27.0 + 12.0 * dice.uniform();
    story(dice, planted, age)
}

/// Thin bases that are told at all, with parameters known to a factor of some: the intervals of what they foretell hold the truth
/// 19 times of 20 nevertheless.
#[test]
fn what_thin_bases_foretell_is_as_sure_as_it_says() {
    fn held<M>(
        (buyers, bases): (usize, u64),
        story: Story,
        truth: M,
        fit: fn(&Grouped<History>) -> Result<Fit<M, 4>, Refusal>,
    ) -> f64
    where
        M: PurchaseModel + Parametric<4>,
    {
        let somebody = [(3, 20.0, 31.0), (0, 0.0, 31.0), (1, 5.0, 31.0)];
        let (mut all, mut held) = (0.0, 0.0);
        for base in 0..bases {
            let mut dice = Dice(9_000_000 + 1000 * base);
            let histories = (0..buyers).map(|_| like_cdnow(&mut dice, story, truth.into()));
            let histories =
                histories.map(|(x, t_x, age)| History::new(x, t_x, age).expect("a history"));
            let Ok(fit) = fit(&histories.collect()) else {
                continue;
            };
            for (x, t_x, age) in somebody {
                let history = History::new(x, t_x, age).expect("a history");
                let expected = |model: &M| model.expected_purchases(&history, 26.0);
                let error = fit.standard_error_of(expected).expect("an error");
                let off = (expected(&fit.model) - expected(&truth)).abs();
                (all, held) = (all + 1.0, held + f64::from(u8::from(off < 1.96 * error)));
            }
        }
        assert!(all > bases as f64, "{all} of {bases} bases");
        held / all
    }
    let bg = BgNbd::new(BG).expect("parameters");
    let of_bg = held((150, 300), simulation::bg_nbd, bg, |base| {
        BgNbd::fit(base, ONE)
    });
    let pareto = ParetoNbd::new(PARETO).expect("parameters");
    let of_pareto = held((600, 100), pareto_nbd, pareto, |base| {
        ParetoNbd::fit(base, ONE)
    });
    // Three standard errors of a share of some hundred independent draws, and a little.
    assert!(
        (of_bg - 0.95).abs() < 0.04 && (of_pareto - 0.95).abs() < 0.06,
        "{of_bg} {of_pareto}"
    );
}

#[test]
fn amounts_that_are_all_alike_are_not_told() {
    let fit = |amount: &mut dyn FnMut(u32) -> f64| {
        let spend = |n: u32| Spend::new(1 + n % 3, amount(1 + n % 3)).expect("a spend");
        GammaGamma::fit(&(0..500).map(spend).collect(), ONE)
    };
    let mut dice = Dice(61);
    let equal = fit(&mut |_| 20.0);
    // One mean for all, purchases about it: q and v run away together.
    let one_mean = fit(&mut |x| dice.gamma(4.0 * f64::from(x), 0.2) / f64::from(x));
    for found in [equal, one_mean] {
        assert!(
            matches!(found, Err(Refusal::NotIdentified { .. })),
            "{found:?}"
        );
    }
}

/// All who stop do so at one rate, as far as these tell: its spread runs away until rounding is all that moves.
#[test]
fn a_search_that_rounding_stops_on_a_ridge_names_what_ran_away() {
    let mut dice = Dice(16_358_562_489_227_259_684);
    let planted = [
        1.882640721008744,
        23.57822208262603,
        1.943439405043137,
        1.0109188223086782,
    ];
    let buyer = |_| {
        let age = 60.0 * dice.uniform();
        let (x, t_x, age) = simulation::bg_nbd(&mut dice, planted, age);
        History::new(x, t_x, age).expect("a history")
    };
    let histories: Grouped<History> = (0..119).map(buyer).collect();
    let refused = ParetoNbd::fit(&histories, ONE).map(|fit| fit.parameters());
    assert!(
        matches!(refused, Err(Refusal::NotIdentified { .. })),
        "{refused:?}"
    );
}
