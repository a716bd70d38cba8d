//! A customer's page: the timeline in the middle; what it owes, has and bought, people and fields beside it.

use std::rc::Rc;

use perennial_domain::customer::Customer;
use perennial_domain::text::Key;
use yew::prelude::*;

use crate::pages::purchases::preset;
use crate::record::field::Save;
use crate::record::holdings::Held;
use crate::record::page::{Block, RecordPage};
use crate::record::people::People;
use crate::record::purchases::Purchases;
use crate::record::timeline::Timeline;
use crate::session::use_session;
use crate::shape::{Record, Shape};

/// A customer's page.
pub fn customer_page(id: &str) -> Html {
    let (shape, main, side) = (Shape::of::<Customer>(), Block(timeline), Block(side));
    html! { <RecordPage key={id.to_owned()} {shape} id={id.to_owned()} {main} {side}/> }
}

/// A new person or purchase is no new version of the customer, but of its figures.
fn figures(customer: &Record) -> String {
    let figures = customer.value("figures").get("version").cloned();
    figures.unwrap_or_default().to_string()
}

fn timeline(customer: Rc<Record>, _: Callback<Save>, _: Callback<()>) -> Html {
    let state = (customer.version(), figures(&customer));
    html! { <Timeline customer={customer.id().to_owned()} {state}/> }
}

fn side(customer: Rc<Record>, _: Callback<Save>, onadd: Callback<()>) -> Html {
    html! {
        <>
            <Sales customer={customer.clone()} onadd={onadd.clone()}/>
            <People customer={customer.id().to_owned()} open={!customer.is_deleted()} {onadd}/>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct SalesProps {
    customer: Rc<Record>,
    onadd: Callback<()>,
}

#[component]
fn Sales(props: &SalesProps) -> Html {
    let session = use_session();
    let id = props.customer.id().to_owned();
    let state = format!("{} {}", props.customer.version(), figures(&props.customer));
    let mut preset = preset(&session);
    preset.insert("customer_id".into(), id.clone().into());
    html! {
        <>
            <Held customer={id.clone()} state={state.clone()}/>
            <Purchases title={Key::AreaPurchases} filter={format!("customer_id={id}")} {state} {preset} onadd={props.onadd.clone()}/>
        </>
    }
}
