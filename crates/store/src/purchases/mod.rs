//! Purchases: their row, their lines, the returns that name them, and what they come to.

mod credit;
pub(crate) mod derived;
mod lines;
pub(crate) mod owners;
mod returns;
mod row;
mod totals;

use std::collections::{BTreeMap, BTreeSet};

use diesel::sql_types::{BigInt, Binary};
use perennial_domain::customer::Customer;
use perennial_domain::field::{Resource, Stamp};
use perennial_domain::problem::Invalid;
use perennial_domain::product::Product;
use perennial_domain::purchase::{NewPurchase, Purchase, PurchaseLine, total};
use perennial_domain::rights::Action;
use perennial_domain::{Date, Decimal, Id, Money};
use uuid::Uuid;

use crate::column::Key;
use crate::dialect::CHUNK;
use crate::resource::{Rows, Stored, keys};
use crate::sql::Sql;
use crate::{Error, Read, Result, Scope, Tx, codes, search};
pub use totals::{holdings, totals};

/// How many lines and payments a page has room for: two hundred purchases of a usual size, and an answer of a few megabytes.
const PAGE: usize = 5_000;

impl Stored for Purchase {
    fn hang(read: &mut Read<'_>, rows: &mut [Self]) -> Result<()> {
        let mut lines = lines::of(read, keys(rows))?;
        for purchase in rows {
            purchase.lines = lines.remove(&purchase.id.uuid()).unwrap_or_default();
            purchase.base_total.currency = read.scope.currency();
        }
        Ok(())
    }

    fn fitting(read: &mut Read<'_>, rows: &[Self]) -> Result<usize> {
        let lines = lines::count(read, rows)?;
        let parts =
            |row: &Self| lines.get(&row.id.uuid()).copied().unwrap_or(0) + row.payments.len();
        let sums = rows.iter().scan(0, |sum, row| {
            *sum += parts(row);
            Some(*sum)
        });
        Ok(sums.take_while(|sum| *sum <= PAGE).count())
    }

    fn insert_parts(tx: &mut Tx<'_>, new: &[Self]) -> Result<()> {
        may_sell(tx, &keys(new), Action::Create)?;
        lines::write(tx, new)?;
        returns::settle(tx, new.iter().map(|new| (None, new)))?;
        credit::check(tx, new.iter().map(|new| (None, new)))
    }

    fn replace_parts(tx: &mut Tx<'_>, changed: &[(Self, Self)]) -> Result<()> {
        let moved = changed
            .iter()
            .filter(|(old, new)| old.customer_id != new.customer_id);
        let moved: Vec<Key> = moved.map(|(_, new)| new.id.into()).collect();
        owners::follow(tx, "id", &moved)?;
        may_sell(tx, &moved, Action::Update)?;
        // What a line is worth in the base currency hangs on day and currency, too.
        let parts = |purchase: &Self| {
            let lines = purchase.lines.clone();
            (lines, purchase.purchased_on, purchase.currency)
        };
        let mut removed = Vec::new();
        for (old, new) in changed {
            known_lines(old, new)?;
            let keys = |purchase: &Self| -> BTreeSet<Uuid> {
                purchase.lines.iter().filter_map(|line| line.id).collect()
            };
            removed.extend(keys(old).difference(&keys(new)).copied().map(Key));
        }
        lines::remove(tx, &removed)?;
        let others = changed.iter().filter(|(old, new)| parts(old) != parts(new));
        let others: Vec<Self> = others.map(|(_, new)| new.clone()).collect();
        lines::write(tx, &others)?;
        returns::settle(tx, changed.iter().map(|(old, new)| (Some(old), new)))?;
        credit::check(tx, changed.iter().map(|(old, new)| (Some(old), new)))
    }

    /// A purchase is seen by whoever sees its customer.
    fn visible(scope: &Scope, action: Action) -> Sql {
        let means = [(Self::AREA, action), (Customer::AREA, Action::Read)];
        scope.owner_condition(&means, Self::PLURAL, "owner_id")
    }

