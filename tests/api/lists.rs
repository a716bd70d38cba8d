//! Lists: pages, filters, orders, totals, full text.

use std::collections::{BTreeMap, BTreeSet};

use perennial_domain::contact::Contact;
use perennial_domain::customer::Customer;
use perennial_domain::each_resource;
use perennial_domain::field::Resource;
use perennial_domain::purchase::Purchase;
use perennial_domain::search::sort_key;
use perennial_tests::app::TestApp;
use perennial_tests::client::{Client, Record, ids};
use perennial_tests::company::Person;
use serde_json::{Value, json};

/// Customers in one transaction, so that all of them tie in `created_at`.
pub fn create_many(client: &Client, names: &[String]) {
    let operations: Vec<Value> = names
        .iter()
        .map(|name| json!({ "create": { "name": name } }))
        .collect();
    client
        .post("/customers/batch", json!({ "operations": operations }))
        .expect(200);
}

/// Every order of a resource that there is.
pub fn orders<R: Resource>() -> Vec<String> {
    let names: Vec<&str> = R::FIELDS
        .iter()
        .filter(|field| field.sorted)
        .map(|field| field.name)
        .collect();
    let mut orders: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    for first in &names {
        orders.extend(
            names
                .iter()
                .filter(|second| *second != first)
                .map(|second| format!("{first},{second}")),
        );
    }
    let down: Vec<String> = orders
        .iter()
        .map(|order| format!("-{}", order.replace(',', ",-")))
        .collect();
    orders.into_iter().chain(down).collect()
}

/// What a row sorts by, as the databases compare it.
fn key(row: &Value, order: &str) -> Vec<String> {
    let of = |name: &str| {
        let amount = row[name].get("amount").unwrap_or(&row[name]);
        let text = amount.as_str().unwrap_or_default();
        if name == "name" {
            sort_key(text)
        } else {
            text.to_owned()
        }
    };
    order
        .split(',')
        .map(|name| of(name.trim_start_matches('-')))
        .chain([of("id")])
        .collect()
}

/// A walk finds these rows, each once, in the order that was asked for.
#[track_caller]
fn walks_in_order(client: &Client, path: &str, order: &str, every: &BTreeSet<String>) {
    let rows = client.walk(path);
    let found: Vec<Vec<String>> = rows.iter().map(|row| key(row, order)).collect();
    let mut expected = found.clone();
    expected.sort();
    if order.starts_with('-') {
        expected.reverse();
    }
    assert_eq!(found, expected, "{path}");
    assert_eq!(
        ids(&rows).into_iter().collect::<BTreeSet<_>>(),
        *every,
        "{path}"
    );
    assert_eq!(rows.len(), every.len(), "{path}: twice");
}

#[test]
fn every_order_walks_every_row_once() {
    let app = TestApp::start();
    let seller = app.as_seller();
    // The team's rows are merged of its members'; another team's are none of them.
    let [colleague, stranger] =
        [Person::Colleague, Person::Stranger].map(|person| app.person(person));
    let names = [
        "Acme", "阿里", "Acme", "张三", "acme", "Zoë", "Acme", "李四", "ÄRGER", "Acme Ltd", "安踏",
        "10", "9", "Ａcme", "  acme", "😀",
    ];
    for client in [&seller, &colleague, &stranger] {
        create_many(client, &names.map(str::to_owned));
    }
    let every: BTreeSet<String> = ids(&seller.walk("/customers")).into_iter().collect();
    assert_eq!(every.len(), 2 * names.len());
    for order in orders::<Customer>() {
        walks_in_order(
            &seller,
            &format!("/customers?limit=5&sort={order}"),
            &order,
            &every,
        );
    }
}

