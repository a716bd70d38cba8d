//! What an import asks before it writes: which of its rows are there already. Any number of rows in one statement a
//! question, and only what the user may see.

use diesel::sql_types::{Binary, Text};
use perennial_domain::Id;
use perennial_domain::contact::Contact;
use perennial_domain::customer::Customer;
use perennial_domain::field::Resource;
use perennial_domain::rights::Action;

use crate::column::Key;
use crate::sql::Sql;
use crate::{Read, Result, Stored};

/// What tells a customer from others, without the rest of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerKey {
    /// Its key.
    pub id: Id<Customer>,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

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
    let party = if R::PLURAL == Customer::PLURAL {
        "customer_id"
    } else {
        "contact_id"
    };
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

/// What tells the customers apart that have one of these texts as their code or their exact name.
///
/// # Errors
/// Whatever the database says.
pub fn customer_keys(read: &mut Read<'_>, texts: &[String]) -> Result<Vec<CustomerKey>> {
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Key, String, String)> = Sql::text(
        "SELECT customers.id, customers.code, customers.name FROM customers WHERE customers.organization = ",
    )
    .bind(read.organization())
    .then(" AND customers.deleted_at IS NULL AND ")
    .piece(Customer::visible(read.scope, Action::Read))
    .then(" AND (customers.code IN ")
    .list(texts.iter().map(String::as_str))
    .then(" OR ")
    .piece(by_name::<Customer>(texts))
    .then(")")
    .rows::<(Binary, Text, Text), _>(read.connection)?;
    let key = |(id, code, name): (Key, String, String)| CustomerKey {
        id: id.into(),
        code,
        name,
    };
    Ok(rows.into_iter().map(key).collect())
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
