//! A ledger that is easily asked, in tests.

use perennial_domain::loyalty::{
    Account, Action, Entry, Kind, Ledger, Line, Moment, Posting, Programme, Refusal, Request,
    Source, Version,
};
use perennial_domain::{Date, Decimal, Instant};
use uuid::Uuid;

/// The account of a member, by number.
pub(crate) fn member(number: usize) -> Uuid {
    Uuid::from_u128(0xA000 + number as u128)
}

/// A line of any purchase, by number.
pub(crate) fn line_id(number: usize) -> Uuid {
    Uuid::from_u128(0xB000 + number as u128)
}

pub(crate) fn day(year: i32, month: u32, day: u32) -> Date {
    Date::of(year, month, day).unwrap()
}

/// The day on which all tests begin.
pub(crate) fn first_day() -> Date {
    day(2027, 1, 1)
}

/// So many microseconds after the first of January 2027 began.
pub(crate) fn moment(micros: i64) -> Moment {
    let begin = first_day().naive().and_time(chrono::NaiveTime::MIN);
    let at = Instant::from_micros(begin.and_utc().timestamp_micros() + micros);
    Moment { at, on: at.day() }
}

pub(crate) const DAY: i64 = 86_400_000_000;

pub(crate) fn pieces(count: i64) -> Decimal {
    Decimal::from_ten_thousandths(count)
}

/// Rules that hold from the first day.
pub(crate) fn version() -> Version {
    Version {
        number: 1,
        valid_from: first_day(),
        zone: "Asia/Shanghai".to_owned(),
        ..Version::default()
    }
}

pub(crate) struct Shop {
    programme: Programme,
    pub(crate) ledger: Ledger,
    pub(crate) now: i64,
    /// What was asked and answered, each once.
    pub(crate) answered: Vec<(Request, Posting)>,
    keys: u128,
}

impl Shop {
    pub(crate) fn new(versions: Vec<Version>) -> Self {
        let programme = Programme::try_from(versions).unwrap();
        Self {
            ledger: Ledger::new(programme.clone(), Vec::new()),
            programme,
            now: 0,
            answered: Vec::new(),
            keys: 0,
        }
    }

    /// Starts anew with what the entries alone tell.
    pub(crate) fn rebuild(&mut self) {
        let accounts = self.ledger.accounts().iter();
        let rebuilt = accounts.map(|account| {
            let entries: Vec<&Entry> = account.entries().iter().map(AsRef::as_ref).collect();
            let entries = serde_json::to_string(&entries).unwrap();
            let entries: Vec<Entry> = serde_json::from_str(&entries).unwrap();
            Account::rebuild(account.id(), entries).unwrap()
        });
        self.ledger = Ledger::new(self.programme.clone(), rebuilt.collect());
    }

    pub(crate) fn wait_days(&mut self, days: i64) {
        self.now += days * DAY;
    }

    pub(crate) fn moment(&self) -> Moment {
        moment(self.now)
    }

    /// The request that asks for something now.
    pub(crate) fn request(&self, who: usize, action: Action) -> Request {
        Request {
            account: member(who),
            occurred: self.moment(),
            source: Source::default(),
            actor: None,
            action,
        }
    }

    /// Asks for something under a new key, a moment after what was asked before.
    pub(crate) fn ask(&mut self, who: usize, action: Action) -> Result<Posting, Refusal> {
        self.now += 1;
        self.keys += 1;
        let request = self.request(who, action);
        self.send(Uuid::from_u128(self.keys), request)
    }

    pub(crate) fn send(&mut self, key: Uuid, request: Request) -> Result<Posting, Refusal> {
        let moment = self.moment();
        let posting = self.ledger.post(key, moment, request.clone())?;
        if self.answered.iter().all(|(_, known)| known.key != key) {
            self.answered.push((request, posting));
        }
        Ok(posting)
    }

    /// Asks, and tells the number of the first entry of that kind in the answer.
    pub(crate) fn number(
        &mut self,
        who: usize,
        action: Action,
        kind: Kind,
    ) -> Result<u32, Refusal> {
        let posting = self.ask(who, action)?;
        let number = self
            .ledger
            .entries(posting)
            .into_iter()
            .find(|entry| entry.kind == kind)
            .map(|entry| entry.number);
        Ok(number.unwrap())
    }

    /// Earns points with one line of so many ten-thousandths of a piece for each pair.
    pub(crate) fn earn(&mut self, who: usize, lines: &[(i64, i64)]) -> u32 {
        self.number(
            who,
            Action::Earn {
                lines: earned(lines),
            },
            Kind::Earn,
        )
        .unwrap()
    }

    pub(crate) fn burn(&mut self, who: usize, points: i64) -> Result<u32, Refusal> {
        self.number(who, Action::Burn { points }, Kind::Burn)
    }

    pub(crate) fn take_back(&mut self, who: usize, earning: u32) -> Result<Posting, Refusal> {
        let returned = None;
        self.ask(who, Action::ReverseEarn { earning, returned })
    }

    pub(crate) fn lapse(&mut self) {
        self.now += 1;
        let moment = self.moment();
        self.ledger.lapse(moment).unwrap();
    }

    pub(crate) fn account(&self, who: usize) -> &Account {
        self.ledger.account(member(who)).unwrap()
    }

    pub(crate) fn balance(&self, who: usize) -> i64 {
        self.ledger.account(member(who)).map_or(0, Account::balance)
    }

    pub(crate) fn spendable(&self, who: usize) -> i64 {
        self.account(who).standing(self.moment()).spendable
    }

    /// What is left in each lot.
    pub(crate) fn lots(&self, who: usize) -> Vec<i64> {
        self.account(who)
            .lots()
            .iter()
            .map(|lot| lot.remaining)
            .collect()
    }

    /// All entries of all accounts.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let accounts = self.ledger.accounts().iter();
        accounts
            .flat_map(Account::entries)
            .map(|entry| Entry::clone(entry))
            .collect()
    }
}

/// Lines by quantity in ten-thousandths and points.
pub(crate) fn earned(lines: &[(i64, i64)]) -> Vec<Line> {
    let lines = lines.iter().enumerate();
    lines
        .map(|(number, (quantity, points))| Line {
            line: line_id(number),
            quantity: pieces(*quantity),
            points: *points,
        })
        .collect()
}
