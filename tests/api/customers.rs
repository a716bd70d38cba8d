//! Customers: made, read, changed, deleted, restored.

use perennial_domain::customer::Customer;
use perennial_domain::field::{Field, Kind, Resource};
use perennial_tests::app::TestApp;
use perennial_tests::company::Person;
use serde_json::{Value, json};

use crate::samples::World;

#[test]
fn a_customer_is_created_and_read_back() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let created = seller.post("/customers", json!({ "name": "Acme", "roles": ["end_buyer", "partner"] })).expect(201);
    assert_eq!(created.header("location"), Some(format!("/api/v1/customers/{}", created["id"].as_str().unwrap()).as_str()));
    let acme = created.record();
    assert_eq!((acme.etag.as_str(), acme.version()), ("\"v1.f1\"", 1));
    assert_eq!(acme["owner_id"], app.id_of(Person::Seller), "who sees only some customers owns what they make");
    let read = seller.get(&acme.path).expect(200);
    assert_eq!((&read.body, read.etag()), (&acme.body, acme.etag.clone()));
    assert_eq!(seller.get("/customers").ids(), [acme.id()]);
}

#[test]
fn a_customer_of_somebody_who_sees_all_has_no_owner_unless_given() {
    let app = TestApp::start();
    assert_eq!(app.as_manager().create_customer("Acme")["owner_id"], Value::Null);
}

#[test]
fn every_answer_holds_every_field_and_no_other() {
    let app = TestApp::start();
    let acme = app.as_seller().create_customer("Acme");
    let mut expected: Vec<&str> = Customer::FIELDS.iter().map(|field| field.name).chain(["id", "version", "deleted_at"]).collect();
    let mut found: Vec<&str> = acme.body.as_object().unwrap().keys().map(String::as_str).collect();
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn what_is_not_there_is_404_and_what_is_no_id_400() {
    let app = TestApp::start();
    let seller = app.as_seller();
    seller.get("/customers/01890000-0000-7000-8000-000000000000").refused(404, "not_found");
    for id in ["1", "01890000000070008000000000000000", "{01890000-0000-7000-8000-000000000000}", "..%2F", "%00"] {
        seller.get(&format!("/customers/{id}")).refused(400, "bad_request");
    }
}

#[test]
fn a_reader_who_has_the_version_is_answered_304() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let known = |tag: &str| seller.request("GET", &acme.path).header("if-none-match", tag).send();
    for tag in [acme.etag.as_str(), "*", "\"v9.f9\", \"v1.f1\"", "W/\"v1.f1\""] {
        let same = known(tag).expect(304);
        assert_eq!((same.etag(), same.bytes.len()), (acme.etag.clone(), 0));
    }
    known("\"v2.f1\"").expect(200);
}

#[test]
fn a_change_names_the_version_it_is_meant_for() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    seller.request("PATCH", &acme.path).json(&json!({})).send().refused(428, "version_required");
    seller.request("DELETE", &acme.path).send().refused(428, "version_required");
    for tag in ["v1", "\"1\"", "*", "W/\"v1.f1\"", "\"v1.f1\", \"v2.f1\"", "\"v.f\"", "\"v99999999999999999999.f1\""] {
        seller.patch(&acme.path, tag, json!({})).refused(400, "bad_request");
    }
    let changed = seller.change(&acme, json!({ "industry": "Tea" })).expect(200);
    assert_eq!(changed.etag(), "\"v2.f1\"");
    let stale = seller.change(&acme, json!({ "industry": "Coffee" })).refused(412, "stale");
    assert_eq!(stale.etag(), "\"v2.f1\"", "the answer names the version there is");
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
    seller.change(&acme, json!({ "industry": "Tea" })).expect(200);
}

#[test]
fn a_patch_replaces_what_it_names_and_keeps_the_rest() {
    let app = TestApp::start();
    let (admin, seller) = (app.as_admin(), app.as_manager());
    let world = World::new(&admin);
    let mut acme = seller.create_customer("Acme");
    for field in written() {
        let value = world.sample(field);
        let changed = seller.change(&acme, json!({ field.name: value })).expect(200).record();
        assert_eq!(changed[field.name], value, "{} takes a value", field.name);
        only(field, &acme.body, &changed.body);
        acme = changed;
    }
    let same = seller.change(&acme, json!({})).expect(200).record();
    assert_eq!((same.etag, same.body), (acme.etag.clone(), acme.body.clone()), "an empty patch changes nothing");
}

