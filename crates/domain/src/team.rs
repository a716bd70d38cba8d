//! Teams: a tree of users.

use crate::field::Draft;
use crate::{Id, resource};

resource! {
    /// A group of users. Who may see a team's records sees those of the teams below it as well.
    Team / NewTeam: "teams", "team", Teams;
    write {
        /// What it is called; unique in the organization.
        name: String, length 1..=100 => required sorted column stored("name_sort");
        /// The team above it.
        parent_id: Option<Id<Team>> => column;
    }
    read {
    }
}

impl Draft for NewTeam {}
