//! Products: what we sell, in a tree of categories.
//!
//! A product has prices, each in a currency and from a day on, and what it costs us, in any currency with an exchange rate. From
//! today's price and that cost, both in the base currency, follows whether it earns, breaks even or loses.

#[cfg(feature = "server")]
use validator::Validate as _;

use crate::field::Draft;
use crate::{Currency, Date, Decimal, Id, Money, choice, part, resource};

resource! {
    /// A group of products. Who asks for a category's products asks for those of the categories below it as well.
    ProductCategory / NewProductCategory: "product_categories", "product_category", Products;
    write {
        /// What it is called; unique in the organization.
        name: String, length 1..=100 => required filtered sorted column stored("name_sort");
        /// The category above it.
        parent_id: Option<Id<ProductCategory>> => filtered column;
    }
    read {
    }
}

impl Draft for NewProductCategory {}

part! {
    /// What one unit costs a customer, from a day on.
    Price
    needs {
        /// The amount, in any currency.
        amount: Money;
    }
    may {
        /// The first day that it holds; without one it has always held.
        since: Option<Date>;
    }
}

choice! {
    /// What selling a product at today's price brings.
    Margin: "margin" { Earns = "earns", BreaksEven = "breaks_even", Loses = "loses" }
}

impl Margin {
    /// By price and cost of one unit, both in the base currency.
    pub fn of(price: Decimal, cost: Decimal) -> Self {
        match price.cmp(&cost) {
            std::cmp::Ordering::Greater => Self::Earns,
            std::cmp::Ordering::Equal => Self::BreaksEven,
            std::cmp::Ordering::Less => Self::Loses,
        }
    }
}

resource! {
    /// Something that we sell.
    Product / NewProduct: "products", "product", Products;
    write {
        /// What it is called.
        name: String, length 1..=200 => required filtered sorted column stored("name_sort") aliases(&["product_name", "产品名称", "名称"]);
        /// Our code for it; made by the server where none is given.
        code: String, length 0..=40 => filtered sorted column aliases(&["product_id", "sku", "编号", "产品编号"]);
        /// Where it belongs.
        category_id: Option<Id<ProductCategory>> => filtered column aliases(&["category", "category_name"]);
        /// Who supplies it.
        supplier: Option<String>, length 1..=200 => filtered aliases(&["supplier_name"]);
        /// What one of it is: a piece, a box of twelve, an hour.
        unit: Option<String>, length 1..=40 => column aliases(&["quantity_per_unit"]);
        /// What it costs a customer: by currency and first day.
        prices: Vec<Price>, nested 0..=100;
        /// What one unit costs us.
        cost: Option<Money> => class("cost") stored("cost_base");
        /// Whether it is sold no more.
        discontinued: bool => filtered column;
        /// More about it.
        note: Option<String>, length 1..=4000 => long;
    }
    read {
        /// What one unit costs us in the base currency, at the rate of the day on which the product was last written.
        base_cost: Option<Money> => derived class("cost");
        /// Today's price in the base currency.
        price: Option<Money> => column derived;
        /// What selling it at today's price brings.
        margin: Option<Margin> => column derived class("cost");
    }
}

impl Draft for NewProduct {
    fn check(&self, report: &mut dyn FnMut(String, &'static str)) {
        let mut seen = std::collections::BTreeSet::new();
        for (at, price) in self.prices.iter().enumerate() {
            if price.amount.amount < Decimal::default() {
                report(format!("/prices/{at}/amount"), "negative");
            }
            if !seen.insert((price.amount.currency.code().to_owned(), price.since)) {
                report(format!("/prices/{at}/since"), "duplicate");
            }
        }
        if self
            .cost
            .is_some_and(|cost| cost.amount < Decimal::default())
        {
            report("/cost".into(), "negative");
        }
    }
}

impl Product {
    /// What one unit costs a customer on a day, in a currency: the price of the latest first day that is not after it.
    pub fn price_on(&self, day: Date, currency: Currency) -> Option<Money> {
        let held = self.prices.iter().filter(|price| {
            price.amount.currency == currency && price.since.is_none_or(|since| since <= day)
        });
        held.max_by_key(|price| price.since)
            .map(|price| price.amount)
    }

    /// The same product with what follows from the day.
    #[must_use]
    pub fn on(mut self, day: Date, base: Currency) -> Self {
        self.price = self.price_on(day, base);
        if let Some(cost) = &mut self.base_cost {
            cost.currency = base;
        }
        let both = self.price.zip(self.base_cost);
        self.margin = both.map(|(price, cost)| Margin::of(price.amount, cost.amount));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount: &str, currency: &str) -> Money {
        Money {
            amount: amount.parse().expect("an amount"),
            currency: currency.parse().expect("a currency"),
        }
    }

    #[test]
    fn the_latest_price_that_holds_counts() {
        let day = |day| Date::of(2026, 3, day).expect("a day");
        let price = |amount, currency, since| Price {
            amount: money(amount, currency),
            since,
        };
        let product = Product {
            prices: vec![
                price("10", "CNY", None),
                price("12", "CNY", Some(day(10))),
                price("11", "CNY", Some(day(5))),
                price("2", "USD", Some(day(1))),
            ],
            cost: Some(money("2", "USD")),
            base_cost: Some(money("11", "CNY")),
            ..Product::default()
        };
        let cny: Currency = "CNY".parse().expect("a currency");
        let told = |at| {
            let product = product.clone().on(day(at), cny);
            (
                product.price.map(|price| price.amount.to_string()),
                product.margin,
            )
        };
        assert_eq!(told(4), (Some("10".into()), Some(Margin::Loses)));
        assert_eq!(told(5), (Some("11".into()), Some(Margin::BreaksEven)));
        assert_eq!(told(30), (Some("12".into()), Some(Margin::Earns)));
        assert_eq!(
            product.price_on(day(30), "EUR".parse().expect("a currency")),
            None
        );
    }
}
