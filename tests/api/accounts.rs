//! What a user is known by and signs in with: code, address, password.

use perennial_tests::app::TestApp;
use perennial_tests::company::Person;
use serde_json::{Value, json};

use crate::users::{role_named, user};

#[test]
fn a_new_user_signs_in_with_a_password_of_their_own() {
    let app = TestApp::start();
    let admin = app.as_admin();
    let role = role_named(&admin, "Seller").id();
    let new = admin.create(
        "users",
        json!({ "name": "New", "email": "New@Perennial.test", "role_id": role, "active": true }),
    );
    assert_eq!(new["email"], "new@perennial.test");
    let sign_in = |password: &str| {
        app.anonymous().post(
            "/auth/sign-in",
            json!({ "email": "new@perennial.test", "password": password }),
        )
    };
    sign_in("").refused(422, "invalid");
    sign_in("anything at all").refused(401, "bad_credentials");
    let offer = admin
        .request("POST", &format!("{}/password-reset", new.path))
        .send()
        .expect(200);
    app.anonymous()
        .post(
            "/auth/password-reset",
            json!({ "token": offer["token"], "new_password": "a good password" }),
        )
        .expect(204);
    sign_in("a good password").expect(200);
}

#[test]
fn an_address_signs_in_to_one_user_of_the_installation() {
    let app = TestApp::start();
    let (admin, foreigner) = (app.as_admin(), app.as_foreigner());
    for client in [&admin, &foreigner] {
        let role = role_named(client, "Reader").id();
        let twin = json!({ "name": "Twin", "email": "SELLER@perennial.test", "role_id": role });
        client
            .post("/users", twin)
            .refused(409, "conflict")
            .blames("/email", "duplicate");
    }
    let seller = user(&app, Person::Seller);
    admin.remove(&seller).expect(204);
    let role = role_named(&foreigner, "Reader").id();
    foreigner
        .post(
            "/users",
            json!({ "name": "Twin", "email": "seller@perennial.test", "role_id": role }),
        )
        .expect(201);
    admin
        .restore(&seller)
        .refused(409, "conflict")
        .blames("/email", "duplicate");
}

#[test]
fn a_user_needs_an_address_and_a_role_of_the_organization() {
    let app = TestApp::start();
    let admin = app.as_admin();
    let foreign = role_named(&app.as_foreigner(), "Administrator").id();
    for (draft, pointer, code) in [
        (
            json!({ "name": "A", "email": "a@b.cn" }),
            "/role_id",
            "required",
        ),
        (
            json!({ "name": "A", "email": "nobody", "role_id": foreign }),
            "/email",
            "email",
        ),
        (
            json!({ "name": "A", "active": true, "role_id": foreign }),
            "/email",
            "required",
        ),
        (
            json!({ "name": "A", "email": "a@b.cn", "role_id": foreign }),
            "/role_id",
            "not_found",
        ),
    ] {
        admin
            .post("/users", draft)
            .refused(422, "invalid")
            .blames(pointer, code);
    }
    for password in ["password", "password_hash", "session_version"] {
        admin
            .post("/users", json!({ "name": "A", password: "x" }))
            .refused(422, "invalid")
            .blames(&format!("/{password}"), "unknown_field");
    }
}

#[test]
fn who_does_not_sign_in_needs_no_address() {
    let app = TestApp::start();
    let admin = app.as_admin();
    let role = role_named(&admin, "Seller").id();
    let new = |name: &str, code: &str| {
        let draft = json!({ "name": name, "code": code, "role_id": role });
        admin.create("users", draft)
    };
    let (ann, bob) = (new("Ann", "7"), new("Bob", ""));
    assert_eq!(
        (&ann["email"], &ann["active"]),
        (&Value::Null, &json!(false))
    );
    // Everybody has a code: those who founded the company, too.
    let founded = user(&app, Person::Admin)["code"].to_string();
    assert!(founded.starts_with("\"U-0"), "{founded}");
    assert!(bob["code"].to_string().starts_with("\"U-0"));
    admin
        .change(&bob, json!({ "code": "7" }))
        .refused(409, "conflict")
        .blames("/code", "duplicate");
    admin
        .change(&ann, json!({ "code": "" }))
        .refused(422, "invalid")
        .blames("/code", "required");
    assert_eq!(admin.get("/users?code=7").ids(), [ann.id()]);
    admin
        .change(&ann, json!({ "active": true }))
        .refused(422, "invalid")
        .blames("/email", "required");
    let ann = admin
        .change(
            &ann,
            json!({ "active": true, "email": "ann@perennial.test" }),
        )
        .expect(200)
        .record();
    admin
        .change(&ann, json!({ "email": null }))
        .refused(422, "invalid")
        .blames("/email", "required");
}
