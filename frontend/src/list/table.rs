//! The table of a list: only the rows on the screen are in the document.

use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions};
use perennial_domain::text::Key;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::components::icon::{Mark, icon};
use crate::frame::page::knows_focus;
use crate::keys::is_in_dialog;
use crate::list::kept;
use crate::list::row::Row;
use crate::list::rows::Rows;
use crate::list::walk;
use crate::list::width::{class, width};
use crate::preferences::use_preferences;
use crate::shape::{FieldRef, Shape};
use crate::texts::use_texts;

/// Heights of a row, a card and the table's head, in pixels, as the sheet has them.
const ROW: i32 = 45;
const CARD: i32 = 66;
const HEAD: i32 = 37;
/// Rows built beyond each edge of the screen.
const OVERSCAN: usize = 8;
/// The window moves in steps of so many rows.
const STEP: usize = 4;

/// Properties of [`Table`].
#[derive(Properties, PartialEq)]
pub struct TableProps {
    /// The resource.
    pub shape: &'static Shape,
    /// Its rows.
    pub rows: UseReducerHandle<Rows>,
    /// The columns.
    pub columns: Vec<FieldRef>,
    /// The order: a field, with `-` before it for descending; empty for the list's own.
    pub sort: String,
    /// Told the next order.
    pub onsort: Callback<String>,
    /// The chosen rows.
    pub chosen: Rc<BTreeSet<String>>,
    /// Told a row that is chosen or no longer.
    pub onchoose: Callback<String>,
    /// Told that every row at hand is chosen, or none.
    pub onchoose_all: Callback<bool>,
    /// The row in the side panel.
    pub open: String,
    /// Told the row to put there.
    pub onopen: Callback<String>,
    /// Told which rows are on the screen.
    pub onlook: Callback<Range<usize>>,
    /// Rows are cards: the screen is narrow.
    pub cards: bool,
}

