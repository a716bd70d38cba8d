//! Chance that always falls the same way.

/// A small generator (SplitMix64, Steele, Lea and Flood 2014): the same numbers on every machine and in every version.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// Starts from a seed.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from `least` to `greatest`.
    pub(super) fn between(&mut self, least: i64, greatest: i64) -> i64 {
        let span = u64::try_from(greatest - least).unwrap_or(0) + 1;
        least + i64::try_from(self.next() % span).unwrap_or(0)
    }

    /// True so many times in a hundred.
    pub(super) fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of several; the first ones more often than the last.
    pub(super) fn mostly<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let last = i64::try_from(of.len()).unwrap_or(1) - 1;
        let at = self.between(0, last).min(self.between(0, last));
        pick(of, at)
    }

    /// One of several.
    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = self.between(0, i64::try_from(of.len()).unwrap_or(1) - 1);
        pick(of, at)
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "the lists of this module are never empty"
)]
fn pick<T>(of: &[T], at: i64) -> &T {
    &of[usize::try_from(at).unwrap_or(0) % of.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let numbers = |seed| {
            let mut random = Random::new(seed);
            (0..5).map(|_| random.between(0, 9)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(1), numbers(1));
        assert_ne!(numbers(1), numbers(2));
        assert!((0..1000).all(|seed| (3..=7).contains(&Random::new(seed).between(3, 7))));
    }
}
