//! Backup and restore: everything, into either database, or nothing.

use std::collections::BTreeSet;
use std::io::BufReader;
use std::sync::atomic::{AtomicBool, Ordering};

use perennial_api::{clock, demo};
use perennial_domain::customer::{Customer, NewCustomer};
use perennial_domain::query::ListQuery;
use perennial_domain::text::Language;
use perennial_store::{Error, Store, resource};
use perennial_tests::database::Database;

fn archive(store: &Store) -> Vec<u8> {
    let mut archive = Vec::new();
    store.backup(&mut archive).expect("a backup");
    archive
}

fn restore(store: &Store, archive: &[u8]) -> Result<u64, Error> {
    store.restore(&mut BufReader::new(archive), clock::now())
}

/// The lines of an archive; those of one table stand in no order.
fn lines(archive: &[u8]) -> BTreeSet<String> {
    let text = std::str::from_utf8(archive).expect("UTF-8");
    let mut table = String::new();
    let line = |line: &str| {
        if line.starts_with('{') {
            line.clone_into(&mut table);
        }
        format!("{table} {line}")
    };
    text.lines().map(line).collect()
}

/// A company on the suite's database.
fn company() -> (Database, Store) {
    let database = Database::new();
    let store = Store::open(&database.url).expect("the database opens");
    demo::fill(&store, Language::ZhCn, "none".to_owned(), 30, clock::now()).expect("a company");
    (database, store)
}

#[test]
fn what_is_restored_is_what_was_kept_in_either_database() {
    let (_database, source) = company();
    let first = archive(&source);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("restored.db");
    let sqlite = Store::open(&format!("sqlite:{}", path.display())).expect("a file");
    let rows = restore(&sqlite, &first).expect("restored into SQLite");
    assert_eq!(
        usize::try_from(rows).ok(),
        Some(
            std::str::from_utf8(&first)
                .expect("UTF-8")
                .lines()
                .filter(|line| line.starts_with('['))
                .count()
        )
    );
    let second = archive(&sqlite);
    assert_eq!(lines(&first), lines(&second));
    let other = Database::new();
    let own = Store::open(&other.url).expect("the database opens");
    restore(&own, &second).expect("restored into the suite's database");
    assert_eq!(lines(&first), lines(&archive(&own)));
    // What is restored is found by its text, and goes on from there.
    for store in [&sqlite, &own] {
        let scope = store
            .scope_of_email(demo::EMAIL, clock::now())
            .expect("the administrator");
        let query = ListQuery::first::<Customer>(1);
        let one = store
            .read(&scope, |read| resource::list::<Customer>(read, &query))
            .expect("a list")
            .data
            .remove(0);
        let query =
            ListQuery::parse::<Customer>(&[("q".to_owned(), one.name.clone())]).expect("a query");
        let found = store
            .read(&scope, |read| resource::list::<Customer>(read, &query))
            .expect("a list");
        assert!(
            found.data.iter().any(|customer| customer.id == one.id),
            "{}",
            one.name
        );
        let draft = NewCustomer {
            name: "After".to_owned(),
            ..NewCustomer::default()
        };
        let made = store.write(&scope, move |tx| {
            resource::create::<Customer>(tx, std::slice::from_ref(&draft))
        });
        assert_ne!(made.expect("a customer")[0].code, one.code);
    }
}

#[test]
fn what_the_database_counts_for_its_plans_is_no_part_of_a_backup() {
    let (database, source) = company();
    let before = archive(&source);
    database.execute("ANALYZE");
    let after = archive(&source);
    assert_eq!(lines(&before), lines(&after));
    let target = Database::new();
    let store = Store::open(&target.url).expect("the database opens");
    target.execute("ANALYZE");
    restore(&store, &after).expect("restored");
}

#[test]
fn a_backup_is_one_moment_while_others_write() {
    let (_database, source) = company();
    let done = AtomicBool::new(false);
    let archive = std::thread::scope(|threads| {
        let writer = || {
            let scope = source
                .scope_of_email(demo::EMAIL, clock::now())
                .expect("the administrator");
            while !done.load(Ordering::Relaxed) {
                let draft = NewCustomer {
                    name: "Meanwhile".to_owned(),
                    ..NewCustomer::default()
                };
                source
                    .write(&scope, move |tx| {
                        resource::create::<Customer>(tx, std::slice::from_ref(&draft))
                    })
                    .expect("a customer");
            }
        };
        let writers = [threads.spawn(writer), threads.spawn(writer)];
        let archive = archive(&source);
        done.store(true, Ordering::Relaxed);
        for writer in writers {
            writer.join().expect("written");
        }
        archive
    });
    let text = std::str::from_utf8(&archive).expect("UTF-8");
    let count = |table: &str| {
        let rows = text
            .lines()
            .skip_while(|line| !line.contains(&format!("{{\"table\":\"{table}\"")))
            .skip(1);
        rows.take_while(|line| line.starts_with('[')).count()
    };
    assert!(count("customers") >= 30);
    assert_eq!(count("customers"), count("customer_figures"));
    let target = Database::new();
    let target = Store::open(&target.url).expect("the database opens");
    restore(&target, &archive).expect("every reference names something");
}

#[test]
fn what_is_no_whole_backup_changes_nothing() {
    let (_database, source) = company();
    let whole = archive(&source);
    let refused = |store: &Store, archive: &[u8], why: &str| {
        let error = restore(store, archive).expect_err(why).to_string();
        assert!(error.contains(why), "{error}");
    };
    refused(&source, &whole, "the database is not empty");
    let target = Database::new();
    let target = Store::open(&target.url).expect("the database opens");
    let empty = lines(&archive(&target));
    let text = std::str::from_utf8(&whole).expect("UTF-8");
    let last = text.trim_end().rfind('\n').expect("lines");
    refused(&target, &whole[..last], "ends too early");
    refused(
        &target,
        &whole[..whole.len() / 2],
        "this is no whole backup",
    );
    refused(&target, b"", "ends too early");
    refused(&target, b"hello\n", "this is no whole backup");
    let newer = text.replacen("\"schema\":\"", "\"schema\":\"9", 1);
    refused(&target, newer.as_bytes(), "of schema");
    let fewer: String = text
        .lines()
        .filter(|line| !line.contains("Meanwhile") || line.starts_with('{'))
        .enumerate()
        .filter(|(at, _)| *at != 3)
        .map(|(_, line)| format!("{line}\n"))
        .collect();
    refused(&target, fewer.as_bytes(), "this is no whole backup");
    let more = [whole.as_slice(), b"more\n"].concat();
    refused(&target, &more, "something follows its end");
    assert_eq!(lines(&archive(&target)), empty);
    restore(&target, &whole).expect("it still can be filled");
}
