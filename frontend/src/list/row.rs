//! One row of a list, or one card.

use std::rc::Rc;

use perennial_domain::text::Key;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::components::avatar::avatar;
use crate::components::cell::cell;
use crate::components::link::is_plain;
use crate::list::table::width;
use crate::routes::{go, record_path};
use crate::shape::{FieldRef, Record, Shape};
use crate::texts::use_texts;

/// Properties of [`Row`].
#[derive(Properties, PartialEq)]
pub struct RowProps {
    /// The resource.
    pub shape: &'static Shape,
    /// The record.
    pub record: Rc<Record>,
    /// The columns.
    pub columns: Vec<FieldRef>,
    /// Its place in the list, from 0.
    pub place: usize,
    /// It is a card.
    pub cards: bool,
    /// It is chosen.
    pub chosen: bool,
    /// It is in the side panel.
    pub open: bool,
    /// Told when it is chosen or no longer.
    pub onchoose: Callback<String>,
    /// Told when it shall go to the side panel.
    pub onopen: Callback<String>,
}

/// One row: a click opens the side panel, Enter the page, Space the panel, x chooses, the arrows walk.
#[component]
pub fn Row(props: &RowProps) -> Html {
    let texts = use_texts();
    let id = props.record.id().to_owned();
    let path = record_path(props.shape, &id);
    let onclick = {
        let (id, onopen) = (id.clone(), props.onopen.clone());
        move |event: MouseEvent| {
            let own = event.target_dyn_into::<Element>().is_some_and(|at| {
                at.closest("input, a:not(.row-name), button")
                    .is_ok_and(|own| own.is_some())
            });
            if !own && is_plain(&event) {
                event.prevent_default();
                onopen.emit(id.clone());
            }
        }
    };
    // Enter on a link is a click without a pointer.
    let onname = {
        let path = path.clone();
        move |event: MouseEvent| {
            if event.detail() == 0 && is_plain(&event) {
                event.prevent_default();
                event.stop_propagation();
                go(&path);
            }
        }
    };
    let onkeydown = {
        let (id, onopen, onchoose) = (id.clone(), props.onopen.clone(), props.onchoose.clone());
        move |event: KeyboardEvent| {
            match event.key().as_str() {
                " " => onopen.emit(id.clone()),
                "x" => onchoose.emit(id.clone()),
                "ArrowDown" | "j" => walk(&event, true),
                "ArrowUp" | "k" => walk(&event, false),
                _ => return,
            }
            event.prevent_default();
        }
    };
    let column = |field: &FieldRef| {
        let value = props.record.value(field.name);
        if field.name == "name" {
            return html! {
                <td class="col-name">
                    <span class="row-head">
                        { avatar(props.record.name(), false) }
                        <a href={path.clone()} class="row-name" onclick={onname.clone()} onkeydown={onkeydown.clone()}>{ props.record.name() }</a>
                    </span>
                </td>
            };
        }
        let label = props.cards.then(|| texts.text(field.label));
        html! { <td class={width(*field)} data-label={label}>{ cell(&texts, *field, value, true) }</td> }
    };
    let choose = props.onchoose.reform({
        let id = id.clone();
        move |_: Event| id.clone()
    });
    html! {
        <tr class={classes!(props.chosen.then_some("chosen-row"), props.open.then_some("open-row"))} aria-rowindex={(props.place + 2).to_string()} {onclick}>
            <td class="col-check">
                <input type="checkbox" checked={props.chosen} onchange={choose} aria-label={texts.format(Key::ListChooseOne, &[("name", &props.record.name())])}/>
            </td>
            { for props.columns.iter().map(column) }
        </tr>
    }
}

/// Focuses the name in the next or the previous row.
fn walk(event: &KeyboardEvent, down: bool) {
    let row = event
        .target_dyn_into::<Element>()
        .and_then(|at| at.closest("tr").ok()?);
    let next = row.and_then(|row| {
        if down {
            row.next_element_sibling()
        } else {
            row.previous_element_sibling()
        }
    });
    let name = next
        .and_then(|row| row.query_selector(".row-name").ok()?)
        .and_then(|name| name.dyn_into::<HtmlElement>().ok());
    let _ = name.map(|name| name.focus());
}
