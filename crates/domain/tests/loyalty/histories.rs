//! Long random histories, step by step beside the oracle.

use perennial_domain::Date;
use perennial_domain::loyalty::{
    Account, Action, Book, Entry, Expiry, ExpiryPolicy, Kind, Refusal, Restoring, Standing,
    TakingBack, Version, roll_forward, trial_balance,
};
use proptest::prelude::*;
use uuid::Uuid;

use crate::oracle::Oracle;
use crate::shop::{DAY, Shop, earned, first_day, line_id, member, pieces, version};

const MEMBERS: usize = 3;

/// Something that happens. Indices count what there is, modulo how much there is.
#[derive(Clone, Debug)]
enum Step {
    Wait(i64),
    Lapse,
    Rebuild,
    Earn(usize, Vec<(i64, i64)>),
    Burn(usize, i64),
    Hold(usize, i64, i64),
    Capture(usize, i64),
    Release(usize),
    ReverseEarn(usize, Option<(usize, i64)>),
    ReverseBurn(usize, i64),
    Transfer(usize, usize, i64),
    Merge(usize, usize),
    Unmerge(usize, usize),
    Adjust(usize, i64),
    Forfeit(usize),
    Again(usize),
    Abuse(usize),
}

/// Steps among which returns, merges and their undoing come so often.
fn steps(often: u32) -> impl Strategy<Value = Vec<Step>> {
    let who = 0..MEMBERS;
    let lines = prop::collection::vec((1_i64..50_000, 0_i64..15), 1..4);
    let back = prop::option::weighted(0.7, (0_usize..3, 1_i64..30_000));
    let step = prop_oneof![
        4 => (1_i64..60).prop_map(Step::Wait),
        1 => Just(Step::Lapse),
        1 => Just(Step::Rebuild),
        8 => (who.clone(), lines).prop_map(|(who, lines)| Step::Earn(who, lines)),
        6 => (who.clone(), 0_i64..30).prop_map(|(who, points)| Step::Burn(who, points)),
        3 => (who.clone(), 1_i64..15, 1_i64..20).prop_map(|(who, points, days)| Step::Hold(who, points, days)),
        2 => (0_usize..50, 0_i64..12).prop_map(|(hold, points)| Step::Capture(hold, points)),
        1 => (0_usize..50).prop_map(Step::Release),
        5 * often => (0_usize..50, back).prop_map(|(earning, back)| Step::ReverseEarn(earning, back)),
        5 => (0_usize..50, 0_i64..20).prop_map(|(burn, points)| Step::ReverseBurn(burn, points)),
        2 => (who.clone(), who.clone(), 0_i64..15).prop_map(|(who, to, points)| Step::Transfer(who, to, points)),
        often => (who.clone(), who.clone()).prop_map(|(into, from)| Step::Merge(into, from)),
        2 * often => (who.clone(), who.clone()).prop_map(|(into, from)| Step::Unmerge(into, from)),
        1 => (who.clone(), -10_i64..10).prop_map(|(who, points)| Step::Adjust(who, points)),
        1 => (0_usize..20).prop_map(move |at| if at < MEMBERS { Step::Forfeit(at) } else { Step::Lapse }),
        1 => (0_usize..200).prop_map(Step::Again),
        1 => (0_usize..200).prop_map(Step::Abuse),
    ];
    prop::collection::vec(step, 1..120)
}

fn rules() -> impl Strategy<Value = Version> {
    let expiry = prop_oneof![
        Just(ExpiryPolicy::Never),
        (0_u32..5).prop_map(|months| ExpiryPolicy::After { months }),
        (0_u32..2).prop_map(|years| ExpiryPolicy::YearEnd { years }),
        (1_u32..4).prop_map(|months| ExpiryPolicy::Idle { months }),
    ];
    let restoring = prop_oneof![
        Just(Restoring::Dead),
        (0_u32..40).prop_map(|days| Restoring::Grace { days }),
    ];
    let taking = prop_oneof![Just(TakingBack::OtherLots), Just(TakingBack::Arrears)];
    let limit = prop_oneof![2 => Just(0_i64), 1 => 1_i64..15];
    let days = prop_oneof![2 => Just(0_u32), 1 => 1_u32..30];
    (expiry, restoring, taking, limit, days).prop_map(
        |(expiry, restoring, taking_back, negative_limit, activation_days)| Version {
            expiry,
            restoring,
            taking_back,
            negative_limit,
            activation_days,
            ..version()
        },
    )
}

