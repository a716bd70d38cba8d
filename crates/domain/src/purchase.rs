//! Purchases: what customers bought, and what they gave back.
//!
//! A purchase has lines. A line's amount is quantity × price × (1 − discount), rounded half away from zero to
//! ten-thousandths when it is written, or it is stated where there is no price; sums are of these. What the customer has
//! to pay, the amount due, is the sum and the freight, rounded to the currency's places.
//!
//! A return is a purchase with quantities below zero that names the purchase it reverses, and in each line the line, and that
//! counts at the purchase's rate. So every sum over purchases is a plain sum: what is open of both comes to what is owed.
//! Since when either is paid, and what is overdue, is told of both together.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
#[cfg(feature = "server")]
use validator::Validate as _;

use crate::customer::Customer;
use crate::field::Draft;
use crate::product::Product;
use crate::user::User;
use crate::{Currency, Date, Decimal, Id, Money, choice, part, resource};

/// The most that one purchase may come to, in any currency: a trillion.
const GREATEST: Decimal = Decimal::from_ten_thousandths(1_000_000_000_000 * 10_000);
/// The most pieces of one line, above zero or below: a billion.
const MOST: Decimal = Decimal::from_ten_thousandths(1_000_000_000 * 10_000);
/// One, and a whole discount.
const ONE: Decimal = Decimal::from_ten_thousandths(10_000);
const ZERO: Decimal = Decimal::from_ten_thousandths(0);

part! {
    /// One thing that was bought, or is given back.
    PurchaseLine
    needs {
        /// How many; below zero in a return.
        quantity: Decimal;
    }
    may {
        /// Its key, made by the server: a change that sends it keeps the line, a return names it.
        id: Option<Uuid>;
        /// What was bought.
        product_id: Option<Id<Product>>;
        /// What it is where no product says so, or what else is to be said.
        description: String, length 0..=300;
        /// What one of it costs.
        price: Option<Decimal>;
        /// The part of the price that is let off: 0.15 for 15 %.
        discount: Decimal;
        /// What the line comes to; stated where there is no price, else made by the server.
        amount: Option<Decimal>;
        /// In a return the line that is given back.
        reverses: Option<Uuid>;
    }
}

impl PurchaseLine {
    /// What the line comes to: by its price, else as it was stated; none where that is too large to be kept.
    pub fn worth(&self) -> Option<Decimal> {
        let Some(price) = self.price else {
            return self.amount.or(Some(ZERO)).filter(is_kept);
        };
        let kept = i128::from(ONE.ten_thousandths()) - i128::from(self.discount.ten_thousandths());
        let quantity = i128::from(self.quantity.ten_thousandths());
        let worth = price.scaled(quantity.checked_mul(kept)?, 100_000_000);
        worth.filter(is_kept)
    }

    fn check(&self, is_return: bool, report: &mut dyn FnMut(&str, &'static str)) {
        let has_sign = |amount: Decimal| amount == ZERO || (amount < ZERO) == is_return;
        let mut refuse = |is_wrong: bool, name: &str, code| {
            if is_wrong {
                report(name, code);
            }
        };
        refuse(self.quantity == ZERO, "quantity", "zero");
        refuse(!has_sign(self.quantity), "quantity", "sign");
        refuse(
            !(-MOST..=MOST).contains(&self.quantity),
            "quantity",
            "too_large",
        );
        refuse(
            !(ZERO..=ONE).contains(&self.discount),
            "discount",
            "fraction",
        );
        refuse(
            self.price.is_some_and(|price| price < ZERO),
            "price",
            "negative",
        );
        match (self.price, self.amount, self.worth()) {
            (None, None, _) => refuse(true, "price", "required"),
            (Some(_), _, None) => refuse(true, "price", "too_large"),
            (None, _, None) => refuse(true, "amount", "too_large"),
            (Some(_), Some(stated), Some(worth)) => refuse(stated != worth, "amount", "differs"),
            (None, Some(stated), _) => {
                refuse(!has_sign(stated), "amount", "sign");
                refuse(self.discount != ZERO, "discount", "not_allowed");
            }
            (Some(_), None, Some(_)) => {}
        }
        refuse(is_return && self.reverses.is_none(), "reverses", "required");
        refuse(
            !is_return && self.reverses.is_some(),
            "reverses",
            "not_allowed",
        );
    }
}

part! {
    /// Money that came in for a purchase, or went back for a return.
    Payment
    needs {
        /// On which day.
        on: Date;
        /// How much, in the purchase's currency; below zero where we paid.
        amount: Decimal;
    }
    may {
        /// How, and what for.
        note: String, length 0..=200;
    }
}

/// At which rate a purchase in another currency counts in the base currency. It stays until day or currency change, and as long
/// as something of it was given back; a return counts at the rate of what it gives back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AppliedRate {
    /// Of which currency.
    pub currency: Currency,
    /// On which day.
    pub on: Date,
    /// So many of it …
    pub units: i64,
    /// … are worth so much.
    pub rate: Decimal,
}

