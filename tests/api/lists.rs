//! Lists: pages, filters, orders, totals, full text.

use std::collections::{BTreeMap, BTreeSet};

use perennial_domain::contact::Contact;
use perennial_domain::customer::Customer;
use perennial_domain::field::Resource;
use perennial_domain::search::sort_key;
use perennial_domain::tag::Tag;
use perennial_domain::user::User;
use perennial_tests::app::TestApp;
use perennial_tests::client::{Client, ids};
use perennial_tests::company::Person;
use serde_json::{Value, json};

/// Customers in one transaction, so that all of them tie in `created_at`.
fn create_many(client: &Client, names: &[String]) {
    let operations: Vec<Value> = names.iter().map(|name| json!({ "create": { "name": name } })).collect();
    client.post("/customers/batch", json!({ "operations": operations })).expect(200);
}

/// Every order of a resource that there is.
fn orders<R: Resource>() -> Vec<String> {
    let names: Vec<&str> = R::FIELDS.iter().filter(|field| field.sorted).map(|field| field.name).collect();
    let mut orders: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    for first in &names {
        orders.extend(names.iter().filter(|second| *second != first).map(|second| format!("{first},{second}")));
    }
    let down: Vec<String> = orders.iter().map(|order| format!("-{}", order.replace(',', ",-"))).collect();
    orders.into_iter().chain(down).collect()
}

/// What a row sorts by, as the databases compare it.
fn key(row: &Value, order: &str) -> Vec<String> {
    let of = |name: &str| {
        let text = row[name].as_str().unwrap_or_default();
        if name == "name" { sort_key(text) } else { text.to_owned() }
    };
    order.split(',').map(|name| of(name.trim_start_matches('-'))).chain([of("id")]).collect()
}

#[test]
fn every_order_walks_every_row_once() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let names = ["Acme", "阿里", "Acme", "张三", "acme", "Zoë", "Acme", "李四", "ÄRGER", "Acme Ltd", "安踏", "10", "9", "Ａcme", "  acme", "😀"];
    create_many(&seller, &names.map(str::to_owned));
    create_many(&seller, &names.map(str::to_owned));
    let every: BTreeSet<String> = ids(&seller.walk("/customers")).into_iter().collect();
    assert_eq!(every.len(), 2 * names.len());
    for order in orders::<Customer>() {
        let rows = seller.walk(&format!("/customers?limit=5&sort={order}"));
        let found: Vec<Vec<String>> = rows.iter().map(|row| key(row, &order)).collect();
        let mut expected = found.clone();
        expected.sort();
        if order.starts_with('-') {
            expected.reverse();
        }
        assert_eq!(found, expected, "sort={order}");
        assert_eq!(ids(&rows).into_iter().collect::<BTreeSet<_>>(), every, "sort={order}");
        assert_eq!(rows.len(), every.len(), "sort={order}: twice");
    }
}

