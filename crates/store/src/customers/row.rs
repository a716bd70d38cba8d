//! A customer's row, and what it keeps as JSON.

use perennial_domain::customer::{
    BondLevel, Consumption, Customer, CustomerKind, LeadSource, Occasion, RelationshipType,
    SwitchingCost,
};
use perennial_domain::search as words;
use perennial_domain::touch::{Address, Consent};
use serde::{Deserialize, Serialize};

use crate::column::{Key, W};
use crate::money::{amount, currency, money, worth_today};
use crate::resource::{json, of_json, row};
use crate::schema::customers;

row! {
    pub(super) struct Row of Customer in customers {
        code: String,
        name: String,
        name_sort: String = |_, customer| Ok(words::sort_key(&customer.name)),
        kind: W<CustomerKind>,
        owner_id: Option<Key>,
        parent_id: Option<Key>,
        industry: Option<String>,
        employees: Option<i64>,
        relationship_type: Option<W<RelationshipType>>,
        bond_level: Option<W<BondLevel>>,
        acquisition_source: Option<W<LeadSource>>,
        acquisition_cost: Option<i64> = |_, customer| Ok(amount(customer.acquisition_cost)),
        acquisition_cost_currency: Option<String> = |_, customer| Ok(currency(customer.acquisition_cost)),
        acquisition_cost_base: Option<i64> = |tx, customer| worth_today(tx, "/acquisition_cost", customer.acquisition_cost),
        credit_days: Option<i64>,
        credit_limit: Option<i64> = |_, customer| Ok(amount(customer.credit_limit)),
        credit_limit_currency: Option<String> = |_, customer| Ok(currency(customer.credit_limit)),
        credit_limit_base: Option<i64> = |tx, customer| worth_today(tx, "/credit_limit", customer.credit_limit),
        pay_day: Option<i64>,
        city: Option<String> = |_, customer| Ok(seat(customer, |seat| &seat.city)),
        country: Option<String> = |_, customer| Ok(seat(customer, |seat| &seat.country)),
        facts: String = |_, customer| json(&Facts {
            addresses: customer.addresses.clone(),
            occasions: customer.occasions.clone(),
            switching_costs: customer.switching_costs.clone(),
            switching_plan: customer.switching_plan.clone(),
            preferences: customer.preferences.clone(),
            consumption: customer.consumption.clone(),
            consents: customer.consents.clone(),
            note: customer.note.clone(),
        }),
    }
    read |row, customer| {
        let facts: Facts = of_json(&row.facts)?;
        customer.acquisition_cost = money(row.acquisition_cost, row.acquisition_cost_currency);
        customer.credit_limit = money(row.credit_limit, row.credit_limit_currency);
        customer.city = row.city;
        customer.country = row.country;
        customer.addresses = facts.addresses;
        customer.occasions = facts.occasions;
        customer.switching_costs = facts.switching_costs;
        customer.switching_plan = facts.switching_plan;
        customer.preferences = facts.preferences;
        customer.consumption = facts.consumption;
        customer.consents = facts.consents;
        customer.note = facts.note;
        Ok(())
    }
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

/// Something of the first address, unless it is empty.
fn seat(customer: &Customer, of: fn(&Address) -> &String) -> Option<String> {
    let text = customer.addresses.first().map(of)?;
    Some(text.clone()).filter(|text| !text.is_empty())
}
