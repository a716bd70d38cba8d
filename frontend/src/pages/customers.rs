//! A customer's page: the timeline in the middle, people and fields beside it.

use std::rc::Rc;

use perennial_domain::customer::Customer;
use yew::prelude::*;

use crate::record::field::Save;
use crate::record::page::{Block, RecordPage};
use crate::record::people::People;
use crate::record::timeline::Timeline;
use crate::shape::{Record, Shape};

/// A customer's page.
pub fn customer_page(id: &str) -> Html {
    let (shape, main, side) = (Shape::of::<Customer>(), Block(timeline), Block(people));
    html! { <RecordPage key={id.to_owned()} {shape} id={id.to_owned()} {main} {side}/> }
}

fn timeline(customer: Rc<Record>, _: Callback<Save>, _: Callback<()>) -> Html {
    // A new person is no new version of the customer, but of its figures.
    let figures = customer.value("figures").get("version").cloned();
    let state = (customer.version(), figures.unwrap_or_default().to_string());
    html! { <Timeline customer={customer.id().to_owned()} {state}/> }
}

fn people(customer: Rc<Record>, _: Callback<Save>, onadd: Callback<()>) -> Html {
    html! { <People customer={customer.id().to_owned()} open={!customer.is_deleted()} {onadd}/> }
}
