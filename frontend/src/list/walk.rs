//! Walking through a list by keyboard: the focus moves from row to row, and to rows that are not in the document yet.

use std::cell::RefCell;
use std::ops::Range;

use wasm_bindgen::JsCast;
use web_sys::{Element, FocusOptions, HtmlElement, KeyboardEvent};

/// Where a key leads from a row; `page` rows are on the screen, `last` is the last row that is known.
pub fn target(event: &KeyboardEvent, from: usize, page: usize, last: usize) -> Option<usize> {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return None;
    }
    let to = match event.key().as_str() {
        "ArrowDown" | "j" => from + 1,
        "ArrowUp" | "k" => from.saturating_sub(1),
        "PageDown" => from + page,
        "PageUp" => from.saturating_sub(page),
        "Home" => 0,
        "End" => last,
        _ => return None,
    };
    Some(to.min(last))
}

/// The row that an element stands in, from 0.
pub fn place_of(element: &Element) -> Option<usize> {
    let row = element.closest("tr[aria-rowindex]").ok()??;
    let index: usize = row.get_attribute("aria-rowindex")?.parse().ok()?;
    index.checked_sub(2)
}

/// Scrolls as little as it takes until a row is on the screen; `head` pixels are covered by the table's head.
pub fn reveal(scroll: &HtmlElement, place: usize, height: i32, head: i32) {
    let top = i32::try_from(place).unwrap_or(i32::MAX / height) * height;
    let seen = (scroll.client_height() - head).max(height);
    if top < scroll.scroll_top() {
        scroll.set_scroll_top(top);
    } else if top + height > scroll.scroll_top() + seen {
        scroll.set_scroll_top(top + height - seen);
    }
}

/// Focuses the row that is to have the focus, once it is in the document; unless the focus went elsewhere meanwhile.
pub fn arrive(scroll: &HtmlElement, goal: &RefCell<Option<usize>>) {
    let Some(place) = *goal.borrow() else {
        return;
    };
    let name = format!("tr[aria-rowindex='{}'] .row-name", place + 2);
    let Some(name) = scroll.query_selector(&name).ok().flatten() else {
        return;
    };
    goal.replace(None);
    if !has_focus() || active().is_some_and(|at| scroll.contains(Some(&at))) {
        focus(&name);
    }
}

/// Keeps the focus in the list when the row that has it leaves the document: `stays` is what remains of the rows.
pub fn keep_focus(scroll: &HtmlElement, stays: Range<usize>) {
    let gone = active()
        .filter(|at| scroll.contains(Some(at)))
        .and_then(|at| place_of(&at))
        .is_some_and(|place| !stays.contains(&place));
    if gone {
        focus(scroll);
    }
}

/// Whether anything on the page has the focus; the page as a whole is nothing.
pub fn has_focus() -> bool {
    active().is_some_and(|at| !at.matches("body, main").unwrap_or_default())
}

fn active() -> Option<Element> {
    web_sys::window()?.document()?.active_element()
}

/// Focuses without scrolling: the list scrolls by itself.
fn focus(element: &Element) {
    let quietly = FocusOptions::new();
    quietly.set_prevent_scroll(true);
    let _ = element
        .dyn_ref::<HtmlElement>()
        .map(|element| element.focus_with_options(&quietly));
}
