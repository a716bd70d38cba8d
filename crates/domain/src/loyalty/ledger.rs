//! All accounts of a programme in one currency of points: each request is answered once, and once only.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::account::Account;
use super::entry::{Counterpart, Entry, Kind};
use super::programme::{Moment, Programme};
use super::request::{Action, Inconsistent, Refusal, Request};
use super::spending::{Context, Piece, allocate};

/// Where a request was answered; [`Ledger::entries`] has all that the answer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The request's key.
    pub key: Uuid,
    /// The account that was asked.
    pub account: Uuid,
    /// The number in it of the entry that [tells the request](Entry::request), the first that the answer added.
    pub entry: u32,
}

/// A programme's accounts in one currency of points. It asks nobody for ids, times or rules: the caller gives them.
#[derive(Clone, Debug)]
pub struct Ledger {
    programme: Arc<Programme>,
    pub(super) accounts: Vec<Account>,
    places: HashMap<Uuid, usize>,
    /// What answers each key: the place of an account, and the number of an entry in it.
    answered: HashMap<Uuid, (usize, u32)>,
}

impl Ledger {
    /// A ledger of these accounts, as they were rebuilt from what was kept: those that a request concerns and whoever they were
    /// merged with are enough. It knows every key that their entries answer.
    pub fn new(programme: Programme, accounts: Vec<Account>) -> Self {
        let ids = accounts.iter().map(Account::id);
        let entries = (0..).zip(&accounts).flat_map(|(place, account)| {
            let entries = account.entries().iter();
            entries.map(move |entry| (place, entry))
        });
        let answered = entries.filter_map(|(place, entry)| {
            let key = entry.key.filter(|_| entry.is_answer());
            key.map(|key| (key, (place, entry.number)))
        });
        Self {
            programme: Arc::new(programme),
            places: ids.zip(0..).collect(),
            answered: answered.collect(),
            accounts,
        }
    }

    /// Its accounts, in the order in which they were first named.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// One of its accounts, if it was named before.
    pub fn account(&self, id: Uuid) -> Option<&Account> {
        self.places
            .get(&id)
            .and_then(|place| self.accounts.get(*place))
    }

    /// The entries of an answer, which sum to zero in double entry: those of the account that was asked, then those on the other
    /// side or of whoever it was merged into. They have its key, and say where they go on.
    pub fn entries(&self, posting: Posting) -> Vec<&Entry> {
        let mut found: Vec<&Entry> = Vec::new();
        let mut next = Some((posting.account, posting.entry));
        while let Some((id, first)) = next.take() {
            let entries = self.account(id).map_or(&[][..], Account::entries);
            let entries = entries.iter().skip(first as usize).map(AsRef::as_ref);
            let known = found.len();
            found.extend(entries.take_while(|entry: &&Entry| entry.key == Some(posting.key)));
            let (before, new) = found.split_at(known);
            let other = new.iter().rev().find_map(|entry| entry.counterpart);
            let other =
                other.filter(|other| before.iter().all(|entry| entry.account != other.account));
            next = other.map(|other| (other.account, other.entry));
        }
        found
    }

    /// Does what is asked, once: a key that was answered before gets the first answer again, and nothing happens. Moments order
    /// what happens; a day before that of an account's last entry, as a change of zone may bring, is taken for that day.
    ///
    /// Before anything else, what is due by time is done to the accounts concerned: entries without a key, which stay
    /// even where the request is refused.
    ///
    /// # Errors
    /// Why it is refused. A refused key may be used again.
    pub fn post(
        &mut self,
        key: Uuid,
        moment: Moment,
        request: Request,
    ) -> Result<Posting, Refusal> {
        let account = request.account;
        if let Some((place, entry)) = self.answered.get(&key).copied() {
            let first = self.accounts.get(place);
            let first = first.and_then(|account| account.entry(entry)?.request());
            let same = first.filter(|first| *first == request);
            let posting = same.map(|_| Posting {
                key,
                account,
                entry,
            });
            return posting.ok_or(Refusal::Conflict);
        }
        let known = self.accounts.len();
        let (place, entry) = self.answer(key, moment, request).inspect_err(|_| {
            // Who was named for the first time has no account for having been refused.
            for account in self.accounts.drain(known..) {
                self.places.remove(&account.id());
            }
        })?;
        self.answered.insert(key, (place, entry));
        Ok(Posting {
            key,
            account,
            entry,
        })
    }

    /// Does what is due in every account by time alone: ends holds, expires lots. Done twice, it does nothing the second time.
    ///
    /// # Errors
    /// As [`Ledger::post`]; accounts before the one at fault are done then.
    pub fn lapse(&mut self, moment: Moment) -> Result<(), Refusal> {
        let mut accounts = self.accounts.iter_mut();
        accounts.try_for_each(|account| {
            let moment = account.not_back(moment);
            account.lapse(&Context::of_time(&self.programme, moment)?)
        })
    }

    /// The place of an account, which is opened if it was never named.
    fn place(&mut self, id: Uuid) -> usize {
        *self.places.entry(id).or_insert_with(|| {
            self.accounts.push(Account::new(id));
            self.accounts.len() - 1
        })
    }

    pub(super) fn at(&mut self, place: usize) -> Result<&mut Account, Refusal> {
        self.accounts.get_mut(place).ok_or(Refusal::NoSuchEntry)
    }

