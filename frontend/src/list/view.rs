//! What a list shows, as its address has it.

use std::collections::BTreeMap;

use perennial_domain::field::{Field, Kind};
use web_sys::UrlSearchParams;

use crate::shape::{FieldRef, Shape};

/// What a list shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Full text.
    pub q: String,
    /// A field, with `-` before it for descending; empty for the list's own order.
    pub sort: String,
    /// The API's own filter parameters: `kind_in` is `company`.
    pub filters: BTreeMap<String, String>,
    /// The columns, where they were chosen.
    pub columns: Vec<String>,
    /// The record in the side panel.
    pub open: String,
}

impl View {
    /// Reads the address.
    pub fn read(query: &str) -> Self {
        let mut view = Self::default();
        let Ok(parameters) = UrlSearchParams::new_with_str(query) else {
            return view;
        };
        for pair in js_sys::Array::from(&parameters) {
            let pair = js_sys::Array::from(&pair);
            let (name, value) = (
                pair.get(0).as_string().unwrap_or_default(),
                pair.get(1).as_string().unwrap_or_default(),
            );
            match name.as_str() {
                "q" => view.q = value,
                "sort" => view.sort = value,
                "open" => view.open = value,
                "columns" => {
                    view.columns = value
                        .split(',')
                        .filter(|name| !name.is_empty())
                        .map(str::to_owned)
                        .collect()
                }
                _ => drop(view.filters.insert(name, value)),
            }
        }
        view
    }

    /// Writes the address.
    pub fn write(&self) -> String {
        query(self.asked().chain([
            ("columns", self.columns.join(",")),
            ("open", self.open.clone()),
        ]))
    }

    /// What the API is asked.
    pub fn request(&self) -> String {
        query(self.asked())
    }

    fn asked(&self) -> impl Iterator<Item = (&str, String)> {
        let filters = self
            .filters
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()));
        [("q", self.q.clone()), ("sort", self.sort.clone())]
            .into_iter()
            .chain(filters)
    }

    /// The columns of a list: chosen in the address, else remembered, else those that the field table shows.
    pub fn columns_of(&self, shape: &Shape, remembered: Option<&Vec<String>>) -> Vec<FieldRef> {
        let chosen = Some(&self.columns)
            .filter(|columns| !columns.is_empty())
            .or(remembered);
        match chosen {
            Some(names) => names.iter().filter_map(|name| shape.field(name)).collect(),
            None => shape
                .fields
                .iter()
                .filter(|field| field.column)
                .map(FieldRef)
                .collect(),
        }
    }

    /// The filters alone, as other pages than the list take them.
    #[must_use]
    pub fn filters_only(&self) -> Self {
        let mut filters = self.filters.clone();
        filters.remove(DELETED);
        Self {
            filters,
            ..Self::default()
        }
    }

    /// Whether a filter of that field is set.
    pub fn filters_by(&self, field: &Field) -> bool {
        SUFFIXES.iter().any(|suffix| {
            self.filters
                .contains_key(&format!("{}{suffix}", field.name))
        })
    }

    /// The same without that field's filters.
    #[must_use]
    pub fn without(&self, field: &Field) -> Self {
        let mut view = self.clone();
        SUFFIXES
            .iter()
            .for_each(|suffix| drop(view.filters.remove(&format!("{}{suffix}", field.name))));
        view
    }

    /// The same with a filter parameter set, or taken away where the value is empty.
    #[must_use]
    pub fn with(&self, parameter: String, value: String) -> Self {
        let mut view = self.clone();
        if value.is_empty() {
            view.filters.remove(&parameter)
        } else {
            view.filters.insert(parameter, value)
        };
        view
    }
}

/// The parameter that asks for deleted rows, too.
pub const DELETED: &str = "include_deleted";
/// What follows a field's name in a filter parameter.
const SUFFIXES: [&str; 5] = ["", "_in", "_gte", "_lte", "_is_null"];

/// Whether people can filter by a field in a menu; by what they call a record the search asks.
pub fn is_filter(field: &Field) -> bool {
    field.filtered
        && !matches!(field.kind, Kind::Parts(_) | Kind::Figures)
        && !matches!(field.name, "name" | "code")
}

/// `?a=1&b=2` of what is not empty; empty for nothing.
fn query<'a>(pairs: impl Iterator<Item = (&'a str, String)>) -> String {
    let text = |value: &str| String::from(js_sys::encode_uri_component(value)).replace("%2C", ",");
    let pairs: Vec<_> = pairs
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", text(&value)))
        .collect();
    if pairs.is_empty() {
        String::new()
    } else {
        format!("?{}", pairs.join("&"))
    }
}
