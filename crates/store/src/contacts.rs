//! Contacts: their row, their positions and identifiers. Who sees a customer sees the people there.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::sql_types::Binary;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use perennial_domain::contact::{BuyingRole, Contact, ContactType, Position};
use perennial_domain::customer::Customer;
use perennial_domain::field::Resource;
use perennial_domain::page::Page;
use perennial_domain::query::ListQuery;
use perennial_domain::rights::{Action, Level};
use perennial_domain::touch::Consent;
use perennial_domain::{Date, Id, search as words};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::column::{Key, W};
use crate::connection::AnyConnection;
use crate::dialect::{CHUNK, insert_many};
use crate::identifiers::{self, Party};
use crate::resource::{self, Stored, clear_parts, grouped, json, keys, of_json, row};
use crate::schema::{contacts, positions};
use crate::sql::Sql;
use crate::{Read, Result, Scope, Tx, search};

row! {
    struct Row of Contact in contacts {
        name: String,
        name_sort: String = |_, contact| Ok(words::sort_key(&contact.name)),
        contact_type: Option<W<ContactType>>,
        birth_year: Option<i64>,
        household: Option<String>,
        occupation: Option<String>,
        income_band: Option<String>,
        facts: String = |_, contact| json(&Facts {
            preferences: contact.preferences.clone(),
            consents: contact.consents.clone(),
            note: contact.note.clone(),
        }),
        #[diesel(skip_update)]
        creator_id: Option<Key> = |tx, _| Ok(Some(tx.scope.user.into())),
    }
    read |row, contact| {
        let facts: Facts = of_json(&row.facts)?;
        contact.preferences = facts.preferences;
        contact.consents = facts.consents;
        contact.note = facts.note;
        Ok(())
    }
}

/// What lives and dies with the row and is never searched for.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Facts {
    preferences: Option<String>,
    consents: Vec<Consent>,
    note: Option<String>,
}

#[derive(diesel::Insertable)]
#[diesel(table_name = positions, treat_none_as_default_value = false)]
struct PositionRow {
    organization: i64,
    contact_id: Key,
    place: i64,
    customer_id: Key,
    title: String,
    buying_role: W<BuyingRole>,
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
}

fn insert_positions(tx: &mut Tx<'_>, contacts: &[Contact]) -> Result<()> {
    let organization = tx.organization();
    let mut rows = Vec::new();
    for contact in contacts {
        for (place, position) in contact.positions.iter().enumerate() {
            rows.push(PositionRow {
                organization,
                contact_id: contact.id.into(),
                place: i64::try_from(place).unwrap_or(i64::MAX),
                customer_id: position.customer_id.into(),
                title: position.title.clone(),
                buying_role: W(position.buying_role),
                since: position.since.map(Date::naive),
                until: position.until.map(Date::naive),
            });
        }
    }
    insert_many!(tx.connection, positions::table, rows);
    Ok(())
}

type PositionValues = (
    Key,
    Key,
    String,
    W<BuyingRole>,
    Option<NaiveDate>,
    Option<NaiveDate>,
);

fn load_positions(
    connection: &mut AnyConnection,
    organization: i64,
    keys: &[Key],
) -> Result<BTreeMap<Uuid, Vec<Position>>> {
    let rows: Vec<PositionValues> = positions::table
        .filter(positions::organization.eq(organization))
        .filter(
            Sql::default()
                .column("positions", "contact_id")
                .then(" IN ")
                .among(keys.iter().copied()),
        )
        .order_by(positions::place)
        .select((
            positions::contact_id,
            positions::customer_id,
            positions::title,
            positions::buying_role,
            positions::since,
            positions::until,
        ))
        .load(connection)?;
    let position = |(contact, customer, title, buying_role, since, until): PositionValues| {
        (
            contact,
            Position {
                customer_id: customer.into(),
                title,
                buying_role: buying_role.0,
                since: since.map(Date::from),
                until: until.map(Date::from),
            },
        )
    };
    Ok(grouped(rows.into_iter().map(position)))
}

/// The customers that a contact works at now, beside a row of `contacts`.
const WORKS_NOW: &str = "SELECT 1 FROM positions JOIN customers ON customers.organization = positions.organization AND customers.id = positions.customer_id \
     WHERE positions.organization = contacts.organization AND positions.contact_id = contacts.id AND positions.until IS NULL AND customers.deleted_at IS NULL";

impl Stored for Contact {
    const FOUND: bool = true;

    fn hang(read: &mut Read<'_>, rows: &mut [Self]) -> Result<()> {
        let (connection, organization) = read.parts();
        let keys = keys(rows);
        let mut positions = load_positions(connection, organization, &keys)?;
        let mut identifiers = identifiers::load(connection, organization, Party::Contact, &keys)?;
        for contact in rows {
            let key = contact.id.uuid();
            contact.positions = positions.remove(&key).unwrap_or_default();
            contact.identifiers = identifiers.remove(&key).unwrap_or_default();
        }
        Ok(())
    }

    fn insert_parts(tx: &mut Tx<'_>, new: &[Self]) -> Result<()> {
        insert_positions(tx, new)?;
        identifiers::insert(tx, Party::Contact, new, |contact| &contact.identifiers)
    }

    fn replace_parts(tx: &mut Tx<'_>, changed: &[(Self, Self)]) -> Result<()> {
        let positions = |contact: &Self| contact.positions.clone();
        let others = clear_parts(tx, changed, positions, ("positions", "contact_id"))?;
        insert_positions(tx, &others)?;
        identifiers::replace(tx, Party::Contact, changed, |contact| &contact.identifiers)
    }

