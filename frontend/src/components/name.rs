//! The name of a record that another one refers to.

use yew::prelude::*;

use crate::components::link::Link;
use crate::names::{use_name, use_names};
use crate::routes::record_path;
use crate::shape::Shape;

/// Properties of [`Name`].
#[derive(Properties, PartialEq)]
pub struct NameProps {
    /// The resource: `users`.
    pub plural: AttrValue,
    /// The record.
    pub id: AttrValue,
    /// It leads to the record.
    #[prop_or_default]
    pub link: bool,
}

/// The name of a record; a tag in its colour; a dash where it may not be seen.
#[component]
pub fn Name(props: &NameProps) -> Html {
    let record = use_name(&props.plural, &props.id);
    let missing = use_names().is_missing(&props.plural, &props.id);
    match (record, Shape::named(&props.plural)) {
        (Some(record), Some(shape)) if props.plural == "tags" => html! {
            <span class={format!("pill {}", record.text("colour"))}>{ shape.name(&record) }</span>
        },
        (Some(record), Some(shape)) if props.link => {
            html! { <Link to={record_path(shape, &props.id)}>{ shape.name(&record) }</Link> }
        }
        (Some(record), Some(shape)) => html! { <>{ shape.name(&record) }</> },
        _ if missing => html! { <span class="quiet">{ "—" }</span> },
        _ => {
            html! { <span class="pf-v6-c-skeleton name-skeleton" aria-hidden="true"></span> }
        }
    }
}
