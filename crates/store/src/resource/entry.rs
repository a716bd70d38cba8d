//! Every resource as the store keeps it, for what is asked of all of them.

use std::collections::BTreeMap;

use perennial_domain::event::Hit;
use perennial_domain::field::Field;
use perennial_domain::rights::{Action, Level};
use perennial_domain::{each_resource, rights};

use super::Stored;
use crate::column::Key;
use crate::sql::Sql;
use crate::{Read, Result, Scope, search};

/// A resource without its type.
pub(crate) struct Entry {
    /// Its name in paths and tables.
    pub(crate) plural: &'static str,
    /// Its fields.
    pub(crate) fields: &'static [Field],
    /// Where its rights are kept.
    area: rights::Area,
    /// [`Stored::visible`].
    pub(crate) visible: fn(&Scope, Action) -> Sql,
    /// [`Stored::nameable`].
    pub(crate) nameable: fn(&Scope) -> Sql,
    /// [`Stored::PURGED`].
    pub(crate) purged: bool,
    /// [`Stored::FOUND`].
    pub(crate) found: bool,
    /// Loads hits.
    pub(crate) hits: Hits,
    /// [`search::documents_of`].
    pub(crate) documents: search::Documents,
}

/// Loads what a search has found of a resource, as far as the user may see it.
pub(crate) type Hits =
    fn(&mut Read<'_>, &[(&'static str, Key)], usize, &mut BTreeMap<Key, Hit>) -> Result<()>;

impl Entry {
    pub(crate) const fn of<R: Stored>() -> Self {
        Self {
            plural: R::PLURAL,
            fields: R::FIELDS,
            area: R::AREA,
            visible: R::visible,
            nameable: R::nameable,
            purged: R::PURGED,
            found: R::FOUND,
            hits: search::hits_of::<R>,
            documents: search::documents_of::<R>,
        }
    }

    /// Which of its rows the user may read.
    pub(crate) fn level(&self, scope: &Scope) -> Level {
        scope.level(self.area, Action::Read)
    }

    /// Whether the user may read any of its rows.
    pub(crate) fn is_readable(&self, scope: &Scope) -> bool {
        self.level(scope) != Level::None
    }

    /// Which of its rows the user may read; none where it may read every one.
    pub(crate) fn readable(&self, scope: &Scope) -> Option<Sql> {
        Some((self.visible)(scope, Action::Read)).filter(|condition| !condition.is_always())
    }
}

macro_rules! entries {
    ($($resource:ty),* $(,)?) => { &[$(Entry::of::<$resource>()),*] };
}

/// Every resource.
pub(crate) const ENTRIES: &[Entry] = each_resource!(entries);