/// Three versions that follow each other.
fn programme() -> impl Strategy<Value = Vec<Version>> {
    (rules(), rules(), rules(), 20_u64..200, 20_u64..200).prop_map(
        |(one, two, three, first, second)| {
            let later = |version: Version, number, days| Version {
                number,
                valid_from: first_day().plus_days(days),
                ..version
            };
            vec![one, later(two, 2, first), later(three, 3, first + second)]
        },
    )
}

/// Both ways of telling the same history.
struct Pair {
    shop: Shop,
    oracle: Oracle,
    /// The entries that the oracle's earnings, redemptions and holds are.
    earned: Vec<(usize, u32)>,
    burnt: Vec<(usize, u32)>,
    kept: Vec<(usize, u32)>,
    /// When the members' accounts stood how.
    seen: Vec<(i64, Vec<Standing>)>,
}

impl Pair {
    fn take(&mut self, step: &Step) {
        let of = |list: &[(usize, u32)], at: usize| -> Option<(usize, usize, u32)> {
            let at = at.checked_rem(list.len())?;
            list.get(at).map(|(who, number)| (at, *who, *number))
        };
        self.oracle.now = crate::shop::moment(self.shop.now + 1);
        match step.clone() {
            Step::Wait(days) => self.shop.wait_days(days),
            Step::Rebuild => self.shop.rebuild(),
            Step::Lapse => {
                self.shop.lapse();
                (0..MEMBERS).for_each(|who| self.oracle.lapse(who));
                let done = self.shop.entries();
                self.shop.lapse();
                assert_eq!(self.shop.entries(), done, "what is done is done");
            }
            Step::Earn(who, lines) => {
                let action = Action::Earn {
                    lines: earned(&lines),
                };
                let answer = self.shop.number(who, action, Kind::Earn);
                self.agree(answer, |oracle| oracle.earn(who, &lines));
                self.earned.extend(answer.ok().map(|number| (who, number)));
            }
            Step::Burn(who, points) => {
                let answer = self.shop.burn(who, points);
                self.agree(answer, |oracle| oracle.burn(who, points));
                if answer.is_ok() {
                    let standing = self.shop.account(who).standing(self.shop.moment());
                    let active = standing.balance - standing.pending - standing.held;
                    assert!(active >= -self.oracle.version().negative_limit);
                }
                self.burnt.extend(answer.ok().map(|number| (who, number)));
            }
            Step::Hold(who, points, days) => {
                let until = self.oracle.now.at.micros() + days * DAY;
                let action = Action::Hold {
                    points,
                    until: perennial_domain::Instant::from_micros(until),
                };
                let answer = self.shop.number(who, action, Kind::Hold);
                self.agree(answer, |oracle| oracle.hold(who, points, until));
                self.kept.extend(answer.ok().map(|number| (who, number)));
            }
            Step::Capture(at, points) => {
                if let Some((at, who, hold)) = of(&self.kept, at) {
                    let action = Action::Capture { hold, points };
                    let answer = self.shop.number(who, action, Kind::Burn);
                    self.agree(answer, |oracle| oracle.capture(at, points));
                    self.burnt.extend(answer.ok().map(|number| (who, number)));
                }
            }
            Step::Release(at) => {
                if let Some((at, who, hold)) = of(&self.kept, at) {
                    let answer = self.shop.ask(who, Action::Release { hold });
                    self.agree(answer, |oracle| oracle.release(at));
                }
            }
            Step::ReverseEarn(at, back) => {
                if let Some((at, who, earning)) = of(&self.earned, at) {
                    let lines = self.shop.account(who).entries()[earning as usize]
                        .lines
                        .len();
                    let back = back.map(|(line, quantity)| (line % lines, quantity));
                    let returned =
                        back.map(|(line, quantity)| [(line_id(line), pieces(quantity))].into());
                    let answer = self
                        .shop
                        .ask(who, Action::ReverseEarn { earning, returned });
                    self.agree(answer, |oracle| oracle.reverse_earn(at, back));
                }
            }
            Step::ReverseBurn(at, points) => {
                if let Some((at, who, burn)) = of(&self.burnt, at) {
                    let answer = self.shop.ask(who, Action::ReverseBurn { burn, points });
                    self.agree(answer, |oracle| oracle.reverse_burn(at, points));
                }
            }
            Step::Transfer(who, to, points) => {
                let action = Action::Transfer {
                    to: member(to),
                    points,
                };
                let answer = self.shop.ask(who, action);
                self.agree(answer, |oracle| oracle.transfer(who, to, points));
            }
            Step::Merge(into, from) => {
                let answer = self.shop.ask(into, Action::Merge { from: member(from) });
                self.agree(answer, |oracle| oracle.merge(into, from));
            }
            Step::Unmerge(into, from) => {
                let answer = self.shop.ask(into, Action::Unmerge { from: member(from) });
                self.agree(answer, |oracle| oracle.unmerge(into, from));
            }
            Step::Adjust(who, points) => {
                let answer = self.shop.ask(who, Action::Adjust { points });
                self.agree(answer, |oracle| oracle.adjust(who, points));
            }
            Step::Forfeit(who) => {
                let answer = self.shop.ask(who, Action::Forfeit);
                self.agree(answer, |oracle| oracle.forfeit(who));
            }
            Step::Again(at) => self.again(at),
            Step::Abuse(at) => self.abuse(at),
        }
        self.compare();
    }

