//! What can be asked of the ledger, and why it may be refused.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entry::{Entry, Kind, Line, Source};
use super::programme::Moment;
use crate::{Decimal, Instant};

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Book what a purchase earned, line by line: [`Earning::lines`](super::Earning::lines) counts it.
    Earn {
        /// What each line earned; at least one.
        lines: Vec<Line>,
    },
    /// Redeem points.
    Burn {
        /// How many.
        points: i64,
    },
    /// Keep points for an order.
    Hold {
        /// How many.
        points: i64,
        /// Until when; from then on they are free again.
        until: Instant,
    },
    /// Redeem points of a hold, and free the others.
    Capture {
        /// The hold's entry.
        hold: u32,
        /// How many.
        points: i64,
    },
    /// Free a hold.
    Release {
        /// The hold's entry.
        hold: u32,
    },
    /// Take back what an earning gave for what was returned.
    ReverseEarn {
        /// The earning's entry.
        earning: u32,
        /// How much of which line came back; none for all that has not come back yet.
        returned: Option<BTreeMap<Uuid, Decimal>>,
    },
    /// Give a redemption back.
    ReverseBurn {
        /// The redemption's entry.
        burn: u32,
        /// How many of its points.
        points: i64,
    },
    /// Give points to another account.
    Transfer {
        /// To which.
        to: Uuid,
        /// How many.
        points: i64,
    },
    /// Merge another account into this one.
    Merge {
        /// Which.
        from: Uuid,
    },
    /// Undo the merge of another account into this one.
    Unmerge {
        /// Which.
        from: Uuid,
    },
    /// Correct the account.
    Adjust {
        /// By how many points; below zero no more than can be spent.
        points: i64,
    },
    /// Give up all points that no hold keeps.
    Forfeit,
}

/// Something asked of the ledger. Two requests with one key have to be alike in all of this. The entry that answers it
/// tells it again: [`Entry::request`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Of which account; of a merge the survivor.
    pub account: Uuid,
    /// When what it tells of happened, and on which day of the programme.
    pub occurred: Moment,
    /// What made somebody ask.
    pub source: Source,
    /// Who asks.
    pub actor: Option<Uuid>,
    /// What is to be done.
    pub action: Action,
}

impl Entry {
    /// Whether it answers a request, and so [tells it](Self::request).
    pub const fn is_answer(&self) -> bool {
        self.key.is_some()
            && match self.kind {
                Kind::MergeIn => self.refers_to.is_none(),
                Kind::Expire | Kind::TransferIn | Kind::MergeOut | Kind::UnmergeIn => false,
                _ => true,
            }
    }

    /// The request that it answers, in all its parts; none for an entry that time made, or that only follows from
    /// another: the other side of a transfer or merge, what a reversal passes on.
    pub fn request(&self) -> Option<Request> {
        self.key?;
        let other = self.counterpart.map(|other| other.account);
        let action = match self.kind {
            Kind::Earn => Action::Earn {
                lines: self.lines.clone(),
            },
            Kind::Burn => {
                let points = -self.points;
                match self.refers_to {
                    Some(hold) => Action::Capture { hold, points },
                    None => Action::Burn { points },
                }
            }
            Kind::Hold => Action::Hold {
                points: self.allocations.iter().map(|kept| kept.points).sum(),
                until: self.until?,
            },
            Kind::Release => Action::Release {
                hold: self.refers_to?,
            },
            Kind::ReverseEarn => {
                let returned = self.lines.iter();
                let returned = returned.filter(|line| line.quantity != Decimal::default());
                let returned = returned.map(|line| (line.line, line.quantity));
                Action::ReverseEarn {
                    earning: self.refers_to?,
                    returned: (!self.is_rest).then(|| returned.collect()),
                }
            }
            Kind::ReverseBurn => Action::ReverseBurn {
                burn: self.refers_to?,
                points: self.points,
            },
            Kind::TransferOut => Action::Transfer {
                to: other?,
                points: -self.points,
            },
            Kind::MergeIn if self.refers_to.is_none() => Action::Merge { from: other? },
            Kind::UnmergeOut => Action::Unmerge { from: other? },
            Kind::Adjust => Action::Adjust {
                points: self.points,
            },
            Kind::Forfeit => Action::Forfeit,
            Kind::Expire | Kind::TransferIn | Kind::MergeIn | Kind::MergeOut | Kind::UnmergeIn => {
                return None;
            }
        };
        Some(Request {
            account: self.account,
            occurred: self.occurred,
            source: self.source,
            actor: self.actor,
            action,
        })
    }
}

