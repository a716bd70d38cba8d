//! Many clients at once. Each reads what is stored, decides by itself and writes what it decided, while others do the same;
//! the store knows nothing of points, only that an account has one entry of each number and that a key is used once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Barrier, Mutex};

use perennial_domain::loyalty::{Account, Action, Entry, Ledger, Programme, Refusal, Request};
use proptest::prelude::*;
use uuid::Uuid;

use crate::shop::{Shop, member, moment, version};

#[derive(Default)]
struct Rows {
    entries: BTreeMap<(Uuid, u32), Entry>,
    keys: BTreeSet<Uuid>,
}

impl Rows {
    fn ledger(&self) -> Ledger {
        let mut accounts = BTreeMap::<Uuid, Vec<Entry>>::new();
        for entry in self.entries.values() {
            accounts
                .entry(entry.account)
                .or_default()
                .push(entry.clone());
        }
        let accounts = accounts.into_iter();
        let accounts = accounts.map(|(id, entries)| Account::rebuild(id, entries).unwrap());
        let programme = Programme::try_from(vec![version()]).unwrap();
        Ledger::new(programme, accounts.collect())
    }

    /// Writes all or nothing.
    fn insert(&mut self, entries: Vec<Entry>) -> bool {
        let asked = |entry: &Entry| entry.request().and(entry.key);
        let is_free = |entry: &Entry| {
            let number = (entry.account, entry.number);
            let key = asked(entry);
            !self.entries.contains_key(&number) && key.is_none_or(|key| !self.keys.contains(&key))
        };
        let are_free = entries.iter().all(is_free);
        if are_free {
            self.keys.extend(entries.iter().filter_map(asked));
            let rows = entries.into_iter();
            self.entries
                .extend(rows.map(|entry| ((entry.account, entry.number), entry)));
        }
        are_free
    }
}

/// Somebody who wants one thing, and tries until it is done or refused.
struct Client {
    key: Uuid,
    request: Request,
    decided: Option<Vec<Entry>>,
    outcome: Option<Result<(), Refusal>>,
    lost: usize,
}

impl Client {
    /// Redeems points of the first member, or gives them to the second.
    fn new(number: usize, points: i64) -> Self {
        let action = if number.is_multiple_of(2) {
            Action::Burn { points }
        } else {
            let to = member(1);
            Action::Transfer { to, points }
        };
        Self {
            key: Uuid::from_u128(0xC000 + number as u128),
            request: Shop::new(vec![version()]).request(0, action),
            decided: None,
            outcome: None,
            lost: 0,
        }
    }

    /// Either reads and decides, or writes what it decided before.
    fn step(&mut self, rows: &Mutex<Rows>) {
        if let Some(entries) = self.decided.take() {
            if rows.lock().unwrap().insert(entries) {
                self.outcome = Some(Ok(()));
            } else {
                self.lost += 1;
            }
            return;
        }
        let mut ledger = rows.lock().unwrap().ledger();
        let known = |ledger: &Ledger, id| ledger.account(id).map_or(0, |of| of.entries().len());
        let before = [0, 1].map(|who| (member(who), known(&ledger, member(who))));
        match ledger.post(self.key, moment(1), self.request.clone()) {
            Err(refusal) => self.outcome = Some(Err(refusal)),
            Ok(_) => {
                let new = before.into_iter().flat_map(|(id, count)| {
                    let account = ledger.account(id);
                    account.map_or_else(Vec::new, |of| {
                        of.entries()[count..]
                            .iter()
                            .map(|new| Entry::clone(new))
                            .collect()
                    })
                });
                let new: Vec<Entry> = new.collect();
                if new.is_empty() {
                    self.outcome = Some(Ok(()));
                } else {
                    self.decided = Some(new);
                }
            }
        }
    }
}

/// A store in which the first member has so many points.
fn store(balance: i64) -> Mutex<Rows> {
    let mut shop = Shop::new(vec![version()]);
    shop.earn(0, &[(10_000, balance)]);
    let mut rows = Rows::default();
    assert!(rows.insert(shop.entries()));
    Mutex::new(rows)
}

/// Exactly as many were served as there were points for, and their points are accounted for.
fn check(rows: &Mutex<Rows>, clients: &[Client], balance: i64, cost: i64) {
    let served = |client: &&Client| client.outcome == Some(Ok(()));
    let keys: BTreeSet<Uuid> = clients
        .iter()
        .filter(served)
        .map(|client| client.key)
        .collect();
    let all: BTreeSet<Uuid> = clients.iter().map(|client| client.key).collect();
    let expected = (balance / cost).min(all.len() as i64);
    assert_eq!(keys.len() as i64, expected);
    for client in clients {
        let is_served = keys.contains(&client.key);
        assert_eq!(served(&client), is_served, "a key has one answer");
    }
    let ledger = rows.lock().unwrap().ledger();
    let left = |who| ledger.account(member(who)).map_or(0, Account::balance);
    assert_eq!(left(0), balance - expected * cost);
    let given = ledger
        .accounts()
        .iter()
        .flat_map(|account| account.entries());
    let burnt: i64 = given
        .filter(|entry| {
            matches!(
                entry.request(),
                Some(Request {
                    action: Action::Burn { .. },
                    ..
                })
            )
        })
        .map(|entry| entry.points)
        .sum();
    assert_eq!(left(0) + left(1) - burnt, balance);
}

/// Fifty clients, each of whom sends its request twice at the same time, all having read the same balance at first.
#[test]
fn of_fifty_who_spend_at_once_as_many_succeed_as_there_are_points_for() {
    for (balance, cost) in [(100, 7), (100, 100), (6, 7), (350, 7)] {
        let (rows, barrier) = (store(balance), Barrier::new(100));
        let run = |number: usize| {
            let mut client = Client::new(number / 2, cost);
            client.step(&rows);
            barrier.wait();
            while client.outcome.is_none() {
                client.step(&rows);
            }
            client
        };
        let clients: Vec<Client> = std::thread::scope(|scope| {
            let run = &run;
            let threads: Vec<_> = (0..100)
                .map(|number| scope.spawn(move || run(number)))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        check(&rows, &clients, balance, cost);
        let lost: usize = clients.iter().map(|client| client.lost).sum();
        let all_lost_but_one = if balance < cost { 0 } else { 99 };
        assert!(lost >= all_lost_but_one, "they did meet: {lost}");
    }
}

proptest! {
    #[test]
    fn in_whatever_order_clients_read_and_write_no_point_is_spent_twice(
        balance in 1_i64..40, cost in 1_i64..12, clients in 2_usize..8,
        order in prop::collection::vec(0_usize..8, 0..60),
    ) {
        let rows = store(balance);
        let mut clients: Vec<Client> = (0..clients).map(|number| Client::new(number / 2, cost)).collect();
        for at in order {
            let count = clients.len();
            let client = &mut clients[at % count];
            if client.outcome.is_none() {
                client.step(&rows);
            }
        }
        for client in &mut clients {
            while client.outcome.is_none() {
                client.step(&rows);
            }
        }
        check(&rows, &clients, balance, cost);
    }
}