impl crate::field::FieldType for AppliedRate {
    const KIND: crate::field::Kind = crate::field::Kind::Figures;
}

choice! {
    /// How much of a purchase was given back.
    Returned: "returned" { Nothing = "nothing", Partly = "partly", Wholly = "wholly" }
}

resource! {
    /// An order that happened, or a return of one.
    Purchase / NewPurchase: "purchases", "purchase", Purchases;
    write {
        /// Our code for it; made by the server where none is given.
        code: String, length 0..=40 => filtered sorted column aliases(&["purchase_id", "order_id", "order_code", "order_number", "purchase_code", "编号", "订单号", "订单编号"]);
        /// Who bought.
        customer_id: Id<Customer> => required filtered column aliases(&["customer", "customer_code", "客户", "客户编号"]);
        /// The day; today unless given.
        purchased_on: Date => filtered sorted column aliases(&["date", "order_date", "purchase_date", "日期", "订单日期"]);
        /// The purchase that this return gives back.
        reverses_id: Option<Id<Purchase>> => filtered;
        /// Who sold.
        seller_id: Option<Id<User>> => filtered column aliases(&["seller", "employee", "employee_id", "销售"]);
        /// In which currency; the organization's unless given.
        currency: Option<Currency>;
        /// What was bought.
        lines: Vec<PurchaseLine>, nested 0..=1000;
        /// What the carriage costs the customer.
        freight: Decimal;
        /// What it cost us; unless given, what its products cost us when it is created, of a return its part of what the purchase cost.
        cost: Option<Money> => class("cost") stored("cost_base");
        /// The day by which the customer wants it.
        required_on: Option<Date> => aliases(&["required_date"]);
        /// The day on which it left.
        shipped_on: Option<Date> => aliases(&["shipped_date"]);
        /// The day by which it is to be paid; by the customer's credit terms unless given.
        due_on: Option<Date> => filtered aliases(&["due_date"]);
        /// Why the customer may owe us more than its credit limit for it; nobody needs to say so below that.
        credit_approval: Option<String>, length 1..=1000 => long class("credit");
        /// What came in for it.
        payments: Vec<Payment>, nested 0..=200;
        /// The system that its external id belongs to.
        external_system: Option<String>, length 1..=60;
        /// Its id in that system.
        external_id: Option<String>, length 1..=200 => filtered;
        /// Anything else.
        note: Option<String>, length 1..=10000 => long;
    }
    read {
        /// What the lines come to, without freight.
        total: Money => column derived;
        /// The same in the base currency, at the rate of the day; of a return at that of what it gives back.
        base_total: Money => sorted stored("total_base");
        /// At which rate it counts in the base currency, where its own is another.
        rate: Option<AppliedRate>;
        /// What is to be paid: total and freight, in the currency's places.
        due: Money => derived;
        /// What was paid.
        paid: Money => derived;
        /// What its payments leave of what is due; what was given back is open in the return, below zero.
        open: Money => column derived;
        /// The day since which nothing is left to pay after what was given back, or to pay back of a return.
        paid_on: Option<Date> => filtered;
        /// How much of it was given back.
        returned: Returned => column;
    }
    title "code"
    order "-purchased_on"
}

/// Whether an amount is one that sums can be made of.
pub fn is_kept(amount: &Decimal) -> bool {
    (-GREATEST..=GREATEST).contains(amount)
}

/// What lines come to together; none where that is too large to be kept.
pub fn total(lines: &[PurchaseLine]) -> Option<Decimal> {
    let amounts: Option<Vec<Decimal>> = lines.iter().map(PurchaseLine::worth).collect();
    Decimal::sum(amounts?).filter(is_kept)
}

