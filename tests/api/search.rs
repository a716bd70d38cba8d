//! Full text: in lists and over everything.

use perennial_tests::app::TestApp;
use perennial_tests::client::{Client, encoded};
use perennial_tests::company::Person;
use serde_json::{Value, json};

use crate::purchases::{buy, line};

#[track_caller]
fn finds(client: &Client, q: &str, expected: &[String]) {
    let listed = client
        .get(&format!("/customers?q={}", encoded(q)))
        .expect(200);
    assert_eq!(listed.ids(), expected, "list: {q}");
    let searched = client
        .post("/customers/search", json!({ "q": q }))
        .expect(200);
    assert_eq!(searched.ids(), expected, "search: {q}");
    let everything = client.get(&format!("/search?q={}", encoded(q))).expect(200);
    let hits: Vec<String> = everything["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|hit| hit["resource"] == "customers")
        .map(|hit| hit["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(hits, expected, "everything: {q}");
}

fn huawei(client: &Client) -> Value {
    let draft = json!({
        "name": "深圳市华为技术有限公司", "code": "HW-1", "industry": "Königlich",
        "identifiers": [{ "kind": "phone", "value": "+86 755 2878-0808" }, { "kind": "email", "value": "info@huawei.example" }],
        "addresses": [{ "city": "深圳" }],
    });
    client.create("customers", draft).body
}

#[test]
fn a_customer_is_found_by_any_part_by_pinyin_by_initials_and_by_digits() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let found = vec![huawei(&seller)["id"].as_str().unwrap().to_owned()];
    seller.create_customer("Acme");
    for q in [
        "华为",
        "华为技术",
        "有限公司",
        "司",
        "hwjsyxgs",
        "szshw",
        "shenzhenshihuawei",
        "8675528780808",
        "HW-1",
        "hw",
        "konigl",
        "KÖNIG",
        "huawei",
        "深圳 华为",
        "info@huawei.example",
        "华为 0808",
    ] {
        finds(&seller, q, &found);
    }
    for q in [
        "华技",
        "beijing",
        "为华",
        "acme 华为",
        "-",
        "\"",
        "*",
        "')",
        "OR",
        "a AND b",
        "NEAR(华 为)",
        "\u{e000}o1",
    ] {
        finds(&seller, q, &[]);
    }
}

#[test]
fn a_chinese_name_is_found_by_every_usual_reading() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for (name, queries) in [
        ("佛山照明", vec!["foshan", "fushan", "fszm"]),
        ("重庆长安汽车", vec!["chongqing", "cqca", "changan"]),
        ("长沙机床", vec!["changsha"]),
        ("中国银行", vec!["zhongguoyinhang", "zgyh"]),
        ("国贸大厦", vec!["daxia", "dasha"]),
        ("绿城", vec!["lvcheng", "lucheng"]),
    ] {
        let found = seller.create_customer(name);
        for q in queries {
            finds(&seller, q, &[found.id()]);
        }
    }
    let sorted = seller.get("/customers?sort=name").expect(200);
    let names: Vec<&str> = sorted["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["name"].as_str())
        .collect();
    assert_eq!(
        names,
        [
            "长沙机床",
            "重庆长安汽车",
            "佛山照明",
            "国贸大厦",
            "绿城",
            "中国银行"
        ]
    );
}

#[test]
fn what_changes_is_found_by_its_new_words_alone() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let bolt = seller
        .change(&acme, json!({ "name": "Bolt" }))
        .expect(200)
        .record();
    finds(&seller, "acme", &[]);
    finds(&seller, "bolt", &[bolt.id()]);
    seller.remove(&bolt).expect(204);
    finds(&seller, "bolt", &[]);
    seller.restore(&bolt).expect(200);
    finds(&seller, "bolt", &[bolt.id()]);
}

#[test]
fn a_search_finds_what_one_may_see() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    seller.create_contact("Acme Ann", &[&acme]);
    let hits = |client: &Client| {
        client.get("/search?q=acme").expect(200)["data"]
            .as_array()
            .unwrap()
            .len()
    };
    for person in [
        Person::Seller,
        Person::Colleague,
        Person::Lead,
        Person::Manager,
        Person::Reader,
    ] {
        finds(&app.person(person), "acme", &[acme.id()]);
        assert_eq!(hits(&app.person(person)), 2, "{person:?}");
    }
    for person in [Person::Stranger, Person::Foreigner] {
        finds(&app.person(person), "acme", &[]);
        assert_eq!(hits(&app.person(person)), 0, "{person:?}");
    }
}

#[test]
fn a_hand_over_moves_a_customer_between_searches() {
    let app = TestApp::start();
    let (seller, stranger) = (app.as_seller(), app.person(Person::Stranger));
    let acme = seller.create_customer("Acme");
    seller
        .change(&acme, json!({ "owner_id": app.id_of(Person::Stranger) }))
        .expect(200);
    finds(&seller, "acme", &[]);
    finds(&stranger, "acme", &[acme.id()]);
}

