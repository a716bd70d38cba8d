//! `make bench`: how fast the real server is on both databases, beside how fast it could be at most.
//!
//! The ceiling of an operation is 1/(1/a + 1/b), of the same run on the same machine: a, its own recorded statements run
//! again with nothing of ours around them; b, an answer of the same size that actix gives by heart. The aim is half of it.
//! Absolute numbers tell about the machine, ratios about Perennial. Nothing here fails because it is slow.
//!
//! Arguments that are no options choose: `make bench` does everything, `cargo bench … -- sqlite create` a part of it.

mod bases;
mod customers;
mod machine;
mod operations;
mod pgbench;
mod plain;
mod record;
mod replay;
mod table;
mod wire;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::rt::System;
use perennial_tests::app::Server;
use perennial_tests::program::Program;
use serde_json::json;

use bases::Base;
use operations::Operation;
use table::{Before, Line};
use wire::{Span, Tally};

/// How many clients ask at once.
const CLIENTS: [usize; 2] = [1, 16];
/// How often the server is measured, its statements and the plain answer; and each time how long.
const ROUNDS: u32 = 3;
const SERVED: Span = span(300, 1700);
const REPLAYED: Span = span(200, 1800);
const PLAIN: Span = span(100, 400);
/// Counts the rounds, over all operations.
static NUMBER: AtomicUsize = AtomicUsize::new(0);

const fn span(warm: u64, measured: u64) -> Span {
    Span {
        warm: Duration::from_millis(warm),
        measured: Duration::from_millis(measured),
    }
}

fn main() {
    let chosen: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let wanted = |among: &[&str], name: &str| {
        chosen.iter().any(|word| word == name)
            || !chosen.iter().any(|word| among.contains(&word.as_str()))
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("bench");
    let before = Before::read(&folder);
    let mut machine = machine::description();
    machine["busy_before"] = machine::busy().into();
    record::prepare();
    println!("{machine:#}\n\n{}", table::HEAD);
    let mut lines = Vec::new();
    for (name, make) in [
        ("sqlite", Base::sqlite as fn(PathBuf) -> Base),
        ("postgresql", Base::postgresql),
    ] {
        if !wanted(&["sqlite", "postgresql"], name) {
            continue;
        }
        let base = make(folder.join(name));
        machine[name] = json!(base.version);
        let (operations, token) = heard(&base);
        let program = Program::start(&base.url, &base.folder);
        let chosen = operations
            .iter()
            .filter(|of| wanted(&["list", "get", "search", "create"], of.name));
        for operation in chosen {
            for clients in CLIENTS {
                let line = measured(&base, &program, operation, &token, clients);
                println!("{}", line.text(before.ratio(&line)));
                lines.push(line);
            }
        }
    }
    machine["busy_after"] = machine::busy().into();
    table::write(&folder, &machine, &lines, &before);
    println!("\n{}", folder.join("load.txt").display());
}

/// The operations, and an administrator's token, by a server in this process that then stops.
fn heard(base: &Base) -> (Vec<Operation>, String) {
    let server = Server::start(base.config());
    let admin = operations::signed_in(&server.client());
    (operations::all(&admin), admin.token().to_owned())
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
        sql += match (base.name, operation.writes) {
            ("postgresql", _) => {
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
        database: base.name,
        operation: operation.name,
        clients,
        statements: statements as f64 / operation.statements.len() as f64,
        served,
        sql: sql / f64::from(ROUNDS),
        plain: plain.rate(),
    }
}
