//! A customer's row, and what it keeps as JSON.

use perennial_domain::customer::{
    BondLevel, Consumption, Customer, CustomerKind, LeadSource, Occasion, RelationshipType,
    SwitchingCost,
};
use perennial_domain::problem::{FieldError, Invalid};
use perennial_domain::touch::{Address, Consent};
use perennial_domain::{Decimal, Money, search as words};
use serde::{Deserialize, Serialize};

use crate::column::{Key, W, key};
use crate::schema::customers;
use crate::{Error, Result, Scope, Tx};

#[derive(diesel::Queryable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = customers, treat_none_as_default_value = false, treat_none_as_null = true, primary_key(organization, id))]
pub(super) struct Row {
    pub(super) organization: i64,
    pub(super) id: Key,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) name_sort: String,
    pub(super) kind: W<CustomerKind>,
    pub(super) owner_id: Option<Key>,
    pub(super) parent_id: Option<Key>,
    pub(super) industry: Option<String>,
    pub(super) employees: Option<i64>,
    pub(super) relationship_type: Option<W<RelationshipType>>,
    pub(super) bond_level: Option<W<BondLevel>>,
    pub(super) acquisition_source: Option<W<LeadSource>>,
    pub(super) acquisition_cost: Option<i64>,
    pub(super) acquisition_cost_currency: Option<String>,
    pub(super) acquisition_cost_base: Option<i64>,
    pub(super) credit_days: Option<i64>,
    pub(super) credit_limit: Option<i64>,
    pub(super) credit_limit_currency: Option<String>,
    pub(super) credit_limit_base: Option<i64>,
    pub(super) pay_day: Option<i64>,
    pub(super) city: Option<String>,
    pub(super) country: Option<String>,
    pub(super) facts: String,
    pub(super) version: i64,
    pub(super) created_at: chrono::NaiveDateTime,
    pub(super) updated_at: chrono::NaiveDateTime,
    pub(super) deleted_at: Option<chrono::NaiveDateTime>,
    pub(super) change_set: Option<Key>,
}

/// What lives and dies with the row and is never searched for.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Facts {
    pub(super) addresses: Vec<Address>,
    pub(super) occasions: Vec<Occasion>,
    pub(super) switching_costs: Vec<SwitchingCost>,
    pub(super) switching_plan: Option<String>,
    pub(super) preferences: Option<String>,
    pub(super) consumption: Vec<Consumption>,
    pub(super) consents: Vec<Consent>,
    pub(super) note: Option<String>,
}

impl Row {
    pub(super) fn of(tx: &mut Tx<'_>, customer: &Customer) -> Result<Self> {
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
            acquisition_cost: customer
                .acquisition_cost
                .map(|money| money.amount.ten_thousandths()),
            acquisition_cost_currency: currency(&customer.acquisition_cost),
            acquisition_cost_base: base(tx.scope, "/acquisition_cost", customer.acquisition_cost)?,
            credit_days: customer.credit_days,
            credit_limit: customer
                .credit_limit
                .map(|money| money.amount.ten_thousandths()),
            credit_limit_currency: currency(&customer.credit_limit),
            credit_limit_base: base(tx.scope, "/credit_limit", customer.credit_limit)?,
            pay_day: customer.pay_day,
            city: seat.and_then(|seat| text(&seat.city)),
            country: seat.and_then(|seat| text(&seat.country)),
            facts: serde_json::to_string(&facts)
                .map_err(|error| Error::Database(error.to_string()))?,
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
        Some(money) if money.currency == scope.currency() => {
            Ok(Some(money.amount.ten_thousandths()))
        }
        Some(_) => Err(Invalid(vec![
            FieldError::new(pointer, "exchange_rate_missing")
                .with("currency", scope.currency().code()),
        ])
        .into()),
    }
}

pub(super) fn money(amount: Option<i64>, currency: Option<String>) -> Option<Money> {
    Some(Money {
        amount: Decimal::from_ten_thousandths(amount?),
        currency: currency?.parse().ok()?,
    })
}
