//! What an import asks before it writes: which records its rows mean, and which others they name. Any number of rows in one
//! statement a question, and only what the user may see.

use std::collections::{BTreeMap, BTreeSet};

use diesel::sql_types::{Binary, Text};
use perennial_domain::Id;
use perennial_domain::contact::Contact;
use perennial_domain::customer::Customer;
use perennial_domain::field::Resource;
use perennial_domain::resources;
use perennial_domain::rights::Action;
use uuid::Uuid;

use crate::column::Key;
use crate::identifiers::Party;
use crate::resource::ENTRIES;
use crate::sql::Sql;
use crate::{Read, Result, Stored};

/// What a record is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// Its id in another system.
    External,
    /// A field of its own.
    Field(&'static str),
}

/// Records by what they are known by; of one name there may be several.
pub type Known = BTreeMap<String, Vec<Uuid>>;

/// Fields whose value names one record alone, the surest first.
const OWN: [&str; 3] = ["code", "email", "standard"];

/// The records of a resource that the user may name and that are known so. External ids are those of `system`.
///
/// # Errors
/// Whatever the database says.
pub fn known(
    read: &mut Read<'_>,
    resource: &str,
    by: By,
    system: &str,
    texts: &BTreeSet<String>,
) -> Result<Known> {
    known_under(read, resource, by, system, texts, Sql::always())
}

fn known_under(
    read: &mut Read<'_>,
    resource: &str,
    by: By,
    system: &str,
    texts: &BTreeSet<String>,
    condition: Sql,
) -> Result<Known> {
    let entry = ENTRIES.iter().find(|entry| entry.plural == resource);
    let Some(entry) = entry.filter(|_| !texts.is_empty()) else {
        return Ok(Known::new());
    };
    let (table, organization) = (entry.plural, read.organization());
    let (holder, column) = match by {
        // What an external id is matched by is itself, and that has the index.
        By::External => ("identifiers", "match_key"),
        By::Field(field) => (table, field),
    };
    // E-mail addresses are kept in lower case.
    let spelled = |text: &String| match by {
        By::Field("email") => text.to_lowercase(),
        _ => text.clone(),
    };
    let mut sql = Sql::text("SELECT ")
        .column(holder, column)
        .then(", ")
        .column(table, "id")
        .then(" FROM ")
        .name(table);
    if by == By::External {
        sql = sql
            .then(" JOIN identifiers ON identifiers.organization = ")
            .bind(organization)
            .then(
                " AND identifiers.kind = 'external' AND identifiers.live AND identifiers.system = ",
            )
            .bind(system)
            .then(" AND ")
            .column("identifiers", Party::of(table).column())
            .then(" = ")
            .column(table, "id");
    }
    let rows: Vec<(String, Key)> = sql
        .then(" WHERE ")
        .column(table, "organization")
        .then(" = ")
        .bind(organization)
        .then(" AND ")
        .column(table, "deleted_at")
        .then(" IS NULL AND ")
        .piece((entry.nameable)(read.scope))
        .then(" AND ")
        .column(holder, column)
        .then(" IN ")
        .list(texts.iter().map(spelled))
        .then(" AND ")
        .piece(condition)
        .rows::<(Text, Binary), _>(read.connection)?;
    let mut found = Known::new();
    for (text, key) in rows {
        found.entry(text).or_default().push(key.0);
    }
    let each = |text: &String| Some((text.clone(), found.get(&spelled(text))?.clone()));
    Ok(texts.iter().filter_map(each).collect())
}

/// The contacts of exactly these names who work at one of these customers now, or nowhere.
///
/// # Errors
/// Whatever the database says.
pub fn contacts_by_name(
    read: &mut Read<'_>,
    names: &BTreeSet<String>,
    customers: &[Id<Customer>],
) -> Result<Known> {
    let now = "EXISTS (SELECT 1 FROM positions p WHERE p.organization = contacts.organization \
               AND p.contact_id = contacts.id AND p.until IS NULL";
    let nowhere = Sql::text("NOT ").then(now).then(")");
    let there = Sql::text(now)
        .then(" AND p.customer_id IN ")
        .list(customers.iter().copied().map(Key::from))
        .then(")");
    let place = Sql::join(" OR ", "FALSE", [there, nowhere]);
    known_under(read, Contact::PLURAL, By::Field("name"), "", names, place)
}

/// The records of a resource that the user may name and that are called so: by code, e-mail address or standard role, by
/// their id in `system`, or else by exact name, as far as the resource has these.
///
/// # Errors
/// Whatever the database says.
pub fn called(
    read: &mut Read<'_>,
    resource: &str,
    system: &str,
    mut texts: BTreeSet<String>,
) -> Result<Known> {
    let about = resources::named(resource);
    let has =
        |name: &str| about.is_some_and(|about| about.fields.iter().any(|field| field.name == name));
    let own = OWN.into_iter().filter(|name| has(name)).map(By::Field);
    let external = (has("identifiers") && !system.is_empty()).then_some(By::External);
    let name = has("name").then_some(By::Field("name"));
    let mut found = Known::new();
    for by in own.chain(external).chain(name) {
        let these = known(read, resource, by, system, &texts)?;
        texts.retain(|text| !these.contains_key(text));
        found.extend(these);
    }
    Ok(found)
}

/// Those of these records that live and that the user may see, by their keys.
///
/// # Errors
/// Whatever the database says.
pub fn records<R: Stored>(
    read: &mut Read<'_>,
    keys: impl IntoIterator<Item = Uuid>,
) -> Result<BTreeMap<Uuid, R>> {
    let keys: BTreeSet<Uuid> = keys.into_iter().collect();
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let live = Sql::default()
        .column(R::PLURAL, "deleted_at")
        .then(" IS NULL");
    let those = Sql::default()
        .column(R::PLURAL, "id")
        .then(" IN ")
        .among(keys);
    let condition = R::visible(read.scope, Action::Read).and(live).and(those);
    let order = Sql::default().column(R::PLURAL, "id");
    let rows = R::load(read, condition, order, i64::MAX)?;
    Ok(rows.into_iter().map(|row| (row.id().uuid(), row)).collect())
}
