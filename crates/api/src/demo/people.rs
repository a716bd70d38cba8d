//! Contacts: people at customers.

use perennial_domain::Instant;
use perennial_domain::contact::{BuyingRole, ContactType, NewContact, Position};
use perennial_domain::customer::Customer;
use perennial_domain::touch::{Channel, IdentifierKind};

use super::parties::{Maker, identifier};

impl Maker {
    /// Somebody who works at a customer that is yet to be named; sometimes after years at another one.
    pub(super) fn contact(&mut self, before: &[&Customer], moment: Instant) -> NewContact {
        let words = self.words;
        let (name, email) = self.name();
        let (title, buying_role): (&str, BuyingRole) = *self.random.mostly(words.titles);
        let day = |days: i64| moment.plus_seconds(-days * 86_400).day();
        let since = self.random.between(90, 3_000);
        let mut position = Position {
            title: title.to_owned(),
            buying_role,
            ..Position::default()
        };
        if self.random.chance(60) {
            position.since = Some(day(since));
        }
        let mut contact = NewContact {
            name,
            positions: vec![position],
            ..NewContact::default()
        };
        if self.random.chance(7) && !before.is_empty() {
            let (customer, (title, _)) = (*self.random.one(before), *self.random.one(words.titles));
            contact.positions.push(Position {
                customer_id: customer.id,
                title: title.to_owned(),
                buying_role: BuyingRole::Unknown,
                since: Some(day(since + self.random.between(300, 2_000))),
                until: Some(day(since + 10)),
            });
        }
        contact.identifiers.push(identifier(
            IdentifierKind::Mobile,
            (words.mobile)(self.city(2).dial, self.random.between(0, 9_999)),
        ));
        if self.random.chance(75) {
            contact.identifiers.push(identifier(
                IdentifierKind::Email,
                format!("{email}@mail.example"),
            ));
        }
        if self.random.chance(55) {
            contact.contact_type = Some(*self.random.one(ContactType::ALL));
        }
        if self.random.chance(40) {
            contact.note = Some(self.say(words.remarks));
        }
        contact.consents = self.consents(
            &[Channel::Email, Channel::Phone, Channel::Profiling],
            moment,
        );
        let profiled = contact
            .consents
            .iter()
            .any(|consent| consent.channel == Channel::Profiling && consent.granted);
        if profiled {
            contact.birth_year = Some(self.random.between(1960, 2001));
            contact.preferences = Some(self.say(words.tastes));
            if self.random.chance(40) {
                contact.occupation = Some(self.say(words.occupations));
                contact.household = Some(self.say(words.households));
                contact.income_band = Some(self.say(words.incomes));
            }
        }
        contact
    }
}
