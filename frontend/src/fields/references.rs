//! Editors of references: one record, or several.

use perennial_domain::text::Key;
use serde_json::Value;
use yew::prelude::*;

use crate::components::icon::{Mark, icon};
use crate::components::name::Name;
use crate::fields::editor::EditorProps;
use crate::fields::picker::Picker;
use crate::texts::Texts;

/// Another record.
pub fn reference_editor(props: &EditorProps, plural: &'static str) -> Html {
    let value = props
        .value
        .as_str()
        .map(|id| AttrValue::from(id.to_owned()));
    let onpick = props
        .onchange
        .reform(|id: Option<AttrValue>| id.map_or(Value::Null, |id| id.to_string().into()));
    html! { <Picker {plural} {value} {onpick} id={props.id.clone()} invalid={props.is_invalid()} focused={props.focused}/> }
}

/// Several records: those chosen, each with a way to take it away, and a picker for more.
pub fn references_editor(texts: &Texts, props: &EditorProps, plural: &'static str) -> Html {
    let chosen: Vec<AttrValue> = props
        .value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|id| Some(id.as_str()?.to_owned().into()))
        .collect();
    let with = |chosen: Vec<AttrValue>| {
        Value::Array(chosen.into_iter().map(|id| id.to_string().into()).collect())
    };
    let onpick = {
        let (chosen, onchange) = (chosen.clone(), props.onchange.clone());
        Callback::from(move |id: Option<AttrValue>| {
            if let Some(id) = id.filter(|id| !chosen.contains(id)) {
                onchange.emit(with(chosen.iter().cloned().chain([id]).collect()));
            }
        })
    };
    let remove = |gone: &AttrValue| {
        let rest: Vec<_> = chosen.iter().filter(|id| *id != gone).cloned().collect();
        props
            .onchange
            .reform(move |_: MouseEvent| with(rest.clone()))
    };
    html! {
        <div class="references">
            { for chosen.iter().map(|id| html! {
                <span class="chosen" key={id.as_str()}>
                    <Name {plural} id={id.clone()}/>
                    <button type="button" class="icon-button" aria-label={texts.text(Key::ActRemove)} onclick={remove(id)}>{ icon(Mark::Close) }</button>
                </span>
            }) }
            <Picker {plural} {onpick} without={chosen.clone()} id={props.id.clone()} name={texts.text(props.field.label)} invalid={props.is_invalid()} focused={props.focused}/>
        </div>
    }
}
