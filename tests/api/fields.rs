//! Field rights: what a role may not see does not leave the server, what it may not write is refused.

use perennial_tests::app::TestApp;
use perennial_tests::client::{Client, Record};
use perennial_tests::company::Person;
use serde_json::{Value, json};

use crate::users::give_role;

const RIGHTS: [(&str, &str, &str); 8] = [
    ("customers", "read", "all"),
    ("customers", "create", "all"),
    ("customers", "update", "all"),
    ("customers", "delete", "all"),
    ("contacts", "read", "all"),
    ("contacts", "create", "all"),
    ("contacts", "update", "all"),
    ("events", "read", "all"),
];

fn acme(app: &TestApp) -> Record {
    app.as_admin().create("customers", json!({
        "name": "Acme", "credit_days": 30, "credit_limit": { "amount": "5000", "currency": "CNY" }, "acquisition_cost": { "amount": "7", "currency": "CNY" },
        "identifiers": [{ "kind": "mobile", "value": "13800138000" }, { "kind": "external", "system": "erp", "value": "4711" }],
        "addresses": [{ "kind": "office", "street": "Nanjing Road 100", "city": "Shanghai" }],
    }))
}

/// The customer as each way of reading tells it.
fn readings(client: &Client, acme: &Record) -> Vec<Value> {
    let named = format!("/customers?name={}", acme["name"].as_str().unwrap());
    vec![
        client.get(&acme.path).expect(200).body,
        client.get("/customers").expect(200)["data"][0].clone(),
        client.get(&named).expect(200)["data"][0].clone(),
        client
            .get("/customers?fields=id,name,credit_days,credit_limit,identifiers,addresses")
            .expect(200)["data"][0]
            .clone(),
        client.post("/customers/search", json!({})).expect(200)["data"][0].clone(),
    ]
}

#[test]
fn a_hidden_class_is_nowhere() {
    let app = TestApp::start();
    let acme = acme(&app);
    let seller = give_role(
        &app,
        Person::Seller,
        &RIGHTS,
        &[("credit", "hide"), ("contact_details", "hide")],
    );
    for row in readings(&seller, &acme) {
        for hidden in [
            "credit_days",
            "credit_limit",
            "pay_day",
            "identifiers",
            "addresses",
        ] {
            assert_eq!(row.get(hidden), None, "{row}");
        }
        assert_eq!(row["name"], "Acme");
    }
    assert_eq!(seller.get(&acme.path)["acquisition_cost"]["amount"], "7");
}

#[test]
fn a_masked_class_shows_two_characters_at_most() {
    let app = TestApp::start();
    let acme = acme(&app);
    let seller = give_role(
        &app,
        Person::Seller,
        &RIGHTS,
        &[("credit", "mask"), ("contact_details", "mask")],
    );
    for row in readings(&seller, &acme) {
        assert_eq!(
            (row.get("credit_limit"), row.get("credit_days")),
            (None, None),
            "{row}"
        );
        assert_eq!(row["identifiers"][0]["value"], "***00");
        assert_eq!(
            (
                &row["identifiers"][1]["value"],
                &row["identifiers"][1]["system"]
            ),
            (&json!("***"), &json!("***"))
        );
        assert_eq!(row["addresses"][0]["street"], "***00");
    }
}

#[test]
fn what_is_hidden_cannot_be_guessed_by_filters_orders_or_words() {
    let app = TestApp::start();
    acme(&app);
    for access in ["hide", "mask"] {
        let seller = give_role(
            &app,
            Person::Seller,
            &RIGHTS,
            &[
                ("credit", access),
                ("contact_details", access),
                ("profile", access),
            ],
        );
        for field in ["credit_days", "credit_limit", "pay_day"] {
            let tree = json!({ "where": { "any": [{ "field": field, "operator": "gte", "value": "1" }] } });
            seller
                .post("/customers/search", tree)
                .refused(403, "forbidden")
                .blames(field, "not_allowed");
        }
        let tree = json!({ "where": { "field": "birth_year", "value": "1980" } });
        seller
            .post("/contacts/search", tree)
            .refused(403, "forbidden")
            .blames("birth_year", "not_allowed");
        for q in ["13800138000", "4711", "nanjing"] {
            assert!(
                seller.get(&format!("/customers?q={q}")).ids().is_empty(),
                "{q}"
            );
            assert_eq!(
                seller.get(&format!("/search?q={q}"))["data"],
                json!([]),
                "{q}"
            );
        }
        assert_eq!(seller.get("/customers?q=acme").ids().len(), 1);
    }
    assert_eq!(
        app.as_manager().get("/customers?q=13800138000").ids().len(),
        1
    );
}

