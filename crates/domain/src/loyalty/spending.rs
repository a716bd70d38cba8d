//! What an account does with points that come in and go out: earn, redeem, keep, correct, expire.
//!
//! Each function looks first and then adds one entry. What it adds, `apply` puts into effect; so an account that is made
//! anew from its entries does not pass here.

use uuid::Uuid;

use super::account::{Account, Lot};
use super::entry::{Allocation, Entry, Kind, Line, OpenedLot, Source, SourceKind};
use super::programme::{Expiry, Moment, Programme, Version};
use super::request::Refusal;
use crate::{Date, Decimal, Instant};

/// The most points of one request: a trillion.
pub(super) const MOST: i64 = 1_000_000_000_000;
/// The most that an account may come to.
const GREATEST: i64 = i64::MAX / 4;

/// Who asks for entries, when and under which rules.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) key: Option<Uuid>,
    pub(super) moment: Moment,
    pub(super) occurred: Moment,
    pub(super) source: Source,
    pub(super) actor: Option<Uuid>,
    pub(super) version: &'a Version,
}

impl<'a> Context<'a> {
    /// Of what time does by itself.
    pub(super) fn of_time(programme: &'a Programme, moment: Moment) -> Result<Self, Refusal> {
        Ok(Self {
            key: None,
            moment,
            occurred: moment,
            source: Source {
                kind: SourceKind::Schedule,
                id: Uuid::nil(),
            },
            actor: None,
            version: programme.on(moment.on).ok_or(Refusal::NoVersion)?,
        })
    }
}

/// Points with their days, on their way into an account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) points: i64,
    pub(super) active_from: Date,
    pub(super) expiry: Expiry,
    pub(super) earning: Option<u32>,
}

/// A number of points that somebody may ask for.
pub(super) fn positive(points: i64) -> Result<i64, Refusal> {
    let is_right = (1..=MOST).contains(&points);
    is_right.then_some(points).ok_or(Refusal::Amount)
}

/// Free points of these lots, in their order, up to so many; and how many they lack.
pub(super) fn allocate<'a>(
    lots: impl Iterator<Item = &'a Lot>,
    points: i64,
) -> (Vec<Allocation>, i64) {
    let (mut allocations, mut left) = (Vec::new(), points);
    if left > 0 {
        for lot in lots {
            let points = lot.free().min(left);
            let lot = lot.number;
            allocations.push(Allocation { lot, points });
            left -= points;
            if left == 0 {
                break;
            }
        }
    }
    (allocations, left)
}

impl Account {
    /// An entry of this account that does nothing yet.
    pub(super) fn draft(&self, context: &Context, kind: Kind) -> Entry {
        Entry {
            account: self.id,
            number: self.next().0,
            key: context.key,
            kind,
            points: 0,
            arrears: 0,
            occurred: context.occurred,
            posted: context.moment,
            version: context.version.number,
            source: context.source,
            actor: context.actor,
            refers_to: None,
            is_rest: false,
            counterpart: None,
            until: None,
            lines: Vec::new(),
            opens: Vec::new(),
            allocations: Vec::new(),
        }
    }

    /// What time does by itself: holds end, lots become active, lots expire. Time does not go back.
    pub(super) fn lapse(&mut self, context: &Context) -> Result<(), Refusal> {
        if !self.may_follow(context.moment) {
            return Err(Refusal::OutOfOrder);
        }
        if self.is_quiet(context.moment) {
            return Ok(());
        }
        while let Some(&(until, hold)) = self.holds.first()
            && until <= context.moment.at
        {
            self.release(context, hold)?;
        }
        self.advance(context.moment.on);
        self.expire(context)
    }

    /// Expires the free points of every active lot that is past its day.
    fn expire(&mut self, context: &Context) -> Result<(), Refusal> {
        let due = self.spending_order().take_while(|lot| {
            let last = self.last_day(lot);
            last.is_some_and(|day| day < context.moment.on)
        });
        let (allocations, left) = allocate(due, i64::MAX);
        if allocations.is_empty() {
            return Ok(());
        }
        let mut entry = self.draft(context, Kind::Expire);
        entry.points = left - i64::MAX;
        entry.allocations = allocations;
        Ok(self.apply(entry)?)
    }

    /// So many points can be kept besides what the account has.
    pub(super) fn has_room_for(&self, points: i64) -> Result<(), Refusal> {
        let balance = self.balance().saturating_add(points);
        (balance <= GREATEST).then_some(()).ok_or(Refusal::Amount)
    }

    /// Lets points come in by an entry: they repay arrears first, in the order of the pieces; what is left opens lots.
    pub(super) fn credit(&self, entry: &mut Entry, pieces: &[Piece]) -> Result<(), Refusal> {
        entry.points = pieces.iter().map(|piece| piece.points).sum();
        self.has_room_for(entry.points)?;
        let (opens, owed) = self.opened(pieces, self.arrears);
        entry.arrears = owed - self.arrears;
        entry.opens = opens;
        Ok(())
    }

    /// The lots that pieces open once they have repaid what is owed, and what they leave of that.
    pub(super) fn opened(&self, pieces: &[Piece], mut owed: i64) -> (Vec<OpenedLot>, i64) {
        let (_, mut lot) = self.next();
        let mut opens = Vec::with_capacity(pieces.len());
        for piece in pieces {
            let repaid = piece.points.min(owed);
            owed -= repaid;
            if repaid < piece.points {
                opens.push(OpenedLot {
                    lot,
                    points: piece.points - repaid,
                    active_from: piece.active_from,
                    expiry: piece.expiry,
                    earning: piece.earning,
                });
                lot = lot.saturating_add(1);
            }
        }
        (opens, owed)
    }

