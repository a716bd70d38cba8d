//! Users, teams and roles: who may do what.

use perennial_tests::app::TestApp;
use perennial_tests::client::{Client, Record};
use perennial_tests::company::Person;
use serde_json::{Value, json};

/// A user's record.
pub fn user(app: &TestApp, person: Person) -> Record {
    app.as_admin()
        .get(&format!("/users/{}", app.id_of(person)))
        .expect(200)
        .record()
}

/// Gives a person a new role with these rights: `("customers", "read", "own")`.
pub fn give_role(
    app: &TestApp,
    person: Person,
    rights: &[(&str, &str, &str)],
    rules: &[(&str, &str)],
) -> Client {
    let permissions: Vec<Value> = rights
        .iter()
        .map(|(area, action, level)| json!({ "area": area, "action": action, "level": level }))
        .collect();
    let rules: Vec<Value> = rules
        .iter()
        .map(|(class, access)| json!({ "class": class, "access": access }))
        .collect();
    let admin = app.as_admin();
    let name = format!("Role {}", admin.get("/roles").ids().len());
    let role = admin.create(
        "roles",
        json!({ "name": name, "permissions": permissions, "field_rules": rules }),
    );
    admin
        .change(&user(app, person), json!({ "role_id": role.id() }))
        .expect(200);
    app.person(person)
}

/// The record of that name in a list.
fn named(client: &Client, list: &str, name: &str) -> Record {
    let mut rows = client.walk(list).into_iter();
    let found = rows.find(|row| row["name"] == name).unwrap();
    let id = found["id"].as_str().unwrap();
    client.get(&format!("{list}/{id}")).expect(200).record()
}

/// The role of that name.
pub fn role_named(client: &Client, name: &str) -> Record {
    named(client, "/roles", name)
}

#[test]
fn nobody_locks_themselves_out() {
    let app = TestApp::start();
    let admin = app.as_admin();
    let me = user(&app, Person::Admin);
    admin
        .change(&me, json!({ "active": false }))
        .refused(409, "conflict")
        .blames("/active", "own");
    admin
        .change(&me, json!({ "role_id": role_named(&admin, "Reader").id() }))
        .refused(409, "conflict")
        .blames("/role_id", "own");
    admin.remove(&me).expect(409);
    let batch = json!({ "operations": [{ "delete": { "id": me.id(), "version": me.version() } }] });
    admin.post("/users/batch", batch).expect(409);
    admin.change(&me, json!({ "title": "Boss" })).expect(200);
}

#[test]
fn nobody_changes_the_rights_of_their_own_role() {
    let app = TestApp::start();
    let admin = app.as_admin();
    let own = role_named(&admin, "Administrator");
    admin
        .change(&own, json!({ "permissions": [] }))
        .refused(409, "conflict")
        .blames("/permissions", "own");
    admin
        .change(
            &own,
            json!({ "field_rules": [{ "class": "credit", "access": "hide" }] }),
        )
        .refused(409, "conflict");
    admin.change(&own, json!({ "name": "Boss" })).expect(200);
}

#[test]
fn a_role_that_somebody_has_stays() {
    let app = TestApp::start();
    let admin = app.as_admin();
    admin.remove(&role_named(&admin, "Seller")).expect(409);
    let free = admin.create("roles", json!({ "name": "Free" }));
    admin.remove(&free).expect(204);
}

#[test]
fn names_of_roles_teams_and_tags_are_unique_among_the_living() {
    let app = TestApp::start();
    let (admin, foreigner) = (app.as_admin(), app.as_foreigner());
    for resource in ["roles", "teams", "tags"] {
        let first = admin.create(resource, json!({ "name": "Same" }));
        admin
            .post(&format!("/{resource}"), json!({ "name": "Same" }))
            .refused(409, "conflict")
            .blames("/name", "duplicate");
        foreigner.create(resource, json!({ "name": "Same" }));
        let other = admin.create(resource, json!({ "name": "Other" }));
        admin
            .change(&other, json!({ "name": "Same" }))
            .refused(409, "conflict")
            .blames("/name", "duplicate");
        admin.remove(&first).expect(204);
        admin.change(&other, json!({ "name": "Same" })).expect(200);
        admin
            .restore(&first)
            .refused(409, "conflict")
            .blames("/name", "duplicate");
    }
}