impl Draft for NewPurchase {
    fn check(&self, report: &mut dyn FnMut(String, &'static str)) {
        let has_words = |text: &String| text.chars().any(char::is_alphanumeric);
        if !self.credit_approval.as_ref().is_none_or(has_words) {
            report("/credit_approval".to_owned(), "required");
        }
        let is_return = self.reverses_id.is_some();
        let (mut ids, mut reversed) = (BTreeSet::new(), BTreeSet::new());
        for (at, line) in self.lines.iter().enumerate() {
            let mut report = |name: &str, code| report(format!("/lines/{at}/{name}"), code);
            line.check(is_return, &mut report);
            if line.id.is_some_and(|id| !ids.insert(id)) {
                report("id", "duplicate");
            }
            if line.reverses.is_some_and(|id| !reversed.insert(id)) {
                report("reverses", "duplicate");
            }
        }
        for (at, payment) in self.payments.iter().enumerate() {
            let mut report = |code| report(format!("/payments/{at}/amount"), code);
            if payment.amount == ZERO {
                report("zero");
            }
            if !is_kept(&payment.amount) {
                report("too_large");
            }
        }
        let mut refuse = |is_wrong: bool, pointer: &str, code| {
            if is_wrong {
                report(pointer.to_owned(), code);
            }
        };
        let freight = self.freight;
        let paid = Decimal::sum(self.payments.iter().map(|payment| payment.amount));
        refuse(
            !paid.as_ref().is_some_and(is_kept),
            "/payments",
            "too_large",
        );
        refuse(is_return && self.lines.is_empty(), "/lines", "required");
        refuse(self.customer_id.is_nil(), "/customer_id", "required");
        refuse(total(&self.lines).is_none(), "/lines", "too_large");
        refuse(
            freight != ZERO && (freight < ZERO) != is_return,
            "/freight",
            "sign",
        );
        refuse(!is_kept(&freight), "/freight", "too_large");
        let is_negative = self.cost.is_some_and(|cost| cost.amount < ZERO);
        refuse(is_negative && !is_return, "/cost", "negative");
        let (id, system) = (self.external_id.is_some(), self.external_system.is_some());
        refuse(id && !system, "/external_system", "required");
        refuse(system && !id, "/external_id", "required");
    }

    fn complete(&mut self) {
        for line in &mut self.lines {
            line.amount = line.worth();
        }
    }
}

choice! {
    /// By what totals are grouped.
    Grouping: "grouping" {
        Year = "year", Month = "month", Customer = "customer", Seller = "seller", Category = "category",
        Country = "country", Product = "product",
    }
}

/// What purchases come to, group by group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PurchaseTotals {
    /// By what they are grouped.
    pub by: Grouping,
    /// Of all of them.
    pub total: Sums,
    /// The groups: years and months in their order, others by revenue, the greatest first.
    pub groups: Vec<Group>,
    /// Whether there are more groups than were asked for.
    pub has_more: bool,
}

/// What the purchases of a group come to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Group {
    /// `1997`, `1997-05`, an id or a country; absent for what has none.
    pub key: Option<String>,
    /// What people call it, as far as the user may see it.
    pub name: Option<String>,
    /// What they come to.
    pub sums: Sums,
}

/// What purchases come to, less what was given back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Sums {
    /// How many purchases, returns not counted.
    pub purchases: i64,
    /// How many pieces; where the groups are products or categories.
    pub quantity: Option<Decimal>,
    /// What their lines come to, in the base currency.
    pub revenue: Money,
}

/// What a customer has of us, and what it owes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Holdings {
    /// What it bought and did not give back, the greatest revenue first; at most a hundred products.
    pub products: Vec<Holding>,
    /// Its credit; absent for whoever may not see it.
    pub credit: Option<Credit>,
}

/// A product that a customer has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Holding {
    /// Which product; absent for what was sold without one.
    pub product_id: Option<Id<Product>>,
    /// What it is called, as far as the user may see it.
    pub name: Option<String>,
    /// How many.
    pub quantity: Decimal,
    /// What they came to, in the base currency.
    pub revenue: Money,
    /// When it was bought last.
    pub last_on: Date,
}

