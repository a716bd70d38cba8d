//! CDNOW, from purchases to values: the published example of these models, against an independent computation.

use std::collections::{BTreeMap, BTreeSet};

use perennial_insight::bg_nbd::BgNbd;
use perennial_insight::fit::Parameter;
use perennial_insight::gamma_gamma::GammaGamma;
use perennial_insight::grouped::Grouped;
use perennial_insight::history::{Summary, summarise};
use perennial_insight::holdout::{Comparison, Hiatus, Outcome, Verdict, rolling};
use perennial_insight::interval::Confidence;
use perennial_insight::pareto_nbd::ParetoNbd;
use perennial_insight::prediction::PurchaseModel;
use perennial_insight::value::Buyer;

use crate::reference::{answers, number, parameters, table};
use crate::sample::sample;
use crate::{ONE, is_near};

const TRANSACTIONS: &str = "cdnow_transactions_sample_2357";
/// 1997-09-30, the last day that the models see, and the hold-out's days; day 0 is 1997-01-01.
const UNTIL: i32 = 272;
const HOLDOUT: u16 = 273;

/// Each buyer's purchases by its number in the sample: day and amount.
pub(crate) fn shop() -> BTreeMap<u32, Vec<(i32, f64)>> {
    let mut buyers: BTreeMap<u32, Vec<(i32, f64)>> = BTreeMap::new();
    for line in sample().lines().filter(|line| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let [_, id, day, _, amount] = cells[..] else {
            panic!("five columns: {line}");
        };
        let number = |text: &str| text.parse::<i32>().expect("a number");
        let (year, month, day) = (number(&day[..4]), number(&day[4..6]), number(&day[6..]));
        let months = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
        let day = (year - 1997) * 365 + months[month as usize - 1] + day - 1;
        let amount = amount.parse().expect("an amount");
        buyers
            .entry(id.parse().expect("a number"))
            .or_default()
            .push((day, amount));
    }
    buyers
}

pub(crate) fn summaries(shop: &BTreeMap<u32, Vec<(i32, f64)>>) -> Vec<Summary> {
    shop.values()
        .map(|bought| summarise(bought.iter().copied(), UNTIL).expect("bought by then"))
        .collect()
}

fn outcomes(shop: &BTreeMap<u32, Vec<(i32, f64)>>) -> Vec<Outcome> {
    days(shop)
        .iter()
        .map(|days| Outcome::of(days, UNTIL, HOLDOUT).expect("a buyer"))
        .collect()
}

pub(crate) fn days(shop: &BTreeMap<u32, Vec<(i32, f64)>>) -> Vec<Vec<i32>> {
    shop.values()
        .map(|bought| bought.iter().map(|(day, _)| *day).collect())
        .collect()
}

#[test]
fn purchases_come_to_the_known_counts() {
    let shop = shop();
    assert_eq!(
        (shop.len(), shop.values().map(Vec::len).sum::<usize>()),
        (2357, 6919)
    );
    let distinct: usize = days(&shop)
        .iter()
        .map(|days| days.iter().collect::<BTreeSet<_>>().len())
        .sum();
    assert_eq!(distinct, 6696);
    let frequencies: Vec<u32> = summaries(&shop)
        .iter()
        .map(|summary| summary.history.frequency())
        .collect();
    assert_eq!(frequencies.iter().sum::<u32>(), 2457);
    let outcomes = outcomes(&shop);
    assert_eq!(
        outcomes.iter().map(|outcome| outcome.bought).sum::<u32>(),
        1882
    );
    assert_eq!(
        outcomes.iter().filter(|outcome| outcome.bought > 0).count(),
        684
    );
    let known = [
        (1411, 0.236712),
        (439, 0.697039),
        (214, 1.392523),
        (100, 1.56),
        (62, 2.532258),
        (38, 2.947368),
        (29, 3.862069),
        (64, 6.359375),
    ];
    for (repeats, (buyers, mean)) in known.into_iter().enumerate() {
        let of_these = |outcome: &&Outcome| outcome.history.frequency().min(7) as usize == repeats;
        let bought: Vec<u32> = outcomes
            .iter()
            .filter(of_these)
            .map(|outcome| outcome.bought)
            .collect();
        assert_eq!(bought.len(), buyers, "{repeats} repeats");
        let found = f64::from(bought.iter().sum::<u32>()) / bought.len() as f64;
        assert!((found - mean).abs() < 1e-6, "{repeats} repeats: {found}");
    }
}