#[test]
fn a_change_of_rights_holds_at_once() {
    let app = TestApp::start();
    let acme = app.as_seller().create_customer("Acme");
    let seller = give_role(&app, Person::Seller, &[("customers", "read", "own")], &[]);
    seller.get(&acme.path).expect(200);
    seller
        .change(&acme, json!({ "industry": "Tea" }))
        .refused(403, "forbidden");
    seller.get("/contacts").refused(403, "forbidden");
    seller
        .post("/customers", json!({ "name": "B" }))
        .refused(403, "forbidden");
    seller.get("/me").expect(200);
}

#[test]
fn a_right_over_ones_own_record_does_not_reach_others() {
    let app = TestApp::start();
    let seller = give_role(
        &app,
        Person::Seller,
        &[
            ("users", "read", "all"),
            ("users", "update", "own"),
            ("users", "delete", "own"),
        ],
        &[],
    );
    let (own, other) = (user(&app, Person::Seller), user(&app, Person::Colleague));
    seller.change(&own, json!({ "title": "Me" })).expect(200);
    seller
        .change(&other, json!({ "title": "You" }))
        .refused(403, "forbidden");
    seller.remove(&other).refused(403, "forbidden");
}

#[test]
fn a_lead_sees_the_teams_below() {
    let app = TestApp::start();
    let [seller, stranger, lead] =
        [Person::Seller, Person::Stranger, Person::Lead].map(|person| app.person(person));
    let made = [
        seller.create_customer("A").id(),
        stranger.create_customer("B").id(),
        lead.create_customer("C").id(),
    ];
    assert_eq!(lead.get("/customers").ids(), made);
    assert_eq!(seller.get("/customers").ids(), made[..1]);
    assert_eq!(stranger.get("/customers").ids(), made[1..2]);
}

#[test]
fn who_changes_teams_sees_other_customers_at_once() {
    let app = TestApp::start();
    let (admin, stranger) = (app.as_admin(), app.person(Person::Stranger));
    let acme = app.as_seller().create_customer("Acme");
    stranger.get(&acme.path).refused(404, "not_found");
    let north = user(&app, Person::Seller)["team_ids"].clone();
    admin
        .change(&user(&app, Person::Stranger), json!({ "team_ids": north }))
        .expect(200);
    stranger.get(&acme.path).expect(200);
}

#[test]
fn a_deleted_team_binds_nobody() {
    let app = TestApp::start();
    let (admin, colleague) = (app.as_admin(), app.person(Person::Colleague));
    let acme = app.as_seller().create_customer("Acme");
    let north = user(&app, Person::Seller)["team_ids"][0]
        .as_str()
        .unwrap()
        .to_owned();
    let north = admin.get(&format!("/teams/{north}")).record();
    admin.remove(&north).expect(204);
    colleague.get(&acme.path).refused(404, "not_found");
    admin.restore(&north).expect(200);
    colleague.get(&acme.path).expect(200);
}

#[test]
fn a_team_stands_neither_below_itself_nor_below_one_of_its_own() {
    let app = TestApp::start();
    let admin = app.as_admin();
    let upper = admin.create("teams", json!({ "name": "Upper" }));
    let middle = admin.create(
        "teams",
        json!({ "name": "Middle", "parent_id": upper.id() }),
    );
    let lower = admin.create(
        "teams",
        json!({ "name": "Lower", "parent_id": middle.id() }),
    );
    for below in [&upper, &middle, &lower] {
        admin
            .change(&upper, json!({ "parent_id": below.id() }))
            .refused(422, "invalid")
            .blames("/parent_id", "cycle");
    }
    admin
        .change(&lower, json!({ "parent_id": null }))
        .expect(200);
}

#[test]
fn a_role_says_where_it_is_wrong() {
    let app = TestApp::start();
    let admin = app.as_admin();
    for (draft, pointer) in [
        (
            json!({ "name": "A", "permissions": [{ "area": "moon", "action": "read", "level": "all" }] }),
            "/permissions/0/area",
        ),
        (
            json!({ "name": "A", "permissions": [{ "area": "tags", "action": "fly", "level": "all" }] }),
            "/permissions/0/action",
        ),
        (
            json!({ "name": "A", "permissions": [{ "area": "tags", "action": "read", "level": "some" }] }),
            "/permissions/0/level",
        ),
        (
            json!({ "name": "A", "field_rules": [{ "class": "", "access": "hide" }] }),
            "/field_rules/0/class",
        ),
        (
            json!({ "name": "A", "field_rules": [{ "class": "credit", "access": "burn" }] }),
            "/field_rules/0/access",
        ),
    ] {
        let refused = admin.post("/roles", draft).refused(422, "invalid");
        assert_eq!(refused.faults()[0].0, pointer, "{refused}");
    }
}