    /// A contact is seen by whoever sees one of its customers now; one that has none, by its maker.
    fn visible(scope: &Scope, action: Action) -> Sql {
        if scope.level(Self::AREA, action) == Level::All
            && scope.level(Customer::AREA, Action::Read) == Level::All
        {
            return Sql::always();
        }
        let now = WORKS_NOW;
        let means = [(Self::AREA, action), (Customer::AREA, Action::Read)];
        let theirs = Sql::text("EXISTS (")
            .then(now)
            .then(" AND ")
            .piece(scope.owner_condition(&means, "customers", "owner_id"))
            .then(")");
        let own = Sql::text("(contacts.creator_id = ")
            .bind(Key::from(scope.user))
            .then(" AND NOT EXISTS (")
            .then(now)
            .then("))");
        if scope.level(Self::AREA, action) == Level::None {
            Sql::never()
        } else {
            Sql::join(" OR ", "FALSE", [theirs, own])
        }
    }

    fn reach(scope: &Scope) -> Option<Sql> {
        if Self::visible(scope, Action::Read).is_always() {
            return None;
        }
        let reach = Sql::text(
            "SELECT p.contact_id AS key FROM customers CROSS JOIN positions p WHERE p.organization = customers.organization AND p.customer_id = customers.id \
             AND p.until IS NULL AND customers.organization = ",
        );
        let means = [(Self::AREA, Action::Read), (Customer::AREA, Action::Read)];
        let of_customers = reach
            .bind(scope.organization())
            .then(" AND ")
            .piece(scope.owner_condition(&means, "customers", "owner_id"));
        let own = of_customers
            .then(" UNION SELECT id FROM contacts WHERE organization = ")
            .bind(scope.organization())
            .then(" AND creator_id = ")
            .bind(Key::from(scope.user));
        Some(own)
    }

    fn hide(tx: &mut Tx<'_>, rows: &[Self], hidden: bool) -> Result<()> {
        identifiers::hide(tx, Party::Contact, &keys(rows), hidden)
    }

    fn title(&self) -> &str {
        &self.name
    }

    fn subtitle(&self, _scope: &Scope) -> String {
        let mut now = self
            .positions
            .iter()
            .filter(|position| position.until.is_none());
        now.next()
            .map_or_else(String::new, |position| position.title.clone())
    }

    fn customers(&self) -> Vec<Id<Customer>> {
        let mut customers: Vec<Id<Customer>> = self
            .positions
            .iter()
            .filter(|position| position.until.is_none())
            .map(|position| position.customer_id)
            .collect();
        customers.sort_unstable();
        customers.dedup();
        customers
    }

    fn document(&self) -> Option<String> {
        let titles: Vec<&str> = self
            .positions
            .iter()
            .map(|position| position.title.as_str())
            .collect();
        let details: Vec<&str> = self
            .identifiers
            .iter()
            .map(|identifier| identifier.value.as_str())
            .collect();
        Some(search::words_of(&[&self.name], &titles, &details))
    }
}

/// Who sees contacts by owning a customer that they work at now; one that works nowhere is seen by its maker. What
/// [`Stored::visible`] asks of a row, as words for the search.
pub(crate) fn owners(read: &mut Read<'_>, contacts: &[Key]) -> Result<BTreeMap<Uuid, Vec<Key>>> {
    let organization = read.organization();
    let mut found = Vec::new();
    for chunk in contacts.chunks(CHUNK) {
        let own = |column: &'static str| {
            Sql::default()
                .then(" WHERE organization = ")
                .bind(organization)
                .then(" AND ")
                .name(column)
                .then(" IN ")
                .among(chunk.iter().copied())
        };
        let working = Sql::text("SELECT p.contact_id, c.owner_id FROM (SELECT organization, contact_id, customer_id FROM positions")
            .piece(own("contact_id"))
            .then(" AND until IS NULL) p JOIN customers c ON c.organization = p.organization AND c.id = p.customer_id WHERE c.owner_id IS NOT NULL AND c.deleted_at IS NULL");
        let alone = Sql::text(" UNION ALL SELECT id, creator_id FROM contacts")
            .piece(own("id"))
            .then(" AND creator_id IS NOT NULL AND NOT EXISTS (")
            .then(WORKS_NOW)
            .then(")");
        found.extend(
            working
                .piece(alone)
                .rows::<(Binary, Binary), (Key, Key)>(read.connection)?,
        );
    }
    Ok(grouped(found))
}

/// The people that work at any of these customers now.
pub(crate) fn working_at(tx: &mut Tx<'_>, customers: &[Key]) -> Result<Vec<Contact>> {
    let organization = tx.organization();
    let mut people = Vec::new();
    for chunk in customers.chunks(CHUNK) {
        let there = Sql::text("contacts.deleted_at IS NULL AND contacts.id IN (SELECT p.contact_id FROM positions p WHERE p.organization = ")
            .bind(organization)
            .then(" AND p.until IS NULL AND p.customer_id IN ")
            .among(chunk.iter().copied())
            .then(")");
        let order = Sql::default().column(Contact::PLURAL, "id");
        people.extend(Contact::load(tx, there, order, i64::MAX)?);
    }
    Ok(people)
}

/// The people that work at a customer now, by name.
///
/// # Errors
/// [`Error::NotFound`] where this user sees no such customer.
pub fn of_customer(
    read: &mut Read<'_>,
    customer: Id<Customer>,
    query: &ListQuery,
) -> Result<Page<Contact>> {
    resource::require::<Customer>(read, customer)?;
    let there = Sql::text("EXISTS (SELECT 1 FROM positions p WHERE p.organization = contacts.organization AND p.contact_id = contacts.id AND p.until IS NULL AND p.customer_id = ")
        .bind(Key::from(customer))
        .then(")");
    resource::list_under(read, query, there)
}
