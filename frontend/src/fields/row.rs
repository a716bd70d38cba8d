//! A field in a form: its label, its editor, its faults.

use perennial_domain::field::Kind;
use perennial_domain::text::Key;
use yew::prelude::*;

use crate::fields::editor::{Editor, EditorProps};
use crate::texts::{Texts, use_texts};

/// A field in a form.
#[component]
pub fn FieldRow(props: &EditorProps) -> Html {
    let texts = use_texts();
    let label = html! {
        <>{ texts.text(props.field.label) }if props.field.required { <span class="required" title={texts.text(Key::InvalidRequired)}>{ "*" }</span> }</>
    };
    let label_id = format!("{}-label", props.id);
    let group = matches!(
        props.field.kind,
        Kind::Choices(_) | Kind::References(_) | Kind::Parts(_) | Kind::Money
    );
    let wide = matches!(props.field.kind, Kind::Choices(_) | Kind::Parts(_)) || props.field.long;
    html! {
        <div class={classes!("field", wide.then_some("wide"))} role={group.then_some("group")} aria-labelledby={group.then(|| label_id.clone())}>
            if group {
                <span class="field-label" id={label_id}>{ label }</span>
            } else {
                <label class="field-label" id={label_id} for={props.id.clone()}>{ label }</label>
            }
            <Editor ..props.clone()/>
            { faults(&texts, props) }
        </div>
    }
}

/// What is wrong with a field's value.
pub fn faults(texts: &Texts, props: &EditorProps) -> Html {
    let parts = matches!(props.field.kind, Kind::Parts(_));
    let here = |pointer: &str| {
        pointer == props.pointer.as_str()
            || !parts
                && pointer
                    .strip_prefix(props.pointer.as_str())
                    .is_some_and(|rest| rest.starts_with('/'))
    };
    let found: Vec<_> = props
        .errors
        .iter()
        .filter(|error| here(&error.pointer))
        .collect();
    if found.is_empty() {
        return Html::default();
    }
    html! {
        <p class="fault" id={format!("{}-fault", props.id)} role="alert">
            { for found.into_iter().map(|error| html! { <span>{ format!("{} {}", texts.text(props.field.label), texts.fault(error)) }</span> }) }
        </p>
    }
}