#[test]
fn a_patch_clears_by_null() {
    let app = TestApp::start();
    let manager = app.as_manager();
    let world = World::new(&app.as_admin());
    let whole: serde_json::Map<String, Value> = written().map(|field| (field.name.to_owned(), world.sample(field))).collect();
    let mut acme = manager.create("customers", Value::Object(whole));
    for field in written() {
        let cleared = manager.change(&acme, json!({ field.name: null }));
        if field.required || field.name == "code" {
            cleared.refused(422, "invalid").blames(&format!("/{}", field.name), "required");
            continue;
        }
        let cleared = cleared.expect(200).record();
        let empty = match field.kind {
            Kind::Choice(_) if field.name == "kind" => json!("company"),
            Kind::Choices(_) | Kind::References(_) | Kind::Parts => json!([]),
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
        let Some((least, greatest)) = field.bounds else { continue };
        let create = |value: Value| {
            let mut draft = json!({ "name": "Acme" });
            draft[field.name] = value;
            manager.post("/customers", draft)
        };
        let blamed = |value: Value| create(value).refused(422, "invalid").blames(&format!("/{}", field.name), reason(field));
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
                blamed(json!(vec![choices[0].value; usize::try_from(greatest).unwrap() + 1]));
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
    let read_only = Customer::FIELDS.iter().filter(|field| !field.written).map(|field| field.name);
    for name in read_only.chain(["id", "version", "deleted_at", "organization", "nonsense"]) {
        let pointer = format!("/{name}");
        seller.post("/customers", json!({ "name": "B", name: null })).refused(422, "invalid");
        seller.change(&acme, json!({ name: 1 })).refused(422, "invalid").blames(&pointer, "unknown_field");
    }
    for (body, pointer) in [(json!({ "name": 5 }), "/name"), (json!({ "name": "B", "addresses": [{ "town": "x" }] }), "/addresses/0/town")] {
        let refused = seller.post("/customers", body).refused(422, "invalid");
        assert_eq!(refused.faults()[0].0, pointer, "{refused}");
    }
    for body in [json!([]), json!(null), json!("x"), json!(1)] {
        seller.post("/customers", body.clone()).refused(422, "invalid");
        seller.change(&acme, body).refused(422, "invalid");
    }
    assert_eq!(seller.read(&acme).etag, acme.etag);
}

#[test]
fn codes_come_by_themselves_one_after_the_other() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let codes = ["Acme", "Bolt", "Core"].map(|name| seller.create_customer(name)["code"].clone());
    assert_eq!(codes, ["C-00001", "C-00002", "C-00003"]);
    let other = app.as_foreigner().create_customer("Acme");
    assert_eq!(other["code"], "C-00001", "each organization counts for itself");
}

#[test]
fn a_code_of_ones_own_is_kept_and_unique_among_the_living() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let alfki = seller.create("customers", json!({ "name": "Alfreds", "code": "ALFKI" }));
    assert_eq!(alfki["code"], "ALFKI");
    let again = json!({ "name": "Other", "code": "ALFKI" });
    seller.post("/customers", again.clone()).refused(409, "conflict").blames("/code", "duplicate");
    app.as_foreigner().post("/customers", again.clone()).expect(201);
    seller.remove(&alfki).expect(204);
    seller.post("/customers", again).expect(201);
}

#[test]
fn a_code_that_somebody_took_is_skipped() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for code in ["C-00001", "C-00002", "C-00004"] {
        seller.create("customers", json!({ "name": "Imported", "code": code }));
    }
    let codes = ["Acme", "Bolt"].map(|name| seller.create_customer(name)["code"].clone());
    assert_eq!(codes, ["C-00003", "C-00005"]);
}

#[test]
fn a_deleted_customer_is_gone_until_it_is_restored() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    seller.remove(&acme).expect(204);
    seller.get(&acme.path).refused(404, "not_found");
    seller.change(&acme, json!({ "name": "B" })).refused(404, "not_found");
    seller.remove(&acme).refused(404, "not_found");
    assert!(seller.get("/customers").ids().is_empty());
    assert!(seller.get("/customers?q=acme").ids().is_empty());
    let deleted = seller.get("/customers?include_deleted=true").expect(200);
    assert!(deleted["data"][0]["deleted_at"].is_string(), "{deleted}");
    let back = seller.restore(&acme).expect(200).record();
    assert_eq!((back.version(), &back["deleted_at"], &back["name"]), (3, &Value::Null, &json!("Acme")));
    assert_eq!(seller.get("/customers?q=acme").ids(), [acme.id()]);
    let same = seller.restore(&acme).expect(200);
    assert_eq!(same.etag(), back.etag, "what is not deleted stays as it is");
}

#[test]
fn who_may_not_delete_does_not_see_what_was_deleted() {
    let app = TestApp::start();
    app.as_reader().get("/customers?include_deleted=true").refused(403, "forbidden").blames("include_deleted", "not_allowed");
}

