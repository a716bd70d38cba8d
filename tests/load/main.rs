//! `make bench`: how fast the real server is on both databases, beside how fast it could be at most.
//!
//! The ceiling of an operation is 1/(1/a + 1/b), of the same run on the same machine: a, its own recorded statements run
//! again with nothing of ours around them; b, an answer of the same size that actix gives by heart. The aim is half of it.
//! Absolute numbers tell about the machine, ratios about Perennial. Nothing here fails because it is slow.
//!
//! Then what else counts: how a request's time grows with the base, memory, the start, imports.
//!
//! Arguments that are no options choose: `make bench` does everything, `cargo bench … -- sqlite small create` a part of it.

mod bases;
mod callers;
mod customers;
mod imports;
mod machine;
mod operations;
mod pgbench;
mod plain;
mod purchases;
mod record;
mod replay;
mod table;
mod wire;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use actix_web::rt::System;
use perennial_store::Store;
use perennial_tests::app::Server;
use perennial_tests::program::{self, Program};
use serde_json::json;

use bases::{Base, Kind, Size};
use callers::Caller;
use operations::Operation;
use table::{Before, Fact, Line};
use wire::{Span, Tally};

/// How many clients ask at once.
const CLIENTS: [usize; 2] = [1, 16];
/// How often the server is measured, its statements and the plain answer; and each time how long.
const ROUNDS: u32 = 3;
const SERVED: Span = span(200, 1300);
const REPLAYED: Span = span(100, 900);
const PLAIN: Span = span(100, 300);
/// Counts the rounds, over all operations. It goes on from run to run, for what a replay writes is kept.
static NUMBER: AtomicUsize = AtomicUsize::new(0);
/// The words that choose.
const WORDS: [&[&str]; 3] = [
    &["sqlite", "postgresql"],
    &["small", "large", "import"],
    &[
        "list",
        "newest",
        "purchases",
        "search",
        "get",
        "create",
        "totals",
        "start",
        "memory",
    ],
];

const fn span(warm: u64, measured: u64) -> Span {
    Span {
        warm: Duration::from_millis(warm),
        measured: Duration::from_millis(measured),
    }
}

/// Whether a word was chosen, or none of its kind.
fn wanted(chosen: &[String], name: &str) -> bool {
    let mut kinds = WORDS.iter();
    let kind = kinds
        .find(|words| words.contains(&name))
        .expect("a known word");
    chosen.iter().any(|word| word == name)
        || !chosen.iter().any(|word| kind.contains(&word.as_str()))
}

fn main() {
    let chosen: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let unknown = chosen
        .iter()
        .find(|word| !WORDS.concat().contains(&word.as_str()));
    assert_eq!(unknown, None, "one of {WORDS:?}");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("bench");
    let before = Before::read(&folder);
    let mut machine = machine::description();
    machine["busy_before"] = machine::busy().into();
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs()) - 1_700_000_000;
    NUMBER.store(usize::try_from(seconds).unwrap_or(0), Ordering::Relaxed);
    record::prepare();
    println!("{machine:#}\n\n{}", table::HEAD);
    let (mut lines, mut facts) = (Vec::new(), Vec::new());
    for kind in [Kind::Sqlite, Kind::Postgresql] {
        if !wanted(&chosen, kind.name()) {
            continue;
        }
        for size in [Size::Small, Size::Large] {
            if wanted(&chosen, size.name()) {
                let base = Base::filled(kind, size, &folder);
                machine[kind.name()] = json!(base.version());
                let (more_lines, more_facts) = over(&base, &chosen, &before);
                lines.extend(more_lines);
                facts.extend(more_facts);
            }
        }
        if wanted(&chosen, "import") {
            facts.extend(imports::measure(kind, &folder));
        }
        // Whatever comes later, this is not lost.
        table::write(
            &folder.join("unfinished"),
            &machine,
            &lines,
            &facts,
            &before,
        );
    }
    facts.extend(table::growth(&lines));
    machine["busy_after"] = machine::busy().into();
    for fact in &facts {
        println!("{}", fact.text(before.value(fact)));
    }
    table::write(&folder, &machine, &lines, &facts, &before);
    println!("\n{}", folder.join("load.txt").display());
}

