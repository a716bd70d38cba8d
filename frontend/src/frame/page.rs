//! A page's title, and where the focus goes when the page changes.

use std::cell::Cell;

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusOptions, HtmlElement};
use yew::prelude::*;

/// Puts a title on the page, in the browser's tab.
#[hook]
pub fn use_title(title: &str) {
    use_effect_with(title.to_owned(), |title| {
        if let Some(document) = web_sys::window().and_then(|window| window.document()) {
            document.set_title(&format!("{title} · Perennial"));
        }
    });
}

thread_local! { static KNOWS_FOCUS: Cell<bool> = const { Cell::new(false) }; }

/// Says while a page is drawn first that it knows better than its main region what shall have the focus.
pub fn knows_focus() {
    KNOWS_FOCUS.set(true);
}

/// Moves the focus to the main region whenever the path changes, but not on the first page.
#[hook]
pub fn use_page_focus(path: &str) -> NodeRef {
    let main = use_node_ref();
    let first = use_mut_ref(|| true);
    use_effect_with(path.to_owned(), {
        let main = main.clone();
        move |_| {
            if !first.replace(false) & !KNOWS_FOCUS.take() {
                let _ = main.cast::<HtmlElement>().map(|main| main.focus());
            }
        }
    });
    // What had the focus is taken away: the dialog it stood in takes it, or the page, but not nobody.
    use_effect_with((), {
        let main = main.clone();
        move |()| {
            let document = web_sys::window().and_then(|window| window.document());
            let listener = document.map(|document| {
                EventListener::new(&document.clone(), "focusout", move |event| {
                    let Some(at) = event.target().and_then(|at| at.dyn_into::<Element>().ok())
                    else {
                        return;
                    };
                    let dialog = at.closest("dialog").ok().flatten();
                    let (document, main) = (document.clone(), main.clone());
                    Timeout::new(0, move || {
                        let dropped = document
                            .active_element()
                            .is_none_or(|at| at.tag_name() == "BODY");
                        let home = dialog
                            .filter(|dialog| dialog.is_connected())
                            .and_then(|dialog| dialog.dyn_into::<HtmlElement>().ok())
                            .or_else(|| main.cast::<HtmlElement>());
                        if let Some(home) = home.filter(|_| dropped && !at.is_connected()) {
                            let quietly = FocusOptions::new();
                            quietly.set_prevent_scroll(true);
                            let _ = home.focus_with_options(&quietly);
                        }
                    })
                    .forget();
                })
            });
            move || drop(listener)
        }
    });
    main
}
