//! Customers: their row, and what hangs on it.

use std::collections::BTreeMap;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use perennial_domain::customer::{BondLevel, Consumption, Customer, CustomerFigures, CustomerKind, CustomerRole, Influence, LeadSource, NewCustomer, Occasion, RelationshipType, SwitchingCost};
use perennial_domain::field::{Field, Resource};
use perennial_domain::problem::{FieldError, Invalid};
use perennial_domain::query::Value;
use perennial_domain::rights::{Action, Level};
use perennial_domain::tag::Tag;
use perennial_domain::touch::{Address, Consent};
use perennial_domain::{Decimal, Id, Money, search as words};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::column::{Key, W, id, key};
use crate::connection::AnyConnection;
use crate::dialect::insert_many;
use crate::identifiers::{self, Party};
use crate::references::Named;
use crate::resource::{Stored, grouped, stamp};
use crate::schema::{customer_figures, customer_influences, customer_roles, customer_tags, customers};
use crate::sql::Sql;
use crate::{Error, Result, Scope, Tx, search, sequences};

#[derive(diesel::Queryable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = customers, treat_none_as_default_value = false, treat_none_as_null = true, primary_key(organization, id))]
struct Row {
    organization: i64,
    id: Key,
    code: String,
    name: String,
    name_sort: String,
    kind: W<CustomerKind>,
    owner_id: Option<Key>,
    parent_id: Option<Key>,
    industry: Option<String>,
    employees: Option<i64>,
    relationship_type: Option<W<RelationshipType>>,
    bond_level: Option<W<BondLevel>>,
    acquisition_source: Option<W<LeadSource>>,
    acquisition_cost: Option<i64>,
    acquisition_cost_currency: Option<String>,
    acquisition_cost_base: Option<i64>,
    credit_days: Option<i64>,
    credit_limit: Option<i64>,
    credit_limit_currency: Option<String>,
    credit_limit_base: Option<i64>,
    pay_day: Option<i64>,
    city: Option<String>,
    country: Option<String>,
    facts: String,
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
    addresses: Vec<Address>,
    occasions: Vec<Occasion>,
    switching_costs: Vec<SwitchingCost>,
    switching_plan: Option<String>,
    preferences: Option<String>,
    consumption: Vec<Consumption>,
    consents: Vec<Consent>,
    note: Option<String>,
}

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

impl Row {
    fn of(tx: &mut Tx<'_>, customer: &Customer) -> Result<Self> {
        let seat = customer.addresses.first();
        let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let facts = Facts {
            addresses: customer.addresses.clone(),
            occasions: customer.occasions.clone(),
            switching_costs: customer.switching_costs.clone(),
            switching_plan: customer.switching_plan.clone(),
            preferences: customer.preferences.clone(),
            consumption: customer.consumption.clone(),
            consents: customer.consents.clone(),
            note: customer.note.clone(),
        };
        let currency = |money: &Option<Money>| money.map(|money| money.currency.code().to_owned());
        Ok(Self {
            organization: tx.organization(),
            id: customer.id.into(),
            code: customer.code.clone(),
            name: customer.name.clone(),
            name_sort: words::sort_key(&customer.name),
            kind: W(customer.kind),
            owner_id: key(customer.owner_id),
            parent_id: key(customer.parent_id),
            industry: customer.industry.clone(),
            employees: customer.employees,
            relationship_type: customer.relationship_type.map(W),
            bond_level: customer.bond_level.map(W),
            acquisition_source: customer.acquisition_source.map(W),
            acquisition_cost: customer.acquisition_cost.map(|money| money.amount.ten_thousandths()),
            acquisition_cost_currency: currency(&customer.acquisition_cost),
            acquisition_cost_base: base(tx.scope, "/acquisition_cost", customer.acquisition_cost)?,
            credit_days: customer.credit_days,
            credit_limit: customer.credit_limit.map(|money| money.amount.ten_thousandths()),
            credit_limit_currency: currency(&customer.credit_limit),
            credit_limit_base: base(tx.scope, "/credit_limit", customer.credit_limit)?,
            pay_day: customer.pay_day,
            city: seat.and_then(|seat| text(&seat.city)),
            country: seat.and_then(|seat| text(&seat.country)),
            facts: serde_json::to_string(&facts).map_err(|error| Error::Database(error.to_string()))?,
            version: customer.version,
            created_at: customer.created_at.naive(),
            updated_at: customer.updated_at.naive(),
            deleted_at: customer.deleted_at.map(perennial_domain::Instant::naive),
            change_set: Some(tx.change_set()?),
        })
    }
}

/// An amount in the organization's base currency.
fn base(scope: &Scope, pointer: &str, money: Option<Money>) -> Result<Option<i64>> {
    match money {
        None => Ok(None),
        Some(money) if money.currency == scope.currency() => Ok(Some(money.amount.ten_thousandths())),
        Some(_) => Err(Invalid(vec![FieldError::new(pointer, "exchange_rate_missing").with("currency", scope.currency().code())]).into()),
    }
}

