//! Contacts: their row, their positions and identifiers. Who sees a customer sees the people there.

use std::collections::BTreeMap;

use diesel::sql_types::Binary;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use perennial_domain::contact::{BuyingRole, Contact, ContactType, NewContact, Position};
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
use crate::references::Named;
use crate::resource::{self, Stored, grouped, stamp};
use crate::schema::{contacts, positions};
use crate::sql::Sql;
use crate::{Error, Read, Result, Scope, Tx, search};

#[derive(diesel::Queryable, diesel::Insertable)]
#[diesel(table_name = contacts, treat_none_as_default_value = false)]
struct Row {
    organization: i64,
    id: Key,
    name: String,
    name_sort: String,
    contact_type: Option<W<ContactType>>,
    birth_year: Option<i64>,
    household: Option<String>,
    occupation: Option<String>,
    income_band: Option<String>,
    facts: String,
    creator_id: Option<Key>,
    version: i64,
    created_at: chrono::NaiveDateTime,
    updated_at: chrono::NaiveDateTime,
    deleted_at: Option<chrono::NaiveDateTime>,
    change_set: Option<Key>,
}

/// What lives and dies with the row and is never searched for.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Facts {
    preferences: Option<String>,
    consents: Vec<Consent>,
    note: Option<String>,
}

impl Facts {
    fn of(contact: &Contact) -> Result<String> {
        let facts = Self {
            preferences: contact.preferences.clone(),
            consents: contact.consents.clone(),
            note: contact.note.clone(),
        };
        serde_json::to_string(&facts).map_err(|error| Error::Database(error.to_string()))
    }
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
    since: Option<Date>,
    until: Option<Date>,
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
                since: position.since,
                until: position.until,
            });
        }
    }
    insert_many!(tx.connection, positions::table, rows);
    Ok(())
}

type PositionValues = (Key, Key, String, W<BuyingRole>, Option<Date>, Option<Date>);

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
                since,
                until,
            },
        )
    };
    Ok(grouped(rows.into_iter().map(position)))
}

/// The customers that a contact works at now, beside a row of `contacts`.
const WORKS_NOW: &str = "SELECT 1 FROM positions JOIN customers ON customers.organization = positions.organization AND customers.id = positions.customer_id \
     WHERE positions.organization = contacts.organization AND positions.contact_id = contacts.id AND positions.until IS NULL AND customers.deleted_at IS NULL";

impl Stored for Contact {
    fn load(
        connection: &mut AnyConnection,
        organization: i64,
        condition: Sql,
        order: Sql,
        limit: i64,
    ) -> Result<Vec<Self>> {
        let rows: Vec<Row> = contacts::table
            .filter(contacts::organization.eq(organization))
            .filter(condition)
            .order_by(order)
            .limit(limit)
            .load(connection)?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<Key> = rows.iter().map(|row| row.id).collect();
        let mut positions = load_positions(connection, organization, &keys)?;
        let mut identifiers = identifiers::load(connection, organization, Party::Contact, &keys)?;
        let contact = |row: Row| {
            let facts: Facts = serde_json::from_str(&row.facts).unwrap_or_default();
            let contact = Self {
                name: row.name,
                positions: positions.remove(&row.id.0).unwrap_or_default(),
                identifiers: identifiers.remove(&row.id.0).unwrap_or_default(),
                contact_type: row.contact_type.map(|word| word.0),
                birth_year: row.birth_year,
                household: row.household,
                occupation: row.occupation,
                income_band: row.income_band,
                preferences: facts.preferences,
                consents: facts.consents,
                note: facts.note,
                ..Self::default()
            };
            contact.stamped(
                row.id.into(),
                &stamp(row.version, row.created_at, row.updated_at, row.deleted_at),
            )
        };
        Ok(rows.into_iter().map(contact).collect())
    }

