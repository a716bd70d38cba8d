//! Every word of the domain's enumerations fits the databases' CHECKs, and these know no other.

use std::collections::{BTreeMap, BTreeSet};

use perennial_domain::contact::{BuyingRole, Contact};
use perennial_domain::customer::{Customer, CustomerRole};
use perennial_domain::event::EventKind;
use perennial_domain::field::{Choice, Kind, Resource};
use perennial_domain::job::JobState;
use perennial_domain::purchase::Purchase;
use perennial_domain::rights::{Action, Area, FieldAccess, Level};
use perennial_domain::tag::Tag;
use perennial_domain::text::Language;
use perennial_domain::touch::{AddressKind, Channel, IdentifierKind};
use perennial_domain::user::{Role, User};
use perennial_tests::app::TestApp;
use perennial_tests::client::Client;
use serde_json::{Value, json};

/// Creates a record with each word of each enumeration among the resource's own fields.
fn create_with_every_word<R: Resource>(client: &Client, draft: impl Fn(usize) -> Value) {
    let mut made = 0;
    for field in R::FIELDS.iter().filter(|field| field.written) {
        let (choices, many) = match field.kind {
            Kind::Choice(choices) => (choices, false),
            Kind::Choices(choices) => (choices, true),
            _ => continue,
        };
        for choice in choices {
            let mut draft = draft(made);
            draft[field.name] = if many {
                json!([choice.value])
            } else {
                json!(choice.value)
            };
            let record = client.create(R::PLURAL, draft.clone());
            assert_eq!(record[field.name], draft[field.name]);
            made += 1;
        }
    }
    assert!(made > 0);
}

#[test]
fn every_word_of_a_field_is_kept() {
    let app = TestApp::start();
    let admin = app.as_admin();
    let role = admin.get("/roles?limit=1").ids()[0].clone();
    create_with_every_word::<Customer>(&admin, |_| json!({ "name": "A" }));
    create_with_every_word::<Contact>(&admin, |_| json!({ "name": "A" }));
    create_with_every_word::<Tag>(&admin, |at| json!({ "name": format!("Tag {at}") }));
    create_with_every_word::<User>(
        &admin,
        |at| json!({ "name": "A", "email": format!("a{at}@perennial.test"), "role_id": role }),
    );
    for language in Language::ALL {
        let etag = admin.get("/organization").etag();
        admin
            .patch(
                "/organization",
                &etag,
                json!({ "language": language.tag() }),
            )
            .expect(200);
    }
}

#[test]
fn every_word_of_a_part_is_kept() {
    let app = TestApp::start();
    let admin = app.as_admin();
    let identifiers: Vec<Value> = IdentifierKind::ALL
        .iter()
        .map(|kind| {
            let system = if *kind == IdentifierKind::External {
                "erp"
            } else {
                ""
            };
            json!({ "kind": kind.as_str(), "system": system, "value": "a@b.cn" })
        })
        .collect();
    let addresses: Vec<Value> = AddressKind::ALL.iter().map(|kind| json!({ "kind": kind.as_str(), "street": "", "city": "", "region": "", "postal_code": "", "country": "" })).collect();
    let consents: Vec<Value> = Channel::ALL.iter().map(|channel| json!({ "channel": channel.as_str(), "granted": true, "at": null, "source": "" })).collect();
    let acme = admin.create("customers", json!({ "name": "A", "identifiers": identifiers, "addresses": addresses, "consents": consents }));
    assert_eq!(
        (&acme["identifiers"], &acme["addresses"], &acme["consents"]),
        (&json!(identifiers), &json!(addresses), &json!(consents))
    );
    let positions: Vec<Value> = BuyingRole::ALL.iter().map(|role| json!({ "customer_id": acme.id(), "title": "", "buying_role": role.as_str(), "since": null, "until": null })).collect();
    assert_eq!(
        admin.create("contacts", json!({ "name": "A", "positions": positions }))["positions"],
        json!(positions)
    );
    let every = Area::ALL
        .iter()
        .flat_map(|area| Action::ALL.iter().map(move |action| (area, action)));
    let permissions: Vec<Value> = every.zip(Level::ALL.iter().cycle()).map(|((area, action), level)| json!({ "area": area.as_str(), "action": action.as_str(), "level": level.as_str() })).collect();
    let rules: Vec<Value> = FieldAccess::ALL
        .iter()
        .zip(["contact_details", "credit", "profile", "value"])
        .map(|(access, class)| json!({ "class": class, "access": access.as_str() }))
        .collect();
    let role = admin.create(
        "roles",
        json!({ "name": "Every", "permissions": permissions, "field_rules": rules }),
    );
    assert_eq!(
        role["permissions"].as_array().unwrap().len(),
        permissions.len()
    );
    assert_eq!(role["field_rules"].as_array().unwrap().len(), rules.len());
}

