//! Loyalty programmes: points that are earned, kept, spent and expire, and never come twice or get lost.
//!
//! # How data takes its way
//!
//! [`Earning::lines`] counts what a purchase earns, line by line. A [`Request`] asks the [`Ledger`] for something under a key,
//! at a [`Moment`]. The [`Account`] looks at its lots, decides by the [`Version`] of the day, and adds an [`Entry`] that says
//! all it did: lots it [opened](OpenedLot), points it [took, gave back or kept](Allocation). Putting an entry into effect asks no rule,
//! so an account [is rebuilt](Account::rebuild) from its entries alone, for [any moment](Account::as_of). Tiers
//! ([`Programme::tiers`]), books ([`trial_balance`], [`roll_forward`]) and revenue ([`liability`]) are read from entries.
//!
//! # What it promises
//!
//! - Points are whole. A balance is the sum of its entries, and of its lots less arrears; each posting sums to zero over the
//!   [`Book`]s, so what the programme owes is a trial balance.
//! - What can be spent is never below zero, unless the programme lets redemptions overdraw, and then not below that limit.
//! - A key is answered once: again it gets the first answer, for another request [`Refusal::Conflict`]. The entry that answers
//!   carries the key and [tells the request](Entry::request), so that a ledger rebuilt from entries knows both.
//! - Spending is first-expiring first, then the oldest; what never expires is last. Whatever is asked of an account, what is due
//!   by time happens first, so that it does not matter when the nightly run is.
//! - A return takes back from the stored earning: shares of its lines, rounded down together. It takes what is left of the lot, then
//!   nothing for what of it has expired, then from other lots or as arrears; the next points that come in repay these.
//! - A redemption given back goes to its lots with their days, the last taken first; where a lot has expired, the programme says.
//! - Points that are held are neither spent nor expired nor taken back. Transfers and merges keep points and their days (idle
//!   points live on by what their new account does); a merge is undone as far as points were not used meanwhile.
//!
//! Earning rounds once for each rule and campaign of a purchase, as [`Rounding`] says, and spreads the whole points over the lines by
//! largest remainder. Days are those of the programme's zone and are passed in with each moment (`Programme::moment` on the
//! server, where zones are); a lot is good through its last day.
//!
//! # What it does not know
//!
//! Of several currencies of points each has a ledger of its own: a programme may spend one and count tiers by another.
//! Clock, zone, store and money behind points. Accounts are named by UUIDs that the caller makes; entries and lots are
//! numbered within their account from 0 without gaps, so that a store's unique key `(account, number)` alone lets only one
//! of two writers through; the other reads anew and asks again. A ledger knows the keys of the accounts that it was
//! given. So a store keeps the key of each entry that tells a request unique, and gives a ledger the account in which
//! it stands besides those that the request concerns. Points that left an account count as spent there: a return does
//! not follow them, and what expired elsewhere is not forgiven. Earning's caps are counted from what was earned before,
//! which the caller passes in ([`Account::earned_between`]). Breakage is estimated elsewhere.
//!
//! # By hand
//!
//! One point for each 10.00, good for 12 months. On 10 January somebody buys three pieces for 300.00 and one for 50.50: 35.05
//! points, rounded down 35; shares 29.96 and 5.04, so 30 and 5. On 1 February another purchase earns 20. 40 points are
//! redeemed: 35 of January's lot, 5 of February's. One of the three pieces comes back: a third of 30 points is 10; January's
//! lot is empty, so February's pays and has 5 left. Half of the redemption is given back: 5 to February's lot, which it took
//! last, and 15 to January's, where they still expire next 10 January.
//!
//! ```
//! use perennial_domain::loyalty::*;
//! use perennial_domain::{Date, Decimal, Instant};
//! use uuid::Uuid;
//!
//! let on = |month, day| Date::of(2027, month, day).unwrap();
//! let money = |text: &str| text.parse::<Decimal>().unwrap();
//! let mut version = Version {
//!     valid_from: on(1, 1), zone: "UTC".to_owned(), expiry: ExpiryPolicy::After { months: 12 }, ..Version::default()
//! };
//! version.earning.rules = vec![Rule { scope: Scope::Everything, rate: Rate::Money { points: 1, per: money("10") } }];
//!
//! let bought = |line, quantity, amount| Bought {
//!     line: Uuid::from_u128(line), product: None, category: None, quantity: money(quantity), amount: money(amount),
//! };
//! let january = [bought(1, "3", "300"), bought(2, "1", "50.50")];
//! let lines = version.earning.lines(&january, on(1, 10), 0, EarnedBefore::default()).unwrap();
//! assert_eq!(lines.iter().map(|line| line.points).collect::<Vec<_>>(), [30, 5]);
//! let more = version.earning.lines(&[bought(3, "1", "200")], on(2, 1), 0, EarnedBefore::default()).unwrap();
//!
//! let mut ledger = Ledger::new(vec![version].try_into().unwrap(), Vec::new());
//! let member = Uuid::from_u128(7);
//! let mut key = 0;
//! let mut post = |day: Date, action| {
//!     key += 1;
//!     let moment = Moment { at: Instant::from_micros(key), on: day };
//!     let request = Request { account: member, occurred: moment, source: Source::default(), actor: None, action };
//!     ledger.post(Uuid::from_u128(key as u128), moment, request).unwrap();
//!     let account = ledger.account(member).unwrap();
//!     account.lots().iter().map(|lot| lot.remaining).collect::<Vec<_>>()
//! };
//! assert_eq!(post(on(1, 10), Action::Earn { lines }), [35]);
//! assert_eq!(post(on(2, 1), Action::Earn { lines: more }), [35, 20]);
//! assert_eq!(post(on(3, 1), Action::Burn { points: 40 }), [0, 15]);
//! let one = Some([(Uuid::from_u128(1), money("1"))].into());
//! assert_eq!(post(on(3, 5), Action::ReverseEarn { earning: 0, returned: one }), [0, 5]);
//! assert_eq!(post(on(3, 6), Action::ReverseBurn { burn: 2, points: 20 }), [15, 10]);
//! let account = ledger.account(member).unwrap();
//! assert_eq!(account.expiring(on(1, 10).plus_days(365)).into_values().collect::<Vec<_>>(), [15]);
//! assert_eq!(account.balance(), 35 + 20 - 40 - 10 + 20);
//! ```

mod account;
mod apportion;
mod earning;
mod entry;
mod ledger;
pub mod liability;
mod merging;
mod programme;
mod request;
mod reversal;
mod soundness;
mod spending;
mod statement;
mod tier;

pub use account::{Account, Lot, Standing};
pub use earning::{
    Bought, Campaign, Caps, EarnedBefore, Earning, NotCountable, Rate, Rounding, Rule, Scope,
};
pub use entry::{Allocation, Book, Counterpart, Entry, Kind, Line, OpenedLot, Source, SourceKind};
pub use ledger::{Ledger, Posting};
pub use programme::{Expiry, ExpiryPolicy, Moment, Programme, Restoring, TakingBack, Version};
pub use request::{Action, Inconsistent, Refusal, Request};
pub use soundness::NotAProgramme;
pub use statement::{RolledDay, roll_forward, trial_balance};
pub use tier::{Anchor, Downgrade, LateReturns, Qualifying, TierPeriod, TierRules};