#[test]
fn the_people_at_a_customer_move_with_it_between_searches() {
    let app = TestApp::start();
    let (seller, stranger) = (app.as_seller(), app.person(Person::Stranger));
    let acme = seller.create_customer("Acme");
    let ann = seller.create_contact("Ann", &[&acme]);
    let found = |client: &Client| client.get("/contacts?q=ann").expect(200).ids();
    let hits = |client: &Client| client.get("/search?q=ann").expect(200)["data"].clone();
    let alone = seller.create_contact("Anna", &[]);
    assert_eq!(found(&seller), [ann.id(), alone.id()]);
    assert_eq!(hits(&seller)[0]["id"], alone.id(), "the newest first");
    let acme = seller
        .change(&acme, json!({ "owner_id": app.id_of(Person::Stranger) }))
        .expect(200)
        .record();
    assert_eq!(found(&seller), [alone.id()]);
    assert_eq!(found(&stranger), [ann.id()]);
    assert_eq!(hits(&stranger)[0]["id"], ann.id());
    // Whose only customer is deleted works nowhere: the maker sees it again.
    stranger.remove(&acme).expect(204);
    assert_eq!(found(&seller), [ann.id(), alone.id()]);
    assert_eq!(found(&stranger), [""; 0]);
    stranger.restore(&acme).expect(200);
    assert_eq!(found(&seller), [alone.id()]);
    assert_eq!(found(&stranger), [ann.id()]);
}

#[test]
fn newer_rows_that_one_may_not_see_do_not_push_out_those_one_may() {
    let app = TestApp::start();
    let (seller, manager) = (app.as_seller(), app.as_manager());
    let mine = seller.create_customer("Acme");
    let ann = seller.create_contact("Acme", &[&mine]);
    let hidden = json!([{ "customer_id": manager.create_customer("Hidden").id(), "title": "" }]);
    for _ in 0..6 {
        let customers = vec![json!({ "create": { "name": "Acme" } }); 200];
        let contacts = vec![json!({ "create": { "name": "Acme", "positions": hidden } }); 200];
        for (resource, operations) in [("customers", customers), ("contacts", contacts)] {
            manager
                .post(
                    &format!("/{resource}/batch"),
                    json!({ "operations": operations }),
                )
                .expect(200);
        }
    }
    assert_eq!(seller.get("/customers?q=acme").ids(), [mine.id()]);
    assert_eq!(seller.get("/contacts?q=acme").ids(), [ann.id()]);
    assert_eq!(seller.get("/search?q=acme").ids(), [ann.id(), mine.id()]);
}

/// Many customers, newer than what is looked for, that hold the same words.
fn crowd(client: &Client, draft: impl Fn(usize) -> Value) {
    for batch in 0..6 {
        let operations: Vec<Value> = (0..200)
            .map(|at| json!({ "create": draft(batch * 200 + at) }))
            .collect();
        client
            .post("/customers/batch", json!({ "operations": operations }))
            .expect(200);
    }
}

#[test]
fn what_a_text_names_is_found_in_any_crowd() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let identifiers = |email: String, phone: String| json!([{ "kind": "email", "value": email }, { "kind": "mobile", "value": phone }, { "kind": "external", "system": "erp", "value": phone }]);
    let draft = json!({ "name": "Bolt", "code": "f5", "identifiers": identifiers("F5@example.org".into(), "+86 138-0013-8000".into()) });
    let found = seller.create("customers", draft);
    let ann =
        json!({ "name": "Ann", "identifiers": [{ "kind": "email", "value": "f5@example.org" }] });
    let ann = seller.create("contacts", ann);
    crowd(&seller, |at| {
        json!({ "name": format!("Bolt {at}"), "code": format!("f5{at:04}"),
            "identifiers": identifiers(format!("f5{at}@example.org"), format!("+86 139-0013-{at:04}")) })
    });
    for q in [
        "f5@example.org",
        "F5@EXAMPLE.org ",
        "f5",
        "Bolt",
        "13800138000",
        "(0086) 138 0013 8000",
    ] {
        let listed = seller.get(&format!(
            "/customers?q={}&limit=1&sort=created_at",
            encoded(q)
        ));
        assert_eq!(listed.ids(), [found.id()], "list: {q}");
        let hits = seller
            .get(&format!("/search?q={}&limit=5", encoded(q)))
            .expect(200);
        assert!(
            hits.ids().iter().take(2).any(|id| *id == found.id()),
            "everything: {q}"
        );
    }
    let hits = seller
        .get("/search?q=f5@example.org&limit=5")
        .expect(200)
        .ids();
    assert_eq!(hits[..2], [ann.id(), found.id()], "the newest first");
    let stranger = app.person(Person::Stranger);
    assert_eq!(stranger.get("/search?q=f5@example.org").ids(), [""; 0]);
}

