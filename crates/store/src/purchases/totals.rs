//! What purchases come to: group by group, and for one customer.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::sql_types::{BigInt, Binary, Date as SqlDate, Nullable, Text};
use perennial_domain::customer::Customer;
use perennial_domain::field::Resource;
use perennial_domain::product::{Product, ProductCategory};
use perennial_domain::purchase::{
    Credit, Group, Grouping, Holding, Holdings, Purchase, PurchaseTotals, Sums,
};
use perennial_domain::query::ListQuery;
use perennial_domain::rights::{Action, FieldAccess, Level};
use perennial_domain::user::User;
use perennial_domain::{Date, Decimal, Id, Money};
use uuid::Uuid;

use crate::column::{Key, id};
use crate::money::money;
use crate::resource::{self, ENTRIES, Stored};
use crate::sql::Sql;
use crate::{Error, Read, Result};

/// How many products a customer's holdings tell.
const HELD: i64 = 100;

/// A group as it is read: its key, purchases, pieces, revenue.
type Counted<K> = (Option<K>, i64, i64, i64);

const OF_PURCHASES: &str = ", COUNT(CASE WHEN purchases.reverses_id IS NULL THEN 1 END), CAST(0 AS BIGINT), CAST(COALESCE(SUM(purchases.total_base), 0) AS BIGINT)";
const OF_LINES: &str = ", COUNT(DISTINCT CASE WHEN purchases.reverses_id IS NULL THEN purchases.id END), CAST(COALESCE(SUM(l.quantity), 0) AS BIGINT), \
     CAST(COALESCE(SUM(l.amount_base), 0) AS BIGINT)";
const LINES: &str = " JOIN purchase_lines l ON l.organization = purchases.organization AND l.purchase_id = purchases.id";
const OF_CUSTOMERS: &str = " JOIN customers AS buyer ON buyer.organization = purchases.organization AND buyer.id = purchases.customer_id";
const OF_PRODUCTS: &str =
    " LEFT JOIN products AS sold ON sold.organization = l.organization AND sold.id = l.product_id";

/// What the purchases that a list holds come to. Days are the organization's business days.
///
/// # Errors
/// [`Error::Forbidden`] for groups that would tell what the user may not see.
pub fn totals(
    read: &mut Read<'_>,
    query: &ListQuery,
    by: Grouping,
    limit: usize,
) -> Result<PurchaseTotals> {
    let scope = read.scope;
    if by == Grouping::Country && scope.access("contact_details") < FieldAccess::Read {
        return Err(Error::Forbidden);
    }
    let (key, of, joined): (_, _, &[&'static str]) = match by {
        Grouping::Year => (
            "substr(CAST(purchases.purchased_on AS TEXT), 1, 4)",
            OF_PURCHASES,
            &[],
        ),
        Grouping::Month => (
            "substr(CAST(purchases.purchased_on AS TEXT), 1, 7)",
            OF_PURCHASES,
            &[],
        ),
        Grouping::Country => ("buyer.country", OF_PURCHASES, &[OF_CUSTOMERS]),
        Grouping::Customer => ("purchases.customer_id", OF_PURCHASES, &[]),
        Grouping::Seller => ("purchases.seller_id", OF_PURCHASES, &[]),
        Grouping::Product => ("l.product_id", OF_LINES, &[LINES]),
        Grouping::Category => ("sold.category_id", OF_LINES, &[LINES, OF_PRODUCTS]),
    };
    let condition = resource::condition::<Purchase>(read, query);
    let organization = read.organization();
    let counted = |key: &'static str, joined: &[&'static str]| {
        let from = Sql::text("SELECT ")
            .then(key)
            .then(of)
            .then(" FROM purchases");
        let from = joined.iter().fold(from, |from, join| from.then(join));
        from.then(" WHERE purchases.organization = ")
            .bind(organization)
            .then(" AND ")
            .piece(condition.clone())
    };
    let order = match by {
        Grouping::Year | Grouping::Month => " ORDER BY 1 LIMIT ",
        _ => " ORDER BY 4 DESC, 1 LIMIT ",
    };
    let groups = counted(key, joined)
        .then(" GROUP BY 1")
        .then(order)
        .bind(i64::try_from(limit + 1).unwrap_or(i64::MAX));
    // Those without lines count as well.
    let all: &[&'static str] = if of == OF_LINES {
        &[" LEFT", LINES]
    } else {
        &[]
    };
    let all = counted("NULL", all);
    let all: Vec<Counted<String>> =
        all.rows::<(Nullable<Text>, BigInt, BigInt, BigInt), _>(read.connection)?;
    let total = all
        .first()
        .map(|row| sums(read, row, by))
        .unwrap_or_default();
    let named = match by {
        Grouping::Customer => Some(Customer::PLURAL),
        Grouping::Seller => Some(User::PLURAL),
        Grouping::Product => Some(Product::PLURAL),
        Grouping::Category => Some(ProductCategory::PLURAL),
        Grouping::Year | Grouping::Month | Grouping::Country => None,
    };
    let mut groups: Vec<Group> = if let Some(table) = named {
        let rows: Vec<Counted<Key>> =
            groups.rows::<(Nullable<Binary>, BigInt, BigInt, BigInt), _>(read.connection)?;
        let names = names(read, table, rows.iter().filter_map(|row| row.0))?;
        let group = |row: &Counted<Key>| Group {
            key: row.0.map(|key| key.0.to_string()),
            name: row.0.and_then(|key| names.get(&key.0).cloned()),
            sums: sums(read, row, by),
        };
        rows.iter().map(group).collect()
    } else {
        let rows: Vec<Counted<String>> =
            groups.rows::<(Nullable<Text>, BigInt, BigInt, BigInt), _>(read.connection)?;
        let group = |row: &Counted<String>| Group {
            key: row.0.clone(),
            name: None,
            sums: sums(read, row, by),
        };
        rows.iter().map(group).collect()
    };
    let has_more = groups.len() > limit;
    groups.truncate(limit);
    Ok(PurchaseTotals {
        by,
        total,
        groups,
        has_more,
    })
}

