//! References between records: declared once, checked before a write, compared with the databases' foreign keys by a test.

use std::collections::{BTreeMap, BTreeSet};

use diesel::sql_types::Binary;
use perennial_domain::field::{Field, Kind};
use perennial_domain::problem::{FieldError, Invalid};
use serde_json::Value;
use uuid::Uuid;

use crate::column::Key;
use crate::dialect::hold_named;
use crate::resource::ENTRIES;
use crate::sql::Sql;
use crate::{Read, Result, Stored};

/// A column that names a row of another table, within the organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The table that holds the column.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The table it names a row of.
    pub target: &'static str,
    /// What becomes of the row that names when the named one goes for good.
    pub purge: Purge,
}

/// What becomes of a row when the one it names goes for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purge {
    /// It is a part of that one and goes with it.
    Follow,
    /// It names nothing from then on.
    Forget,
    /// The named one stays as long as this one is there.
    Hold,
    /// The named one never goes.
    Keep,
}

macro_rules! reference {
    ($($table:ident.$column:ident -> $target:ident, $purge:ident;)*) => {
        /// Every reference there is. A foreign key that is missing here, or here and not there, fails a test.
        pub const REFERENCES: &[Reference] = &[$(Reference {
            table: stringify!($table), column: stringify!($column), target: stringify!($target), purge: Purge::$purge,
        }),*];
    };
}
reference! {
    role_permissions.role_id -> roles, Keep;
    role_fields.role_id -> roles, Keep;
    teams.parent_id -> teams, Forget;
    users.role_id -> roles, Keep;
    team_members.team_id -> teams, Follow;
    team_members.user_id -> users, Keep;
    refresh_tokens.user_id -> users, Keep;
    password_resets.user_id -> users, Keep;
    customers.owner_id -> users, Keep;
    customers.parent_id -> customers, Forget;
    customer_roles.customer_id -> customers, Follow;
    customer_tags.customer_id -> customers, Follow;
    customer_tags.tag_id -> tags, Follow;
    customer_influences.customer_id -> customers, Follow;
    customer_influences.influenced_id -> customers, Follow;
    customer_figures.customer_id -> customers, Follow;
    product_categories.parent_id -> product_categories, Forget;
    products.category_id -> product_categories, Forget;
    contacts.creator_id -> users, Keep;
    positions.contact_id -> contacts, Follow;
    positions.customer_id -> customers, Follow;
    identifiers.customer_id -> customers, Follow;
    identifiers.contact_id -> contacts, Follow;
    timeline_entries.customer_id -> customers, Follow;
    purchases.customer_id -> customers, Hold;
    purchases.reverses_id -> purchases, Hold;
    purchases.seller_id -> users, Keep;
    purchase_lines.purchase_id -> purchases, Follow;
    purchase_lines.product_id -> products, Hold;
    purchase_lines.reverses -> purchase_lines, Keep;
}

/// A record that a draft names: where in the draft, of which resource, which.
type Named = (String, &'static str, Uuid);

/// The records that a draft names, in its own fields and in its parts.
fn named<R: Stored>(draft: &R::Draft) -> Vec<Named> {
    let mut found = Vec::new();
    let draft = serde_json::to_value(draft).unwrap_or_default();
    named_by(R::FIELDS, &draft, "", &mut found);
    found
}

fn named_by(fields: &'static [Field], object: &Value, pointer: &str, found: &mut Vec<Named>) {
    let parse = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
    for field in fields.iter().filter(|field| field.written) {
        let (value, pointer) = (&object[field.name], format!("{pointer}/{}", field.name));
        let rows = value.as_array().into_iter().flatten().enumerate();
        match field.kind {
            Kind::Reference(target) => found.extend(parse(value).map(|id| (pointer, target, id))),
            Kind::References(target) => found.extend(rows.filter_map(|(at, value)| {
                Some((format!("{pointer}/{at}"), target, parse(value)?))
            })),
            Kind::Parts(fields) => {
                rows.for_each(|(at, row)| named_by(fields, row, &format!("{pointer}/{at}"), found));
            }
            _ => {}
        }
    }
}

/// Refuses drafts that newly name a record which is not there, or which this user may not see.
pub(crate) fn check<R: Stored>(
    read: &mut Read<'_>,
    drafts: &[(&R::Draft, Option<&R::Draft>)],
) -> Result<()> {
    let mut asked: BTreeMap<&'static str, BTreeSet<Uuid>> = BTreeMap::new();
    let mut new = Vec::new();
    for (draft, old) in drafts {
        let known: BTreeSet<(&str, Uuid)> = old
            .iter()
            .flat_map(|old| named::<R>(old))
            .map(|(_, target, id)| (target, id))
            .collect();
        new.extend(
            named::<R>(draft)
                .into_iter()
                .filter(|(_, target, id)| !known.contains(&(*target, *id))),
        );
    }
    for (_, target, id) in &new {
        asked.entry(target).or_default().insert(*id);
    }
    let mut missing = BTreeSet::new();
    for (target, ids) in asked {
        let there = visible(read, target, &ids)?;
        missing.extend(ids.difference(&there).copied());
    }
    let fault = |(pointer, _, id): &Named| {
        missing
            .contains(id)
            .then(|| FieldError::new(pointer.clone(), "not_found"))
    };
    let faults: Vec<FieldError> = new.iter().filter_map(fault).collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Invalid(faults).into())
    }
}

/// Which of these records of a resource are there for this user.
fn visible(
    read: &mut Read<'_>,
    target: &'static str,
    ids: &BTreeSet<Uuid>,
) -> Result<BTreeSet<Uuid>> {
    let entry = ENTRIES.iter().find(|entry| entry.plural == target);
    let condition = entry.map_or_else(Sql::never, |entry| (entry.nameable)(read.scope));
    let sql = Sql::text("SELECT id FROM ")
        .name(target)
        .then(" WHERE organization = ")
        .bind(read.organization());
    let sql = sql
        .then(" AND deleted_at IS NULL AND ")
        .piece(condition)
        .then(" AND id IN ")
        .among(ids.iter().copied())
        .piece(hold_named(read.connection));
    let there: Vec<Key> = sql.rows::<Binary, _>(read.connection)?;
    Ok(there.into_iter().map(|key| key.0).collect())
}
