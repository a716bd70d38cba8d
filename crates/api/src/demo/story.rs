//! Two years of work: who met whom, when, and what changed since.

use std::collections::BTreeMap;

use perennial_domain::contact::{Contact, NewContact};
use perennial_domain::customer::{Customer, CustomerRole, NewCustomer, RelationshipType};
use perennial_domain::purchase::{NewPurchase, Purchase};
use perennial_domain::user::User;
use perennial_domain::{Id, Instant};
use perennial_store::{Change, Error, Scope, Tx, resource};
use serde_json::{Value, json};

use super::parties::Maker;
use super::random::Random;
use super::trade::Shop;
use super::words::{Named, Words};

/// Weeks that are told.
pub(super) const WEEKS: i64 = 104;
/// The manager's place among the employees; sellers follow.
pub(super) const MANAGER: usize = 1;
const DAY: i64 = 86_400;

/// Something that an employee does in a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    /// Writes down a party that does not buy.
    Other(CustomerRole, Named),
    /// Wins a company; the number is the customer's place in the story.
    Company(usize),
    /// Wins a person.
    Person(usize),
    /// Gets to know somebody at a customer.
    Meet(usize),
    /// Writes down what changed.
    Change(usize, Turn),
    /// Sells to a customer that is used to buy so much.
    Sell(usize, i64),
    /// Takes back some of what was sold last.
    TakeBack(usize),
}

/// What may change at a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Closer,
    Credit,
    Note,
    Label,
    Plan,
    /// Another seller takes over.
    HandOver,
}

/// What each employee does in each week.
type Plan = BTreeMap<(i64, usize), Vec<Deed>>;

/// Who did it, and with what right.
#[derive(Clone)]
pub(super) struct Actor {
    /// The user.
    pub(super) id: Id<User>,
    /// What the user may do.
    pub(super) scope: Scope,
    /// The user's team.
    pub(super) team: usize,
}

fn plan(words: &Words, customers: usize) -> Plan {
    let mut random = Random::new(7);
    let mut plan = Plan::new();
    let mut add =
        |week: i64, who: usize, deed: Deed| plan.entry((week, who)).or_default().push(deed);
    let roles = [
        CustomerRole::Supplier,
        CustomerRole::Competitor,
        CustomerRole::Partner,
        CustomerRole::Authority,
        CustomerRole::Media,
    ];
    let others: Vec<Deed> = roles
        .iter()
        .zip(words.others)
        .flat_map(|(role, names)| names.iter().map(|named| Deed::Other(*role, *named)))
        .collect();
    let buyers = customers.saturating_sub(others.len());
    for deed in others.into_iter().take(customers) {
        add(random.between(0, 8), MANAGER, deed);
    }
    for number in 0..buyers {
        let evenly = i64::try_from(number * 102 / buyers.max(1)).unwrap_or(0);
        let week = evenly + random.between(0, 1);
        let who = if random.chance(6) {
            MANAGER
        } else {
            *random.one(&[2, 2, 3, 3, 4, 4, 4])
        };
        let is_person = random.chance(22);
        add(
            week,
            who,
            if is_person {
                Deed::Person(number)
            } else {
                Deed::Company(number)
            },
        );
        let people = if is_person {
            0
        } else {
            *random.mostly(&[2, 3, 1, 3, 4])
        };
        for nth in 0..people {
            let met = if nth == 0 {
                week
            } else {
                week + random.between(1, 45)
            };
            if met < WEEKS {
                add(met, who, Deed::Meet(number));
            }
        }
        let mut later = week;
        let turns = if random.chance(30) {
            random.between(3, 8)
        } else {
            random.between(0, 2)
        };
        for _ in 0..turns {
            later += random.between(2, 16);
            let turn = *random.mostly(&[
                Turn::Note,
                Turn::Closer,
                Turn::Label,
                Turn::Credit,
                Turn::Plan,
            ]);
            if later < WEEKS && !is_person {
                add(later, who, Deed::Change(number, turn));
            }
        }
        buying(&mut random, week, |week, deed| {
            let deed = match deed {
                Some(size) => Deed::Sell(number, size),
                None => Deed::TakeBack(number),
            };
            add(week, who, deed);
        });
        if random.chance(5) && (2..=3).contains(&who) && later + 2 < WEEKS {
            add(later + 2, MANAGER, Deed::Change(number, Turn::HandOver));
        }
    }
    plan
}

/// The weeks in which a customer buys so much, or gives something back. Each has its own rhythm; some stop one day.
fn buying(random: &mut Random, first: i64, mut add: impl FnMut(i64, Option<i64>)) {
    if random.chance(12) {
        return;
    }
    let (rhythm, size) = (random.between(2, 13), *random.mostly(&[1, 2, 4, 10]));
    let end = if random.chance(30) {
        random.between(first, WEEKS)
    } else {
        WEEKS
    };
    let mut week = first + random.between(1, 4);
    while week < end {
        add(week, Some(size));
        if random.chance(3) && week + 1 < WEEKS {
            add(week + 1, None);
        }
        week += (rhythm + random.between(-1, 1)).max(1);
    }
}