#[test]
fn a_walk_misses_nothing_while_others_write() {
    let app = TestApp::start();
    let manager = app.as_manager();
    let named = |range: std::ops::Range<usize>| {
        range
            .map(|at| format!("Acme {}", at % 4))
            .collect::<Vec<_>>()
    };
    create_many(&manager, &named(0..30));
    for order in orders::<Customer>() {
        let untouched: Vec<Value> = manager.walk("/customers?limit=200");
        let (kept, doomed): (Vec<&Value>, Vec<&Value>) = untouched
            .iter()
            .partition(|row| row["code"].as_str().unwrap() < "C-00021");
        let mut doomed = doomed.into_iter();
        let (mut seen, mut cursor) = (BTreeMap::<String, usize>::new(), String::new());
        loop {
            let page = manager
                .get(&format!("/customers?limit=7&sort={order}{cursor}"))
                .expect(200);
            page.ids()
                .into_iter()
                .for_each(|id| *seen.entry(id).or_default() += 1);
            let Some(next) = page["page"]["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
            create_many(&manager, &named(0..2));
            for row in doomed.by_ref().take(2) {
                let path = format!("/customers/{}", row["id"].as_str().unwrap());
                manager
                    .delete(&path, &format!("\"v{}.f1\"", row["version"]))
                    .expect(204);
            }
        }
        assert!(
            seen.values().all(|times| *times == 1),
            "sort={order}: a row came twice"
        );
        let missed: Vec<&&Value> = kept
            .iter()
            .filter(|row| !seen.contains_key(row["id"].as_str().unwrap()))
            .collect();
        assert!(missed.is_empty(), "sort={order}: {missed:?}");
    }
}

#[test]
fn every_resource_walks_in_every_order() {
    let app = TestApp::start();
    let admin = app.as_admin();
    let acme = admin.create_customer("Acme");
    for at in 0..9 {
        admin.create_contact(["Ann", "Ann", "王芳"][at % 3], &[&acme]);
        admin.create_tag(&format!("Tag {}", at % 10));
    }
    for at in 0..9 {
        let name = ["Tea", "Tea", "茶"][at % 3];
        admin.create("products", json!({ "name": name }));
        admin.create(
            "product-categories",
            json!({ "name": format!("Category {at}") }),
        );
        admin.create("teams", json!({ "name": format!("Team {at}") }));
        let day = format!("2024-03-0{}", 1 + at % 3);
        let lines = json!([{ "quantity": "1", "price": format!("{}", at % 4) }]);
        admin.create(
            "purchases",
            json!({ "customer_id": acme.id(), "purchased_on": day, "lines": lines }),
        );
        let currency = ["EUR", "USD", "JPY"][at % 3];
        admin.create(
            "exchange-rates",
            json!({ "currency": currency, "since": format!("2024-01-0{}", 1 + at / 3), "rate": "1" }),
        );
    }
    macro_rules! walks {
        ($($resource:ty),* $(,)?) => { [$((format!("/{}", <$resource>::path()), orders::<$resource>())),*] };
    }
    for (path, orders) in each_resource!(walks) {
        let count = admin.walk(&path).len();
        assert!(count > 0, "{path}");
        for order in orders {
            let rows = admin.walk(&format!("{path}?limit=2&sort={order}"));
            let found: Vec<Vec<String>> = rows.iter().map(|row| key(row, &order)).collect();
            let descending = order.starts_with('-');
            assert!(
                found.is_sorted_by(|left, right| if descending {
                    left > right
                } else {
                    left < right
                }),
                "{path} {order}"
            );
            assert_eq!(rows.len(), count, "{path} {order}");
        }
    }
}

#[test]
fn a_cursor_belongs_to_its_list() {
    let app = TestApp::start();
    let seller = app.as_seller();
    create_many(
        &seller,
        &(0..4).map(|at| format!("Acme {at}")).collect::<Vec<_>>(),
    );
    let cursor = |path: &str| {
        seller.get(path).expect(200)["page"]["next_cursor"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let plain = cursor("/customers?limit=2");
    seller
        .get(&format!("/customers?limit=1&cursor={plain}"))
        .expect(200);
    for other in [
        "kind=company&",
        "sort=code&",
        "sort=-name&",
        "q=acme&",
        "include_deleted=true&",
    ] {
        seller
            .get(&format!("/customers?{other}cursor={plain}"))
            .refused(400, "bad_request")
            .blames("cursor", "value");
    }
    seller
        .get(&format!("/contacts?cursor={plain}"))
        .refused(400, "bad_request")
        .blames("cursor", "value");
    let filtered = cursor("/customers?limit=2&kind=company&q=acme");
    assert_eq!(
        seller
            .get(&format!("/customers?q=acme&kind=company&cursor={filtered}"))
            .ids()
            .len(),
        2,
        "the order of parameters does not matter"
    );
    for forged in [
        "x",
        "AAAA",
        "bnVsbA",
        &plain[..plain.len() - 3],
        &format!("{plain}x"),
    ] {
        seller
            .get(&format!("/customers?cursor={forged}"))
            .refused(400, "bad_request")
            .blames("cursor", "value");
    }
    let search = |body: Value| seller.post("/customers/search", body);
    let first =
        search(json!({ "limit": 3, "where": { "field": "kind", "value": "company" } })).expect(200);
    let next = first["page"]["next_cursor"].clone();
    search(json!({ "cursor": next }))
        .refused(422, "invalid")
        .blames("cursor", "value");
    let rest = search(json!({ "cursor": next, "where": { "field": "kind", "value": "company" } }));
    assert_eq!(rest.ids().len(), 1);
}

#[test]
fn a_total_is_counted_if_asked_for() {
    let app = TestApp::start();
    let seller = app.as_seller();
    create_many(
        &seller,
        &(0..5).map(|at| format!("Acme {at}")).collect::<Vec<_>>(),
    );
    app.person(Person::Stranger).create_customer("Unseen");
    assert_eq!(seller.get("/customers")["page"].get("total"), None);
    for (query, total) in [
        ("", 5),
        ("&limit=2", 5),
        ("&name=Acme+3", 1),
        ("&kind=person", 0),
        ("&q=acme", 5),
    ] {
        let page = seller
            .get(&format!("/customers?include_total=true{query}"))
            .expect(200);
        assert_eq!(page["page"]["total"], total, "{query}");
    }
    let page = seller
        .get("/customers?include_total=true&limit=2")
        .expect(200);
    let next = format!(
        "/customers?include_total=true&limit=2&cursor={}",
        page["page"]["next_cursor"].as_str().unwrap()
    );
    assert_eq!(
        seller.get(&next)["page"]["total"],
        5,
        "the whole list is counted on every page"
    );
}

#[test]
fn a_sparse_page_holds_what_was_asked_for() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let page = seller.get("/customers?fields=id,name,version").expect(200);
    assert_eq!(
        page["data"],
        json!([{ "id": acme.id(), "name": "Acme", "version": 1 }])
    );
    assert_eq!(
        page.header("content-type"),
        Some("application/vnd.perennial.sparse+json")
    );
}

/// So many records that are the stranger's, a batch at a time.
fn crowd(stranger: &Client, resource: &str, draft: &Value) {
    let operations: Vec<Value> = (0..200).map(|_| json!({ "create": draft })).collect();
    for _ in 0..6 {
        stranger
            .post(
                &format!("/{resource}/batch"),
                json!({ "operations": operations }),
            )
            .expect(200);
    }
}

#[test]
fn ones_own_few_are_found_among_everybody_elses_many() {
    let app = TestApp::start();
    let [seller, stranger] = [Person::Seller, Person::Stranger].map(|person| app.person(person));
    let [ours, theirs] = [&seller, &stranger].map(|client| client.create_customer("Acme"));
    let purchase = |customer: &Record, day: &str| json!({ "customer_id": customer.id(), "purchased_on": day, "lines": [{ "quantity": "1", "price": "1" }] });
    let contact = |customer: &Record| json!({ "name": "Ann", "positions": [{ "customer_id": customer.id() }] });
    let mut mine: [BTreeSet<String>; 2] = Default::default();
    let mut make = |day: &str| {
        mine[0].insert(seller.create("purchases", purchase(&ours, day)).id());
        mine[1].insert(seller.create("contacts", contact(&ours)).id());
    };
    make("2020-01-01");
    crowd(&stranger, "purchases", &purchase(&theirs, "2024-05-02"));
    crowd(&stranger, "contacts", &contact(&theirs));
    make("2026-01-01");
    make("2020-01-01");
    // Somebody who works nowhere is seen by their maker; a deleted one by nobody.
    mine[1].insert(seller.create("contacts", json!({ "name": "Bo" })).id());
    seller
        .remove(&seller.create("purchases", purchase(&ours, "2021-01-01")))
        .expect(204);
    for (resource, mine, orders) in [
        ("purchases", &mine[0], orders::<Purchase>()),
        ("contacts", &mine[1], orders::<Contact>()),
    ] {
        for order in orders {
            walks_in_order(
                &seller,
                &format!("/{resource}?limit=2&sort={order}"),
                &order,
                mine,
            );
        }
    }
}