    fn agree<T: std::fmt::Debug>(
        &mut self,
        answer: Result<T, Refusal>,
        other: impl FnOnce(&mut Oracle) -> Result<(), Refusal>,
    ) {
        let (answer, other) = (answer.map(|_| ()), other(&mut self.oracle));
        assert_eq!(answer, other, "the ledger's answer, the oracle's");
    }

    /// A request that comes again gets the first answer, to the byte, and nothing happens.
    fn again(&mut self, at: usize) {
        let Some(at) = at.checked_rem(self.shop.answered.len()) else {
            return;
        };
        let (request, posting) = self.shop.answered[at].clone();
        let answer = |shop: &Shop| serde_json::to_vec(&shop.ledger.entries(posting)).unwrap();
        let (first, before) = (answer(&self.shop), self.shop.entries());
        self.shop.now += 1;
        assert_eq!(self.shop.send(posting.key, request).unwrap(), posting);
        assert_eq!(answer(&self.shop), first);
        assert_eq!(self.shop.entries(), before);
    }

    /// Another request under a key that was used is a conflict, and nothing happens.
    fn abuse(&mut self, at: usize) {
        let Some(at) = at.checked_rem(self.shop.answered.len()) else {
            return;
        };
        let (mut other, posting) = self.shop.answered[at].clone();
        let before = self.shop.entries();
        other.actor = Some(Uuid::max());
        assert_eq!(self.shop.send(posting.key, other), Err(Refusal::Conflict));
        assert_eq!(self.shop.entries(), before);
    }

    fn compare(&mut self) {
        let moment = self.shop.moment();
        self.oracle.now = moment;
        let mut standings = Vec::new();
        for who in 0..MEMBERS {
            standings.push(self.oracle.standing(who));
            let Some(account) = self.shop.ledger.account(member(who)) else {
                continue;
            };
            assert_eq!(
                account.standing(moment),
                self.oracle.standing(who),
                "of member {who}"
            );
            let mut lots = std::collections::BTreeMap::<(Expiry, Date), i64>::new();
            for lot in account.lots().iter().filter(|lot| lot.free() > 0) {
                *lots.entry((lot.expiry, lot.active_from)).or_default() += lot.free();
            }
            let lots: Vec<_> = lots
                .into_iter()
                .map(|((expiry, from), points)| (expiry, from, points))
                .collect();
            assert_eq!(lots, self.oracle.lots(who), "lots of member {who}");
        }
        self.seen.push((self.shop.now, standings));
    }

    /// What holds of a history as a whole.
    fn look_back(&self) {
        let ledger = &self.shop.ledger;
        for account in ledger.accounts() {
            check_account(account);
            let rebuilt = Account::rebuild(account.id(), account.entries().to_vec()).unwrap();
            let now = self.shop.moment();
            assert_eq!(rebuilt.standing(now), account.standing(now));
            assert_eq!(rebuilt.lots(), account.lots());
        }
        for (_, posting) in &self.shop.answered {
            let books = trial_balance(ledger.entries(*posting));
            assert_eq!(books.values().sum::<i128>(), 0, "{posting:?}");
        }
        for (now, standings) in self.seen.iter().step_by(7) {
            let now = crate::shop::moment(*now);
            for (who, standing) in standings.iter().enumerate() {
                let account = ledger.account(member(who));
                let then = account.map(|account| account.as_of(now.at).unwrap());
                let then = then.map_or_else(Standing::default, |then| then.standing(now));
                assert_eq!(then, *standing, "of member {who} as of {now:?}");
            }
        }
        self.check_days();
    }

