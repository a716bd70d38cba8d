//! Many at once.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use perennial_api::clock;
use perennial_store::Store;
use perennial_tests::app::{Finally, TestApp, at_once};
use perennial_tests::client::Answer;
use perennial_tests::company::Person;
use perennial_tests::database::{Kind, kind};
use serde_json::json;

/// Asks so many times at once.
fn count(answers: &[Answer], status: u16) -> usize {
    answers
        .iter()
        .filter(|answer| answer.status == status)
        .count()
}

#[test]
fn of_two_changes_of_one_version_one_wins() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for _ in 0..10 {
        let acme = seller.create_customer("Acme");
        let answers = at_once(2, |at| {
            seller.change(&acme, json!({ "industry": format!("Tea {at}") }))
        });
        assert_eq!(
            (count(&answers, 200), count(&answers, 412)),
            (1, 1),
            "{answers:?}"
        );
        assert_eq!(seller.read(&acme).version(), 2);
    }
}

#[test]
fn a_change_and_a_deletion_of_one_version_do_not_both_happen() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for _ in 0..10 {
        let acme = seller.create_customer("Acme");
        let answers = at_once(2, |at| {
            if at == 0 {
                seller.remove(&acme)
            } else {
                seller.change(&acme, json!({ "industry": "Tea" }))
            }
        });
        let done = count(&answers, 200) + count(&answers, 204);
        assert_eq!(
            (done, count(&answers, 412) + count(&answers, 404)),
            (1, 1),
            "{answers:?}"
        );
    }
}

#[test]
fn many_are_created_at_once_each_with_a_code_of_its_own() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let answers = at_once(8, |at| {
        let made: Vec<Answer> = (0..6)
            .map(|next| seller.post("/customers", json!({ "name": format!("Acme {at} {next}") })))
            .collect();
        made.into_iter()
            .find(|answer| answer.status != 201)
            .unwrap_or_else(|| seller.get("/customers?limit=1"))
    });
    assert_eq!(count(&answers, 200), 8, "{answers:?}");
    let rows = seller.walk("/customers");
    let codes: BTreeSet<&str> = rows
        .iter()
        .map(|row| row["code"].as_str().unwrap())
        .collect();
    assert_eq!((rows.len(), codes.len()), (48, 48));
    let events = app.as_admin().walk("/events?resource=customers&limit=200");
    assert_eq!(events.len(), 48);
}

#[test]
fn of_many_who_want_one_name_one_gets_it() {
    let app = TestApp::start();
    let admin = app.as_admin();
    let external = json!([{ "kind": "external", "system": "erp", "value": "1" }]);
    for (path, draft) in [
        ("/tags", json!({ "name": "Same" })),
        ("/teams", json!({ "name": "Same" })),
        ("/customers", json!({ "name": "Same", "code": "SAME" })),
        (
            "/contacts",
            json!({ "name": "Same", "identifiers": external }),
        ),
    ] {
        let answers = at_once(6, |_| admin.post(path, draft.clone()));
        assert_eq!(
            (count(&answers, 201), count(&answers, 409)),
            (1, 5),
            "{path}: {answers:?}"
        );
    }
}

#[test]
fn figures_are_true_however_many_write_at_once() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let made = at_once(8, |at| {
        seller.post(
            "/contacts",
            json!({ "name": format!("Ann {at}"), "positions": [{ "customer_id": acme.id() }] }),
        )
    });
    assert_eq!(count(&made, 201), 8, "{made:?}");
    assert_eq!(seller.read(&acme)["figures"]["contacts"], 8);
    let gone = at_once(5, |at| seller.remove(&made[at].clone().record()));
    assert_eq!(count(&gone, 204), 5, "{gone:?}");
    assert_eq!(seller.read(&acme)["figures"]["contacts"], 3);
}

#[test]
fn batches_that_meet_each_other_all_end() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let made: Vec<_> = (0..4)
        .map(|at| seller.create_customer(&format!("Acme {at}")))
        .collect();
    let answers = at_once(3, |at| {
        let mut order: Vec<_> = made.iter().collect();
        if at % 2 == 0 {
            order.reverse();
        }
        let patch = json!({ "industry": format!("Tea {at}") });
        let operations: Vec<_> = order
            .iter()
            .map(|record| json!({ "update": { "id": record.id(), "version": 1, "patch": patch } }))
            .collect();
        seller.post("/customers/batch", json!({ "operations": operations }))
    });
    // Who waits too long for the others is told to come back.
    assert_eq!(
        (
            count(&answers, 200),
            count(&answers, 412) + count(&answers, 503)
        ),
        (1, 2),
        "{answers:?}"
    );
    let industries: BTreeSet<String> = seller
        .walk("/customers")
        .iter()
        .map(|row| row["industry"].to_string())
        .collect();
    assert_eq!(industries.len(), 1, "all of one batch, nothing of another");
}