#[test]
fn a_restored_customer_does_not_push_another_from_its_place() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let number = json!([{ "kind": "external", "system": "erp", "value": "4711" }]);
    let coded = seller.create("customers", json!({ "name": "Acme", "code": "ONE" }));
    let numbered = seller.create("customers", json!({ "name": "Bolt", "identifiers": number }));
    for (record, pointer, taker) in [
        (&coded, "/code", json!({ "name": "Core", "code": "ONE" })),
        (&numbered, "/identifiers", json!({ "name": "Dome", "identifiers": number })),
    ] {
        seller.remove(record).expect(204);
        seller.post("/customers", taker).expect(201);
        seller.restore(record).refused(409, "conflict").blames(pointer, "duplicate");
        seller.get(&record.path).refused(404, "not_found");
    }
}

#[test]
fn an_external_id_belongs_to_one_living_party_of_the_organization() {
    let app = TestApp::start();
    let (seller, foreigner) = (app.as_seller(), app.as_foreigner());
    let known = |system: &str| json!({ "name": "A", "identifiers": [{ "kind": "external", "system": system, "value": "1" }] });
    let acme = seller.create("customers", known("erp"));
    seller.post("/customers", known("erp")).refused(409, "conflict").blames("/identifiers", "duplicate");
    seller.post("/contacts", known("erp")).refused(409, "conflict").blames("/identifiers", "duplicate");
    seller.post("/customers", known("shop")).expect(201);
    foreigner.post("/customers", known("erp")).expect(201);
    seller.change(&acme, json!({ "identifiers": [] })).expect(200);
    seller.post("/customers", known("erp")).expect(201);
}

#[test]
fn families_share_a_phone_and_an_address() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let family = json!({ "name": "A", "identifiers": [{ "kind": "email", "value": "a@b.cn" }, { "kind": "mobile", "value": "13800138000" }] });
    seller.post("/customers", family.clone()).expect(201);
    seller.post("/customers", family).expect(201);
}

#[test]
fn an_external_id_names_its_system_and_nothing_else_does() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let create = |kind: &str, system: &str, value: &str| {
        let identifiers = json!([{ "kind": kind, "system": system, "value": value }]);
        seller.post("/customers", json!({ "name": "A", "identifiers": identifiers }))
    };
    create("external", "", "1").refused(422, "invalid").blames("/identifiers/0/system", "required");
    create("phone", "erp", "1").refused(422, "invalid").blames("/identifiers/0/system", "not_allowed");
    create("email", "", "nobody").refused(422, "invalid").blames("/identifiers/0/value", "email");
    create("phone", "", "").refused(422, "invalid").blames("/identifiers/0/value", "length");
    create("phone", "", "not a number at all").expect(201);
}

#[test]
fn a_customer_belongs_neither_to_itself_nor_to_what_belongs_to_it() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let group = seller.create_customer("Group");
    let branch = seller.create("customers", json!({ "name": "Branch", "parent_id": group.id() }));
    let shop = seller.create("customers", json!({ "name": "Shop", "parent_id": branch.id() }));
    for below in [&group, &branch, &shop] {
        seller.change(&group, json!({ "parent_id": below.id() })).refused(422, "invalid").blames("/parent_id", "cycle");
    }
    seller.change(&shop, json!({ "parent_id": group.id() })).expect(200);
    seller.change(&group, json!({ "influences": [{ "customer_id": group.id() }] })).refused(422, "invalid").blames("/influences", "own");
}

#[test]
fn a_reference_names_a_living_record_that_one_may_see() {
    let app = TestApp::start();
    let (seller, stranger, foreigner) = (app.as_seller(), app.person(Person::Stranger), app.as_foreigner());
    let deleted = seller.create_customer("Deleted");
    seller.remove(&deleted).expect(204);
    let (unseen, foreign) = (stranger.create_customer("Unseen"), foreigner.create_customer("Foreign"));
    let nobody = "01890000-0000-7000-8000-000000000000".to_owned();
    for id in [deleted.id(), unseen.id(), foreign.id(), nobody.clone()] {
        let refuse = |draft: Value, pointer: &str| seller.post("/customers", draft).refused(422, "invalid").blames(pointer, "not_found");
        refuse(json!({ "name": "A", "parent_id": id }), "/parent_id");
        refuse(json!({ "name": "A", "influences": [{ "customer_id": id }] }), "/influences/0/customer_id");
        let contact = json!({ "name": "A", "positions": [{ "customer_id": id }] });
        seller.post("/contacts", contact).refused(422, "invalid").blames("/positions/0/customer_id", "not_found");
    }
    let foreign_tag = foreigner.create_tag("Foreign").id();
    for (field, id) in [("owner_id", app.id_of(Person::Foreigner)), ("owner_id", nobody.clone())] {
        seller.post("/customers", json!({ "name": "A", field: id })).refused(422, "invalid").blames("/owner_id", "not_found");
    }
    for tag in [foreign_tag, nobody] {
        seller.post("/customers", json!({ "name": "A", "tag_ids": [tag] })).refused(422, "invalid").blames("/tag_ids/0", "not_found");
    }
}

