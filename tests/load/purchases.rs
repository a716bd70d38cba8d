//! Purchases by the million: some are made by the store, and the database then copies them set-wise onto all customers.
//!
//! A copy is a whole one: purchase, lines, event, timeline entry. Only keys, codes, numbers and customers differ, so every
//! derived value in it is right, whatever columns there are. The figures of the customers are summed at the end.

use diesel::QueryResult;
use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use perennial_domain::customer::Customer;
use perennial_domain::product::{NewProduct, Product};
use perennial_domain::purchase::{NewPurchase, Purchase};
use perennial_domain::query::ListQuery;
use perennial_store::{Store, resource};
use serde_json::{Value, json};

use crate::callers::admin;

/// How many the store makes: they have one line to ten, 11 000 in all.
const SEEDS: usize = 2_000;
/// How many lines those have together.
const SEED_LINES: usize = 11_000;
/// How many copies of each a statement makes.
const COPIES: usize = 20;

/// A connection to either database, as a test has it.
pub enum Base {
    Sqlite(SqliteConnection),
    Postgresql(PgConnection),
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    value: String,
}

impl Base {
    /// Opens it, past what the store sets up.
    pub fn open(url: &str) -> Self {
        let Some(path) = url.strip_prefix("sqlite:") else {
            return Self::Postgresql(PgConnection::establish(url).expect("the server answers"));
        };
        let mut base = Self::Sqlite(SqliteConnection::establish(path).expect("the file opens"));
        // A store that was closed may still be on its way out.
        base.run("PRAGMA busy_timeout = 5000");
        base
    }

