//! One member's account in one currency of points: what its entries make, one after another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;

use super::apportion::Taken;
use super::entry::{Allocation, Counterpart, Entry, Kind};
use super::programme::{Expiry, Moment, plus_months};
use super::request::Inconsistent;
use crate::{Date, Instant};

/// Points that share their days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lot {
    /// Its number in the account, counted from 0.
    pub number: u32,
    /// The earning in this account that it comes from.
    pub earning: Option<u32>,
    /// With how many points it opened.
    pub points: i64,
    /// How many are left, those held included.
    pub remaining: i64,
    /// How many are kept by holds.
    pub held: i64,
    /// How many expired or were given up.
    pub lapsed: i64,
    /// The first day on which they can be spent.
    pub active_from: Date,
    /// When they expire.
    pub expiry: Expiry,
}

impl Lot {
    /// How many points no hold keeps.
    pub const fn free(&self) -> i64 {
        self.remaining - self.held
    }
}

/// What an account comes to at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The sum of its entries: points in lots less arrears.
    pub balance: i64,
    /// What can be spent: active points that no hold keeps, less arrears; never below zero.
    pub spendable: i64,
    /// Points that are not active yet.
    pub pending: i64,
    /// Points that holds keep.
    pub held: i64,
    /// Points past their day that no entry has expired yet: time will.
    pub overdue: i64,
    /// Points that were taken back after they were spent, or overdrawn, and not repaid yet.
    pub arrears: i64,
}

/// What was reversed of an earning: of each line, and the points that had expired before and so were not taken again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reversed {
    pub(super) lines: Vec<Taken>,
    pub(super) forgiven: i64,
}

/// A place in the order of spending: the last good day, the first, the lot.
type Place = (Date, Date, u32);

/// An account: its entries, and what they make. It can be made anew from its entries alone.
#[derive(Clone, Debug)]
pub struct Account {
    pub(super) id: Uuid,
    /// Shared, so that the list grows and an account of another day is made without copying them.
    entries: Vec<Arc<Entry>>,
    pub(super) lots: Vec<Lot>,
    /// Lots with free points: active ones that expire on a day or never, active ones that expire idle, those not active yet.
    dated: BTreeSet<Place>,
    idle: BTreeSet<(u32, Date, u32)>,
    waiting: BTreeSet<(Date, u32)>,
    /// Open holds, by when they end.
    pub(super) holds: BTreeSet<(Instant, u32)>,
    /// Points that are active and free, free but not active, held; and owed.
    pub(super) free: i64,
    pub(super) pending: i64,
    pub(super) held: i64,
    pub(super) arrears: i64,
    /// What was reversed of earnings and of redemptions, by entry.
    pub(super) taken: BTreeMap<u32, Reversed>,
    pub(super) given_back: BTreeMap<u32, i64>,
    /// Lots that an earning's points came back in.
    pub(super) revived: BTreeMap<u32, Vec<u32>>,
    /// The survivor, and the entry there that took this account in.
    pub(super) merged: Option<Counterpart>,
    active_on: Date,
    today: Date,
    /// When the last entry was posted.
    last: Option<Moment>,
}

impl Account {
    /// An account without entries.
    pub fn new(id: Uuid) -> Self {
        Self {
            id,
            entries: Vec::new(),
            lots: Vec::new(),
            dated: BTreeSet::new(),
            idle: BTreeSet::new(),
            waiting: BTreeSet::new(),
            holds: BTreeSet::new(),
            free: 0,
            pending: 0,
            held: 0,
            arrears: 0,
            taken: BTreeMap::new(),
            given_back: BTreeMap::new(),
            revived: BTreeMap::new(),
            merged: None,
            active_on: Date::default(),
            today: Date::default(),
            last: None,
        }
    }

    /// The account that these entries make, asking no rule of today's.
    ///
    /// # Errors
    /// The first entry that cannot follow those before it.
    pub fn rebuild(
        id: Uuid,
        entries: impl IntoIterator<Item = impl Into<Arc<Entry>>>,
    ) -> Result<Self, Inconsistent> {
        let mut account = Self::new(id);
        for entry in entries {
            account.apply(entry)?;
        }
        Ok(account)
    }

