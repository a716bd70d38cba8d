//! The log: what an operator reads, and what nobody may read there.

use std::fs::{self, File};

use perennial_tests::company::{self, PASSWORD, Person};
use perennial_tests::database::Database;
use perennial_tests::program::{self, Program};
use serde_json::{Value, json};

/// The lines of a log, each an object.
fn lines(text: &str) -> Vec<Value> {
    let object =
        |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    text.lines().map(object).collect()
}

#[test]
fn the_log_tells_everything_but_secrets() {
    let database = Database::copy_of("company", company::found);
    let path = database.folder.path().join("log");
    let file = File::create(&path).expect("a file");
    let mut command = program::command(&database.url, database.folder.path());
    // Everything there is, also what libraries say.
    command
        .env("PERENNIAL_LOG", "trace")
        .env("PERENNIAL_LOG_FORMAT", "json")
        .stderr(file);
    let server = Program::run(command);

    let credentials =
        |password: &str| json!({ "email": Person::Seller.email(), "password": password });
    let anybody = server.client();
    anybody
        .post("/auth/sign-in", credentials("not the word at all"))
        .refused(401, "bad_credentials");
    let signed_in = anybody
        .post("/auth/sign-in", credentials(PASSWORD))
        .expect(200);
    let access = signed_in["access_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let cookie = signed_in.header("set-cookie").expect("a cookie").to_owned();
    let refresh = cookie
        .split(['=', ';'])
        .nth(1)
        .expect("its value")
        .to_owned();
    let renewed = anybody
        .request("POST", "/auth/refresh")
        .cookie(&refresh)
        .send()
        .expect(200);
    let renewed = renewed["access_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let seller = anybody.with_token(&access);
    let touch = json!([{ "kind": "email", "value": "private.person@mail.example" }]);
    let customer = seller.create(
        "customers",
        json!({ "name": "Hush Ltd", "identifiers": touch }),
    );
    seller.get("/customers?q=quietly").expect(200);
    seller
        .get("/customers?external_id=held-close&nonsense=quietly")
        .refused(400, "bad_request");
    let change = json!({ "current_password": PASSWORD, "new_password": "a wholly new phrase" });
    seller.post("/auth/password", change).expect(200);
    anybody
        .with_token("a.made.up")
        .get("/customers")
        .refused(401, "unauthenticated");
    drop(server);

    let text = fs::read_to_string(&path).expect("the log");
    let told = lines(&text);
    let answered: Vec<&Value> = told
        .iter()
        .filter(|line| line["fields"]["message"] == "answered")
        .collect();
    let seller_id = answered
        .iter()
        .find_map(|line| line["fields"]["user"].as_str().filter(|user| *user != "-"));
    assert!(seller_id.is_some_and(|id| id.len() == 36), "{text}");
    let searched = answered.iter().find(|line| {
        line["fields"]["path"] == "/api/v1/customers" && line["span"]["method"] == "GET"
    });
    let searched = searched.expect("the search");
    assert!(
        searched["span"]["id"]
            .as_str()
            .is_some_and(|id| id.len() == 36)
            && searched["fields"]["status"] == 200,
        "{searched}"
    );
    assert!(
        told.iter()
            .all(|line| line["timestamp"].is_string() && line["level"].is_string())
    );
    let secret = program::secret();
    for hidden in [
        PASSWORD,
        "not the word at all",
        "a wholly new phrase",
        &access,
        &renewed,
        &refresh,
        &secret,
        "a.made.up",
        "private.person",
        "Hush",
        "quietly",
        "held-close",
        &customer.id(),
    ] {
        let line = text.lines().find(|line| line.contains(hidden));
        assert!(line.is_none(), "{hidden} in {line:?}");
    }
}

#[test]
fn what_keeps_it_from_starting_names_no_password() {
    let folder = tempfile::tempdir().expect("a folder");
    for url in [
        "postgres://perennial:opensesame@127.0.0.1:1/none",
        "mysql://perennial:opensesame@127.0.0.1/none",
        "postgres://perennial:opensesame@/%zz",
    ] {
        let output = program::command(url, folder.path())
            .arg("serve")
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && !said.is_empty() && !said.contains("opensesame"),
            "{said}"
        );
    }
}