#[test]
fn a_reference_that_was_good_once_stays() {
    let app = TestApp::start();
    let (manager, seller) = (app.as_manager(), app.as_seller());
    let unseen = manager.create_customer("Unseen");
    let acme = seller.create_customer("Acme");
    let acme = manager.change(&acme, json!({ "parent_id": unseen.id() })).expect(200).record();
    let acme = seller.change(&acme, json!({ "industry": "Tea" })).expect(200).record();
    assert_eq!(acme["parent_id"], unseen.id());
}

#[test]
fn an_amount_in_another_currency_says_which_rate_is_missing() {
    let app = TestApp::start();
    let manager = app.as_manager();
    let euros = json!({ "amount": "100.00", "currency": "EUR" });
    for field in ["acquisition_cost", "credit_limit"] {
        let refused = manager.post("/customers", json!({ "name": "A", field: euros })).refused(422, "invalid");
        let refused = refused.blames(&format!("/{field}"), "exchange_rate_missing");
        assert_eq!(refused["errors"][0]["params"]["currency"], "CNY");
    }
    let amounts = [("0.0001", "0.0001"), ("1.5", "1.50"), ("-3", "-3"), ("99999999999999", "99999999999999")];
    for (given, told) in amounts {
        let draft = json!({ "name": "A", "credit_limit": { "amount": given, "currency": "CNY" } });
        assert_eq!(manager.create("customers", draft)["credit_limit"]["amount"], told);
    }
    for wrong in [json!(100), json!("1,5"), json!("0.12345"), json!("1e3"), json!("")] {
        manager.post("/customers", json!({ "name": "A", "credit_limit": { "amount": wrong, "currency": "CNY" } })).refused(422, "invalid");
    }
}

#[test]
fn a_seat_is_the_first_address() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let at = |cities: &[&str]| cities.iter().map(|city| json!({ "city": city, "country": "中国" })).collect::<Vec<_>>();
    let acme = seller.create("customers", json!({ "name": "A", "addresses": at(&["上海", "北京"]) }));
    assert_eq!((&acme["city"], &acme["country"]), (&json!("上海"), &json!("中国")));
    assert_eq!(seller.get("/customers?city=%E4%B8%8A%E6%B5%B7").ids(), [acme.id()]);
    let moved = seller.change(&acme, json!({ "addresses": at(&["北京"]) })).expect(200).record();
    assert_eq!(moved["city"], "北京");
    assert!(seller.get("/customers?city=%E4%B8%8A%E6%B5%B7").ids().is_empty());
}

#[test]
fn sets_hold_each_thing_once() {
    let app = TestApp::start();
    let (admin, seller) = (app.as_admin(), app.as_seller());
    let tag = admin.create_tag("Key account").id();
    let acme = seller.create("customers", json!({ "name": "A", "roles": ["partner", "channel", "partner"], "tag_ids": [tag, tag] }));
    assert_eq!((&acme["roles"], &acme["tag_ids"]), (&json!(["channel", "partner"]), &json!([tag])));
    let bolt = seller.create_customer("Bolt");
    for (query, found) in [
        (format!("tag_ids={tag}"), vec![acme.id()]),
        ("roles=partner".into(), vec![acme.id()]),
        ("roles_in=channel,media".into(), vec![acme.id()]),
        ("roles=media".into(), vec![]),
        ("name=Bolt".into(), vec![bolt.id()]),
    ] {
        assert_eq!(seller.get(&format!("/customers?{query}")).ids(), found, "{query}");
    }
}

fn written() -> impl Iterator<Item = &'static Field> {
    Customer::FIELDS.iter().filter(|field| field.written)
}

fn reason(field: &Field) -> &'static str {
    if matches!(field.kind, Kind::Integer) { "range" } else { "length" }
}

/// Nothing but that field, and what follows from it, is different.
#[track_caller]
fn only(field: &Field, before: &Value, after: &Value) {
    let follows = |name: &str| ["version", "updated_at"].contains(&name) || (field.name == "addresses" && ["city", "country"].contains(&name));
    for (name, value) in before.as_object().unwrap() {
        assert!(name == field.name || follows(name) || after[name] == *value, "{} changed {name}: {value} to {}", field.name, after[name]);
    }
}
