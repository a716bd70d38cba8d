//! Many operations in one request.

use perennial_tests::app::TestApp;
use perennial_tests::client::Client;
use perennial_tests::company::Person;
use serde_json::{Value, json};

fn batch(client: &Client, mode: &str, operations: &[Value]) -> perennial_tests::client::Answer {
    client.post(
        "/customers/batch",
        json!({ "mode": mode, "operations": operations }),
    )
}

fn statuses(answer: &perennial_tests::client::Answer) -> Vec<i64> {
    answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["status"].as_i64().unwrap())
        .collect()
}

#[test]
fn a_batch_creates_changes_deletes_and_restores() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let [acme, bolt, core] = ["Acme", "Bolt", "Core"].map(|name| seller.create_customer(name));
    seller.remove(&core).expect(204);
    let done = batch(&seller, "all_or_nothing", &[
        json!({ "create": { "name": "Dome" } }),
        json!({ "update": { "id": acme.id(), "version": 1, "patch": { "industry": "Tea" } } }),
        json!({ "delete": { "id": bolt.id(), "version": 1 } }),
        json!({ "restore": { "id": core.id() } }),
        json!({ "update": { "id": acme.id(), "version": 2, "patch": { "industry": "Coffee" } } }),
    ]).expect(200);
    assert_eq!(statuses(&done), [201, 200, 204, 200, 200]);
    assert_eq!(
        done["results"][4],
        json!({ "index": 4, "status": 200, "id": acme.id(), "etag": "\"v3.f1\"" })
    );
    let names: Vec<Value> = seller
        .walk("/customers")
        .into_iter()
        .map(|row| row["name"].clone())
        .collect();
    assert_eq!(names, ["Acme", "Core", "Dome"]);
}

#[test]
fn all_or_nothing_does_nothing_and_says_which_operation_failed() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let good = |name: &str| json!({ "create": { "name": name } });
    for (bad, status, pointer, code) in [
        (
            json!({ "create": { "name": "" } }),
            422,
            "/operations/2/create/name",
            "required",
        ),
        (
            json!({ "create": { "name": "C", "owner_id": acme.id() } }),
            422,
            "/operations/2/create/owner_id",
            "not_found",
        ),
        (
            json!({ "create": { "name": "C", "code": "C-00001" } }),
            409,
            "/operations/2/create/code",
            "duplicate",
        ),
        (
            json!({ "update": { "id": acme.id(), "version": 9, "patch": {} } }),
            412,
            "/operations/2",
            "stale",
        ),
        (
            json!({ "delete": { "id": app.id_of(Person::Seller), "version": 1 } }),
            404,
            "/operations/2",
            "not_found",
        ),
        (json!({}), 422, "/operations/2", "value"),
        (
            json!({ "create": { "name": "C" }, "restore": { "id": acme.id() } }),
            422,
            "/operations/2",
            "value",
        ),
    ] {
        let refused = batch(
            &seller,
            "all_or_nothing",
            &[good("A"), good("B"), bad, good("D")],
        );
        let refused = refused.expect(status);
        let [(place, reason)] = refused.faults()[..] else {
            panic!("{refused}")
        };
        assert!(place.starts_with(pointer) && reason == code, "{refused}");
        assert_eq!(seller.walk("/customers").len(), 1);
    }
}

#[test]
fn best_effort_does_what_can_be_done() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let mut operations: Vec<Value> = (0..200)
        .map(|at| json!({ "create": { "name": format!("Acme {at:03}") } }))
        .collect();
    operations[77] = json!({ "create": { "name": "Acme", "code": "C-00003" } });
    operations[78] = json!({ "create": { "name": 5 } });
    let done = batch(&seller, "best_effort", &operations).expect(207);
    let statuses = statuses(&done);
    assert_eq!((statuses[77], statuses[78]), (409, 422));
    assert_eq!(
        statuses.iter().filter(|status| **status == 201).count(),
        198
    );
    assert_eq!(
        done["results"][77]["problem"]["errors"][0]["pointer"],
        "/operations/77/create/code"
    );
    assert_eq!(
        done["results"][78]["problem"]["errors"][0]["pointer"],
        "/operations/78/create/name"
    );
    assert_eq!(seller.walk("/customers?limit=200").len(), 198);
    let all = batch(
        &seller,
        "best_effort",
        &[json!({ "create": { "name": "B" } })],
    );
    assert_eq!(all.status, 200, "where everything was done");
}

