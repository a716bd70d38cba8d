//! What holds of the tree itself: which crate may name what, how long files get, that texts are used, that nothing is
//! switched off without a reason.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The top of the repository.
fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .expect("the repository")
}

/// The files under a folder whose names end so, with their texts; what the build makes is left out.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let (top, mut found) = (top(), Vec::new());
    let mut folders = vec![top.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let (path, name) = (
                entry.path(),
                entry.file_name().to_string_lossy().into_owned(),
            );
            let made = [
                "target",
                "node_modules",
                "dist",
                "generated",
                "pictures",
                "data",
            ]
            .contains(&name.as_str());
            if path.is_dir() && !made && !name.starts_with('.') {
                folders.push(path);
            } else if name.ends_with(ending) && path.is_file() {
                let shown = path
                    .strip_prefix(&top)
                    .expect("below the top")
                    .display()
                    .to_string();
                found.push((shown, std::fs::read_to_string(&path).expect("a text")));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} has no {ending}");
    found
}

/// The crates that a package is built from, as `cargo tree` lists them.
fn tree(package: &str, more: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--locked",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--package",
            package,
        ])
        .args(more)
        .current_dir(top())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

fn ours(of: &BTreeSet<String>) -> Vec<&str> {
    of.iter()
        .map(String::as_str)
        .filter(|name| name.starts_with("perennial-"))
        .collect()
}

#[test]
fn each_crate_is_built_from_what_it_may_know() {
    let domain = tree("perennial-domain", &["--all-features"]);
    for forbidden in ["diesel", "actix-web", "tokio", "yew"] {
        assert!(!domain.contains(forbidden), "domain knows {forbidden}");
    }
    let store = tree("perennial-store", &[]);
    assert_eq!(ours(&store), ["perennial-domain", "perennial-store"]);
    assert!(!store.contains("actix-web"), "store knows HTTP");
    let insight = tree("perennial-insight", &["--all-features"]);
    assert_eq!(ours(&insight), ["perennial-insight"]);
    let browser = tree(
        "perennial-frontend",
        &["--target", "wasm32-unknown-unknown"],
    );
    assert_eq!(ours(&browser), ["perennial-domain", "perennial-frontend"]);
    for heavy in [
        "validator",
        "utoipa",
        "phonenumber",
        "chrono-tz",
        "pinyin",
        "regex",
        "diesel",
        "tokio",
    ] {
        assert!(!browser.contains(heavy), "{heavy} is sent to the browser");
    }
}

#[test]
fn only_the_store_names_diesel_and_only_the_api_names_actix() {
    for (path, text) in files("crates", ".rs")
        .into_iter()
        .chain(files("frontend/src", ".rs"))
    {
        assert!(
            path.starts_with("crates/store") || !text.contains("diesel::"),
            "{path} names diesel"
        );
        assert!(
            path.starts_with("crates/api") || !text.contains("actix_web::"),
            "{path} names actix"
        );
    }
}

#[test]
fn domain_and_insight_ask_neither_clock_nor_disk_nor_dice() {
    for (path, text) in files("crates/domain/src", ".rs")
        .into_iter()
        .chain(files("crates/insight/src", ".rs"))
    {
        for sign in [
            "std::fs",
            "std::net",
            "std::env",
            "SystemTime::now",
            "Utc::now",
            "Local::now",
            "Uuid::now_v7",
            "Uuid::new_v4",
            "rand::",
            "thread::sleep",
        ] {
            assert!(!text.contains(sign), "{path} names {sign}");
        }
    }
}

#[test]
fn every_operation_says_who_may_and_every_migration_has_its_way_back() {
    use perennial_domain::rights::{Action, Area};
    let table = std::fs::read_to_string(top().join("openapi/operations.txt")).expect("a table");
    assert!(table.lines().count() > 50);
    for line in table.lines() {
        let [_, method, _, permission] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let known = match permission.split_once(':') {
            Some((area, action)) => Area::parse(area).is_some() && Action::parse(action).is_some(),
            None => ["public", "cookie", "signed_in"].contains(&permission),
        };
        assert!(known, "{line}");
        assert!(
            method != "GET" || !permission.ends_with("ate") && !permission.ends_with("delete"),
            "{line}: reading changes nothing"
        );
    }
    for (path, _) in files("migrations", "up.sql") {
        assert!(
            top().join(path.replace("up.sql", "down.sql")).is_file(),
            "{path} has no way back"
        );
    }
}