fn money(amount: Option<i64>, currency: Option<String>) -> Option<Money> {
    Some(Money { amount: Decimal::from_ten_thousandths(amount?), currency: currency?.parse().ok()? })
}

/// What hangs on the rows of a page: one statement a table, whatever the page's length.
struct Hanging {
    roles: BTreeMap<Uuid, Vec<CustomerRole>>,
    tags: BTreeMap<Uuid, Vec<Id<Tag>>>,
    influences: BTreeMap<Uuid, Vec<Influence>>,
    identifiers: BTreeMap<Uuid, Vec<perennial_domain::touch::Identifier>>,
    figures: BTreeMap<Uuid, Vec<CustomerFigures>>,
}

impl Hanging {
    fn load(connection: &mut AnyConnection, organization: i64, keys: &[Key]) -> Result<Self> {
        let of = |table: &'static str| Sql::default().column(table, "customer_id").then(" IN ").list(keys.iter().copied());
        let roles: Vec<(Key, W<CustomerRole>)> = customer_roles::table
            .filter(customer_roles::organization.eq(organization))
            .filter(of("customer_roles"))
            .select((customer_roles::customer_id, customer_roles::role))
            .load(connection)?;
        let tags: Vec<(Key, Key)> = customer_tags::table
            .filter(customer_tags::organization.eq(organization))
            .filter(of("customer_tags"))
            .order_by(customer_tags::tag_id)
            .select((customer_tags::customer_id, customer_tags::tag_id))
            .load(connection)?;
        let influences: Vec<(Key, Key, String)> = customer_influences::table
            .filter(customer_influences::organization.eq(organization))
            .filter(of("customer_influences"))
            .order_by(customer_influences::influenced_id)
            .select((customer_influences::customer_id, customer_influences::influenced_id, customer_influences::note))
            .load(connection)?;
        let figures: Vec<(Key, i64, i64)> = customer_figures::table
            .filter(customer_figures::organization.eq(organization))
            .filter(of("customer_figures"))
            .select((customer_figures::customer_id, customer_figures::version, customer_figures::contacts))
            .load(connection)?;
        let mut roles = grouped(roles.into_iter().map(|(customer, role)| (customer, role.0)));
        roles.values_mut().for_each(|roles| roles.sort_unstable());
        Ok(Self {
            roles,
            tags: grouped(tags.into_iter().map(|(customer, tag)| (customer, Id::from(tag)))),
            influences: grouped(influences.into_iter().map(|(customer, influenced, note)| (customer, Influence { customer_id: influenced.into(), note }))),
            identifiers: identifiers::load(connection, organization, Party::Customer, keys)?,
            figures: grouped(figures.into_iter().map(|(customer, version, contacts)| (customer, CustomerFigures { version, contacts }))),
        })
    }

    fn onto(&mut self, row: Row) -> Customer {
        let facts: Facts = serde_json::from_str(&row.facts).unwrap_or_default();
        let of = row.id.0;
        let customer = Customer {
            code: row.code,
            name: row.name,
            kind: row.kind.0,
            roles: self.roles.remove(&of).unwrap_or_default(),
            owner_id: id(row.owner_id),
            tag_ids: self.tags.remove(&of).unwrap_or_default(),
            parent_id: id(row.parent_id),
            influences: self.influences.remove(&of).unwrap_or_default(),
            identifiers: self.identifiers.remove(&of).unwrap_or_default(),
            industry: row.industry,
            employees: row.employees,
            relationship_type: row.relationship_type.map(|word| word.0),
            bond_level: row.bond_level.map(|word| word.0),
            acquisition_source: row.acquisition_source.map(|word| word.0),
            acquisition_cost: money(row.acquisition_cost, row.acquisition_cost_currency),
            credit_days: row.credit_days,
            credit_limit: money(row.credit_limit, row.credit_limit_currency),
            pay_day: row.pay_day,
            city: row.city,
            country: row.country,
            addresses: facts.addresses,
            occasions: facts.occasions,
            switching_costs: facts.switching_costs,
            switching_plan: facts.switching_plan,
            preferences: facts.preferences,
            consumption: facts.consumption,
            consents: facts.consents,
            note: facts.note,
            figures: self.figures.remove(&of).and_then(|mut figures| figures.pop()).unwrap_or_default(),
            ..Customer::default()
        };
        customer.stamped(row.id.into(), &stamp(row.version, row.created_at, row.updated_at, row.deleted_at))
    }
}

/// Inserts roles, tags and influences of new or emptied customers.
fn insert_sets(tx: &mut Tx<'_>, customers: &[Customer]) -> Result<()> {
    let organization = tx.organization();
    let (mut roles, mut tags, mut influences) = (Vec::new(), Vec::new(), Vec::new());
    for customer in customers {
        let customer_id = Key::from(customer.id);
        roles.extend(distinct(&customer.roles).map(|role| RoleRow { organization, customer_id, role: W(*role) }));
        tags.extend(distinct(&customer.tag_ids).map(|tag| TagRow { organization, customer_id, tag_id: (*tag).into() }));
        let mut seen = std::collections::BTreeSet::new();
        let named = customer.influences.iter().filter(|influence| seen.insert(influence.customer_id));
        influences.extend(named.map(|influence| InfluenceRow { organization, customer_id, influenced_id: influence.customer_id.into(), note: influence.note.clone() }));
    }
    insert_many!(tx.connection, customer_roles::table, roles);
    insert_many!(tx.connection, customer_tags::table, tags);
    insert_many!(tx.connection, customer_influences::table, influences);
    Ok(())
}