/// The table; as cards where the screen is narrow.
#[component]
pub fn Table(props: &TableProps) -> Html {
    let texts = use_texts();
    let node = use_node_ref();
    let height = if props.cards { CARD } else { ROW };
    let first = use_state_eq(|| 0_usize);
    let seen = use_state_eq(|| 20_usize);
    // The row that had the focus last, and the one that gets it as soon as it is in the document.
    let known = props.rows.known();
    // A list that one comes back to is where it was left.
    let left = use_mut_ref(|| {
        let comes_back = known > 0;
        comes_back.then(|| {
            knows_focus();
            kept::place_of(props.shape)
        })
    });
    let cursor = use_state_eq(|| left.borrow().map_or(0, |(_, cursor)| cursor));
    let goal = use_mut_ref(|| None::<usize>);
    let was_open = use_mut_ref(|| false);
    let shape = props.shape;
    let measure = {
        let (node, first, seen) = (node.clone(), first.setter(), seen.setter());
        move || {
            if let Some(scroll) = node.cast::<HtmlElement>() {
                kept::keep_scroll(shape, scroll.scroll_top());
                let rows = |pixels: i32| usize::try_from(pixels / height).unwrap_or_default();
                let begin = rows(scroll.scroll_top()) / STEP * STEP;
                let count = rows(scroll.client_height()) + STEP;
                let stays = begin.saturating_sub(OVERSCAN)..begin + count + OVERSCAN;
                walk::keep_focus(&scroll, stays);
                first.set(begin);
                seen.set(count);
            }
        }
    };
    use_effect_with((props.cards, known == 0), {
        let (measure, node, goal) = (measure.clone(), node.clone(), goal.clone());
        move |_| {
            if let (Some((top, row)), Some(scroll)) = (left.take(), node.cast::<HtmlElement>()) {
                scroll.set_scroll_top(top);
                walk::reveal(&scroll, row, height, HEAD);
                goal.replace(Some(row));
            }
            measure();
        }
    });
    use_effect_with(*cursor, move |cursor| kept::keep_cursor(shape, *cursor));
    let window = {
        let measure = measure.clone();
        move |_: Event| measure()
    };
    use_effect_with((*first, *seen), {
        let onlook = props.onlook.clone();
        move |(first, seen)| onlook.emit(*first..*first + *seen)
    });
    let last = known.saturating_sub(1);
    let begin = first.saturating_sub(OVERSCAN).min(known);
    let end = (*first + *seen + OVERSCAN).min(known);
    // Tab reaches one row: the one that had the focus, else the first on the screen.
    let stop = if (begin..end).contains(&*cursor) {
        *cursor
    } else {
        (*first).min(last)
    };
    use_effect({
        let (node, goal) = (node.clone(), goal.clone());
        move || {
            if let Some(scroll) = node.cast::<HtmlElement>() {
                walk::arrive(&scroll, &goal);
            }
        }
    });
    let go_to = {
        let (node, goal, cursor) = (node.clone(), goal.clone(), cursor.setter());
        move |place: usize| {
            if let Some(scroll) = node.cast::<HtmlElement>() {
                goal.replace(Some(place));
                cursor.set(place);
                walk::reveal(&scroll, place, height, HEAD);
                walk::arrive(&scroll, &goal);
            }
        }
    };
    let target = {
        let node = node.clone();
        move |event: &KeyboardEvent| {
            let seen = node.cast::<HtmlElement>();
            let seen = seen.map_or(height, |scroll| scroll.client_height() - HEAD);
            let page = usize::try_from(seen / height).unwrap_or_default().max(1);
            walk::target(event, stop, page, last)
        }
    };
    let onkeydown = {
        let (target, go_to) = (target.clone(), go_to.clone());
        move |event: KeyboardEvent| {
            let at = event.target_dyn_into::<Element>();
            let in_head = at.is_some_and(|at| at.closest("thead").is_ok_and(|head| head.is_some()));
            if let Some(place) = target(&event).filter(|_| !in_head) {
                event.prevent_default();
                go_to(place);
            }
        }
    };
    // Where nothing has the focus the same keys lead into the list: at first to the row where Tab would stop.
    let visited = use_mut_ref(|| false);
    let from_nowhere = use_mut_ref(Callback::<KeyboardEvent>::noop);
    from_nowhere.replace({
        let (go_to, visited, quiet) = (
            go_to.clone(),
            visited.clone(),
            use_preferences().now.quiet_keys,
        );
        Callback::from(move |event: KeyboardEvent| {
            let letter = event.key().len() == 1;
            if walk::has_focus() || is_in_dialog() || event.default_prevented() || quiet && letter {
                return;
            }
            if let Some(place) = target(&event).filter(|_| known > 0) {
                event.prevent_default();
                let begins = !*visited.borrow() && place.abs_diff(stop) <= 1;
                go_to(if begins { stop } else { place });
            }
        })
    });
    use_effect_with((), move |()| {
        let listen = move |event: &web_sys::Event| {
            let event = event.dyn_ref::<KeyboardEvent>().cloned();
            let walk_in = from_nowhere.borrow().clone();
            event.into_iter().for_each(|event| walk_in.emit(event));
        };
        let options = EventListenerOptions::enable_prevent_default();
        let listener = web_sys::window()
            .map(|window| EventListener::new_with_options(&window, "keydown", options, listen));
        move || drop(listener)
    });
    let onfocusin = {
        let cursor = cursor.setter();
        move |event: FocusEvent| {
            visited.replace(true);
            let at = event.target_dyn_into::<Element>();
            let _ = at
                .and_then(|at| walk::place_of(&at))
                .map(|place| cursor.set(place));
        }
    };
    // The side panel shows a row, and gives the focus back to it when it closes.
    use_effect_with(props.open.clone(), {
        let opened = (begin..end).find(|at| {
            let row = props.rows.get(*at);
            row.is_some_and(|row| row.id() == props.open)
        });
        let (cursor, was_open) = (cursor.setter(), was_open.clone());
        move |open: &String| {
            let closed = was_open.replace(!open.is_empty()) && open.is_empty();
            if closed && !walk::has_focus() {
                go_to(stop);
            }
            let _ = opened.map(|place| cursor.set(place));
        }
    });
    let span = (props.columns.len() + 1).to_string();
    // Rows keep their elements, and the focus, only where everything beside them has a key, too.
    let spacer = |key: &'static str, rows: usize| {
        let height = i32::try_from(rows).unwrap_or(i32::MAX / height) * height;
        html! { <tr {key} class="spacer" aria-hidden="true"><td colspan={span.clone()} ~style={format!("height:{height}px")}></td></tr> }
    };
    let sort = if props.sort.is_empty() {
        props.shape.order
    } else {
        &props.sort
    };
    let head = |field: &FieldRef| {
        let label = texts.text(field.label);
        let now = sort.trim_start_matches('-') == field.name;
        let down = now && sort.starts_with('-');
        let next = if now && !down {
            format!("-{}", field.name)
        } else {
            field.name.to_owned()
        };
        let onclick = props.onsort.reform(move |_: MouseEvent| next.clone());
        html! {
            <th scope="col" class={class(props.shape, *field)} aria-sort={now.then_some(if down { "descending" } else { "ascending" })}>
                if field.sorted {
                    <button type="button" class="sort" {onclick}>{ label }if now { { icon(if down { Mark::Down } else { Mark::Up }) } }</button>
                } else { { label } }
            </th>
        }
    };
    let row = |at: usize| match props.rows.get(at) {
        Some(record) => html! {
            <Row key={record.id()} shape={props.shape} record={record.clone()} columns={props.columns.clone()} place={at} cards={props.cards} stop={at == stop}
                chosen={props.chosen.contains(record.id())} open={props.open == record.id()} onchoose={props.onchoose.clone()} onopen={props.onopen.clone()}/>
        },
        None => {
            html! { <tr key={at} class="away"><td colspan={span.clone()}><span class="pf-v6-c-skeleton" aria-hidden="true"></span></td></tr> }
        }
    };
    let coming = if props.rows.is_starting() {
        12
    } else {
        usize::from(props.rows.has_more()) * 3
    };
    let widths: Vec<u32> = props
        .columns
        .iter()
        .map(|field| width(&texts, props.shape, *field))
        .collect();
    let sum: u32 = widths.iter().sum();
    // Where there is more room they share it; the box to tick has no use for it.
    let share = |width: u32| {
        let style = format!("width:{}%", f64::from(width) * 100.0 / f64::from(sum));
        html! { <col ~style={style}/> }
    };
    let all = known > 0 && props.rows.all().all(|row| props.chosen.contains(row.id()));
    let wide = format!("min-width:{}px", sum * 8 + 40);
    let count = props
        .rows
        .total
        .filter(|total| *total <= 10_000)
        .unwrap_or(-1);
    html! {
        <div class="table-scroll" ref={node} onscroll={window} {onkeydown} {onfocusin} tabindex="-1">
            <table class={classes!("list", props.cards.then_some("cards"))} aria-rowcount={count.to_string()} aria-busy={props.rows.is_starting().to_string()}
                aria-label={texts.text(props.shape.plural_title())} ~style={if props.cards { String::new() } else { wide }}>
                <colgroup><col class="col-check"/>{ for widths.iter().copied().map(share) }</colgroup>
                <thead><tr>
                    <th class="col-check"><input type="checkbox" checked={all} onchange={props.onchoose_all.reform(move |_: Event| !all)} aria-label={texts.text(Key::ListChooseAll)}/></th>
                    { for props.columns.iter().map(head) }
                </tr></thead>
                <tbody>
                    { spacer("before", begin) }
                    { for (begin..end).map(row) }
                    { spacer("after", known - end) }
                    { for (0..coming).map(|at| html! { <tr key={format!("coming-{at}")} class="away" aria-hidden="true"><td colspan={span.clone()}><span class="pf-v6-c-skeleton"></span></td></tr> }) }
                </tbody>
            </table>
        </div>
    }
}
