//! `perennial check`: what is derived is what it is derived from.

use std::io::BufReader;

use perennial_api::{clock, demo};
use perennial_domain::customer::Customer;
use perennial_domain::query::ListQuery;
use perennial_domain::text::Language;
use perennial_store::{Read, Store, resource};
use perennial_tests::app::{TestApp, at_once};
use perennial_tests::database::{Database, Kind, kind};
use serde_json::{Value, json};

/// A key as SQL writes it.
fn own(id: &str) -> String {
    let id = id.replace('-', "");
    match kind() {
        Kind::Sqlite => format!("X'{id}'"),
        Kind::Postgresql => format!("'\\x{id}'"),
    }
}

fn checks(store: &Store, rebuild: bool) -> Vec<&'static str> {
    let found = store
        .check(rebuild, clock::now())
        .expect("everything can be looked at");
    found.iter().map(|finding| finding.check).collect()
}

#[test]
fn what_is_wrong_is_told_and_what_can_be_made_anew_is() {
    let database = Database::new();
    let store = Store::open(&database.url).expect("the database opens");
    demo::fill(&store, Language::ZhCn, "none".to_owned(), 30, clock::now()).expect("a company");
    let none: [&str; 0] = [];
    assert_eq!(
        store
            .check(false, clock::now())
            .expect("everything can be looked at"),
        []
    );
    let customer = "(SELECT id FROM customers ORDER BY id LIMIT 1)";
    let forget = match kind() {
        Kind::Sqlite => format!(
            "DELETE FROM search_index WHERE rowid = (SELECT seq FROM search_documents WHERE id = {customer})"
        ),
        Kind::Postgresql => format!("DELETE FROM search_documents WHERE id = {customer}"),
    };
    for (sql, check) in [
        (
            format!(
                "UPDATE customer_figures SET contacts = contacts + 1 WHERE customer_id = {customer}"
            ),
            "figures",
        ),
        (
            format!(
                "UPDATE customer_figures SET revenue = revenue + 1 WHERE customer_id = {customer}"
            ),
            "figures",
        ),
        (
            "UPDATE customer_figures SET last_on = NULL, first_on = NULL WHERE customer_id = (SELECT customer_id FROM purchases ORDER BY customer_id LIMIT 1)".to_owned(),
            "figures",
        ),
        (forget, "search"),
        (
            format!("UPDATE search_documents SET text = 'other' WHERE id = {customer}"),
            "search",
        ),
        (
            "INSERT INTO search_documents (organization, kind, id, version, text) SELECT organization, 'customers', change_set, 1, 'gone' FROM customers \
                 WHERE change_set IS NOT NULL ORDER BY id LIMIT 1".to_owned(),
            "search",
        ),
    ] {
        database.execute(&sql);
        assert_eq!(checks(&store, false), [check], "{sql}");
        assert_eq!(checks(&store, true), none, "{sql}");
        assert_eq!(checks(&store, false), none, "{sql}");
    }
    // Nobody knows which of two is right: these are told alone.
    for (sql, back, check) in [
        (
            "UPDATE purchases SET total = total + 1 WHERE id = (SELECT id FROM purchases ORDER BY id LIMIT 1)",
            "UPDATE purchases SET total = total - 1 WHERE id = (SELECT id FROM purchases ORDER BY id LIMIT 1)",
            "sums",
        ),
        (
            "UPDATE events SET kind = 'updated' WHERE seq = (SELECT MIN(seq) FROM events WHERE resource = 'customers')",
            "UPDATE events SET kind = 'created' WHERE seq = (SELECT MIN(seq) FROM events WHERE resource = 'customers')",
            "feed",
        ),
    ] {
        database.execute(sql);
        assert_eq!(checks(&store, true), [check], "{sql}");
        database.execute(back);
    }
    assert_eq!(checks(&store, false), none);
}

