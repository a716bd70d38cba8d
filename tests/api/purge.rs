//! What was deleted goes for good after thirty days, unless something that stays still names it.

use std::sync::atomic::{AtomicUsize, Ordering};

use perennial_api::clock;
use perennial_tests::app::TestApp;
use perennial_tests::client::Record;
use serde_json::{Value, json};

use crate::purchases::{back, buy, line};

const DAY: i64 = 86_400;

/// Whether a record can still be restored.
fn is_kept(app: &TestApp, record: &Record) -> bool {
    let listed = format!(
        "{}?include_deleted=true&id={}",
        record.path.rsplit_once('/').unwrap_or_default().0,
        record.id()
    );
    !app.as_admin().get(&listed).expect(200).ids().is_empty()
}

fn purge(app: &TestApp, days: i64) {
    let then = clock::now().plus_seconds(days * DAY);
    let purged = app.store().purge(then, || Ok(true));
    purged.expect("what is past its time goes");
}

#[test]
fn a_deleted_record_goes_after_thirty_days_with_what_is_its_own() {
    let app = TestApp::start();
    let manager = app.as_manager();
    let tag = manager.create_tag("Gone");
    let above = manager.create_customer("Above");
    let acme = manager.create(
        "customers",
        json!({ "name": "Acme", "parent_id": above.id(), "tag_ids": [tag.id()], "roles": ["partner"], "identifiers": [{ "kind": "email", "value": "a@b.cn" }] }),
    );
    let ann = manager.create_contact("Ann", &[&acme, &above]);
    for record in [&manager.read(&above), &manager.read(&tag)] {
        manager.remove(record).expect(204);
    }
    purge(&app, 29);
    assert!(is_kept(&app, &above) && is_kept(&app, &tag));
    purge(&app, 31);
    assert!(!is_kept(&app, &above) && !is_kept(&app, &tag));
    let acme = manager.read(&acme);
    assert_eq!(
        (&acme["parent_id"], &acme["tag_ids"]),
        (&json!(null), &json!([]))
    );
    assert_eq!(
        manager.read(&ann)["positions"].as_array().map(Vec::len),
        Some(1)
    );
    manager.remove(&acme).expect(204);
    purge(&app, 31);
    assert!(!is_kept(&app, &acme));
}

#[test]
fn what_goes_for_good_goes_a_piece_at_a_time_until_its_worker_is_stopped() {
    let app = TestApp::start();
    let operations: Vec<Value> = (0..200)
        .map(|_| json!({ "create": { "name": "Acme" } }))
        .collect();
    for _ in 0..2 {
        let body = json!({ "mode": "all_or_nothing", "operations": operations });
        app.as_manager().post("/customers/batch", body).expect(200);
    }
    app.database
        .execute("UPDATE customers SET deleted_at = created_at");
    let then = clock::now().plus_seconds(31 * DAY);
    let asked = AtomicUsize::new(0);
    let stopped = app
        .store()
        .purge(then, || Ok(asked.fetch_add(1, Ordering::Relaxed) > 0));
    stopped.expect("what is past its time goes");
    let left = "SELECT CAST(COUNT(*) AS TEXT) AS value FROM customers";
    assert_eq!(
        (asked.into_inner(), app.database.texts(left)),
        (1, vec!["200".to_owned()])
    );
}

#[test]
fn what_a_purchase_names_stays_as_long_as_the_purchase() {
    let app = TestApp::start();
    let manager = app.as_manager();
    let (acme, tea) = (
        manager.create_customer("Acme"),
        manager.create("products", json!({ "name": "Tea" })),
    );
    let mut sold = line("2", "5", "0");
    sold["product_id"] = json!(tea.id());
    let bought = buy(&manager, &acme, "2024-01-01", &[sold]);
    let returned = manager.create("purchases", back(&bought, &["-1"]));
    manager.remove(&manager.read(&acme)).expect(204);
    manager.remove(&tea).expect(204);
    purge(&app, 31);
    assert!(is_kept(&app, &acme) && is_kept(&app, &tea));
    let totals = manager.get("/purchases/totals?by=customer").expect(200);
    assert_eq!(
        totals["total"]["revenue"]["amount"], "5",
        "past reports keep it"
    );
    for purchase in [&returned, &bought] {
        manager.remove(&manager.read(purchase)).expect(204);
    }
    // What is named goes when nothing names it any more, at the next time at the latest.
    for _ in 0..2 {
        purge(&app, 31);
    }
    for gone in [&returned, &bought, &acme, &tea] {
        assert!(!is_kept(&app, gone), "{}", gone.path);
    }
}
