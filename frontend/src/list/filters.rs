//! The row of filters above a list: set ones as chips, likely ones at hand, all of them in a menu.

use perennial_domain::field::Field;
use perennial_domain::text::Key;
use yew::prelude::*;

use crate::components::icon::{Mark, icon};
use crate::components::popup::Popup;
use crate::list::filter::Filter;
use crate::list::view::{View, is_filter};
use crate::session::use_session;
use crate::shape::{FieldRef, Shape};
use crate::texts::use_texts;

/// How many filters are at hand before they are set.
const AT_HAND: usize = 4;

/// Properties of [`Filters`].
#[derive(Properties, PartialEq)]
pub struct FiltersProps {
    /// The resource.
    pub shape: &'static Shape,
    /// What the list shows.
    pub view: View,
    /// Told what it shall show.
    pub onchange: Callback<View>,
}

/// The row of filters.
#[component]
pub fn Filters(props: &FiltersProps) -> Html {
    let texts = use_texts();
    let session = use_session();
    let added = use_state(|| None::<&'static str>);
    let may_filter = |field: &&'static Field| is_filter(field) && session.sees(field);
    let all: Vec<&'static Field> = props.shape.fields.iter().filter(may_filter).collect();
    let set = |field: &&Field| props.view.filters_by(field);
    let mut shown: Vec<&'static Field> = all.iter().copied().filter(|field| set(field)).collect();
    shown.extend(
        all.iter()
            .copied()
            .filter(|field| Some(field.name) == *added && !set(field)),
    );
    let at_hand: Vec<_> = all
        .iter()
        .copied()
        .filter(|field| field.column && !shown.iter().any(|other| other.name == field.name))
        .take(AT_HAND.saturating_sub(shown.len()))
        .collect();
    let rest: Vec<_> = all
        .iter()
        .copied()
        .filter(|field| {
            !shown
                .iter()
                .chain(&at_hand)
                .any(|other| other.name == field.name)
        })
        .collect();
    let filter = |field: &'static Field, wide_only: bool| {
        html! {
            <Filter key={field.name} field={FieldRef(field)} view={props.view.clone()} onchange={props.onchange.clone()}
                begin={*added == Some(field.name)} class={classes!(wide_only.then_some("wide-only"))}/>
        }
    };
    let item = |field: &'static Field| {
        let added = added.setter();
        html! { <button type="button" class="menu-item" onclick={move |_| added.set(Some(field.name))}>{ texts.text(field.label) }</button> }
    };
    let clear = {
        let (view, onchange) = (
            View {
                filters: std::collections::BTreeMap::new(),
                ..props.view.clone()
            },
            props.onchange.clone(),
        );
        move |_| onchange.emit(view.clone())
    };
    html! {
        <div class="filters" role="group" aria-label={texts.text(Key::ListFilters)}>
            { for shown.iter().map(|field| filter(field, false)) }
            { for at_hand.iter().map(|field| filter(field, true)) }
            if !rest.is_empty() {
                <Popup label={html! { <>{ icon(Mark::Add) }{ texts.text(Key::ListFilter) }</> }} class={classes!("chip")}>
                    { for rest.iter().map(|field| item(field)) }
                </Popup>
            }
            if !props.view.filters.is_empty() {
                <button type="button" class="pf-v6-c-button pf-m-link pf-m-inline" onclick={clear}>{ texts.text(Key::ListFiltersClear) }</button>
            }
        </div>
    }
}
