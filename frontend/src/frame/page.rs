//! A page's title, and where the focus goes when the page changes.

use web_sys::HtmlElement;
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

/// Moves the focus to the main region whenever the path changes, but not on the first page.
#[hook]
pub fn use_page_focus(path: &str) -> NodeRef {
    let main = use_node_ref();
    let first = use_mut_ref(|| true);
    use_effect_with(path.to_owned(), {
        let main = main.clone();
        move |_| {
            if !first.replace(false) {
                let _ = main.cast::<HtmlElement>().map(|main| main.focus());
            }
        }
    });
    main
}