#[test]
fn every_state_of_a_job_is_kept() {
    let app = TestApp::start();
    for (at, state) in JobState::ALL.iter().enumerate() {
        let id = format!("01890000-0000-7000-8000-00000000000{at}");
        crate::probes::insert_job(&app, &id, "1", state.as_str());
    }
    let admin = app.as_admin();
    let states: BTreeSet<String> = admin
        .walk("/jobs?limit=2")
        .iter()
        .map(|job| job["state"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        states,
        JobState::ALL
            .iter()
            .map(|state| state.as_str().to_owned())
            .collect()
    );
}

fn words(choices: &[Choice]) -> BTreeSet<String> {
    choices
        .iter()
        .map(|choice| choice.value.to_owned())
        .collect()
}

/// The words of each column that has a CHECK, as the domain knows them.
fn known() -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut known = BTreeMap::new();
    let mut add = |table: &str, column: &str, words: BTreeSet<String>| {
        known.insert((table.to_owned(), column.to_owned()), words)
    };
    for (table, fields) in [
        ("customers", Customer::FIELDS),
        ("contacts", Contact::FIELDS),
        ("tags", Tag::FIELDS),
        ("users", User::FIELDS),
        ("roles", Role::FIELDS),
        ("purchases", Purchase::FIELDS),
    ] {
        for field in fields {
            if let Kind::Choice(choices) = field.kind {
                add(table, field.name, words(choices));
            }
        }
    }
    add(
        "organizations",
        "language",
        Language::ALL
            .iter()
            .map(|language| language.tag().to_owned())
            .collect(),
    );
    add("customer_roles", "role", words(CustomerRole::CHOICES));
    add("role_permissions", "level", words(Level::CHOICES));
    add("role_fields", "access", words(FieldAccess::CHOICES));
    add("positions", "buying_role", words(BuyingRole::CHOICES));
    add("identifiers", "kind", words(IdentifierKind::CHOICES));
    add("events", "kind", words(EventKind::CHOICES));
    add("jobs", "state", words(JobState::CHOICES));
    known
}

/// The words of each `CHECK (column IN (…))` of a folder of migrations.
fn checked(folder: &str) -> BTreeMap<(String, String), BTreeSet<String>> {
    let folder = format!("{}/../migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().join("up.sql"))
        .collect();
    names.sort();
    let text: String = names
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let mut checked = BTreeMap::new();
    for table in text.split("CREATE TABLE ").skip(1) {
        let name = table.split_whitespace().next().unwrap();
        let body = table.split(";\n").next().unwrap();
        for check in body
            .split("CHECK (")
            .skip(1)
            .filter(|check| check.contains(" IN ("))
        {
            let (column, rest) = check.split_once(" IN (").unwrap();
            let words = rest
                .split(')')
                .next()
                .unwrap()
                .split(',')
                .map(|word| word.trim().trim_matches('\'').to_owned());
            checked.insert((name.to_owned(), column.to_owned()), words.collect());
        }
    }
    checked
}

#[test]
fn the_checks_of_both_databases_know_the_domains_words() {
    for folder in ["sqlite", "postgresql"] {
        assert_eq!(checked(folder), known(), "{folder}");
    }
}
