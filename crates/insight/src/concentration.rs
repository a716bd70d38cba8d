//! How much hangs on how few: the whale curve, the Lorenz curve and the Gini coefficient.
//!
//! One figure a customer comes in, money in its smallest unit, below zero where we lose; it is sorted, the greatest first, and summed
//! exactly. From that follow the **whale curve** (what the best 1, 2, 3 … customers contribute together; it rises above the total and
//! falls back to it where customers lose money; Kaplan and Narayanan 2001, *Measuring and Managing Customer Profitability*), the **Lorenz
//! curve** (the same from the least, as shares; Lorenz 1905) and the **Gini coefficient** (0 where all are alike, near 1 where one has
//! everything).
//!
//! Promises: sums and counts of customers are exact; "the best 20 %" are rounded up to whole customers, so at least one. The Gini
//! coefficient carries the standard error of Davidson (2009, *Journal of Econometrics* 150, 30–40) and its correction n ÷ (n − 1):
//! how sure it is as a statement about such customers, not about these, of whom it is exact. With very heavy tails (a few whales
//! among thousands) that standard error is too small, as every one is. Does not know why somebody is large.
//!
//! By hand: five customers contribute 60, 50, 10, −5 and −15. The curve is 60, 110, 120, 115, 100: the best three make
//! 120 of 100, and the losses of the last two destroy 20. The best 20 % (one) hold 60 ÷ 100 = 60 %; 80 % are made by two.

use crate::Refusal;
use crate::interval::{Confidence, Estimate};

/// What a base's customers contribute, the greatest first, and in sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concentration {
    values: Vec<i64>,
    sums: Vec<i128>,
}

/// A place on the whale curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// How many of the best customers.
    pub customers: usize,
    /// What they contribute together.
    pub sum: i128,
}

/// From so many customers on the Gini coefficient's standard error says something.
const LEAST_FOR_ERROR: u64 = 10;

impl Concentration {
    /// Of these contributions, in any order. Refusal if there are none.
    pub fn of(contributions: &[i64]) -> Result<Self, Refusal> {
        if contributions.is_empty() {
            return Err(Refusal::TooFew {
                needed: 1,
                found: 0,
            });
        }
        let mut values = contributions.to_vec();
        values.sort_unstable_by(|left, right| right.cmp(left));
        let sums = values.iter().scan(0, |sum, &value| {
            *sum += i128::from(value);
            Some(*sum)
        });
        let sums = sums.collect();
        Ok(Self { values, sums })
    }

    /// How many customers there are.
    pub fn customers(&self) -> usize {
        self.values.len()
    }

    /// What all contribute together.
    pub fn total(&self) -> i128 {
        self.top(self.customers())
    }

    /// What so many of the best customers contribute together: the whale curve. More than there are contribute what all do.
    pub fn top(&self, customers: usize) -> i128 {
        match customers.min(self.customers()).checked_sub(1) {
            Some(last) => self.sums.get(last).copied().unwrap_or_default(),
            None => 0,
        }
    }

    /// The whale curve at so many steps of about the same number of customers, from nobody to all: what a chart draws.
    pub fn curve(&self, steps: usize) -> Vec<Place> {
        let steps = steps.clamp(1, self.customers());
        let places = (0..=steps).map(|step| {
            let customers = step as u128 * self.customers() as u128 / steps as u128;
            self.place(usize::try_from(customers).unwrap_or(usize::MAX))
        });
        places.collect()
    }

    /// Where the whale curve is highest: as many customers as contribute more than nothing.
    pub fn peak(&self) -> Place {
        self.place(self.values.partition_point(|&value| value > 0))
    }

    /// How many customers lose us money: the last of the curve.
    pub fn losing(&self) -> usize {
        self.customers() - self.values.partition_point(|&value| value >= 0)
    }

    /// What the losing destroy of what the others made.
    pub fn destroyed(&self) -> i128 {
        self.peak().sum - self.total()
    }

    /// What share of the total the best part of all customers contributes; above 1 where others lose. Refusal if the part is not
    /// between 0 and 1, or the total is not above zero.
    pub fn share_of_top(&self, part: f64) -> Result<f64, Refusal> {
        let customers = self.part(part)?;
        let total = self.positive_total()?;
        Ok(self.top(customers) as f64 / total as f64)
    }

    /// How few of the best customers contribute that share of the total. Refusal as in [`share_of_top`](Self::share_of_top).
    pub fn fewest_for(&self, share: f64) -> Result<usize, Refusal> {
        if !(0.0..=1.0).contains(&share) {
            return Err(Refusal::OffTheScale);
        }
        let wanted = share * self.positive_total()? as f64;
        let fewer = self.sums.iter().take_while(|&&sum| (sum as f64) < wanted);
        Ok((fewer.count() + 1).min(self.customers()))
    }

    /// What share of the total the least part of all customers contributes: the Lorenz curve. Refusal where somebody loses, as well,
    /// for then it is no curve of shares.
    pub fn share_of_bottom(&self, part: f64) -> Result<f64, Refusal> {
        if self.losing() > 0 {
            return Err(Refusal::Negative);
        }
        let others = self.customers() - self.part(part)?;
        let total = self.positive_total()?;
        Ok((total - self.top(others)) as f64 / total as f64)
    }

