//! A million made-up buyers through this crate and through the usual Python package, Lifetimes 0.11.3, and the CPU seconds of
//! each: `cargo bench -p perennial-insight --bench beside_lifetimes`. Nothing fails because it is slow, but both have to come to
//! the same.
//!
//! Buyers have ages and last purchases to the fraction of a second, so that hardly two histories are equal: the worst case for
//! grouping. Counted in days, as a shop has them, the fit is measured once more.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement says what it found, and ends where it cannot go on"
)]

use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;

use perennial_insight::bg_nbd::BgNbd;
use perennial_insight::gamma_gamma::GammaGamma;
use perennial_insight::grouped::Grouped;
use perennial_insight::history::{History, Spend};
use perennial_insight::value::{Buyer, Convention, Valuation};

#[path = "../tests/models/simulation.rs"]
mod simulation;

use simulation::Dice;

const BUYERS: usize = 1_000_000;
/// CDNOW's.
const PURCHASES: [f64; 4] = [0.2426, 4.4136, 0.7929, 2.4259];
const AMOUNTS: [f64; 3] = [6.25, 3.744, 15.44];

fn buyers() -> Vec<Buyer> {
    let mut dice = Dice(20_250_601);
    let mut buyer = || {
        let age = 27.0 + 51.0 * dice.uniform();
        let (x, t_x, age) = simulation::bg_nbd(&mut dice, PURCHASES, age);
        let spend = (x > 0).then(|| simulation::gamma_gamma(&mut dice, AMOUNTS, x));
        Buyer {
            history: History::new(x, t_x, age).expect("a history"),
            spend: spend.map(|mean| Spend::new(x, mean).expect("a spend")),
            cost_to_serve: 0.0,
        }
    };
    (0..BUYERS).map(|_| buyer()).collect()
}

/// CPU seconds of this process, all threads, in the hundredths that Linux counts.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let (_, rest) = stat.rsplit_once(')').expect("a name in brackets");
    let ticks = rest.split_whitespace().skip(11).take(2);
    ticks
        .map(|ticks| ticks.parse::<f64>().expect("ticks") / 100.0)
        .sum()
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = cpu();
    let made = work();
    (cpu() - start, made)
}

/// What Lifetimes says of the same buyers, by name.
fn lifetimes(buyers: &[Buyer]) -> impl Fn(&str) -> f64 {
    let mut text = String::from("x,t_x,T,m\n");
    for Buyer { history, spend, .. } in buyers {
        let mean = spend.map_or(0.0, |spend| spend.mean());
        writeln!(
            text,
            "{},{},{},{mean}",
            history.frequency(),
            history.recency(),
            history.age()
        )
        .expect("a row");
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join("buyers.csv");
    std::fs::write(&file, text).expect("a file");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let environment = Command::new(here.join("../../scripts/python.sh"))
        .arg("crates/insight/benches/requirements.txt")
        .output();
    let environment = environment.expect("scripts/python.sh runs").stdout;
    let environment = PathBuf::from(String::from_utf8(environment).expect("a path").trim());
    let output = Command::new(environment.join("bin/python"))
        .arg(here.join("benches/beside_lifetimes.py"))
        .arg(&file)
        .output();
    let output = output.expect("Python runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let told = String::from_utf8(output.stdout).expect("lines");
    move |name| {
        let mut lines = told.lines().filter_map(|line| line.split_once(' '));
        let (_, number) = lines.find(|(found, _)| *found == name).expect(name);
        number.parse().expect("a number")
    }
}

fn main() {
    // `cargo test` runs benchmarks too, without this.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let buyers = buyers();
    let fit = |of: &dyn Fn(&Buyer) -> History| {
        timed(|| {
            BgNbd::fit(&buyers.iter().map(of).collect::<Grouped<_>>(), threads).expect("a fit")
        })
    };
    let (fit_cpu, model) = fit(&|buyer| buyer.history);
    let days = |weeks: f64| (weeks * 7.0).ceil() / 7.0;
    let (days_cpu, _) = fit(&|Buyer { history, .. }| {
        History::new(
            history.frequency(),
            days(history.recency()),
            days(history.age()),
        )
        .expect("a history")
    });
    let (amounts_cpu, amounts) = timed(|| {
        GammaGamma::fit(
            &buyers.iter().filter_map(|buyer| buyer.spend).collect(),
            threads,
        )
        .expect("a fit")
    });
    let convention = Convention::new(12, 4.345, 0.01).expect("a convention");
    let valuation = Valuation::new(&model.model, &amounts.model, convention);
    let (values_cpu, values) = timed(|| valuation.values(&buyers, threads));
    let total: f64 = values.iter().sum();
    let other = lifetimes(&buyers);
    println!("{BUYERS} buyers, CPU seconds     here  Lifetimes  ratio");
    for (what, here, name) in [
        ("BG/NBD fit", fit_cpu, "fit"),
        ("12-month CLV", values_cpu, "values"),
    ] {
        println!(
            "{what:<28} {here:>8.2} {:>10.2} {:>6.1}",
            other(name),
            other(name) / here
        );
    }
    println!("{:<28} {days_cpu:>8.2}", "BG/NBD fit, whole days");
    println!("{:<28} {amounts_cpu:>8.2}", "gamma-gamma fit");
    for estimate in model.parameters() {
        let theirs = other(estimate.name);
        println!(
            "{:<28} {:>8.4} {theirs:>10.4}",
            estimate.name, estimate.value
        );
        assert!(
            (estimate.value - theirs).abs() < 0.01 * estimate.standard_error,
            "{}",
            estimate.name
        );
    }
    println!("{:<28} {total:>8.0} {:>10.0}", "all CLV", other("total"));
    assert!((total / other("total") - 1.0).abs() < 1e-4);
}
