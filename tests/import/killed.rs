//! An import that is killed, and begun again.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use perennial_api::import::Options;
use perennial_tests::program;

use super::office::*;

const CUSTOMERS: u64 = 1_000;
const PURCHASES: u64 = 20_000;
/// Lines of the second file: four for each of the first purchases, two of them of one product.
const LINES: u64 = 4_000;

/// What came in, row by row, without the keys that each import makes anew.
const KEPT: [&str; 4] = [
    "SELECT p.code || ' ' || p.external_id || ' ' || c.code || ' ' || p.purchased_on || ' ' || p.total || ' ' || p.total_base AS value \
     FROM purchases p JOIN customers c ON c.organization = p.organization AND c.id = p.customer_id ORDER BY p.code",
    "SELECT p.code || ' ' || l.place || ' ' || t.code || ' ' || l.quantity || ' ' || l.price || ' ' || l.amount AS value FROM purchase_lines l \
     JOIN purchases p ON p.organization = l.organization AND p.id = l.purchase_id \
     JOIN products t ON t.organization = l.organization AND t.id = l.product_id ORDER BY p.code, l.place",
    "SELECT c.code || ' ' || f.purchases || ' ' || f.revenue || ' ' || f.first_on || ' ' || f.last_on AS value FROM customer_figures f \
     JOIN customers c ON c.organization = f.organization AND c.id = f.customer_id ORDER BY c.code",
    "SELECT resource || ' ' || kind || ' ' || COUNT(*) AS value FROM events WHERE kind = 'created' \
     GROUP BY resource, kind ORDER BY resource",
];
const LINES_THERE: &str = "SELECT CAST(COUNT(*) AS TEXT) AS value FROM purchase_lines";

fn people() -> String {
    let mut file = String::from("code,name\n");
    for number in 0..CUSTOMERS {
        writeln!(file, "C{number:04},Customer {number}").expect("a row");
    }
    file
}

fn bought() -> String {
    let mut file = String::from("external_id,customer,date,product,quantity,price\n");
    for number in 0..PURCHASES {
        let (customer, day) = (number * 7 % CUSTOMERS, number % 28 + 1);
        let (product, quantity) = (["T", "I"][number as usize % 2], number % 9 + 1);
        writeln!(
            file,
            "{number},C{customer:04},2024-01-{day:02},{product},{quantity},9.8025"
        )
        .expect("a row");
    }
    file
}

fn lines() -> String {
    let mut file = String::from("external_id,product,quantity,price\n");
    for number in 0..LINES {
        let product = ["P", "T", "P", "I"][number as usize % 4];
        writeln!(file, "{},{product},{},3.5", number / 4, number % 5 + 1).expect("a row");
    }
    file
}

/// A shop with customers and products.
fn shop() -> Office {
    let office = Office::new();
    office.imported(&products(), text("code,name\nT,Tea\nI,Ink\nP,Pen\n"));
    office.imported(&customers(), text(&people()));
    office
}

fn till(options: Options) -> Options {
    Options {
        system: Some("till".into()),
        ..options
    }
}

/// `perennial import` of one of the files, to be started.
fn import(office: &Office, what: &str, file: &PathBuf) -> Command {
    let database = &office.database;
    let mut command = program::command(&database.url, database.folder.path());
    command.args(["import", what]).arg(file);
    command.args(["--as", ADMIN, "--system", "till"]);
    command
}

/// Starts an import and kills it when so many lines are there. The moment is nobody's choice: rows are being written.
fn killed(office: &Office, what: &str, file: &PathBuf, at: u64) {
    let mut command = import(office, what, file);
    let mut process = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let deadline = Instant::now() + Duration::from_secs(120);
    while there(office) < at {
        assert!(process.try_wait().expect("a process").is_none(), "{what}");
        assert!(Instant::now() < deadline, "{what}: nothing comes in");
        std::thread::sleep(Duration::from_millis(1));
    }
    process.kill().expect("it is killed");
    let status = process.wait().expect("it ends");
    assert_eq!(status.code(), None, "it came to its end before: {status}");
}

/// What an import says that comes to its end.
fn finished(mut import: Command) -> String {
    let output = import.output().expect("it runs");
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{failed}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn there(office: &Office) -> u64 {
    let count = office.database.texts(LINES_THERE);
    count[0].parse().expect("a number")
}

#[test]
fn a_killed_import_resumes_without_a_double() {
    let calm = shop();
    let whole = calm.imported(&till(purchases()), text(&bought()));
    assert_eq!(whole, summary(PURCHASES, 0, 0, 0));
    calm.imported(&till(purchase_lines()), text(&lines()));

    let office = shop();
    let folder = office.database.folder.path();
    let (bought_at, lines_at) = (folder.join("bought.csv"), folder.join("lines.csv"));
    fs::write(&bought_at, bought()).expect("a file");
    fs::write(&lines_at, lines()).expect("a file");
    for at in [6_000, 14_000] {
        killed(&office, "purchases", &bought_at, at);
    }
    let rest = there(&office);
    assert!((14_000..PURCHASES).contains(&rest), "half-way: {rest}");
    let told = finished(import(&office, "purchases", &bought_at));
    assert_eq!(there(&office), PURCHASES, "{told}");
    killed(&office, "purchase-lines", &lines_at, PURCHASES + LINES / 4);
    let told = finished(import(&office, "purchase-lines", &lines_at));

    for sql in KEPT {
        let (expected, kept) = (calm.database.texts(sql), office.database.texts(sql));
        assert!(!expected.is_empty(), "{sql}");
        let differs = expected
            .iter()
            .zip(&kept)
            .find(|(expected, kept)| expected != kept);
        assert_eq!(differs, None, "{told}{sql}");
        assert_eq!(expected.len(), kept.len(), "{sql}");
    }
    let before = office.events();
    let again = office.imported(&till(purchase_lines()), text(&lines()));
    assert_eq!(again, summary(0, 0, LINES, 0));
    assert_eq!(office.events(), before);
    program::check(&office.database.url, office.database.folder.path());
}
