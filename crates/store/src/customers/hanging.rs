//! What hangs on customers' rows: roles, tags, influences, identifiers, figures.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper};
use perennial_domain::Id;
use perennial_domain::customer::{Customer, CustomerFigures, CustomerRole, Influence};
use perennial_domain::field::Resource;
use perennial_domain::purchase::Purchase;
use perennial_domain::rights::Action;
use perennial_domain::tag::Tag;
use perennial_domain::touch::Identifier;
use uuid::Uuid;

use crate::column::{Key, W};
use crate::dialect::insert_many;
use crate::identifiers::{self, Party};
use crate::resource::grouped;
use crate::schema::{customer_figures, customer_influences, customer_roles, customer_tags};
use crate::sql::Sql;
use crate::{Read, Result, Tx, figures};

#[derive(diesel::Insertable)]
#[diesel(table_name = customer_roles, treat_none_as_default_value = false)]
struct RoleRow {
    organization: i64,
    customer_id: Key,
    role: W<CustomerRole>,
}

#[derive(diesel::Insertable)]
#[diesel(table_name = customer_tags, treat_none_as_default_value = false)]
struct TagRow {
    organization: i64,
    customer_id: Key,
    tag_id: Key,
}

#[derive(diesel::Insertable)]
#[diesel(table_name = customer_influences, treat_none_as_default_value = false)]
struct InfluenceRow {
    organization: i64,
    customer_id: Key,
    influenced_id: Key,
    note: String,
}

/// What hangs on the rows of a page: one statement a table, whatever the page's length.
pub(super) struct Hanging {
    roles: BTreeMap<Uuid, Vec<CustomerRole>>,
    tags: BTreeMap<Uuid, Vec<Id<Tag>>>,
    influences: BTreeMap<Uuid, Vec<Influence>>,
    identifiers: BTreeMap<Uuid, Vec<Identifier>>,
    figures: BTreeMap<Uuid, Vec<CustomerFigures>>,
    /// The owners of whose customers the user may see the purchases; none where it may see everybody's.
    buyers_of: Option<BTreeSet<Key>>,
}

impl Hanging {
    pub(super) fn load(read: &mut Read<'_>, keys: &[Key]) -> Result<Self> {
        let (connection, organization) = read.parts();
        let of = |table: &'static str| {
            Sql::default()
                .column(table, "customer_id")
                .then(" IN ")
                .among(keys.iter().copied())
        };
        let roles: Vec<(Key, W<CustomerRole>)> = customer_roles::table
            .filter(customer_roles::organization.eq(organization))
            .filter(of("customer_roles"))
            .select((customer_roles::customer_id, customer_roles::role))
            .load(connection)?;
        let mut tags: Vec<(Key, Key)> = customer_tags::table
            .filter(customer_tags::organization.eq(organization))
            .filter(of("customer_tags"))
            .select((customer_tags::customer_id, customer_tags::tag_id))
            .load(connection)?;
        let mut influences: Vec<(Key, Key, String)> = customer_influences::table
            .filter(customer_influences::organization.eq(organization))
            .filter(of("customer_influences"))
            .select((
                customer_influences::customer_id,
                customer_influences::influenced_id,
                customer_influences::note,
            ))
            .load(connection)?;
        let figures: Vec<figures::Row> = customer_figures::table
            .filter(customer_figures::organization.eq(read.organization()))
            .filter(of("customer_figures"))
            .select(figures::Row::as_select())
            .load(read.connection)?;
        let currency = read.scope.currency();
        let figures = figures
            .into_iter()
            .map(|row| (row.customer_id, row.figures(currency)));
        // Ordered here: asked to, SQLite walks the whole organization in the order of another index.
        tags.sort_unstable();
        influences.sort_unstable();
        let mut roles = grouped(roles.into_iter().map(|(customer, role)| (customer, role.0)));
        roles.values_mut().for_each(|roles| roles.sort_unstable());
        Ok(Self {
            roles,
            tags: grouped(
                tags.into_iter()
                    .map(|(customer, tag)| (customer, Id::from(tag))),
            ),
            influences: grouped(influences.into_iter().map(|(customer, influenced, note)| {
                (
                    customer,
                    Influence {
                        customer_id: influenced.into(),
                        note,
                    },
                )
            })),
            identifiers: identifiers::load(read.connection, organization, Party::Customer, keys)?,
            figures: grouped(figures),
            buyers_of: read.scope.owners(&[(Purchase::AREA, Action::Read)]),
        })
    }

    pub(super) fn onto(&mut self, rows: &mut [Customer]) {
        for customer in rows {
            let of = customer.id.uuid();
            customer.roles = self.roles.remove(&of).unwrap_or_default();
            customer.tag_ids = self.tags.remove(&of).unwrap_or_default();
            customer.influences = self.influences.remove(&of).unwrap_or_default();
            customer.identifiers = self.identifiers.remove(&of).unwrap_or_default();
            let figures = self
                .figures
                .remove(&of)
                .and_then(|mut figures| figures.pop());
            customer.figures = figures.unwrap_or_default();
            let owner = customer.owner_id.map(Key::from);
            let seen = |owners: &BTreeSet<Key>| owner.is_some_and(|owner| owners.contains(&owner));
            if !self.buyers_of.as_ref().is_none_or(seen) {
                customer.figures.sales = None;
            }
        }
    }
}

/// Inserts roles, tags and influences of new or emptied customers.
pub(super) fn insert_sets(tx: &mut Tx<'_>, customers: &[Customer]) -> Result<()> {
    let organization = tx.organization();
    let (mut roles, mut tags, mut influences) = (Vec::new(), Vec::new(), Vec::new());
    for customer in customers {
        let customer_id = Key::from(customer.id);
        roles.extend(distinct(&customer.roles).map(|role| RoleRow {
            organization,
            customer_id,
            role: W(*role),
        }));
        tags.extend(distinct(&customer.tag_ids).map(|tag| TagRow {
            organization,
            customer_id,
            tag_id: (*tag).into(),
        }));
        let mut seen = BTreeSet::new();
        let named = customer
            .influences
            .iter()
            .filter(|influence| seen.insert(influence.customer_id));
        influences.extend(named.map(|influence| InfluenceRow {
            organization,
            customer_id,
            influenced_id: influence.customer_id.into(),
            note: influence.note.clone(),
        }));
    }
    insert_many!(tx.connection, customer_roles::table, roles);
    insert_many!(tx.connection, customer_tags::table, tags);
    insert_many!(tx.connection, customer_influences::table, influences);
    Ok(())
}

fn distinct<T: Ord>(values: &[T]) -> impl Iterator<Item = &T> {
    values.iter().collect::<BTreeSet<_>>().into_iter()
}