    /// The account as it was written down up to a moment, that moment included.
    ///
    /// # Errors
    /// None for an account that a ledger keeps.
    pub fn as_of(&self, at: Instant) -> Result<Self, Inconsistent> {
        let upto = self.entries.partition_point(|entry| entry.posted.at <= at);
        Self::rebuild(self.id, self.entries.iter().take(upto).cloned())
    }

    /// Whose it is.
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// Its entries, oldest first.
    pub fn entries(&self) -> &[Arc<Entry>] {
        &self.entries
    }

    /// Its lots, oldest first, spent ones included.
    pub fn lots(&self) -> &[Lot] {
        &self.lots
    }

    /// Its balance: points in lots less arrears.
    pub const fn balance(&self) -> i64 {
        self.free + self.pending + self.held - self.arrears
    }

    /// The account that this one was merged into.
    pub fn survivor(&self) -> Option<Uuid> {
        self.merged.map(|survivor| survivor.account)
    }

    /// What it comes to at a moment that is not before its last entry. Holds that ended and lots past their day count as
    /// such, whether or not an entry says so yet. It looks at every lot.
    pub fn standing(&self, moment: Moment) -> Standing {
        let mut ended: BTreeMap<u32, i64> = BTreeMap::new();
        for (_, hold) in self.holds.range(..=(moment.at, u32::MAX)) {
            for kept in self
                .entry(*hold)
                .into_iter()
                .flat_map(|hold| &hold.allocations)
            {
                *ended.entry(kept.lot).or_default() += kept.points;
            }
        }
        let mut standing = Standing {
            balance: self.balance(),
            arrears: self.arrears,
            ..Standing::default()
        };
        for lot in self.lots.iter().filter(|lot| lot.remaining > 0) {
            let held = lot.held - ended.get(&lot.number).copied().unwrap_or_default();
            standing.held += held;
            let free = lot.remaining - held;
            if self.last_day(lot).is_some_and(|day| day < moment.on) {
                standing.overdue += free;
            } else if lot.active_from > moment.on {
                standing.pending += free;
            } else {
                standing.spendable += free;
            }
        }
        standing.spendable = (standing.spendable - self.arrears).max(0);
        standing
    }

    /// Free points that expire on each day up to and including `through`, if nothing happens before: what a member is warned of.
    pub fn expiring(&self, through: Date) -> BTreeMap<Date, i64> {
        let mut days = BTreeMap::new();
        for lot in self.lots.iter().filter(|lot| lot.free() > 0) {
            if let Some(day) = self.last_day(lot).filter(|day| *day <= through) {
                *days.entry(day).or_default() += lot.free();
            }
        }
        days
    }

    /// Points earned by entries posted on these days, reversals not subtracted: what caps look at.
    pub fn earned_between(&self, first: Date, last: Date) -> i64 {
        let recent = self.entries.iter().rev();
        recent
            .take_while(|entry| entry.posted.on >= first)
            .filter(|entry| entry.kind == Kind::Earn && entry.posted.on <= last)
            .map(|entry| entry.points)
            .sum()
    }

    pub(super) fn entry(&self, number: u32) -> Option<&Entry> {
        self.entries.get(number as usize).map(AsRef::as_ref)
    }

    pub(super) fn lot(&self, number: u32) -> Option<&Lot> {
        self.lots.get(number as usize)
    }

    /// The number of the next entry, and of the next lot.
    pub(super) fn next(&self) -> (u32, u32) {
        let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        (number(self.entries.len()), number(self.lots.len()))
    }

    /// A moment after the last entry, with the day that it is for this account: days do not go back where a zone does.
    pub(super) fn not_back(&self, moment: Moment) -> Moment {
        let last = self.last.filter(|last| last.at <= moment.at);
        let on = last.map_or(moment.on, |last| last.on.max(moment.on));
        Moment { on, ..moment }
    }

    /// Whether an entry may be posted then: not before the last one.
    pub(super) fn may_follow(&self, moment: Moment) -> bool {
        let last = self.last;
        last.is_none_or(|last| last.at <= moment.at && last.on <= moment.on)
    }

    /// The last day on which a lot can be spent; none if it never expires.
    pub(super) fn last_day(&self, lot: &Lot) -> Option<Date> {
        match lot.expiry {
            Expiry::Never => None,
            Expiry::On(day) => Some(day),
            Expiry::Idle { months } => plus_months(self.active_on, months),
        }
    }

