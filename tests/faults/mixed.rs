//! A minute of ordinary work, or as long as `PERENNIAL_MIXED_SECONDS` says: nothing may grow.

use std::path::Path;
use std::time::Duration;

use perennial_tests::mixed;
use perennial_tests::program;

use crate::ground::{company, serve};

const CLIENTS: usize = 8;

#[test]
fn a_minute_of_ordinary_work_fails_nothing_and_lets_nothing_grow() {
    let seconds = std::env::var("PERENNIAL_MIXED_SECONDS").ok();
    let seconds = seconds.map_or(60, |text| text.parse().expect("a number of seconds"));
    let database = company();
    let program = serve(&database);
    let log = database.url.strip_prefix("sqlite:");
    let log = log.map(|file| format!("{file}-wal"));
    let span = Duration::from_secs(seconds);
    let report = mixed::load(&program, CLIENTS, span, log.as_deref().map(Path::new));
    println!("{report}");
    assert_eq!(report.failures, [""; 0]);
    let flat = |name: &str, (second, last): (u64, u64), slack: u64| {
        assert!(last <= second + slack, "{name}: {second}, then {last}");
    };
    // SQLite's connections keep pages of what they read, a few MB each.
    let (memory, _) = report.thirds(|sample| sample.resident);
    flat(
        "memory, kB",
        report.thirds(|sample| sample.resident),
        memory / 4 + 8 * 1024,
    );
    flat("descriptors", report.thirds(|sample| sample.descriptors), 8);
    // SQLite's log begins anew before a commit makes it larger than 96 MB.
    let (_, log) = report.thirds(|sample| sample.log);
    assert!(log <= 112 * 1024, "log, kB: {log}");
    drop(program);
    program::check(&database.url, database.folder.path());
}
