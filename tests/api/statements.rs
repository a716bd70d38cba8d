//! Statements under watch: every one keeps to its organization, their number is known.

use std::collections::BTreeSet;

use perennial_domain::customer::Customer;
use perennial_domain::field::Resource;
use perennial_tests::app::TestApp;
use perennial_tests::client::Client;
use perennial_tests::company::{PASSWORD, Person};
use perennial_tests::database::{Kind, kind};
use serde_json::{Value, json};

use crate::probes::Matrix;
use crate::samples::World;

/// Statements that name a tenant's table and no organization, and why each may.
const EXCEPTIONS: [(&str, &str); 10] = [
    (
        "SELECT organization FROM users LIMIT 1",
        "setup asks whether there is anybody at all",
    ),
    (
        "SELECT COALESCE(MAX(seq), 0) FROM events",
        "events are counted for the whole installation",
    ),
    (
        "FROM users WHERE email IN",
        "an address signs in to one user of the installation",
    ),
    (
        "FROM users WHERE id = ",
        "whose session it is says which organization",
    ),
    (
        "FROM users WHERE users.id = ",
        "whose session it is says which organization",
    ),
    ("UPDATE users SET session_version", "signing out everywhere"),
    ("UPDATE users SET password_hash", "a new password"),
    (
        "refresh_tokens",
        "who holds a token has not said yet whose it is",
    ),
    (
        "password_resets",
        "who holds a token has not said yet whose it is",
    ),
    (
        "UPDATE jobs SET state = cancelled WHERE id = ",
        "found within the organization before",
    ),
];

/// Tables that have an organization.
fn tenant_tables(app: &TestApp) -> BTreeSet<String> {
    let sql = match kind() {
        Kind::Sqlite => {
            "SELECT m.name AS value FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'organization'"
        }
        Kind::Postgresql => {
            "SELECT table_name::text AS value FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'organization'"
        }
    };
    app.database.texts(sql).into_iter().collect()
}

/// A statement without quotes and without the brackets that open a condition.
pub fn plain(statement: &str) -> String {
    let bare: String = statement
        .chars()
        .filter(|character| !['"', '`', '\''].contains(character))
        .collect();
    bare.replace("((", "(")
        .replace("((", "(")
        .replace("WHERE (", "WHERE ")
}

/// How often a statement names a tenant's table, and how often it says which organization.
fn named(statement: &str, tables: &BTreeSet<String>) -> (usize, usize) {
    let words: Vec<&str> = statement
        .split([' ', '(', ')', ','])
        .filter(|word| !word.is_empty())
        .collect();
    let after = |pair: &&[&str]| {
        ["FROM", "JOIN", "INTO", "UPDATE"].contains(&pair[0]) && tables.contains(pair[1])
    };
    let references = words.windows(2).filter(after).count();
    let inserted = usize::from(
        statement.starts_with("INSERT INTO")
            && statement
                .split(" VALUES")
                .next()
                .unwrap_or_default()
                .contains("organization"),
    );
    (
        references,
        statement.matches("organization = ").count() + inserted,
    )
}

#[test]
fn every_statement_keeps_to_its_organization() {
    let matrix = Matrix::new(TestApp::watched());
    let app = &matrix.app;
    matrix.ask_everything();
    let world = World::new(&app.as_admin());
    let whole: serde_json::Map<String, Value> = Customer::FIELDS
        .iter()
        .filter(|field| field.written)
        .map(|field| (field.name.to_owned(), world.sample(field)))
        .collect();
    app.as_admin().create("customers", Value::Object(whole));
    for person in [Person::Seller, Person::Lead, Person::Reader] {
        let client = app.person(person);
        for path in [
            "/customers?q=probe&include_total=true",
            "/contacts?q=probe&include_total=true",
            "/customers?roles=media&name=x",
            "/search?q=probe",
        ] {
            client.get(path).expect(200);
        }
        let token = app.sign_in(person).refresh_token();
        app.anonymous()
            .request("POST", "/auth/refresh")
            .cookie(&token)
            .send()
            .expect(200);
        app.anonymous()
            .request("POST", "/auth/sign-out")
            .cookie(&token)
            .send()
            .expect(204);
    }
    let password = json!({ "current_password": PASSWORD, "new_password": "a good password" });
    app.as_seller().post("/auth/password", password).expect(200);
    let (seen, tables) = (app.statements(), tenant_tables(app));
    let distinct: BTreeSet<String> = seen.iter().map(|statement| plain(statement)).collect();
    assert!(
        distinct.len() > 100 && tables.len() > 15,
        "{} statements, {} tables",
        distinct.len(),
        tables.len()
    );
    let mut used = BTreeSet::new();
    let mut loose = Vec::new();
    for statement in &distinct {
        let (references, predicates) = named(statement, &tables);
        if references > predicates {
            match EXCEPTIONS
                .iter()
                .position(|(part, _)| statement.contains(part))
            {
                Some(exception) => drop(used.insert(exception)),
                None => loose.push(format!(
                    "{references} tables, {predicates} organizations: {statement}"
                )),
            }
        }
    }
    assert!(loose.is_empty(), "{}", loose.join("\n"));
    // SQLite alone counts events by their greatest number.
    let needed = |part: &str| kind() == Kind::Sqlite || !part.contains("MAX(seq)");
    let unused: Vec<&str> = EXCEPTIONS
        .iter()
        .enumerate()
        .filter(|(at, (part, _))| !used.contains(at) && needed(part))
        .map(|(_, (part, _))| *part)
        .collect();
    assert!(unused.is_empty(), "no exception is needed for {unused:?}");
}

