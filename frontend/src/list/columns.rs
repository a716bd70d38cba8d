//! The choice of columns.

use perennial_domain::field::Kind;
use perennial_domain::text::Key;
use yew::prelude::*;

use crate::components::icon::{Mark, icon};
use crate::components::popup::Popup;
use crate::session::use_session;
use crate::shape::{FieldRef, Shape};
use crate::texts::use_texts;

/// Properties of [`Columns`].
#[derive(Properties, PartialEq)]
pub struct ColumnsProps {
    /// The resource.
    pub shape: &'static Shape,
    /// The columns now.
    pub columns: Vec<FieldRef>,
    /// Told the next ones; empty for those that the list has by itself.
    pub onchange: Callback<Vec<String>>,
}

/// The choice of columns; what people call the records by is always there.
#[component]
pub fn Columns(props: &ColumnsProps) -> Html {
    let texts = use_texts();
    let session = use_session();
    let count = texts.format(Key::ListColumns, &[("count", &props.columns.len())]);
    let name = format!("{count} · {}", texts.text(Key::ListColumnsChoose));
    let label = html! { <>{ icon(Mark::Columns) }<span class="wide-only">{ count }</span></> };
    let may_show = |field: &&'static perennial_domain::field::Field| {
        !field.long && !matches!(field.kind, Kind::Figures) && session.sees(field)
    };
    let choice = |field: &'static perennial_domain::field::Field| {
        let there = props.columns.iter().any(|column| column.name == field.name);
        let next: Vec<String> = props
            .shape
            .fields
            .iter()
            .map(|other| other.name)
            .filter(|name| {
                props.columns.iter().any(|column| column.name == *name) != (*name == field.name)
            })
            .map(str::to_owned)
            .collect();
        let onchange = props.onchange.reform(move |_: Event| next.clone());
        html! {
            <label class="check">
                <input type="checkbox" checked={there} disabled={field.name == props.shape.title} {onchange}/>
                <span>{ texts.text(field.label) }</span>
            </label>
        }
    };
    html! {
        <Popup {label} {name} class={classes!("chip")} end=true menu=false>
            <div class="checks tall">{ for props.shape.fields.iter().filter(may_show).map(choice) }</div>
            <button type="button" class="pf-v6-c-button pf-m-link pf-m-inline" onclick={props.onchange.reform(|_| Vec::new())}>{ texts.text(Key::ListColumnsReset) }</button>
        </Popup>
    }
}
