//! Tags.

use perennial_domain::search as words;
use perennial_domain::tag::{Tag, TagColour};

use crate::Scope;
use crate::column::W;
use crate::resource::{Stored, row};
use crate::schema::tags;
use crate::sql::Sql;

row! {
    struct Row of Tag in tags {
        name: String,
        name_sort: String = |_, tag| Ok(words::sort_key(&tag.name)),
        colour: W<TagColour>,
    }
}

impl Stored for Tag {
    /// Everybody may name one.
    fn nameable(_scope: &Scope) -> Sql {
        Sql::always()
    }

    fn title(&self) -> &str {
        &self.name
    }

    fn document(&self) -> Option<String> {
        Some(words::document(&[&self.name], &[]))
    }
}
