//! Taking back what was earned and giving back what was redeemed, from what is stored and never from today's rules.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::account::Account;
use super::apportion::{NotReturnable, take_back};
use super::entry::{Allocation, Entry, Kind, OpenedLot};
use super::programme::{Expiry, Restoring, TakingBack};
use super::request::Refusal;
use super::spending::{Context, allocate, positive};
use crate::Decimal;

impl Account {
    fn original(&self, number: u32, kind: Kind) -> Result<&Entry, Refusal> {
        let entry = self.entry(number).filter(|entry| entry.kind == kind);
        entry.ok_or(Refusal::NoSuchEntry)
    }

    /// Takes back what an earning gave for what was returned: what is left in its own lots, then nothing for what of it has
    /// expired or was given up, for that is gone already, then other lots or arrears as the programme says. Held points
    /// are promised and stay.
    pub(super) fn reverse_earn(
        &mut self,
        context: &Context,
        number: u32,
        returned: Option<BTreeMap<Uuid, Decimal>>,
    ) -> Result<(), Refusal> {
        let earning = self.original(number, Kind::Earn)?;
        let before = self.taken.get(&number);
        let taken = before.map_or(&[][..], |reversed| reversed.lines.as_slice());
        let is_rest = returned.is_none();
        let returned = returned.unwrap_or_else(|| {
            let lines = earning.lines.iter().enumerate();
            let left = lines.filter_map(|(place, line)| {
                let taken = taken.get(place).copied().unwrap_or_default();
                let left = line.quantity.plus(-taken.quantity)?;
                (left > Decimal::default()).then_some((line.line, left))
            });
            left.collect()
        });
        if returned.is_empty() {
            return Err(Refusal::MoreThanLeft { left: 0 });
        }
        let lines = take_back(&earning.lines, taken, &returned).map_err(|reason| match reason {
            NotReturnable::NoSuchLine | NotReturnable::Quantity => Refusal::NotBought,
            NotReturnable::TooLarge => Refusal::Amount,
        })?;
        let points: i64 = lines.iter().map(|line| line.points).sum();

        let first = earning.opens.iter().map(|opened| opened.lot);
        let revived = self.revived.get(&number).into_iter().flatten().copied();
        let own: Vec<_> = first
            .chain(revived)
            .filter_map(|lot| self.lot(lot))
            .collect();
        let (mut allocations, missing) =
            allocate(own.iter().copied().filter(|lot| lot.free() > 0), points);
        let lapsed: i64 = own.iter().map(|lot| lot.lapsed).sum();
        let forgiven_before = before.map_or(0, |reversed| reversed.forgiven);
        let forgiven = missing.min(lapsed - forgiven_before).max(0);
        let mut missing = missing - forgiven;
        if context.version.taking_back == TakingBack::OtherLots {
            let others = self.spending_order().chain(self.waiting());
            let others = others.filter(|lot| lot.earning != Some(number));
            let (more, still) = allocate(others, missing);
            allocations.extend(more);
            missing = still;
        }
        let mut entry = self.draft(context, Kind::ReverseEarn);
        entry.refers_to = Some(number);
        entry.is_rest = is_rest;
        entry.points = forgiven - points;
        entry.arrears = missing;
        entry.lines = lines;
        entry.allocations = allocations;
        Ok(self.apply(entry)?)
    }

    /// Gives points of a redemption back, those first that it took last, so that what stays redeemed is what a smaller
    /// redemption would have taken: arrears that it made are cancelled (or, repaid meanwhile, come back as earned
    /// today), the others go to their lots with their expiry. Where a lot has expired meanwhile, the programme says.
    pub(super) fn reverse_burn(
        &mut self,
        context: &Context,
        number: u32,
        points: i64,
    ) -> Result<(), Refusal> {
        let burn = self.original(number, Kind::Burn)?;
        let before = self.given_back.get(&number).copied().unwrap_or_default();
        let left = -burn.points - before;
        if positive(points)? > left {
            return Err(Refusal::MoreThanLeft { left });
        }
        let (mut skipped, mut wanted) = (before, points);
        let mut next = |points: i64| {
            let skip = points.min(skipped);
            skipped -= skip;
            let take = (points - skip).min(wanted);
            wanted -= take;
            take
        };
        let borrowed = next(burn.arrears);
        let cancelled = borrowed.min(self.arrears);
        let mut opens = Vec::new();
        let (_, first) = self.next();
        let mut open = |points, active_from, expiry, earning| {
            let lot = u32::try_from(opens.len()).unwrap_or(u32::MAX);
            opens.push(OpenedLot {
                lot: first.saturating_add(lot),
                points,
                active_from,
                expiry,
                earning,
            });
        };
        if borrowed > cancelled {
            let fresh = Self::fresh(context, borrowed - cancelled, None);
            open(fresh.points, fresh.active_from, fresh.expiry, None);
        }
        let today = context.moment.on;
        let mut allocations = Vec::new();
        for taken in burn.allocations.iter().rev() {
            let points = next(taken.points);
            let Some(lot) = self.lot(taken.lot).filter(|_| points > 0) else {
                continue;
            };
            let has_expired = self.last_day(lot).is_some_and(|day| day < today);
            match context.version.restoring {
                Restoring::Grace { days } if has_expired => {
                    let last = today.plus_days(u64::from(days));
                    open(points, today, Expiry::On(last), lot.earning);
                }
                _ => allocations.push(Allocation { points, ..*taken }),
            }
        }
        let mut entry = self.draft(context, Kind::ReverseBurn);
        entry.refers_to = Some(number);
        entry.points = points;
        entry.arrears = -cancelled;
        entry.opens = opens;
        entry.allocations = allocations;
        Ok(self.apply(entry)?)
    }
}
