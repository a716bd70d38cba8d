//! Sessions that several use, or end, in the same moment.

use perennial_api::clock;
use perennial_api::sign_in::secret;
use perennial_store::sessions;
use perennial_tests::app::TestApp;
use perennial_tests::client::{Answer, Client};
use perennial_tests::company::{PASSWORD, Person};
use serde_json::json;

use crate::sign_in::{refresh, token_of};
use perennial_tests::app::at_once;

/// A new session of that person, without the work that a password takes.
fn session(app: &TestApp, person: Person) -> String {
    let account = sessions::account(app.store(), &person.email()).unwrap();
    let token = secret::token();
    let hash = secret::hash(&token);
    sessions::begin(app.store(), &account.unwrap(), hash, clock::now()).unwrap();
    token
}

/// The refresh tokens of those who were let through.
fn tokens(answers: &[Answer]) -> Vec<String> {
    let good = answers.iter().filter(|answer| answer.status == 200);
    good.map(Answer::refresh_token).collect()
}

/// Asserts that nobody goes on with any of these.
#[track_caller]
fn are_over(client: &Client, tokens: &[String]) {
    for token in tokens {
        refresh(client, token).refused(401, "session_expired");
    }
}

/// Makes it long ago that tokens were used.
fn let_time_pass(app: &TestApp) {
    app.database.execute(
        "UPDATE refresh_tokens SET rotated_at = '2020-01-01 00:00:00' WHERE rotated_at IS NOT NULL",
    );
}

#[test]
fn many_tabs_that_wake_up_at_once_all_go_on() {
    let app = TestApp::start();
    let (client, token) = (app.anonymous(), session(&app, Person::Seller));
    let tabs = at_once(12, |_| refresh(&client, &token).expect(200));
    let mut next = tokens(&tabs);
    for (tab, token) in tabs.iter().zip(&next) {
        client.with_token(&token_of(tab)).get("/me").expect(200);
        refresh(&client, token).expect(200);
    }
    next.sort_unstable();
    next.dedup();
    assert_eq!(next.len(), 12, "each tab has a token of its own");
}

#[test]
fn who_signs_out_while_tabs_refresh_is_out() {
    let app = TestApp::start();
    let client = app.anonymous();
    for _ in 0..20 {
        let token = session(&app, Person::Seller);
        let answers = at_once(6, |at| match at {
            0 => client
                .request("POST", "/auth/sign-out")
                .cookie(&token)
                .send()
                .expect(204),
            _ => refresh(&client, &token),
        });
        are_over(&client, &tokens(&answers[1..]));
    }
}

#[test]
fn of_a_stolen_session_nothing_goes_on() {
    let app = TestApp::start();
    let client = app.anonymous();
    for _ in 0..20 {
        let stolen = session(&app, Person::Seller);
        let next = refresh(&client, &stolen).expect(200).refresh_token();
        let_time_pass(&app);
        let answers = at_once(6, |at| {
            refresh(&client, if at % 2 == 0 { &stolen } else { &next })
        });
        for thief in answers.iter().step_by(2) {
            assert_eq!(thief.status, 401, "{thief}");
        }
        are_over(&client, &tokens(&answers));
        are_over(&client, &[next]);
    }
}

#[test]
fn a_session_that_refreshes_while_all_are_ended_ends_too() {
    let app = TestApp::start();
    let client = app.anonymous();
    for _ in 0..10 {
        let token = session(&app, Person::Seller);
        let seller = app.as_seller();
        let answers = at_once(6, |at| match at {
            0 => seller
                .request("POST", "/auth/sign-out-everywhere")
                .send()
                .expect(204),
            _ => refresh(&client, &token),
        });
        are_over(&client, &tokens(&answers[1..]));
        for answer in answers[1..].iter().filter(|answer| answer.status == 200) {
            client
                .with_token(&token_of(answer))
                .get("/me")
                .refused(401, "session_expired");
        }
    }
}

#[test]
fn a_session_that_refreshes_while_the_password_changes_ends_too() {
    let app = TestApp::start();
    let client = app.anonymous();
    let passwords = [
        PASSWORD,
        "another good password",
        "a third good password",
        "a fourth good password",
    ];
    for pair in passwords.windows(2) {
        let mut token = session(&app, Person::Seller);
        let seller = app.as_seller();
        let change = json!({ "current_password": pair[0], "new_password": pair[1] });
        let (changed, last) = std::thread::scope(|scope| {
            let changed = scope.spawn(|| seller.post("/auth/password", change).expect(200));
            // Refreshes all the while: the hash of the new password takes its time.
            let last = loop {
                let next = refresh(&client, &token);
                if next.status != 200 {
                    break next;
                }
                token = next.refresh_token();
            };
            (changed.join().unwrap(), last)
        });
        last.refused(401, "session_expired");
        are_over(&client, &[token]);
        client
            .with_token(&token_of(&changed))
            .get("/me")
            .expect(200);
        refresh(&client, &changed.refresh_token()).expect(200);
    }
}
