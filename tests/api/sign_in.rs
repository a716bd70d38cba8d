//! Signing in, staying signed in, signing out.

use perennial_tests::app::{TestApp, eventually};
use perennial_tests::client::{Answer, Client};
use perennial_tests::company::{PASSWORD, Person};
use serde_json::json;

/// Asks for the next tokens.
pub fn refresh(client: &Client, token: &str) -> Answer {
    client.request("POST", "/auth/refresh").cookie(token).send()
}

/// The access token that an answer brings.
pub fn token_of(answer: &Answer) -> String {
    answer["access_token"].as_str().unwrap().to_owned()
}

#[test]
fn who_signs_in_gets_a_token_and_a_closed_cookie() {
    let app = TestApp::start();
    let signed_in = app.sign_in(Person::Seller).expect(200);
    assert_eq!(
        (&signed_in["token_type"], &signed_in["expires_in"]),
        (&json!("Bearer"), &json!(900))
    );
    assert_eq!(signed_in.header("cache-control"), Some("no-store"));
    let cookie = signed_in.header("set-cookie").unwrap();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/api/v1/auth"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let me = app
        .anonymous()
        .with_token(&token_of(&signed_in))
        .get("/me")
        .expect(200);
    assert_eq!(
        (
            &me["user"]["email"],
            &me["role"]["name"],
            &me["organization"]["name"]
        ),
        (
            &json!("seller@perennial.test"),
            &json!("Seller"),
            &json!("Northwind")
        )
    );
    assert!(me["user"]["last_sign_in_at"].is_string());
    assert!(!String::from_utf8_lossy(&me.bytes).contains("argon2"));
}

#[test]
fn a_wrong_user_is_answered_like_a_wrong_password() {
    let app = TestApp::start();
    let try_it = |email: &str, password: &str| {
        let answer = app.anonymous().post(
            "/auth/sign-in",
            json!({ "email": email, "password": password }),
        );
        let mut body = answer.refused(401, "bad_credentials").body;
        body["instance"].take();
        body
    };
    let wrong_password = try_it("seller@perennial.test", "wrong");
    assert_eq!(try_it("nobody@perennial.test", "wrong"), wrong_password);
    assert_eq!(try_it("not even an address", PASSWORD), wrong_password);
    app.database
        .execute("UPDATE users SET active = FALSE WHERE email = 'colleague@perennial.test'");
    assert_eq!(try_it("colleague@perennial.test", PASSWORD), wrong_password);
    app.database
        .execute("UPDATE users SET password_hash = NULL WHERE email = 'lead@perennial.test'");
    assert_eq!(try_it("lead@perennial.test", PASSWORD), wrong_password);
}

#[test]
fn capitals_of_an_address_do_not_matter_those_of_a_password_do() {
    let app = TestApp::start();
    let try_it = |email: &str, password: &str| {
        app.anonymous()
            .post(
                "/auth/sign-in",
                json!({ "email": email, "password": password }),
            )
            .status
    };
    assert_eq!(try_it("SELLER@perennial.TEST", PASSWORD), 200);
    assert_eq!(
        try_it("seller@perennial.test", &PASSWORD.to_uppercase()),
        401
    );
}

#[test]
fn who_guesses_has_to_wait_by_account() {
    let app = TestApp::start();
    let guess = |person: Person, password: &str| {
        app.anonymous().post(
            "/auth/sign-in",
            json!({ "email": person.email(), "password": password }),
        )
    };
    for _ in 0..5 {
        guess(Person::Seller, "wrong").refused(401, "bad_credentials");
    }
    let late = guess(Person::Seller, PASSWORD).refused(429, "too_many_requests");
    let seconds: i64 = late.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=2).contains(&seconds), "{late}");
    guess(Person::Colleague, PASSWORD).expect(200);
    eventually("the wait is over", || {
        guess(Person::Seller, PASSWORD).status == 200
    });
    guess(Person::Seller, "wrong").refused(401, "bad_credentials");
}

#[test]
fn who_guesses_has_to_wait_by_address() {
    let app = TestApp::start();
    let guess = |at: usize| {
        app.anonymous()
            .post(
                "/auth/sign-in",
                json!({ "email": format!("nobody{at}@perennial.test"), "password": "wrong" }),
            )
            .status
    };
    let answers: Vec<u16> = (0..32).map(guess).collect();
    assert_eq!(
        answers.iter().filter(|status| **status == 401).count(),
        30,
        "{answers:?}"
    );
    assert_eq!(app.sign_in(Person::Seller).status, 429);
    app.database
        .execute("UPDATE throttles SET tried_at = '2020-01-01 00:00:00'");
    app.sign_in(Person::Seller).expect(200);
}

#[test]
fn guesses_at_once_all_count() {
    let app = TestApp::start();
    let client = app.anonymous();
    let guess = || {
        client
            .post(
                "/auth/sign-in",
                json!({ "email": "seller@perennial.test", "password": "wrong" }),
            )
            .status
    };
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..12).map(|_| scope.spawn(guess)).collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(
        answers.iter().filter(|status| **status == 401).count(),
        5,
        "{answers:?}"
    );
}

