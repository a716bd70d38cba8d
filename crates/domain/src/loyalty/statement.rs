//! What finance asks for: the trial balance, and how a day's closing balance follows from its opening one.

use std::collections::BTreeMap;

use super::entry::{Book, Entry, Kind};
use crate::Date;

/// Each book's points after these entries. They sum to zero; what the programme owes is [`Book::Member`].
pub fn trial_balance<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> BTreeMap<Book, i128> {
    let mut books = BTreeMap::new();
    for (book, points) in entries.into_iter().flat_map(Entry::books) {
        *books.entry(book).or_default() += i128::from(points);
    }
    books
}

/// A day's movements, each zero or above unless it says otherwise. A roll-forward:
/// `opening + earned − reversed − redeemed + reimbursed − expired + received − sent + adjusted − forfeited = closing`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RolledDay {
    /// The balance when the day began: points in lots less arrears.
    pub opening: i128,
    /// Points earned.
    pub earned: i128,
    /// Earnings taken back.
    pub reversed: i128,
    /// Points redeemed.
    pub redeemed: i128,
    /// Redemptions given back.
    pub reimbursed: i128,
    /// Points expired.
    pub expired: i128,
    /// Points that came from other accounts by transfer, merge or its undoing; below zero where arrears came.
    pub received: i128,
    /// Points that went to other accounts likewise.
    pub sent: i128,
    /// Corrections, up or down.
    pub adjusted: i128,
    /// Points given up.
    pub forfeited: i128,
    /// The balance when it ended.
    pub closing: i128,
}

/// The days on which these entries, of one account or of many, moved points, in order. Between two of them nothing did.
pub fn roll_forward<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> BTreeMap<Date, RolledDay> {
    let mut days: BTreeMap<Date, RolledDay> = BTreeMap::new();
    for entry in entries {
        let points = i128::from(entry.points);
        let day = days.entry(entry.posted.on).or_default();
        match entry.kind {
            Kind::Earn => day.earned += points,
            Kind::ReverseEarn => day.reversed -= points,
            Kind::Burn => day.redeemed -= points,
            Kind::ReverseBurn => day.reimbursed += points,
            Kind::Expire => day.expired -= points,
            Kind::TransferIn | Kind::MergeIn | Kind::UnmergeIn => day.received += points,
            Kind::TransferOut | Kind::MergeOut | Kind::UnmergeOut => day.sent -= points,
            Kind::Adjust => day.adjusted += points,
            Kind::Forfeit => day.forfeited -= points,
            Kind::Hold | Kind::Release => {}
        }
    }
    let mut balance = 0;
    for day in days.values_mut() {
        day.opening = balance;
        balance += day.earned - day.reversed - day.redeemed + day.reimbursed - day.expired;
        balance += day.received - day.sent + day.adjusted - day.forfeited;
        day.closing = balance;
    }
    days
}
