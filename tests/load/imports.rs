//! How fast a large file comes in, how much memory that takes, and what others notice of it.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use perennial_domain::Date;
use perennial_store::Store;
use perennial_tests::company::Person;
use perennial_tests::program;

use crate::bases::{Base, Kind, Size};
use crate::callers::{self, Caller};
use crate::customers::body;
use crate::table::Fact;
use crate::wire::{self, Span};

/// How many customers come in first.
const CUSTOMERS: usize = 100_000;
/// How many purchases then, each with a line.
const PURCHASES: usize = 1_000_000;
/// How long creations are measured while nothing else happens, and during an import.
const IDLE: Span = span(10);
const DURING: Span = span(20);

const fn span(seconds: u64) -> Span {
    Span {
        warm: Duration::from_secs(1),
        measured: Duration::from_secs(seconds),
    }
}

/// Imports into a database of its own.
pub fn measure(kind: Kind, folder: &Path) -> Vec<Fact> {
    let base = Base::new(kind, Size::Small, folder, "import", |store, _| {
        callers::found(store);
    });
    let of = |what: &str| format!("{}/import/{what}", kind.name());
    let mut facts = Vec::new();
    let people = file(
        &base,
        "customers",
        "code,name,city,phone",
        0..CUSTOMERS,
        |number| {
            format!(
                "B{number},Falcon Bridge {number},Ulm,+49 731 {}",
                100_000 + number
            )
        },
    );
    let (rate, _) = imported(&base, "customers", &people, CUSTOMERS);
    facts.push(Fact::new(of("customers a second"), rate).at_least(5_000.0));
    let heads = "external_id,customer,date,description,quantity,price";
    // Of ten years, in the order in which they were made, as any system tells them; of customers in none.
    let bought = |number: usize| {
        let (customer, day) = (number * 7919 % CUSTOMERS, number * 3_650 / PURCHASES);
        let day = Date::of(2015, 1, 1).expect("a day").plus_days(day as u64);
        format!(
            "{number},B{customer},{day},Thing {number},{},9.80",
            number % 9 + 1
        )
    };
    let purchases = file(&base, "purchases", heads, 0..PURCHASES, bought);
    let (rate, memory) = imported(&base, "purchases", &purchases, PURCHASES);
    facts.push(Fact::new(of("purchases a second"), rate).at_least(5_000.0));
    facts.push(Fact::new(of("peak memory, MB"), memory).at_most(150.0));

    let store = Store::open(&base.url).expect("the database opens");
    let token = Caller::All.token(&store, &base.config().jwt_secret.unwrap_or_default());
    drop(store);
    let server = base.serve();
    let create =
        |turn: usize| wire::request("POST", "/api/v1/customers", &token, &body(turn).to_string());
    let idle = wire::load(server.port, 1, IDLE, 201, create).percentile(0.99);
    let more = file(&base, "more", heads, PURCHASES..2 * PURCHASES, bought);
    let mut process = started(&base, "purchases", &more);
    let during = wire::load(server.port, 1, DURING, 201, create).percentile(0.99);
    assert!(
        process.try_wait().expect("a process").is_none(),
        "the import ended before it was measured"
    );
    // It resumes when it is begun again, which nobody does.
    process.kill().expect("it is killed");
    process.wait().expect("it ends");
    facts.push(Fact::new(of("p99 of create, idle, ms"), idle));
    facts.push(Fact::new(of("p99 of create, during, ms"), during));
    facts.push(Fact::new(of("p99 of create, during : idle"), during / idle).at_most(2.0));
    facts
}

fn file(
    base: &Base,
    name: &str,
    heads: &str,
    rows: std::ops::Range<usize>,
    row: impl Fn(usize) -> String,
) -> PathBuf {
    let path = base.folder.join(format!("{name}.csv"));
    let mut file = BufWriter::new(fs::File::create(&path).expect("a file"));
    let mut line = String::from(heads);
    for number in rows {
        writeln!(file, "{line}").expect("a row");
        line.clear();
        write!(line, "{}", row(number)).expect("a row");
    }
    writeln!(file, "{line}").expect("a row");
    file.flush().expect("a file");
    path
}

fn started(base: &Base, what: &str, file: &Path) -> Child {
    let mut command = program::command(&base.url, &base.folder);
    command.args(["import", what]).arg(file);
    command.args(["--as", &Person::Admin.email(), "--system", "bench"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the program runs")
}

/// Rows a second, and the most memory that it had, in megabytes.
fn imported(base: &Base, what: &str, file: &Path, rows: usize) -> (f64, f64) {
    let began = Instant::now();
    let mut process = started(base, what, file);
    let mut most = 0.0;
    let status = loop {
        if let Some(status) = process.try_wait().expect("a process") {
            break status;
        }
        most = wire::megabytes(process.id(), "VmHWM:").unwrap_or(most);
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(status.success(), "the import of {what}: {status}");
    (rows as f64 / began.elapsed().as_secs_f64(), most)
}
