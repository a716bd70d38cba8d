//! How many postings a second the ledger takes, and whether that stays so as histories grow: in memory, one thread.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark stops where something is not as it has to be"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use perennial_domain::loyalty::{
    Account, Action, ExpiryPolicy, Ledger, Line, Moment, Request, Source, SourceKind, Version,
};
use perennial_domain::{Date, Decimal};
use uuid::Uuid;

/// A thousand days of postings in turn: two earnings, then a redemption of somewhat less; each 24th is a return of a small
/// part of the member's first earning. Points are good for a year, so that some expire.
fn requests(count: u64, members: u64) -> impl Iterator<Item = (Uuid, Moment, Request)> {
    let first = Date::of(2027, 1, 1).unwrap();
    let begin =
        perennial_domain::Instant::new(first.naive().and_time(chrono::NaiveTime::MIN).and_utc());
    let turns = count / members;
    let part = Decimal::from_ten_thousandths;
    (0..count).map(move |number| {
        let (turn, member) = (number / members, u128::from(number % members));
        let moment = Moment {
            at: perennial_domain::Instant::from_micros(
                begin.micros() + i64::try_from(number).unwrap(),
            ),
            on: first.plus_days(turn * 1_000 / turns),
        };
        let action = match turn % 24 {
            23 => Action::ReverseEarn {
                earning: 0,
                returned: Some([(Uuid::from_u128(member), part(1))].into()),
            },
            turn if turn % 3 == 2 => Action::Burn { points: 170 },
            _ => Action::Earn {
                lines: vec![Line {
                    line: Uuid::from_u128(number.into()),
                    quantity: part(100_000_000),
                    points: 100,
                }],
            },
        };
        let request = Request {
            account: Uuid::from_u128(0xA000_0000 + member),
            occurred: moment,
            source: Source {
                kind: SourceKind::Purchase,
                id: Uuid::from_u128(number.into()),
            },
            actor: None,
            action,
        };
        (
            Uuid::from_u128(0xB000_0000_0000 + u128::from(number)),
            moment,
            request,
        )
    })
}

fn empty() -> Ledger {
    let version = Version {
        number: 1,
        valid_from: Date::of(2027, 1, 1).unwrap(),
        zone: "UTC".to_owned(),
        expiry: ExpiryPolicy::After { months: 12 },
        ..Version::default()
    };
    Ledger::new(vec![version].try_into().unwrap(), Vec::new())
}

/// How long the ledger takes for so many postings, and the ledger. Requests are made in between, a thousand at a time.
fn post_all(count: u64, members: u64) -> (Duration, Ledger) {
    let (mut ledger, mut taken) = (empty(), Duration::ZERO);
    let mut requests = requests(count, members);
    loop {
        let some: Vec<_> = requests.by_ref().take(1_000).collect();
        if some.is_empty() {
            return (taken, ledger);
        }
        let begin = Instant::now();
        for (key, moment, request) in some {
            ledger.post(key, moment, request).unwrap();
        }
        taken += begin.elapsed();
    }
}

/// Postings a second should be the same from line to line: then the time is linear in the length of the history.
fn postings(criterion: &mut Criterion) {
    type Members = fn(u64) -> u64;
    let shapes: [(&str, Members); 3] = [
        ("one member", |_| 1),
        ("100 members", |_| 100),
        ("100 of each member", |count| count / 100),
    ];
    for (name, members) in shapes {
        let mut group = criterion.benchmark_group(format!("postings, {name}"));
        group.sample_size(10);
        for count in [1_000, 10_000, 100_000, 1_000_000] {
            group.throughput(Throughput::Elements(count));
            group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
                bencher.iter_custom(|times| {
                    let taken = (0..times).map(|_| post_all(count, members(count)).0);
                    taken.sum()
                });
            });
        }
    }
}

fn rebuilding(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("entries rebuilt, one member");
    group.sample_size(10);
    for count in [10_000, 100_000, 1_000_000] {
        let (_, ledger) = post_all(count, 1);
        let account = ledger.accounts().first().unwrap();
        let entries = account.entries().to_vec();
        group.throughput(Throughput::Elements(entries.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter_batched(
                || entries.clone(),
                |entries| black_box(Account::rebuild(account.id(), entries).unwrap()),
                BatchSize::PerIteration,
            );
        });
    }
}

criterion_group!(benches, postings, rebuilding);
criterion_main!(benches);
