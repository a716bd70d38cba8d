//! Customer equity: the sum of all customers' values, and what changed it.
//!
//! Customer equity is Σ CLV (Blattberg, Deighton 1996, Manage marketing by the customer equity test, Harvard Business Review
//! 74(4); Rust, Lemon, Zeithaml 2004, Journal of Marketing 68(1)). Between two days each customer's change goes to one of five
//! accounts, so that the five come to the change: **new** (had no value before), **won back** (was lost, is not), **lost** (was
//! not, is; or is no longer there), else **grown** or **shrunk**. Who is lost is for the caller to say.
//!
//! **What it does not know.** Why a value changed: new purchases and a model fitted anew look alike. How sure a sum of values is
//! tells [`value`](crate::value).
//!
//! By hand: 10 → 12 grew by 2, 8 → 5 shrank by 3, nothing → 4 is new, 6 → 1 and lost is −5, lost at 1 → 7 won back is 6: 25 became 29.
//!
//! ```
//! use perennial_insight::equity::{EquityChange, Standing};
//! let on = |value| Some(Standing { value, is_lost: false });
//! let lost = |value| Some(Standing { value, is_lost: true });
//! let customers = [(on(10.0), on(12.0)), (on(8.0), on(5.0)), (None, on(4.0)), (on(6.0), lost(1.0)), (lost(1.0), on(7.0))];
//! let change = EquityChange::between(customers);
//! assert_eq!((change.before, change.after), (25.0, 29.0));
//! assert_eq!((change.new, change.grown, change.shrunk, change.lost, change.won_back), (4.0, 2.0, -3.0, -5.0, 6.0));
//! ```

/// What a customer is worth on a day, and whether it counts as lost then.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// Its CLV.
    pub value: f64,
    /// Whether it is lost.
    pub is_lost: bool,
}

/// Customer equity on two days, and what led from one to the other: before and the five changes come to after, but for rounding.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EquityChange {
    /// Σ CLV on the first day.
    pub before: f64,
    /// Σ CLV on the second.
    pub after: f64,
    /// By customers who were not there before.
    pub new: f64,
    /// By those who are worth more.
    pub grown: f64,
    /// By those who are worth less; not above zero.
    pub shrunk: f64,
    /// By those who were lost in between.
    pub lost: f64,
    /// By those who were lost and are no longer.
    pub won_back: f64,
}

impl EquityChange {
    /// Each customer's standing on the first day and on the second, none where it was not a customer; summed in their order.
    pub fn between(
        customers: impl IntoIterator<Item = (Option<Standing>, Option<Standing>)>,
    ) -> Self {
        let mut sum = Self::default();
        for (before, after) in customers {
            let value = |standing: Option<Standing>| standing.map_or(0.0, |now| now.value);
            let change = value(after) - value(before);
            let is_lost = |standing: Standing| standing.is_lost;
            let account = match (before.map(is_lost), after.map(is_lost)) {
                (None, _) => &mut sum.new,
                (Some(true), Some(false)) => &mut sum.won_back,
                (Some(false), Some(true)) | (Some(_), None) => &mut sum.lost,
                (Some(_), Some(_)) if change > 0.0 => &mut sum.grown,
                (Some(_), Some(_)) => &mut sum.shrunk,
            };
            *account += change;
            sum.before += value(before);
            sum.after += value(after);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Customer = (Option<Standing>, Option<Standing>);

    fn standing() -> impl Strategy<Value = Option<Standing>> {
        let parts = (-1000_i32..100_000, any::<bool>());
        let standing = parts.prop_map(|(value, is_lost)| Standing {
            value: f64::from(value),
            is_lost,
        });
        proptest::option::of(standing)
    }

    proptest! {
        /// Whole numbers, so that sums are exact.
        #[test]
        fn the_five_changes_come_to_the_change(customers in proptest::collection::vec((standing(), standing()), 0..60)) {
            let change = EquityChange::between(customers.iter().copied());
            let sum = |of: fn(&Customer) -> Option<Standing>| {
                customers.iter().filter_map(of).map(|standing| standing.value).sum::<f64>()
            };
            prop_assert_eq!(change.before, sum(|(before, _)| *before));
            prop_assert_eq!(change.after, sum(|(_, after)| *after));
            let parts = change.new + change.grown + change.shrunk + change.lost + change.won_back;
            prop_assert_eq!(change.before + parts, change.after);
            prop_assert!(change.grown >= 0.0 && change.shrunk <= 0.0);
        }
    }

    #[test]
    fn who_left_the_books_is_lost_and_who_stays_lost_shrinks() {
        let lost = |value| {
            Some(Standing {
                value,
                is_lost: true,
            })
        };
        let change = EquityChange::between([
            (lost(3.0), None),
            (lost(3.0), lost(2.0)),
            (None, lost(1.0)),
            (None, None),
        ]);
        assert_eq!((change.lost, change.shrunk, change.new), (-3.0, -1.0, 1.0));
    }
}