#[test]
fn only_a_few_files_ask_which_database_it_is() {
    let may = [
        "backup.rs",
        "connection.rs",
        "dialect.rs",
        "migrate.rs",
        "transaction.rs",
        "writer.rs",
    ];
    for (path, text) in files("crates/store/src", ".rs") {
        let asks =
            text.contains("AnyConnection::Sqlite") || text.contains("AnyConnection::Postgres");
        assert!(
            !asks || may.iter().any(|name| path.ends_with(name)),
            "{path} matches the database"
        );
        assert!(
            !text.contains("sql_query(format!"),
            "{path} makes SQL of texts"
        );
    }
}

#[test]
fn files_are_short_and_named_for_what_they_hold() {
    for (path, text) in files("crates", ".rs")
        .into_iter()
        .chain(files("frontend/src", ".rs"))
        .chain(files("tests", ".rs"))
    {
        let lines = text.lines().count();
        assert!(lines <= 500, "{path} has {lines} lines: split it by verb");
        let name = path
            .rsplit('/')
            .next()
            .expect("a name")
            .trim_end_matches(".rs");
        assert!(
            ![
                "util", "utils", "helper", "helpers", "common", "misc", "manager"
            ]
            .contains(&name),
            "{path} says nothing"
        );
    }
}

#[test]
fn nothing_is_switched_off_without_a_reason() {
    for (path, text) in files("crates", ".rs")
        .into_iter()
        .chain(files("frontend/src", ".rs"))
        .chain(files("tests", ".rs"))
    {
        if path == "tests/tidy.rs" {
            continue;
        }
        for sign in [
            "#[allow(",
            "#![allow(",
            "#[ignore",
            "todo!(",
            "unimplemented!(",
            "dbg!(",
        ] {
            assert!(!text.contains(sign), "{path} holds {sign}");
        }
        for expectation in text
            .split("#[expect(")
            .skip(1)
            .chain(text.split("#![expect(").skip(1))
        {
            let end = expectation.find(")]").unwrap_or(expectation.len());
            assert!(
                expectation[..end].contains("reason"),
                "{path}: #[expect(…)] without a reason"
            );
        }
    }
}

#[test]
fn every_text_is_used() {
    let sources: String = files("crates", ".rs")
        .into_iter()
        .chain(files("frontend/src", ".rs"))
        .map(|(_, text)| text)
        .collect();
    let variant = |key: &str| -> String {
        let words = key.split(['.', '_', '-']);
        words
            .map(|word| word[..1].to_uppercase() + &word[1..])
            .collect()
    };
    let identifiers: BTreeSet<&str> = sources
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .collect();
    let words: BTreeSet<&str> = sources.split('"').collect();
    // `choice!` and `resource!` make keys of two words of theirs; others are put together from a prefix and words that
    // come over the wire: `format!("problem.{code}")`.
    let used = |key: &str| {
        let (table, rest) = key.split_once('.').expect("a key has two parts");
        let known = |word: &str| words.contains(word) || identifiers.contains(word);
        let joined = words.contains(table) || sources.contains(&format!("\"{table}.{{"));
        identifiers.contains(variant(key).as_str())
            || words.contains(key)
            || (joined && rest.split('.').all(known))
    };
    let unused: Vec<&str> = perennial_domain::text::names()
        .filter(|key| !used(key))
        .collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
}

#[test]
fn the_repository_speaks_of_no_machine() {
    let manifests = files("", ".toml")
        .into_iter()
        .chain(files("scripts", ""))
        .chain(files("", ".json"));
    for (path, text) in manifests {
        for sign in ["/root/", "registry.npmjs.org", "/home/"] {
            assert!(!text.contains(sign), "{path} names {sign}");
        }
    }
}
