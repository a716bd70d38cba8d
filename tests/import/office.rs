//! An organization to import into, and what its user asks.

use std::sync::{Arc, Mutex};

use perennial_api::clock;
use perennial_api::import::{Failure, Options, Refusal, Source, Summary, Watch, What, transfer};
use perennial_domain::contact::Contact;
use perennial_domain::customer::Customer;
use perennial_domain::organization::NewOrganization;
use perennial_domain::product::Product;
use perennial_domain::purchase::Purchase;
use perennial_domain::query::ListQuery;
use perennial_domain::rights::StandardRole;
use perennial_domain::text::Language;
use perennial_domain::touch::IdentifierKind;
use perennial_domain::user::User;
use perennial_store::organizations::FirstUser;
use perennial_store::{Change, Store, Stored, events, resource};
use perennial_tests::app::TestApp;
use perennial_tests::database::Database;

pub const ADMIN: &str = "admin@perennial.test";
pub const SELLER: &str = "seller@perennial.test";

/// An organization with an administrator and a seller.
pub struct Office {
    pub store: Store,
    /// Events of the founding.
    founding: i64,
    pub database: Database,
}

/// Writes down what an import tells.
#[derive(Default)]
pub struct Notes {
    refused: Mutex<Vec<Refusal>>,
    left_out: Mutex<Vec<String>>,
}

impl Watch for Notes {
    fn left_out(&self, headings: &[String]) {
        let mut left_out = self.left_out.lock().expect("nobody panicked");
        left_out.extend_from_slice(headings);
    }
    fn refused(&self, refusal: &Refusal) {
        self.refused
            .lock()
            .expect("nobody panicked")
            .push(refusal.clone());
    }
    fn done(&self, _rows: u64) {}
}

fn all_of(what: What) -> Options {
    Options {
        what,
        user: ADMIN.into(),
        map: Vec::new(),
        system: None,
        role: None,
        dry_run: false,
        atomic: false,
    }
}

pub fn customers() -> Options {
    all_of(What::Customers)
}

pub fn contacts() -> Options {
    all_of(What::Contacts)
}

pub fn products() -> Options {
    all_of(What::Products)
}

pub fn users() -> Options {
    all_of(What::Users)
}

pub fn purchases() -> Options {
    all_of(What::Purchases)
}

pub fn purchase_lines() -> Options {
    all_of(What::PurchaseLines)
}

pub fn northwind(file: &str) -> Source {
    Source::File(format!("{}/data/northwind/{file}", env!("CARGO_MANIFEST_DIR")).into())
}

pub fn text(text: &str) -> Source {
    Source::Text(text.as_bytes().into())
}

pub fn summary(created: u64, changed: u64, unchanged: u64, refused: u64) -> Summary {
    Summary {
        created,
        changed,
        unchanged,
        refused,
    }
}

impl Office {
    pub fn new() -> Self {
        Self::over(Database::new(), "CNY")
    }

    /// An office that counts in that currency.
    pub fn counting_in(currency: &str) -> Self {
        Self::over(Database::new(), currency)
    }

    /// A server over what has been imported.
    pub fn open(self) -> TestApp {
        drop(self.store);
        TestApp::over(self.database)
    }

    /// An office whose statements are counted.
    pub fn watched() -> Self {
        let database = Database::new();
        perennial_store::watch::start(&database.url);
        Self::over(database, "CNY")
    }

    fn over(database: Database, currency: &str) -> Self {
        let store = Store::open(&database.url).expect("the database opens");
        let organization = NewOrganization {
            name: "Northwind".into(),
            currency: currency.parse().expect("a currency"),
            zone: "Asia/Shanghai".into(),
            language: Language::En,
            country: "CN".into(),
        };
        store
            .create_organization(&organization, clock::now())
            .expect("an organization");
        for (email, role) in [(ADMIN, StandardRole::Admin), (SELLER, StandardRole::Seller)] {
            let user = FirstUser {
                name: email.into(),
                email: email.into(),
                password_hash: "none".into(),
            };
            store
                .create_user("Northwind", role, user, clock::now())
                .expect("a user");
        }
        let mut office = Self {
            store,
            founding: 0,
            database,
        };
        office.founding = office.events();
        office
    }

