//! Which rows are there already.

use std::collections::{BTreeMap, BTreeSet};

use perennial_domain::Id;
use perennial_domain::contact::Contact;
use perennial_domain::customer::Customer;
use perennial_domain::field::Resource;
use perennial_domain::touch::{Identifier, IdentifierKind};
use perennial_store::{Error, Read, Stored, import};
use serde_json::{Map, json};

use super::Refusal;
use super::called::{Called, fault};
use super::columns::{Columns, Target};
use super::merge;
use super::row::Row;

/// What a row is about.
#[derive(Clone, Debug)]
pub struct Match<R> {
    /// The record as it is; none where it is new.
    pub old: Option<R>,
    /// The customer that a contact belongs to.
    pub customer: Option<Id<Customer>>,
    /// Whether nothing but a name says so: neither a code nor an external id.
    pub by_name: bool,
}

/// A resource that can be imported.
pub trait Party: Stored {
    /// What a row can give so that no name has to tell whom it is about.
    const TOLD_BY: &'static str;

    /// What it is known by.
    fn identifiers(&self) -> &[Identifier];

    /// What each row is about, or why that cannot be said.
    ///
    /// # Errors
    /// Whatever the database says.
    fn matches(
        read: &mut Read<'_>,
        columns: &Columns,
        rows: &[Row],
    ) -> Result<Vec<Result<Match<Self>, Refusal>>, Error>;

    /// Adds what only this resource has to what is written of a row.
    fn complete(found: &Match<Self>, row: &Row, body: &mut Map<String, serde_json::Value>);
}

impl Party for Customer {
    const TOLD_BY: &'static str = "a code or an external id";

    fn identifiers(&self) -> &[Identifier] {
        &self.identifiers
    }

    /// By external id, else by code, else, where the row has none, by exact name.
    fn matches(
        read: &mut Read<'_>,
        columns: &Columns,
        rows: &[Row],
    ) -> Result<Vec<Result<Match<Self>, Refusal>>, Error> {
        let known = by_external_id::<Self>(read, columns, rows)?;
        let codes = import::customers_by_code(read, &distinct(rows.iter().filter_map(Row::code)))?;
        let codes: BTreeMap<String, Self> = codes
            .into_iter()
            .map(|customer| (customer.code.clone(), customer))
            .collect();
        let nameless = rows
            .iter()
            .filter(|row| row.code().is_none())
            .filter_map(Row::name);
        let names = grouped(
            import::customers_by_name(read, &distinct(nameless))?,
            |customer| customer.name.clone(),
        );
        let each = |row: &Row| {
            let (found, by_name) =
                match (row.external_id().and_then(|id| known.get(id)), row.code()) {
                    (Some(customer), _) => (Some(customer), false),
                    (None, Some(code)) => (codes.get(code), false),
                    (None, None) => only(columns, row, candidates(&names, row))?,
                };
            Ok(Match {
                old: found.cloned(),
                customer: None,
                by_name,
            })
        };
        Ok(rows.iter().map(each).collect())
    }

    fn complete(found: &Match<Self>, row: &Row, body: &mut Map<String, serde_json::Value>) {
        if !row.address.is_empty() {
            let known = found
                .old
                .as_ref()
                .map_or(&[][..], |customer| &customer.addresses);
            body.insert(
                "addresses".into(),
                json!(merge::addresses(known, &row.address)),
            );
        }
    }
}

impl Party for Contact {
    const TOLD_BY: &'static str = "an external id";

    fn identifiers(&self) -> &[Identifier] {
        &self.identifiers
    }