#[test]
fn two_rules_on_one_thing_are_refused() {
    let app = TestApp::start();
    let admin = app.as_admin();
    let rule = |access: &str| json!({ "class": "credit", "access": access });
    let twice = json!({ "name": "Twice", "field_rules": [rule("hide"), rule("write")] });
    admin
        .post("/roles", twice)
        .refused(422, "invalid")
        .blames("/field_rules/1/class", "duplicate");
    let right = |level: &str| json!({ "area": "customers", "action": "read", "level": level });
    let twice = json!({ "name": "Twice", "permissions": [right("own"), right("all")] });
    admin
        .post("/roles", twice)
        .refused(422, "invalid")
        .blames("/permissions/1", "duplicate");
}

#[test]
fn nobody_changes_a_user_or_a_role_that_may_do_more() {
    let app = TestApp::start();
    let every = [
        ("users", "read", "all"),
        ("users", "update", "all"),
        ("users", "delete", "all"),
        ("roles", "read", "all"),
        ("roles", "update", "all"),
        ("roles", "delete", "all"),
    ];
    let desk = give_role(&app, Person::Reader, &every, &[]);
    let admin = user(&app, Person::Admin);
    for patch in [
        json!({ "email": "mine@perennial.test" }),
        json!({ "active": false }),
        json!({ "role_id": user(&app, Person::Reader)["role_id"] }),
    ] {
        desk.change(&admin, patch).refused(403, "forbidden");
    }
    desk.remove(&admin).refused(403, "forbidden");
    let manager = role_named(&desk, "Manager");
    desk.change(&manager, json!({ "permissions": [] }))
        .refused(403, "forbidden");
    desk.remove(&role_named(&desk, "Manager"))
        .refused(403, "forbidden");
}

#[test]
fn who_sees_some_rows_alone_gives_nobody_a_place_to_see_more_from() {
    let app = TestApp::start();
    let rights = [
        ("users", "read", "all"),
        ("users", "update", "all"),
        ("users", "create", "all"),
        ("teams", "read", "all"),
        ("teams", "update", "all"),
        ("customers", "read", "team"),
    ];
    let seller = give_role(&app, Person::Seller, &rights, &[]);
    let own = user(&app, Person::Seller);
    let (top, south) = (
        named(&seller, "/teams", "Sales"),
        named(&seller, "/teams", "South"),
    );
    seller
        .change(&own, json!({ "team_ids": [top.id()] }))
        .refused(403, "forbidden");
    let north = named(&seller, "/teams", "North");
    seller
        .change(&south, json!({ "parent_id": north.id() }))
        .refused(403, "forbidden");
    seller
        .request(
            "POST",
            &format!("{}/password-reset", user(&app, Person::Reader).path),
        )
        .send()
        .refused(403, "forbidden");
    seller
        .change(&own, json!({ "title": "Senior" }))
        .expect(200);
}

#[test]
fn who_is_locked_or_deleted_signs_in_again_afterwards() {
    let app = TestApp::start();
    let (admin, seller) = (app.as_admin(), app.as_seller());
    let locked = admin
        .change(&user(&app, Person::Seller), json!({ "active": false }))
        .expect(200)
        .record();
    admin.change(&locked, json!({ "active": true })).expect(200);
    seller.get("/customers").refused(401, "session_expired");
    let stranger = app.person(Person::Stranger);
    let gone = user(&app, Person::Stranger);
    admin.remove(&gone).expect(204);
    admin.restore(&gone).expect(200);
    stranger.get("/customers").refused(401, "session_expired");
    app.person(Person::Seller).get("/customers").expect(200);
}

#[test]
fn a_team_with_teams_below_it_stays() {
    let app = TestApp::start();
    let admin = app.as_admin();
    admin
        .remove(&named(&admin, "/teams", "Sales"))
        .refused(409, "conflict");
    let both = ["North", "South"].map(|name| named(&admin, "/teams", name));
    for team in &both {
        admin.remove(team).expect(204);
    }
    admin.remove(&named(&admin, "/teams", "Sales")).expect(204);
}
