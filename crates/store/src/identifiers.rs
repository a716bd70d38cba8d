//! What parties are known by: e-mail addresses, phone numbers, ids in other systems. Of customers and of contacts.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use perennial_domain::customer::Customer;
use perennial_domain::field::Resource;
use perennial_domain::phone;
use perennial_domain::touch::{Identifier, IdentifierKind};
use uuid::Uuid;

use crate::column::{Key, W};
use crate::connection::AnyConnection;
use crate::dialect::insert_many;
use crate::resource::{clear_parts, grouped};
use crate::schema::identifiers;
use crate::sql::Sql;
use crate::{Result, Tx};

/// Which of the two columns names the party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Party {
    Customer,
    Contact,
}

impl Party {
    /// The party that a resource is.
    pub(crate) fn of(resource: &str) -> Self {
        if resource == Customer::PLURAL {
            Self::Customer
        } else {
            Self::Contact
        }
    }

    pub(crate) const fn column(self) -> &'static str {
        match self {
            Self::Customer => "customer_id",
            Self::Contact => "contact_id",
        }
    }
}

#[derive(diesel::Insertable)]
#[diesel(table_name = identifiers, treat_none_as_default_value = false)]
struct Row {
    organization: i64,
    customer_id: Option<Key>,
    contact_id: Option<Key>,
    place: i64,
    kind: W<IdentifierKind>,
    system: String,
    value: String,
    match_key: String,
    e164: Option<String>,
    live: bool,
    id: Key,
}

type Values = (Option<Key>, Option<Key>, W<IdentifierKind>, String, String);

/// The identifiers of parties, in the order they were given.
pub(crate) fn load(
    connection: &mut AnyConnection,
    organization: i64,
    party: Party,
    parties: &[Key],
) -> Result<std::collections::BTreeMap<Uuid, Vec<Identifier>>> {
    let condition = Sql::default()
        .column("identifiers", party.column())
        .then(" IN ")
        .among(parties.iter().copied());
    let rows: Vec<Values> = identifiers::table
        .filter(identifiers::organization.eq(organization))
        .filter(condition)
        .order_by(identifiers::place)
        .select((
            identifiers::customer_id,
            identifiers::contact_id,
            identifiers::kind,
            identifiers::system,
            identifiers::value,
        ))
        .load(connection)?;
    let each = |(customer, contact, kind, system, value): Values| {
        Some((
            customer.or(contact)?,
            Identifier {
                kind: kind.0,
                system,
                value,
            },
        ))
    };
    Ok(grouped(rows.into_iter().filter_map(each)))
}

/// Inserts the identifiers of new parties.
pub(crate) fn insert<R: Resource>(
    tx: &mut Tx<'_>,
    party: Party,
    parties: &[R],
    of: impl Fn(&R) -> &Vec<Identifier>,
) -> Result<()> {
    let organization = tx.organization();
    let mut rows = Vec::new();
    for owner in parties {
        let key = Key::from(owner.id());
        for (place, identifier) in of(owner).iter().enumerate() {
            let e164 = match identifier.kind {
                IdentifierKind::Mobile | IdentifierKind::Phone | IdentifierKind::Fax => {
                    phone::e164(&identifier.value, tx.scope.country())
                }
                IdentifierKind::Email | IdentifierKind::External => None,
            };
            rows.push(Row {
                organization,
                customer_id: (party == Party::Customer).then_some(key),
                contact_id: (party == Party::Contact).then_some(key),
                place: i64::try_from(place).unwrap_or(i64::MAX),
                kind: W(identifier.kind),
                system: identifier.system.clone(),
                value: identifier.value.clone(),
                match_key: match_key(identifier, e164.as_deref()),
                e164,
                live: true,
                id: Key(tx.new_key()),
            });
        }
    }
    insert_many!(tx.connection, identifiers::table, rows);
    Ok(())
}

/// Puts the identifiers of changed parties in the place of those that they had.
pub(crate) fn replace<R: Resource>(
    tx: &mut Tx<'_>,
    party: Party,
    changed: &[(R, R)],
    of: impl Fn(&R) -> &Vec<Identifier>,
) -> Result<()> {
    let others = clear_parts(
        tx,
        changed,
        |party| of(party).clone(),
        ("identifiers", party.column()),
    )?;
    insert(tx, party, &others, of)
}

/// Lets identifiers follow their deleted or restored parties.
pub(crate) fn hide(tx: &mut Tx<'_>, party: Party, owners: &[Key], hidden: bool) -> Result<()> {
    let sql = Sql::text("UPDATE identifiers SET live = ")
        .bind(!hidden)
        .then(" WHERE organization = ")
        .bind(tx.organization());
    sql.then(" AND ")
        .column("identifiers", party.column())
        .then(" IN ")
        .among(owners.iter().copied())
        .execute(tx.connection)?;
    Ok(())
}

/// What two spellings of one identifier have in common.
fn match_key(identifier: &Identifier, e164: Option<&str>) -> String {
    match (identifier.kind, e164) {
        (_, Some(e164)) => e164.to_owned(),
        (IdentifierKind::Email, _) => identifier.value.trim().to_lowercase(),
        (IdentifierKind::External, _) => identifier.value.clone(),
        _ => identifier
            .value
            .chars()
            .filter(char::is_ascii_digit)
            .collect(),
    }
}

/// What an identifier may be matched by that somebody writes so.
pub(crate) fn spellings(text: &str, country: &str) -> Vec<String> {
    let mut spellings = vec![text.to_owned(), text.to_lowercase()];
    if !text.contains(char::is_alphabetic) {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        spellings.extend(phone::e164(text, country));
        spellings.extend(Some(digits).filter(|digits| !digits.is_empty()));
    }
    spellings
}