fn sums<K>(read: &Read<'_>, (_, purchases, quantity, revenue): &Counted<K>, by: Grouping) -> Sums {
    let lines = matches!(by, Grouping::Product | Grouping::Category);
    Sums {
        purchases: *purchases,
        quantity: lines.then_some(Decimal::from_ten_thousandths(*quantity)),
        revenue: in_base(read, *revenue),
    }
}

fn in_base(read: &Read<'_>, amount: i64) -> Money {
    Money {
        amount: Decimal::from_ten_thousandths(amount),
        currency: read.scope.currency(),
    }
}

/// What rows of a resource are called, as far as the user may see them.
fn names(
    read: &mut Read<'_>,
    table: &'static str,
    keys: impl Iterator<Item = Key>,
) -> Result<BTreeMap<Uuid, String>> {
    let entry = ENTRIES.iter().find(|entry| entry.plural == table);
    let visible = entry.map_or_else(Sql::never, |entry| {
        (entry.visible)(read.scope, Action::Read)
    });
    let rows: Vec<(Key, String)> = Sql::text("SELECT id, name FROM ")
        .name(table)
        .then(" WHERE organization = ")
        .bind(read.organization())
        .then(" AND ")
        .piece(visible)
        .then(" AND id IN ")
        .among(keys)
        .rows::<(Binary, Text), _>(read.connection)?;
    Ok(rows.into_iter().map(|(key, name)| (key.0, name)).collect())
}

