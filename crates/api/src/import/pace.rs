//! How much of a file is written at once.
//!
//! While a slice is written, nobody else writes to SQLite, and on PostgreSQL nobody writes what it has written. So slices are
//! measured in time: long ones while nobody else writes, for each costs a commit; and as short as a few single writes while
//! somebody does, with a rest after each, for a processor and a disk are shared as well. Where the database has one writer, a
//! slice is shorter still and the rest longer: everybody waits for it. Others are told by their events, whose numbers come
//! between ours: who writes none, a session say, is not seen.

use std::time::{Duration, Instant};

/// How many rows are written at once at most: enough to make statements cheap.
pub const MOST: usize = 500;
/// How long a slice may take while nobody else writes.
const ALONE: Duration = Duration::from_millis(100);
/// What others are left while they write, where one writes at a time.
const ONE_WRITER: Manners = Manners {
    least: 4,
    longest: Duration::from_millis(1),
    rest: 2,
};
/// And where many do.
const MANY_WRITERS: Manners = Manners {
    least: 16,
    longest: Duration::from_millis(3),
    rest: 1,
};
/// For how long others are expected to write again.
const EXPECTED: Duration = Duration::from_secs(5);

/// How much room an import takes among others.
#[derive(Debug)]
struct Manners {
    /// How many rows are written at once at least, however slow they are.
    least: usize,
    /// How long a slice's statements may take.
    longest: Duration,
    /// How many times as long as a slice nothing is written after it.
    rest: u32,
}

/// How much is written at once.
#[derive(Debug)]
pub struct Pace {
    manners: &'static Manners,
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
    /// Begins with little: the rows may be slow, and others may be writing. Whether the database has one writer, and the newest
    /// event.
    pub fn new(one_writer: bool, last: i64) -> Self {
        let manners = if one_writer {
            &ONE_WRITER
        } else {
            &MANY_WRITERS
        };
        Self {
            manners,
            rows: manners.least,
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
            true => (self.manners.longest, slice.held * self.manners.rest),
            false => (ALONE, Duration::ZERO),
        };
        if took > allowed {
            let fitting = rows as f64 * allowed.as_secs_f64() / took.as_secs_f64();
            self.rows = (fitting as usize).min(self.rows);
        } else if took < allowed / 2 && rows >= self.rows {
            self.rows *= 2;
        }
        self.rows = self.rows.clamp(self.manners.least, MOST);
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
        for (one_writer, small, rest_of) in [(false, 30..=80, 1_000), (true, 10..=30, 2_000)] {
            let mut pace = Pace::new(one_writer, 0);
            for number in 0..12 {
                let rest = slice(&mut pace, each, number);
                assert_eq!(rest, Duration::ZERO);
            }
            assert_eq!(pace.rows(), MOST);
            // Somebody else's event came between.
            let rest = slice(&mut pace, each, 13);
            assert_eq!(rest, each * rest_of);
            assert!(small.contains(&pace.rows()), "{}", pace.rows());
            for number in 14..22 {
                slice(&mut pace, each, number);
                assert!(small.contains(&pace.rows()), "{}", pace.rows());
            }
        }
        // In the middle of a slice they show by more numbers than it used.
        let mut pace = Pace::new(false, 0);
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
        for (one_writer, least) in [(false, 16), (true, 4)] {
            let mut pace = Pace::new(one_writer, 0);
            for number in 0..12 {
                slice(&mut pace, Duration::from_millis(1), number);
            }
            assert!((32..=100).contains(&pace.rows()), "{}", pace.rows());
            slice(&mut pace, Duration::from_millis(1), 13);
            assert_eq!(pace.rows(), least);
        }
    }
}