    fn insert(tx: &mut Tx<'_>, new: &[Self]) -> Result<()> {
        let (organization, change_set, creator) = (
            tx.organization(),
            tx.change_set()?,
            Key::from(tx.scope.user),
        );
        let row = |contact: &Self| {
            Ok(Row {
                organization,
                id: contact.id.into(),
                name: contact.name.clone(),
                name_sort: words::sort_key(&contact.name),
                contact_type: contact.contact_type.map(W),
                birth_year: contact.birth_year,
                household: contact.household.clone(),
                occupation: contact.occupation.clone(),
                income_band: contact.income_band.clone(),
                facts: Facts::of(contact)?,
                creator_id: Some(creator),
                version: contact.version,
                created_at: contact.created_at.naive(),
                updated_at: contact.updated_at.naive(),
                deleted_at: None,
                change_set: Some(change_set),
            })
        };
        let rows: Vec<Row> = new.iter().map(row).collect::<Result<_>>()?;
        insert_many!(tx.connection, contacts::table, rows);
        insert_positions(tx, new)?;
        identifiers::insert(
            tx,
            Party::Contact,
            new.iter()
                .map(|contact| (contact.id.into(), contact.identifiers.as_slice())),
        )
    }

    fn replace(tx: &mut Tx<'_>, old: &Self, new: &Self) -> Result<bool> {
        use contacts::dsl as c;
        let (organization, id, change_set) =
            (tx.organization(), Key::from(new.id), tx.change_set()?);
        let one = contacts::table
            .find((organization, id))
            .filter(c::version.eq(old.version));
        let set = (
            c::name.eq(&new.name),
            c::name_sort.eq(words::sort_key(&new.name)),
            c::contact_type.eq(new.contact_type.map(W)),
            c::birth_year.eq(new.birth_year),
            c::household.eq(&new.household),
            c::occupation.eq(&new.occupation),
            c::income_band.eq(&new.income_band),
            c::facts.eq(Facts::of(new)?),
            c::version.eq(new.version),
            c::updated_at.eq(new.updated_at.naive()),
            c::change_set.eq(Some(change_set)),
        );
        if diesel::update(one).set(set).execute(tx.connection)? != 1 {
            return Ok(false);
        }
        if old.positions != new.positions {
            diesel::delete(
                positions::table
                    .filter(positions::organization.eq(organization))
                    .filter(positions::contact_id.eq(id)),
            )
            .execute(tx.connection)?;
            insert_positions(tx, std::slice::from_ref(new))?;
        }
        if old.identifiers != new.identifiers {
            identifiers::replace(tx, Party::Contact, id, &new.identifiers)?;
        }
        Ok(true)
    }

    /// A contact is seen by whoever sees one of its customers now; one that has none, by its maker.
    fn visible(scope: &Scope, action: Action) -> Sql {
        if scope.level(Self::AREA, action) == Level::All
            && scope.level(Customer::AREA, Action::Read) == Level::All
        {
            return Sql::always();
        }
        let now = WORKS_NOW;
        let theirs = Sql::text("EXISTS (")
            .then(now)
            .then(" AND ")
            .piece(scope.owner_condition(Self::AREA, action, "customers", "owner_id"));
        let theirs = theirs
            .then(" AND ")
            .piece(scope.owner_condition(Customer::AREA, Action::Read, "customers", "owner_id"))
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

    fn named_in_parts(draft: &NewContact) -> Vec<Named> {
        let named = draft.positions.iter().enumerate();
        named
            .map(|(at, position)| {
                (
                    format!("/positions/{at}/customer_id"),
                    Customer::PLURAL,
                    position.customer_id.uuid(),
                )
            })
            .collect()
    }

    fn hide(tx: &mut Tx<'_>, rows: &[Self], hidden: bool) -> Result<()> {
        identifiers::hide(
            tx,
            Party::Contact,
            &rows.iter().map(|row| row.id.into()).collect::<Vec<_>>(),
            hidden,
        )
    }

    fn title(&self) -> &str {
        &self.name
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
pub(crate) fn owners(tx: &mut Tx<'_>, contacts: &[Key]) -> Result<BTreeMap<Uuid, Vec<Key>>> {
    let organization = tx.organization();
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
                .rows::<(Binary, Binary), (Key, Key)>(tx.connection)?,
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
        people.extend(Contact::load(
            tx.connection,
            organization,
            there,
            order,
            i64::MAX,
        )?);
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
