//! The contract: what is committed is what is served.

use std::collections::BTreeSet;

use perennial_api::routes;
use perennial_tests::app::TestApp;

fn committed(name: &str) -> String {
    let path = format!("{}/../openapi/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Where two texts part, for people who read what failed.
fn difference(left: &str, right: &str) -> String {
    let parted = left
        .lines()
        .zip(right.lines())
        .position(|(left, right)| left != right);
    let at = parted.unwrap_or(left.lines().count().min(right.lines().count()));
    let around = |text: &str| {
        text.lines()
            .skip(at.saturating_sub(2))
            .take(5)
            .collect::<Vec<_>>()
            .join("\n")
    };
    format!(
        "from line {} on\ncommitted:\n{}\nmade:\n{}",
        at + 1,
        around(left),
        around(right)
    )
}

#[test]
fn the_committed_document_is_what_the_program_makes() {
    let (committed, made) = (committed("perennial.json"), routes::contract::TEXT.as_str());
    let difference = difference(&committed, made);
    assert!(
        committed == made,
        "cargo run --bin perennial openapi > openapi/perennial.json\n{difference}"
    );
}

#[test]
fn the_committed_table_of_operations_is_what_the_program_makes() {
    let (committed, made) = (committed("operations.txt"), routes::operations().table());
    let difference = difference(&committed, &made);
    assert!(
        committed == made,
        "cargo run --bin perennial openapi --operations > openapi/operations.txt\n{difference}"
    );
}

#[test]
fn the_served_document_is_the_committed_one() {
    let app = TestApp::start();
    let served = app.anonymous().get("/api/openapi.json").expect(200);
    assert!(served.bytes == committed("perennial.json").into_bytes());
}

#[test]
fn operations_have_names_that_clients_can_use() {
    let operations = routes::operations();
    let ids: BTreeSet<&str> = operations
        .list()
        .iter()
        .map(|operation| operation.id.as_str())
        .collect();
    assert_eq!(ids.len(), operations.list().len(), "two of one name");
    for operation in operations.list() {
        assert!(
            operation
                .id
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
            "{}",
            operation.id
        );
        let (description, id) = (&operation.description, &operation.id);
        assert!(
            description["summary"].is_string() && description["tags"][0].is_string(),
            "{id} has no summary or tag"
        );
        assert_eq!(
            description["x-permission"],
            operation.guard.to_string(),
            "{id}"
        );
    }
}

#[test]
fn the_documentation_needs_no_other_host() {
    let app = TestApp::start();
    let nobody = app.anonymous();
    assert_eq!(
        nobody.get("/api/docs").expect(308).header("location"),
        Some("/api/docs/")
    );
    let page = nobody.get("/api/docs/").expect(200);
    let text = String::from_utf8(page.bytes.clone()).unwrap();
    assert!(
        text.contains("swagger-ui")
            && !text.contains("src=\"http")
            && !text.contains("href=\"http"),
        "{text}"
    );
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("default-src 'none'") && !policy.contains("http"),
        "{policy}"
    );
    for file in [
        "swagger-ui.css",
        "swagger-ui-bundle.js",
        "swagger-initializer.js",
    ] {
        nobody.get(&format!("/api/docs/{file}")).expect(200);
    }
    nobody
        .get("/api/docs/nonsense.js")
        .refused(404, "not_found");
}
