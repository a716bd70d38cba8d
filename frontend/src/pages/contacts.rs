//! A contact's page: its fields.

use perennial_domain::contact::Contact;
use yew::prelude::*;

use crate::record::page::RecordPage;
use crate::shape::Shape;

/// A contact's page.
pub fn contact_page(id: &str) -> Html {
    html! { <RecordPage key={id.to_owned()} shape={Shape::of::<Contact>()} id={id.to_owned()}/> }
}
