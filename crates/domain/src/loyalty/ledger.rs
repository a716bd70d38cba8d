//! All accounts of a programme in one currency of points: each request is answered once, and once only.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::account::Account;
use super::entry::{Counterpart, Entry, Kind, Source, SourceKind};
use super::programme::{Moment, Programme};
use super::request::{Action, Refusal, Request};
use super::spending::{Context, Piece, allocate};

/// The entries that an answer added to one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// Whose.
    pub account: Uuid,
    /// The number of the first.
    pub first: u32,
    /// How many.
    pub count: u32,
}

/// A request and the entries that answered it, which sum to zero in double entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The request's key.
    pub key: Uuid,
    /// What was asked.
    pub request: Request,
    /// The entries, by account.
    pub legs: Vec<Leg>,
}

/// A programme's accounts in one currency of points. It asks nobody for ids, times or rules: the caller gives them.
#[derive(Clone, Debug)]
pub struct Ledger {
    programme: Arc<Programme>,
    pub(super) accounts: Vec<Account>,
    places: HashMap<Uuid, usize>,
    postings: Vec<Posting>,
    answered: HashMap<Uuid, usize>,
}

impl Ledger {
    /// A ledger of these accounts, as they were rebuilt from what was kept: those that a request concerns and whoever they were
    /// merged with are enough. It knows no earlier key.
    pub fn new(programme: Programme, accounts: Vec<Account>) -> Self {
        let ids = accounts.iter().map(Account::id);
        Self {
            programme: Arc::new(programme),
            places: ids.zip(0..).collect(),
            accounts,
            postings: Vec::new(),
            answered: HashMap::new(),
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

    /// Every answer, oldest first.
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }

    /// The entries of an answer.
    pub fn entries<'a>(&'a self, posting: &'a Posting) -> impl Iterator<Item = &'a Entry> {
        posting.legs.iter().flat_map(|leg| {
            let (first, count) = (leg.first as usize, leg.count as usize);
            let account = self.account(leg.account);
            account
                .and_then(|account| account.entries().get(first..first + count))
                .unwrap_or_default()
        })
    }

    /// Does what is asked, once: a key that was answered before gets the first answer again, and nothing happens.
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
    ) -> Result<&Posting, Refusal> {
        let place = self.postings.len();
        if let Some(first) = self.answered.get(&key) {
            let posting = self.postings.get(*first);
            let same = posting.filter(|posting| posting.request == request);
            return same.ok_or(Refusal::Conflict);
        }
        let known = self.accounts.len();
        let legs = self.answer(key, moment, &request).inspect_err(|_| {
            // Who was named for the first time has no account for having been refused.
            for account in self.accounts.drain(known..) {
                self.places.remove(&account.id());
            }
        })?;
        self.answered.insert(key, place);
        self.postings.push(Posting { key, request, legs });
        self.postings.get(place).ok_or(Refusal::Conflict)
    }

    /// Does what is due in every account by time alone: ends holds, expires lots. Done twice, it does nothing the second time.
    ///
    /// # Errors
    /// As [`Ledger::post`]; accounts before the one at fault are done then.
    pub fn lapse(&mut self, moment: Moment) -> Result<(), Refusal> {
        (0..self.accounts.len()).try_for_each(|place| self.lapse_one(place, moment))
    }

    fn lapse_one(&mut self, place: usize, moment: Moment) -> Result<(), Refusal> {
        let programme = Arc::clone(&self.programme);
        let version = programme.on(moment.on).ok_or(Refusal::NoVersion)?;
        let context = Context {
            key: None,
            moment,
            occurred: moment,
            source: Source {
                kind: SourceKind::Schedule,
                id: Uuid::nil(),
            },
            actor: None,
            version,
        };
        let Some(account) = self.accounts.get_mut(place) else {
            return Ok(());
        };
        let last = account.entries().last().map(|entry| entry.posted);
        if last.is_some_and(|last| last.at > moment.at || last.on > moment.on) {
            return Err(Refusal::OutOfOrder);
        }
        account.lapse(&context)
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

    fn answer(
        &mut self,
        key: Uuid,
        moment: Moment,
        request: &Request,
    ) -> Result<Vec<Leg>, Refusal> {
        let other = match &request.action {
            Action::Transfer { to: other, .. }
            | Action::Merge { from: other }
            | Action::Unmerge { from: other } => Some(*other),
            _ => None,
        };
        if other == Some(request.account) {
            return Err(Refusal::SameAccount);
        }
        // The account, whatever it was merged into, and the other side; each with the number of its next entry.
        let first = self.place(request.account);
        let mut places = vec![(first, 0)];
        let mut last = first;
        while let Some(survivor) = self.at(last)?.survivor() {
            last = self.place(survivor);
            places.push((last, 0));
        }
        if let Some(other) = other {
            places.push((self.place(other), 0));
        }
        for (place, next) in &mut places {
            self.lapse_one(*place, moment)?;
            *next = self.at(*place)?.next().0;
        }
        let programme = Arc::clone(&self.programme);
        let context = Context {
            key: Some(key),
            moment,
            occurred: request.occurred,
            source: request.source,
            actor: request.actor,
            version: programme.on(moment.on).ok_or(Refusal::NoVersion)?,
        };
        self.act(&context, first, &places, &request.action)?;
        let mut legs = Vec::with_capacity(1);
        for (place, first) in places {
            let account = self.at(place)?;
            account.lapse(&context)?;
            let count = account.next().0 - first;
            if count > 0 {
                let account = account.id();
                legs.push(Leg {
                    account,
                    first,
                    count,
                });
            }
        }
        Ok(legs)
    }

    /// Does one action. `places` are the accounts concerned: a merged one's survivors, or the other side.
    fn act(
        &mut self,
        context: &Context,
        first: usize,
        places: &[(usize, u32)],
        action: &Action,
    ) -> Result<(), Refusal> {
        let other = places.last().map_or(first, |(place, _)| *place);
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
            Action::Burn { points } => account.burn(context, *points),
            Action::Hold { points, until } => account.hold(context, *points, *until),
            Action::Capture { hold, points } => account.capture(context, *hold, *points),
            Action::Release { hold } => account.release(context, *hold),
            Action::Adjust { points } => account.adjust(context, *points),
            Action::Forfeit => account.forfeit(context),
            Action::ReverseEarn { earning, returned } => {
                account.reverse_earn(context, *earning, returned.as_deref())?;
                self.pass_on_along(context, places)
            }
            Action::ReverseBurn { burn, points } => {
                account.reverse_burn(context, *burn, *points)?;
                self.pass_on_along(context, places)
            }
            Action::Transfer { points, .. } => self.transfer(context, first, other, *points),
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
        let receiver = self.at(to)?;
        if let Some(into) = receiver.survivor() {
            return Err(Refusal::Merged { into });
        }
        receiver.has_room_for(points)?;
        let (to_id, to_entry) = (receiver.id(), receiver.next().0);
        let sender = self.at(from)?;
        sender.can_spend(points, 0)?;
        let mut out = sender.draft(context, Kind::TransferOut);
        out.points = -points;
        out.allocations = allocate(sender.spending_order(), points).0;
        out.counterpart = Some(Counterpart {
            account: to_id,
            entry: to_entry,
        });
        let pieces = sender.pieces(&out);
        let counterpart = Counterpart {
            account: sender.id(),
            entry: out.number,
        };
        sender.apply(out)?;
        let receiver = self.at(to)?;
        let mut income = receiver.draft(context, Kind::TransferIn);
        income.counterpart = Some(counterpart);
        receiver.credit(income, &pieces)
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
