//! What customers buy, how they pay, and what they give back.

use perennial_domain::customer::Customer;
use perennial_domain::product::Product;
use perennial_domain::purchase::{NewPurchase, Payment, Purchase, PurchaseLine, total};
use perennial_domain::user::User;
use perennial_domain::{Currency, Date, Decimal, Id};

use super::random::Random;

/// What is sold, and until when the story is told.
pub(super) struct Shop {
    products: Vec<Product>,
    currency: Currency,
    today: Date,
    random: Random,
}

impl Shop {
    pub(super) fn new(products: Vec<Product>, currency: Currency, today: Date) -> Self {
        Self {
            products,
            currency,
            today,
            random: Random::new(23),
        }
    }

    /// What a customer buys on a day; `size` is how much it is used to buy.
    pub(super) fn sale(
        &mut self,
        customer: &Customer,
        seller: Id<User>,
        day: Date,
        size: i64,
    ) -> NewPurchase {
        let count = *self.random.mostly(&[1, 2, 3, 4]);
        let mut lines: Vec<PurchaseLine> = Vec::new();
        for _ in 0..count {
            let product = self.random.mostly(&self.products);
            let Some(price) = product.price_on(day, self.currency) else {
                continue;
            };
            if lines.iter().any(|line| line.product_id == Some(product.id)) {
                continue;
            }
            lines.push(PurchaseLine {
                product_id: Some(product.id),
                quantity: whole(self.random.between(1, 4) * size),
                price: Some(price.amount),
                discount: Decimal::from_ten_thousandths(*self.random.mostly(&[0, 0, 500, 1_000])),
                ..PurchaseLine::default()
            });
        }
        let due_on = day.plus_days(customer.credit_days.unwrap_or(14).unsigned_abs());
        let mut purchase = NewPurchase {
            customer_id: customer.id,
            purchased_on: day,
            seller_id: Some(seller),
            currency: Some(self.currency),
            due_on: Some(due_on),
            lines,
            ..NewPurchase::default()
        };
        purchase.payments = self.payments(&purchase, due_on);
        purchase
    }

    /// Most pay before they have to, some weeks later, and a few have not paid yet.
    fn payments(&mut self, purchase: &NewPurchase, due_on: Date) -> Vec<Payment> {
        let late = self.random.chance(18);
        let days = self.random.between(0, if late { 35 } else { 10 });
        let early = due_on
            .days_after(purchase.purchased_on)
            .min(10 - days.min(10));
        let on = if late {
            due_on.plus_days(days.unsigned_abs())
        } else {
            let after = due_on.days_after(purchase.purchased_on) - early.max(0);
            purchase.purchased_on.plus_days(after.unsigned_abs())
        };
        let due = self.due(purchase);
        let amount = due.filter(|due| *due > Decimal::default() && on <= self.today);
        let paid = amount.map(|amount| Payment {
            on,
            amount,
            note: String::new(),
        });
        paid.filter(|_| !self.random.chance(4))
            .into_iter()
            .collect()
    }

    /// Half of the first line, which was not what the customer wanted.
    pub(super) fn back(&self, bought: &Purchase, day: Date) -> Option<NewPurchase> {
        let line = bought.lines.first()?;
        let half = line.quantity.ten_thousandths() / 20_000;
        let mut back = NewPurchase {
            customer_id: bought.customer_id,
            purchased_on: day,
            reverses_id: Some(bought.id),
            seller_id: bought.seller_id,
            currency: bought.currency,
            lines: vec![PurchaseLine {
                reverses: line.id,
                product_id: line.product_id,
                quantity: whole(-half.max(1)),
                price: line.price,
                discount: line.discount,
                ..PurchaseLine::default()
            }],
            ..NewPurchase::default()
        };
        // What had been paid is paid back at once.
        let amount = self.due(&back).filter(|_| !bought.payments.is_empty());
        let paid = amount.map(|amount| Payment {
            on: day,
            amount,
            note: String::new(),
        });
        back.payments.extend(paid);
        Some(back)
    }

    /// What is to be paid for a purchase.
    fn due(&self, purchase: &NewPurchase) -> Option<Decimal> {
        total(&purchase.lines)?.rounded_to(self.currency.places())
    }
}

fn whole(number: i64) -> Decimal {
    Decimal::from_ten_thousandths(number * 10_000)
}
