//! The rights matrix: every operation × every kind of caller, and after each refusal nothing is written.

use perennial_api::operations::Operation;
use perennial_api::operations::guard::Guard;
use perennial_api::routes;
use perennial_domain::rights::{Action, Area, Level, standard_level};
use perennial_tests::app::TestApp;
use perennial_tests::client::{Client, ids};
use perennial_tests::company::Person;
use perennial_tests::state::Watch;
use serde_json::json;

use crate::probes::Caller::{self, Admin, Manager, OtherOrganization, Owner, ReadOnly, Revoked};
use crate::probes::{CALLERS, Matrix, Probe, insert_job};

/// What a caller is answered, by the role's levels alone.
fn expected(operation: &Operation, caller: Caller, probe: &Probe) -> u16 {
    let (area, action) = match operation.guard {
        Guard::Public => return probe.success,
        Guard::Cookie => return 401,
        Guard::SignedIn => {
            return if caller.role().is_some() {
                probe.success
            } else {
                401
            };
        }
        Guard::Permission(area, action) => (area, action),
    };
    let Some(role) = caller.role() else {
        return 401;
    };
    let level = standard_level(role, area, action);
    if level == Level::None {
        return 403;
    }
    let Some((of, _)) = &probe.record else {
        return probe.success;
    };
    let needed = caller.needs(*of);
    if caller == OtherOrganization || standard_level(role, *of, Action::Read) < needed {
        404
    } else if level < caller.needs(area) {
        403
    } else {
        probe.success
    }
}

/// Whether a refusal may leave a trace: attempts to guess a token are counted.
fn counts_attempts(operation: &str) -> bool {
    operation == "reset_password"
}

#[test]
fn every_operation_answers_every_caller_as_its_rights_say_and_a_refusal_changes_nothing() {
    let matrix = Matrix::new(TestApp::start());
    let mut watch = Watch::of(&matrix.app.database);
    let operations = routes::operations();
    let (mut asked, mut refused, mut wrong) = (0, 0, Vec::new());
    for operation in operations.list() {
        for caller in CALLERS {
            let probe = matrix.probe(&operation.id, caller);
            let client = caller.client(&matrix.app);
            let expected = expected(operation, caller, &probe);
            let watched = expected >= 400 && !counts_attempts(&operation.id);
            let before = watched.then(|| watch.state());
            let answer = probe.send(&client, operation.method.as_str());
            let after = watched.then(|| watch.state());
            if answer.status != expected {
                wrong.push(format!(
                    "{} {caller:?}: {expected} expected, {answer}",
                    operation.id
                ));
            }
            if before != after {
                wrong.push(format!(
                    "{} {caller:?}: refused, and something was written",
                    operation.id
                ));
            }
            asked += 1;
            refused += usize::from(answer.status >= 400);
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong of {asked}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(
        asked == operations.list().len() * CALLERS.len() && refused > asked / 3,
        "{refused} refused of {asked}"
    );
}

#[test]
fn who_may_not_ask_is_not_told_what_is_wrong_with_the_question() {
    let app = TestApp::start();
    let nonsense =
        |client: &Client, path: &str| client.request("POST", path).bytes("text/plain", "{").send();
    for _ in 0..3 {
        let revoked = Revoked.client(&app);
        for path in [
            "/customers",
            "/customers/search",
            "/tags/batch",
            "/auth/password",
        ] {
            nonsense(&revoked, path).refused(401, "session_expired");
            nonsense(&app.anonymous(), path).refused(401, "unauthenticated");
        }
    }
    let reader = app.as_reader();
    nonsense(&reader, "/customers").refused(403, "forbidden");
    reader
        .request("PATCH", "/customers/no-id")
        .json(&json!({}))
        .send()
        .refused(403, "forbidden");
}

#[test]
fn the_watch_sees_what_is_written() {
    let app = TestApp::start();
    let mut watch = Watch::of(&app.database);
    let before = watch.state();
    app.as_seller().get("/customers").expect(200);
    assert_eq!(watch.state(), before, "reading writes nothing");
    let acme = app.as_seller().create_customer("Acme");
    let created = watch.state();
    assert_ne!(created, before);
    app.as_seller().remove(&acme).expect(204);
    assert_ne!(watch.state(), created);
}

#[test]
fn lists_hold_what_one_may_see_and_no_more() {
    let app = TestApp::start();
    let acme = app.as_seller().create_customer("Acme");
    let ann = app.as_seller().create_contact("Ann of Acme", &[&acme]);
    insert_job(&app, "01890000-0000-7000-8000-000000000001", "1", "queued");
    for caller in CALLERS.into_iter().filter(|caller| caller.role().is_some()) {
        let client = caller.client(&app);
        let sees = caller != OtherOrganization
            && caller.role().is_some_and(|role| {
                standard_level(role, Area::Customers, Action::Read) >= caller.needs(Area::Customers)
            });
        for (resource, record) in [("customers", &acme), ("contacts", &ann)] {
            let expected = if sees { vec![record.id()] } else { Vec::new() };
            assert_eq!(
                client.get(&format!("/{resource}")).ids(),
                expected,
                "{caller:?} {resource}"
            );
            assert_eq!(
                client.post(&format!("/{resource}/search"), json!({})).ids(),
                expected,
                "{caller:?} {resource}"
            );
            let total =
                client.get(&format!("/{resource}?include_total=true"))["page"]["total"].clone();
            assert_eq!(total, expected.len(), "{caller:?} {resource}");
        }
        assert_eq!(
            client.get("/search?q=acme")["data"]
                .as_array()
                .unwrap()
                .len(),
            if sees { 2 } else { 0 },
            "{caller:?}"
        );
        let jobs = client.get("/jobs");
        let expected = usize::from(caller == Owner || [Admin, Manager, ReadOnly].contains(&caller));
        assert_eq!(jobs.ids().len(), expected, "{caller:?} {jobs}");
        let users = client.walk("/users");
        let foreign = ids(&users).contains(&app.id_of(Person::Foreigner));
        assert_eq!(foreign, caller == OtherOrganization, "{caller:?}");
    }
}