#[test]
fn a_deletion_and_a_restoration_at_once_leave_one_truth() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    seller.remove(&acme).expect(204);
    let answers = at_once(4, |_| seller.restore(&acme));
    assert!(
        answers
            .iter()
            .all(|answer| [200, 412].contains(&answer.status)),
        "{answers:?}"
    );
    assert_eq!(seller.read(&acme).version(), 3, "it was restored once");
}

#[test]
fn two_administrators_do_not_lock_each_other_out() {
    let app = TestApp::start();
    let admin = app.as_admin();
    let role = admin.get(&format!("/users/{}", app.id_of(Person::Admin)))["role_id"].clone();
    let manager = admin
        .get(&format!("/users/{}", app.id_of(Person::Manager)))
        .record();
    admin
        .change(&manager, json!({ "role_id": role }))
        .expect(200);
    let both = [app.as_admin(), app.as_manager()];
    let records = [Person::Manager, Person::Admin]
        .map(|person| admin.get(&format!("/users/{}", app.id_of(person))).record());
    let answers = at_once(2, |at| {
        both[at].change(&records[at], json!({ "active": false }))
    });
    assert_eq!(count(&answers, 200), 1, "{answers:?}");
}

#[test]
fn trees_keep_no_circle() {
    let app = TestApp::start();
    let admin = app.as_admin();
    for _ in 0..6 {
        let [one, other] = ["One", "Other"].map(|name| admin.create_customer(name));
        let answers = at_once(2, |at| {
            let (lower, upper) = if at == 0 {
                (&one, &other)
            } else {
                (&other, &one)
            };
            admin.change(lower, json!({ "parent_id": upper.id() }))
        });
        assert_eq!(
            (count(&answers, 200), count(&answers, 422)),
            (1, 1),
            "{answers:?}"
        );
    }
}

#[test]
fn what_is_named_is_not_deleted_in_the_same_moment() {
    let app = TestApp::start();
    let admin = app.as_admin();
    for round in 0..6 {
        let role = admin.create("roles", json!({ "name": format!("Role {round}") }));
        let seller = admin
            .get(&format!("/users/{}", app.id_of(Person::Seller)))
            .record();
        let answers = at_once(2, |at| {
            if at == 0 {
                admin.remove(&role)
            } else {
                admin.change(&seller, json!({ "role_id": role.id() }))
            }
        });
        let done = answers.iter().filter(|answer| answer.status < 300).count();
        assert_eq!(done, 1, "{answers:?}");
    }
}

#[test]
fn of_many_restorations_all_find_it_restored() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    seller.remove(&acme).expect(204);
    let answers = at_once(8, |_| seller.restore(&acme));
    assert_eq!(count(&answers, 200), 8, "{answers:?}");
    assert_eq!(seller.read(&acme).version(), 3);
}

#[test]
fn a_write_waits_for_one_of_another_process_and_not_for_its_next_ones() {
    if kind() == Kind::Postgresql {
        // Nobody waits for a transaction that touches nothing of theirs.
        return;
    }
    let app = TestApp::start();
    let seller = app.as_seller();
    let (done, ends) = (AtomicUsize::new(0), AtomicBool::new(false));
    // Another process's writer, as an import has one: as soon as it has written, it writes again.
    let other = Store::open(&app.database.url).expect("the database opens");
    let now = clock::now();
    let scope = other.scope_of_email(&Person::Admin.email(), now);
    let scope = scope.expect("an administrator");
    let mut waited: Vec<usize> = std::thread::scope(|threads| {
        threads.spawn(|| {
            while !ends.load(Ordering::Relaxed) {
                let written = other.write(&scope, |_| {
                    std::thread::sleep(Duration::from_millis(10));
                    Ok(())
                });
                written.expect("nothing is written");
                done.fetch_add(1, Ordering::Relaxed);
            }
        });
        let _finally = Finally(&ends);
        let wait = |number: usize| {
            let before = done.load(Ordering::Relaxed);
            seller.create_customer(&format!("Acme {number}"));
            done.load(Ordering::Relaxed) - before
        };
        (0..21).map(wait).collect()
    });
    waited.sort_unstable();
    // The machine may be busy now and then.
    assert!(waited[10] <= 2, "{waited:?}");
}
