//! A product's page: its fields.

use perennial_domain::product::Product;
use yew::prelude::*;

use crate::record::page::RecordPage;
use crate::shape::Shape;

/// A product's page.
pub fn product_page(id: &str) -> Html {
    html! { <RecordPage key={id.to_owned()} shape={Shape::of::<Product>()} id={id.to_owned()}/> }
}
