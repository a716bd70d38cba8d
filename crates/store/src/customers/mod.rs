//! Customers: parties that buy, or may buy, from us.

mod codes;
mod hanging;
mod row;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use perennial_domain::Id;
use perennial_domain::customer::{Customer, NewCustomer};
use perennial_domain::field::{Field, Resource};
use perennial_domain::problem::Invalid;
use perennial_domain::query::Value;
use perennial_domain::rights::{Action, Level};

use crate::column::Key;
use crate::connection::AnyConnection;
use crate::dialect::insert_many;
use crate::identifiers::{self, Party};
use crate::references::Named;
use crate::resource::Stored;
use crate::schema::customers;
use crate::sql::Sql;
use crate::{Result, Scope, Tx, search};
use hanging::{Hanging, insert_sets};
use row::Row;

impl Stored for Customer {
    fn load(
        connection: &mut AnyConnection,
        organization: i64,
        condition: Sql,
        order: Sql,
        limit: i64,
    ) -> Result<Vec<Self>> {
        let rows: Vec<Row> = customers::table
            .filter(customers::organization.eq(organization))
            .filter(condition)
            .order_by(order)
            .limit(limit)
            .load(connection)?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<Key> = rows.iter().map(|row| row.id).collect();
        let mut hanging = Hanging::load(connection, organization, &keys)?;
        Ok(rows.into_iter().map(|row| hanging.onto(row)).collect())
    }

    fn insert(tx: &mut Tx<'_>, new: &[Self]) -> Result<()> {
        let rows: Vec<Row> = new
            .iter()
            .map(|customer| Row::of(tx, customer))
            .collect::<Result<_>>()?;
        insert_many!(tx.connection, customers::table, rows);
        insert_sets(tx, new)?;
        identifiers::insert(
            tx,
            Party::Customer,
            new.iter()
                .map(|customer| (customer.id.into(), customer.identifiers.as_slice())),
        )
    }

    fn replace(tx: &mut Tx<'_>, old: &Self, new: &Self) -> Result<bool> {
        let (organization, row) = (tx.organization(), Row::of(tx, new)?);
        let one = customers::table
            .find((organization, row.id))
            .filter(customers::version.eq(old.version));
        if diesel::update(one).set(&row).execute(tx.connection)? != 1 {
            return Ok(false);
        }
        if (&old.roles, &old.tag_ids, &old.influences)
            != (&new.roles, &new.tag_ids, &new.influences)
        {
            for table in ["customer_roles", "customer_tags", "customer_influences"] {
                Sql::text("DELETE FROM ")
                    .name(table)
                    .then(" WHERE organization = ")
                    .bind(organization)
                    .then(" AND customer_id = ")
                    .bind(row.id)
                    .execute(tx.connection)?;
            }
            insert_sets(tx, std::slice::from_ref(new))?;
        }
        if old.identifiers != new.identifiers {
            identifiers::replace(tx, Party::Customer, row.id, &new.identifiers)?;
        }
        Ok(true)
    }

    fn visible(scope: &Scope, action: Action) -> Sql {
        scope.owner_condition(Self::AREA, action, "customers", "owner_id")
    }

    /// Gives codes, and new customers of those who see only some to their maker.
    fn prepare(tx: &mut Tx<'_>, drafts: &mut [NewCustomer]) -> Result<()> {
        codes::give(tx, drafts)?;
        let own = tx.scope.level(Self::AREA, Action::Read) != Level::All;
        for draft in drafts {
            if own && draft.owner_id.is_none() {
                draft.owner_id = Some(tx.scope.user);
            }
        }
        Ok(())
    }

    /// A code stays; a customer belongs neither to itself nor to one that belongs to it.
    fn check(
        tx: &mut Tx<'_>,
        id: Id<Self>,
        old: Option<&NewCustomer>,
        draft: &NewCustomer,
    ) -> Result<()> {
        if draft.code.is_empty() {
            return Err(Invalid::new("/code", "required").into());
        }
        if draft
            .influences
            .iter()
            .any(|influence| influence.customer_id == id)
        {
            return Err(Invalid::new("/influences", "own").into());
        }
        match (draft.parent_id, old) {
            (Some(parent), Some(old))
                if old.parent_id != Some(parent)
                    && is_above(tx, "customers", id.into(), parent.into())? =>
            {
                Err(Invalid::new("/parent_id", "cycle").into())
            }
            _ => Ok(()),
        }
    }

    fn named_in_parts(draft: &NewCustomer) -> Vec<Named> {
        let named = draft.influences.iter().enumerate();
        named
            .map(|(at, influence)| {
                (
                    format!("/influences/{at}/customer_id"),
                    Self::PLURAL,
                    influence.customer_id.uuid(),
                )
            })
            .collect()
    }

    fn compare(field: &Field, values: &[Value]) -> Option<Sql> {
        let among = |table: &'static str, column: &'static str| {
            Sql::text("EXISTS (SELECT 1 FROM ").name(table).then(" s WHERE s.organization = customers.organization AND s.customer_id = customers.id AND ").column("s", column).then(" IN ").list(values.iter().cloned()).then(")")
        };
        match field.name {
            "roles" => Some(among("customer_roles", "role")),
            "tag_ids" => Some(among("customer_tags", "tag_id")),
            _ => None,
        }
    }

    fn hide(tx: &mut Tx<'_>, rows: &[Self], hidden: bool) -> Result<()> {
        identifiers::hide(
            tx,
            Party::Customer,
            &rows.iter().map(|row| row.id.into()).collect::<Vec<_>>(),
            hidden,
        )
    }

    fn title(&self) -> &str {
        &self.name
    }

    fn customers(&self) -> Vec<Id<Self>> {
        vec![self.id]
    }

    fn document(&self) -> Option<String> {
        let mut texts = vec![self.code.as_str()];
        texts.extend(self.industry.as_deref());
        texts.extend(self.addresses.first().map(|seat| seat.city.as_str()));
        let details = self
            .identifiers
            .iter()
            .map(|identifier| identifier.value.as_str());
        let details = details.chain(self.addresses.iter().map(|address| address.street.as_str()));
        let words = search::words_of(&[&self.name], &texts, &details.collect::<Vec<_>>());
        Some(search::owned(self.owner_id.map(Key::from), &words))
    }
}

/// Whether `upper` is `lower` itself or stands above it in a table's tree of `parent_id`.
pub(crate) fn is_above(
    tx: &mut Tx<'_>,
    table: &'static str,
    upper: Key,
    lower: Key,
) -> Result<bool> {
    let organization = tx.organization();
    let above: Vec<Key> =
        Sql::text("WITH RECURSIVE above (id, parent_id) AS (SELECT id, parent_id FROM ")
            .name(table)
            .then(" WHERE organization = ")
            .bind(organization)
            .then(" AND id = ")
            .bind(lower)
            .then(" UNION SELECT t.id, t.parent_id FROM ")
            .name(table)
            .then(" t JOIN above ON t.id = above.parent_id WHERE t.organization = ")
            .bind(organization)
            .then(") SELECT id FROM above")
            .rows::<diesel::sql_types::Binary, _>(tx.connection)?;
    Ok(above.contains(&upper))
}
