//! Whether the screen is narrow.

use gloo_events::EventListener;
use yew::prelude::*;

use crate::preferences::media_matches;

/// The width at which tables become cards and the navigation folds; the sheet has the same.
const NARROW: &str = "(max-width: 47.99rem)";

/// Whether the screen is narrow, now and as it changes.
#[hook]
pub fn use_narrow() -> bool {
    let narrow = use_state_eq(|| media_matches(NARROW));
    use_effect_with((), {
        let narrow = narrow.setter();
        move |()| {
            let list = web_sys::window().and_then(|window| window.match_media(NARROW).ok()?);
            let listener = list.map(|list| {
                EventListener::new(&list, "change", move |_| narrow.set(media_matches(NARROW)))
            });
            move || drop(listener)
        }
    });
    *narrow
}
