//! The same bits for any number of threads, and for buyers in any order.

use std::num::NonZeroUsize;

use perennial_insight::bg_nbd::BgNbd;
use perennial_insight::fit::{Fit, Parametric};
use perennial_insight::gamma_gamma::GammaGamma;
use perennial_insight::grouped::Grouped;
use perennial_insight::history::{History, Spend};
use perennial_insight::pareto_nbd::ParetoNbd;
use perennial_insight::value::{Buyer, Convention, Valuation};

use crate::simulation::{self, Dice};

fn buyers() -> Vec<Buyer> {
    let mut dice = Dice(31);
    let mut buyer = || {
        let age = 27.0 + 51.0 * dice.uniform();
        let (x, t_x, age) = simulation::bg_nbd(&mut dice, [0.5, 4.4, 0.8, 2.4], age);
        let spend =
            (x > 0).then(|| Spend::new(x, simulation::gamma_gamma(&mut dice, [6.2, 3.7, 15.4], x)));
        Buyer {
            history: History::new(x, t_x, age).expect("a history"),
            spend: spend.map(|spend| spend.expect("a spend")),
            cost_to_serve: 0.5,
        }
    };
    (0..30_000).map(|_| buyer()).collect()
}

fn bits<M: Parametric<N>, const N: usize>(fit: &Fit<M, N>) -> Vec<u64> {
    let numbers = fit
        .parameters()
        .into_iter()
        .flat_map(|estimate| [estimate.value, estimate.standard_error]);
    numbers
        .chain([fit.log_likelihood])
        .chain(fit.covariance.into_iter().flatten())
        .map(f64::to_bits)
        .collect()
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let buyers = buyers();
    let outcome = |threads: usize, buyers: &mut dyn Iterator<Item = &Buyer>| {
        let threads = NonZeroUsize::new(threads).expect("some");
        let (histories, spends): (Vec<History>, Vec<Option<Spend>>) =
            buyers.map(|buyer| (buyer.history, buyer.spend)).unzip();
        let histories: Grouped<History> = histories.into_iter().collect();
        assert!(
            histories.groups().len() > 3 * 4096,
            "more than one thread has something to do"
        );
        let spends = spends.into_iter().flatten().collect();
        let bg = BgNbd::fit(&histories, threads).expect("a fit");
        let amounts = GammaGamma::fit(&spends, threads).expect("a fit");
        let pareto = ParetoNbd::fit(&histories, threads).expect("a fit");
        (bits(&bg), bits(&amounts), bits(&pareto))
    };
    let one = outcome(1, &mut buyers.iter());
    for threads in [2, 5] {
        assert_eq!(
            outcome(threads, &mut buyers.iter()),
            one,
            "{threads} threads"
        );
    }
    assert_eq!(
        outcome(3, &mut buyers.iter().rev()),
        one,
        "in another order"
    );
}

#[test]
fn values_have_the_same_bits_however_they_are_asked_for() {
    let buyers = buyers();
    let model = BgNbd::new([0.24, 4.4, 0.8, 2.4]).expect("parameters");
    let spend = GammaGamma::new([6.2, 3.7, 15.4]).expect("parameters");
    let valuation = Valuation::new(
        &model,
        &spend,
        Convention::months(12, 0.1).expect("a convention"),
    );
    let threads = |threads| NonZeroUsize::new(threads).expect("some");
    let bits = |values: Vec<f64>| values.into_iter().map(f64::to_bits).collect::<Vec<_>>();
    let whole = bits(valuation.values(&buyers, threads(1)));
    assert_eq!(whole.len(), buyers.len());
    assert_eq!(bits(valuation.values(&buyers, threads(3))), whole);
    let portions = buyers
        .chunks(777)
        .flat_map(|portion| bits(valuation.values(portion, threads(2))));
    assert_eq!(portions.collect::<Vec<_>>(), whole);
    assert_eq!(whole[7], valuation.value(&buyers[7]).to_bits());
}
