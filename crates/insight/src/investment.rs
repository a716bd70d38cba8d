//! A customer as an investment: net present value and payback.
//!
//! What was spent on a customer and what it brings are [`Flow`]s: an amount and when, in years from now (or from the day when it was
//! won; only differences count). Each is worth amount ÷ (1 + rate) ^ years. A rate of 0 is the plain sum, so plain and discounted
//! payback are one function.
//!
//! Promises: the convention is the flow's own time, nothing is moved to ends of months or years; amounts are whole (the smallest unit of
//! money), so a plain payback is not missed by a rounding. Paid back means *for good*: from then on the sum never falls below zero again
//! within the flows given, which for one outlay and gains after it is the first time it is covered. "Never" is an answer and says
//! how much is missing. Does not know how sure the flows are: where they are forecasts, put in expected amounts (margin × probability
//! of being a customer still, less the cost to serve) and their sum is an expected value; its error is the forecast's, and not told here.
//! Sources: Berger and Nasr 1998, *Journal of Interactive Marketing* 12(1), 17–30; Blattberg and Deighton 1996, *Harvard Business Review*
//! 74(4).
//!
//! By hand: 1000 are spent now and 500 come after each of three years. At 10 % that is −1000 + 454.55 + 413.22 + 375.66 = 243.43. Plain,
//! it is paid back after 2 years; discounted, 867.77 after two are too few and it takes 3.

use crate::Refusal;

/// Money that goes, below zero, or comes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flow {
    /// When, in years from the day at which the present value is told.
    pub years: f64,
    /// How much, in the smallest unit of money.
    pub amount: i64,
}

/// When what was spent has come back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Payback {
    /// After so many years; 0 where nothing was ever missing.
    After {
        /// The time of the flow that made up for it.
        years: f64,
    },
    /// Not within the flows given.
    Never {
        /// How much is missing in the end, at its worth today.
        missing: f64,
    },
}

/// What flows are worth today at a yearly rate (0.1 for 10 %), in the smallest unit of money. Refusal if a time, the rate or what
/// follows is not finite, or the rate takes everything (−1 and below).
pub fn net_present_value(flows: &[Flow], rate: f64) -> Result<f64, Refusal> {
    present(flows, rate).map(|worths| worths.iter().sum())
}

/// When flows have paid back what was spent, at a yearly rate; 0 for the plain payback. Refusal as above, and if a flow stands before an
/// earlier one.
pub fn payback(flows: &[Flow], rate: f64) -> Result<Payback, Refusal> {
    let worths = present(flows, rate)?;
    if !flows.is_sorted_by(|left, right| left.years <= right.years) {
        return Err(Refusal::OutOfOrder);
    }
    let (mut sum, mut since) = (0.0, Some(0.0));
    for (flow, worth) in flows.iter().zip(worths) {
        sum += worth;
        since = (sum >= 0.0).then(|| since.unwrap_or(flow.years));
    }
    Ok(match since {
        Some(years) => Payback::After { years },
        None => Payback::Never { missing: -sum },
    })
}

