//! One row of a list, or one card.

use std::rc::Rc;

use perennial_domain::field::Kind;
use perennial_domain::text::Key;
use web_sys::Element;
use yew::prelude::*;

use crate::components::avatar::avatar;
use crate::components::cell::cell;
use crate::components::link::is_plain;
use crate::list::width::class;
use crate::routes::{go, record_path};
use crate::shape::{FieldRef, Record, Shape, is_empty};
use crate::texts::{Texts, use_texts};

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
    /// Tab stops here: one row of the list has it.
    pub stop: bool,
    /// It is chosen.
    pub chosen: bool,
    /// It is in the side panel.
    pub open: bool,
    /// Told when it is chosen or no longer.
    pub onchoose: Callback<String>,
    /// Told when it shall go to the side panel.
    pub onopen: Callback<String>,
}

/// One row: a click opens the side panel, Enter the page, Space the panel, x chooses.
#[component]
pub fn Row(props: &RowProps) -> Html {
    let texts = use_texts();
    let id = props.record.id().to_owned();
    let path = record_path(props.shape, &id);
    let onclick = {
        let (id, onopen, onchoose) = (id.clone(), props.onopen.clone(), props.onchoose.clone());
        move |event: MouseEvent| {
            let at = event.target_dyn_into::<Element>();
            let within = |what: &str| {
                at.as_ref()
                    .is_some_and(|at| at.closest(what).is_ok_and(|found| found.is_some()))
            };
            if within("input, a:not(.row-name), button") {
                return;
            }
            // Beside the box counts as the box, which is small for a finger.
            if within(".col-check") {
                onchoose.emit(id.clone());
            } else if is_plain(&event) {
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
                _ => return,
            }
            event.prevent_default();
        }
    };
    let title = props.shape.name(&props.record);
    // A code says little: on a card what the record is about stands beside it.
    let about = props.columns.iter().find(|field| {
        props.cards && !props.shape.is_named() && matches!(field.kind, Kind::Reference(_))
    });
    let name = || {
        html! {
            <td class="col-name">
                <span class="row-head">
                    if props.shape.is_named() { { avatar(title, false) } }
                    <a href={path.clone()} class="row-name" tabindex={if props.stop { "0" } else { "-1" }} onclick={onname.clone()} onkeydown={onkeydown.clone()}>{ title }</a>
                    if let Some(field) = about { <span class="row-about">{ cell(&texts, *field, props.record.value(field.name), true) }</span> }
                    if props.record.is_deleted() { <span class="pill orange">{ texts.text(Key::ListDeleted) }</span> }
                </span>
            </td>
        }
    };
    let column = |field: &FieldRef| {
        if field.name == props.shape.title {
            return name();
        }
        html! { <td class={class(props.shape, *field)}>{ cell(&texts, *field, props.record.value(field.name), true) }</td> }
    };
    let cells = if props.cards {
        let mut shown: Vec<FieldRef> = props
            .columns
            .iter()
            .filter(|field| field.name != props.shape.title && Some(*field) != about)
            .copied()
            .collect();
        // The line ends where the screen does: amounts are not what is cut.
        shown.sort_by_key(|field| {
            !is_order(props.shape, *field) && !matches!(field.kind, Kind::Money)
        });
        let said = shown
            .into_iter()
            .filter_map(|field| said(&texts, props.shape, field, &props.record));
        html! { <>{ name() }<td class="card-values">{ for said }</td></> }
    } else {
        html! { <>{ for props.columns.iter().map(column) }</> }
    };
    let choose = props.onchoose.reform({
        let id = id.clone();
        move |_: Event| id.clone()
    });
    html! {
        <tr class={classes!(props.chosen.then_some("chosen-row"), props.open.then_some("open-row"))} aria-rowindex={(props.place + 2).to_string()} {onclick}>
            <td class="col-check">
                <input type="checkbox" tabindex="-1" checked={props.chosen} onchange={choose} aria-label={texts.format(Key::ListChooseOne, &[("name", &title)])}/>
            </td>
            { cells }
        </tr>
    }
}

/// Whether the list is ordered by that, unless somebody says otherwise.
fn is_order(shape: &Shape, field: FieldRef) -> bool {
    shape.order.trim_start_matches('-') == field.name
}

/// A value on a card, where no head says what it is: nothing for what is empty, a label where the value needs one.
fn said(texts: &Texts, shape: &Shape, field: FieldRef, record: &Record) -> Option<Html> {
    let value = record.value(field.name);
    let label = texts.text(field.label);
    match field.kind {
        _ if is_empty(value) => None,
        // What the list is ordered by speaks for itself.
        _ if is_order(shape, field) => {
            Some(html! { <span>{ cell(texts, field, value, true) }</span> })
        }
        Kind::Flag => (value == true).then(|| html! { <span>{ label }</span> }),
        Kind::Integer | Kind::Decimal | Kind::Money | Kind::Date | Kind::Instant => {
            Some(html! { <span>{ label }{ " " }{ cell(texts, field, value, true) }</span> })
        }
        _ => Some(html! { <span>{ cell(texts, field, value, true) }</span> }),
    }
}
