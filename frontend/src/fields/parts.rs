//! The editor of parts: a row of little fields for each, with a way to add and to take away.

use std::cell::RefCell;
use std::rc::Rc;

use perennial_domain::text::Key;
use serde_json::Value;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::components::icon::{Mark, icon};
use crate::fields::editor::{EditorProps, use_focus};
use crate::fields::part;
use crate::fields::row::FieldRow;
use crate::shape::FieldRef;
use crate::texts::use_texts;

/// Keys of rows that have none of their own, so that taking one away moves no typed text.
#[derive(Clone)]
pub struct Keys(Rc<RefCell<Vec<u32>>>);

impl Keys {
    /// The key of a row.
    pub fn of(&self, at: usize) -> u32 {
        self.0.borrow().get(at).copied().unwrap_or_default()
    }

    /// A row is taken away.
    pub fn forget(&self, at: usize) {
        self.0.borrow_mut().remove(at);
    }
}

/// The keys of so many rows.
#[hook]
pub fn use_keys(count: usize) -> Keys {
    let keys = use_mut_ref(Vec::<u32>::new);
    let next = use_mut_ref(|| 0_u32);
    while keys.borrow().len() < count {
        let mut next = next.borrow_mut();
        keys.borrow_mut().push(*next);
        *next += 1;
    }
    Keys(keys)
}

/// The rows of a field of parts; the faults of each value stand at that value.
#[component]
pub fn PartsEditor(props: &EditorProps) -> Html {
    let texts = use_texts();
    let rows: Vec<Value> = props.value.as_array().cloned().unwrap_or_default();
    let keys = use_keys(rows.len());
    let add = {
        let (rows, onchange, of) = (rows.clone(), props.onchange.clone(), props.field);
        move |_| onchange.emit(rows.iter().cloned().chain([part::blank(&of)]).collect())
    };
    // Where there is no row yet, adding one is all there is to do.
    let adder = use_focus(props.focused && rows.is_empty());
    let remove = |at: usize| {
        let (rows, keys, onchange, adder) = (
            rows.clone(),
            keys.clone(),
            props.onchange.clone(),
            adder.clone(),
        );
        move |_| {
            let _ = adder.cast::<HtmlElement>().map(|adder| adder.focus());
            keys.forget(at);
            onchange.emit(
                rows.iter()
                    .enumerate()
                    .filter(|(other, _)| *other != at)
                    .map(|(_, row)| row.clone())
                    .collect(),
            );
        }
    };
    let change = |at: usize, name: &'static str| {
        let (rows, onchange) = (rows.clone(), props.onchange.clone());
        Callback::from(move |value: Value| {
            let mut rows = rows.clone();
            if let Some(row) = rows.get_mut(at) {
                *row = part::with(row, name, value);
            }
            onchange.emit(Value::Array(rows));
        })
    };
    let last = rows.len().saturating_sub(1);
    let row = |(at, row): (usize, &Value)| {
        let cells = part::fields(&props.field).enumerate().map(|(place, field)| {
            html! {
                <FieldRow key={field.name} field={FieldRef(field)} value={row.get(field.name).cloned().unwrap_or_default()}
                    onchange={change(at, field.name)} id={format!("{}-{at}-{}", props.id, field.name)} pointer={format!("{}/{at}/{}", props.pointer, field.name)}
                    errors={props.errors.clone()} optional={field.optional} focused={props.focused && at == last && place == 0}/>
            }
        });
        html! {
            <li class="part-editor" key={keys.of(at)}>
                <div class="part-fields">{ for cells }</div>
                <button type="button" class="icon-button" aria-label={texts.format(Key::PartRemove, &[("number", &(at + 1))])} onclick={remove(at)}>
                    { icon(Mark::Trash) }
                </button>
            </li>
        }
    };
    html! {
        <div id={props.id.clone()}>
            <ul class="part-editors">{ for rows.iter().enumerate().map(row) }</ul>
            <button type="button" class="pf-v6-c-button pf-m-link pf-m-inline" ref={adder} onclick={add}>{ icon(Mark::Add) }{ texts.text(Key::PartAdd) }</button>
        </div>
    }
}