    /// What became of the rows, and the refusals as `line column code`.
    pub fn import(
        &self,
        options: &Options,
        source: Source,
    ) -> (Result<Summary, Failure>, Vec<String>) {
        let (outcome, notes) = self.noted(options, source);
        let refusals = notes.refused.lock().expect("nobody panicked");
        let short = |refusal: &Refusal| {
            format!(
                "{} {} {}",
                refusal.line,
                refusal.column.as_deref().unwrap_or("-"),
                refusal.code
            )
        };
        (outcome, refusals.iter().map(short).collect())
    }

    fn noted(&self, options: &Options, source: Source) -> (Result<Summary, Failure>, Arc<Notes>) {
        let notes = Arc::new(Notes::default());
        let watch: Arc<dyn Watch> = Arc::<Notes>::clone(&notes);
        let outcome = transfer(&self.store, options, source, &watch);
        (outcome, notes)
    }

    /// The columns that an import leaves out, as it tells.
    pub fn left_out(&self, options: &Options, source: Source) -> Vec<String> {
        let (_, notes) = self.noted(options, source);
        notes.left_out.lock().expect("nobody panicked").clone()
    }

    /// How many statements an import sends in one transaction; in how many it goes else is a matter of time.
    pub fn statements(&self, options: &Options, source: Source) -> usize {
        perennial_store::watch::take(&self.database.url);
        let options = Options {
            atomic: true,
            ..options.clone()
        };
        self.imported(&options, source);
        perennial_store::watch::take(&self.database.url).len()
    }

    pub fn imported(&self, options: &Options, source: Source) -> Summary {
        let (outcome, refusals) = self.import(options, source);
        assert_eq!(refusals, Vec::<String>::new());
        outcome.expect("an import that reaches the end")
    }

    pub fn failed(&self, options: &Options, source: Source) -> String {
        self.import(options, source)
            .0
            .expect_err("an import that does not reach the end")
            .reason
    }

    pub fn all<R: Stored>(&self) -> Vec<R> {
        let scope = self
            .store
            .scope_of_email(ADMIN, clock::now())
            .expect("the administrator");
        let query = ListQuery::parse::<R>(&[("limit".into(), "200".into())]).expect("a query");
        self.store
            .read(&scope, |read| resource::list::<R>(read, &query))
            .expect("a list")
            .data
    }

    pub fn customer(&self, code: &str) -> Customer {
        self.all::<Customer>()
            .into_iter()
            .find(|customer| customer.code == code)
            .expect(code)
    }

    pub fn product(&self, code: &str) -> Product {
        self.all::<Product>()
            .into_iter()
            .find(|product| product.code == code)
            .expect(code)
    }

    pub fn purchase(&self, code: &str) -> Purchase {
        self.all::<Purchase>()
            .into_iter()
            .find(|purchase| purchase.code == code)
            .expect(code)
    }

    pub fn user(&self, code: &str) -> User {
        self.all::<User>()
            .into_iter()
            .find(|user| user.code == code)
            .expect(code)
    }

    pub fn contact(&self, name: &str) -> Contact {
        self.all::<Contact>()
            .into_iter()
            .find(|contact| contact.name == name)
            .expect(name)
    }

    /// How many events there are since the founding.
    pub fn events(&self) -> i64 {
        let scope = self
            .store
            .scope_of_email(ADMIN, clock::now())
            .expect("the administrator");
        let page = self
            .store
            .read(&scope, |read| {
                events::list(read, &events::EventFilter::default(), 1)
            })
            .expect("events");
        page.data.first().map_or(0, |event| event.seq) - self.founding
    }

    pub fn patch<R: Stored>(&self, row: &R, patch: serde_json::Value) {
        let scope = self
            .store
            .scope_of_email(ADMIN, clock::now())
            .expect("the administrator");
        let change = Change {
            id: row.id(),
            version: row.version(),
            patch,
        };
        self.store
            .write(&scope, move |tx| {
                resource::update::<R>(tx, std::slice::from_ref(&change))
            })
            .expect("a change");
    }
}

pub fn values(identifiers: &[perennial_domain::touch::Identifier]) -> Vec<(IdentifierKind, &str)> {
    identifiers
        .iter()
        .map(|identifier| (identifier.kind, identifier.value.as_str()))
        .collect()
}
