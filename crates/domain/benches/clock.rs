//! How long it takes to read the clocks of 100 000 complaints, on one thread.

#![expect(
    clippy::expect_used,
    reason = "a benchmark that is given nonsense stops"
)]
#![expect(
    clippy::print_stdout,
    reason = "what was measured is told on the terminal"
)]

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use perennial_domain::clock::{
    Calendar, CalendarVersion, Clock, Duration, Event, Goal, Level, Log, Opening, Policy,
    PolicyVersion, Priority, Reopen, Rules, SpecialDay, Terms, TimeOfDay, Wait, What,
};
use perennial_domain::{Date, Id, Instant};
use uuid::Uuid;

/// How many complaints.
const MANY: u32 = 100_000;

fn openings(texts: &[(&str, &str)]) -> Vec<Opening> {
    let time = |text: &str| text.parse::<TimeOfDay>().expect("a time of day");
    let opening = |(opens, closes): &(&str, &str)| Opening {
        opens: time(opens),
        closes: time(closes),
    };
    texts.iter().map(opening).collect()
}

/// An office with a lunch break and holidays, and a hotline that never closes.
fn calendars() -> Vec<Calendar> {
    let calendar = |number, zone: &str, week, special_days| Calendar {
        id: Id::new(Uuid::from_u128(number)),
        versions: vec![CalendarVersion {
            version: 1,
            since: Instant::default(),
            zone: zone.into(),
            week,
            special_days,
        }],
    };
    let split = || openings(&[("09:00", "12:00"), ("13:00", "17:30")]);
    let office = std::array::from_fn(|weekday| if weekday < 5 { split() } else { Vec::new() });
    let holidays = (1..=8).filter_map(|day| {
        Some(SpecialDay {
            on: Date::of(2026, 10, day)?,
            name: "National Day".into(),
            openings: Vec::new(),
        })
    });
    let hotline = std::array::from_fn(|_| openings(&[("00:00", "24:00")]));
    vec![
        calendar(1, "Asia/Shanghai", office, holidays.collect()),
        calendar(2, "Europe/Berlin", hotline, Vec::new()),
    ]
}

fn policies() -> Vec<Policy> {
    let level = |level, minutes, inside_hours| Level {
        level,
        offset: Duration::from_minutes(minutes),
        inside_hours,
    };
    let goal = |clock, hours| Goal {
        clock,
        priority: None,
        target: Duration::from_hours(hours),
        pauses: vec![Wait::Customer],
        reopen: Reopen::Continue,
        levels: vec![
            level(1, -60, true),
            level(2, 0, false),
            level(3, 24 * 60, true),
        ],
    };
    let policy = |number| Policy {
        key: PolicyVersion {
            policy: Id::new(Uuid::from_u128(number)),
            version: 1,
        },
        calendar: Id::new(Uuid::from_u128(number)),
        goals: vec![
            goal(Clock::FirstResponse, 4),
            goal(Clock::NextResponse, 8),
            goal(Clock::Resolution, 40),
        ],
    };
    vec![policy(1), policy(2)]
}

/// Complaints of the ninety days before `now`, with three to ten events each: the same ones in every run.
fn logs(now: Instant) -> Vec<Log> {
    let mut seed = 20_261_123_u64;
    let mut below = move |limit: i64| {
        // Knuth's linear congruential generator, its better half.
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(seed >> 33).unwrap_or_default() % limit
    };
    let mut keys = 0_u128;
    let mut event = move |at, what| {
        keys += 1;
        let id = Id::new(Uuid::from_u128(keys));
        Event { id, at, what }
    };
    let mut log = move || {
        let opened = now.plus_seconds(-below(90 * 86_400));
        let policy = u128::from(below(4) == 0) + 1;
        let terms = Terms {
            policy: policies()
                .into_iter()
                .map(|policy| policy.key)
                .find(|key| key.policy.uuid() == Uuid::from_u128(policy)),
            priority: Priority::Normal,
        };
        let mut events = vec![event(opened, What::Opened(terms))];
        let mut at = opened;
        for _ in 0..below(8) + 2 {
            at = at.plus_seconds(below(3 * 86_400));
            let what = match below(8) {
                0 | 1 => What::Replied,
                2 | 3 => What::CustomerReplied,
                4 => What::Paused(Wait::Customer),
                5 => What::Resumed,
                6 => What::Resolved,
                _ => What::Reopened,
            };
            events.push(event(at, what));
        }
        Log::of(events)
    };
    (0..MANY).map(|_| log()).collect()
}

fn main() {
    let now: Instant = "2026-11-23T06:00:00Z".parse().expect("a moment");
    let logs = logs(now);
    let rules = || Rules::new(policies(), &calendars()).expect("rules");
    let ready = rules();
    let read = |rules: &Rules| {
        let readings = logs
            .iter()
            .map(|log| rules.read(log, now).expect("policies"));
        readings
            .map(|readings| black_box(readings).len())
            .sum::<usize>()
    };
    println!("{MANY} complaints, {} cycles of their clocks", read(&ready));
    // One thread: no less than the CPU time that it takes.
    let (start, anew) = (std::time::Instant::now(), rules());
    read(&anew);
    println!(
        "once through, calendars laid out anew: {:.3} s",
        start.elapsed().as_secs_f64()
    );

    let mut criterion = Criterion::default().sample_size(20).configure_from_args();
    let mut group = criterion.benchmark_group("clock");
    group.throughput(Throughput::Elements(u64::from(MANY)));
    group.bench_function("read", |bencher| bencher.iter(|| read(&ready)));
    group.bench_function("read, calendars laid out anew", |bencher| {
        bencher.iter(|| read(&rules()));
    });
    group.bench_function("read and explain the resolution", |bencher| {
        bencher.iter(|| {
            for log in &logs {
                let readings = ready.read(log, now).expect("policies");
                let resolution = readings
                    .iter()
                    .find(|reading| reading.clock == Clock::Resolution);
                let cycle = resolution.expect("it was opened").cycle;
                let explanation = ready.explain(log, Clock::Resolution, cycle, now);
                black_box(explanation.expect("policies"));
            }
        });
    });
    group.finish();
    criterion.final_summary();
}
