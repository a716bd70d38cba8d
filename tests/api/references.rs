//! What a customer names: other customers, owners, tags, ids in other systems.

use perennial_tests::app::TestApp;
use perennial_tests::company::Person;
use serde_json::{Value, json};

#[test]
fn an_external_id_belongs_to_one_living_customer_and_one_contact_of_the_organization() {
    let app = TestApp::start();
    let (seller, foreigner) = (app.as_seller(), app.as_foreigner());
    let known = |system: &str| json!({ "name": "A", "identifiers": [{ "kind": "external", "system": system, "value": "1" }] });
    let acme = seller.create("customers", known("erp"));
    seller
        .post("/customers", known("erp"))
        .refused(409, "conflict")
        .blames("/identifiers", "duplicate");
    seller.post("/contacts", known("erp")).expect(201);
    seller
        .post("/contacts", known("erp"))
        .refused(409, "conflict")
        .blames("/identifiers", "duplicate");
    seller.post("/customers", known("shop")).expect(201);
    foreigner.post("/customers", known("erp")).expect(201);
    seller
        .change(&acme, json!({ "identifiers": [] }))
        .expect(200);
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
        seller.post(
            "/customers",
            json!({ "name": "A", "identifiers": identifiers }),
        )
    };
    create("external", "", "1")
        .refused(422, "invalid")
        .blames("/identifiers/0/system", "required");
    create("phone", "erp", "1")
        .refused(422, "invalid")
        .blames("/identifiers/0/system", "not_allowed");
    create("email", "", "nobody")
        .refused(422, "invalid")
        .blames("/identifiers/0/value", "email");
    create("phone", "", "")
        .refused(422, "invalid")
        .blames("/identifiers/0/value", "required");
    create("phone", "", "not a number at all").expect(201);
}

#[test]
fn a_customer_belongs_neither_to_itself_nor_to_what_belongs_to_it() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let group = seller.create_customer("Group");
    let branch = seller.create(
        "customers",
        json!({ "name": "Branch", "parent_id": group.id() }),
    );
    let shop = seller.create(
        "customers",
        json!({ "name": "Shop", "parent_id": branch.id() }),
    );
    for below in [&group, &branch, &shop] {
        seller
            .change(&group, json!({ "parent_id": below.id() }))
            .refused(422, "invalid")
            .blames("/parent_id", "cycle");
    }
    seller
        .change(&shop, json!({ "parent_id": group.id() }))
        .expect(200);
    seller
        .change(
            &group,
            json!({ "influences": [{ "customer_id": group.id() }] }),
        )
        .refused(422, "invalid")
        .blames("/influences", "own");
}

#[test]
fn a_reference_names_a_living_record_that_one_may_see() {
    let app = TestApp::start();
    let (seller, stranger, foreigner) = (
        app.as_seller(),
        app.person(Person::Stranger),
        app.as_foreigner(),
    );
    let deleted = seller.create_customer("Deleted");
    seller.remove(&deleted).expect(204);
    let (unseen, foreign) = (
        stranger.create_customer("Unseen"),
        foreigner.create_customer("Foreign"),
    );
    let nobody = "01890000-0000-7000-8000-000000000000".to_owned();
    for id in [deleted.id(), unseen.id(), foreign.id(), nobody.clone()] {
        let refuse = |draft: Value, pointer: &str| {
            seller
                .post("/customers", draft)
                .refused(422, "invalid")
                .blames(pointer, "not_found")
        };
        refuse(json!({ "name": "A", "parent_id": id }), "/parent_id");
        refuse(
            json!({ "name": "A", "influences": [{ "customer_id": id }] }),
            "/influences/0/customer_id",
        );
        let contact = json!({ "name": "A", "positions": [{ "customer_id": id }] });
        seller
            .post("/contacts", contact)
            .refused(422, "invalid")
            .blames("/positions/0/customer_id", "not_found");
    }
    let foreign_tag = foreigner.create_tag("Foreign").id();
    for (field, id) in [
        ("owner_id", app.id_of(Person::Foreigner)),
        ("owner_id", nobody.clone()),
    ] {
        seller
            .post("/customers", json!({ "name": "A", field: id }))
            .refused(422, "invalid")
            .blames("/owner_id", "not_found");
    }
    for tag in [foreign_tag, nobody] {
        seller
            .post("/customers", json!({ "name": "A", "tag_ids": [tag] }))
            .refused(422, "invalid")
            .blames("/tag_ids/0", "not_found");
    }
}

#[test]
fn a_reference_that_was_good_once_stays() {
    let app = TestApp::start();
    let (manager, seller) = (app.as_manager(), app.as_seller());
    let unseen = manager.create_customer("Unseen");
    let acme = seller.create_customer("Acme");
    let acme = manager
        .change(&acme, json!({ "parent_id": unseen.id() }))
        .expect(200)
        .record();
    let acme = seller
        .change(&acme, json!({ "industry": "Tea" }))
        .expect(200)
        .record();
    assert_eq!(acme["parent_id"], unseen.id());
}
