//! Editors of closed lists: one of them, several of them, yes or no.

use perennial_domain::field::Choice;
use perennial_domain::text::Key;
use serde_json::Value;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::fields::editor::EditorProps;
use crate::texts::Texts;

/// One of a closed list.
pub fn choice_editor(
    texts: &Texts,
    props: &EditorProps,
    node: NodeRef,
    choices: &'static [Choice],
) -> Html {
    let now = props.value.as_str().unwrap_or_default();
    let onchange = props.onchange.reform(|event: Event| {
        match event.target_unchecked_into::<HtmlSelectElement>().value() {
            word if word.is_empty() => Value::Null,
            word => word.into(),
        }
    });
    let empty = props.optional || now.is_empty();
    html! {
        <span class="pf-v6-c-form-control">
            <select ref={node} autofocus={props.focused} id={props.id.clone()} {onchange} aria-invalid={props.is_invalid().to_string()}>
                if empty { <option value="" selected={now.is_empty()}>{ texts.text(Key::StateNone) }</option> }
                { for choices.iter().map(|choice| html! {
                    <option value={choice.value} selected={choice.value == now}>{ texts.text(choice.label) }</option>
                }) }
            </select>
        </span>
    }
}

/// Several of a closed list.
pub fn choices_editor(
    texts: &Texts,
    props: &EditorProps,
    node: NodeRef,
    choices: &'static [Choice],
) -> Html {
    let now: Vec<&str> = props
        .value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let toggle = |word: &'static str| {
        let with: Vec<Value> = choices
            .iter()
            .map(|choice| choice.value)
            .filter(|other| now.contains(other) != (*other == word))
            .map(Value::from)
            .collect();
        props
            .onchange
            .reform(move |_: Event| Value::Array(with.clone()))
    };
    html! {
        <div class="checks" id={props.id.clone()}>
            { for choices.iter().enumerate().map(|(at, choice)| html! {
                <label class="check">
                    <input type="checkbox" ref={if at == 0 { node.clone() } else { NodeRef::default() }}
                        autofocus={props.focused && at == 0} checked={now.contains(&choice.value)} onchange={toggle(choice.value)}/>
                    <span>{ texts.text(choice.label) }</span>
                </label>
            }) }
        </div>
    }
}

/// Yes or no.
pub fn flag_editor(texts: &Texts, props: &EditorProps, node: NodeRef) -> Html {
    let on = props.value == true;
    let onchange = props.onchange.reform(|event: Event| {
        event
            .target_unchecked_into::<HtmlInputElement>()
            .checked()
            .into()
    });
    html! {
        <span class="check">
            <input ref={node} autofocus={props.focused} id={props.id.clone()} type="checkbox" checked={on} {onchange}/>
            <span aria-hidden="true">{ texts.text(if on { Key::StateYes } else { Key::StateNo }) }</span>
        </span>
    }
}
