//! Two servers on one database are one.

use std::time::{Duration, Instant};

use perennial_api::clock;
use perennial_store::Store;
use perennial_tests::app::eventually;
use perennial_tests::client::{Answer, Client};
use perennial_tests::company::{PASSWORD, Person};
use perennial_tests::database::{Database, Kind, kind};
use perennial_tests::program::{self, Program};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ground::{company, serve};

/// In which one server learns what another was told: a second, and what two requests take on a machine that tests at once.
const SOON: Duration = Duration::from_secs(3);

fn within(what: &str, holds: impl FnMut() -> bool) {
    let began = Instant::now();
    eventually(what, holds);
    assert!(began.elapsed() < SOON, "{what}: {:?}", began.elapsed());
}

/// The same person, by the same token, at another server.
fn also_at(client: &Client, other: &Program) -> Client {
    other.client().with_token(client.token())
}

#[test]
fn who_is_signed_out_or_loses_a_right_at_one_server_has_lost_it_at_the_other_within_a_second() {
    let database = company();
    let (one, other) = (serve(&database), serve(&database));
    let seller = one.person(Person::Seller);
    let there = also_at(&seller, &other);
    there.get("/me").expect(200);
    let signed_out = seller.request("POST", "/auth/sign-out-everywhere");
    signed_out.send().expect(204);
    within("the session is over", || there.get("/me").status == 401);

    let admin = one.as_admin();
    let right = json!({ "area": "customers", "action": "read", "level": "all" });
    let role = json!({ "name": "Looker", "permissions": [right] });
    let role = admin.create("roles", role);
    let colleague = Person::Colleague.email();
    let user = admin.walk("/users");
    let user = user.iter().find(|user| user["email"] == colleague);
    let id = user.expect("a colleague")["id"].as_str().expect("an id");
    let user = admin.get(&format!("/users/{id}")).record();
    let given = admin.change(&user, json!({ "role_id": role.id() }));
    given.expect(200);
    let looker = other.person(Person::Colleague);
    looker.get("/customers").expect(200);
    admin
        .change(&role, json!({ "permissions": [] }))
        .expect(200);
    within("the right is gone", || {
        looker.get("/customers").status == 403
    });
    let role = admin.read(&role);
    let right = json!([{ "area": "customers", "action": "read", "level": "all" }]);
    admin
        .change(&role, json!({ "permissions": right }))
        .expect(200);
    within("the right is back", || {
        looker.get("/customers").status == 200
    });
}

#[test]
fn a_request_sent_to_both_servers_at_once_is_done_once() {
    let database = company();
    let (one, other) = (serve(&database), serve(&database));
    let here = one.as_admin();
    let there = also_at(&here, &other);
    for number in 0..20 {
        let send = |client: &Client| {
            let request = client.request("POST", "/customers");
            let request = request.key(&format!("key {number}").replace(' ', "-"));
            request.json(&json!({ "name": "Acme" })).send().expect(201)
        };
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let asked: Vec<_> = [&here, &there, &here, &there]
                .map(|client| scope.spawn(move || send(client)))
                .into();
            let answers = asked.into_iter().map(|one| one.join());
            answers.map(|answer| answer.expect("an answer")).collect()
        });
        let first = |answer: &&Answer| answer.header("idempotency-replayed").is_none();
        assert_eq!(answers.iter().filter(first).count(), 1);
        assert!(
            answers
                .iter()
                .all(|answer| answer["id"] == answers[0]["id"])
        );
    }
    assert_eq!(here.walk("/customers").len(), 20);
}