    /// Points as they are earned today: active after the programme's days, with its expiry.
    pub(super) fn fresh(context: &Context, points: i64, earning: Option<u32>) -> Piece {
        let days = u64::from(context.version.activation_days);
        let active_from = context.moment.on.plus_days(days);
        Piece {
            points,
            active_from,
            expiry: context.version.expiry.counted_from(active_from),
            earning,
        }
    }

    pub(super) fn earn(&mut self, context: &Context, lines: Vec<Line>) -> Result<(), Refusal> {
        let in_range =
            |line: &Line| (0..=MOST).contains(&line.points) && line.quantity > Decimal::default();
        let points = lines
            .iter()
            .try_fold(0_i64, |sum, line| sum.checked_add(line.points))
            .filter(|points| *points <= MOST && lines.iter().all(in_range))
            .ok_or(Refusal::Amount)?;
        if lines.is_empty() || has_twice(lines.iter().map(|line| line.line)) {
            return Err(Refusal::Amount);
        }
        let mut entry = self.draft(context, Kind::Earn);
        entry.lines = lines;
        let piece = Self::fresh(context, points, Some(entry.number));
        self.credit(&mut entry, &[piece])?;
        Ok(self.apply(entry)?)
    }

    /// So many points can be spent now, if arrears may grow to a limit.
    pub(super) fn can_spend(&self, points: i64, limit: i64) -> Result<(), Refusal> {
        let available = (self.free - self.arrears).saturating_add(limit).max(0);
        if positive(points)? > available {
            return Err(Refusal::NotEnough { available });
        }
        Ok(())
    }

    pub(super) fn burn(&mut self, context: &Context, points: i64) -> Result<(), Refusal> {
        self.can_spend(points, context.version.negative_limit)?;
        let mut entry = self.draft(context, Kind::Burn);
        let (allocations, missing) = allocate(self.spending_order(), points);
        entry.points = -points;
        entry.arrears = missing;
        entry.allocations = allocations;
        Ok(self.apply(entry)?)
    }

    pub(super) fn hold(
        &mut self,
        context: &Context,
        points: i64,
        until: Instant,
    ) -> Result<(), Refusal> {
        self.can_spend(points, 0)?;
        if until <= context.moment.at {
            return Err(Refusal::OutOfOrder);
        }
        let mut entry = self.draft(context, Kind::Hold);
        entry.allocations = allocate(self.spending_order(), points).0;
        entry.until = Some(until);
        Ok(self.apply(entry)?)
    }

    /// The allocations of a hold that is open.
    fn held_by(&self, hold: u32) -> Result<&[Allocation], Refusal> {
        let entry = self.entry(hold).ok_or(Refusal::NoSuchHold)?;
        let until = entry.until.ok_or(Refusal::NoSuchHold)?;
        let is_open = self.holds.contains(&(until, hold));
        is_open
            .then_some(entry.allocations.as_slice())
            .ok_or(Refusal::NoSuchHold)
    }

    /// Redeems the first points of a hold and frees the others.
    pub(super) fn capture(
        &mut self,
        context: &Context,
        hold: u32,
        points: i64,
    ) -> Result<(), Refusal> {
        let mut left = positive(points)?;
        let mut allocations = Vec::new();
        for kept in self.held_by(hold)? {
            let points = kept.points.min(left);
            left -= points;
            if points > 0 {
                allocations.push(Allocation { points, ..*kept });
            }
        }
        if left > 0 {
            let available = points - left;
            return Err(Refusal::NotEnough { available });
        }
        let mut entry = self.draft(context, Kind::Burn);
        entry.points = -points;
        entry.refers_to = Some(hold);
        entry.allocations = allocations;
        Ok(self.apply(entry)?)
    }

    pub(super) fn release(&mut self, context: &Context, hold: u32) -> Result<(), Refusal> {
        self.held_by(hold)?;
        let mut entry = self.draft(context, Kind::Release);
        entry.refers_to = Some(hold);
        Ok(self.apply(entry)?)
    }

    /// Corrects the account: points come in as if earned today, or go out as if spent, no more than can be spent:
    /// whatever redemptions may overdraw, a correction overdraws nothing.
    pub(super) fn adjust(&mut self, context: &Context, points: i64) -> Result<(), Refusal> {
        let mut entry = self.draft(context, Kind::Adjust);
        if points > 0 {
            let piece = Self::fresh(context, positive(points)?, None);
            self.credit(&mut entry, &[piece])?;
            return Ok(self.apply(entry)?);
        }
        let wanted = points.checked_neg().ok_or(Refusal::Amount)?;
        self.can_spend(wanted, 0)?;
        entry.points = points;
        entry.allocations = allocate(self.spending_order(), wanted).0;
        Ok(self.apply(entry)?)
    }

    /// Gives up all free points, those not active yet included. Arrears stay.
    pub(super) fn forfeit(&mut self, context: &Context) -> Result<(), Refusal> {
        let mut entry = self.draft(context, Kind::Forfeit);
        let all = self.spending_order().chain(self.waiting());
        entry.allocations = allocate(all, i64::MAX).0;
        entry.points = -(self.free + self.pending);
        Ok(self.apply(entry)?)
    }
}

/// Whether an id comes twice.
fn has_twice(ids: impl ExactSizeIterator<Item = Uuid>) -> bool {
    let count = ids.len();
    count > 1 && ids.collect::<std::collections::HashSet<_>>().len() < count
}