    /// Answers a request that was not answered before; tells the place of its account and the number of the first entry there.
    fn answer(
        &mut self,
        key: Uuid,
        moment: Moment,
        request: Request,
    ) -> Result<(usize, u32), Refusal> {
        let other = match request.action {
            Action::Transfer { to: other, .. }
            | Action::Merge { from: other }
            | Action::Unmerge { from: other } => Some(other),
            _ => None,
        };
        if other == Some(request.account) {
            return Err(Refusal::SameAccount);
        }
        let programme = Arc::clone(&self.programme);
        // The account, and the others that are concerned: whatever it was merged into, or the other side.
        let first = self.place(request.account);
        let mut others = Vec::new();
        let mut last = first;
        while let Some(survivor) = self.at(last)?.merged {
            last = self.place(survivor.account);
            if last == first || others.contains(&last) {
                // Accounts that were kept apart from each other may have been merged in a circle.
                return Err(Refusal::Inconsistent(Inconsistent {
                    account: survivor.account,
                    entry: survivor.entry,
                    kind: Kind::MergeIn,
                }));
            }
            others.push(last);
        }
        if let Some(other) = other {
            others.push(self.place(other));
        }
        let mut moment = self.at(first)?.not_back(moment);
        for other in &others {
            moment = self.at(*other)?.not_back(moment);
        }
        let of_time = Context::of_time(&programme, moment)?;
        let account = self.at(first)?;
        account.lapse(&of_time)?;
        let (number, _) = account.next();
        for other in &others {
            self.at(*other)?.lapse(&of_time)?;
        }
        let context = Context {
            key: Some(key),
            occurred: request.occurred,
            source: request.source,
            actor: request.actor,
            ..of_time
        };
        self.act(&context, first, &others, request.action)?;
        self.at(first)?.lapse(&context)?;
        for other in others {
            self.at(other)?.lapse(&context)?;
        }
        Ok((first, number))
    }

    /// Does one action of the first account; the others are its survivors, or the other side.
    fn act(
        &mut self,
        context: &Context,
        first: usize,
        others: &[usize],
        action: Action,
    ) -> Result<(), Refusal> {
        let other = others.last().copied().unwrap_or(first);
        let account = self.at(first)?;
        let is_reversal = matches!(
            action,
            Action::ReverseEarn { .. } | Action::ReverseBurn { .. }
        );
        if let Some(into) = account.survivor().filter(|_| !is_reversal) {
            return Err(Refusal::Merged { into });
        }
        match action {
            Action::Earn { lines } => account.earn(context, lines),
            Action::Burn { points } => account.burn(context, points),
            Action::Hold { points, until } => account.hold(context, points, until),
            Action::Capture { hold, points } => account.capture(context, hold, points),
            Action::Release { hold } => account.release(context, hold),
            Action::Adjust { points } => account.adjust(context, points),
            Action::Forfeit => account.forfeit(context),
            Action::ReverseEarn { earning, returned } => {
                account.reverse_earn(context, earning, returned)?;
                self.pass_on_along(context, first, others)
            }
            Action::ReverseBurn { burn, points } => {
                account.reverse_burn(context, burn, points)?;
                self.pass_on_along(context, first, others)
            }
            Action::Transfer { points, .. } => self.transfer(context, first, other, points),
            Action::Merge { .. } => self.merge(context, first, other),
            Action::Unmerge { .. } => self.unmerge(context, first, other),
        }
    }

    /// Gives points to another account, with the days of the lots they come from. They repay the other's arrears first.
    fn transfer(
        &mut self,
        context: &Context,
        from: usize,
        to: usize,
        points: i64,
    ) -> Result<(), Refusal> {
        if let Some(into) = self.at(to)?.survivor() {
            return Err(Refusal::Merged { into });
        }
        let sender = self.at(from)?;
        sender.can_spend(points, 0)?;
        let mut out = sender.draft(context, Kind::TransferOut);
        out.points = -points;
        out.allocations = allocate(sender.spending_order(), points).0;
        let pieces = sender.pieces(&out);
        let receiver = self.at(to)?;
        let mut income = receiver.draft(context, Kind::TransferIn);
        receiver.credit(&mut income, &pieces)?;
        self.exchange((from, out), (to, income))
    }

    /// Adds the two sides of a move; each names the other.
    pub(super) fn exchange(
        &mut self,
        (from, mut out): (usize, Entry),
        (into, mut income): (usize, Entry),
    ) -> Result<(), Refusal> {
        let name = |entry: &Entry| Counterpart {
            account: entry.account,
            entry: entry.number,
        };
        out.counterpart = Some(name(&income));
        income.counterpart = Some(name(&out));
        self.at(from)?.apply(out)?;
        Ok(self.at(into)?.apply(income)?)
    }
}

impl Account {
    /// What an entry takes, with the days it carries elsewhere.
    pub(super) fn pieces(&self, entry: &Entry) -> Vec<Piece> {
        let lots = entry.allocations.iter().filter_map(|taken| {
            let lot = self.lot(taken.lot)?;
            Some(Piece {
                points: taken.points,
                active_from: lot.active_from,
                expiry: lot.expiry,
                earning: None,
            })
        });
        lots.collect()
    }
}