#[test]
fn what_follows_from_a_purchases_lines_payments_and_returns_is_made_anew() {
    let app = TestApp::start();
    let (admin, seller) = (app.as_admin(), app.as_seller());
    let rate = json!({ "currency": "JPY", "since": "2024-01-01", "units": 100, "rate": "4.87" });
    let rate = admin.create("exchange-rates", rate);
    let acme = seller.create_customer("Acme");
    let line = json!({ "description": "Tea", "quantity": "3", "price": "333.5" });
    let buy = |payment: &str| {
        let draft = json!({ "customer_id": acme.id(), "purchased_on": "2024-05-02", "due_on": "2024-05-20", "currency": "JPY", "lines": [line],
            "freight": "0.6", "payments": [{ "on": "2024-06-01", "amount": payment }] });
        seller.create("purchases", draft)
    };
    let (paid, open, given_back) = (buy("1001"), buy("1"), buy("1"));
    let back =
        json!([{ "reverses": given_back["lines"][0]["id"], "quantity": "-1", "price": "333.5" }]);
    let back = json!({ "customer_id": acme.id(), "currency": "JPY", "reverses_id": given_back.id(), "lines": back });
    seller.create("purchases", back);
    // What was written keeps its worth.
    admin.change(&rate, json!({ "rate": "5" })).expect(200);
    let store = app.store();
    assert_eq!(checks(store, false), [""; 0]);
    for (of, set, told) in [
        (&paid, "due = due + 1", &["purchases"][..]),
        (&paid, "paid = paid + 1", &["purchases"]),
        (&paid, "paid_on = NULL", &["purchases"]),
        (&paid, "days_late = 99", &["purchases", "figures"]),
        (&open, "paid_on = purchased_on", &["purchases"]),
        (
            &open,
            "open_base = open_base + 1",
            &["purchases", "figures"],
        ),
        (&open, "returned = 'partly'", &["purchases"]),
        (
            &given_back,
            "returned = 'wholly'",
            &["purchases", "figures"],
        ),
    ] {
        let before = seller.read(of);
        app.database.execute(&format!(
            "UPDATE purchases SET {set} WHERE id = {}",
            own(&of.id())
        ));
        assert_eq!(checks(store, false), told, "{set}");
        assert_eq!(checks(store, true), [""; 0], "{set}");
        // Whoever has read what was wrong has another version than what is right now.
        let after = seller.read(of);
        assert_ne!(before["version"], after["version"], "{set}");
        for field in ["due", "paid", "open", "paid_on", "returned"] {
            assert_eq!(before[field], after[field], "{set}");
        }
    }
    app.database.execute(&format!(
        "UPDATE purchase_lines SET amount_base = amount_base + 1 WHERE purchase_id = {}",
        own(&open.id())
    ));
    assert_eq!(checks(store, false), ["sums", "purchases"]);
    assert_eq!(checks(store, true), [""; 0]);
    app.database.execute("UPDATE purchases SET owner_id = NULL");
    assert_eq!(checks(store, false), ["purchases"]);
    assert_eq!(checks(store, true), [""; 0]);
}

/// Has the database refuse to write a row of a table.
fn refuse(database: &Database, table: &str, row: &str) {
    let sqlite = format!(
        "CREATE TRIGGER refuse BEFORE UPDATE ON {table} WHEN old.{row} BEGIN SELECT RAISE(ABORT, 'not this one'); END"
    );
    let postgresql = format!(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not this one'; END $$; \
         CREATE TRIGGER refuse BEFORE UPDATE ON {table} FOR EACH ROW WHEN (old.{row}) EXECUTE FUNCTION refuse()"
    );
    database.execute(match kind() {
        Kind::Sqlite => &sqlite,
        Kind::Postgresql => &postgresql,
    });
}

fn refuse_no_more(database: &Database, table: &str) {
    let postgresql = format!("DROP TRIGGER refuse ON {table}; DROP FUNCTION refuse()");
    database.execute(match kind() {
        Kind::Sqlite => "DROP TRIGGER refuse",
        Kind::Postgresql => &postgresql,
    });
}

#[test]
fn what_is_made_anew_keeps_nobody_waiting_for_all_of_it() {
    const CUSTOMERS: usize = 1_200;
    let app = TestApp::start();
    let operations = (0..200).map(|_| json!({ "create": { "name": "Acme" } }));
    let operations: Vec<Value> = operations.collect();
    let body = json!({ "mode": "all_or_nothing", "operations": operations });
    for _ in 0..CUSTOMERS / 200 {
        let answer = app.as_manager().post("/customers/batch", body.clone());
        answer.expect(200);
    }
    let last = app.as_manager().get("/customers?sort=-created_at&limit=1");
    let last = own(last.expect(200)["data"][0]["id"].as_str().expect("an id"));
    for (table, key, wrong) in [
        ("customer_figures", "customer_id", "contacts = 7"),
        ("search_documents", "id", "text = 'other'"),
    ] {
        app.database.execute(&format!("UPDATE {table} SET {wrong}"));
        refuse(&app.database, table, &format!("{key} = {last}"));
        let failed = app.store().check(true, clock::now());
        let failed = failed.expect_err("one is refused").to_string();
        assert!(failed.contains("not this one"), "{failed}");
        // What was made anew before that one was done with: whoever else writes came in between.
        let left = format!("SELECT CAST(COUNT(*) AS TEXT) AS value FROM {table} WHERE {wrong}");
        let left: usize = app.database.texts(&left)[0].parse().expect("a number");
        assert!((1..CUSTOMERS / 2).contains(&left), "{table}: {left}");
        refuse_no_more(&app.database, table);
        assert_eq!(checks(app.store(), true), [""; 0]);
    }
}

