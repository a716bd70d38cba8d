//! Records that a body names: whatever names them, one that is not there for its writer is not there.

use perennial_domain::field::{Field, Kind};
use perennial_domain::resources::{About, RESOURCES, named};
use perennial_tests::app::TestApp;
use perennial_tests::client::{Client, Record};
use perennial_tests::company::Person;
use serde_json::{Value, json};

use crate::injected::put;
use crate::probes::Matrix;
use crate::purchases::{back, buy, line};
use crate::samples::World;

/// An id that is nobody's.
const NOBODY: &str = "01890000-0000-7000-8000-000000000000";

/// Every place where a body names a record, and of which resource.
fn places(fields: &'static [Field], pointer: &str) -> Vec<(String, &'static str)> {
    let written = fields.iter().filter(|field| field.written);
    let found = written.flat_map(|field| {
        let pointer = format!("{pointer}/{}", field.name);
        match field.kind {
            Kind::Reference(target) => vec![(pointer, target)],
            Kind::References(target) => vec![(format!("{pointer}/0"), target)],
            Kind::Parts(fields) => places(fields, &format!("{pointer}/0")),
            _ => Vec::new(),
        }
    });
    found.collect()
}

/// Somebody who writes, with what good drafts are made of.
struct Writer<'a> {
    matrix: &'a Matrix,
    world: &'a World,
    client: Client,
}

/// How much has been written: each write leaves an event.
fn written(app: &TestApp) -> Vec<String> {
    app.database
        .texts("SELECT CAST(COUNT(*) AS TEXT) AS value FROM events")
}

impl Writer<'_> {
    /// A body that names a record in that place.
    fn naming(&self, about: &About, mut body: Value, pointer: &str, id: &str) -> Value {
        let name = pointer.split('/').nth(1).unwrap();
        let field = about
            .fields
            .iter()
            .find(|field| field.name == name)
            .unwrap();
        if matches!(field.kind, Kind::Parts(_)) {
            body[name] = self.world.sample(field);
        }
        if matches!(field.kind, Kind::References(_)) {
            body[name] = json!([]);
        }
        // What names a purchase that it gives back says so in its lines, too.
        if pointer == "/reverses_id" {
            body["lines"] = json!([{ "quantity": "-1", "amount": "-4", "reverses": NOBODY }]);
        }
        put(&mut body, pointer, id);
        body
    }

    /// Asserts that nobody names that record there: neither in a new record nor in a change, by itself or in a batch.
    fn is_refused(&self, about: &About, pointer: &str, id: &str) {
        let path = format!("/{}", about.path());
        let draft = self.naming(about, self.matrix.draft(about), pointer, id);
        let record = self.client.create(&about.path(), self.matrix.draft(about));
        let patch = self.naming(about, json!({}), pointer, id);
        let update = json!({ "id": record.id(), "version": record.version(), "patch": patch });
        let before = written(&self.matrix.app);
        let created = self.client.post(&path, draft.clone());
        created.refused(422, "invalid").blames(pointer, "not_found");
        let changed = self.client.change(&record, patch.clone());
        changed.refused(422, "invalid").blames(pointer, "not_found");
        for (operation, inner) in [
            (json!({ "create": draft }), "create"),
            (json!({ "update": update }), "update/patch"),
        ] {
            let body = json!({ "operations": [operation] });
            let refused = self.client.post(&format!("{path}/batch"), body);
            let pointer = format!("/operations/0/{inner}{pointer}");
            refused
                .refused(422, "invalid")
                .blames(&pointer, "not_found");
        }
        assert_eq!(
            written(&self.matrix.app),
            before,
            "{pointer}: refused, and something was written"
        );
        // Asked by it, a list says as much as of an id that nobody has.
        let filter = pointer.trim_start_matches('/').trim_end_matches("/0");
        let known = about
            .fields
            .iter()
            .any(|field| field.name == filter && field.filtered);
        if known {
            let listed = self.client.get(&format!("{path}?{filter}={id}"));
            assert_eq!(listed.expect(200).ids().len(), 0, "{filter}");
        }
    }
}