/// What is written at once.
#[derive(Default)]
struct Work {
    customers: Vec<(Option<usize>, NewCustomer)>,
    /// People, and the place of their customer: one of those above, or one that is there.
    people: Vec<(Result<usize, Id<Customer>>, NewContact)>,
    changes: Vec<(usize, Change<Customer>)>,
    /// What is bought and given back, and by which customer.
    sales: Vec<(usize, NewPurchase)>,
}

/// What a session knows of those before it.
#[derive(Default)]
struct Known {
    /// Customers by their place in the story, and who looks after each.
    customers: BTreeMap<usize, (usize, Customer)>,
    /// What each bought last and kept.
    bought: BTreeMap<usize, Purchase>,
}

/// What an employee does at a moment.
struct Session {
    moment: Instant,
    who: usize,
    deeds: Vec<Deed>,
}

/// A plan in the order of time: each employee works on a weekday of the week, in business hours.
fn sessions(words: &Words, customers: usize, monday: Instant) -> Vec<Session> {
    let mut random = Random::new(11);
    let session = |((week, who), mut deeds): ((i64, usize), Vec<Deed>)| {
        let weekday = (week * 3 + i64::try_from(who).unwrap_or(0) * 2) % 5;
        let hour = random.between(9, 17) - words.ahead;
        let seconds = (week * 7 + weekday) * DAY + hour * 3_600 + random.between(0, 3_599);
        deeds.sort_unstable();
        deeds.dedup_by(|one, other| matches!((one, other), (Deed::Change(this, _), Deed::Change(that, _)) if this == that));
        Session {
            moment: monday.plus_seconds(seconds),
            who,
            deeds,
        }
    };
    let mut sessions: Vec<Session> = plan(words, customers).into_iter().map(session).collect();
    sessions.sort_by_key(|session| session.moment);
    sessions
}

/// Tells the story: writes everything in one transaction, as whoever did it when it was done.
///
/// # Errors
/// Whatever the database says.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    maker: &mut Maker,
    shop: &mut Shop,
    actors: &[Actor],
    monday: Instant,
    customers: usize,
) -> Result<(), Error> {
    let mut known = Known::default();
    for Session { moment, who, deeds } in sessions(maker.words, customers, monday) {
        let Some(actor) = actors.get(who) else {
            continue;
        };
        let mut work = prepare(maker, actors, who, &deeds, &known, moment);
        work.sales = trade(shop, maker.words.zone, actor.id, &deeds, &known, moment);
        let written = tx.on_behalf(&actor.scope.at(moment), |tx| write(tx, &work))?;
        let (made, updated, sold) = written;
        for ((number, _), purchase) in work.sales.iter().zip(sold) {
            if purchase.reverses_id.is_none() {
                known.bought.insert(*number, purchase);
            } else {
                known.bought.remove(number);
            }
        }
        let numbers = work.customers.iter().map(|(number, _)| *number);
        known.customers.extend(
            numbers
                .zip(made)
                .filter_map(|(number, customer)| Some((number?, (who, customer)))),
        );
        for ((number, _), customer) in work.changes.iter().zip(updated) {
            known
                .customers
                .entry(*number)
                .and_modify(|(_, known)| *known = customer);
        }
    }
    Ok(())
}

fn prepare(
    maker: &mut Maker,
    actors: &[Actor],
    who: usize,
    deeds: &[Deed],
    Known {
        customers: known, ..
    }: &Known,
    moment: Instant,
) -> Work {
    let team = actors.get(who).map_or(2, |actor| actor.team);
    let own: Vec<&Customer> = known
        .values()
        .filter(|(owner, _)| *owner == who)
        .map(|(_, customer)| customer)
        .collect();
    let mut work = Work::default();
    for deed in deeds {
        match *deed {
            Deed::Other(role, named) => work
                .customers
                .push((None, maker.other(role, named, team, moment))),
            Deed::Company(number) => work
                .customers
                .push((Some(number), maker.company(team, &own, moment))),
            Deed::Person(number) => work
                .customers
                .push((Some(number), maker.person(team, &own, moment))),
            Deed::Meet(number) => {
                let new = work
                    .customers
                    .iter()
                    .position(|(of, _)| *of == Some(number));
                let place = new
                    .map(Ok)
                    .or_else(|| known.get(&number).map(|(_, customer)| Err(customer.id)));
                if let Some(place) = place {
                    let others: Vec<&Customer> = own
                        .iter()
                        .copied()
                        .filter(|customer| Err(customer.id) != place)
                        .collect();
                    work.people.push((place, maker.contact(&others, moment)));
                }
            }
            Deed::Sell(..) | Deed::TakeBack(_) => {}
            Deed::Change(number, turn) => {
                if let Some((_, customer)) = known.get(&number) {
                    let patch = change(maker, actors, customer, turn);
                    work.changes.push((
                        number,
                        Change {
                            id: customer.id,
                            version: customer.version,
                            patch,
                        },
                    ));
                }
            }
        }
    }
    work
}

