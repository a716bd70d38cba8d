//! Passwords: changed by their users, or with a token that an administrator hands out.

use perennial_tests::app::TestApp;
use perennial_tests::client::Client;
use perennial_tests::company::{PASSWORD, Person};
use serde_json::json;

use crate::sign_in::{refresh, token_of};

#[test]
fn a_new_password_ends_every_session_but_this() {
    let app = TestApp::start();
    let other = app.sign_in(Person::Seller);
    let seller = app.as_seller();
    let change = |current: &str, new: &str| {
        seller.post(
            "/auth/password",
            json!({ "current_password": current, "new_password": new }),
        )
    };
    change("wrong", "a new password")
        .refused(422, "invalid")
        .blames("/current_password", "wrong_password");
    change(PASSWORD, "too short")
        .refused(422, "invalid")
        .blames("/new_password", "length");
    let changed = change(PASSWORD, "a new password").expect(200);
    app.anonymous()
        .with_token(&token_of(&changed))
        .get("/me")
        .expect(200);
    refresh(&app.anonymous(), &changed.refresh_token()).expect(200);
    seller.get("/me").refused(401, "session_expired");
    refresh(&app.anonymous(), &other.refresh_token()).refused(401, "session_expired");
    app.sign_in(Person::Seller).refused(401, "bad_credentials");
    let credentials = json!({ "email": "seller@perennial.test", "password": "a new password" });
    app.anonymous()
        .post("/auth/sign-in", credentials)
        .expect(200);
}

#[test]
fn who_guesses_the_current_password_has_to_wait() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let guess = || {
        seller
            .post(
                "/auth/password",
                json!({ "current_password": "wrong", "new_password": "a new password" }),
            )
            .status
    };
    assert_eq!(
        (0..6).map(|_| guess()).collect::<Vec<_>>(),
        [422, 422, 422, 422, 422, 429]
    );
}

#[test]
fn an_administrator_hands_out_a_token_for_a_new_password() {
    let app = TestApp::start();
    let offer = |client: &Client, person: Person| {
        client
            .request(
                "POST",
                &format!("/users/{}/password-reset", app.id_of(person)),
            )
            .send()
    };
    let reset = |token: &str| {
        app.anonymous().post(
            "/auth/password-reset",
            json!({ "token": token, "new_password": "a new password" }),
        )
    };
    let admin = app.as_admin();
    let [old, new] = [(), ()].map(|()| {
        offer(&admin, Person::Seller).expect(200)["token"]
            .as_str()
            .unwrap()
            .to_owned()
    });
    reset(&old).refused(401, "bad_credentials");
    let before = app.as_seller();
    before.get("/me").expect(200);
    reset(&new).expect(204);
    before.get("/me").refused(401, "session_expired");
    reset(&new).refused(401, "bad_credentials");
    let credentials = json!({ "email": "seller@perennial.test", "password": "a new password" });
    app.anonymous()
        .post("/auth/sign-in", credentials)
        .expect(200);
    offer(&app.as_manager(), Person::Seller).refused(403, "forbidden");
    offer(&app.as_foreigner(), Person::Seller).refused(404, "not_found");
    let late = offer(&admin, Person::Seller)["token"]
        .as_str()
        .unwrap()
        .to_owned();
    app.database
        .execute("UPDATE password_resets SET expires_at = '2020-01-01 00:00:00'");
    reset(&late).refused(401, "bad_credentials");
}
