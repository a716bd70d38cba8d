//! What a list may be asked, and what is refused with its place.

use perennial_tests::app::TestApp;
use serde_json::json;

use crate::lists::create_many;

#[test]
fn an_order_that_no_index_serves_is_refused() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for order in [
        "industry",
        "name,-code",
        "name,name",
        "name,code,created_at",
        "",
        "nonsense",
        "--name",
        "name;drop",
        "figures",
    ] {
        seller
            .get(&format!("/customers?sort={order}"))
            .refused(400, "bad_request")
            .blames("sort", "sort");
        seller
            .post("/customers/search", json!({ "sort": order }))
            .refused(422, "invalid")
            .blames("sort", "sort");
    }
}

#[test]
fn limits_are_one_to_two_hundred() {
    let app = TestApp::start();
    let seller = app.as_seller();
    create_many(
        &seller,
        &(0..60).map(|at| format!("Acme {at}")).collect::<Vec<_>>(),
    );
    assert_eq!(
        seller.get("/customers").ids().len(),
        50,
        "fifty unless asked otherwise"
    );
    for limit in ["0", "201", "-1", "1.5", "x", "", "99999999999999999999"] {
        seller
            .get(&format!("/customers?limit={limit}"))
            .refused(400, "bad_request")
            .blames("limit", "range");
    }
    assert_eq!(seller.get("/customers?limit=1").ids().len(), 1);
    assert_eq!(seller.get("/customers?limit=200").ids().len(), 60);
    seller
        .post("/customers/search", json!({ "limit": 201 }))
        .refused(422, "invalid")
        .blames("limit", "range");
    seller
        .post("/customers/search", json!({ "limit": 0 }))
        .refused(422, "invalid")
        .blames("limit", "range");
    assert_eq!(
        seller
            .post("/customers/search", json!({ "limit": 60 }))
            .ids()
            .len(),
        60
    );
}

#[test]
fn a_parameter_that_nobody_knows_is_refused() {
    let app = TestApp::start();
    let seller = app.as_seller();
    for parameter in [
        "nonsense",
        "industry_gte",
        "owner",
        "limit_gte",
        "filter[kind]",
        "employees",
        "switching_plan",
        "name_lte",
        "roles_is_null",
    ] {
        let path = format!(
            "/customers?{}=1",
            parameter.replace('[', "%5B").replace(']', "%5D")
        );
        seller
            .get(&path)
            .refused(400, "bad_request")
            .blames(parameter, "unknown_parameter");
    }
    seller
        .get("/customers?kind=company&kind=person")
        .refused(400, "bad_request")
        .blames("kind", "twice");
    for (wrong, code, said) in [
        ("kind=alien", "one_of", "must be one of: company, person"),
        (
            "kind_in=company,",
            "one_of",
            "must be one of: company, person",
        ),
        ("owner_id=1", "id", "must be an id"),
        (
            "created_at_gte=2026-01-01",
            "instant",
            "must be a moment, such as 2026-03-31T09:30:00Z",
        ),
        ("owner_id_is_null=perhaps", "flag", "must be true or false"),
        ("include_total=1", "flag", "must be true or false"),
        ("include_deleted=yes", "flag", "must be true or false"),
        ("code=%00", "type", "has the wrong form"),
        (
            "fields=name,secret",
            "one_of",
            "must be one of: id, version, deleted_at, name, code, kind",
        ),
        ("fields=", "one_of", "must be one of: id"),
        (
            "sort=employees",
            "sort",
            "with - before each for descending: name, code",
        ),
    ] {
        let name = wrong.split('=').next().unwrap();
        let refused = seller
            .get(&format!("/customers?{wrong}"))
            .refused(400, "bad_request")
            .blames(name, code);
        let detail = refused["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains(said), "{wrong}: {detail}");
    }
    seller.get("/customers?q=%FF").refused(400, "bad_request");
    let long = "x".repeat(201);
    seller
        .get(&format!("/customers?q={long}"))
        .refused(400, "bad_request")
        .blames("q", "length");
    let many = vec!["x"; 201].join(",");
    seller
        .get(&format!("/customers?code_in={many}"))
        .refused(400, "bad_request")
        .blames("code_in", "many");
}

#[test]
fn a_search_says_where_its_tree_is_wrong() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let leaf = json!({ "field": "kind", "value": "company" });
    let deep = (0..5).fold(leaf.clone(), |inner, _| json!({ "all": [inner] }));
    let wide = json!({ "any": vec![leaf.clone(); 50] });
    for (tree, pointer, code) in [
        (
            json!({ "all": [leaf, { "field": "nonsense", "value": "1" }] }),
            "/where/all/1/field",
            "unknown_field",
        ),
        (
            json!({ "field": "kind", "operator": "gte", "value": "company" }),
            "/where/operator",
            "one_of",
        ),
        (
            json!({ "any": [{ "field": "employees", "value": "many" }] }),
            "/where/any/0/value",
            "integer",
        ),
        (
            json!({ "field": "employees", "value": [1] }),
            "/where/value",
            "integer",
        ),
        (
            json!({ "field": "code", "operator": "in", "value": ["a", 1] }),
            "/where/value",
            "type",
        ),
        (
            json!({ "field": "code", "value": null }),
            "/where/value",
            "required",
        ),
        (json!({ "all": [], "any": [] }), "/where", "value"),
        (json!({}), "/where", "value"),
        (deep, "/where/all/0/all/0/all/0/all/0/all/0", "too_deep"),
        (wide, "/where/any/49", "too_deep"),
        (
            json!({ "field": "note", "value": "x" }),
            "/where/operator",
            "value",
        ),
        (
            json!({ "field": "identifiers", "value": "x" }),
            "/where/operator",
            "value",
        ),
    ] {
        seller
            .post("/customers/search", json!({ "where": tree }))
            .refused(422, "invalid")
            .blames(pointer, code);
    }
    for body in [
        json!({ "where": { "field": "kind", "operator": "like" } }),
        json!({ "filter": {} }),
        json!([]),
        json!({ "where": [] }),
    ] {
        seller
            .post("/customers/search", body)
            .refused(422, "invalid");
    }
}
