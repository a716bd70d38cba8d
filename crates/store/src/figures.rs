//! Customers' figures: what is derived from their contacts and purchases, kept in the transaction that changes these.
//!
//! They are counted anew from the rows themselves, not moved by differences, so that the same statement makes them,
//! keeps them and mends them. A purchase that was wholly given back was not made.

use perennial_domain::contact::Contact;
use perennial_domain::customer::{Customer, CustomerFigures, Sales};
use perennial_domain::event::EventKind;
use perennial_domain::field::Resource;
use perennial_domain::purchase::Purchase;
use perennial_domain::{Currency, Date, Decimal, Money};

use crate::column::Key;
use chrono::NaiveDate;
use diesel::RunQueryDsl;
use diesel::sql_types::Binary;

use crate::dialect::{CHUNK, insert_many, lock_figures};
use crate::events::NewEvent;
use crate::schema::customer_figures;
use crate::sql::Sql;
use crate::{Read, Result, Tx};

/// A customer's figures as they are kept.
#[derive(diesel::Insertable, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = customer_figures, treat_none_as_default_value = false)]
pub(crate) struct Row {
    organization: i64,
    pub(crate) customer_id: Key,
    version: i64,
    contacts: i64,
    purchases: i64,
    purchase_days: i64,
    revenue: i64,
    open: i64,
    first_on: Option<NaiveDate>,
    last_on: Option<NaiveDate>,
    paid: i64,
    paid_late: i64,
    days_late: i64,
}

impl Row {
    /// Those of a new customer.
    fn new(organization: i64, customer_id: Key) -> Self {
        Self {
            organization,
            customer_id,
            version: 1,
            contacts: 0,
            purchases: 0,
            purchase_days: 0,
            revenue: 0,
            open: 0,
            first_on: None,
            last_on: None,
            paid: 0,
            paid_late: 0,
            days_late: 0,
        }
    }

    /// What they say, with this base currency.
    pub(crate) fn figures(&self, currency: Currency) -> CustomerFigures {
        let money = |amount| Money {
            amount: Decimal::from_ten_thousandths(amount),
            currency,
        };
        let sales = Sales {
            purchases: self.purchases,
            purchase_days: self.purchase_days,
            revenue: money(self.revenue),
            open: money(self.open),
            first_on: self.first_on.map(Date::from),
            last_on: self.last_on.map(Date::from),
            paid: self.paid,
            paid_late: self.paid_late,
            days_late: self.days_late,
        };
        CustomerFigures {
            version: self.version,
            contacts: self.contacts,
            sales: Some(sales),
        }
    }
}

/// The people that work at a customer now.
const CONTACTS: &str = "SELECT f.customer_id, (SELECT COUNT(DISTINCT p.contact_id) FROM positions p JOIN contacts c ON c.organization = p.organization AND c.id = p.contact_id \
     WHERE p.organization = f.organization AND p.customer_id = f.customer_id AND p.until IS NULL AND c.deleted_at IS NULL) AS contacts FROM customer_figures f";

/// What a customer's purchases come to.
const SALES: &str = "SELECT f.customer_id, COUNT(p.counts) AS purchases, COUNT(DISTINCT p.counts) AS purchase_days, CAST(COALESCE(SUM(p.total_base), 0) AS BIGINT) AS revenue, \
     CAST(COALESCE(SUM(p.open_base), 0) AS BIGINT) AS open, MIN(p.counts) AS first_on, MAX(p.counts) AS last_on, COUNT(p.days_late) AS paid, \
     COUNT(CASE WHEN p.days_late > 0 THEN 1 END) AS paid_late, CAST(COALESCE(SUM(p.days_late), 0) AS BIGINT) AS days_late FROM customer_figures f \
     LEFT JOIN (SELECT organization, customer_id, total_base, open_base, CASE WHEN reverses_id IS NULL AND returned <> 'wholly' THEN days_late END AS days_late, \
     CASE WHEN reverses_id IS NULL AND returned <> 'wholly' THEN purchased_on END AS counts FROM purchases WHERE deleted_at IS NULL) p \
     ON p.organization = f.organization AND p.customer_id = f.customer_id";