/// Everything that is measured over a base.
fn over(base: &Base, chosen: &[String], before: &Before) -> (Vec<Line>, Vec<Fact>) {
    let secret = base.config().jwt_secret.unwrap_or_default();
    let wanted = |name: &str| wanted(chosen, name);
    let (operations, slow) = heard(base, &secret, wanted);
    let of = |what: &str| format!("{}/{}/{what}", base.kind.name(), base.size.name());
    let (mut lines, mut facts) = (Vec::new(), Vec::new());
    for (what, taken) in slow {
        facts.push(Fact::new(of(&format!("TOO SLOW: {what}, ms")), taken).at_most(500.0));
    }
    if wanted("start") {
        facts.push(Fact::new(of("start to the first answer, s"), start(base)).at_most(0.5));
    }
    let store = Store::open(&base.url).expect("the database opens");
    let program = base.serve();
    for operation in &operations {
        for clients in CLIENTS {
            let token = operation.caller.token(&store, &secret);
            let line = measured(base, &program, operation, &token, clients);
            println!("{}", line.text(before.ratio(&line)));
            lines.push(line);
        }
    }
    if wanted("totals") {
        let client = program
            .client()
            .with_token(&Caller::All.token(&store, &secret));
        let began = Instant::now();
        for _ in 0..3 {
            client.get("/purchases/totals?by=year").expect(200);
        }
        let taken = began.elapsed().as_secs_f64() * 1000.0 / 3.0;
        facts.push(Fact::new(of("totals by year, ms"), taken));
    }
    if wanted("memory") {
        let memory = program.resident() as f64 / 1024.0;
        facts.push(Fact::new(of("memory of the server, MB"), memory).at_most(80.0));
    }
    // What is replayed leaves what the server would have left. A large base has what earlier programs left, too.
    if base.size == Size::Small {
        program::check(&base.url, &base.folder);
    }
    (lines, facts)
}

/// The operations, by a server in this process that then stops; and what is too slow to be measured.
fn heard(
    base: &Base,
    secret: &str,
    wanted: impl Fn(&str) -> bool,
) -> (Vec<Operation>, Vec<(String, f64)>) {
    let mut slow = Vec::new();
    let server = Server::start(base.config());
    let all = Caller::EACH.map(|caller| {
        let token = caller.token(&server.store, secret);
        let client = server.client().with_token(&token);
        operations::all(caller, &client, base.size.customers(), &wanted, &mut slow)
    });
    (all.into_iter().flatten().collect(), slow)
}

/// Seconds from starting the program to its first answer: the quickest of three, for the first finds nothing in memory.
fn start(base: &Base) -> f64 {
    let start = || {
        let began = Instant::now();
        let program = base.serve();
        program.client().get("/health/ready").expect(200);
        began.elapsed().as_secs_f64()
    };
    (0..3).map(|_| start()).fold(f64::INFINITY, f64::min)
}

/// The server, its statements and the plain answer in turns, so that what disturbs the machine disturbs all three.
fn measured(
    base: &Base,
    program: &Program,
    operation: &Operation,
    token: &str,
    clients: usize,
) -> Line {
    let (mut served, mut plain, mut sql) = (Tally::default(), Tally::default(), 0.0);
    let scripts = pgbench::write(
        &base.folder.join(operation.name),
        &operation.statements,
        operation.writes,
    );
    for _ in 0..ROUNDS {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let ask = |turn: usize| operation.request(number * 1_000_000 + turn, token);
        served.add(wire::load(
            program.port,
            clients,
            SERVED,
            operation.status,
            ask,
        ));
        sql += match (base.kind, operation.writes) {
            (Kind::Postgresql, _) => {
                pgbench::run(&base.url, &scripts, clients, REPLAYED.measured, number)
            }
            (_, false) => replay::reads(&base.file(), &operation.statements, clients, REPLAYED),
            (_, true) => replay::writes(&base.file(), &operation.statements, clients, REPLAYED),
        };
        let (server, port) = plain::start(operation.status, served.bytes());
        plain.add(wire::load(port, clients, PLAIN, operation.status, ask));
        System::new().block_on(server.stop(false));
    }
    let statements: usize = operation.statements.iter().map(Vec::len).sum();
    Line {
        database: base.kind.name(),
        size: base.size.name(),
        operation: operation.name,
        caller: operation.caller.name(),
        clients,
        statements: statements as f64 / operation.statements.len() as f64,
        served,
        sql: sql / f64::from(ROUNDS),
        plain: plain.rate(),
    }
}
