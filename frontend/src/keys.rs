//! What a pressed key is meant for.

use web_sys::{Element, KeyboardEvent};
use yew::TargetCast;

/// Whether the key belongs to an input method that is composing: it submits nothing.
pub fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == 229
}

/// Whether a dialog is open: keys are meant for it.
pub fn is_in_dialog() -> bool {
    web_sys::window()
        .and_then(|window| window.document()?.query_selector("dialog[open]").ok()?)
        .is_some()
}

/// Whether the key is typed into something.
pub fn is_typing(event: &KeyboardEvent) -> bool {
    event.target_dyn_into::<Element>().is_some_and(|at| {
        at.matches("input:not([type=checkbox]), textarea, select, [contenteditable]")
            .unwrap_or_default()
    })
}
