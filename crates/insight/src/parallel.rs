//! Work spread over threads without a trace in its outcome: what is summed together, and in which order, depends on the rows
//! alone.
//!
//! However many threads are asked for, no more than [`MOST`] work, the caller's own among them. Where the system refuses one, those
//! that are there do its share as well: that costs time and changes nothing else.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Rows that are summed one after the other. A constant: were it to follow the number of threads, so would the sums' bits.
const CHUNK: usize = 4096;
/// The most threads: more than most machines have processors, and few enough to be had nearly everywhere.
const MOST: NonZeroUsize = NonZeroUsize::MIN.saturating_add(63);

/// Adds up what `term` adds for each row.
pub(crate) fn sum<T, S>(
    rows: &[T],
    threads: NonZeroUsize,
    term: impl Fn(&mut S, &T) + Sync,
    merge: impl Fn(&mut S, S),
) -> S
where
    T: Sync,
    S: Clone + Default + Send,
{
    let mut sums = vec![S::default(); rows.len().div_ceil(CHUNK)];
    let add = |sums: &mut [S], rows: &[T]| {
        for (sum, rows) in sums.iter_mut().zip(rows.chunks(CHUNK)) {
            // A sum of its own on the stack: what neighbouring chunks write does not wait for each other.
            let mut own = S::default();
            rows.iter().for_each(|row| term(&mut own, row));
            *sum = own;
        }
    };
    let threads = threads.min(MOST);
    let share = sums.len().div_ceil(threads.get()).max(1);
    spread(&mut sums, rows, (share, share * CHUNK), add);
    let mut total = S::default();
    sums.into_iter().for_each(|sum| merge(&mut total, sum));
    total
}

/// What `of` makes of each row.
pub(crate) fn map<T: Sync>(
    rows: &[T],
    threads: NonZeroUsize,
    of: impl Fn(&T) -> f64 + Sync,
) -> Vec<f64> {
    let mut made = vec![0.0; rows.len()];
    let make = |made: &mut [f64], rows: &[T]| {
        for (made, row) in made.iter_mut().zip(rows) {
            *made = of(row);
        }
    };
    let threads = threads.min(MOST);
    let share = rows.len().div_ceil(threads.get()).max(1);
    spread(&mut made, rows, (share, share), make);
    made
}

/// Cuts both into shares of these lengths; each is worked on by a thread of its own, if there is one to have.
fn spread<T: Sync, S: Send>(
    made: &mut [S],
    rows: &[T],
    (of_made, of_rows): (usize, usize),
    work: impl Fn(&mut [S], &[T]) + Sync,
) {
    let shares = made.chunks_mut(of_made).zip(rows.chunks(of_rows));
    let others = shares.len().saturating_sub(1);
    let shares = Mutex::new(shares);
    let next = || {
        let mut shares = shares.lock().unwrap_or_else(PoisonError::into_inner);
        shares.next()
    };
    let work_off = || {
        while let Some((made, rows)) = next() {
            work(made, rows);
        }
    };
    if others == 0 {
        return work_off();
    }
    thread::scope(|scope| {
        for _ in 0..others {
            if thread::Builder::new()
                .spawn_scoped(scope, work_off)
                .is_err()
            {
                break;
            }
        }
        work_off();
    });
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn sums_have_the_same_bits_for_any_number_of_threads() {
        let rows: Vec<f64> = (1..50_000).map(|n| 1.0 / f64::from(n)).collect();
        let sum = |threads| {
            let threads = NonZeroUsize::new(threads).expect("some");
            sum(
                &rows,
                threads,
                |sum, row| *sum += row,
                |sum, more: f64| *sum += more,
            )
            .to_bits()
        };
        let plain = f64::from_bits(sum(1));
        assert!((plain - rows.iter().sum::<f64>()).abs() < 1e-12);
        for threads in [2, 3, 7, 16, 1000] {
            assert_eq!(sum(threads), plain.to_bits(), "{threads} threads");
        }
        let doubled = |threads| {
            map(&rows, NonZeroUsize::new(threads).expect("some"), |row| {
                2.0 * row
            })
        };
        assert_eq!(doubled(1), doubled(5));
        assert_eq!(doubled(3).last(), Some(&(2.0 / 49_999.0)));
    }
    #[test]
    fn however_many_threads_are_asked_for_few_are_started() {
        let rows = vec![1.0; 10_000];
        let seen = Mutex::new(HashSet::new());
        let made = map(&rows, NonZeroUsize::MAX, |row| {
            seen.lock()
                .expect("the seen")
                .insert(thread::current().id());
            row + 1.0
        });
        assert_eq!(made, vec![2.0; 10_000]);
        let seen = seen.into_inner().expect("the seen").len();
        assert!((1..=64).contains(&seen), "{seen} threads");
        let none: &[f64] = &[];
        assert!(map(none, NonZeroUsize::MAX, |row| *row).is_empty());
    }
}