#[test]
fn a_session_goes_on_with_a_new_token_each_time() {
    let app = TestApp::start();
    let mut token = app.sign_in(Person::Seller).expect(200).refresh_token();
    for _ in 0..3 {
        let next = refresh(&app.anonymous(), &token).expect(200);
        app.anonymous()
            .with_token(&token_of(&next))
            .get("/me")
            .expect(200);
        assert_ne!(next.refresh_token(), token);
        token = next.refresh_token();
    }
    for wrong in ["", "x", &token[1..]] {
        refresh(&app.anonymous(), wrong).refused(401, "session_expired");
    }
    app.anonymous()
        .request("POST", "/auth/refresh")
        .send()
        .refused(401, "session_expired");
}

#[test]
fn a_token_used_twice_ends_everything_that_came_of_its_sign_in() {
    let app = TestApp::start();
    let (stolen, other) = (
        app.sign_in(Person::Seller).refresh_token(),
        app.sign_in(Person::Seller).refresh_token(),
    );
    let next = refresh(&app.anonymous(), &stolen)
        .expect(200)
        .refresh_token();
    app.database.execute(
        "UPDATE refresh_tokens SET rotated_at = '2020-01-01 00:00:00' WHERE rotated_at IS NOT NULL",
    );
    refresh(&app.anonymous(), &stolen).refused(401, "session_expired");
    refresh(&app.anonymous(), &next).refused(401, "session_expired");
    refresh(&app.anonymous(), &other).expect(200);
}

#[test]
fn two_tabs_that_refresh_at_once_both_go_on() {
    let app = TestApp::start();
    let token = app.sign_in(Person::Seller).refresh_token();
    let client = app.anonymous();
    let tabs: Vec<Answer> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..2)
            .map(|_| scope.spawn(|| refresh(&client, &token)))
            .collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    for tab in tabs {
        refresh(&client, &tab.expect(200).refresh_token()).expect(200);
    }
}

#[test]
fn a_session_ends_after_its_days() {
    let app = TestApp::start();
    let token = app.sign_in(Person::Seller).refresh_token();
    app.database
        .execute("UPDATE refresh_tokens SET expires_at = '2020-01-01 00:00:00'");
    refresh(&app.anonymous(), &token).refused(401, "session_expired");
}

#[test]
fn another_site_cannot_use_the_cookie() {
    let app = TestApp::start();
    let token = app.sign_in(Person::Seller).refresh_token();
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        for path in ["/auth/refresh", "/auth/sign-out"] {
            app.anonymous()
                .request("POST", path)
                .cookie(&token)
                .header(name, value)
                .send()
                .refused(403, "forbidden");
        }
    }
    let own = format!("http://{}", app.anonymous().authority());
    let page = app.anonymous();
    page.request("POST", "/auth/refresh")
        .cookie(&token)
        .header("origin", &own)
        .header("sec-fetch-site", "same-origin")
        .send()
        .expect(200);
}

#[test]
fn signing_out_ends_this_session_alone() {
    let app = TestApp::start();
    let (here, there) = (
        app.sign_in(Person::Seller).refresh_token(),
        app.sign_in(Person::Seller).refresh_token(),
    );
    let gone = app
        .anonymous()
        .request("POST", "/auth/sign-out")
        .cookie(&here)
        .send()
        .expect(204);
    assert!(
        gone.header("set-cookie").unwrap().contains("Max-Age=0"),
        "the browser forgets the cookie"
    );
    refresh(&app.anonymous(), &here).refused(401, "session_expired");
    refresh(&app.anonymous(), &there).expect(200);
}

#[test]
fn signing_out_everywhere_holds_on_every_server_within_a_second() {
    let app = TestApp::start();
    let second = app.second_server();
    let signed_in = app.sign_in(Person::Seller);
    let (here, there) = (
        app.anonymous().with_token(&token_of(&signed_in)),
        second.client().with_token(&token_of(&signed_in)),
    );
    there.get("/me").expect(200);
    here.request("POST", "/auth/sign-out-everywhere")
        .send()
        .expect(204);
    let began = std::time::Instant::now();
    here.get("/me").refused(401, "session_expired");
    refresh(&here, &signed_in.refresh_token()).refused(401, "session_expired");
    eventually("the other server knows", || there.get("/me").status == 401);
    assert!(began.elapsed().as_millis() < 1500, "{:?}", began.elapsed());
    app.sign_in(Person::Seller).expect(200);
}

#[test]
fn a_locked_user_is_out_within_a_second() {
    let app = TestApp::start();
    let (seller, admin) = (app.as_seller(), app.as_admin());
    let signed_in = app.sign_in(Person::Seller);
    seller.get("/me").expect(200);
    let user = admin
        .get(&format!("/users/{}", app.id_of(Person::Seller)))
        .record();
    admin.change(&user, json!({ "active": false })).expect(200);
    seller.get("/me").refused(401, "session_expired");
    refresh(&app.anonymous(), &signed_in.refresh_token()).refused(401, "session_expired");
    app.sign_in(Person::Seller).refused(401, "bad_credentials");
}

#[test]
fn a_deleted_user_is_out_within_a_second() {
    let app = TestApp::start();
    let (seller, admin) = (app.as_seller(), app.as_admin());
    seller.get("/me").expect(200);
    let user = admin
        .get(&format!("/users/{}", app.id_of(Person::Seller)))
        .record();
    admin.remove(&user).expect(204);
    seller.get("/me").refused(401, "session_expired");
    app.sign_in(Person::Seller).refused(401, "bad_credentials");
}