fn distinct<T: Ord>(values: &[T]) -> impl Iterator<Item = &T> {
    values.iter().collect::<std::collections::BTreeSet<_>>().into_iter()
}

impl Stored for Customer {
    fn load(connection: &mut AnyConnection, organization: i64, condition: Sql, order: Sql, limit: i64) -> Result<Vec<Self>> {
        let rows: Vec<Row> = customers::table.filter(customers::organization.eq(organization)).filter(condition).order_by(order).limit(limit).load(connection)?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<Key> = rows.iter().map(|row| row.id).collect();
        let mut hanging = Hanging::load(connection, organization, &keys)?;
        Ok(rows.into_iter().map(|row| hanging.onto(row)).collect())
    }

    fn insert(tx: &mut Tx<'_>, new: &[Self]) -> Result<()> {
        let rows: Vec<Row> = new.iter().map(|customer| Row::of(tx, customer)).collect::<Result<_>>()?;
        insert_many!(tx.connection, customers::table, rows);
        insert_sets(tx, new)?;
        identifiers::insert(tx, Party::Customer, new.iter().map(|customer| (customer.id.into(), customer.identifiers.as_slice())))
    }

    fn replace(tx: &mut Tx<'_>, old: &Self, new: &Self) -> Result<bool> {
        let (organization, row) = (tx.organization(), Row::of(tx, new)?);
        let one = customers::table.find((organization, row.id)).filter(customers::version.eq(old.version));
        if diesel::update(one).set(&row).execute(tx.connection)? != 1 {
            return Ok(false);
        }
        if (&old.roles, &old.tag_ids, &old.influences) != (&new.roles, &new.tag_ids, &new.influences) {
            for table in ["customer_roles", "customer_tags", "customer_influences"] {
                Sql::text("DELETE FROM ").name(table).then(" WHERE organization = ").bind(organization).then(" AND customer_id = ").bind(row.id).execute(tx.connection)?;
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
        let missing = drafts.iter().filter(|draft| draft.code.is_empty()).count();
        let mut next = if missing > 0 { sequences::take(tx, "customers", i64::try_from(missing).unwrap_or(i64::MAX))? } else { 0 };
        let own = tx.scope.level(Self::AREA, Action::Read) != Level::All;
        for draft in drafts {
            if draft.code.is_empty() {
                draft.code = format!("C-{next:05}");
                next += 1;
            }
            if own && draft.owner_id.is_none() {
                draft.owner_id = Some(tx.scope.user);
            }
        }
        Ok(())
    }

    /// A code stays; a customer belongs neither to itself nor to one that belongs to it.
    fn check(tx: &mut Tx<'_>, id: Id<Self>, old: Option<&NewCustomer>, draft: &NewCustomer) -> Result<()> {
        if draft.code.is_empty() {
            return Err(Invalid::new("/code", "required").into());
        }
        if draft.influences.iter().any(|influence| influence.customer_id == id) {
            return Err(Invalid::new("/influences", "own").into());
        }
        match (draft.parent_id, old) {
            (Some(parent), Some(old)) if old.parent_id != Some(parent) && is_above(tx, "customers", id.into(), parent.into())? => Err(Invalid::new("/parent_id", "cycle").into()),
            _ => Ok(()),
        }
    }

    fn named_in_parts(draft: &NewCustomer) -> Vec<Named> {
        let named = draft.influences.iter().enumerate();
        named.map(|(at, influence)| (format!("/influences/{at}/customer_id"), Self::PLURAL, influence.customer_id.uuid())).collect()
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
        identifiers::hide(tx, Party::Customer, &rows.iter().map(|row| row.id.into()).collect::<Vec<_>>(), hidden)
    }

    fn title(&self) -> &str {
        &self.name
    }

    fn customers(&self) -> Vec<Id<Self>> {
        vec![self.id]
    }

    fn document(&self) -> Option<String> {
        let mut texts = vec![self.code.as_str()];
        texts.extend(self.identifiers.iter().map(|identifier| identifier.value.as_str()));
        texts.extend(self.addresses.iter().flat_map(|address| [address.city.as_str(), address.street.as_str()]));
        texts.extend(self.industry.as_deref());
        Some(search::owned(self.owner_id, words::document(&[&self.name], &texts)))
    }
}

/// Whether `upper` is `lower` itself or stands above it in a table's tree of `parent_id`.
pub(crate) fn is_above(tx: &mut Tx<'_>, table: &'static str, upper: Key, lower: Key) -> Result<bool> {
    let organization = tx.organization();
    let above: Vec<Key> = Sql::text("WITH RECURSIVE above (id, parent_id) AS (SELECT id, parent_id FROM ")
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
