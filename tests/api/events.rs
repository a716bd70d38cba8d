//! Events and timelines: who did what, when.

use std::collections::BTreeSet;

use perennial_domain::customer::Customer;
use perennial_domain::field::Resource;
use perennial_tests::app::TestApp;
use perennial_tests::client::{Client, Record};
use perennial_tests::company::Person;
use serde_json::{Value, json};

use crate::purchases::{buy, line};
use crate::samples::World;
use crate::users::give_role;

fn events(client: &Client, record: &Record) -> Vec<Value> {
    let mut events = client.walk(&format!("/events?record_id={}", record.id()));
    events.reverse();
    events
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["kind"].as_str().unwrap())
        .collect()
}

#[test]
fn every_write_of_every_resource_has_its_event() {
    let app = TestApp::start();
    let admin = app.as_admin();
    let role = admin.get("/roles?limit=1").ids()[0].clone();
    for (resource, draft) in [
        ("customers", json!({ "name": "A" })),
        ("contacts", json!({ "name": "A" })),
        ("products", json!({ "name": "A" })),
        ("product-categories", json!({ "name": "A" })),
        ("tags", json!({ "name": "A" })),
        ("teams", json!({ "name": "A" })),
        ("roles", json!({ "name": "A" })),
        (
            "users",
            json!({ "name": "A", "email": "a@perennial.test", "role_id": role }),
        ),
    ] {
        let made = admin.create(resource, draft);
        let changed = admin
            .change(&made, json!({ "name": "B" }))
            .expect(200)
            .record();
        admin.change(&changed, json!({ "name": "B" })).expect(200);
        admin.change(&changed, json!({})).expect(200);
        admin.remove(&changed).expect(204);
        admin.restore(&changed).expect(200);
        admin.restore(&changed).expect(200);
        let events = events(&admin, &made);
        assert_eq!(
            kinds(&events),
            ["created", "updated", "deleted", "restored"],
            "{resource}: none where nothing changed"
        );
        assert!(
            events
                .iter()
                .all(|event| event["actor_id"] == app.id_of(Person::Admin)
                    && event["resource"] == resource.replace('-', "_"))
        );
        assert_eq!(
            (&events[1]["before"], &events[1]["after"]),
            (&json!({ "name": "A" }), &json!({ "name": "B" }))
        );
        assert_eq!(
            (&events[0]["before"], &events[0]["after"]),
            (&Value::Null, &Value::Null),
            "a creation keeps no copy"
        );
    }
    let organization = admin.get("/organization").expect(200);
    admin
        .patch(
            "/organization",
            &organization.etag(),
            json!({ "name": "B" }),
        )
        .expect(200);
    let events = admin.get("/events?resource=organization").expect(200);
    assert_eq!(events["data"][0]["after"], json!({ "name": "B" }));
}

#[test]
fn an_event_holds_what_changed_before_and_after() {
    let app = TestApp::start();
    let admin = app.as_admin();
    let world = World::new(&admin);
    let mut acme = admin.create_customer("Acme");
    for field in Customer::FIELDS.iter().filter(|field| field.written) {
        let value = world.sample(field);
        let before = acme[field.name].clone();
        acme = admin
            .change(&acme, json!({ field.name: value }))
            .expect(200)
            .record();
        let event = events(&admin, &acme).pop().unwrap();
        assert_eq!(
            (&event["before"], &event["after"]),
            (
                &json!({ field.name: before }),
                &json!({ field.name: value })
            )
        );
    }
}

