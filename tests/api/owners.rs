//! Whose purchases are: whoever has the customer has them, whatever happens at once.

use perennial_api::clock;
use perennial_tests::app::{TestApp, at_once};
use perennial_tests::client::ids;
use perennial_tests::company::Person;
use serde_json::json;

#[test]
fn purchases_go_where_their_customer_goes() {
    let app = TestApp::start();
    let (manager, seller, stranger) = (
        app.as_manager(),
        app.as_seller(),
        app.person(Person::Stranger),
    );
    let (acme, zenith) = (
        seller.create_customer("Acme"),
        stranger.create_customer("Zenith"),
    );
    let line = json!([{ "description": "Tea", "quantity": "1", "price": "5" }]);
    let bought =
        |of: &str| json!({ "customer_id": of, "purchased_on": "2024-05-02", "lines": line });
    let made = seller.create("purchases", bought(&acme.id()));
    let theirs = stranger.create("purchases", bought(&zenith.id()));
    let nobodys = manager.create_customer("Nobody's");
    let unseen = manager.create("purchases", bought(&nobodys.id()));
    let see = |mine: &[&str], others: &[&str]| {
        for (client, seen) in [(&seller, mine), (&stranger, others)] {
            for order in ["purchased_on", "-purchased_on", "code", "-base_total"] {
                let mut listed = ids(&client.walk(&format!("/purchases?sort={order}")));
                listed.sort_unstable();
                let mut seen = seen.to_vec();
                seen.sort_unstable();
                assert_eq!(listed, seen, "{order}");
            }
        }
    };
    let (one, two) = (made.id(), theirs.id());
    see(&[&one], &[&two]);
    // Given to somebody else.
    let stranger_id = app.id_of(Person::Stranger);
    let given = json!({ "owner_id": stranger_id });
    manager.change(&acme, given.clone()).expect(200);
    see(&[], &[&one, &two]);
    assert_eq!(manager.read(&made)["version"], made["version"]);
    seller.get(&made.path).expect(404);
    // And to nobody.
    let nobody = json!({ "owner_id": null });
    manager.change(&manager.read(&acme), nobody).expect(200);
    see(&[], &[&two]);
    // A purchase that was written down for the wrong customer.
    let moved = json!({ "customer_id": zenith.id() });
    manager.change(&unseen, moved).expect(200);
    see(&[], &[&two, &unseen.id()]);
    // Deleted, it follows all the same.
    manager.remove(&manager.read(&made)).expect(204);
    manager.change(&manager.read(&acme), given).expect(200);
    manager.restore(&made).expect(200);
    see(&[], &[&two, &unseen.id(), &one]);
    let wrong = app.store().check(false, clock::now());
    assert_eq!(wrong.expect("everything can be looked at"), []);
}

#[test]
fn a_purchase_and_a_gift_at_once_agree_on_the_owner() {
    let app = TestApp::start();
    let (manager, seller) = (app.as_manager(), app.as_seller());
    let owners = [Person::Stranger, Person::Seller].map(|person| app.id_of(person));
    let acme = seller.create_customer("Acme");
    let draft = json!({ "customer_id": acme.id(), "lines": [{ "description": "Tea", "quantity": "1", "price": "5" }] });
    for round in 0..20 {
        let now = manager.read(&acme);
        let answers = at_once(4, |at| match at {
            0 => manager.change(&now, json!({ "owner_id": owners[round % 2] })),
            _ => manager.post("/purchases", draft.clone()),
        });
        assert!(
            answers.iter().all(|answer| answer.status < 300),
            "{answers:?}"
        );
    }
    let wrong = app.store().check(false, clock::now());
    assert_eq!(wrong.expect("everything can be looked at"), []);
}
