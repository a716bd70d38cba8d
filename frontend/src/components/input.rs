//! A labelled input for the few forms that no field table describes: sign-in, setup, passwords.

use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Properties of [`Input`].
#[derive(Properties, PartialEq)]
pub struct InputProps {
    /// What it is called.
    pub label: AttrValue,
    /// Its id and name.
    pub id: AttrValue,
    /// What is typed.
    pub value: String,
    /// Told what is typed.
    pub oninput: Callback<String>,
    /// The input's type.
    #[prop_or(AttrValue::Static("text"))]
    pub kind: AttrValue,
    /// What browsers and password managers fill in.
    #[prop_or(AttrValue::Static("off"))]
    pub autocomplete: AttrValue,
    /// What is wrong with it.
    #[prop_or_default]
    pub fault: Option<String>,
    /// What helps to fill it in.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// The id of a list of proposals.
    #[prop_or_default]
    pub list: Option<AttrValue>,
    /// It takes the focus.
    #[prop_or_default]
    pub focused: bool,
}

/// A labelled input with its fault or hint.
#[component]
pub fn Input(props: &InputProps) -> Html {
    let node = crate::fields::editor::use_focus(props.focused);
    let oninput = props
        .oninput
        .reform(|event: InputEvent| event.target_unchecked_into::<HtmlInputElement>().value());
    let below =
        (props.fault.is_some() || props.hint.is_some()).then(|| format!("{}-below", props.id));
    html! {
        <div class="field">
            <label class="field-label" for={props.id.clone()}>{ &props.label }</label>
            <span class="pf-v6-c-form-control">
                <input ref={node} autofocus={props.focused} id={props.id.clone()} name={props.id.clone()} type={props.kind.clone()} autocomplete={props.autocomplete.clone()} required=true list={props.list.clone()}
                    value={props.value.clone()} {oninput} aria-invalid={props.fault.is_some().to_string()} aria-describedby={below.clone()}/>
            </span>
            if let Some(fault) = &props.fault { <p class="fault" id={below} role="alert">{ fault }</p> }
            else if let Some(hint) = &props.hint { <p class="quiet" id={below}>{ hint }</p> }
        </div>
    }
}