    /// The Gini coefficient. Refusal where somebody loses, where everything is nothing and for fewer than ten customers.
    pub fn gini(&self, confidence: Confidence) -> Result<Estimate, Refusal> {
        let n = self.customers() as u64;
        if self.losing() > 0 {
            return Err(Refusal::Negative);
        }
        let total = self.positive_total()? as f64;
        if n < LEAST_FOR_ERROR {
            return Err(Refusal::TooFew {
                needed: LEAST_FOR_ERROR,
                found: n,
            });
        }
        let of = n as f64;
        // From the least: each one's value and its place in between of those before and after it.
        let ascending = || {
            let values = self.values.iter().rev().map(|&value| value as f64);
            values.zip((0..n).map(|before| (2.0 * before as f64 + 1.0) / of))
        };
        let gini = ascending()
            .map(|(value, place)| (place - 1.0) * value)
            .sum::<f64>()
            / total;
        let moved = ascending().scan(0.0, |below, (value, place)| {
            *below += value;
            Some((place - gini - 1.0) * value - 2.0 * *below / of)
        });
        let moved: Vec<f64> = moved.collect();
        let mean = moved.iter().sum::<f64>() / of;
        let squares: f64 = moved.iter().map(|each| (each - mean).powi(2)).sum();
        let corrected = of / (of - 1.0);
        Ok(Estimate::reaching(
            (corrected * gini).max(0.0),
            corrected * squares.sqrt() / total,
            confidence.normal(),
            n,
            (0.0, 1.0),
        ))
    }

    fn place(&self, customers: usize) -> Place {
        Place {
            customers,
            sum: self.top(customers),
        }
    }

    /// How many customers a part of all is, rounded up, but for what multiplying adds in the last bits.
    fn part(&self, part: f64) -> Result<usize, Refusal> {
        if !(0.0..=1.0).contains(&part) {
            return Err(Refusal::OffTheScale);
        }
        let exact = part * self.customers() as f64;
        Ok((exact * (1.0 - 1e-12)).ceil() as usize)
    }

