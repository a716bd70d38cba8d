//! The service clocks against a naive count, and against the faults that other service desks are known for.

#[cfg(test)]
mod backdated;
#[cfg(test)]
mod escalations;
#[cfg(test)]
mod given;
#[cfg(test)]
mod hours;
#[cfg(test)]
mod invariants;
#[cfg(test)]
mod merges;
#[cfg(test)]
mod never;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod worked;
#[cfg(test)]
mod zones;
