//! Every resource, once. What has to hold for each of them is asked of this list: a new one is found by rights, events,
//! purge, search and tests because its type stands here.

use crate::field::{Field, Resource, path};
use crate::rights::Area;

/// Calls a macro with the type of every resource, in the order people read them.
#[macro_export]
macro_rules! each_resource {
    ($do:ident) => {
        $do![
            $crate::customer::Customer,
            $crate::contact::Contact,
            $crate::purchase::Purchase,
            $crate::product::Product,
            $crate::product::ProductCategory,
            $crate::exchange_rate::ExchangeRate,
            $crate::tag::Tag,
            $crate::user::User,
            $crate::team::Team,
            $crate::user::Role,
        ]
    };
}

/// What is known of a resource without its type.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Its name in paths and tables.
    pub plural: &'static str,
    /// Its name in operation ids.
    pub singular: &'static str,
    /// The name of its type in the contract.
    pub name: &'static str,
    /// Where its rights are kept.
    pub area: Area,
    /// Its fields.
    pub fields: &'static [Field],
}

impl About {
    /// Where it is below the API's root.
    pub fn path(&self) -> String {
        path(self.plural)
    }

    /// What is known of one.
    pub const fn of<R: Resource>() -> Self {
        Self {
            plural: R::PLURAL,
            singular: R::SINGULAR,
            name: R::TYPE,
            area: R::AREA,
            fields: R::FIELDS,
        }
    }
}

macro_rules! about {
    ($($resource:ty),* $(,)?) => { &[$(About::of::<$resource>()),*] };
}

/// Every resource; the organization, which is one alone, is not among them.
pub const RESOURCES: &[About] = each_resource!(about);

/// The resource of that name.
pub fn named(plural: &str) -> Option<&'static About> {
    RESOURCES.iter().find(|about| about.plural == plural)
}

/// The classes of fields that a role can be denied.
pub fn classes() -> impl Iterator<Item = &'static str> {
    RESOURCES
        .iter()
        .flat_map(|about| about.fields)
        .filter_map(|field| field.class)
}
