//! Changes: versions, merge patches, bounds.

use perennial_domain::customer::Customer;
use perennial_domain::field::{Field, Kind, Resource};
use perennial_tests::app::TestApp;
use serde_json::{Value, json};

use crate::samples::World;

#[test]
fn a_change_names_the_version_it_is_meant_for() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    seller
        .request("PATCH", &acme.path)
        .json(&json!({}))
        .send()
        .refused(428, "version_required");
    seller
        .request("DELETE", &acme.path)
        .send()
        .refused(428, "version_required");
    for tag in [
        "v1",
        "\"1\"",
        "*",
        "W/\"v1.f1\"",
        "\"v1.f1\", \"v2.f1\"",
        "\"v.f\"",
        "\"v99999999999999999999.f1\"",
    ] {
        seller
            .patch(&acme.path, tag, json!({}))
            .refused(400, "bad_request");
    }
    let changed = seller
        .change(&acme, json!({ "industry": "Tea" }))
        .expect(200);
    assert_eq!(changed.etag(), "\"v2.f1\"");
    let stale = seller
        .change(&acme, json!({ "industry": "Coffee" }))
        .refused(412, "stale");
    assert_eq!(
        stale.etag(),
        "\"v2.f1\"",
        "the answer names the version there is"
    );
    seller.remove(&acme).refused(412, "stale");
    assert_eq!(seller.read(&acme)["industry"], "Tea");
}

#[test]
fn figures_that_changed_meanwhile_spoil_no_open_form() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    seller.create_contact("Ann", &[&acme]);
    assert_eq!(seller.read(&acme).etag, "\"v1.f2\"");
    seller
        .change(&acme, json!({ "industry": "Tea" }))
        .expect(200);
}

#[test]
fn a_patch_replaces_what_it_names_and_keeps_the_rest() {
    let app = TestApp::start();
    let (admin, seller) = (app.as_admin(), app.as_manager());
    let world = World::new(&admin);
    let mut acme = seller.create_customer("Acme");
    for field in written() {
        let value = world.sample(field);
        let changed = seller
            .change(&acme, json!({ field.name: value }))
            .expect(200)
            .record();
        assert_eq!(changed[field.name], value, "{} takes a value", field.name);
        only(field, &acme.body, &changed.body);
        acme = changed;
    }
    let same = seller.change(&acme, json!({})).expect(200).record();
    assert_eq!(
        (same.etag, same.body),
        (acme.etag.clone(), acme.body.clone()),
        "an empty patch changes nothing"
    );
}

#[test]
fn a_patch_clears_by_null() {
    let app = TestApp::start();
    let manager = app.as_manager();
    let world = World::new(&app.as_admin());
    let whole: serde_json::Map<String, Value> = written()
        .map(|field| (field.name.to_owned(), world.sample(field)))
        .collect();
    let mut acme = manager.create("customers", Value::Object(whole));
    for field in written() {
        let cleared = manager.change(&acme, json!({ field.name: null }));
        if field.required || field.name == "code" {
            cleared
                .refused(422, "invalid")
                .blames(&format!("/{}", field.name), "required");
            continue;
        }
        let cleared = cleared.expect(200).record();
        let empty = match field.kind {
            Kind::Choice(_) if field.name == "kind" => json!("company"),
            Kind::Choices(_) | Kind::References(_) | Kind::Parts(_) => json!([]),
            _ => Value::Null,
        };
        assert_eq!(cleared[field.name], empty, "{} is cleared", field.name);
        only(field, &acme.body, &cleared.body);
        acme = cleared;
    }
}

#[test]
fn every_bound_of_every_field_is_kept() {
    let app = TestApp::start();
    let manager = app.as_manager();
    for field in written() {
        let Some((least, greatest)) = field.bounds else {
            continue;
        };
        let create = |value: Value| {
            let mut draft = json!({ "name": "Acme" });
            draft[field.name] = value;
            manager.post("/customers", draft)
        };
        let blamed = |value: Value| {
            create(value)
                .refused(422, "invalid")
                .blames(&format!("/{}", field.name), reason(field))
        };
        match field.kind {
            Kind::Text => {
                let longest = "长".repeat(usize::try_from(greatest).unwrap());
                create(json!(longest)).expect(201);
                blamed(json!(format!("{longest}长")));
            }
            Kind::Integer => {
                create(json!(least)).expect(201);
                create(json!(greatest)).expect(201);
                blamed(json!(least - 1));
                blamed(json!(greatest + 1));
            }
            Kind::Choices(choices) => {
                blamed(json!(vec![
                    choices[0].value;
                    usize::try_from(greatest).unwrap() + 1
                ]));
            }
            _ => {}
        }
    }
}

#[test]
fn what_a_client_may_not_write_is_refused_by_name() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let read_only = Customer::FIELDS
        .iter()
        .filter(|field| !field.written)
        .map(|field| field.name);
    let read_only = read_only.chain(["id", "version", "deleted_at"]);
    let named = read_only.map(|name| (name, "read_only"));
    let unknown = ["organization", "nonsense"].map(|name| (name, "unknown_field"));
    for (name, code) in named.chain(unknown) {
        let pointer = format!("/{name}");
        seller
            .post("/customers", json!({ "name": "B", name: null }))
            .refused(422, "invalid");
        seller
            .change(&acme, json!({ name: 1 }))
            .refused(422, "invalid")
            .blames(&pointer, code);
    }
    for (body, pointer) in [
        (json!({ "name": 5 }), "/name"),
        (
            json!({ "name": "B", "addresses": [{ "town": "x" }] }),
            "/addresses/0/town",
        ),
    ] {
        let refused = seller.post("/customers", body).refused(422, "invalid");
        assert_eq!(refused.faults()[0].0, pointer, "{refused}");
    }
    for body in [json!([]), json!(null), json!("x"), json!(1)] {
        seller
            .post("/customers", body.clone())
            .refused(422, "invalid");
        seller.change(&acme, body).refused(422, "invalid");
    }
    assert_eq!(seller.read(&acme).etag, acme.etag);
}

fn written() -> impl Iterator<Item = &'static Field> {
    Customer::FIELDS.iter().filter(|field| field.written)
}

fn reason(field: &Field) -> &'static str {
    if matches!(field.kind, Kind::Integer) {
        "range"
    } else {
        "length"
    }
}

/// Nothing but that field, and what follows from it, is different.
#[track_caller]
fn only(field: &Field, before: &Value, after: &Value) {
    let follows = |name: &str| {
        ["version", "updated_at"].contains(&name)
            || (field.name == "addresses" && ["city", "country"].contains(&name))
    };
    for (name, value) in before.as_object().unwrap() {
        assert!(
            name == field.name || follows(name) || after[name] == *value,
            "{} changed {name}: {value} to {}",
            field.name,
            after[name]
        );
    }
}