/// What each flow is worth today.
fn present(flows: &[Flow], rate: f64) -> Result<Vec<f64>, Refusal> {
    if !rate.is_finite() || flows.iter().any(|flow| !flow.years.is_finite()) {
        return Err(Refusal::NotFinite);
    }
    if rate <= -1.0 {
        return Err(Refusal::OffTheScale);
    }
    let worth = |flow: &Flow| flow.amount as f64 / (1.0 + rate).powf(flow.years);
    let worths: Vec<f64> = flows.iter().map(worth).collect();
    let is_finite = worths.iter().all(|worth| worth.is_finite());
    is_finite.then_some(worths).ok_or(Refusal::NotFinite)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn flows(amounts: &[i64]) -> Vec<Flow> {
        let years = (0..).map(f64::from);
        let flows = years.zip(amounts);
        flows
            .map(|(years, &amount)| Flow { years, amount })
            .collect()
    }

    fn after(years: f64) -> Result<Payback, Refusal> {
        Ok(Payback::After { years })
    }

    #[test]
    fn the_page_s_example_holds() {
        let flows = flows(&[-1000, 500, 500, 500]);
        let worth = net_present_value(&flows, 0.1).expect("a worth");
        assert!((worth - 243.425_995_492_1).abs() < 1e-9, "{worth}");
        assert_eq!(net_present_value(&flows, 0.0), Ok(500.0));
        assert_eq!(payback(&flows, 0.0), after(2.0));
        assert_eq!(payback(&flows, 0.1), after(3.0));
    }

    #[test]
    fn never_is_an_answer() {
        let flows = flows(&[-1000, 300, 300, 300]);
        assert_eq!(payback(&flows, 0.0), Ok(Payback::Never { missing: 100.0 }));
        let enough = self::flows(&[-900, 300, 300, 300]);
        assert_eq!(payback(&enough, 0.0), after(3.0), "to the last unit");
        let Ok(Payback::Never { missing }) = payback(&enough, 0.1) else {
            panic!("discounted, it is too little")
        };
        assert!((missing - 153.944_402_704_73).abs() < 1e-9, "{missing}");
    }

    #[test]
    fn what_falls_below_zero_again_was_not_paid_back() {
        assert_eq!(payback(&flows(&[-10, 20, -30, 25]), 0.0), after(3.0));
        assert_eq!(
            payback(&flows(&[10, -5]), 0.0),
            after(0.0),
            "nothing missed"
        );
        assert_eq!(payback(&[], 0.0), after(0.0));
        // On one day, what comes after what goes makes up for it.
        let same_day =
            [(0.0, -3), (1.0, -5), (1.0, 10)].map(|(years, amount)| Flow { years, amount });
        assert_eq!(payback(&same_day, 0.0), after(1.0));
    }

    #[test]
    fn impossible_rates_and_times_are_refused() {
        let flows = flows(&[-10, 20]);
        for rate in [f64::NAN, f64::INFINITY] {
            assert_eq!(net_present_value(&flows, rate), Err(Refusal::NotFinite));
        }
        assert_eq!(payback(&flows, -1.0), Err(Refusal::OffTheScale));
        let turned: Vec<Flow> = flows.iter().rev().copied().collect();
        assert_eq!(payback(&turned, 0.1), Err(Refusal::OutOfOrder));
        let timeless = [Flow {
            years: f64::NAN,
            amount: 1,
        }];
        assert_eq!(payback(&timeless, 0.1), Err(Refusal::NotFinite));
        assert_eq!(net_present_value(&timeless, 0.1), Err(Refusal::NotFinite));
    }

    proptest! {
        #[test]
        fn a_level_income_is_worth_what_the_annuity_formula_says(amount in 1i64..1_000_000, years in 1usize..60, rate in 0.001..0.5f64) {
            let amounts: Vec<i64> = std::iter::once(0).chain(std::iter::repeat_n(amount, years)).collect();
            let worth = net_present_value(&flows(&amounts), rate).expect("a worth");
            let known = amount as f64 * (1.0 - (1.0 + rate).powi(-i32::try_from(years).expect("few"))) / rate;
            prop_assert!((worth / known - 1.0).abs() < 1e-10);
        }

        #[test]
        fn payback_is_the_first_year_from_which_the_sum_stays_up(amounts in prop::collection::vec(-100i64..100, 1..20)) {
            let sums: Vec<i64> = amounts.iter().scan(0, |sum, amount| { *sum += amount; Some(*sum) }).collect();
            let expected = (0..=sums.len()).find(|&from| sums.iter().skip(from).all(|sum| *sum >= 0)).expect("the end");
            match payback(&flows(&amounts), 0.0).expect("an answer") {
                Payback::After { years } => prop_assert_eq!(years, expected as f64),
                Payback::Never { missing } => {
                    prop_assert_eq!(expected, sums.len());
                    prop_assert_eq!(missing, -sums[sums.len() - 1] as f64);
                }
            }
        }

        #[test]
        fn discounting_never_pays_back_one_outlay_sooner(
            cost in 1i64..1_000, gains in prop::collection::vec(0i64..100, 1..20), rate in 0.0..0.5f64
        ) {
            let amounts: Vec<i64> = std::iter::once(-cost).chain(gains).collect();
            if let Ok(Payback::After { years }) = payback(&flows(&amounts), rate) {
                let Ok(Payback::After { years: plain }) = payback(&flows(&amounts), 0.0) else { panic!("plain is no later") };
                prop_assert!(plain <= years);
            }
        }
    }
}
