//! Contacts: people at customers, several over time.

use perennial_tests::app::TestApp;
use perennial_tests::client::Record;
use perennial_tests::company::Person;
use serde_json::json;

#[test]
fn a_contact_works_at_several_customers_over_time() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let (acme, bolt) = (
        seller.create_customer("Acme"),
        seller.create_customer("Bolt"),
    );
    let positions = json!([
        { "customer_id": acme.id(), "title": "Buyer", "buying_role": "gatekeeper", "since": "2019-01-01", "until": "2021-12-31" },
        { "customer_id": bolt.id(), "title": "Head of purchasing", "buying_role": "decision_maker", "since": "2022-01-01", "until": null },
        { "customer_id": acme.id(), "title": "Adviser", "buying_role": "influencer", "since": null, "until": null },
    ]);
    let ann = seller.create("contacts", json!({ "name": "Ann", "positions": positions }));
    assert_eq!(ann["positions"], positions, "in the order given");
    for customer in [&acme, &bolt] {
        assert_eq!(
            seller.get(&format!("{}/contacts", customer.path)).ids(),
            [ann.id()]
        );
        assert_eq!(seller.read(customer)["figures"]["contacts"], 1);
    }
    let left = seller
        .change(&ann, json!({ "positions": [positions[0], positions[1]] }))
        .expect(200)
        .record();
    assert_eq!(seller.read(&acme)["figures"]["contacts"], 0);
    assert!(
        seller
            .get(&format!("{}/contacts", acme.path))
            .ids()
            .is_empty()
    );
    assert_eq!(left["positions"].as_array().unwrap().len(), 2);
}

#[test]
fn a_position_does_not_end_before_it_began() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme").id();
    let create = |position| {
        seller.post(
            "/contacts",
            json!({ "name": "Ann", "positions": [position] }),
        )
    };
    create(json!({ "customer_id": acme, "since": "2022-01-02", "until": "2022-01-01" }))
        .refused(422, "invalid")
        .blames("/positions/0/until", "before_since");
    create(json!({ "title": "Buyer" }))
        .refused(422, "invalid")
        .blames("/positions/0/customer_id", "required");
    create(json!({ "customer_id": acme, "since": "2022-02-30" }))
        .refused(422, "invalid")
        .blames("/positions/0/since", "type");
    create(json!({ "customer_id": acme, "since": "2022-01-01", "until": "2022-01-01" }))
        .expect(201);
}

#[test]
fn the_people_of_a_customer_are_counted_and_its_etag_has_two_parts() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let now = |acme: &Record| {
        (
            seller.read(acme).etag,
            seller.read(acme)["figures"]["contacts"].clone(),
        )
    };
    let ann = seller.create_contact("Ann", &[&acme]);
    assert_eq!(now(&acme), ("\"v1.f2\"".into(), json!(1)));
    seller.create_contact("Ben", &[&acme, &acme]);
    assert_eq!(
        now(&acme),
        ("\"v1.f3\"".into(), json!(2)),
        "who has two posts is one person"
    );
    seller
        .change(&ann, json!({ "note": "likes tea" }))
        .expect(200);
    assert_eq!(
        now(&acme),
        ("\"v1.f3\"".into(), json!(2)),
        "what changes no figure leaves their version"
    );
    let ann = seller.read(&ann);
    seller.remove(&ann).expect(204);
    assert_eq!(now(&acme), ("\"v1.f4\"".into(), json!(1)));
    seller.restore(&ann).expect(200);
    assert_eq!(now(&acme), ("\"v1.f5\"".into(), json!(2)));
}

#[test]
fn who_sees_a_customer_sees_the_people_there() {
    let app = TestApp::start();
    let [seller, colleague, stranger] =
        [Person::Seller, Person::Colleague, Person::Stranger].map(|person| app.person(person));
    let ann = seller.create_contact("Ann", &[&seller.create_customer("Acme")]);
    for client in [&seller, &colleague, &app.as_reader()] {
        client.get(&ann.path).expect(200);
        assert_eq!(client.get("/contacts").ids(), [ann.id()]);
    }
    for client in [&stranger, &app.as_foreigner()] {
        client.get(&ann.path).refused(404, "not_found");
        assert!(client.get("/contacts").ids().is_empty());
    }
    colleague
        .change(&ann, json!({ "note": "x" }))
        .refused(403, "forbidden");
    stranger
        .change(&ann, json!({ "note": "x" }))
        .refused(404, "not_found");
    app.as_manager()
        .change(&ann, json!({ "note": "x" }))
        .expect(200);
}

#[test]
fn a_hand_over_of_the_customer_takes_its_people_along() {
    let app = TestApp::start();
    let (seller, stranger) = (app.as_seller(), app.person(Person::Stranger));
    let acme = seller.create_customer("Acme");
    let ann = seller.create_contact("Ann", &[&acme]);
    let acme = seller.read(&acme);
    seller
        .change(&acme, json!({ "owner_id": app.id_of(Person::Stranger) }))
        .expect(200);
    seller.get(&ann.path).refused(404, "not_found");
    assert!(seller.get("/contacts").ids().is_empty());
    stranger
        .change(&ann, json!({ "note": "mine now" }))
        .expect(200);
}

#[test]
fn a_contact_without_a_customer_is_seen_by_its_maker() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let ann = seller.create_contact("Ann", &[]);
    seller
        .change(&ann, json!({ "note": "met at the fair" }))
        .expect(200);
    app.as_manager().get(&ann.path).expect(200);
    for person in [
        Person::Colleague,
        Person::Lead,
        Person::Stranger,
        Person::Foreigner,
    ] {
        app.person(person).get(&ann.path).refused(404, "not_found");
    }
}

#[test]
fn who_has_left_a_customer_is_not_seen_through_it_any_more() {
    let app = TestApp::start();
    let (seller, colleague) = (app.as_seller(), app.person(Person::Colleague));
    let acme = seller.create_customer("Acme");
    let ann = seller.create_contact("Ann", &[&acme]);
    let gone = json!([{ "customer_id": acme.id(), "until": "2024-01-31" }]);
    seller
        .change(&ann, json!({ "positions": gone }))
        .expect(200);
    seller.get(&ann.path).expect(200);
    colleague.get(&ann.path).refused(404, "not_found");
}

#[test]
fn the_people_of_a_deleted_customer_hide_with_it() {
    let app = TestApp::start();
    let (seller, colleague) = (app.as_seller(), app.person(Person::Colleague));
    let acme = seller.create_customer("Acme");
    let ann = seller.create_contact("Ann", &[&acme]);
    let acme = seller.read(&acme);
    seller.remove(&acme).expect(204);
    colleague.get(&ann.path).refused(404, "not_found");
    seller
        .get(&format!("{}/contacts", acme.path))
        .refused(404, "not_found");
    seller.restore(&acme).expect(200);
    colleague.get(&ann.path).expect(200);
}

#[test]
fn the_people_of_a_customer_come_page_by_page() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let made: Vec<String> = (0..7)
        .map(|at| seller.create_contact(&format!("Ann {at}"), &[&acme]).id())
        .collect();
    seller.create_contact("Zoe", &[]);
    let found = seller.walk(&format!("{}/contacts?limit=3", acme.path));
    assert_eq!(perennial_tests::client::ids(&found), made);
    seller
        .get(&format!("{}/contacts?q=x", acme.path))
        .refused(400, "bad_request")
        .blames("q", "unknown_parameter");
}