#[test]
fn summaries_are_those_of_the_reference() {
    let shop = shop();
    for row in &table("reference_customers_from_purchases.csv") {
        let id = number(row, "sample_id") as u32;
        let summary = summarise(shop[&id].iter().copied(), UNTIL).expect("a buyer");
        assert_eq!(summary.history.frequency(), number(row, "frequency") as u32);
        // The table gives fifteen digits.
        assert!(
            is_near(summary.history.recency(), number(row, "recency"), 1e-14),
            "{id}"
        );
        assert!(
            is_near(summary.history.age(), number(row, "T"), 1e-14),
            "{id}"
        );
        let mean = summary.spend.map_or(0.0, |spend| spend.mean());
        assert!(
            is_near(mean, number(row, "monetary_value"), 1e-12),
            "{id}: {mean}"
        );
    }
}

fn assert_fitted<const N: usize>(model: &str, found: &[Parameter; N], log_likelihood: f64) {
    let rows = parameters(model, TRANSACTIONS, "independent");
    assert_eq!(rows.len(), N);
    for (estimate, row) in found.iter().zip(&rows) {
        assert_eq!(estimate.name, row["param"]);
        assert!(
            is_near(estimate.value, number(row, "value"), 1e-6),
            "{estimate:?} {}",
            row["value"]
        );
        assert!(
            is_near(estimate.standard_error, number(row, "se"), 1e-6),
            "{estimate:?} {}",
            row["se"]
        );
        assert!(
            (log_likelihood - number(row, "log_likelihood")).abs() < 1e-6,
            "{log_likelihood}"
        );
    }
}

#[test]
fn fits_end_at_the_known_maxima() {
    let summaries = summaries(&shop());
    let histories: Grouped<_> = summaries.iter().map(|summary| summary.history).collect();
    let spends: Grouped<_> = summaries
        .iter()
        .filter_map(|summary| summary.spend)
        .collect();
    assert_eq!((histories.total(), spends.total()), (2357, 946));
    let bg = BgNbd::fit(&histories, ONE).expect("a fit");
    assert_fitted("BG/NBD", &bg.parameters(), bg.log_likelihood);
    let amounts = GammaGamma::fit(&spends, ONE).expect("a fit");
    assert_fitted("Gamma-Gamma", &amounts.parameters(), amounts.log_likelihood);
    assert_eq!(amounts.buyers, 946);
    let pareto = ParetoNbd::fit(&histories, ONE).expect("a fit");
    assert_fitted("Pareto/NBD", &pareto.parameters(), pareto.log_likelihood);
    // Kept as its parameters alone.
    let kept = serde_json::to_string(&bg.model).expect("JSON");
    let read: BgNbd = serde_json::from_str(&kept).expect("a model");
    assert_eq!(
        read.parameters().map(f64::to_bits),
        bg.model.parameters().map(f64::to_bits)
    );
    assert!(serde_json::from_str::<BgNbd>("[1,1,0,1]").is_err());
}

#[test]
fn ten_buyers_are_foretold_from_their_purchases() {
    let shop = shop();
    let summaries = summaries(&shop);
    let bg = BgNbd::fit(
        &summaries.iter().map(|summary| summary.history).collect(),
        ONE,
    )
    .expect("a fit");
    let amounts = GammaGamma::fit(
        &summaries
            .iter()
            .filter_map(|summary| summary.spend)
            .collect(),
        ONE,
    )
    .expect("a fit");
    let rows = table("reference_customers_from_purchases.csv");
    assert_eq!(rows.len(), 10);
    for row in &rows {
        let id = number(row, "sample_id") as u32;
        let summary = summarise(shop[&id].iter().copied(), UNTIL).expect("a buyer");
        let buyer = Buyer {
            history: summary.history,
            spend: summary.spend,
            cost_to_serve: 0.0,
        };
        let tolerance = if id == 1901 { 1e-4 } else { 1e-5 };
        let mut found = answers(&bg.model, &amounts.model, &buyer);
        found.push(("p_alive_bgnbd", bg.model.probability_alive(&buyer.history)));
        for (column, found) in found {
            assert!(
                is_near(found, number(row, column), tolerance),
                "{id} {column}: {found} {}",
                row[column]
            );
        }
    }
}

