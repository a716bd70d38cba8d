//! The row of filters above a list: likely ones and set ones as chips, all of them in a menu.

use perennial_domain::field::Field;
use perennial_domain::rights::Action;
use perennial_domain::text::Key;
use yew::prelude::*;

use crate::components::icon::{Mark, icon};
use crate::components::popup::Popup;
use crate::frame::width::use_narrow;
use crate::list::filter::Filter;
use crate::list::view::{DELETED, View, is_filter};
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
    /// Deleted rows may be asked for, too.
    #[prop_or(true)]
    pub deleted: bool,
}

/// The row of filters.
#[component]
pub fn Filters(props: &FiltersProps) -> Html {
    let texts = use_texts();
    let session = use_session();
    let added = use_state(|| None::<&'static str>);
    let may_filter = |field: &&'static Field| is_filter(field) && session.sees(field);
    let all: Vec<&'static Field> = props.shape.fields.iter().filter(may_filter).collect();
    // Each keeps its place, set or not: the usual ones, then those that were asked for.
    let usual = if use_narrow() { 0 } else { AT_HAND };
    let at_hand: Vec<&'static Field> = all
        .iter()
        .copied()
        .filter(|field| field.column)
        .take(usual)
        .collect();
    let also = |field: &&'static Field| {
        (props.view.filters_by(field) || *added == Some(field.name))
            && !at_hand.iter().any(|other| other.name == field.name)
    };
    let shown: Vec<&'static Field> = at_hand
        .iter()
        .copied()
        .chain(all.iter().copied().filter(also))
        .collect();
    let rest: Vec<_> = all
        .iter()
        .copied()
        .filter(|field| !shown.iter().any(|other| other.name == field.name))
        .collect();
    let filter = |field: &'static Field| {
        html! {
            <Filter key={field.name} field={FieldRef(field)} view={props.view.clone()} onchange={props.onchange.clone()}
                begin={*added == Some(field.name)}/>
        }
    };
    let item = |field: &'static Field| {
        let added = added.setter();
        html! { <button type="button" class="menu-item" onclick={move |_| added.set(Some(field.name))}>{ texts.text(field.label) }</button> }
    };
    let deleted = props.view.filters.contains_key(DELETED);
    let with_deleted = {
        let word = if deleted { "" } else { "true" };
        let view = props.view.with(DELETED.to_owned(), word.to_owned());
        props.onchange.reform(move |_: MouseEvent| view.clone())
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
            { for shown.iter().map(|field| filter(field)) }
            if !rest.is_empty() {
                <Popup label={html! { <>{ icon(Mark::Add) }{ texts.text(Key::ListFilter) }</> }} class={classes!("chip")}>
                    { for rest.iter().map(|field| item(field)) }
                </Popup>
            }
            if props.deleted && session.may(props.shape.area, Action::Delete) {
                <button type="button" class={classes!("chip", deleted.then_some("on"))} aria-pressed={deleted.to_string()} onclick={with_deleted}>{ texts.text(Key::ListWithDeleted) }</button>
            }
            if !props.view.filters.is_empty() {
                <button type="button" class="pf-v6-c-button pf-m-link pf-m-inline" onclick={clear}>{ texts.text(Key::ListFiltersClear) }</button>
            }
        </div>
    }
}