#[test]
fn one_bad_of_two_hundred_spoils_all_or_nothing() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let mut operations: Vec<Value> = (0..200)
        .map(|at| json!({ "create": { "name": format!("Acme {at}"), "code": format!("K{at}") } }))
        .collect();
    operations[199] = json!({ "create": { "name": "Acme", "code": "K0" } });
    batch(&seller, "all_or_nothing", &operations)
        .refused(409, "conflict")
        .blames("/operations/199/create/code", "duplicate");
    assert!(seller.walk("/customers").is_empty());
    assert!(
        seller.walk("/events").is_empty(),
        "no event of what did not happen"
    );
}

#[test]
fn a_batch_has_one_to_two_hundred_operations() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for count in [0, 201] {
        let operations = vec![json!({ "create": { "name": "A" } }); count];
        batch(&seller, "best_effort", &operations)
            .refused(422, "invalid")
            .blames("/operations", "range");
    }
    for body in [
        json!({}),
        json!({ "operations": 1 }),
        json!({ "operations": [], "mode": "perhaps" }),
        json!({ "operations": [], "atomic": true }),
    ] {
        seller
            .post("/customers/batch", body)
            .refused(422, "invalid");
    }
}

#[test]
fn rights_hold_for_each_operation() {
    let app = TestApp::start();
    let [seller, colleague, stranger] =
        [Person::Seller, Person::Colleague, Person::Stranger].map(|person| app.person(person));
    let [mine, ours, theirs] =
        [&seller, &colleague, &stranger].map(|client| client.create_customer("Acme"));
    let patch = |record: &perennial_tests::client::Record| json!({ "update": { "id": record.id(), "version": 1, "patch": { "industry": "Tea" } } });
    let delete = |record: &perennial_tests::client::Record| json!({ "delete": { "id": record.id(), "version": 1 } });
    let done = batch(
        &seller,
        "best_effort",
        &[
            patch(&mine),
            patch(&ours),
            patch(&theirs),
            delete(&ours),
            delete(&theirs),
        ],
    )
    .expect(207);
    assert_eq!(statuses(&done), [200, 403, 404, 403, 404]);
    batch(&seller, "all_or_nothing", &[patch(&mine), patch(&ours)]).refused(412, "stale");
    let again =
        json!({ "update": { "id": mine.id(), "version": 2, "patch": { "industry": "Coffee" } } });
    batch(&seller, "all_or_nothing", &[again, patch(&ours)]).refused(403, "forbidden");
    assert_eq!(seller.read(&mine)["industry"], "Tea");
    batch(
        &app.as_reader(),
        "best_effort",
        &[json!({ "create": { "name": "A" } })],
    )
    .refused(403, "forbidden");
}

#[test]
fn who_may_change_but_not_create_does_not_create_by_a_batch() {
    let app = TestApp::start();
    let admin = app.as_admin();
    let level = |action: &str| json!({ "area": "customers", "action": action, "level": "all" });
    let role = admin.create(
        "roles",
        json!({ "name": "Editor", "permissions": [level("read"), level("update")] }),
    );
    let user = admin.read(&perennial_tests::client::Record {
        path: format!("/users/{}", app.id_of(Person::Seller)),
        etag: String::new(),
        body: Value::Null,
    });
    admin
        .change(&user, json!({ "role_id": role.id() }))
        .expect(200);
    let acme = admin.create_customer("Acme");
    let editor = app.as_seller();
    let done = batch(
        &editor,
        "best_effort",
        &[
            json!({ "create": { "name": "A" } }),
            json!({ "update": { "id": acme.id(), "version": 1, "patch": { "industry": "Tea" } } }),
            json!({ "delete": { "id": acme.id(), "version": 2 } }),
            json!({ "restore": { "id": acme.id() } }),
        ],
    )
    .expect(207);
    assert_eq!(statuses(&done), [403, 200, 403, 403]);
}

#[test]
fn every_resource_has_a_batch() {
    let app = TestApp::start();
    let admin = app.as_admin();
    let role = admin.get("/roles?limit=1").ids()[0].clone();
    for (resource, draft) in [
        ("contacts", json!({ "name": "A" })),
        ("tags", json!({ "name": "A" })),
        ("teams", json!({ "name": "A" })),
        ("roles", json!({ "name": "A" })),
        (
            "users",
            json!({ "name": "A", "email": "a@perennial.test", "role_id": role }),
        ),
    ] {
        let done = admin
            .post(
                &format!("/{resource}/batch"),
                json!({ "operations": [{ "create": draft }] }),
            )
            .expect(200);
        let made = format!("/{resource}/{}", done["results"][0]["id"].as_str().unwrap());
        admin.get(&made).expect(200);
    }
}
