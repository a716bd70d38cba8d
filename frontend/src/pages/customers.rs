//! A customer's page: the timeline in the middle, fields and people beside it.

use std::rc::Rc;

use perennial_domain::customer::Customer;
use yew::prelude::*;

use crate::record::field::Save;
use crate::record::page::{Block, RecordPage};
use crate::record::people::People;
use crate::record::timeline::Timeline;
use crate::shape::Record;

/// Properties of a page of one record.
#[derive(Properties, PartialEq)]
pub struct OneProps {
    /// The record.
    pub id: String,
}

/// A customer's page.
#[component]
pub fn CustomerPage(props: &OneProps) -> Html {
    html! { <RecordPage<Customer> id={props.id.clone()} main={Block(timeline)} side={Block(people)}/> }
}

fn timeline(customer: Rc<Record>, _: Callback<Save>) -> Html {
    html! { <Timeline customer={customer.id().to_owned()} version={customer.version()}/> }
}

fn people(customer: Rc<Record>, _: Callback<Save>) -> Html {
    html! { <People customer={customer.id().to_owned()} open={!customer.is_deleted()}/> }
}