#[test]
fn events_come_newest_first_and_are_filtered() {
    let app = TestApp::start();
    let (admin, seller) = (app.as_admin(), app.as_seller());
    let acme = seller.create_customer("Acme");
    let ann = seller.create_contact("Ann", &[&acme]);
    let bolt = admin.create_customer("Bolt");
    let found = |query: &str| -> Vec<String> {
        let events = admin.walk(&format!("/events?limit=2&{query}"));
        let sequence: Vec<i64> = events
            .iter()
            .map(|event| event["seq"].as_i64().unwrap())
            .collect();
        assert!(
            sequence.is_sorted_by(|left, right| left > right),
            "{sequence:?}"
        );
        events
            .iter()
            .map(|event| event["record_id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(found("resource=customers"), [bolt.id(), acme.id()]);
    assert_eq!(
        found(&format!("customer_id={}", acme.id())),
        [ann.id(), acme.id()]
    );
    assert_eq!(found(&format!("record_id={}", ann.id())), [ann.id()]);
    assert_eq!(
        found(&format!("actor_id={}", app.id_of(Person::Seller))),
        [ann.id(), acme.id()]
    );
    for wrong in [
        "record_id=1",
        "cursor=x",
        "limit=0",
        "colour=red",
        "resource=a&resource=b",
    ] {
        admin
            .get(&format!("/events?{wrong}"))
            .refused(400, "bad_request");
    }
}

#[test]
fn who_reads_only_own_events_reads_those_of_own_customers() {
    let app = TestApp::start();
    let [seller, colleague] = [Person::Seller, Person::Colleague].map(|person| app.person(person));
    let (mine, theirs) = (
        seller.create_customer("Acme"),
        colleague.create_customer("Bolt"),
    );
    assert_eq!(kinds(&events(&seller, &mine)), ["created"]);
    assert!(events(&seller, &theirs).is_empty());
    assert!(events(&app.as_foreigner(), &mine).is_empty());
    assert_eq!(kinds(&events(&app.as_reader(), &theirs)), ["created"]);
}

#[test]
fn an_event_is_for_those_who_may_read_its_record() {
    let app = TestApp::start();
    let admin = app.as_admin();
    admin.create_tag("Gold");
    let auditor = give_role(
        &app,
        Person::Reader,
        &[("events", "read", "all"), ("tags", "read", "all")],
        &[],
    );
    let page = auditor.get("/events?limit=200").expect(200);
    let told: BTreeSet<&str> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["resource"].as_str().unwrap())
        .collect();
    assert_eq!(told, BTreeSet::from(["tags"]));
}

#[test]
fn a_timeline_tells_what_happened_with_a_customer_newest_first() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let ann = seller.create_contact("Ann", &[&acme]);
    seller
        .change(&acme, json!({ "industry": "Tea", "note": "likes tea" }))
        .expect(200);
    seller.change(&ann, json!({ "positions": [] })).expect(200);
    let path = format!("{}/timeline?limit=3", acme.path);
    let told: Vec<(String, Value)> = seller
        .walk(&path)
        .iter()
        .map(|entry| {
            (
                entry["kind"].as_str().unwrap().to_owned(),
                entry["params"].clone(),
            )
        })
        .collect();
    let entry = |kind: &str, name: &str, fields: Value| {
        (kind.to_owned(), json!({ "name": name, "fields": fields }))
    };
    let change = json!({ "field": "industry", "before": null, "after": "Tea" });
    let mut changed = entry("customers.updated", "Acme", json!(["industry", "note"]));
    changed.1["changes"] = json!([change]);
    assert_eq!(
        told,
        [
            entry("contacts.updated", "Ann", json!(["positions"])),
            changed,
            entry("contacts.created", "Ann", json!([])),
            entry("customers.created", "Acme", json!([])),
        ],
        "who leaves a customer leaves a line there"
    );
    let first = seller.get(&path).expect(200);
    assert_eq!(first["data"][0]["actor_id"], app.id_of(Person::Seller));
    app.person(Person::Stranger)
        .get(&path)
        .refused(404, "not_found");
    for wrong in ["cursor=x", "cursor=1.x", "limit=201", "sort=kind"] {
        seller
            .get(&format!("{}/timeline?{wrong}", acme.path))
            .refused(400, "bad_request");
    }
}

#[test]
fn a_timeline_tells_short_values_that_nobody_is_kept_from() {
    let app = TestApp::start();
    let admin = app.as_admin();
    let world = World::new(&admin);
    let mut acme = admin.create_customer("Acme");
    for field in Customer::FIELDS.iter().filter(|field| field.written) {
        let (before, value) = (acme[field.name].clone(), world.sample(field));
        acme = admin
            .change(&acme, json!({ field.name: value }))
            .expect(200)
            .record();
        let told = admin
            .get(&format!("{}/timeline?limit=1", acme.path))
            .expect(200);
        let params = &told["data"][0]["params"];
        assert_eq!(params["fields"], json!([field.name]));
        let short = !value.is_array() && !field.long && field.class.is_none();
        let change = json!([{ "field": field.name, "before": before, "after": value }]);
        let expected = if short { change } else { Value::Null };
        assert_eq!(params["changes"], expected, "{}", field.name);
    }
}

#[test]
fn a_timeline_of_many_at_one_moment_is_walked_once() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let operations: Vec<Value> = (0..20).map(|at| json!({ "create": { "name": format!("Ann {at}"), "positions": [{ "customer_id": acme.id() }] } })).collect();
    seller
        .post("/contacts/batch", json!({ "operations": operations }))
        .expect(200);
    let entries = seller.walk(&format!("{}/timeline?limit=3", acme.path));
    let ids: std::collections::BTreeSet<&str> = entries
        .iter()
        .map(|entry| entry["id"].as_str().unwrap())
        .collect();
    assert_eq!((entries.len(), ids.len()), (21, 21));
}

#[test]
fn what_was_refused_left_no_event() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let count = || app.as_admin().walk("/events").len();
    let before = count();
    seller.change(&acme, json!({ "name": "" })).expect(422);
    seller
        .patch(&acme.path, "\"v9.f1\"", json!({ "name": "B" }))
        .expect(412);
    seller
        .post("/customers", json!({ "name": "B", "code": acme["code"] }))
        .expect(409);
    app.as_reader().remove(&acme).expect(403);
    assert_eq!(count(), before);
}

#[test]
fn the_first_day_there_is_began_in_the_year_1_everywhere() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let first = buy(&seller, &acme, "0001-01-01", &[line("1", "2", "0")]);
    let events = app
        .as_admin()
        .get(&format!("/events?record_id={}", first.id()));
    assert_eq!(
        events["data"][0]["occurred_at"],
        "0001-01-01T00:00:00.000000Z"
    );
}
