//! What an import asks before it writes: which of its rows are there already. Any number of rows in one statement a
//! question, and only what the user may see.

use std::collections::{BTreeMap, BTreeSet};

use diesel::sql_types::{Binary, Text};
use perennial_domain::Id;
use perennial_domain::contact::Contact;
use perennial_domain::customer::Customer;
use perennial_domain::rights::Action;
use uuid::Uuid;

use crate::column::Key;
use crate::identifiers::Party;
use crate::resource::ENTRIES;
use crate::sql::Sql;
use crate::{Read, Result, Stored};

/// The parties that another system knows by these ids.
///
/// # Errors
/// Whatever the database says.
pub fn by_external_id<R: Stored>(
    read: &mut Read<'_>,
    system: &str,
    values: &[String],
) -> Result<Vec<R>> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let party = Party::of(R::PLURAL).column();
    let known = Sql::default()
        .column(R::PLURAL, "id")
        .then(" IN (SELECT ")
        .column("identifiers", party)
        .then(" FROM identifiers WHERE identifiers.organization = ")
        .bind(read.organization())
        .then(" AND identifiers.kind = 'external' AND identifiers.live AND identifiers.system = ")
        .bind(system)
        // What an external id is matched by is itself, and that has the index.
        .then(" AND identifiers.match_key IN ")
        .list(values.iter().map(String::as_str))
        .then(")");
    load(read, known)
}

/// The customers of these codes.
///
/// # Errors
/// Whatever the database says.
pub fn customers_by_code(read: &mut Read<'_>, codes: &[String]) -> Result<Vec<Customer>> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let condition = Sql::default()
        .column("customers", "code")
        .then(" IN ")
        .list(codes.iter().map(String::as_str));
    load(read, condition)
}

/// The customers of exactly these names; of one name there may be several.
///
/// # Errors
/// Whatever the database says.
pub fn customers_by_name(read: &mut Read<'_>, names: &[String]) -> Result<Vec<Customer>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    load(read, by_name::<Customer>(names))
}

/// The contacts of exactly these names who work at one of these customers now, or nowhere.
///
/// # Errors
/// Whatever the database says.
pub fn contacts_by_name(
    read: &mut Read<'_>,
    names: &[String],
    customers: &[Id<Customer>],
) -> Result<Vec<Contact>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let now = "EXISTS (SELECT 1 FROM positions p WHERE p.organization = contacts.organization \
               AND p.contact_id = contacts.id AND p.until IS NULL";
    let nowhere = Sql::text("NOT ").then(now).then(")");
    let there = Sql::text(now)
        .then(" AND p.customer_id IN ")
        .list(customers.iter().copied().map(Key::from))
        .then(")");
    let place = Sql::join(" OR ", "FALSE", [there, nowhere]);
    load(read, by_name::<Contact>(names).and(place))
}

/// The records of a resource that the user may name and that are called so, by what they are called: their code or
/// e-mail address, where the resource has one, or else their exact name.
///
/// # Errors
/// Whatever the database says.
pub fn called(
    read: &mut Read<'_>,
    resource: &str,
    names: BTreeSet<String>,
) -> Result<BTreeMap<String, Vec<Uuid>>> {
    let Some(entry) = ENTRIES.iter().find(|entry| entry.plural == resource) else {
        return Ok(BTreeMap::new());
    };
    let mut fields = entry.fields.iter().map(|field| field.name);
    let own = fields.find(|name| ["code", "email"].contains(name));
    let (table, own) = (entry.plural, own.unwrap_or("name"));
    // E-mail addresses are kept in lower case.
    let spelled = |name: &String| {
        if own == "email" {
            name.to_lowercase()
        } else {
            name.clone()
        }
    };
    let sql = Sql::text("SELECT ")
        .column(table, "id")
        .then(", ")
        .column(table, own)
        .then(", ")
        .column(table, "name")
        .then(" FROM ")
        .name(table)
        .then(" WHERE ")
        .column(table, "organization")
        .then(" = ")
        .bind(read.organization())
        .then(" AND ")
        .column(table, "deleted_at")
        .then(" IS NULL AND ")
        .piece((entry.nameable)(read.scope))
        .then(" AND (")
        .column(table, own)
        .then(" IN ")
        .list(names.iter().map(spelled))
        .then(" OR ")
        .column(table, "name")
        .then(" IN ")
        .list(names.iter().map(String::as_str))
        .then(")");
    let rows: Vec<(Key, String, String)> = sql.rows::<(Binary, Text, Text), _>(read.connection)?;
    let of = |name: String| {
        let spelled = spelled(&name);
        let those = |is: &dyn Fn(&(Key, String, String)) -> bool| {
            rows.iter()
                .filter(|row| is(row))
                .map(|row| row.0.0)
                .collect()
        };
        let mut ids: Vec<Uuid> = those(&|row| row.1 == spelled);
        if ids.is_empty() {
            ids = those(&|row| row.2 == name);
        }
        (name, ids)
    };
    Ok(names.into_iter().map(of).collect())
}

/// The rows of one of these names.
fn by_name<R: Stored>(names: &[String]) -> Sql {
    let name = Sql::default().column(R::PLURAL, "name");
    name.then(" IN ").list(names.iter().map(String::as_str))
}

/// The live rows that the user may see and that meet a condition.
fn load<R: Stored>(read: &mut Read<'_>, condition: Sql) -> Result<Vec<R>> {
    let live = Sql::default()
        .column(R::PLURAL, "deleted_at")
        .then(" IS NULL");
    let condition = R::visible(read.scope, Action::Read)
        .and(live)
        .and(condition);
    let order = Sql::default().column(R::PLURAL, "id");
    R::load(read, condition, order, i64::MAX)
}
