//! Plans: every order and every filter of a list is served by an index.

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use perennial_domain::customer::Customer;
use perennial_domain::each_resource;
use perennial_domain::field::{Kind as FieldKind, Resource};
use perennial_domain::query::{compares, parameters};
use perennial_tests::app::TestApp;
use perennial_tests::client::ids;
use perennial_tests::company::Person;
use perennial_tests::database::{Kind, kind};

use serde_json::json;

use crate::statements::plain;

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// What SQLite means to do for the list statement among these.
fn plan(app: &TestApp, table: &str, statements: &[String]) -> Vec<String> {
    let lists = statements.iter().filter(|statement| {
        plain(statement).contains(&format!(" FROM {table} WHERE")) && statement.contains("ORDER BY")
    });
    let [list] = lists.collect::<Vec<_>>()[..] else {
        panic!("one list of {table}: {}", statements.join("\n"))
    };
    let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {list}"))
        .load(&mut app.database.sqlite())
        .expect("a plan");
    steps.into_iter().map(|step| step.detail).collect()
}

/// A good value of a parameter.
fn value(kind: FieldKind) -> String {
    match kind {
        FieldKind::Flag => "true".into(),
        FieldKind::Integer | FieldKind::Decimal | FieldKind::Money => "1".into(),
        FieldKind::Date => "2024-01-01".into(),
        FieldKind::Instant => "2024-01-01T00:00:00Z".into(),
        FieldKind::Choice(choices) | FieldKind::Choices(choices) => choices[0].value.into(),
        FieldKind::Reference(_) | FieldKind::References(_) => {
            "01890000-0000-7000-8000-000000000000".into()
        }
        FieldKind::Text | FieldKind::Parts(_) | FieldKind::Key | FieldKind::Figures => "x".into(),
    }
}

fn check_plans<R: Resource>(app: &TestApp) {
    let client = app.as_admin();
    let orders: Vec<&str> = R::FIELDS
        .iter()
        .filter(|field| field.sorted)
        .map(|field| field.name)
        .collect();
    let filters = R::FIELDS
        .iter()
        .filter(|field| field.filtered)
        .flat_map(|field| {
            let known = parameters()
                .into_iter()
                .filter(|(_, operator)| compares(field, *operator));
            known.map(|(suffix, _)| {
                (
                    field.name,
                    format!(
                        "&{}{suffix}={}",
                        field.name,
                        if suffix == "_is_null" {
                            "true".into()
                        } else {
                            value(field.kind)
                        }
                    ),
                )
            })
        });
    let filters: Vec<(&str, String)> = std::iter::once(("", String::new()))
        .chain(filters)
        .collect();
    for order in orders
        .iter()
        .flat_map(|order| [(*order).to_owned(), format!("-{order}")])
    {
        for (field, filter) in &filters {
            app.statements();
            client
                .get(&format!("/{}?sort={order}{filter}", R::path()))
                .expect(200);
            let plan = plan(app, R::PLURAL, &app.statements());
            let scans = plan
                .iter()
                .any(|step| step.starts_with(&format!("SCAN {}", R::PLURAL)));
            assert!(!scans, "sort={order}{filter}: {plan:?}");
            let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE"));
            assert!(
                !sorts || !field.is_empty(),
                "sort={order} is not served by an index: {plan:?}"
            );
        }
    }
}

#[test]
fn a_teams_list_is_merged_from_its_members() {
    if kind() == Kind::Postgresql {
        return;
    }
    let app = TestApp::watched();
    let seller = app.as_seller();
    let steps = |table: &str, order: &str| {
        app.statements();
        seller.get(&format!("/{table}?sort={order}")).expect(200);
        plan(&app, table, &app.statements())
    };
    let sorted = Customer::FIELDS.iter().filter(|field| field.sorted);
    let customers = sorted.map(|field| ("customers", field.name));
    for (table, field) in customers.chain([("purchases", "purchased_on")]) {
        for order in [field.to_owned(), format!("-{field}")] {
            let steps = steps(table, &order);
            let served = |step: &&String| {
                step.contains(&format!("USING COVERING INDEX {table}_owner_by_"))
                    || step.contains(&format!("USING INDEX {table}_owner_by_"))
            };
            assert_eq!(steps.iter().filter(served).count(), 2, "{order}: {steps:?}");
            let scan = format!("SCAN {table}");
            assert!(
                !steps.iter().any(|step| step.starts_with(&scan)),
                "{order}: {steps:?}"
            );
        }
    }
    // Of a large team most rows are: the list's own index is walked.
    let admin = app.as_admin();
    let own = admin
        .get(&format!("/users/{}", app.id_of(Person::Seller)))
        .expect(200)
        .body;
    let user = |number: usize| json!({ "create": { "name": format!("Seller {number}"), "role_id": own["role_id"], "team_ids": own["team_ids"] } });
    let operations: Vec<_> = (0..70).map(user).collect();
    admin
        .post("/users/batch", json!({ "operations": operations }))
        .expect(200);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    for (table, order) in [
        ("customers", "name"),
        ("customers", "-created_at"),
        ("purchases", "-purchased_on"),
    ] {
        let steps = steps(table, order);
        assert!(
            !steps
                .iter()
                .any(|step| step.contains("TEMP B-TREE") || step.contains("owner_by")),
            "{order}: {steps:?}"
        );
    }
    let customer = app.person(Person::Colleague).create_customer("Ours");
    app.person(Person::Stranger).create_customer("Theirs");
    assert_eq!(ids(&seller.walk("/customers")), [customer.id()]);
}

#[test]
fn no_list_scans_a_table() {
    if kind() == Kind::Postgresql {
        // PostgreSQL chooses by statistics that a test has none of; its plans are the benchmark's.
        return;
    }
    let app = TestApp::watched();
    app.as_manager().create_customer("Acme");
    app.as_manager().create_contact("Ann", &[]);
    macro_rules! check {
        ($($resource:ty),* $(,)?) => { $(check_plans::<$resource>(&app);)* };
    }
    each_resource!(check);
}