/// How a customer pays. Amounts are in the base currency.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Credit {
    /// Days until payment is due.
    pub days: Option<i64>,
    /// How much it may owe us.
    pub limit: Option<Money>,
    /// How much it owes us.
    pub open: Money,
    /// How much of that is past its day, less what was given back of it.
    pub overdue: Money,
    /// How much more it may owe; below zero where it is over its limit.
    pub left: Option<Money>,
    /// How many days late it paid on average, of what had a day to be paid by.
    pub average_days_late: Option<Decimal>,
    /// The part of these purchases that it paid late: 0.25 for a quarter.
    pub paid_late: Option<Decimal>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    fn line(quantity: &str, price: &str, discount: &str) -> PurchaseLine {
        PurchaseLine {
            quantity: decimal(quantity),
            price: Some(decimal(price)),
            discount: decimal(discount),
            ..PurchaseLine::default()
        }
    }

    fn faults(purchase: &NewPurchase) -> Vec<String> {
        let mut faults = Vec::new();
        purchase.check(&mut |pointer, code| faults.push(format!("{pointer} {code}")));
        faults
    }

    fn purchase(lines: Vec<PurchaseLine>) -> NewPurchase {
        NewPurchase {
            customer_id: Id::new(Uuid::from_u128(1)),
            lines,
            ..NewPurchase::default()
        }
    }

    #[test]
    fn a_line_is_rounded_once_half_away_from_zero() {
        assert_eq!(line("3", "14.40", "0.15").worth(), Some(decimal("36.72")));
        assert_eq!(line("1", "0.0001", "0.5").worth(), Some(decimal("0.0001")));
        assert_eq!(
            line("-1", "0.0001", "0.5").worth(),
            Some(decimal("-0.0001"))
        );
        assert_eq!(
            line("0.5", "0.0003", "0.5").worth(),
            Some(decimal("0.0001"))
        );
        assert_eq!(line("99999999", "99999999", "0").worth(), None);
    }

    #[test]
    fn a_draft_is_completed_with_its_amounts() {
        let mut purchase = purchase(vec![line("2", "10", "0.1")]);
        assert_eq!(faults(&purchase), Vec::<String>::new());
        purchase.complete();
        assert_eq!(purchase.lines[0].amount, Some(decimal("18")));
        assert_eq!(total(&purchase.lines), Some(decimal("18")));
        assert_eq!(faults(&purchase), Vec::<String>::new());
        purchase.lines[0].quantity = decimal("3");
        assert_eq!(faults(&purchase), ["/lines/0/amount differs"]);
    }

    #[test]
    fn what_a_line_must_not_say_is_refused() {
        let stated = |quantity, amount| PurchaseLine {
            amount: Some(decimal(amount)),
            price: None,
            ..line(quantity, "0", "0")
        };
        let cases = [
            (line("0", "1", "0"), "/lines/0/quantity zero"),
            (line("-1", "1", "0"), "/lines/0/quantity sign"),
            (line("1", "-1", "0"), "/lines/0/price negative"),
            (line("1", "1", "1.5"), "/lines/0/discount fraction"),
            (
                line("9999999999", "9999999999", "0"),
                "/lines/0/price too_large",
            ),
            (stated("1", "-1"), "/lines/0/amount sign"),
            (stated("1", "1000000000001"), "/lines/0/amount too_large"),
            (
                PurchaseLine {
                    discount: ONE,
                    ..stated("1", "1")
                },
                "/lines/0/discount not_allowed",
            ),
            (
                PurchaseLine {
                    price: None,
                    ..line("1", "1", "0")
                },
                "/lines/0/price required",
            ),
            (
                PurchaseLine {
                    reverses: Some(Uuid::nil()),
                    ..line("1", "1", "0")
                },
                "/lines/0/reverses not_allowed",
            ),
        ];
        for (line, fault) in cases {
            let found = faults(&purchase(vec![line]));
            assert!(
                found.iter().any(|found| found == fault),
                "{found:?} has no {fault}"
            );
        }
    }

    #[test]
    fn a_return_names_what_it_reverses() {
        let back = NewPurchase {
            reverses_id: Some(Id::new(Uuid::from_u128(2))),
            ..purchase(vec![line("-1", "1", "0")])
        };
        assert_eq!(faults(&back), ["/lines/0/reverses required"]);
    }
}
