//! Teams: a tree of groups of users.

use perennial_domain::field::Resource;
use perennial_domain::team::{NewTeam, Team};
use perennial_domain::{Id, search as words};

use crate::column::Key;
use crate::resource::{Stored, keys, row};
use crate::schema::teams;
use crate::sql::Sql;
use crate::{Error, Result, Scope, Tx, tree};

row! {
    struct Row of Team in teams {
        name: String,
        name_sort: String = |_, team| Ok(words::sort_key(&team.name)),
        parent_id: Option<Key>,
    }
}

impl Stored for Team {
    /// Everybody may name one.
    fn nameable(_scope: &Scope) -> Sql {
        Sql::always()
    }

    fn check(tx: &mut Tx<'_>, id: Id<Self>, old: Option<&NewTeam>, draft: &NewTeam) -> Result<()> {
        // Who is moved into a team sees what its members have.
        if old.is_some_and(|old| old.parent_id != draft.parent_id) && !tx.scope.sees_every_owner() {
            return Err(Error::Forbidden);
        }
        tree::check(tx, id, old.map(|old| old.parent_id), draft.parent_id)
    }

    fn hide(tx: &mut Tx<'_>, rows: &[Self], hidden: bool) -> Result<()> {
        if hidden {
            tree::refuse_parent(tx, Self::PLURAL, &keys(rows))?;
        }
        Ok(())
    }

    fn title(&self) -> &str {
        &self.name
    }

    fn document(&self) -> Option<String> {
        Some(words::document(&[&self.name], &[]))
    }
}