    const BY_OWNER: &'static [&'static str] = &["purchased_on"];

    fn shares(scope: &Scope) -> Option<Vec<Sql>> {
        let means = [(Self::AREA, Action::Read), (Customer::AREA, Action::Read)];
        scope.owner_shares(&means, Self::PLURAL, "owner_id")
    }

    fn reach(scope: &Scope) -> Option<Sql> {
        if Self::visible(scope, Action::Read).is_always() {
            return None;
        }
        let theirs = Sql::text("SELECT id AS key FROM purchases WHERE organization = ")
            .bind(scope.organization())
            .then(" AND ");
        Some(theirs.piece(Self::visible(scope, Action::Read)))
    }

    /// Gives codes, today, the base currency, the day to pay by, and what the products cost us.
    fn prepare(tx: &mut Tx<'_>, drafts: &mut [NewPurchase]) -> Result<()> {
        codes::give(
            tx.parts(),
            Self::PLURAL,
            "P",
            drafts.iter_mut().map(|draft| &mut draft.code),
        )?;
        owners::learn(tx, drafts.iter().map(|draft| draft.customer_id.into()))?;
        let (today, currency) = (tx.scope.today(), tx.scope.currency());
        for draft in &mut *drafts {
            if draft.purchased_on.is_nil() {
                draft.purchased_on = today;
            }
            draft.currency.get_or_insert(currency);
            for line in &mut draft.lines {
                // A key is only known of a line that is there.
                line.id = None;
            }
        }
        let bought = lines_bought(tx, drafts)?;
        give_products(drafts, &bought);
        give_terms(tx, drafts)?;
        give_costs(tx, drafts, &bought)
    }

    fn check(
        _tx: &mut Tx<'_>,
        _id: Id<Self>,
        _old: Option<&NewPurchase>,
        draft: &NewPurchase,
    ) -> Result<()> {
        codes::check(&draft.code)?;
        if draft.purchased_on.is_nil() {
            return Err(Invalid::new("/purchased_on", "required").into());
        }
        if draft.currency.is_none() {
            return Err(Invalid::new("/currency", "required").into());
        }
        Ok(())
    }

    fn hide(tx: &mut Tx<'_>, rows: &[Self], hidden: bool) -> Result<()> {
        if !hidden {
            count_again(tx, rows)?;
        }
        returns::settle(tx, rows.iter().map(|row| (Some(row), row)))?;
        credit::check_hidden(tx, rows)
    }

    /// By its code, by its id in another system, or by its customer's words.
    fn named(read: &Read<'_>, text: &str) -> Option<Sql> {
        let text = text.trim();
        let known = Sql::text("(purchases.code IN ")
            .among([text.to_owned(), text.to_uppercase()])
            .then(" OR purchases.external_id = ")
            .bind(text.to_owned());
        let bought = search::customers(read, text).map_or_else(Sql::default, |customers| {
            Sql::text(" OR purchases.customer_id IN (")
                .piece(customers)
                .then(")")
        });
        Some(known.piece(bought).then(")"))
    }

    fn title(&self) -> &str {
        &self.code
    }

    fn customers(&self) -> Vec<Id<Customer>> {
        vec![self.customer_id]
    }

    fn amount(&self) -> Option<Money> {
        // Where the lines come later, it is not known yet.
        let (amount, currency) = (total(&self.lines)?, self.currency?);
        (!self.lines.is_empty()).then_some(Money { amount, currency })
    }

    fn happened_on(&self) -> Option<Date> {
        Some(self.purchased_on)
    }
}

/// Writes returns that come back at the rate of what they give back, which may have become another meanwhile.
fn count_again(tx: &mut Tx<'_>, rows: &[Purchase]) -> Result<()> {
    let foreign = |row: &&Purchase| row.reverses_id.is_some() && row.rate.is_some();
    for row in rows.iter().filter(foreign) {
        let stamp = Stamp {
            version: row.version() + 1,
            updated_at: tx.scope.now,
            deleted_at: None,
            ..row.stamp()
        };
        let back = row.clone().stamped(row.id, &stamp);
        Purchase::replace(tx, &back, &back)?;
        lines::write(tx, &[back])?;
    }
    Ok(())
}

/// Refuses purchases of customers with whom the user may not do this.
fn may_sell(tx: &mut Tx<'_>, purchases: &[Key], action: Action) -> Result<()> {
    let allowed = Purchase::visible(tx.scope, action);
    if allowed.is_always() {
        return Ok(());
    }
    for chunk in purchases.chunks(CHUNK) {
        let others = Sql::text("SELECT id FROM purchases WHERE organization = ")
            .bind(tx.organization())
            .then(" AND id IN ")
            .among(chunk.iter().copied())
            .then(" AND NOT ")
            .piece(allowed.clone())
            .then(" LIMIT 1");
        if !others.rows::<Binary, Key>(tx.connection)?.is_empty() {
            return Err(Error::Forbidden);
        }
    }
    Ok(())
}

/// The lines of purchases that drafts give something back of, by purchase.
type Bought = BTreeMap<Uuid, Vec<PurchaseLine>>;

fn lines_bought(tx: &mut Tx<'_>, drafts: &[NewPurchase]) -> Result<Bought> {
    let ids = drafts.iter().filter_map(|draft| draft.reverses_id);
    let ids: Vec<Key> = ids
        .map(Key::from)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let mut bought = Bought::new();
    for chunk in ids.chunks(CHUNK) {
        bought.extend(lines::of(tx, chunk.iter().copied())?);
    }
    Ok(bought)
}

/// What is given back is the product that was bought, also where nobody says so.
fn give_products(drafts: &mut [NewPurchase], bought: &Bought) {
    let lines = bought.values().flatten();
    let sold: BTreeMap<Uuid, Id<Product>> = lines
        .filter_map(|line| Some((line.id?, line.product_id?)))
        .collect();
    for line in drafts.iter_mut().flat_map(|draft| &mut draft.lines) {
        if let (None, Some(reversed)) = (line.product_id, line.reverses) {
            line.product_id = sold.get(&reversed).copied();
        }
    }
}

