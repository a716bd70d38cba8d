//! Customers: parties that buy, or may buy, from us.

mod hanging;
mod row;

use perennial_domain::Id;
use perennial_domain::customer::{Customer, NewCustomer};
use perennial_domain::field::{Field, Resource};
use perennial_domain::problem::Invalid;
use perennial_domain::query::Value;
use perennial_domain::rights::{Action, FieldAccess, Level};

use crate::column::Key;
use crate::identifiers::{self, Party};
use crate::purchases::owners;
use crate::resource::{Stored, clear_parts, keys};
use crate::sql::Sql;
use crate::{Read, Result, Scope, Tx, codes, search, tree};
use hanging::{Hanging, insert_sets};

impl Stored for Customer {
    const FOUND: bool = true;

    fn hang(read: &mut Read<'_>, rows: &mut [Self]) -> Result<()> {
        Hanging::load(read, &keys(rows))?.onto(rows);
        Ok(())
    }

    fn insert_parts(tx: &mut Tx<'_>, new: &[Self]) -> Result<()> {
        insert_sets(tx, new)?;
        identifiers::insert(tx, Party::Customer, new, |customer| &customer.identifiers)
    }

    fn replace_parts(tx: &mut Tx<'_>, changed: &[(Self, Self)]) -> Result<()> {
        let sets = |customer: &Self| {
            (
                customer.roles.clone(),
                customer.tag_ids.clone(),
                customer.influences.clone(),
            )
        };
        let mut others = Vec::new();
        for table in ["customer_roles", "customer_tags", "customer_influences"] {
            others = clear_parts(tx, changed, sets, (table, "customer_id"))?;
        }
        insert_sets(tx, &others)?;
        let given = changed
            .iter()
            .filter(|(old, new)| old.owner_id != new.owner_id);
        let given: Vec<Key> = given.map(|(_, new)| new.id.into()).collect();
        owners::follow(tx, "customer_id", &given)?;
        identifiers::replace(tx, Party::Customer, changed, |customer| {
            &customer.identifiers
        })
    }

    fn visible(scope: &Scope, action: Action) -> Sql {
        scope.owner_condition(&[(Self::AREA, action)], "customers", "owner_id")
    }

    const BY_OWNER: &'static [&'static str] = &["name_sort", "code", "created_at", "updated_at"];

    fn shares(scope: &Scope) -> Option<Vec<Sql>> {
        scope.owner_shares(&[(Self::AREA, Action::Read)], "customers", "owner_id")
    }

    /// Gives codes, and new customers of those who see only some to their maker.
    fn prepare(tx: &mut Tx<'_>, drafts: &mut [NewCustomer]) -> Result<()> {
        codes::give(
            tx.parts(),
            Self::PLURAL,
            "C",
            drafts.iter_mut().map(|draft| &mut draft.code),
        )?;
        let own = tx.scope.level(Self::AREA, Action::Read) != Level::All;
        for draft in drafts {
            if own && draft.owner_id.is_none() {
                draft.owner_id = Some(tx.scope.user);
            }
        }
        Ok(())
    }

    /// A code is not taken away; a customer belongs neither to itself nor to one that belongs to it.
    fn check(
        tx: &mut Tx<'_>,
        id: Id<Self>,
        old: Option<&NewCustomer>,
        draft: &NewCustomer,
    ) -> Result<()> {
        codes::check(&draft.code)?;
        if draft
            .influences
            .iter()
            .any(|influence| influence.customer_id == id)
        {
            return Err(Invalid::new("/influences", "own").into());
        }
        tree::check(tx, id, old.map(|old| old.parent_id), draft.parent_id)
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
        identifiers::hide(tx, Party::Customer, &keys(rows), hidden)
    }

    fn title(&self) -> &str {
        &self.name
    }

    fn subtitle(&self, scope: &Scope) -> String {
        let details = scope.access(search::GUARDED_CLASS) >= FieldAccess::Read;
        let city = self.city.as_deref().filter(|_| details);
        let parts = [Some(self.code.as_str()), city];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    fn customers(&self) -> Vec<Id<Self>> {
        vec![self.id]
    }

    fn document(&self) -> Option<String> {
        let mut texts = vec![self.code.as_str()];
        texts.extend(self.industry.as_deref());
        let details = self
            .identifiers
            .iter()
            .map(|identifier| identifier.value.as_str())
            .chain(self.addresses.first().map(|seat| seat.city.as_str()))
            .chain(self.addresses.iter().map(|address| address.street.as_str()));
        let words = search::words_of(&[&self.name], &texts, &details.collect::<Vec<_>>());
        Some(search::owned(self.owner_id.map(Key::from), &words))
    }
}