    /// Lots with points that are active and free, in the order of spending: first-expiring first, then the oldest.
    pub(super) fn spending_order(&self) -> impl Iterator<Item = &Lot> {
        let mut dated = self.dated.iter().copied().peekable();
        let mut idle = self
            .idle
            .iter()
            .map(|(months, from, lot)| (self.idle_end(*months), *from, *lot))
            .peekable();
        std::iter::from_fn(move || match (dated.peek(), idle.peek()) {
            (Some(first), Some(other)) if other < first => idle.next(),
            (Some(_), _) => dated.next(),
            (None, _) => idle.next(),
        })
        .filter_map(|(_, _, lot)| self.lot(lot))
    }

    /// Lots with free points that are not active yet, those that will be first before the others.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Lot> {
        self.waiting.iter().filter_map(|(_, lot)| self.lot(*lot))
    }

    /// Whether time alone has nothing to do at a moment: what is asked each time, and mostly so.
    pub(super) fn is_quiet(&self, moment: Moment) -> bool {
        let over = |day: Option<Date>| day.is_some_and(|day| day < moment.on);
        let ended = self
            .holds
            .first()
            .is_some_and(|(until, _)| *until <= moment.at);
        let begins = self
            .waiting
            .first()
            .is_some_and(|(from, _)| *from <= moment.on);
        let dated = self.dated.first().map(|(last, ..)| *last);
        let idle = self.idle.first().map(|(months, ..)| self.idle_end(*months));
        !(ended || begins || over(dated) || over(idle))
    }

    fn idle_end(&self, months: u32) -> Date {
        plus_months(self.active_on, months).unwrap_or_else(end)
    }

    /// Lets lots become active.
    pub(super) fn advance(&mut self, today: Date) {
        self.today = self.today.max(today);
        while let Some(&(from, number)) = self.waiting.first()
            && from <= self.today
        {
            self.waiting.pop_first();
            if let Some(lot) = self.lot(number).copied() {
                self.pending -= lot.free();
                self.free += lot.free();
                self.queue(&lot);
            }
        }
    }

    /// Puts a lot where it is found when points are wanted.
    fn queue(&mut self, lot: &Lot) {
        let (from, number) = (lot.active_from, lot.number);
        if from > self.today {
            self.waiting.insert((from, number));
            return;
        }
        match lot.expiry {
            Expiry::Never => self.dated.insert((end(), from, number)),
            Expiry::On(day) => self.dated.insert((day, from, number)),
            Expiry::Idle { months } => self.idle.insert((months, from, number)),
        };
    }

    fn unqueue(&mut self, lot: &Lot) {
        let (from, number) = (lot.active_from, lot.number);
        if from > self.today {
            self.waiting.remove(&(from, number));
            return;
        }
        match lot.expiry {
            Expiry::Never => self.dated.remove(&(end(), from, number)),
            Expiry::On(day) => self.dated.remove(&(day, from, number)),
            Expiry::Idle { months } => self.idle.remove(&(months, from, number)),
        };
    }

    /// Changes what a lot has and what of it is held; `None` where it has not so many.
    fn change(&mut self, number: u32, remaining: i64, held: i64) -> Option<()> {
        let lot = self.lots.get_mut(number as usize)?;
        let before = lot.free();
        lot.remaining = lot.remaining.checked_add(remaining)?;
        lot.held = lot.held.checked_add(held)?;
        let (lot, after) = (*lot, lot.free());
        let sums = if lot.active_from > self.today {
            &mut self.pending
        } else {
            &mut self.free
        };
        *sums = sums.checked_add(after - before)?;
        self.held += held;
        match (before > 0, after > 0) {
            (false, true) => self.queue(&lot),
            (true, false) => self.unqueue(&lot),
            _ => {}
        }
        (lot.held >= 0 && after >= 0 && lot.remaining <= lot.points).then_some(())
    }

    /// Adds an entry and what it says, asking no rule.
    pub(super) fn apply(&mut self, entry: impl Into<Arc<Entry>>) -> Result<(), Inconsistent> {
        let entry = entry.into();
        let inconsistent = Inconsistent {
            account: self.id,
            entry: entry.number,
            kind: entry.kind,
        };
        let is_next = entry.number == self.next().0 && self.may_follow(entry.posted);
        if entry.account != self.id || !is_next {
            return Err(inconsistent);
        }
        self.advance(entry.posted.on);
        self.apply_lots(&entry).ok_or(inconsistent)?;
        self.note_reversal(&entry).ok_or(inconsistent)?;
        if entry.is_activity() {
            self.active_on = entry.posted.on;
        }
        match entry.kind {
            Kind::MergeOut if self.merged.is_none() => self.merged = entry.counterpart,
            Kind::UnmergeIn => self.merged = None,
            _ => {}
        }
        self.last = Some(entry.posted);
        self.entries.push(entry);
        Ok(())
    }

    /// Moves the points of an entry; `None` where the lots do not have them, or they do not come to what the entry says.
    fn apply_lots(&mut self, entry: &Entry) -> Option<()> {
        let before = self.free + self.pending + self.held;
        if entry.kind == Kind::Hold {
            self.holds.insert((entry.until?, entry.number));
        } else if let (Kind::Release | Kind::Burn, Some(hold)) = (entry.kind, entry.refers_to) {
            let (until, kept) = {
                let hold = self.entry(hold)?;
                (hold.until?, hold.allocations.clone())
            };
            if !self.holds.remove(&(until, hold)) {
                return None;
            }
            for Allocation { lot, points } in kept {
                self.change(lot, 0, -points)?;
            }
        }
        for Allocation { lot, points } in &entry.allocations {
            if *points <= 0 {
                return None;
            }
            match entry.kind {
                Kind::Release => {}
                Kind::Hold => self.change(*lot, 0, *points)?,
                kind if kind.takes() => self.change(*lot, -points, 0)?,
                _ => self.change(*lot, *points, 0)?,
            }
            if matches!(entry.kind, Kind::Expire | Kind::Forfeit) {
                self.lots.get_mut(*lot as usize)?.lapsed += points;
            }
        }
        for opened in &entry.opens {
            if opened.lot != self.next().1 || opened.points <= 0 {
                return None;
            }
            self.lots.push(Lot {
                number: opened.lot,
                earning: opened.earning,
                points: opened.points,
                remaining: 0,
                held: 0,
                lapsed: 0,
                active_from: opened.active_from,
                expiry: opened.expiry,
            });
            self.change(opened.lot, opened.points, 0)?;
            if let Some(earning) = opened.earning.filter(|earning| *earning != entry.number) {
                self.revived.entry(earning).or_default().push(opened.lot);
            }
        }
        self.arrears = self.arrears.checked_add(entry.arrears)?;
        let after = self.free + self.pending + self.held;
        (self.arrears >= 0 && after - before == entry.into_lots()).then_some(())
    }

    /// Remembers what of an earning or redemption was reversed; `None` where that is more than it was.
    fn note_reversal(&mut self, entry: &Entry) -> Option<()> {
        match entry.kind {
            Kind::ReverseBurn => {
                let burn = entry.refers_to?;
                let most = -self
                    .entry(burn)
                    .filter(|burn| burn.kind == Kind::Burn)?
                    .points;
                let back = self.given_back.entry(burn).or_default();
                *back += entry.points;
                (*back <= most).then_some(())
            }
            Kind::ReverseEarn => {
                let number = entry.refers_to?;
                let earning = self.entries.get(number as usize)?;
                if earning.kind != Kind::Earn {
                    return None;
                }
                let reversed = self.taken.entry(number).or_default();
                reversed.lines.resize(earning.lines.len(), Taken::default());
                for line in &entry.lines {
                    let mut pairs = earning.lines.iter().zip(&mut reversed.lines);
                    let (of, taken) = pairs.find(|(of, _)| of.line == line.line)?;
                    taken.points += line.points;
                    taken.quantity = taken.quantity.plus(line.quantity)?;
                    if taken.points > of.points || taken.quantity > of.quantity {
                        return None;
                    }
                }
                let taken: i64 = entry.lines.iter().map(|line| line.points).sum();
                reversed.forgiven += taken + entry.points;
                (taken + entry.points >= 0).then_some(())
            }
            _ => Some(()),
        }
    }
}

/// A day after all others.
fn end() -> Date {
    Date::from(NaiveDate::MAX)
}