#[test]
fn each_piece_of_background_work_is_done_by_one_of_two_servers() {
    const JOBS: usize = 30;
    let database = company();
    let now = clock::now().to_string();
    let now = now.trim_end_matches('Z').replace('T', " ");
    let row = |_| {
        let id = Uuid::now_v7().simple();
        let id = match kind() {
            Kind::Sqlite => format!("X'{id}'"),
            Kind::Postgresql => format!("'\\x{id}'"),
        };
        format!("({id}, 'purge', '{{}}', 'queued', 0, 0, '{now}', '{now}')")
    };
    let rows: Vec<String> = (0..JOBS).map(row).collect();
    let columns = "id, kind, payload, state, done, attempts, run_at, created_at";
    database.execute(&format!(
        "INSERT INTO jobs ({columns}) VALUES {}",
        rows.join(", ")
    ));
    let _servers = (serve(&database), serve(&database));
    let ended = "SELECT state || ' ' || attempts AS value FROM jobs WHERE dedupe_key IS NULL";
    eventually("all are done, each at the first attempt", || {
        database.texts(ended).iter().all(|job| job == "succeeded 1")
    });
    assert_eq!(database.texts(ended).len(), JOBS);
}

#[test]
fn a_worker_that_gives_signs_of_life_keeps_its_job_and_who_lost_it_does_not_end_it() {
    let database = Database::new();
    let open = || Store::open(&database.url).expect("the database opens");
    let (one, other) = (open(), open());
    let began = clock::now();
    let after = |seconds| began.plus_seconds(seconds);
    one.ask_job("purge", began).expect("asked for");
    let take = |store: &Store, seconds| store.take_job(after(seconds)).expect("an answer");
    let slow = take(&one, 0).expect("a job");
    for seconds in [50, 100] {
        assert!(one.go_on(&slow, after(seconds)).expect("an answer"));
        assert!(take(&other, seconds + 50).is_none(), "{seconds}");
    }
    // It is silent for longer than its lease.
    let quick = take(&other, 170).expect("the job");
    assert_eq!(quick.id, slow.id);
    assert!(!one.go_on(&slow, after(171)).expect("an answer"));
    one.end_job(&slow, Ok(()), after(172)).expect("an answer");
    let state =
        || database.texts("SELECT state || ' ' || attempts || ' ' || done AS value FROM jobs");
    assert_eq!(state(), ["running 2 2"]);
    assert!(other.go_on(&quick, after(173)).expect("an answer"));
    other
        .end_job(&quick, Ok(()), after(174))
        .expect("an answer");
    assert_eq!(state(), ["succeeded 2 3"]);
}

#[test]
fn who_guesses_at_both_servers_in_turn_waits_as_at_one() {
    let database = company();
    let servers = [serve(&database), serve(&database)];
    let guess = |number: usize, password: &str| {
        let credentials = json!({ "email": Person::Seller.email(), "password": password });
        let client = servers[number % 2].client();
        client.post("/auth/sign-in", credentials)
    };
    for number in 0..5 {
        guess(number, "wrong").refused(401, "bad_credentials");
    }
    for number in 0..2 {
        guess(number, PASSWORD).refused(429, "too_many_requests");
    }
}

#[test]
fn two_servers_write_at_once_and_spoil_nothing() {
    let database = company();
    let servers = [serve(&database), serve(&database)];
    let admin = servers[0].as_admin();
    let began = Instant::now();
    let made: Vec<String> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..6)
            .map(|number| {
                let client = also_at(&admin, &servers[number % 2]);
                scope.spawn(move || {
                    let mut made = Vec::new();
                    while began.elapsed() < Duration::from_secs(3) {
                        let customer = client.create_customer("Acme");
                        let line = json!({ "description": "Tea", "quantity": "1", "price": "3" });
                        let draft = json!({ "customer_id": customer.id(), "purchased_on": "2024-05-02", "lines": [line] });
                        client.create("purchases", draft);
                        made.push(customer.id());
                    }
                    made
                })
            })
            .collect();
        let made = writers.into_iter().map(|writer| writer.join());
        made.flat_map(|made| made.expect("nobody failed")).collect()
    });
    for server in &servers {
        let rows: Vec<Value> = also_at(&admin, server).walk("/customers?limit=200");
        assert_eq!(rows.len(), made.len());
        assert!(
            rows.iter()
                .all(|row| row["figures"]["sales"]["purchases"] == 1)
        );
    }
    drop(servers);
    program::check(&database.url, database.folder.path());
}