    /// A ledger that is made of entries alone gives each key's first answer again, and to no other request.
    fn know_keys(&mut self) {
        self.shop.rebuild();
        for at in 0..self.shop.answered.len() {
            self.again(at);
            self.abuse(at);
            let (request, posting) = &self.shop.answered[at];
            let told = self.shop.ledger.entries(*posting).first().copied();
            assert_eq!(told.and_then(Entry::request).as_ref(), Some(request));
        }
    }

    /// Each day's closing balance follows from its opening one, and is what the oracle saw at the day's end.
    fn check_days(&self) {
        let entries = self.shop.entries();
        let days = roll_forward(&entries);
        let mut closing = std::collections::BTreeMap::new();
        for (now, standings) in &self.seen {
            let total: i64 = standings.iter().map(|standing| standing.balance).sum();
            closing.insert(crate::shop::moment(*now).on, i128::from(total));
        }
        let mut before = 0;
        for (day, rolled) in &days {
            assert_eq!(rolled.opening, before);
            assert_eq!(
                rolled.received, rolled.sent,
                "nothing leaves the programme by moving"
            );
            if let Some(seen) = closing.get(day) {
                assert_eq!(rolled.closing, *seen, "at the end of {day}");
            }
            before = rolled.closing;
        }
        let books = trial_balance(&entries);
        let book = |book| books.get(&book).copied().unwrap_or_default();
        assert_eq!(book(Book::Member) + book(Book::Arrears), before);
        assert!(book(Book::Member) >= 0 && book(Book::Arrears) <= 0);
        assert!(book(Book::Redeemed) >= 0 && book(Book::Expired) >= 0 && book(Book::Breakage) >= 0);
    }
}

/// Sums, and what each entry says of itself.
fn check_account(account: &Account) {
    let in_lots: i64 = account.lots().iter().map(|lot| lot.remaining).sum();
    let arrears: i64 = account.entries().iter().map(|entry| entry.arrears).sum();
    let entries: i64 = account.entries().iter().map(|entry| entry.points).sum();
    assert_eq!(account.balance(), entries);
    assert_eq!(account.balance(), in_lots - arrears);
    let mut taken = std::collections::BTreeMap::<u32, i64>::new();
    let mut given = std::collections::BTreeMap::<u32, i64>::new();
    for entry in account.entries() {
        assert_eq!(entry.is_answer(), entry.request().is_some(), "{entry:?}");
        let allocated: i64 = entry
            .allocations
            .iter()
            .map(|allocation| allocation.points)
            .sum();
        if entry.kind.takes() && entry.points < 0 {
            assert_eq!(allocated + entry.arrears, -entry.points, "{entry:?}");
        }
        if entry.kind == Kind::ReverseEarn {
            let points: i64 = entry.lines.iter().map(|line| line.points).sum();
            *taken.entry(entry.refers_to.unwrap()).or_default() += points;
        }
        if entry.kind == Kind::ReverseBurn {
            *given.entry(entry.refers_to.unwrap()).or_default() += entry.points;
        }
    }
    for (number, points) in taken {
        assert!(points <= account.entries()[number as usize].points);
    }
    for (number, points) in given {
        assert!(points <= -account.entries()[number as usize].points);
    }
}

fn compare(versions: Vec<Version>, steps: &[Step]) {
    let programme = versions.clone().try_into().unwrap();
    let mut pair = Pair {
        shop: Shop::new(versions),
        oracle: Oracle::new(programme, MEMBERS),
        earned: Vec::new(),
        burnt: Vec::new(),
        kept: Vec::new(),
        seen: Vec::new(),
    };
    steps.iter().for_each(|step| pair.take(step));
    pair.look_back();
    pair.know_keys();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, ..ProptestConfig::default() })]

    #[test]
    fn the_ledger_does_what_single_points_would(versions in programme(), steps in steps(1)) {
        compare(versions, &steps);
    }

    #[test]
    fn members_who_are_one_and_then_are_not_keep_their_points(versions in programme(), steps in steps(5)) {
        compare(versions, &steps);
    }
}