/// Refuses keys of lines that the purchase does not have.
fn known_lines(old: &Purchase, new: &Purchase) -> Result<()> {
    let known: BTreeSet<Uuid> = old.lines.iter().filter_map(|line| line.id).collect();
    for (at, line) in new.lines.iter().enumerate() {
        if line.id.is_some_and(|id| !known.contains(&id)) {
            return Err(Invalid::new(format!("/lines/{at}/id"), "not_found").into());
        }
    }
    Ok(())
}

/// The day to pay by, by the customer's terms.
fn give_terms(tx: &mut Tx<'_>, drafts: &mut [NewPurchase]) -> Result<()> {
    let open = |draft: &&mut NewPurchase| draft.due_on.is_none() && draft.reverses_id.is_none();
    let customers = drafts.iter_mut().filter(open);
    let days = numbers(
        tx,
        "credit_days",
        Customer::PLURAL,
        customers.map(|draft| draft.customer_id.uuid()),
    )?;
    for draft in drafts.iter_mut().filter(open) {
        let days = days.get(&draft.customer_id.uuid()).copied();
        draft.due_on = days.map(|days| draft.purchased_on.plus_days(days.unsigned_abs()));
    }
    Ok(())
}

/// What we paid for what is sold, where all of it is a product whose cost we know; of a return its part of what the
/// purchase cost.
fn give_costs(tx: &mut Tx<'_>, drafts: &mut [NewPurchase], bought: &Bought) -> Result<()> {
    let open = |draft: &&mut NewPurchase| draft.cost.is_none() && !draft.lines.is_empty();
    let lines = drafts
        .iter_mut()
        .filter(open)
        .filter(|draft| draft.reverses_id.is_none())
        .flat_map(|draft| &draft.lines);
    let products = lines.filter_map(|line| line.product_id).map(Id::uuid);
    let costs = numbers(tx, "cost_base", Product::PLURAL, products)?;
    let paid = numbers(tx, "cost_base", Purchase::PLURAL, bought.keys().copied())?;
    let currency = tx.scope.currency();
    for draft in drafts.iter_mut().filter(open) {
        let cost = |line: &PurchaseLine| {
            let cost = costs.get(&line.product_id?.uuid())?;
            let quantity = i128::from(line.quantity.ten_thousandths());
            Decimal::from_ten_thousandths(*cost).scaled(quantity, 10_000)
        };
        let sum = match draft.reverses_id.map(Id::uuid) {
            None => {
                let sum: Option<Vec<Decimal>> = draft.lines.iter().map(cost).collect();
                sum.and_then(Decimal::sum)
            }
            Some(original) => paid.get(&original).and_then(|paid| {
                let all = bought.get(&original)?;
                part_of(Decimal::from_ten_thousandths(*paid), all, &draft.lines)
            }),
        };
        draft.cost = sum.map(|amount| Money { amount, currency });
    }
    Ok(())
}

/// The part of a purchase's cost that lines give back: by what each came to, or by pieces where all of it was free.
fn part_of(cost: Decimal, all: &[PurchaseLine], back: &[PurchaseLine]) -> Option<Decimal> {
    let amount = |line: &PurchaseLine| line.amount.unwrap_or_default();
    let is_free = all.iter().all(|line| amount(line) == Decimal::default());
    let weight = |line: &PurchaseLine| if is_free { line.quantity } else { amount(line) };
    let lines: BTreeMap<Option<Uuid>, &PurchaseLine> =
        all.iter().map(|line| (line.id, line)).collect();
    let parts = back.iter().map(|back| {
        let line = lines.get(&back.reverses)?;
        let (given, bought) = (back.quantity, line.quantity);
        weight(line).scaled(
            given.ten_thousandths().into(),
            bought.ten_thousandths().into(),
        )
    });
    let part = Decimal::sum(parts.collect::<Option<Vec<_>>>()?)?;
    let whole = Decimal::sum(all.iter().map(weight))?;
    cost.scaled(
        part.ten_thousandths().into(),
        whole.ten_thousandths().into(),
    )
}

/// A number that rows of a table have.
fn numbers(
    tx: &mut Tx<'_>,
    column: &'static str,
    table: &'static str,
    ids: impl Iterator<Item = Uuid>,
) -> Result<BTreeMap<Uuid, i64>> {
    let ids: Vec<Uuid> = ids.collect::<BTreeSet<_>>().into_iter().collect();
    let mut found = BTreeMap::new();
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(Key, i64)> = Sql::text("SELECT id, ")
            .name(column)
            .then(" FROM ")
            .name(table)
            .then(" WHERE organization = ")
            .bind(tx.organization())
            .then(" AND ")
            .name(column)
            .then(" IS NOT NULL AND id IN ")
            .among(chunk.iter().copied())
            .rows::<(Binary, BigInt), _>(tx.connection)?;
        found.extend(rows.into_iter().map(|(id, number)| (id.0, number)));
    }
    Ok(found)
}
