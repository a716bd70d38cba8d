//! A million buyers are read, learned from and valued in the memory that their different histories and one portion take.

#![expect(
    clippy::expect_used,
    unsafe_code,
    reason = "a test ends where it cannot go on; what is allocated is counted by standing before the allocator"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use perennial_insight::bg_nbd::BgNbd;
use perennial_insight::gamma_gamma::GammaGamma;
use perennial_insight::grouped::Grouped;
use perennial_insight::history::{History, Spend};
use perennial_insight::value::{Buyer, Convention, Valuation};

#[path = "models/simulation.rs"]
mod simulation;

use simulation::Dice;

/// The system's allocator, counting what is held and the most that ever was.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is handed on as it came; counting touches no memory of others.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size(), Relaxed) + layout.size();
        MOST.fetch_max(held, Relaxed);
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What some work answers, and the most bytes that it held beyond what was held before.
fn most<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.load(Relaxed);
    MOST.store(before, Relaxed);
    let made = work();
    (made, MOST.load(Relaxed) - before)
}

/// So many buyers as a shop counts them, in whole days; made while they are asked for, none kept.
fn buyers(count: usize) -> impl Iterator<Item = Buyer> {
    let mut dice = Dice(71);
    (0..count).map(move |_| {
        let age = 27.0 + 12.0 * dice.uniform();
        let (x, t_x, age) = simulation::bg_nbd(&mut dice, [0.2426, 4.4136, 0.7929, 2.4259], age);
        let days = |weeks: f64| (weeks * 7.0).ceil() / 7.0;
        let spend = (x > 0).then(|| simulation::gamma_gamma(&mut dice, [6.25, 3.744, 15.44], x));
        Buyer {
            history: History::new(x, days(t_x), days(age)).expect("a history"),
            spend: spend.map(|mean| Spend::new(x, mean).expect("a spend")),
            cost_to_serve: 0.1,
        }
    })
}

const PORTION: usize = 10_000;

/// Σ CLV, reading buyers in portions of which one is kept at a time.
fn equity(valuation: &Valuation<'_, BgNbd>, buyers: impl Iterator<Item = Buyer>) -> f64 {
    let (mut sum, mut portion) = (0.0, Vec::with_capacity(PORTION));
    let mut add = |portion: &mut Vec<Buyer>| {
        sum += valuation
            .values(portion, NonZeroUsize::MIN)
            .iter()
            .sum::<f64>();
        portion.clear();
    };
    for buyer in buyers {
        portion.push(buyer);
        if portion.len() == PORTION {
            add(&mut portion);
        }
    }
    add(&mut portion);
    sum
}

#[test]
fn a_million_buyers_are_streamed() {
    const MILLION: usize = 1_000_000;
    let row = size_of::<(History, u64)>();
    let different = buyers(MILLION)
        .map(|buyer| buyer.history)
        .collect::<BTreeSet<_>>()
        .len();
    assert!(different < MILLION / 6, "{different}");
    let histories = |count| {
        buyers(count)
            .map(|buyer| buyer.history)
            .collect::<Grouped<_>>()
    };
    let (grouped, peak) = most(|| histories(MILLION));
    assert_eq!(
        (grouped.total(), grouped.groups().len()),
        (MILLION as u64, different)
    );
    // Twice as many rows as are different and 65 536 more are taken in; a vector that grows holds as much again, and half.
    assert!(peak < 3 * row * (2 * different + 65_536), "{peak} bytes");
    assert!(peak < MILLION * row, "{peak} bytes");

    // The same few histories, again and again: ten times the buyers take not a byte more.
    let few = |count: usize| {
        let history = |n: usize| History::new(1 + n as u32 % 50, 1.0 + (n % 7) as f64, 30.0);
        let histories = (0..count).map(move |n| history(n).expect("a history"));
        most(|| histories.collect::<Grouped<_>>()).1
    };
    assert_eq!(few(10 * MILLION), few(MILLION));

    // Learning keeps a sum for every four thousand of them.
    let (fit, peak) = most(|| BgNbd::fit(&grouped, NonZeroUsize::MIN).expect("a fit"));
    assert!(peak < 512 * (different / 4096 + 100), "{peak} bytes");

    let amounts = GammaGamma::new([6.25, 3.744, 15.44]).expect("parameters");
    let convention = Convention::months(12, 0.1).expect("a convention");
    let valuation = Valuation::new(&fit.model, &amounts, convention);
    let (total, peak) = most(|| equity(&valuation, buyers(MILLION)));
    assert!(
        peak <= PORTION * (size_of::<Buyer>() + size_of::<f64>()),
        "{peak} bytes"
    );
    assert!(total > 0.0);
}
