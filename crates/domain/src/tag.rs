//! Tags: labels of an organization's own.

use crate::field::Draft;
use crate::{choice, resource};

choice! {
    /// How a tag is painted.
    TagColour: "tag_colour" { Grey = "grey", Green = "green", Blue = "blue", Orange = "orange", Red = "red", Purple = "purple" }
}

resource! {
    /// A label of the organization's own.
    Tag / NewTag: "tags", "tag", Tags;
    write {
        /// What it says; unique in the organization.
        name: String, length 1..=60 => required sorted column stored("name_sort");
        /// How it is painted.
        colour: TagColour => column;
    }
    read {
    }
}

impl Draft for NewTag {}
