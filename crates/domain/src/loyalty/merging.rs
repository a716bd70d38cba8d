//! Two members turn out to be one, and sometimes not after all.
//!
//! A merge moves what an account has, lots with their days and arrears, to the survivor. The merged account keeps its entries;
//! it answers nothing more but reversals of them, and what these leave there goes on to the survivor at once. Undoing
//! gives back, to the very lots it came from, what is left of all that; what was spent, held or repaid meanwhile stays so.

use super::account::Account;
use super::entry::{Allocation, Counterpart, Kind, OpenedLot};
use super::ledger::Ledger;
use super::request::Refusal;
use super::spending::{Context, allocate};

impl Ledger {
    pub(super) fn merge(
        &mut self,
        context: &Context,
        into: usize,
        from: usize,
    ) -> Result<(), Refusal> {
        let merged = self.at(from)?;
        if let Some(into) = merged.survivor() {
            return Err(Refusal::Merged { into });
        }
        if !merged.holds.is_empty() {
            return Err(Refusal::OpenHolds);
        }
        let points = merged.balance();
        self.at(into)?.has_room_for(points)?;
        self.pass_on(context, from, into)
    }

    /// Passes on what a reversal left in a merged account, from survivor to survivor.
    pub(super) fn pass_on_along(
        &mut self,
        context: &Context,
        places: &[(usize, u32)],
    ) -> Result<(), Refusal> {
        for pair in places.windows(2) {
            if let [(from, _), (into, _)] = *pair {
                let account = self.at(from)?;
                account.lapse(context)?;
                if account.free + account.pending != 0 || account.arrears != 0 {
                    self.pass_on(context, from, into)?;
                }
            }
        }
        Ok(())
    }

    /// Moves everything, with its days.
    fn pass_on(&mut self, context: &Context, from: usize, into: usize) -> Result<(), Refusal> {
        let survivor = self.at(into)?;
        let (into_id, into_entry) = (survivor.id(), survivor.next().0);
        let merged = self.at(from)?;
        let mut out = merged.draft(context, Kind::MergeOut);
        out.points = -merged.balance();
        out.arrears = -merged.arrears;
        let all = merged.spending_order().chain(merged.waiting());
        out.allocations = allocate(all, i64::MAX).0;
        out.counterpart = Some(Counterpart {
            account: into_id,
            entry: into_entry,
        });
        let pieces = merged.pieces(&out);
        let (points, arrears) = (-out.points, -out.arrears);
        let counterpart = Counterpart {
            account: merged.id(),
            entry: out.number,
        };
        merged.apply(out)?;
        let survivor = self.at(into)?;
        let mut income = survivor.draft(context, Kind::MergeIn);
        income.points = points;
        income.arrears = arrears;
        income.counterpart = Some(counterpart);
        let (_, first) = survivor.next();
        income.opens = (first..)
            .zip(pieces)
            .map(|(lot, piece)| OpenedLot {
                lot,
                points: piece.points,
                active_from: piece.active_from,
                expiry: piece.expiry,
                earning: None,
            })
            .collect();
        Ok(survivor.apply(income)?)
    }

    pub(super) fn unmerge(
        &mut self,
        context: &Context,
        into: usize,
        from: usize,
    ) -> Result<(), Refusal> {
        let merged = self.at(from)?;
        let (from_id, from_next) = (merged.id(), merged.next().0);
        let survivor = merged.merged.ok_or(Refusal::NotMerged)?;
        if survivor.account != self.at(into)?.id() {
            return Err(Refusal::NotMerged);
        }
        let moves = self.moves(into, from, survivor.entry);
        let account = self.at(into)?;
        let mut out = account.draft(context, Kind::UnmergeOut);
        let mut given = Vec::new();
        let mut arrears = 0;
        for (opened, came_from, owed) in moves {
            arrears += owed;
            for (lot, origin) in opened.iter().zip(came_from) {
                let points = account.lot(lot.lot).map_or(0, super::account::Lot::free);
                if points > 0 {
                    let lot = lot.lot;
                    out.allocations.push(Allocation { lot, points });
                    given.push(Allocation { points, ..origin });
                }
            }
        }
        let back: i64 = given.iter().map(|given| given.points).sum();
        out.arrears = -arrears.min(account.arrears);
        out.points = -back - out.arrears;
        out.counterpart = Some(Counterpart {
            account: from_id,
            entry: from_next,
        });
        let (points, arrears) = (-out.points, -out.arrears);
        let counterpart = Counterpart {
            account: account.id(),
            entry: out.number,
        };
        account.apply(out)?;
        let merged = self.at(from)?;
        let mut income = merged.draft(context, Kind::UnmergeIn);
        income.points = points;
        income.arrears = arrears;
        income.counterpart = Some(counterpart);
        income.allocations = given;
        Ok(merged.apply(income)?)
    }

    /// What came from an account since it was merged: the lots it opened, the lots they were, the arrears.
    fn moves(
        &self,
        into: usize,
        from: usize,
        since: u32,
    ) -> Vec<(Vec<OpenedLot>, Vec<Allocation>, i64)> {
        let entries = |place: usize| self.accounts.get(place).map_or(&[][..], Account::entries);
        let merged = self.accounts.get(from).map(Account::id);
        let income = entries(into).iter().skip(since as usize);
        let income = income.filter(|entry| entry.kind == Kind::MergeIn);
        income
            .filter_map(|entry| {
                let origin = entry.counterpart?;
                let out = entries(from).get(origin.entry as usize)?;
                (Some(origin.account) == merged)
                    .then(|| (entry.opens.clone(), out.allocations.clone(), entry.arrears))
            })
            .collect()
    }
}
