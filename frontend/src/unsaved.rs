//! Warns before a page with unsaved text is left: by closing, by a link, by the browser's own buttons.

use std::cell::Cell;

use gloo_events::{EventListener, EventListenerOptions};
use js_sys::Reflect;
use perennial_domain::text::Key;
use wasm_bindgen::prelude::*;
use yew::prelude::*;

use crate::texts::use_texts;

thread_local! { static UNSAVED: Cell<u32> = const { Cell::new(0) }; }

/// Marks that this component holds unsaved text, as long as `unsaved` is true.
#[hook]
pub fn use_unsaved(unsaved: bool) {
    use_effect_with(unsaved, |unsaved| {
        let add = u32::from(*unsaved);
        UNSAVED.set(UNSAVED.get() + add);
        move || UNSAVED.set(UNSAVED.get().saturating_sub(add))
    });
}

/// Asks before unsaved text is left. Once, in the frame.
#[hook]
pub fn use_leave_warning() {
    let question = use_texts().text(Key::FormLeave);
    use_effect_with(question, |question| {
        let question = *question;
        let window = web_sys::window();
        let active = EventListenerOptions::enable_prevent_default();
        let closing = window.as_ref().map(|window| {
            EventListener::new_with_options(window, "beforeunload", active, |event| {
                if UNSAVED.get() > 0 {
                    event.prevent_default();
                }
            })
        });
        // The browser's own `navigation` object sees every way out of a page, the back button too.
        let navigation = window.as_ref().and_then(|window| {
            Reflect::get(window, &"navigation".into())
                .ok()?
                .dyn_into::<web_sys::EventTarget>()
                .ok()
        });
        let leaving = navigation.map(|navigation| {
            EventListener::new_with_options(&navigation, "navigate", active, move |event| {
                if UNSAVED.get() > 0 && leaves(event) && event.cancelable() {
                    if may_discard(question) {
                        UNSAVED.set(0);
                    } else {
                        event.prevent_default();
                    }
                }
            })
        });
        move || drop((closing, leaving))
    });
}

/// Whether the event goes to another path within the application; the rest is `beforeunload`'s.
fn leaves(event: &web_sys::Event) -> bool {
    let to =
        Reflect::get(event, &"destination".into()).and_then(|to| Reflect::get(&to, &"url".into()));
    let to = to
        .ok()
        .and_then(|url| web_sys::Url::new(&url.as_string()?).ok());
    let here = web_sys::window().map(|window| window.location());
    match (to, here) {
        (Some(to), Some(here)) => {
            here.origin().is_ok_and(|origin| origin == to.origin())
                && here.pathname().is_ok_and(|path| path != to.pathname())
        }
        _ => false,
    }
}

/// Asks whether what was typed may be thrown away.
pub fn may_discard(question: &str) -> bool {
    web_sys::window()
        .is_some_and(|window| window.confirm_with_message(question).unwrap_or_default())
}