#[test]
fn the_holdout_is_foretold_as_well_as_it_is_known_to_be() {
    let shop = shop();
    let histories: Grouped<_> = summaries(&shop)
        .iter()
        .map(|summary| summary.history)
        .collect();
    let outcomes = outcomes(&shop);
    let model = BgNbd::fit(&histories, ONE).expect("a fit").model;
    // Too early to learn the rule from the time before: taken from the hold-out itself, in hindsight.
    let hiatus = Hiatus::learned_from(&outcomes).expect("a rule");
    let found = Comparison::of(&model, &outcomes, hiatus, Confidence::USUAL).expect("a comparison");
    let alive: f64 = outcomes
        .iter()
        .map(|outcome| model.probability_alive(&outcome.history))
        .sum();
    for (name, found, known, tolerance) in [
        ("predicted", found.predicted, 1653.4087, 1e-5),
        ("actual", found.actual, 1882.0, 0.0),
        (
            "mean absolute error",
            found.mean_absolute_error,
            0.785454,
            1e-5,
        ),
        (
            "root mean square error",
            found.root_mean_square_error,
            1.607982,
            1e-5,
        ),
        (
            "correlation",
            found.correlation.expect("a correlation"),
            0.625647,
            1e-5,
        ),
        ("mean P(alive)", alive / 2357.0, 0.813440, 1e-5),
        ("right", found.model.right, 0.779, 1e-3),
        ("Brier", found.model.brier, 0.161, 4e-3),
    ] {
        assert!(is_near(found, known, tolerance), "{name}: {found} {known}");
    }
    // A silence of 24 weeks, chosen in hindsight, foretells as well: nobody can tell which is better.
    assert!((found.lead.value - (found.rule.brier - found.model.brier)).abs() < 1e-13);
    assert!((0.002..0.003).contains(&found.lead.standard_error));
    assert_eq!(found.beats_the_rule(), Verdict::Open);
    let pareto = ParetoNbd::fit(&histories, ONE).expect("a fit").model;
    let found =
        Comparison::of(&pareto, &outcomes, hiatus, Confidence::USUAL).expect("a comparison");
    assert!(
        is_near(found.predicted, 1665.5, 1e-3) && is_near(found.mean_absolute_error, 0.755, 1e-3),
        "{found:?}"
    );
}

/// Thirteen weeks each time; what comes after those changes nothing, and what comes in them only what came.
#[test]
fn rolling_comparisons_know_nothing_of_the_future() {
    let fit = |buyers: &Grouped<_>| BgNbd::fit(buyers, ONE).map(|fit| fit.model);
    let days = days(&shop());
    let ends = [80, 181, 272, 363, 454];
    let found = rolling(&days, &ends, 91, Confidence::USUAL, fit);
    assert!(found[0].is_err(), "nobody had bought thirteen weeks before");
    for (at, found) in found.iter().enumerate().skip(1) {
        let found = found.as_ref().expect("a comparison");
        assert_eq!(found.buyers, 2357);
        assert!(
            (found.predicted / found.actual - 1.0).abs() < 0.4,
            "{found:?}"
        );
        let (known, until): (Vec<Vec<i32>>, _) = (
            days.iter()
                .map(|days| {
                    days.iter()
                        .copied()
                        .filter(|day| *day <= ends[at])
                        .collect()
                })
                .collect(),
            &ends[at..=at],
        );
        let blind = rolling(&known, until, 91, Confidence::USUAL, fit)
            .remove(0)
            .expect("a comparison");
        assert_eq!(
            (blind.predicted.to_bits(), blind.hiatus),
            (found.predicted.to_bits(), found.hiatus)
        );
        assert_eq!(blind.actual, 0.0);
    }
}