/// Makes the figures of new customers, and counts anew what changed events concern.
pub(crate) fn keep(tx: &mut Tx<'_>, events: &[NewEvent]) -> Result<()> {
    let organization = tx.organization();
    let is_new =
        |event: &&NewEvent| event.resource == Customer::PLURAL && event.kind == EventKind::Created;
    let row = |event: &NewEvent| Row::new(organization, event.record);
    let rows: Vec<Row> = events.iter().filter(is_new).map(row).collect();
    insert_many!(tx.connection, customer_figures::table, rows);
    for chunk in concerned(events, Contact::PLURAL).chunks(CHUNK) {
        PEOPLE.write(tx, chunk)?;
    }
    for chunk in concerned(events, Purchase::PLURAL).chunks(CHUNK) {
        BOUGHT.write(tx, chunk)?;
    }
    Ok(())
}

/// The customers that events of a resource concern.
fn concerned(events: &[NewEvent], resource: &str) -> Vec<Key> {
    let events = events.iter().filter(|event| event.resource == resource);
    let mut customers: Vec<Key> = events
        .flat_map(|event| event.customers.iter().copied().map(Key::from))
        .collect();
    customers.sort_unstable();
    customers.dedup();
    customers
}

/// A group of figures: how it is counted and grouped, what is set, and when the two differ.
struct Counted {
    count: &'static str,
    groups: &'static str,
    set: &'static str,
    differs: &'static str,
}

const PEOPLE: Counted = Counted {
    count: CONTACTS,
    groups: "",
    set: "contacts = n.contacts",
    differs: "f.contacts <> n.contacts",
};
const BOUGHT: Counted = Counted {
    count: SALES,
    groups: " GROUP BY f.customer_id",
    set: "purchases = n.purchases, purchase_days = n.purchase_days, revenue = n.revenue, open = n.open, first_on = n.first_on, last_on = n.last_on, \
          paid = n.paid, paid_late = n.paid_late, days_late = n.days_late",
    differs: "(f.purchases, f.purchase_days, f.revenue, f.open, f.first_on, f.last_on, f.paid, f.paid_late, f.days_late) IS DISTINCT FROM \
              (n.purchases, n.purchase_days, n.revenue, n.open, n.first_on, n.last_on, n.paid, n.paid_late, n.days_late)",
};

impl Counted {
    /// Writes what is counted of customers where that is not what is kept.
    fn write(&self, tx: &mut Tx<'_>, customers: &[Key]) -> Result<()> {
        let organization = tx.organization();
        lock_figures(tx, customers)?;
        let own = |sql: Sql| {
            sql.then("f.organization = ")
                .bind(organization)
                .then(" AND f.customer_id IN ")
                .among(customers.iter().copied())
        };
        let counted = own(Sql::text(self.count).then(" WHERE ")).then(self.groups);
        let sql = Sql::text("UPDATE customer_figures AS f SET version = f.version + 1, ")
            .then(self.set)
            .then(" FROM (")
            .piece(counted)
            .then(") AS n WHERE n.customer_id = f.customer_id AND ")
            .then(self.differs)
            .then(" AND ");
        own(sql).execute(tx.connection)?;
        Ok(())
    }

    /// The customers of whom something else is kept than counted.
    fn wrong(&self, read: &mut Read<'_>) -> Result<Vec<Key>> {
        let organization = read.organization();
        let own = |sql: Sql| sql.then("f.organization = ").bind(organization);
        let counted = own(Sql::text(self.count).then(" WHERE ")).then(self.groups);
        let sql = Sql::text("SELECT f.customer_id FROM customer_figures f JOIN (")
            .piece(counted)
            .then(") AS n ON n.customer_id = f.customer_id WHERE ")
            .then(self.differs)
            .then(" AND ");
        Ok(own(sql).rows::<Binary, _>(read.connection)?)
    }
}

/// The customers whose figures are not what their contacts and purchases say.
pub(crate) fn wrong(read: &mut Read<'_>) -> Result<Vec<Key>> {
    let mut found = PEOPLE.wrong(read)?;
    found.extend(BOUGHT.wrong(read)?);
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Counts the figures of customers anew.
pub(crate) fn count(tx: &mut Tx<'_>, customers: &[Key]) -> Result<()> {
    for chunk in customers.chunks(CHUNK) {
        PEOPLE.write(tx, chunk)?;
        BOUGHT.write(tx, chunk)?;
    }
    Ok(())
}
