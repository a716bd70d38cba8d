//! Customers, as they were on the day they became known.

use std::collections::BTreeMap;

use perennial_domain::customer::{
    BondLevel, Consumption, Customer, CustomerKind, CustomerRole, Influence, LeadSource,
    NewCustomer, Occasion, OccasionKind, RelationshipType, SwitchingCost, SwitchingCostKind,
};
use perennial_domain::tag::Tag;
use perennial_domain::touch::{Address, AddressKind, Channel, Consent, Identifier, IdentifierKind};
use perennial_domain::{Date, Decimal, Id, Instant, Money};

use super::random::Random;
use super::words::{City, Named, Trade, Words};

/// Makes up customers and contacts; no two companies have one name.
pub(super) struct Maker {
    /// What they are made of.
    pub(super) words: &'static Words,
    /// What decides.
    pub(super) random: Random,
    /// The labels there are.
    pub(super) tags: Vec<Id<Tag>>,
    taken: BTreeMap<String, u32>,
}

impl Maker {
    /// Ready to make up.
    pub(super) fn new(words: &'static Words, tags: Vec<Id<Tag>>) -> Self {
        Self {
            words,
            random: Random::new(20_240_601),
            tags,
            taken: BTreeMap::new(),
        }
    }

    /// A company of a team's cities; sometimes a branch of one that its owner knows already.
    pub(super) fn company(
        &mut self,
        team: usize,
        known: &[&Customer],
        moment: Instant,
    ) -> NewCustomer {
        let (words, city) = (self.words, self.city(team));
        let parent = self.parent(known);
        let industry = parent.and_then(|parent| parent.industry.as_deref());
        let trade = match words
            .trades
            .iter()
            .find(|trade| Some(trade.industry) == industry)
        {
            Some(trade) => trade,
            None => self.random.mostly(words.trades),
        };
        let (name, host) = self.company_name(city, trade, parent);
        let host = format!("{}.example", self.free(host));
        let name = self.free(&name);
        let mut customer = self.party(name, city, moment);
        customer
            .identifiers
            .push(identifier(IdentifierKind::Email, format!("info@{host}")));
        customer.roles = vec![if trade.resells {
            CustomerRole::Channel
        } else {
            CustomerRole::EndBuyer
        }];
        if self.random.chance(6) {
            customer.roles.push(CustomerRole::Partner);
        }
        customer.parent_id = parent.map(|parent| parent.id);
        customer.industry = Some(trade.industry.to_owned());
        customer.employees = Some(self.random.between(trade.employees.0, trade.employees.1));
        self.relate(&mut customer, trade, moment);
        if self.random.chance(8) && !known.is_empty() {
            let of = self.random.one(known).id;
            customer.influences = vec![Influence {
                customer_id: of,
                note: self.say(words.influences),
            }];
        }
        customer
    }

