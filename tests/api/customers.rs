//! Customers: made, read, changed, deleted, restored.

use perennial_domain::customer::Customer;
use perennial_domain::field::Resource;
use perennial_tests::app::TestApp;
use perennial_tests::company::Person;
use serde_json::{Value, json};

#[test]
fn a_customer_is_created_and_read_back() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let created = seller
        .post(
            "/customers",
            json!({ "name": "Acme", "roles": ["end_buyer", "partner"] }),
        )
        .expect(201);
    assert_eq!(
        created.header("location"),
        Some(format!("/api/v1/customers/{}", created["id"].as_str().unwrap()).as_str())
    );
    let acme = created.record();
    assert_eq!((acme.etag.as_str(), acme.version()), ("\"v1.f1\"", 1));
    assert_eq!(
        acme["owner_id"],
        app.id_of(Person::Seller),
        "who sees only some customers owns what they make"
    );
    let read = seller.get(&acme.path).expect(200);
    assert_eq!((&read.body, read.etag()), (&acme.body, acme.etag.clone()));
    assert_eq!(seller.get("/customers").ids(), [acme.id()]);
}

#[test]
fn a_customer_of_somebody_who_sees_all_has_no_owner_unless_given() {
    let app = TestApp::start();
    assert_eq!(
        app.as_manager().create_customer("Acme")["owner_id"],
        Value::Null
    );
}

#[test]
fn every_answer_holds_every_field_and_no_other() {
    let app = TestApp::start();
    let acme = app.as_seller().create_customer("Acme");
    let mut expected: Vec<&str> = Customer::FIELDS
        .iter()
        .map(|field| field.name)
        .chain(["id", "version", "deleted_at"])
        .collect();
    let mut found: Vec<&str> = acme
        .body
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn what_is_not_there_is_404_and_what_is_no_id_400() {
    let app = TestApp::start();
    let seller = app.as_seller();
    seller
        .get("/customers/01890000-0000-7000-8000-000000000000")
        .refused(404, "not_found");
    for id in [
        "1",
        "01890000000070008000000000000000",
        "{01890000-0000-7000-8000-000000000000}",
        "..%2F",
        "%00",
    ] {
        seller
            .get(&format!("/customers/{id}"))
            .refused(400, "bad_request");
    }
}

#[test]
fn a_reader_who_has_the_version_is_answered_304() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let known = |tag: &str| {
        seller
            .request("GET", &acme.path)
            .header("if-none-match", tag)
            .send()
    };
    for tag in [
        acme.etag.as_str(),
        "*",
        "\"v9.f9\", \"v1.f1\"",
        "W/\"v1.f1\"",
    ] {
        let same = known(tag).expect(304);
        assert_eq!((same.etag(), same.bytes.len()), (acme.etag.clone(), 0));
    }
    known("\"v2.f1\"").expect(200);
}

#[test]
fn codes_come_by_themselves_one_after_the_other() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let codes = ["Acme", "Bolt", "Core"].map(|name| seller.create_customer(name)["code"].clone());
    assert_eq!(codes, ["C-00001", "C-00002", "C-00003"]);
    let other = app.as_foreigner().create_customer("Acme");
    assert_eq!(
        other["code"], "C-00001",
        "each organization counts for itself"
    );
}

#[test]
fn a_code_of_ones_own_is_kept_and_unique_among_the_living() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let alfki = seller.create("customers", json!({ "name": "Alfreds", "code": "ALFKI" }));
    assert_eq!(alfki["code"], "ALFKI");
    let again = json!({ "name": "Other", "code": "ALFKI" });
    seller
        .post("/customers", again.clone())
        .refused(409, "conflict")
        .blames("/code", "duplicate");
    app.as_foreigner()
        .post("/customers", again.clone())
        .expect(201);
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
    seller
        .change(&acme, json!({ "name": "B" }))
        .refused(404, "not_found");
    seller.remove(&acme).refused(404, "not_found");
    assert!(seller.get("/customers").ids().is_empty());
    assert!(seller.get("/customers?q=acme").ids().is_empty());
    let deleted = seller.get("/customers?include_deleted=true").expect(200);
    assert!(deleted["data"][0]["deleted_at"].is_string(), "{deleted}");
    let back = seller.restore(&acme).expect(200).record();
    assert_eq!(
        (back.version(), &back["deleted_at"], &back["name"]),
        (3, &Value::Null, &json!("Acme"))
    );
    assert_eq!(seller.get("/customers?q=acme").ids(), [acme.id()]);
    let same = seller.restore(&acme).expect(200);
    assert_eq!(same.etag(), back.etag, "what is not deleted stays as it is");
}

#[test]
fn who_may_not_delete_does_not_see_what_was_deleted() {
    let app = TestApp::start();
    app.as_reader()
        .get("/customers?include_deleted=true")
        .refused(403, "forbidden")
        .blames("include_deleted", "not_allowed");
}