    fn positive_total(&self) -> Result<i128, Refusal> {
        Some(self.total())
            .filter(|&total| total > 0)
            .ok_or(Refusal::NothingToShare)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(contributions: &[i64]) -> Concentration {
        Concentration::of(contributions).expect("customers")
    }

    fn usual(contributions: &[i64]) -> Result<Estimate, Refusal> {
        of(contributions).gini(Confidence::USUAL)
    }

    #[test]
    fn the_page_s_example_holds() {
        let base = of(&[10, -15, 60, -5, 50]);
        let curve: Vec<i128> = base.curve(5).iter().map(|place| place.sum).collect();
        assert_eq!(curve, [0, 60, 110, 120, 115, 100]);
        let peak = Place {
            customers: 3,
            sum: 120,
        };
        assert_eq!(base.peak(), peak);
        assert_eq!((base.losing(), base.destroyed()), (2, 20));
        assert_eq!(of(&[0, 5, 0]).peak().customers, 1, "zeros add nothing");
        assert_eq!(base.share_of_top(0.2), Ok(0.6));
        assert_eq!(base.fewest_for(0.8), Ok(2));
        assert_eq!(base.share_of_bottom(0.4), Err(Refusal::Negative));
        assert_eq!(base.gini(Confidence::USUAL), Err(Refusal::Negative));
    }

    #[test]
    fn parts_are_whole_customers_rounded_up() {
        let base = of(&[1; 100]);
        assert_eq!(base.share_of_top(0.07), Ok(0.07), "not eight of a hundred");
        assert_eq!(base.share_of_top(0.071), Ok(0.08));
        assert_eq!(base.share_of_top(0.0), Ok(0.0));
        assert_eq!(base.share_of_top(1.0), Ok(1.0));
        assert_eq!(base.share_of_bottom(0.25), Ok(0.25));
        for wrong in [-0.1, 1.1, f64::NAN] {
            assert_eq!(base.share_of_top(wrong), Err(Refusal::OffTheScale));
            assert_eq!(base.fewest_for(wrong), Err(Refusal::OffTheScale));
        }
        assert_eq!(base.fewest_for(0.0), Ok(1));
        assert_eq!(base.fewest_for(1.0), Ok(100));
    }

    #[test]
    fn what_has_no_shares_is_refused() {
        let nobody = Refusal::TooFew {
            needed: 1,
            found: 0,
        };
        assert_eq!(Concentration::of(&[]), Err(nobody));
        for nothing in [vec![0; 20], vec![5, -5], vec![1, -3]] {
            let base = of(&nothing);
            assert_eq!(base.share_of_top(0.2), Err(Refusal::NothingToShare));
        }
        assert_eq!(usual(&[0; 20]), Err(Refusal::NothingToShare));
        let too_few = Refusal::TooFew {
            needed: 10,
            found: 9,
        };
        assert_eq!(usual(&[1; 9]), Err(too_few));
    }

    #[test]
    fn the_greatest_amounts_are_summed_exactly() {
        let base = of(&[i64::MAX; 12]);
        assert_eq!(base.total(), 12 * i128::from(i64::MAX));
        assert_eq!(
            usual(&[i64::MAX; 12]).map(|gini| gini.value.abs() < 1e-12),
            Ok(true)
        );
    }

    #[test]
    fn one_who_has_everything_and_all_who_have_the_same_are_the_ends() {
        let mut one = [0; 50];
        one[17] = 1_000;
        let whole = usual(&one).expect("a coefficient");
        assert!((whole.value - 1.0).abs() < 1e-12, "{whole:?}");
        let none = usual(&[3; 50]).expect("a coefficient");
        assert!(none.value.abs() < 1e-12 && none.standard_error < 1e-12);
    }

    /// Of an exponential distribution the coefficient is 1 ÷ 2 and its variance 1 ÷ 12 n (Gail and Gastwirth 1978).
    #[test]
    fn the_standard_error_is_that_of_a_known_distribution() {
        let n = 20_000;
        let drawn = |at: i32| -(1.0 - (f64::from(at) + 0.5) / f64::from(n)).ln();
        let values: Vec<i64> = (0..n).map(|at| (drawn(at) * 1e9) as i64).collect();
        let gini = usual(&values).expect("a coefficient");
        assert!((gini.value - 0.5).abs() < 1e-3, "{gini:?}");
        let scaled = gini.standard_error * f64::from(n).sqrt();
        assert!((scaled - (1.0f64 / 12.0).sqrt()).abs() < 2e-3, "{scaled}");
        assert!((gini.interval.high - gini.value - 1.96 * gini.standard_error).abs() < 1e-6);
    }

    /// The mean difference of two customers in parts of twice the mean: what the coefficient says in words.
    fn by_pairs(values: &[i64]) -> f64 {
        let pairs = values
            .iter()
            .flat_map(|left| values.iter().map(move |right| (left - right).abs()));
        let n = values.len() as f64;
        let mean = values.iter().sum::<i64>() as f64 / n;
        pairs.sum::<i64>() as f64 / (n * (n - 1.0)) / (2.0 * mean)
    }

    /// The jackknife's standard error: from the base less each customer in turn.
    fn by_leaving_out(values: &[i64]) -> f64 {
        let without = (0..values.len()).map(|at| {
            let mut others = values.to_vec();
            others.remove(at);
            by_pairs(&others)
        });
        let all: Vec<f64> = without.collect();
        let (n, mean) = (all.len() as f64, all.iter().sum::<f64>() / all.len() as f64);
        let squares: f64 = all.iter().map(|each| (each - mean).powi(2)).sum();
        ((n - 1.0) / n * squares).sqrt()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_coefficient_and_its_error_are_what_definitions_say(values in prop::collection::vec(0i64..1_000, 40..80)) {
            prop_assume!(values.iter().any(|&value| value > 0));
            let gini = usual(&values).expect("a coefficient");
            prop_assert!((gini.value - by_pairs(&values)).abs() < 1e-9);
            let jackknife = by_leaving_out(&values);
            prop_assert!((gini.standard_error / jackknife - 1.0).abs() < 0.1, "{} {jackknife}", gini.standard_error);
        }

        #[test]
        fn the_curve_rises_to_its_peak_and_falls_to_the_total(values in prop::collection::vec(-1_000i64..1_000, 1..60)) {
            let base = of(&values);
            let sums: Vec<i128> = (0..=values.len()).map(|customers| base.top(customers)).collect();
            prop_assert_eq!(sums.iter().max().copied(), Some(base.peak().sum));
            prop_assert_eq!(base.total(), values.iter().map(|&value| i128::from(value)).sum::<i128>());
            prop_assert_eq!(base.destroyed(), values.iter().filter(|value| **value < 0).map(|&value| -i128::from(value)).sum::<i128>());
            // Nobody picks so many customers that contribute more.
            for (customers, sum) in sums.iter().enumerate() {
                let first: i128 = values.iter().take(customers).map(|&value| i128::from(value)).sum();
                prop_assert!(first <= *sum);
            }
            if base.total() > 0 {
                let fewest = base.fewest_for(0.8).expect("a number");
                let wanted = 0.8 * base.total() as f64;
                prop_assert!(base.top(fewest) as f64 >= wanted && (base.top(fewest - 1) as f64) < wanted);
            }
        }

        #[test]
        fn both_curves_are_one_seen_from_two_ends(values in prop::collection::vec(0i64..1_000, 1..60), part in 0u32..=60) {
            let base = of(&values);
            prop_assume!(base.total() > 0 && part as usize <= values.len());
            let n = values.len() as f64;
            let top = base.share_of_top(f64::from(part) / n).expect("a share");
            let bottom = base.share_of_bottom((n - f64::from(part)) / n).expect("a share");
            prop_assert!((top + bottom - 1.0).abs() < 1e-12);
        }
    }
}
