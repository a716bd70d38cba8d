//! The organization's own settings.

use perennial_tests::app::TestApp;
use serde_json::json;

#[test]
fn an_organization_is_its_members_own() {
    let app = TestApp::start();
    let (admin, foreigner) = (app.as_admin(), app.as_foreigner());
    let (own, other) = (
        admin.get("/organization").expect(200),
        foreigner.get("/organization").expect(200),
    );
    assert_eq!(
        (&own["name"], &other["name"]),
        (&json!("Northwind"), &json!("Elsewhere"))
    );
    let changed = admin
        .patch(
            "/organization",
            &own.etag(),
            json!({ "name": "Northwind Ltd", "language": "zh-CN" }),
        )
        .expect(200);
    assert_eq!(
        (changed.etag().as_str(), &changed["zone"]),
        ("\"v2.f0\"", &json!("Asia/Shanghai"))
    );
    assert_eq!(foreigner.get("/organization")["name"], "Elsewhere");
    let known = admin
        .request("GET", "/organization")
        .header("if-none-match", &changed.etag())
        .send();
    known.expect(304);
}

#[test]
fn settings_are_changed_by_version_and_right() {
    let app = TestApp::start();
    let admin = app.as_admin();
    let etag = admin.get("/organization").etag();
    for client in [app.as_manager(), app.as_seller(), app.as_reader()] {
        client.get("/organization").expect(200);
        client
            .patch("/organization", &etag, json!({ "name": "Mine" }))
            .refused(403, "forbidden");
    }
    admin
        .request("PATCH", "/organization")
        .json(&json!({}))
        .send()
        .refused(428, "version_required");
    admin
        .patch("/organization", "\"v9.f0\"", json!({}))
        .refused(412, "stale");
    assert_eq!(
        admin
            .patch("/organization", &etag, json!({}))
            .expect(200)
            .etag(),
        etag,
        "a patch that changes nothing"
    );
    for (patch, pointer, code) in [
        (json!({ "zone": "Mars" }), "/zone", "zone"),
        (json!({ "name": null }), "/name", "required"),
        (json!({ "country": "CHN" }), "/country", "length"),
        (json!({ "currency": "euro" }), "/currency", "currency"),
        (json!({ "key": 1 }), "/key", "unknown_field"),
    ] {
        admin
            .patch("/organization", &etag, patch)
            .refused(422, "invalid")
            .blames(pointer, code);
    }
}

#[test]
fn the_currency_is_fixed_after_the_first_amount() {
    let app = TestApp::start();
    let admin = app.as_admin();
    let set = |currency: &str| {
        admin.patch(
            "/organization",
            &admin.get("/organization").etag(),
            json!({ "currency": currency }),
        )
    };
    set("EUR").expect(200);
    let acme = admin.create(
        "customers",
        json!({ "name": "Acme", "credit_limit": { "amount": "1", "currency": "EUR" } }),
    );
    set("CNY")
        .refused(409, "conflict")
        .blames("/currency", "in_use");
    let acme = admin
        .change(&acme, json!({ "credit_limit": null }))
        .expect(200)
        .record();
    set("CNY").expect(200);
    admin
        .change(
            &acme,
            json!({ "credit_limit": { "amount": "1", "currency": "CNY" } }),
        )
        .expect(200);
}

#[test]
fn a_national_phone_number_belongs_to_the_organizations_country() {
    let app = TestApp::start();
    let admin = app.as_admin();
    admin.create(
        "customers",
        json!({ "name": "Acme", "identifiers": [{ "kind": "mobile", "value": "138 0013 8000" }] }),
    );
    assert_eq!(
        app.database.texts("SELECT e164 AS value FROM identifiers"),
        ["+8613800138000"]
    );
}