/// The statements that an answer takes when the caller's rights are known already; where a transaction begins and ends is
/// not counted.
fn statements_of(app: &TestApp, ask: impl Fn()) -> Vec<String> {
    let ask = || {
        app.statements();
        ask();
        app.statements()
    };
    let bracket = |statement: &String| {
        ["BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"]
            .iter()
            .any(|word| statement.starts_with(word))
    };
    let runs = (0..3).map(|_| {
        ask()
            .into_iter()
            .filter(|statement| !bracket(statement))
            .collect::<Vec<String>>()
    });
    runs.min_by_key(Vec::len).unwrap_or_default()
}

fn create_many(client: &Client, resource: &str, count: usize, draft: impl Fn(usize) -> Value) {
    let operations: Vec<Value> = (0..count)
        .map(|at| json!({ "create": draft(at) }))
        .collect();
    client
        .post(
            &format!("/{resource}/batch"),
            json!({ "operations": operations }),
        )
        .expect(200);
}

#[test]
fn a_page_takes_eight_statements_at_most_however_long_it_is() {
    let app = TestApp::watched();
    let (admin, seller) = (app.as_admin(), app.as_seller());
    let acme = seller.create_customer("Acme");
    create_many(
        &seller,
        "customers",
        200,
        |at| json!({ "name": format!("Acme {at}"), "roles": ["partner"], "identifiers": [{ "kind": "phone", "value": "1" }] }),
    );
    create_many(
        &seller,
        "contacts",
        200,
        |at| json!({ "name": format!("Ann of Acme {at}"), "positions": [{ "customer_id": acme.id() }] }),
    );
    let line = json!([{ "quantity": "1", "price": "2" }]);
    create_many(
        &seller,
        "purchases",
        200,
        |_| json!({ "customer_id": acme.id(), "lines": line }),
    );
    let below = |name: &str| format!("{}/{name}", acme.path);
    let lists = [
        "/customers".into(),
        "/contacts".into(),
        "/purchases".into(),
        "/tags".into(),
        "/users".into(),
        "/teams".into(),
        "/roles".into(),
        "/events".into(),
        "/jobs".into(),
        below("timeline"),
        below("contacts"),
    ];
    for client in [&admin, &seller] {
        for path in &lists {
            let counts = [1, 20, 200].map(|limit| {
                statements_of(&app, || {
                    drop(client.get(&format!("{path}?limit={limit}")).expect(200))
                })
                .len()
            });
            assert!(
                counts.iter().all(|count| (1..=8).contains(count)) && counts[1] == counts[2],
                "{path}: {counts:?}"
            );
        }
        for path in [
            "/customers?limit=200&q=acme&include_total=true&sort=-created_at&kind=company",
            "/contacts?limit=200&q=acme&include_total=true",
            "/purchases?limit=200&sort=-base_total&paid_on_is_null=true&include_total=true",
            "/purchases/totals?by=product",
            "/purchases/totals?by=country",
            "/me",
            "/organization",
            &acme.path,
            &below("holdings"),
        ] {
            let statements = statements_of(&app, || drop(client.get(path).expect(200)));
            assert!(
                (1..=8).contains(&statements.len()),
                "{path}: {}",
                statements.join("\n")
            );
        }
        let everything = statements_of(&app, || {
            drop(client.get("/search?q=acme&limit=200").expect(200))
        });
        assert!(
            (1..=12).contains(&everything.len()),
            "two resources: {}",
            everything.join("\n")
        );
    }
}

/// Creating takes as many statements for one row as for two hundred. Updating does not: each row has its own values, and
/// its own `UPDATE` with the version it expects.
#[test]
fn creating_takes_as_many_statements_for_many_rows_as_for_one() {
    let app = TestApp::watched();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let run = std::cell::Cell::new(0);
    let customer = |at: usize| json!({ "name": format!("Bolt {at}"), "roles": ["partner"], "identifiers": [{ "kind": "phone", "value": "1" }], "parent_id": acme.id() });
    let contact = |at: usize| json!({ "name": format!("Ann {at}"), "positions": [{ "customer_id": acme.id() }] });
    let tea = app.as_manager().create(
        "products",
        json!({ "name": "Tea", "cost": { "amount": "1", "currency": "CNY" } }),
    );
    let purchase = |_| json!({ "customer_id": acme.id(), "lines": [{ "product_id": tea.id(), "quantity": "1", "price": "2" }] });
    let drafts: [(&str, &dyn Fn(usize) -> Value); 3] = [
        ("customers", &customer),
        ("contacts", &contact),
        ("purchases", &purchase),
    ];
    for (resource, draft) in drafts {
        let counts = [1, 10, 200].map(|count| {
            run.set(run.get() + 1);
            statements_of(&app, || create_many(&seller, resource, count, draft)).len()
        });
        assert!(
            counts[0] == counts[1] && counts[1] == counts[2] && counts[0] <= 30,
            "{resource}: {counts:?}"
        );
    }
}

#[test]
fn a_change_takes_a_known_number_of_statements() {
    let app = TestApp::watched();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let patch = || {
        drop(
            seller
                .change(
                    &seller.read(&acme),
                    json!({ "industry": uuid::Uuid::now_v7().to_string() }),
                )
                .expect(200),
        )
    };
    let read = statements_of(&app, || drop(seller.read(&acme))).len();
    let changed = statements_of(&app, patch);
    assert!(changed.len() - read <= 32, "{}", changed.join("\n"));
}