    /// A company that could have a branch, if one is wanted: hotels, restaurants and shops do.
    fn parent<'a>(&mut self, known: &[&'a Customer]) -> Option<&'a Customer> {
        let trades = self.words.trades.iter().take(4);
        let has_branches = |customer: &&&Customer| {
            let industry = customer.industry.as_deref();
            customer.parent_id.is_none()
                && trades.clone().any(|trade| industry == Some(trade.industry))
        };
        let parents: Vec<&Customer> = known.iter().filter(has_branches).copied().collect();
        let wanted = !parents.is_empty() && self.random.chance(14);
        wanted.then(|| *self.random.one(&parents))
    }

    /// A name that no company has yet, if one is found, and a name for its host.
    fn company_name(
        &mut self,
        city: &City,
        trade: &Trade,
        parent: Option<&Customer>,
    ) -> (String, &'static str) {
        let words = self.words;
        let mut tries = 0;
        loop {
            let (brand, host): Named = *self.random.one(words.brands);
            let name = match parent {
                Some(parent) => (words.company)("", &parent.name, &self.say(words.branches)),
                None => (words.company)(city.name, brand, &self.say(trade.endings)),
            };
            tries += 1;
            if tries > 20 || !self.taken.contains_key(&name) {
                return (name, host);
            }
        }
    }

    /// A person who buys for the household.
    pub(super) fn person(
        &mut self,
        team: usize,
        known: &[&Customer],
        moment: Instant,
    ) -> NewCustomer {
        let (words, city) = (self.words, self.city(team));
        let (name, email) = self.name();
        let mut customer = self.party(name, city, moment);
        customer.kind = CustomerKind::Person;
        customer.identifiers = vec![
            identifier(
                IdentifierKind::Mobile,
                (words.mobile)(city.dial, self.random.between(0, 9_999)),
            ),
            identifier(IdentifierKind::Email, format!("{email}@mail.example")),
        ];
        customer
            .addresses
            .iter_mut()
            .for_each(|address| address.kind = AddressKind::Home);
        customer.roles = vec![CustomerRole::EndBuyer];
        customer.preferences = Some(self.say(words.tastes));
        if let Some(birthday) = Date::of(
            i32::try_from(self.random.between(1955, 2000)).unwrap_or(1980),
            u32::try_from(self.random.between(1, 12)).unwrap_or(1),
            u32::try_from(self.random.between(1, 28)).unwrap_or(1),
        ) {
            customer.occasions = vec![Occasion {
                kind: OccasionKind::Birthday,
                on: birthday,
                note: String::new(),
            }];
        }
        customer.acquisition_source = Some(*self.random.mostly(&[
            LeadSource::ChainReferral,
            LeadSource::SocialMedia,
            LeadSource::Event,
            LeadSource::FriendsFamily,
            LeadSource::Web,
        ]));
        customer.relationship_type = Some(RelationshipType::Transactional);
        customer.bond_level = Some(
            *self
                .random
                .mostly(&[BondLevel::Financial, BondLevel::Social]),
        );
        if self.random.chance(15) && !known.is_empty() {
            let of = self.random.one(known).id;
            customer.influences = vec![Influence {
                customer_id: of,
                note: self.say(words.influences),
            }];
        }
        customer
    }

    /// Somebody who does not buy: suppliers, competitors, partners, authorities, media.
    pub(super) fn other(
        &mut self,
        role: CustomerRole,
        (name, host): Named,
        team: usize,
        moment: Instant,
    ) -> NewCustomer {
        let city = self.city(team);
        let mut customer = self.party(name.to_owned(), city, moment);
        customer.roles = vec![role];
        customer.tag_ids.clear();
        customer.identifiers.push(identifier(
            IdentifierKind::Email,
            format!("office@{host}.example"),
        ));
        customer
    }

    fn party(&mut self, name: String, city: &City, moment: Instant) -> NewCustomer {
        let words = self.words;
        let street = self.random.one(words.streets);
        let address = Address {
            kind: AddressKind::Office,
            street: (words.street)(street, self.random.between(1, 388)),
            city: city.name.to_owned(),
            region: city.region.to_owned(),
            postal_code: format!("{}{:02}", city.postal, self.random.between(1, 60)),
            country: words.country.to_owned(),
        };
        let mut customer = NewCustomer {
            name,
            identifiers: vec![identifier(
                IdentifierKind::Phone,
                (words.phone)(city.dial, self.random.between(100, 9_999)),
            )],
            addresses: vec![address],
            ..NewCustomer::default()
        };
        if self.random.chance(45) {
            customer.tag_ids = vec![*self.random.one(&self.tags.clone())];
        }
        if self.random.chance(35) {
            customer.note = Some(self.say(words.notes));
        }
        if self.random.chance(60) {
            customer.consents = self.consents(&[Channel::Email, Channel::Phone], moment);
        }
        customer
    }

    /// How close a company is, what it buys and on what terms.
    fn relate(&mut self, customer: &mut NewCustomer, trade: &Trade, moment: Instant) {
        use LeadSource::{
            Advertising, ChainReferral, Directory, Event, Meeting, Partner, Phone, SalesPromotion,
            Web,
        };
        let words = self.words;
        customer.acquisition_source = Some(*self.random.mostly(&[
            ChainReferral,
            Meeting,
            Web,
            Event,
            Phone,
            Partner,
            Directory,
            Advertising,
            SalesPromotion,
        ]));
        if self.random.chance(50) {
            customer.acquisition_cost = Some(self.money(50, 900));
        }
        customer.relationship_type = Some(*self.random.mostly(&[
            RelationshipType::Transactional,
            RelationshipType::PreferredSupplier,
            RelationshipType::Partnership,
        ]));
        customer.bond_level = Some(*self.random.mostly(&[
            BondLevel::Financial,
            BondLevel::Social,
            BondLevel::Structural,
        ]));
        if self.random.chance(70) {
            customer.credit_days = Some(*self.random.mostly(&[30, 0, 15, 45, 60]));
            customer.credit_limit = Some(self.money(1_000, 30_000));
            customer.pay_day = Some(*self.random.one(&[5, 10, 15, 20, 25, 28]));
        }
        if self.random.chance(55) {
            customer.preferences = Some(self.say(words.likes));
        }
        for (item, unit, least) in trade
            .goods
            .iter()
            .take(usize::try_from(self.random.between(0, 2)).unwrap_or(0))
        {
            let per_month = least * self.random.between(1, 6);
            customer.consumption.push(Consumption {
                item: (*item).to_owned(),
                unit: (*unit).to_owned(),
                per_month: Some(whole(per_month)),
                on_hand: Some(whole(per_month * self.random.between(0, 15) / 10)),
                as_of: Some(moment.day()),
            });
        }
        if self.random.chance(30) {
            let day = |days: i64| moment.plus_seconds(-days * 86_400).day();
            let founded = day(self.random.between(400, 9_000));
            customer.occasions.push(Occasion {
                kind: OccasionKind::Founded,
                on: founded,
                note: self.words.occasions[0].to_owned(),
            });
            if self.random.chance(40) {
                customer.occasions.push(Occasion {
                    kind: OccasionKind::Contract,
                    on: day(-self.random.between(60, 330)),
                    note: self.words.occasions[1].to_owned(),
                });
            }
        }
        if self.random.chance(25) {
            let kinds = SwitchingCostKind::ALL.iter().zip(words.switching);
            for (kind, notes) in kinds.take(usize::try_from(self.random.between(1, 3)).unwrap_or(1))
            {
                let amount = self.random.chance(70).then(|| self.money(200, 8_000));
                customer.switching_costs.push(SwitchingCost {
                    kind: *kind,
                    amount,
                    note: self.say(notes),
                });
            }
            customer.switching_plan = Some(self.say(words.plans));
        }
    }

    /// Whether somebody may be addressed, by some of these channels.
    pub(super) fn consents(&mut self, channels: &[Channel], moment: Instant) -> Vec<Consent> {
        let mut consents = Vec::new();
        for channel in channels {
            if self.random.chance(70) {
                let granted = self.random.chance(85);
                consents.push(Consent {
                    channel: *channel,
                    granted,
                    at: Some(moment),
                    source: self.say(self.words.consents),
                });
            }
        }
        consents
    }

    /// A person's name, and how it is written before the @ of an address that nobody else has.
    pub(super) fn name(&mut self) -> (String, String) {
        let (family, family_plain): Named = *self.random.one(self.words.family);
        let (given, given_plain): Named = *self.random.one(self.words.given);
        let name = (self.words.person)(family, given);
        (name, self.free(&format!("{given_plain}.{family_plain}")))
    }

    /// One of several sentences.
    pub(super) fn say(&mut self, of: &[&str]) -> String {
        (*self.random.one(of)).to_owned()
    }

    /// An amount of the organization's money.
    pub(super) fn money(&mut self, least: i64, greatest: i64) -> Money {
        let amount = self.random.between(least, greatest) / 50 * 50 * self.words.money;
        Money {
            amount: whole(amount.max(50)),
            currency: self.words.currency.parse().unwrap_or_default(),
        }
    }

    /// A city of a team's.
    pub(super) fn city(&mut self, team: usize) -> &'static City {
        let cities: Vec<&'static City> = self
            .words
            .cities
            .iter()
            .filter(|city| team > 1 || city.team == team)
            .collect();
        let city: &&'static City = self.random.mostly(&cities);
        city
    }

    /// The text, with a number behind it if it is taken.
    fn free(&mut self, text: &str) -> String {
        let times = self.taken.entry(text.to_owned()).or_default();
        *times += 1;
        if *times == 1 {
            text.to_owned()
        } else {
            format!("{text}{times}")
        }
    }
}

fn whole(number: i64) -> Decimal {
    Decimal::from_ten_thousandths(number * 10_000)
}

/// An e-mail address or a number.
pub(super) fn identifier(kind: IdentifierKind, value: String) -> Identifier {
    Identifier {
        kind,
        system: String::new(),
        value,
    }
}