#[test]
fn a_walk_misses_nothing_while_others_write() {
    let app = TestApp::start();
    let manager = app.as_manager();
    let named = |range: std::ops::Range<usize>| range.map(|at| format!("Acme {}", at % 4)).collect::<Vec<_>>();
    create_many(&manager, &named(0..30));
    for order in orders::<Customer>() {
        let untouched: Vec<Value> = manager.walk("/customers?limit=200");
        let (kept, doomed): (Vec<&Value>, Vec<&Value>) = untouched.iter().partition(|row| row["code"].as_str().unwrap() < "C-00021");
        let mut doomed = doomed.into_iter();
        let (mut seen, mut cursor) = (BTreeMap::<String, usize>::new(), String::new());
        loop {
            let page = manager.get(&format!("/customers?limit=7&sort={order}{cursor}")).expect(200);
            page.ids().into_iter().for_each(|id| *seen.entry(id).or_default() += 1);
            let Some(next) = page["page"]["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
            create_many(&manager, &named(0..2));
            for row in doomed.by_ref().take(2) {
                let path = format!("/customers/{}", row["id"].as_str().unwrap());
                manager.delete(&path, &format!("\"v{}.f1\"", row["version"])).expect(204);
            }
        }
        assert!(seen.values().all(|times| *times == 1), "sort={order}: a row came twice");
        let missed: Vec<&&Value> = kept.iter().filter(|row| !seen.contains_key(row["id"].as_str().unwrap())).collect();
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
    for (path, orders) in [("/contacts", orders::<Contact>()), ("/tags", orders::<Tag>()), ("/users", orders::<User>())] {
        let count = admin.walk(path).len();
        for order in orders {
            let rows = admin.walk(&format!("{path}?limit=2&sort={order}"));
            let found: Vec<Vec<String>> = rows.iter().map(|row| key(row, &order)).collect();
            let descending = order.starts_with('-');
            assert!(found.is_sorted_by(|left, right| if descending { left > right } else { left < right }), "{path} {order}");
            assert_eq!(rows.len(), count, "{path} {order}");
        }
    }
}

#[test]
fn an_order_that_no_index_serves_is_refused() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for order in ["industry", "name,-code", "name,name", "name,code,created_at", "", "nonsense", "--name", "name;drop", "figures"] {
        seller.get(&format!("/customers?sort={order}")).refused(400, "bad_request").blames("sort", "value");
        seller.post("/customers/search", json!({ "sort": order })).refused(422, "invalid").blames("sort", "value");
    }
}

#[test]
fn limits_are_one_to_two_hundred() {
    let app = TestApp::start();
    let seller = app.as_seller();
    create_many(&seller, &(0..60).map(|at| format!("Acme {at}")).collect::<Vec<_>>());
    assert_eq!(seller.get("/customers").ids().len(), 50, "fifty unless asked otherwise");
    for limit in ["0", "201", "-1", "1.5", "x", "", "99999999999999999999"] {
        seller.get(&format!("/customers?limit={limit}")).refused(400, "bad_request").blames("limit", "range");
    }
    assert_eq!(seller.get("/customers?limit=1").ids().len(), 1);
    assert_eq!(seller.get("/customers?limit=200").ids().len(), 60);
    seller.post("/customers/search", json!({ "limit": 201 })).refused(422, "invalid").blames("limit", "range");
    seller.post("/customers/search", json!({ "limit": 0 })).refused(422, "invalid").blames("limit", "range");
    assert_eq!(seller.post("/customers/search", json!({ "limit": 60 })).ids().len(), 60);
}

#[test]
fn a_parameter_that_nobody_knows_is_refused() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for parameter in ["nonsense", "industry_gte", "owner", "limit_gte", "filter[kind]", "employees", "switching_plan", "name_lte", "roles_is_null"] {
        let path = format!("/customers?{}=1", parameter.replace('[', "%5B").replace(']', "%5D"));
        seller.get(&path).refused(400, "bad_request").blames(parameter, "unknown_parameter");
    }
    seller.get("/customers?kind=company&kind=person").refused(400, "bad_request").blames("kind", "duplicate");
    for wrong in ["kind=firm", "owner_id=1", "created_at_gte=yesterday", "owner_id_is_null=perhaps", "include_total=1", "include_deleted=yes", "code=%00", "kind_in=company,", "fields=name,secret", "fields="] {
        let name = wrong.split('=').next().unwrap();
        seller.get(&format!("/customers?{wrong}")).refused(400, "bad_request").blames(name, "value");
    }
    seller.get("/customers?q=%FF").refused(400, "bad_request");
    let long = "x".repeat(201);
    seller.get(&format!("/customers?q={long}")).refused(400, "bad_request").blames("q", "length");
    let many = vec!["x"; 201].join(",");
    seller.get(&format!("/customers?code_in={many}")).refused(400, "bad_request").blames("code_in", "value");
}

