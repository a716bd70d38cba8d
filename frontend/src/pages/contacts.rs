//! A contact's page: its fields.

use perennial_domain::contact::Contact;
use yew::prelude::*;

use crate::pages::customers::OneProps;
use crate::record::page::RecordPage;

/// A contact's page.
#[component]
pub fn ContactPage(props: &OneProps) -> Html {
    html! { <RecordPage<Contact> id={props.id.clone()}/> }
}
