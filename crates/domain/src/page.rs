//! One page of a list.

use serde::{Deserialize, Serialize};

/// Where a page stands in its list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PageInfo {
    /// What to ask the next page with; null on the last.
    #[cfg_attr(feature = "server", schema(required))]
    pub next_cursor: Option<String>,
    /// Whether there is a next page.
    pub has_more: bool,
    /// How many rows there are, counted up to 10 001; only if asked for. A search that nothing else narrows may find more
    /// than it lists: the newest 1 000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

/// One page of a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Where the page stands.
    pub page: PageInfo,
}
