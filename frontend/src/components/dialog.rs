//! The browser's own dialog: it traps the focus, closes on Esc and gives the focus back.

use perennial_domain::text::Key;
use web_sys::HtmlDialogElement;
use yew::prelude::*;

use crate::components::icon::{Mark, icon};
use crate::keys::is_composing;
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
        let dialog = node.cast::<HtmlDialogElement>();
        let _ = dialog.as_ref().map(HtmlDialogElement::show_modal);
        // Only a dialog that is closed gives the focus back: one that is taken away drops it.
        move || dialog.iter().for_each(HtmlDialogElement::close)
    });
    let oncancel = props.onclose.reform(|event: Event| event.prevent_default());
    // Taken at the key, as the browser closes by itself when Esc comes a second time.
    let onkeydown = {
        let onclose = props.onclose.clone();
        move |event: KeyboardEvent| {
            if event.key() == "Escape" && !is_composing(&event) {
                event.prevent_default();
                event.stop_propagation();
                onclose.emit(());
            }
        }
    };
    html! {
        <dialog ref={node} tabindex="-1" class={classes!("dialog", props.class.clone())} aria-label={props.title.clone()} {oncancel} {onkeydown}>
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