#[test]
fn a_restored_customer_does_not_push_another_from_its_place() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let number = json!([{ "kind": "external", "system": "erp", "value": "4711" }]);
    let coded = seller.create("customers", json!({ "name": "Acme", "code": "ONE" }));
    let numbered = seller.create(
        "customers",
        json!({ "name": "Bolt", "identifiers": number }),
    );
    for (record, pointer, taker) in [
        (&coded, "/code", json!({ "name": "Core", "code": "ONE" })),
        (
            &numbered,
            "/identifiers",
            json!({ "name": "Dome", "identifiers": number }),
        ),
    ] {
        seller.remove(record).expect(204);
        seller.post("/customers", taker).expect(201);
        seller
            .restore(record)
            .refused(409, "conflict")
            .blames(pointer, "duplicate");
        seller.get(&record.path).refused(404, "not_found");
    }
}

#[test]
fn an_amount_in_another_currency_says_which_rate_is_missing() {
    let app = TestApp::start();
    let manager = app.as_manager();
    let euros = json!({ "amount": "100.00", "currency": "EUR" });
    for field in ["acquisition_cost", "credit_limit"] {
        let refused = manager
            .post("/customers", json!({ "name": "A", field: euros }))
            .refused(422, "invalid");
        let refused = refused.blames(&format!("/{field}"), "exchange_rate_missing");
        assert_eq!(refused["errors"][0]["params"]["currency"], "CNY");
    }
    let amounts = [
        ("0.0001", "0.0001"),
        ("1.5", "1.50"),
        ("99999999999999", "99999999999999"),
    ];
    for (given, told) in amounts {
        let draft = json!({ "name": "A", "credit_limit": { "amount": given, "currency": "CNY" } });
        assert_eq!(
            manager.create("customers", draft)["credit_limit"]["amount"],
            told
        );
    }
    for wrong in [
        json!(100),
        json!("1,5"),
        json!("0.12345"),
        json!("1e3"),
        json!(""),
    ] {
        manager
            .post(
                "/customers",
                json!({ "name": "A", "credit_limit": { "amount": wrong, "currency": "CNY" } }),
            )
            .refused(422, "invalid");
    }
}

#[test]
fn a_seat_is_the_first_address() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let at = |cities: &[&str]| {
        cities
            .iter()
            .map(|city| json!({ "city": city, "country": "中国" }))
            .collect::<Vec<_>>()
    };
    let acme = seller.create(
        "customers",
        json!({ "name": "A", "addresses": at(&["上海", "北京"]) }),
    );
    assert_eq!(
        (&acme["city"], &acme["country"]),
        (&json!("上海"), &json!("中国"))
    );
    assert_eq!(
        seller.get("/customers?city=%E4%B8%8A%E6%B5%B7").ids(),
        [acme.id()]
    );
    let moved = seller
        .change(&acme, json!({ "addresses": at(&["北京"]) }))
        .expect(200)
        .record();
    assert_eq!(moved["city"], "北京");
    assert!(
        seller
            .get("/customers?city=%E4%B8%8A%E6%B5%B7")
            .ids()
            .is_empty()
    );
}

#[test]
fn sets_hold_each_thing_once() {
    let app = TestApp::start();
    let (admin, seller) = (app.as_admin(), app.as_seller());
    let tag = admin.create_tag("Key account").id();
    let acme = seller.create(
        "customers",
        json!({ "name": "A", "roles": ["partner", "channel", "partner"], "tag_ids": [tag, tag] }),
    );
    assert_eq!(
        (&acme["roles"], &acme["tag_ids"]),
        (&json!(["channel", "partner"]), &json!([tag]))
    );
    let bolt = seller.create_customer("Bolt");
    for (query, found) in [
        (format!("tag_ids={tag}"), vec![acme.id()]),
        ("roles=partner".into(), vec![acme.id()]),
        ("roles_in=channel,media".into(), vec![acme.id()]),
        ("roles=media".into(), vec![]),
        ("name=Bolt".into(), vec![bolt.id()]),
    ] {
        assert_eq!(
            seller.get(&format!("/customers?{query}")).ids(),
            found,
            "{query}"
        );
    }
}

#[test]
fn what_is_refused_is_told_in_words_that_help() {
    let app = TestApp::start();
    let manager = app.as_manager();
    let acme = manager.create_customer("Acme");
    for (draft, pointer, code) in [
        (json!({ "city": "Rome" }), "/city", "read_only"),
        (
            json!({ "created_at": "2026-01-01T00:00:00Z" }),
            "/created_at",
            "read_only",
        ),
        (json!({ "colour": "red" }), "/colour", "unknown_field"),
        (
            json!({ "credit_limit": { "amount": "1.23456", "currency": "CNY" } }),
            "/credit_limit/amount",
            "decimal",
        ),
        (
            json!({ "credit_limit": { "amount": "1", "currency": "yuan" } }),
            "/credit_limit/currency",
            "currency",
        ),
        (
            json!({ "credit_limit": { "amount": "1", "currency": "XYZ" } }),
            "/credit_limit/currency",
            "currency",
        ),
    ] {
        let refused = manager.change(&acme, draft.clone()).refused(422, "invalid");
        refused.blames(pointer, code);
        let mut new = draft;
        new["name"] = json!("Bolt");
        let refused = manager.post("/customers", new).refused(422, "invalid");
        refused.blames(pointer, code);
    }
}
