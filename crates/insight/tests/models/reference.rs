//! Reference parameters put in by hand, and what was computed from them apart from this program.

use std::collections::BTreeMap;

use perennial_insight::Refusal;
use perennial_insight::bg_nbd::BgNbd;
use perennial_insight::gamma_gamma::GammaGamma;
use perennial_insight::history::{History, Spend};
use perennial_insight::interval::Confidence;
use perennial_insight::pareto_nbd::ParetoNbd;
use perennial_insight::prediction::PurchaseModel;
use perennial_insight::value::{Buyer, Convention, Valuation};

use crate::is_near;

/// A table of the tests' data, each row by its columns' names.
pub(crate) fn table(name: &str) -> Vec<BTreeMap<String, String>> {
    let path = format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("a table");
    let mut rows = text.lines().map(cells);
    let columns = rows.next().expect("a head");
    rows.map(|row| columns.iter().cloned().zip(row).collect())
        .collect()
}

/// The cells of a line; a quoted one may hold commas.
fn cells(line: &str) -> Vec<String> {
    let mut is_quoted = false;
    let mut split = |c: char| {
        is_quoted ^= c == '"';
        c == ',' && !is_quoted
    };
    line.split(&mut split)
        .map(|cell| cell.trim_matches('"').to_owned())
        .collect()
}

/// The number in a column of a row.
pub(crate) fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column]
        .parse()
        .unwrap_or_else(|_| panic!("{column}: {}", row[column]))
}

/// The rows of a model's fit to a data set: `independent` of everything, or by `lifetimes`.
pub(crate) fn parameters(model: &str, data: &str, route: &str) -> Vec<BTreeMap<String, String>> {
    let rows = table("reference_parameters.csv").into_iter();
    let is_asked = |row: &BTreeMap<String, String>| {
        row["model"] == model && row["data"] == data && row["route"].starts_with(route)
    };
    let rows: Vec<_> = rows.filter(is_asked).collect();
    assert!(rows.len() >= 3, "{model} of {data}");
    rows
}

/// One of the ten reference buyers.
pub(crate) fn buyer(row: &BTreeMap<String, String>) -> Buyer {
    let frequency = number(row, "frequency") as u32;
    Buyer {
        history: History::new(frequency, number(row, "recency"), number(row, "T"))
            .expect("a history"),
        spend: Spend::new(frequency, number(row, "monetary_value")).ok(),
        cost_to_serve: 0.0,
    }
}

/// What a BG/NBD and a gamma-gamma model answer of a buyer, by the tables' columns.
pub(crate) fn answers(
    model: &BgNbd,
    spend: &GammaGamma,
    buyer: &Buyer,
) -> Vec<(&'static str, f64)> {
    let value = |convention: Result<Convention, _>| {
        Valuation::new(model, spend, convention.expect("a convention")).value(buyer)
    };
    let mut answers = vec![
        (
            "expected_purchases_39w",
            model.expected_purchases(&buyer.history, 39.0),
        ),
        (
            "expected_avg_profit",
            spend.expected_spend(buyer.spend.as_ref()),
        ),
        (
            "clv_12m_1pct_month_w4345",
            value(Convention::new(12, 4.345, 0.01)),
        ),
        (
            "clv_52w_15pct_annual_weekly",
            value(Convention::new(52, 1.0, 1.15_f64.powf(1.0 / 52.0) - 1.0)),
        ),
        (
            "p_buy_39w",
            model.probability_of_purchase(&buyer.history, 39.0),
        ),
    ];
    let next = model.next_purchase(&buyer.history, Confidence::USUAL);
    assert_eq!(
        next == Err(Refusal::NoDate),
        buyer.history.frequency() == 0,
        "who bought once is given no date"
    );
    answers.extend(
        next.ok()
            .map(|next| ("median_weeks_to_next_purchase_if_alive", next.median)),
    );
    answers
}

fn fitted<const N: usize>(model: &str, data: &str, route: &str) -> [f64; N] {
    let rows = parameters(model, data, route);
    let values: Vec<f64> = rows.iter().map(|row| number(row, "value")).collect();
    values.try_into().expect("so many parameters")
}

fn models(data: &str, route: &str) -> (BgNbd, GammaGamma, ParetoNbd) {
    let bg = BgNbd::new(fitted("BG/NBD", data, route));
    let amounts = GammaGamma::new(fitted("Gamma-Gamma", data, route));
    let pareto = ParetoNbd::new(fitted("Pareto/NBD", data, route));
    (
        bg.expect("parameters"),
        amounts.expect("parameters"),
        pareto.expect("parameters"),
    )
}

fn assert_near(row: &BTreeMap<String, String>, column: &str, found: f64) {
    let known = number(row, column);
    assert!(
        is_near(found, known, 1e-9),
        "{column}: {found} {known} in {row:?}"
    );
}

/// All columns of the table in 50 digits; of the other the first four, for the last two belong to a third set of parameters.
#[test]
fn ten_buyers_are_foretold_to_the_ninth_digit() {
    for (name, data, columns) in [
        (
            "reference_customers_from_purchases.csv",
            "cdnow_transactions_sample_2357",
            6,
        ),
        ("reference_customers.csv", "cdnow_summary_2357", 4),
    ] {
        let (model, spend, _) = models(data, "independent");
        let rows = table(name);
        assert_eq!(rows.len(), 10);
        for row in &rows {
            let buyer = buyer(row);
            assert_near(
                row,
                "p_alive_bgnbd",
                model.probability_alive(&buyer.history),
            );
            for (column, found) in answers(&model, &spend, &buyer).into_iter().take(columns) {
                assert_near(row, column, found);
            }
        }
    }
}

#[test]
fn so_they_are_with_the_parameters_that_lifetimes_finds() {
    let (model, spend, pareto) = models("cdnow_summary_2357", "lifetimes");
    for row in &table("reference_customers.csv") {
        let buyer = buyer(row);
        let history = buyer.history;
        assert_near(row, "lifetimes_p_alive", model.probability_alive(&history));
        let columns = [
            "lifetimes_expected_purchases_39w",
            "lifetimes_expected_avg_profit",
            "lifetimes_clv_12m",
        ];
        for (column, (_, found)) in columns.iter().zip(answers(&model, &spend, &buyer)) {
            assert_near(row, column, found);
        }
        assert_near(
            row,
            "paretonbd_expected_purchases_39w",
            pareto.expected_purchases(&history, 39.0),
        );
        assert_near(row, "paretonbd_p_alive", pareto.probability_alive(&history));
    }
}