/// Why a request is refused. Nothing but what time did by itself has changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The key was used for another request.
    Conflict,
    /// A moment lies before what it has to follow: the account's last entry; of a hold's end, its begin.
    OutOfOrder,
    /// The programme has no version for the day yet.
    NoVersion,
    /// Fewer points can be spent than were asked for.
    NotEnough {
        /// How many can.
        available: i64,
    },
    /// A number of points or pieces that is zero or below, more than a trillion, or more than can be kept; an earning without lines, or with one
    /// named twice.
    Amount,
    /// The account has no such entry, or it is of another kind.
    NoSuchEntry,
    /// The hold has ended, or never was.
    NoSuchHold,
    /// Only an earning that nothing was taken from, or what is left of an entry, can be reversed.
    MoreThanLeft {
        /// How much is left to be reversed.
        left: i64,
    },
    /// The earning has no such line, or less of it was bought and not returned.
    NotBought,
    /// Both sides are one account.
    SameAccount,
    /// The account was merged: its survivor has to be asked.
    Merged {
        /// The survivor.
        into: Uuid,
    },
    /// The account was not merged into this one.
    NotMerged,
    /// The account to be merged keeps points for an order.
    OpenHolds,
    /// An entry does not fit its account.
    Inconsistent(Inconsistent),
}

/// An entry that cannot be the next of its account: what was kept is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inconsistent {
    /// The account.
    pub account: Uuid,
    /// The entry's number.
    pub entry: u32,
    /// What it is.
    pub kind: Kind,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict => f.write_str("the key was used for another request"),
            Self::OutOfOrder => f.write_str("the moment lies before what it has to follow"),
            Self::NoVersion => f.write_str("the programme has no version for the day yet"),
            Self::NotEnough { available } => write!(f, "only {available} points can be spent"),
            Self::Amount => {
                f.write_str("no number of points or pieces, or lines, that can be booked")
            }
            Self::NoSuchEntry => f.write_str("the account has no such entry"),
            Self::NoSuchHold => f.write_str("the hold has ended or never was"),
            Self::MoreThanLeft { left } => write!(f, "only {left} are left to be reversed"),
            Self::NotBought => f.write_str("less of the line was bought and not returned"),
            Self::SameAccount => f.write_str("both sides are one account"),
            Self::Merged { into } => write!(f, "the account was merged into {into}"),
            Self::NotMerged => f.write_str("the account was not merged into this one"),
            Self::OpenHolds => f.write_str("the account keeps points for an order"),
            Self::Inconsistent(inconsistent) => inconsistent.fmt(f),
        }
    }
}

impl std::error::Error for Refusal {}

impl fmt::Display for Inconsistent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            account,
            entry,
            kind,
        } = self;
        write!(
            f,
            "entry {entry} of account {account} ({kind:?}) cannot follow those before it"
        )
    }
}

impl std::error::Error for Inconsistent {}

impl From<Inconsistent> for Refusal {
    fn from(inconsistent: Inconsistent) -> Self {
        Self::Inconsistent(inconsistent)
    }
}

#[cfg(test)]
mod tests {
    use super::super::earning::NotCountable;
    use super::*;

    #[test]
    fn whatever_is_refused_is_told_in_words() {
        let damaged = Inconsistent {
            account: Uuid::from_u128(7),
            entry: 3,
            kind: Kind::Burn,
        };
        let told = |error: &dyn std::error::Error| error.to_string();
        let text = "entry 3 of account 00000000-0000-0000-0000-000000000007 (Burn) cannot follow those before it";
        assert_eq!(told(&damaged), text);
        assert_eq!(told(&Refusal::from(damaged)), text);
        let short = Refusal::NotEnough { available: 40 };
        assert_eq!(told(&short), "only 40 points can be spent");
        let left = Refusal::MoreThanLeft { left: 2 };
        assert_eq!(told(&left), "only 2 are left to be reversed");
        let merged = Refusal::Merged { into: Uuid::nil() };
        assert!(told(&merged).ends_with(&Uuid::nil().to_string()));
        assert_ne!(told(&NotCountable::Sign), told(&NotCountable::TooLarge));
    }
}
