//! A customer's page: the timeline in the middle; what it owes, has and bought, people and fields beside it.

use perennial_domain::customer::Customer;
use perennial_domain::text::Key;
use yew::prelude::*;

use crate::pages::purchases::preset;
use crate::record::holdings::Held;
use crate::record::page::{Block, Drawing, RecordPage};
use crate::record::people::People;
use crate::record::purchases::Purchases;
use crate::record::timeline::Timeline;
use crate::shape::{Record, Shape};

/// A customer's page.
pub fn customer_page(id: &str) -> Html {
    let (shape, main, side) = (Shape::of::<Customer>(), Block(timeline), Block(side));
    html! { <RecordPage key={id.to_owned()} {shape} id={id.to_owned()} {main} {side}/> }
}

/// Its version and that of its figures: a new person or purchase is no new version of the customer.
fn state(customer: &Record) -> (i64, String) {
    let figures = customer.value("figures").get("version").cloned();
    (customer.version(), figures.unwrap_or_default().to_string())
}

fn timeline(of: Drawing<'_>) -> Html {
    html! { <Timeline customer={of.record.id().to_owned()} state={state(&of.record)}/> }
}

fn side(of: Drawing<'_>) -> Html {
    let (id, state) = (of.record.id().to_owned(), state(&of.record));
    let mut preset = preset(of.session);
    preset.insert("customer_id".into(), id.clone().into());
    let onadd = of.reload;
    html! {
        <>
            <Held customer={id.clone()} state={state.clone()}/>
            <Purchases title={Key::AreaPurchases} filter={format!("customer_id={id}")} {state} {preset} onadd={onadd.clone()}/>
            <People customer={id} open={!of.record.is_deleted()} {onadd}/>
        </>
    }
}
