//! `perennial demo`: a company to look at, the same each time.

use perennial_api::{clock, demo};
use perennial_domain::contact::Contact;
use perennial_domain::customer::Customer;
use perennial_domain::purchase::Purchase;
use perennial_domain::query::ListQuery;
use perennial_domain::text::Language;
use perennial_domain::validation;
use perennial_store::{Store, Stored, events, resource};
use perennial_tests::database::Database;

const CUSTOMERS: usize = 60;

struct Shown {
    store: Store,
    _database: Database,
}

impl Shown {
    fn new(language: Language) -> Self {
        let database = Database::new();
        let store = Store::open(&database.url).expect("the database opens");
        let hash = "none".to_owned();
        demo::fill(&store, language, hash, CUSTOMERS, clock::now()).expect("a company");
        Self {
            store,
            _database: database,
        }
    }

    fn all<R: Stored>(&self) -> Vec<R> {
        let scope = self
            .store
            .scope_of_email(demo::EMAIL, clock::now())
            .expect("the administrator");
        let parameters = [("limit", "200"), ("sort", "created_at")];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let query = ListQuery::parse::<R>(&parameters).expect("a query");
        let page = self
            .store
            .read(&scope, |read| resource::list::<R>(read, &query));
        page.expect("a list").data
    }
}

/// Every record, as it would be written anew, keeps every rule.
fn assert_valid<R: Stored>(records: &[R]) {
    for record in records {
        let draft = serde_json::to_value(record.draft()).expect("JSON");
        validation::draft::<R>(draft).expect("a record that keeps the rules");
    }
}

#[test]
fn the_company_is_whole_in_both_languages() {
    for language in Language::ALL {
        let shown = Shown::new(language);
        let (customers, contacts) = (shown.all::<Customer>(), shown.all::<Contact>());
        assert_eq!(customers.len(), CUSTOMERS);
        assert!(contacts.len() > CUSTOMERS, "{}", contacts.len());
        assert_valid(&customers);
        assert_valid(&contacts);
        let purchases = shown.all::<Purchase>();
        assert_valid(&purchases);
        let some = |which: &dyn Fn(&Purchase) -> bool| purchases.iter().any(which);
        assert!(some(&|purchase| purchase.reverses_id.is_some()));
        assert!(
            some(&|purchase| purchase.paid_on.is_none())
                && some(&|purchase| purchase.paid_on > purchase.due_on)
        );
        assert!(customers.iter().any(|customer| customer.version > 1));
        assert!(
            customers
                .iter()
                .any(|customer| !customer.consumption.is_empty())
        );
        assert!(
            customers
                .iter()
                .any(|customer| customer.figures.contacts > 1)
        );
        assert!(contacts.iter().all(|contact| !contact.positions.is_empty()));
    }
}

#[test]
fn what_happened_is_told_in_its_order_and_lies_in_the_past() {
    let shown = Shown::new(Language::En);
    let now = clock::now();
    let scope = shown
        .store
        .scope_of_email(demo::EMAIL, now)
        .expect("the administrator");
    let filter = events::EventFilter::default();
    let page = shown
        .store
        .read(&scope, |read| events::list(read, &filter, 1_000));
    let moments: Vec<_> = page
        .expect("events")
        .data
        .iter()
        .rev()
        .map(|event| event.occurred_at)
        .collect();
    assert!(moments.is_sorted());
    let (first, last) = (moments.first().expect("one"), moments.last().expect("one"));
    assert!(*last < now && first.plus_seconds(600 * 86_400) < now);
}

#[test]
fn it_is_the_same_each_time() {
    let told = || -> Vec<(String, String, Vec<String>)> {
        let shown = Shown::new(Language::ZhCn);
        let customers = shown.all::<Customer>();
        let known = |customer: Customer| {
            let values = customer.identifiers.into_iter().map(|known| known.value);
            (customer.code, customer.name, values.collect())
        };
        customers.into_iter().map(known).collect()
    };
    assert_eq!(told(), told());
}