/// Lets PostgreSQL refuse whatever reads customers and may not take as long as it needs. SQLite ends no statement.
const UNHURRIED: &str = "CREATE FUNCTION unhurried() RETURNS boolean STABLE LANGUAGE plpgsql AS $$ BEGIN \
    IF current_setting('statement_timeout') <> '0' THEN RAISE 'in a hurry'; END IF; RETURN TRUE; END $$;";

#[test]
fn what_goes_over_everything_may_take_its_time() {
    let (database, other) = (Database::new(), Database::new());
    let store = Store::open(&database.url).expect("the database opens");
    demo::fill(&store, Language::ZhCn, "none".to_owned(), 30, clock::now()).expect("a company");
    let target = Store::open(&other.url).expect("the database opens");
    let mut archive = Vec::new();
    store.backup(&mut archive).expect("a backup");
    if kind() == Kind::Postgresql {
        let check = "ALTER TABLE customers ADD CHECK (unhurried())";
        other.execute(&format!("{UNHURRIED} {check}"));
        let view = "ALTER TABLE customers RENAME TO customers_kept; \
             CREATE VIEW customers AS SELECT * FROM customers_kept WHERE unhurried()";
        database.execute(&format!("{UNHURRIED} {view}"));
        let scope = store.scope_of_email(demo::EMAIL, clock::now());
        let query = ListQuery::first::<Customer>(1);
        let list = |read: &mut Read<'_>| resource::list::<Customer>(read, &query);
        let listed = store.read(&scope.expect("the administrator"), list);
        let refused = listed.expect_err("a list is in a hurry").to_string();
        assert_eq!(refused, "in a hurry");
    }
    for rebuild in [false, true] {
        assert_eq!(checks(&store, rebuild), [""; 0]);
    }
    store.backup(&mut Vec::new()).expect("a backup");
    let restored = target.restore(&mut BufReader::new(&archive[..]), clock::now());
    restored.expect("restored");
    assert_eq!(checks(&target, false), [""; 0]);
}

/// Names that are hard to find again: of no word, of one character, in every script, long, alike, with marks of our own.
fn names() -> Vec<String> {
    let mut names: Vec<String> = [
        "Plain Trading",
        "Plain Trading",
        "!",
        "…",
        "🦊",
        "👩‍👩‍👧 & 🇨🇳",
        "一",
        "a",
        "Ä",
        "e\u{301}",
        "安博昌科技有限公司",
        "株式会社トヨタ",
        "삼성전자",
        "ﷺ",
        "İstanbul ẞ ŒUVRE ﬁn",
        "\u{e000}o1 \u{e001}a",
        "- AND NOT * OR \"",
        "'':* & | <->",
        "a.b@c.d/e?f",
        "\\ %_",
        "١٢٣ 1２3",
        "𠮷野家",
        "𝒜𝒞𝑀𝐸",
    ]
    .map(str::to_owned)
    .to_vec();
    names.extend(["x", "安", "🦊", "長 ", "b-"].map(|part| {
        part.repeat(200)
            .chars()
            .take(200)
            .collect::<String>()
            .trim()
            .to_owned()
    }));
    names
}

#[test]
fn what_many_make_at_once_is_found_whatever_it_is_called() {
    const EACH: usize = 8;
    let app = TestApp::start();
    let names = names();
    let draft = |number: usize| {
        let mut draft = json!({ "name": names[number % names.len()], "industry": names[number * 7 % names.len()] });
        if number.is_multiple_of(3) {
            draft["identifiers"] = json!([{ "kind": "email", "value": format!("a{number}@example.com") }, { "kind": "phone", "value": "+86 21 6012 3456" }]);
        }
        draft
    };
    let answers = at_once(8, |who| {
        let client = [app.as_seller(), app.as_manager(), app.as_admin()][who % 3].clone();
        let answers = (0..EACH).map(|number| {
            let number = who + number * 8;
            let alone = || client.request("POST", "/customers").json(&draft(number));
            alone().send().expect(201);
            if number.is_multiple_of(10) {
                let operations = (0..28).map(|at| json!({ "create": draft(number + at) }));
                let operations: Vec<Value> = operations.collect();
                let mode = ["best_effort", "all_or_nothing"][who % 2];
                let body = json!({ "mode": mode, "operations": operations });
                let answer = client.post("/customers/batch", body);
                assert!(answer.status < 300, "{answer}");
            }
            // What is sent twice is made once.
            let again = || alone().key(&number.to_string()).send().expect(201);
            assert_eq!(again()["id"], again()["id"]);
            again()
        });
        answers.reduce(|_, last| last).expect("an answer")
    });
    assert_eq!(answers.len(), 8);
    let store = Store::open(&app.database.url).expect("the database opens");
    let found = store.check(false, clock::now());
    assert_eq!(found.expect("everything can be looked at"), []);
}