/// A record of each resource that somebody names, made by an administrator.
fn one_of_each(admin: &Client, mark: &str) -> Vec<(&'static str, Record)> {
    let role = admin.create("roles", json!({ "name": format!("Role {mark}") }));
    let customer = admin.create_customer(mark);
    let user =
        json!({ "name": mark, "email": format!("{mark}@perennial.test"), "role_id": role.id() });
    let user = admin.create("users", user);
    let purchase =
        json!({ "customer_id": customer.id(), "lines": [{ "quantity": "2", "amount": "4" }] });
    vec![
        ("users", user),
        ("roles", admin.create("roles", json!({ "name": mark }))),
        ("teams", admin.create("teams", json!({ "name": mark }))),
        ("tags", admin.create_tag(mark)),
        (
            "product_categories",
            admin.create("product-categories", json!({ "name": mark })),
        ),
        (
            "products",
            admin.create("products", json!({ "name": mark })),
        ),
        ("purchases", admin.create("purchases", purchase)),
        ("customers", admin.create_customer(&format!("{mark} alone"))),
    ]
}

#[test]
fn what_is_elsewhere_deleted_or_nowhere_cannot_be_named() {
    let matrix = Matrix::new(TestApp::start());
    let (admin, foreigner) = (matrix.app.as_admin(), matrix.app.as_foreigner());
    let world = World::new(&admin);
    let mut cases = one_of_each(&foreigner, "foreign");
    let deleted = one_of_each(&admin, "deleted");
    deleted
        .iter()
        .for_each(|(_, record)| drop(admin.remove(record).expect(204)));
    cases.extend(deleted);
    let writer = Writer {
        matrix: &matrix,
        world: &world,
        client: admin,
    };
    let mut asked = 0;
    for about in RESOURCES {
        for (pointer, target) in places(about.fields, "") {
            let bad = cases
                .iter()
                .filter(|(of, _)| *of == target)
                .map(|(_, record)| record.id());
            let bad: Vec<String> = bad.chain([NOBODY.to_owned()]).collect();
            assert_eq!(bad.len(), 3, "{target}: make one in one_of_each");
            for id in bad {
                writer.is_refused(about, &pointer, &id);
                asked += 1;
            }
        }
    }
    assert!(asked >= 3 * 14, "{asked}");
}

#[test]
fn what_one_may_not_see_cannot_be_named() {
    let matrix = Matrix::new(TestApp::start());
    let (app, seller) = (&matrix.app, matrix.app.as_seller());
    let world = World::new(&app.as_admin());
    let stranger = app.person(Person::Stranger);
    let unseen = stranger.create_customer("Unseen");
    let bought = buy(&stranger, &unseen, "2024-05-02", &[line("3", "10", "0")]);
    let writer = Writer {
        matrix: &matrix,
        world: &world,
        client: seller,
    };
    let mut asked = 0;
    for plural in ["customers", "contacts", "purchases"] {
        let about = named(plural).unwrap();
        for (pointer, target) in places(about.fields, "") {
            let id = match target {
                "customers" => unseen.id(),
                "purchases" => bought.id(),
                _ => continue,
            };
            writer.is_refused(about, &pointer, &id);
            asked += 1;
        }
    }
    assert_eq!(asked, 5, "each place that names a customer or a purchase");
}

#[test]
fn a_line_of_somebody_elses_purchase_is_neither_given_back_nor_taken_over() {
    let app = TestApp::start();
    let (seller, stranger, foreigner) = (
        app.as_seller(),
        app.person(Person::Stranger),
        app.as_foreigner(),
    );
    let own = buy(
        &seller,
        &seller.create_customer("Own"),
        "2024-05-02",
        &[line("3", "10", "0")],
    );
    for other in [stranger, foreigner] {
        let theirs = buy(
            &other,
            &other.create_customer("Theirs"),
            "2024-05-02",
            &[line("3", "10", "0")],
        );
        let key = theirs["lines"][0]["id"].clone();
        let mut given = back(&own, &["-1"]);
        given["lines"][0]["reverses"] = key.clone();
        seller.post("/purchases", given).refused(422, "invalid");
        let mut taken = line("1", "2", "0");
        taken["id"] = key.clone();
        let draft = json!({ "customer_id": own["customer_id"], "lines": [taken] });
        // A new purchase has new lines, whatever they are called.
        let made = seller.create("purchases", draft);
        assert_ne!(made["lines"][0]["id"], key);
        let before = written(&app);
        seller
            .change(&own, json!({ "lines": [taken] }))
            .refused(422, "invalid")
            .blames("/lines/0/id", "not_found");
        assert_eq!(written(&app), before);
        assert_eq!(
            other.read(&theirs).body,
            theirs.body,
            "their purchase is as it was"
        );
    }
}