    /// By external id, else by customer and exact name.
    fn matches(
        read: &mut Read<'_>,
        columns: &Columns,
        rows: &[Row],
    ) -> Result<Vec<Result<Match<Self>, Refusal>>, Error> {
        let known = by_external_id::<Self>(read, columns, rows)?;
        let customers = Called::find(
            read,
            rows.iter()
                .filter_map(|row| Some((Customer::PLURAL, row.customer.as_deref()?))),
        )?;
        let ids: Vec<Id<Customer>> = customers.all(Customer::PLURAL).map(Id::new).collect();
        let names =
            import::contacts_by_name(read, &distinct(rows.iter().filter_map(Row::name)), &ids)?;
        let names = grouped(names, |contact| contact.name.clone());
        let each = |row: &Row| {
            let customer = at(columns, row, &customers)?;
            let now = |contact: &&Self| {
                let mut places = contact
                    .positions
                    .iter()
                    .filter(|position| position.until.is_none());
                match customer {
                    Some(customer) => places.any(|position| position.customer_id == customer),
                    None => places.next().is_none(),
                }
            };
            let (found, by_name) = match row.external_id().and_then(|id| known.get(id)) {
                Some(contact) => (Some(contact), false),
                None => only(columns, row, candidates(&names, row).filter(now))?,
            };
            Ok(Match {
                old: found.cloned(),
                customer,
                by_name,
            })
        };
        Ok(rows.iter().map(each).collect())
    }

    fn complete(found: &Match<Self>, row: &Row, body: &mut Map<String, serde_json::Value>) {
        if found.customer.is_some() {
            let known = found
                .old
                .as_ref()
                .map_or(&[][..], |contact| &contact.positions);
            body.insert(
                "positions".into(),
                json!(merge::positions(known, found.customer, row)),
            );
        }
    }
}

/// The customer that a contact's row names.
fn at(columns: &Columns, row: &Row, customers: &Called) -> Result<Option<Id<Customer>>, Refusal> {
    let Some(text) = row.customer.as_deref() else {
        return Ok(None);
    };
    let found = customers.one(Customer::PLURAL, text).map(Id::new);
    found.map(Some).map_err(|fault| {
        let heading = columns.heading_of(|target| matches!(target, Target::Customer));
        Refusal::new(row.line, heading, fault)
    })
}

/// The records that the rows' external ids name, by these.
fn by_external_id<R: Party>(
    read: &mut Read<'_>,
    columns: &Columns,
    rows: &[Row],
) -> Result<BTreeMap<String, R>, Error> {
    let found = import::by_external_id::<R>(
        read,
        &columns.system,
        &distinct(rows.iter().filter_map(Row::external_id)),
    )?;
    Ok(found
        .into_iter()
        .filter_map(|record| Some((external_id(&record, columns)?.to_owned(), record)))
        .collect())
}

/// A record's id in the system that the file comes from.
fn external_id<'a, R: Party>(record: &'a R, columns: &Columns) -> Option<&'a str> {
    let of_system = |identifier: &&Identifier| {
        identifier.kind == IdentifierKind::External && identifier.system == columns.system
    };
    record
        .identifiers()
        .iter()
        .find(of_system)
        .map(|identifier| identifier.value.as_str())
}

fn candidates<'a, R>(
    names: &'a BTreeMap<String, Vec<R>>,
    row: &Row,
) -> impl Iterator<Item = &'a R> {
    row.name()
        .and_then(|name| names.get(name))
        .into_iter()
        .flatten()
}

/// The one record of a row's name, and whether that name decides. Who has another external id in the file's system is
/// somebody else.
fn only<'a, R: Party>(
    columns: &Columns,
    row: &Row,
    candidates: impl Iterator<Item = &'a R>,
) -> Result<(Option<&'a R>, bool), Refusal> {
    let mut candidates = candidates
        .filter(|record| row.external_id().is_none() || external_id(*record, columns).is_none());
    match (candidates.next(), candidates.next()) {
        (Some(_), Some(_)) => {
            let reason = format!("several records have this name; give {}", R::TOLD_BY);
            Err(unclear(columns, row, reason))
        }
        (found, _) => Ok((found, found.is_some() || row.external_id().is_none())),
    }
}

/// The refusal of a row whose name does not tell whom it is about.
pub fn unclear(columns: &Columns, row: &Row, reason: String) -> Refusal {
    let heading =
        columns.heading_of(|target| matches!(target, Target::Field(field) if field.name == "name"));
    Refusal::new(row.line, heading, fault("ambiguous", reason))
}

fn distinct<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    texts
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(str::to_owned)
        .collect()
}

fn grouped<R>(records: Vec<R>, key: impl Fn(&R) -> String) -> BTreeMap<String, Vec<R>> {
    let mut groups: BTreeMap<String, Vec<R>> = BTreeMap::new();
    for record in records {
        groups.entry(key(&record)).or_default().push(record);
    }
    groups
}
