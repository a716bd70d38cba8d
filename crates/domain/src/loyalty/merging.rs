//! Two members turn out to be one, and sometimes not after all.
//!
//! A merge moves what an account has, lots with their days and arrears, to the survivor. The merged account keeps its entries;
//! it answers nothing more but reversals of them, and what these leave there goes on to the survivor at once. Undoing
//! gives back, to the very lots it came from, what is left of all that; what was spent, held or repaid meanwhile stays so.

use super::account::Lot;
use super::entry::{Allocation, Kind};
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
        mut from: usize,
        survivors: &[usize],
    ) -> Result<(), Refusal> {
        for into in survivors {
            let account = self.at(from)?;
            account.lapse(context)?;
            if account.free + account.pending != 0 || account.arrears != 0 {
                self.pass_on(context, from, *into)?;
            }
            from = *into;
        }
        Ok(())
    }

    /// Moves everything, with its days. What is passed on after the merge names the merge.
    fn pass_on(&mut self, context: &Context, from: usize, into: usize) -> Result<(), Refusal> {
        let merged = self.at(from)?;
        let merge = merged.merged.map(|merge| merge.entry);
        let mut out = merged.draft(context, Kind::MergeOut);
        (out.points, out.arrears) = (-merged.balance(), -merged.arrears);
        let all = merged.spending_order().chain(merged.waiting());
        out.allocations = allocate(all, i64::MAX).0;
        let pieces = merged.pieces(&out);
        let survivor = self.at(into)?;
        let mut income = survivor.draft(context, Kind::MergeIn);
        (income.points, income.arrears) = (-out.points, -out.arrears);
        income.opens = survivor.opened(&pieces, 0).0;
        income.refers_to = merge;
        self.exchange((from, out), (into, income))
    }

    /// Gives back what is left of all that came by the merge, to where it came from.
    pub(super) fn unmerge(
        &mut self,
        context: &Context,
        into: usize,
        from: usize,
    ) -> Result<(), Refusal> {
        let sides = (self.accounts.get(into), self.accounts.get(from));
        let (Some(account), Some(merged)) = sides else {
            return Err(Refusal::NoSuchEntry);
        };
        let merge = merged.merged.filter(|merge| merge.account == account.id);
        let merge = merge.ok_or(Refusal::NotMerged)?.entry;
        let mut out = account.draft(context, Kind::UnmergeOut);
        let mut income = merged.draft(context, Kind::UnmergeIn);
        let mut owed = 0;
        let since = account.entries().iter().skip(merge as usize);
        let came = since.filter(|entry| entry.kind == Kind::MergeIn);
        for came in came.filter(|came| came.number == merge || came.refers_to == Some(merge)) {
            let origin = came.counterpart;
            let origin = origin.and_then(|origin| merged.entry(origin.entry));
            let lots = origin.ok_or(Refusal::NoSuchEntry)?.allocations.iter();
            for (opened, was) in came.opens.iter().zip(lots) {
                let lot = opened.lot;
                let points = account.lot(lot).map_or(0, Lot::free);
                if points > 0 {
                    out.allocations.push(Allocation { lot, points });
                    income.allocations.push(Allocation { points, ..*was });
                }
            }
            owed += came.arrears;
        }
        let back: i64 = income.allocations.iter().map(|back| back.points).sum();
        income.arrears = owed.min(account.arrears);
        income.points = back - income.arrears;
        (out.points, out.arrears) = (-income.points, -income.arrears);
        self.exchange((into, out), (from, income))
    }
}