#[test]
fn a_locked_class_is_read_and_not_written() {
    let app = TestApp::start();
    let acme = acme(&app);
    for access in ["read", "mask", "hide"] {
        let seller = give_role(&app, Person::Seller, &RIGHTS, &[("credit", access)]);
        for value in [json!(60), Value::Null] {
            seller
                .change(&acme, json!({ "credit_days": value }))
                .refused(403, "forbidden")
                .blames("/credit_days", "not_allowed");
        }
        seller
            .post("/customers", json!({ "name": "B", "pay_day": 5 }))
            .refused(403, "forbidden")
            .blames("/pay_day", "not_allowed");
        let operations = json!([{ "create": { "name": "B", "pay_day": 5 } }, { "update": { "id": acme.id(), "version": 1, "patch": { "credit_days": 1 } } }]);
        let batch = seller
            .post(
                "/customers/batch",
                json!({ "mode": "best_effort", "operations": operations }),
            )
            .expect(207);
        let statuses: Vec<&Value> = batch["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|result| &result["status"])
            .collect();
        assert_eq!(statuses, [403, 403], "{batch}");
    }
    assert_eq!(app.as_admin().read(&acme)["credit_days"], 30);
}

#[test]
fn what_one_may_not_see_survives_ones_changes() {
    let app = TestApp::start();
    let acme = acme(&app);
    let seller = give_role(
        &app,
        Person::Seller,
        &RIGHTS,
        &[("credit", "hide"), ("contact_details", "mask")],
    );
    let changed = seller
        .change(&acme, json!({ "industry": "Tea" }))
        .expect(200);
    assert_eq!(
        (
            changed.body.get("credit_days"),
            &changed["identifiers"][0]["value"]
        ),
        (None, &json!("***00"))
    );
    let whole = app.as_admin().read(&acme);
    assert_eq!(
        (&whole["credit_days"], &whole["identifiers"][0]["value"]),
        (&json!(30), &json!("13800138000"))
    );
}

#[test]
fn an_event_tells_no_hidden_field() {
    let app = TestApp::start();
    let (admin, acme) = (app.as_admin(), acme(&app));
    admin
        .change(&acme, json!({ "credit_days": 60, "industry": "Tea" }))
        .expect(200);
    let seller = give_role(&app, Person::Seller, &RIGHTS, &[("credit", "hide")]);
    let events = seller
        .get(&format!("/events?record_id={}", acme.id()))
        .expect(200);
    assert_eq!(events["data"][0]["after"], json!({ "industry": "Tea" }));
    assert_eq!(events["data"][0]["before"], json!({ "industry": null }));
}

#[test]
fn the_profile_of_a_contact_is_a_class_too() {
    let app = TestApp::start();
    let admin = app.as_admin();
    let acme = acme(&app);
    let ann = admin.create("contacts", json!({ "name": "Ann", "birth_year": 1980, "household": "two children", "positions": [{ "customer_id": acme.id() }] }));
    let seller = give_role(&app, Person::Seller, &RIGHTS, &[("profile", "hide")]);
    for row in [
        seller.get(&ann.path).body,
        seller.get(&format!("{}/contacts", acme.path))["data"][0].clone(),
    ] {
        assert_eq!(
            (row.get("birth_year"), row.get("household")),
            (None, None),
            "{row}"
        );
        assert_eq!(row["name"], "Ann");
    }
}

#[test]
fn an_answer_that_was_kept_is_as_its_user_may_see_it() {
    let app = TestApp::start();
    let seller = give_role(&app, Person::Seller, &RIGHTS, &[("credit", "hide")]);
    let create = || {
        seller
            .request("POST", "/customers")
            .key("one")
            .json(&json!({ "name": "B" }))
            .send()
            .expect(201)
    };
    for answer in [create(), create()] {
        assert_eq!(answer.body.get("credit_days"), None, "{answer}");
    }
}