/// What a customer has of us, and what it owes.
///
/// # Errors
/// [`Error::NotFound`] where this user sees no such customer; [`Error::Forbidden`] without the right to read purchases.
pub fn holdings(read: &mut Read<'_>, customer: Id<Customer>) -> Result<Holdings> {
    if read.scope.level(Purchase::AREA, Action::Read) == Level::None {
        return Err(Error::Forbidden);
    }
    resource::require::<Customer>(read, customer)?;
    let theirs =
        read.scope
            .owner_condition(&[(Purchase::AREA, Action::Read)], "customers", "owner_id");
    if !theirs.is_always() {
        let own = Sql::text("SELECT id FROM customers WHERE customers.organization = ")
            .bind(read.organization())
            .then(" AND customers.id = ")
            .bind(Key::from(customer))
            .then(" AND ")
            .piece(theirs);
        if own.rows::<Binary, Key>(read.connection)?.is_empty() {
            return Err(Error::Forbidden);
        }
    }
    let organization = read.organization();
    let visible = Purchase::visible(read.scope, Action::Read);
    let theirs = |sql: Sql| {
        sql.then(" WHERE purchases.deleted_at IS NULL AND purchases.organization = ")
            .bind(organization)
            .then(" AND purchases.customer_id = ")
            .bind(Key::from(customer))
            .then(" AND ")
            .piece(visible.clone())
    };
    let lines = Sql::text(
        "SELECT l.product_id, CAST(SUM(l.quantity) AS BIGINT), CAST(SUM(l.amount_base) AS BIGINT), \
         MAX(CASE WHEN purchases.reverses_id IS NULL THEN purchases.purchased_on END) \
         FROM purchases JOIN purchase_lines l ON l.organization = purchases.organization AND l.purchase_id = purchases.id",
    );
    let rows: Vec<(Option<Key>, i64, i64, NaiveDate)> = theirs(lines)
        .then(" GROUP BY l.product_id HAVING SUM(l.quantity) > 0 ORDER BY 3 DESC, 1 LIMIT ")
        .bind(HELD)
        .rows::<(Nullable<Binary>, BigInt, BigInt, SqlDate), _>(read.connection)?;
    let names = names(read, Product::PLURAL, rows.iter().filter_map(|row| row.0))?;
    let held =
        |(product, quantity, revenue, last_on): &(Option<Key>, i64, i64, NaiveDate)| Holding {
            product_id: id(*product),
            name: product.and_then(|key| names.get(&key.0).cloned()),
            quantity: Decimal::from_ten_thousandths(*quantity),
            revenue: in_base(read, *revenue),
            last_on: Date::from(*last_on),
        };
    let products = rows.iter().map(held).collect();
    let credit = if read.scope.access("credit") >= FieldAccess::Read {
        let late = theirs(Sql::text(
            "SELECT purchases.open_base + COALESCE((SELECT SUM(r.open_base) FROM purchases r WHERE r.organization = purchases.organization \
             AND r.reverses_id = purchases.id AND r.deleted_at IS NULL), 0) AS owed FROM purchases",
        ))
        .then(" AND purchases.reverses_id IS NULL AND purchases.open_base > 0 AND purchases.due_on < ")
        .bind(read.scope.today().naive());
        let overdue = Sql::text(
            "SELECT CAST(COALESCE(SUM(CASE WHEN late.owed > 0 THEN late.owed END), 0) AS BIGINT) FROM (",
        )
        .piece(late)
        .then(") AS late");
        let overdue = overdue.rows::<BigInt, i64>(read.connection)?;
        credit(read, customer, overdue.first().copied().unwrap_or_default())?
    } else {
        None
    };
    Ok(Holdings { products, credit })
}

/// Terms and figures of a customer: days, limit with its currency and worth, and what its figures say of open sums, of
/// purchases paid, paid late, and of the days these were late.
type Terms = (
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<i64>,
    i64,
    i64,
    i64,
    i64,
);

fn credit(read: &mut Read<'_>, customer: Id<Customer>, overdue: i64) -> Result<Option<Credit>> {
    type Columns = (
        Nullable<BigInt>,
        Nullable<BigInt>,
        Nullable<Text>,
        Nullable<BigInt>,
        BigInt,
        BigInt,
        BigInt,
        BigInt,
    );
    let rows: Vec<Terms> = Sql::text("SELECT c.credit_days, c.credit_limit, c.credit_limit_currency, c.credit_limit_base, f.open, f.paid, f.paid_late, f.days_late \
         FROM customers c JOIN customer_figures f ON f.organization = c.organization AND f.customer_id = c.id WHERE c.organization = ")
        .bind(read.organization())
        .then(" AND c.id = ")
        .bind(Key::from(customer))
        .rows::<Columns, _>(read.connection)?;
    let share =
        |part: i64, all: i64| Decimal::from_ten_thousandths(part).scaled(10_000, all.into());
    Ok(rows.into_iter().next().map(
        |(days, limit, currency, worth, open, paid, paid_late, days_late)| Credit {
            days,
            limit: money(limit, currency),
            open: in_base(read, open),
            overdue: in_base(read, overdue.min(open.max(0))),
            left: worth.map(|worth| in_base(read, worth.saturating_sub(open))),
            average_days_late: share(days_late, paid),
            paid_late: share(paid_late, paid),
        },
    ))
}
