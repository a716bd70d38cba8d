//! The record that a field belongs to, as it stands: what one field shows may hang on another.

use std::rc::Rc;

use perennial_domain::{Currency, Date};
use serde::de::DeserializeOwned;
use yew::prelude::*;

use crate::session::use_session;
use crate::shape::Record;

/// The whole record, as a context.
#[derive(Clone, PartialEq)]
pub struct Whole(pub Rc<Record>);

/// What amounts without a currency of their own are counted in, and when.
#[derive(Clone, Copy, PartialEq)]
pub struct Account {
    /// The record's currency, else the organization's.
    pub currency: Currency,
    /// The record's day, else today.
    pub day: Date,
    /// It gives back what another record names.
    pub reverses: bool,
}

/// The account of the record around this component.
#[hook]
pub fn use_account() -> Account {
    let session = use_session();
    let whole = use_context::<Whole>().map(|Whole(record)| record);
    let whole = whole.unwrap_or_default();
    Account {
        currency: read(&whole, "currency").unwrap_or_else(|| session.currency()),
        day: read(&whole, "purchased_on")
            .or_else(|| session.today().parse().ok())
            .unwrap_or_default(),
        reverses: !whole.value("reverses_id").is_null(),
    }
}

fn read<T: DeserializeOwned>(record: &Record, name: &str) -> Option<T> {
    serde_json::from_value(record.value(name).clone()).ok()
}