    /// Runs statements.
    pub fn run(&mut self, sql: &str) {
        self.attempt(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    fn attempt(&mut self, sql: &str) -> QueryResult<()> {
        match self {
            Self::Sqlite(connection) => connection.batch_execute(sql),
            Self::Postgresql(connection) => connection.batch_execute(sql),
        }
    }

    /// The first column, `value`, of what a query finds.
    pub fn words(&mut self, sql: &str) -> Vec<String> {
        let rows: QueryResult<Vec<Word>> = match self {
            Self::Sqlite(connection) => sql_query(sql).load(connection),
            Self::Postgresql(connection) => sql_query(sql).load(connection),
        };
        let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
        rows.into_iter().map(|row| row.value).collect()
    }

    /// The one of the two ways to say something that this database knows.
    fn says<'a>(&self, sqlite: &'a str, postgresql: &'a str) -> &'a str {
        match self {
            Self::Sqlite(_) => sqlite,
            Self::Postgresql(_) => postgresql,
        }
    }

    /// A table's columns, but those that the database makes itself.
    fn columns(&mut self, table: &str) -> Vec<String> {
        let sqlite = format!("SELECT name AS value FROM pragma_table_info('{table}')");
        let postgresql = format!(
            "SELECT column_name::text AS value FROM information_schema.columns WHERE table_name = '{table}' AND is_generated = 'NEVER'"
        );
        let sql = self.says(&sqlite, &postgresql).to_owned();
        self.words(&sql)
    }

    /// Copies rows of a table; `set` says of some columns what they are in copy `n`.
    fn copy(&mut self, table: &str, set: &[(&str, &str)], from: &str) {
        let columns = self.columns(table);
        let value = |column: &String| {
            let set = set.iter().find(|(name, _)| name == column);
            set.map_or_else(|| format!("o.{column}"), |(_, value)| (*value).to_owned())
        };
        let values: Vec<String> = columns.iter().map(value).collect();
        let (columns, values) = (columns.join(", "), values.join(", "));
        self.run(&format!(
            "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} o {from}"
        ));
    }
}

/// Fills a database of customers with so many purchase lines, or hardly more.
pub fn fill(store: &Store, url: &str, lines: usize) {
    seed(store);
    let mut base = Base::open(url);
    base.run(base.says(
        "PRAGMA synchronous = OFF; PRAGMA cache_size = -200000",
        "SET session_replication_role = replica",
    ));
    base.run(
        "CREATE TEMP TABLE seeds AS SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM purchases; CREATE UNIQUE INDEX temp_seeds ON seeds (id); \
         CREATE TEMP TABLE people AS SELECT id, owner_id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS place FROM customers; CREATE UNIQUE INDEX temp_people ON people (place); \
         ANALYZE",
    );
    let count = &base.words("SELECT CAST(COUNT(*) AS TEXT) AS value FROM people")[0];
    let key = |of: &str| {
        let (sqlite, postgresql) = (
            format!("unhex(printf('%08X', s.n) || hex(substr({of}, 1, 12)))"),
            format!("int4send(s.n::int) || substring({of} FROM 1 FOR 12)"),
        );
        base.says(&sqlite, &postgresql).to_owned()
    };
    let (id, purchase, record) = (key("o.id"), key("o.purchase_id"), key("o.record_id"));
    let (code, seq) = ("o.code || '-' || s.n", format!("o.seq + s.n * {SEEDS}"));
    let copies = lines.saturating_sub(1) / SEED_LINES;
    for first in (1..=copies).step_by(COPIES) {
        let last = copies.min(first + COPIES - 1);
        let (sqlite, postgresql) = (
            format!(
                "(WITH RECURSIVE g (n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM g WHERE n < {last}) SELECT n FROM g) s"
            ),
            format!("generate_series({first}, {last}) AS s (n)"),
        );
        let copies = base.says(&sqlite, &postgresql).to_owned();
        let of = |key: &str| format!("JOIN seeds d ON d.id = o.{key} CROSS JOIN {copies}");
        let onto = |key: &str| {
            let place = format!("(d.place * 7919 + s.n * 104729) % {count}");
            format!("{} JOIN people c ON c.place = {place}", of(key))
        };
        base.run("BEGIN");
        base.copy(
            "purchases",
            &[
                ("id", &id),
                ("code", code),
                ("customer_id", "c.id"),
                ("owner_id", "c.owner_id"),
            ],
            &onto("id"),
        );
        base.copy(
            "purchase_lines",
            &[("id", &id), ("purchase_id", &purchase)],
            &of("purchase_id"),
        );
        base.copy(
            "events",
            &[
                ("seq", &seq),
                ("record_id", &record),
                ("customer_id", "c.id"),
            ],
            &onto("record_id"),
        );
        base.copy(
            "timeline_entries",
            &[("id", &id), ("record_id", &record), ("customer_id", "c.id")],
            &onto("record_id"),
        );
        base.run("COMMIT");
    }
    base.run(FIGURES);
    base.run(base.says(
        "",
        "SELECT setval('events_seq_numbers', (SELECT MAX(seq) FROM events))",
    ));
}

/// What the store would count.
const FIGURES: &str = "UPDATE customer_figures SET version = version + 1, purchases = n.purchases, purchase_days = n.days, revenue = n.revenue, open = n.open, \
     first_on = n.first, last_on = n.last, paid = n.paid, paid_late = n.late, days_late = n.days_late FROM (SELECT customer_id, COUNT(*) AS purchases, \
     COUNT(DISTINCT purchased_on) AS days, CAST(SUM(total_base) AS BIGINT) AS revenue, CAST(SUM(open_base) AS BIGINT) AS open, MIN(purchased_on) AS first, \
     MAX(purchased_on) AS last, COUNT(days_late) AS paid, COUNT(CASE WHEN days_late > 0 THEN 1 END) AS late, CAST(COALESCE(SUM(days_late), 0) AS BIGINT) AS days_late \
     FROM purchases GROUP BY customer_id) AS n WHERE n.customer_id = customer_figures.customer_id";

/// Purchases of five years, of fifty products, some of them paid.
fn seed(store: &Store) {
    let admin = admin(store);
    let product = |number: usize| NewProduct {
        name: format!("Product {number}"),
        ..NewProduct::default()
    };
    let products: Vec<NewProduct> = (0..50).map(product).collect();
    let products = store.write(&admin, move |tx| resource::create::<Product>(tx, &products));
    let products = products.expect("products");
    let page = ListQuery::first::<Customer>(200);
    let people = store.read(&admin, |read| resource::list::<Customer>(read, &page));
    let people = people.expect("customers").data;
    let line = |number: usize| {
        let (product, quantity) = (&products[number * 7 % 50], number * 3 % 9 + 1);
        json!({ "product_id": product.id, "quantity": quantity.to_string(), "price": format!("{}.{:02}", number % 90 + 1, number % 100) })
    };
    let draft = |number: usize| {
        let day =
            |month: usize| format!("{}-{:02}-{:02}", 2021 + number % 5, month, number % 28 + 1);
        let lines: Vec<Value> = (0..number % 10 + 1)
            .map(|at| line(number * 10 + at))
            .collect();
        let payments = match number % 3 {
            0 => json!([{ "on": day(12), "amount": "1" }]),
            _ => json!([]),
        };
        let draft = json!({
            "customer_id": people[number % people.len()].id, "purchased_on": day(number % 11 + 1), "due_on": day(12), "lines": lines, "payments": payments,
        });
        serde_json::from_value::<NewPurchase>(draft).expect("a draft")
    };
    for first in (0..SEEDS).step_by(500) {
        let drafts: Vec<NewPurchase> = (first..first + 500).map(draft).collect();
        let made = store.write(&admin, move |tx| {
            resource::add::<Purchase>(tx, &drafts).map(drop)
        });
        made.expect("purchases");
    }
}
