//! Work spread over threads without a trace in its outcome: what is summed together, and in which order, depends on the rows
//! alone.

use std::num::NonZeroUsize;
use std::thread;

/// Rows that are summed one after the other. A constant: were it to follow the number of threads, so would the sums' bits.
const CHUNK: usize = 4096;

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
    let share = sums.len().div_ceil(threads.get()).max(1);
    spread(&mut sums, rows, (share, share * CHUNK), threads, add);
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
    let share = rows.len().div_ceil(threads.get()).max(1);
    spread(&mut made, rows, (share, share), threads, make);
    made
}

fn spread<T: Sync, S: Send>(
    made: &mut [S],
    rows: &[T],
    (of_made, of_rows): (usize, usize),
    threads: NonZeroUsize,
    work: impl Fn(&mut [S], &[T]) + Sync,
) {
    let shares = made.chunks_mut(of_made).zip(rows.chunks(of_rows));
    if threads.get() == 1 {
        return shares.for_each(|(made, rows)| work(made, rows));
    }
    let work = &work;
    thread::scope(|scope| {
        for (made, rows) in shares {
            scope.spawn(move || work(made, rows));
        }
    });
}

#[cfg(test)]
mod tests {
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
}
