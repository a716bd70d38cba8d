//! Equal things counted while they come in.

/// How many were taken in between two countings, at least.
const SLACK: usize = 1 << 16;

/// Equal things counted. Collected from an iterator, so that whoever reads customers in portions hands them on one by one and
/// none is kept: memory grows with the *different* histories alone, a fraction of the buyers where time is counted in days.
///
/// ```
/// use perennial_insight::grouped::Grouped;
/// use perennial_insight::history::History;
/// let portions = [vec![(0, 0.0, 8.0), (1, 2.0, 8.0)], vec![(0, 0.0, 8.0)]];
/// let histories = portions.into_iter().flatten().map(|(x, t_x, age)| History::new(x, t_x, age));
/// let grouped = histories.collect::<Result<Grouped<History>, _>>().expect("histories");
/// assert_eq!((grouped.total(), grouped.groups().len()), (3, 2));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouped<T> {
    groups: Vec<(T, u64)>,
}

impl<T> Grouped<T> {
    /// Each thing once, in order, and how many there are.
    pub fn groups(&self) -> &[(T, u64)] {
        &self.groups
    }

    /// How many there are together.
    pub fn total(&self) -> u64 {
        self.groups.iter().map(|(_, count)| count).sum()
    }
}

impl<T: Ord> FromIterator<T> for Grouped<T> {
    fn from_iter<I: IntoIterator<Item = T>>(things: I) -> Self {
        let mut groups: Vec<(T, u64)> = Vec::new();
        let mut room = SLACK;
        for thing in things {
            groups.push((thing, 1));
            if groups.len() > room {
                count(&mut groups);
                // Waiting for as many as there are already keeps the work in proportion to what comes in.
                room = 2 * groups.len() + SLACK;
            }
        }
        count(&mut groups);
        groups.shrink_to_fit();
        Self { groups }
    }
}

fn count<T: Ord>(groups: &mut Vec<(T, u64)>) {
    groups.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    groups.dedup_by(|(next, more), (kept, count)| {
        let is_equal = next == kept;
        if is_equal {
            *count += *more;
        }
        is_equal
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn counting_on_the_way_loses_nothing() {
        let things = || (0..300_000_u64).map(|n| n.wrapping_mul(n) % 1009);
        let mut counted = BTreeMap::new();
        things().for_each(|thing| *counted.entry(thing).or_insert(0) += 1);
        let grouped: Grouped<u64> = things().collect();
        assert_eq!(grouped.groups(), counted.into_iter().collect::<Vec<_>>());
        assert_eq!(grouped.total(), 300_000);
    }
}
