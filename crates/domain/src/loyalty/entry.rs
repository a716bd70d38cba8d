//! What is kept: entries, the lots they open, and what they take from lots or give back to them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::programme::{Expiry, Moment};
use crate::{Date, Decimal, Instant};

/// What an entry does to its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Points were earned.
    Earn,
    /// Points were redeemed.
    Burn,
    /// Points ran past their day.
    Expire,
    /// An earning was taken back, wholly or in part.
    ReverseEarn,
    /// A redemption was given back, wholly or in part.
    ReverseBurn,
    /// Points went to another account.
    TransferOut,
    /// Points came from another account.
    TransferIn,
    /// All that a merged account had went to its survivor.
    MergeOut,
    /// All that a merged account had came in.
    MergeIn,
    /// What was left of it went back when the merge was undone.
    UnmergeOut,
    /// What was left of it came back when the merge was undone.
    UnmergeIn,
    /// A person corrected the account.
    Adjust,
    /// Points were given up other than by date: the account or the programme ends.
    Forfeit,
    /// Points were kept for an order. The balance stays.
    Hold,
    /// A hold ended. The balance stays.
    Release,
}

impl Kind {
    /// Whether it takes points from the lots it names.
    pub const fn takes(self) -> bool {
        matches!(
            self,
            Self::Burn
                | Self::Expire
                | Self::ReverseEarn
                | Self::TransferOut
                | Self::MergeOut
                | Self::UnmergeOut
                | Self::Adjust
                | Self::Forfeit
        )
    }
}

/// What kind of thing made somebody ask for an entry.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A purchase or its return.
    Purchase,
    /// A reward that was redeemed.
    Reward,
    /// A complaint that was compensated.
    Complaint,
    /// A campaign.
    Campaign,
    /// A person, without anything else.
    #[default]
    Person,
    /// Time alone.
    Schedule,
}

/// What made somebody ask for an entry. Ids of other systems stay with the thing itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Source {
    /// Of which kind.
    pub kind: SourceKind,
    /// Which; nil where there is none.
    pub id: Uuid,
}

/// What a line of a purchase earned; in a reversal what of it was returned, and the points taken for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The purchase's line.
    pub line: Uuid,
    /// How much of it.
    pub quantity: Decimal,
    /// How many points.
    pub points: i64,
}

/// Points that became part of an account together, and share their days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedLot {
    /// The lot's number in its account, counted from 0.
    pub lot: u32,
    /// With how many points it opens.
    pub points: i64,
    /// The first day on which they can be spent.
    pub active_from: Date,
    /// When they expire.
    pub expiry: Expiry,
    /// The earning in this account that they come from.
    pub earning: Option<u32>,
}

/// Points of a lot that an entry takes, gives back, keeps or frees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// The lot's number.
    pub lot: u32,
    /// How many of its points, above zero.
    pub points: i64,
}

/// The entry on the other side of a transfer or merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counterpart {
    /// Its account.
    pub account: Uuid,
    /// Its number there.
    pub entry: u32,
}

/// One line of an account's history. Entries are added, never changed and never removed; an account is what they make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Whose.
    pub account: Uuid,
    /// Its number in the account, counted from 0 without gaps: two writers cannot both add number 7.
    pub number: u32,
    /// The key of the request that made it; none where time alone did.
    pub key: Option<Uuid>,
    /// What it does.
    pub kind: Kind,
    /// By how much the balance changes.
    pub points: i64,
    /// By how much the arrears change: part of what the balance changes by, with the other sign.
    pub arrears: i64,
    /// When what it tells of happened, and on which day of the programme.
    pub occurred: Moment,
    /// When it was written down, and on which day of the programme.
    pub posted: Moment,
    /// Under which version of the programme.
    pub version: u32,
    /// What made somebody ask for it.
    pub source: Source,
    /// Who asked for it.
    pub actor: Option<Uuid>,
    /// The entry that it reverses, the hold that it frees or uses, or the merge that it follows.
    pub refers_to: Option<u32>,
    /// Whether a return was of all that had not come back yet, and named no lines.
    pub is_rest: bool,
    /// The other side of a transfer or merge.
    pub counterpart: Option<Counterpart>,
    /// Until when a hold holds.
    pub until: Option<Instant>,
    /// What was earned, or taken back, by which line.
    pub lines: Vec<Line>,
    /// The lots it opens.
    pub opens: Vec<OpenedLot>,
    /// The lots it touches.
    pub allocations: Vec<Allocation>,
}

/// The accounts of double entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Book {
    /// Points that members have in lots: what the programme owes.
    Member,
    /// Points that members owe: zero or below.
    Arrears,
    /// The programme's: points issued, taken back or corrected, with the other sign.
    Issued,
    /// The programme's: points redeemed.
    Redeemed,
    /// The programme's: points expired.
    Expired,
    /// The programme's: points given up other than by date.
    Breakage,
}

impl Entry {
    /// What it adds to lots, less what it takes from them.
    pub const fn into_lots(&self) -> i64 {
        self.points + self.arrears
    }

    /// Whether it keeps idle points alive: earning, redeeming, and whatever brings points in anew.
    pub const fn is_activity(&self) -> bool {
        matches!(self.kind, Kind::Earn | Kind::Burn | Kind::UnmergeIn) || !self.opens.is_empty()
    }

    /// Its lines in double entry. They sum to zero; those of transfers and merges do together with their counterpart's.
    pub fn books(&self) -> impl Iterator<Item = (Book, i64)> + use<> {
        let programme = match self.kind {
            Kind::Earn | Kind::ReverseEarn | Kind::Adjust => Some(Book::Issued),
            Kind::Burn | Kind::ReverseBurn => Some(Book::Redeemed),
            Kind::Expire => Some(Book::Expired),
            Kind::Forfeit => Some(Book::Breakage),
            Kind::TransferOut
            | Kind::TransferIn
            | Kind::MergeOut
            | Kind::MergeIn
            | Kind::UnmergeOut
            | Kind::UnmergeIn
            | Kind::Hold
            | Kind::Release => None,
        };
        let members = [
            (Book::Member, self.into_lots()),
            (Book::Arrears, -self.arrears),
        ];
        let points = -self.points;
        members
            .into_iter()
            .chain(programme.map(|book| (book, points)))
            .filter(|(_, points)| *points != 0)
    }
}
