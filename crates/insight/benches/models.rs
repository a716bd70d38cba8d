//! How long fits and predictions take: `cargo bench -p perennial-insight --bench models`.

#![expect(
    clippy::expect_used,
    reason = "a measurement says what it found, and ends where it cannot go on"
)]

use std::hint::black_box;
use std::num::NonZeroUsize;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use perennial_insight::bg_nbd::BgNbd;
use perennial_insight::gamma_gamma::GammaGamma;
use perennial_insight::grouped::Grouped;
use perennial_insight::history::{History, Spend};
use perennial_insight::pareto_nbd::ParetoNbd;
use perennial_insight::prediction::PurchaseModel;
use perennial_insight::value::{Buyer, Convention, Valuation};

#[path = "../tests/models/simulation.rs"]
mod simulation;

use simulation::Dice;

const BUYERS: usize = 100_000;

fn buyers() -> Vec<Buyer> {
    let mut dice = Dice(1);
    let mut buyer = || {
        let age = 27.0 + 51.0 * dice.uniform();
        let (x, t_x, age) = simulation::bg_nbd(&mut dice, [0.2426, 4.4136, 0.7929, 2.4259], age);
        let days = |weeks: f64| (weeks * 7.0).ceil() / 7.0;
        let history = History::new(x, days(t_x), days(age)).expect("a history");
        let spend = (x > 0).then(|| simulation::gamma_gamma(&mut dice, [6.25, 3.744, 15.44], x));
        let spend = spend.map(|mean| Spend::new(x, mean).expect("a spend"));
        Buyer {
            history,
            spend,
            cost_to_serve: 0.0,
        }
    };
    (0..BUYERS).map(|_| buyer()).collect()
}

fn models(criterion: &mut Criterion) {
    let (buyers, one) = (buyers(), NonZeroUsize::MIN);
    let histories: Grouped<History> = buyers.iter().map(|buyer| buyer.history).collect();
    let spends: Grouped<Spend> = buyers.iter().filter_map(|buyer| buyer.spend).collect();
    let mut group = criterion.benchmark_group("100k buyers");
    group.sample_size(10);
    group.bench_function("grouping", |bencher| {
        let histories = || buyers.iter().map(|buyer| buyer.history).collect::<Vec<_>>();
        bencher.iter_batched(
            histories,
            |histories| histories.into_iter().collect::<Grouped<_>>(),
            BatchSize::LargeInput,
        );
    });
    group.bench_function("fit BG/NBD", |bencher| {
        bencher.iter(|| BgNbd::fit(black_box(&histories), one))
    });
    group.bench_function("fit Pareto/NBD", |bencher| {
        bencher.iter(|| ParetoNbd::fit(black_box(&histories), one))
    });
    group.bench_function("fit gamma-gamma", |bencher| {
        bencher.iter(|| GammaGamma::fit(black_box(&spends), one))
    });
    let model = BgNbd::fit(&histories, one).expect("a fit").model;
    let spend = GammaGamma::fit(&spends, one).expect("a fit").model;
    for months in [12, 36] {
        let valuation = Valuation::new(
            &model,
            &spend,
            Convention::months(months, 0.1).expect("a convention"),
        );
        group.bench_function(format!("{months} months' CLV"), |bencher| {
            bencher.iter(|| valuation.values(black_box(&buyers), one))
        });
    }
    group.bench_function("P(buys within 13 weeks)", |bencher| {
        bencher.iter(|| {
            buyers
                .iter()
                .map(|buyer| model.probability_of_purchase(&buyer.history, 13.0))
                .sum::<f64>()
        });
    });
    group.finish();
}

criterion_group!(benches, models);
criterion_main!(benches);