#[test]
fn a_search_says_where_its_tree_is_wrong() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let leaf = json!({ "field": "kind", "value": "company" });
    let deep = (0..5).fold(leaf.clone(), |inner, _| json!({ "all": [inner] }));
    let wide = json!({ "any": vec![leaf.clone(); 50] });
    for (tree, pointer, code) in [
        (json!({ "all": [leaf, { "field": "nonsense", "value": "1" }] }), "/where/all/1/field", "unknown_field"),
        (json!({ "field": "kind", "operator": "gte", "value": "company" }), "/where/operator", "value"),
        (json!({ "any": [{ "field": "employees", "value": "many" }] }), "/where/any/0/value", "value"),
        (json!({ "all": [], "any": [] }), "/where", "value"),
        (json!({}), "/where", "value"),
        (deep, "/where/all/0/all/0/all/0/all/0/all/0", "too_deep"),
        (wide, "/where/any/49", "too_deep"),
        (json!({ "field": "note", "value": "x" }), "/where/operator", "value"),
        (json!({ "field": "identifiers", "value": "x" }), "/where/operator", "value"),
    ] {
        seller.post("/customers/search", json!({ "where": tree })).refused(422, "invalid").blames(pointer, code);
    }
    for body in [json!({ "where": { "field": "kind", "operator": "like" } }), json!({ "filter": {} }), json!([]), json!({ "where": [] })] {
        seller.post("/customers/search", body).refused(422, "invalid");
    }
}

#[test]
fn a_cursor_belongs_to_its_list() {
    let app = TestApp::start();
    let seller = app.as_seller();
    create_many(&seller, &(0..4).map(|at| format!("Acme {at}")).collect::<Vec<_>>());
    let cursor = |path: &str| seller.get(path).expect(200)["page"]["next_cursor"].as_str().unwrap().to_owned();
    let plain = cursor("/customers?limit=2");
    seller.get(&format!("/customers?limit=1&cursor={plain}")).expect(200);
    for other in ["kind=company&", "sort=code&", "sort=-name&", "q=acme&", "include_deleted=true&"] {
        seller.get(&format!("/customers?{other}cursor={plain}")).refused(400, "bad_request").blames("cursor", "value");
    }
    seller.get(&format!("/contacts?cursor={plain}")).refused(400, "bad_request").blames("cursor", "value");
    let filtered = cursor("/customers?limit=2&kind=company&q=acme");
    assert_eq!(seller.get(&format!("/customers?q=acme&kind=company&cursor={filtered}")).ids().len(), 2, "the order of parameters does not matter");
    for forged in ["x", "AAAA", "bnVsbA", &plain[..plain.len() - 3], &format!("{plain}x")] {
        seller.get(&format!("/customers?cursor={forged}")).refused(400, "bad_request").blames("cursor", "value");
    }
    let search = |body: Value| seller.post("/customers/search", body);
    let first = search(json!({ "limit": 3, "where": { "field": "kind", "value": "company" } })).expect(200);
    let next = first["page"]["next_cursor"].clone();
    search(json!({ "cursor": next })).refused(422, "invalid").blames("cursor", "value");
    let rest = search(json!({ "cursor": next, "where": { "field": "kind", "value": "company" } }));
    assert_eq!(rest.ids().len(), 1);
}

#[test]
fn a_total_is_counted_if_asked_for() {
    let app = TestApp::start();
    let seller = app.as_seller();
    create_many(&seller, &(0..5).map(|at| format!("Acme {at}")).collect::<Vec<_>>());
    app.person(Person::Stranger).create_customer("Unseen");
    assert_eq!(seller.get("/customers")["page"].get("total"), None);
    for (query, total) in [("", 5), ("&limit=2", 5), ("&name=Acme+3", 1), ("&kind=person", 0), ("&q=acme", 5)] {
        let page = seller.get(&format!("/customers?include_total=true{query}")).expect(200);
        assert_eq!(page["page"]["total"], total, "{query}");
    }
    let page = seller.get("/customers?include_total=true&limit=2").expect(200);
    let next = format!("/customers?include_total=true&limit=2&cursor={}", page["page"]["next_cursor"].as_str().unwrap());
    assert_eq!(seller.get(&next)["page"]["total"], 5, "the whole list is counted on every page");
}

#[test]
fn a_sparse_page_holds_what_was_asked_for() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let acme = seller.create_customer("Acme");
    let page = seller.get("/customers?fields=id,name,version").expect(200);
    assert_eq!(page["data"], json!([{ "id": acme.id(), "name": "Acme", "version": 1 }]));
    assert_eq!(page.header("content-type"), Some("application/vnd.perennial.sparse+json"));
}
