//! The browser's own dialog: it traps the focus, closes on Esc and gives the focus back.

use perennial_domain::text::Key;
use web_sys::HtmlDialogElement;
use yew::prelude::*;

use crate::components::icon::{Mark, icon};
use crate::texts::use_texts;

/// Properties of [`Dialog`].
#[derive(Properties, PartialEq)]
pub struct DialogProps {
    /// What it is about.
    pub title: AttrValue,
    /// Told when it is closed by Esc or its cross.
    pub onclose: Callback<()>,
    /// Classes beside `dialog`.
    #[prop_or_default]
    pub class: Classes,
    /// What it holds.
    pub children: Html,
}

/// A modal dialog; it is open as long as it is there.
#[component]
pub fn Dialog(props: &DialogProps) -> Html {
    let texts = use_texts();
    let node = use_node_ref();
    use_effect_with(node.clone(), |node| {
        if let Some(dialog) = node.cast::<HtmlDialogElement>() {
            let _ = dialog.show_modal();
        }
    });
    let oncancel = props.onclose.reform(|event: Event| event.prevent_default());
    html! {
        <dialog ref={node} class={classes!("dialog", props.class.clone())} aria-label={props.title.clone()} {oncancel}>
            <header class="dialog-head">
                <h2>{ &props.title }</h2>
                <button type="button" class="icon-button" aria-label={texts.text(Key::ActClose)} onclick={props.onclose.reform(|_| ())}>
                    { icon(Mark::Close) }
                </button>
            </header>
            { props.children.clone() }
        </dialog>
    }
}
