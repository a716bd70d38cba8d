//! How much of a file is written at once.
//!
//! While a slice is written, nobody else writes to SQLite, and on PostgreSQL nobody writes what it has written. So slices are
//! measured in time: long ones while nobody else writes, for each costs a commit; and as short as a few single writes while
//! somebody does, with a rest after each as long as all of it took, for a processor and a disk are shared as well. Others are
//! told by their events, whose numbers come between ours: who writes none, a session say, is not seen.

use std::time::{Duration, Instant};

/// How many rows are written at once at most: enough to make statements cheap.
pub const MOST: usize = 500;
/// And at least, however slow they are.
const LEAST: usize = 16;
/// How long a slice may take while nobody else writes.
const ALONE: Duration = Duration::from_millis(100);
/// And while somebody does.
const AMONG_OTHERS: Duration = Duration::from_millis(3);
/// For how long others are expected to write again.
const EXPECTED: Duration = Duration::from_secs(5);

/// How much is written at once.
#[derive(Debug)]
pub struct Pace {
    rows: usize,
    /// The last of our own events.
    last: i64,
    /// When others were last seen writing.
    others: Option<Instant>,
}

/// What became of a slice.
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    /// How long its statements took.
    pub took: Duration,
    /// And the whole of it, with the commit.
    pub held: Duration,
    /// The newest event before it.
    pub before: i64,
    /// The newest event after it.
    pub after: i64,
    /// How many events it wrote itself.
    pub own: i64,
}

impl Pace {
    /// Begins with little: the rows may be slow, and others may be writing.
    pub fn new(last: i64) -> Self {
        Self {
            rows: LEAST,
            last,
            others: None,
        }
    }

    /// How many rows the next slice has.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Takes note of a slice of so many rows, which is done now; how long to leave the database to others.
    pub fn note(&mut self, slice: Slice, rows: usize, now: Instant) -> Duration {
        if slice.before != self.last || slice.after - slice.before > slice.own {
            self.others = Some(now);
        }
        self.last = slice.after;
        let expected = |seen: Instant| now.duration_since(seen) < EXPECTED;
        let took = slice.took;
        let (allowed, rest) = match self.others.is_some_and(expected) {
            true => (AMONG_OTHERS, slice.held),
            false => (ALONE, Duration::ZERO),
        };
        if took > allowed {
            let fitting = rows as f64 * allowed.as_secs_f64() / took.as_secs_f64();
            self.rows = (fitting as usize).min(self.rows);
        } else if took < allowed / 2 && rows >= self.rows {
            self.rows *= 2;
        }
        self.rows = self.rows.clamp(LEAST, MOST);
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A slice of as many rows as it may have, each of which took so long.
    fn slice(pace: &mut Pace, each: Duration, before: i64) -> Duration {
        let took = each * u32::try_from(pace.rows()).expect("few");
        let slice = Slice {
            took,
            held: took * 2,
            before,
            after: before + 1,
            own: 1,
        };
        pace.note(slice, pace.rows(), Instant::now())
    }

    #[test]
    fn slices_are_large_alone_and_small_among_others() {
        let each = Duration::from_micros(50);
        let mut pace = Pace::new(0);
        for number in 0..10 {
            let rest = slice(&mut pace, each, number);
            assert_eq!(rest, Duration::ZERO);
        }
        assert_eq!(pace.rows(), MOST);
        // Somebody else's event came between.
        let rest = slice(&mut pace, each, 11);
        assert_eq!(rest, each * 1_000);
        assert!((30..=80).contains(&pace.rows()), "{}", pace.rows());
        for number in 12..20 {
            slice(&mut pace, each, number);
            assert!((30..=80).contains(&pace.rows()), "{}", pace.rows());
        }
        // In the middle of a slice they show by more numbers than it used.
        let mut pace = Pace::new(0);
        let among = Slice {
            took: each,
            held: each,
            before: 0,
            after: 9,
            own: 8,
        };
        assert_eq!(pace.note(among, 8, Instant::now()), each);
    }

    #[test]
    fn slow_rows_are_written_few_at_a_time() {
        let mut pace = Pace::new(0);
        for number in 0..10 {
            slice(&mut pace, Duration::from_millis(1), number);
        }
        assert!((32..=100).contains(&pace.rows()), "{}", pace.rows());
        slice(&mut pace, Duration::from_millis(1), 11);
        assert_eq!(pace.rows(), LEAST);
    }
}