/// What a session sells and takes back, on the day that it is there.
fn trade(
    shop: &mut Shop,
    zone: &str,
    seller: Id<User>,
    deeds: &[Deed],
    known: &Known,
    moment: Instant,
) -> Vec<(usize, NewPurchase)> {
    let day = moment.day_in(zone);
    // Whoever has handed a customer over sells to it no more.
    let own = |number: usize| {
        let (_, customer) = known.customers.get(&number)?;
        Some(customer).filter(|customer| customer.owner_id == Some(seller))
    };
    let sale = |deed: &Deed| match *deed {
        Deed::Sell(number, size) => Some((number, shop.sale(own(number)?, seller, day, size))),
        Deed::TakeBack(number) => {
            own(number)?;
            Some((number, shop.back(known.bought.get(&number)?, day)?))
        }
        _ => None,
    };
    deeds.iter().filter_map(sale).collect()
}

fn change(maker: &mut Maker, actors: &[Actor], customer: &Customer, turn: Turn) -> Value {
    let words = maker.words;
    match turn {
        Turn::Closer => {
            let steps = RelationshipType::ALL;
            let at = steps
                .iter()
                .position(|step| customer.relationship_type == Some(*step))
                .unwrap_or(0);
            json!({ "relationship_type": steps.get(at + 1).or(steps.last()) })
        }
        Turn::Credit => {
            json!({ "credit_limit": maker.money(5_000, 60_000), "credit_days": maker.random.one(&[30, 45, 60]) })
        }
        Turn::Note => json!({ "note": maker.say(words.notes) }),
        Turn::Label => {
            let mut tags = customer.tag_ids.clone();
            let tag = *maker.random.one(&maker.tags.clone());
            if !tags.contains(&tag) {
                tags.push(tag);
            }
            json!({ "tag_ids": tags })
        }
        Turn::Plan => json!({ "switching_plan": maker.say(words.plans), "bond_level": "social" }),
        Turn::HandOver => {
            let mut colleague = actors
                .iter()
                .filter(|actor| actor.team < 2 && Some(actor.id) != customer.owner_id);
            let same = |actor: &&Actor| {
                actors
                    .iter()
                    .any(|owner| Some(owner.id) == customer.owner_id && owner.team == actor.team)
            };
            json!({ "owner_id": colleague.find(same).map(|actor| actor.id) })
        }
    }
}

/// What came of it: new customers, changed ones, and what was sold.
type Written = (Vec<Customer>, Vec<Customer>, Vec<Purchase>);

fn write(tx: &mut Tx<'_>, work: &Work) -> Result<Written, Error> {
    let drafts: Vec<NewCustomer> = work
        .customers
        .iter()
        .map(|(_, draft)| draft.clone())
        .collect();
    let made = if drafts.is_empty() {
        Vec::new()
    } else {
        resource::create::<Customer>(tx, &drafts)?
    };
    let mut people = Vec::with_capacity(work.people.len());
    for (place, draft) in &work.people {
        let customer = match place {
            Ok(at) => made
                .get(*at)
                .map(|customer| customer.id)
                .unwrap_or_default(),
            Err(id) => *id,
        };
        let mut draft = draft.clone();
        if let Some(position) = draft.positions.first_mut() {
            position.customer_id = customer;
        }
        people.push(draft);
    }
    if !people.is_empty() {
        resource::create::<Contact>(tx, &people)?;
    }
    let changes: Vec<Change<Customer>> = work
        .changes
        .iter()
        .map(|(_, change)| change.clone())
        .collect();
    let updated = if changes.is_empty() {
        Vec::new()
    } else {
        resource::update::<Customer>(tx, &changes)?
    };
    let sales: Vec<NewPurchase> = work.sales.iter().map(|(_, draft)| draft.clone()).collect();
    let sold = if sales.is_empty() {
        Vec::new()
    } else {
        resource::create::<Purchase>(tx, &sales)?
    };
    Ok((made, updated, sold))
}

#[cfg(test)]
mod tests {
    use perennial_domain::text::Language;

    use super::*;
    use crate::demo::words;

    #[test]
    fn the_same_story_is_told_each_time() {
        for language in Language::ALL {
            let words = words::of(language);
            assert_eq!(plan(words, 240), plan(words, 240));
            let deeds: usize = plan(words, 240).values().map(Vec::len).sum();
            assert!((2_000..5_000).contains(&deeds), "{deeds}");
            assert!(
                plan(words, 240)
                    .keys()
                    .all(|(week, who)| (0..WEEKS).contains(week) && *who < 5)
            );
        }
    }
}