#[test]
fn a_list_is_narrowed_before_it_is_cut_and_counts_what_it_leaves_out() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let person = seller.create("customers", json!({ "name": "Bolt", "kind": "person" }));
    crowd(&seller, |at| json!({ "name": format!("Bolt {at}") }));
    let total = |list: &str| {
        let page = seller
            .get(&format!("{list}&include_total=true&limit=1"))
            .expect(200);
        (
            page["page"]["total"].as_i64().expect("a total"),
            page.ids()[0].clone(),
        )
    };
    assert_eq!(total("/customers?q=bol&kind=person"), (1, person.id()));
    assert_eq!(total("/customers?q=bol&kind=company").0, 1200);
    assert_eq!(total("/customers?q=bol").0, 1201);
    assert_eq!(total("/customers?q=bolt%201199").0, 1);
    let narrowed = json!({ "q": "bol", "where": { "field": "kind", "value": "person" } });
    assert_eq!(
        seller.post("/customers/search", narrowed).ids(),
        [person.id()]
    );
}

#[test]
fn hits_come_newest_first_with_what_tells_them_apart() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let first = seller.create(
        "customers",
        json!({ "name": "Acme", "addresses": [{ "city": "上海" }] }),
    );
    let positions = json!([{ "customer_id": first.id(), "title": "Buyer" }]);
    let ann = seller.create(
        "contacts",
        json!({ "name": "Ann of Acme", "positions": positions }),
    );
    let second = seller.create_customer("Acme");
    let found = seller.get("/search?q=acme").expect(200);
    let expected = json!([
        { "resource": "customers", "id": second.id(), "title": "Acme", "subtitle": "C-00002" },
        { "resource": "contacts", "id": ann.id(), "title": "Ann of Acme", "subtitle": "Buyer" },
        { "resource": "customers", "id": first.id(), "title": "Acme", "subtitle": "C-00001 · 上海" },
    ]);
    assert_eq!(found["data"], expected);
    assert_eq!(
        seller.get("/search?q=acme&limit=2").body["data"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn a_search_needs_a_text() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for path in ["/search", "/search?q="] {
        seller
            .get(path)
            .refused(400, "bad_request")
            .blames("q", "length");
    }
    seller
        .get("/search?q=a&sort=name")
        .refused(400, "bad_request")
        .blames("sort", "unknown_parameter");
    seller
        .get("/search?q=a&q=b")
        .refused(400, "bad_request")
        .blames("q", "twice");
}

#[test]
fn a_name_without_a_word_can_be_kept() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for name in ["£", "®£", "…", "😀"] {
        let acme = seller.create_customer(name);
        seller.create_contact(name, &[&acme]);
        let found = seller
            .get(&format!("/customers?id={}", acme.id()))
            .expect(200);
        assert_eq!(found.ids(), [acme.id()], "{name}");
    }
    let names = ["®\u{a5ad2}£", "«»"];
    for name in names {
        app.as_admin().create("teams", json!({ "name": name }));
    }
}

#[test]
fn a_list_of_purchases_is_searched_by_what_names_them() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let (acme, other) = (
        seller.create_customer("Acme Tools"),
        seller.create_customer("Other"),
    );
    let first = buy(&seller, &acme, "2024-05-02", &[line("1", "2", "0")]);
    let draft = json!({
        "customer_id": other.id(), "external_system": "till", "external_id": "T-77", "lines": [line("1", "3", "0")],
    });
    let second = seller.create("purchases", draft);
    let found = |client: &Client, q: &str| client.get(&format!("/purchases?q={q}")).ids();
    let code = first["code"].as_str().unwrap_or_default().to_lowercase();
    for q in [code.as_str(), "acme", "tools%20acme"] {
        assert_eq!(found(&seller, q), [first.id()], "{q}");
    }
    assert_eq!(found(&seller, "T-77"), [second.id()]);
    assert!(found(&seller, "nobody").is_empty());
    // Who does not see a customer learns nothing of what it bought.
    assert!(found(&app.person(Person::Stranger), "acme").is_empty());
    let counted = seller.get("/purchases?q=acme&include_total=true");
    assert_eq!(counted["page"]["total"], 1);
    let admin = app.as_admin();
    let rate = json!({ "currency": "USD", "since": "2024-01-01", "rate": "0.9" });
    let rate = admin.create("exchange-rates", rate);
    assert_eq!(admin.get("/exchange-rates?q=usd").ids(), [rate.id()]);
    assert!(admin.get("/exchange-rates?q=gbp").ids().is_empty());
}
