//! The table of a list: only the rows on the screen are in the document.

use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;

use perennial_domain::field::Kind;
use perennial_domain::text::Key;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::components::icon::{Mark, icon};
use crate::list::row::Row;
use crate::list::rows::Rows;
use crate::shape::{FieldRef, Shape};
use crate::texts::use_texts;

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
    /// The order: a field, with `-` before it for descending.
    pub sort: String,
    /// Told the next order.
    pub onsort: Callback<String>,
    /// The chosen rows.
    pub chosen: Rc<BTreeSet<String>>,
    /// Told a row that is chosen or no longer.
    pub onchoose: Callback<String>,
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
    let height = if props.cards { 92 } else { 45 };
    let first = use_state_eq(|| 0_usize);
    let seen = use_state_eq(|| 20_usize);
    let measure = {
        let (node, first, seen) = (node.clone(), first.setter(), seen.setter());
        move || {
            if let Some(scroll) = node.cast::<HtmlElement>() {
                first.set(
                    usize::try_from(scroll.scroll_top() / height).unwrap_or_default() / STEP * STEP,
                );
                seen.set(
                    usize::try_from(scroll.client_height() / height).unwrap_or_default() + STEP,
                );
            }
        }
    };
    use_effect_with((props.cards, props.rows.known() == 0), {
        let measure = measure.clone();
        move |_| measure()
    });
    let window = {
        let measure = measure.clone();
        move |_: Event| measure()
    };
    use_effect_with((*first, *seen), {
        let onlook = props.onlook.clone();
        move |(first, seen)| onlook.emit(*first..*first + *seen)
    });
    let known = props.rows.known();
    let begin = first.saturating_sub(OVERSCAN).min(known);
    let end = (*first + *seen + OVERSCAN).min(known);
    let span = (props.columns.len() + 1).to_string();
    // Rows keep their elements, and the focus, only where everything beside them has a key, too.
    let spacer = |key: &'static str, rows: usize| {
        let height = i32::try_from(rows).unwrap_or(i32::MAX / height) * height;
        html! { <tr {key} class="spacer" aria-hidden="true"><td colspan={span.clone()} ~style={format!("height:{height}px")}></td></tr> }
    };
    let head = |field: &FieldRef| {
        let label = texts.text(field.label);
        let now = props.sort.trim_start_matches('-') == field.name;
        let down = now && props.sort.starts_with('-');
        let next = if now && !down {
            format!("-{}", field.name)
        } else {
            field.name.to_owned()
        };
        let onclick = props.onsort.reform(move |_: MouseEvent| next.clone());
        html! {
            <th scope="col" class={width(*field)} aria-sort={now.then_some(if down { "descending" } else { "ascending" })}>
                if field.sorted {
                    <button type="button" class="sort" {onclick}>{ label }if now { { icon(if down { Mark::Down } else { Mark::Up }) } }</button>
                } else { { label } }
            </th>
        }
    };
    let row = |at: usize| match props.rows.get(at) {
        Some(record) => html! {
            <Row key={record.id()} shape={props.shape} record={record.clone()} columns={props.columns.clone()} place={at} cards={props.cards}
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
    // Half rems, as the sheet has them.
    let wide: u32 = props
        .columns
        .iter()
        .map(|field| {
            if width(*field) == "col-name" {
                29
            } else if width(*field) == "col-wide" {
                18
            } else {
                12
            }
        })
        .sum();
    let count = props
        .rows
        .total
        .filter(|total| *total <= 10_000)
        .unwrap_or(-1);
    html! {
        <div class="table-scroll" ref={node} onscroll={window} tabindex="-1">
            <table class={classes!("list", props.cards.then_some("cards"))} aria-rowcount={count.to_string()} aria-busy={props.rows.is_starting().to_string()}
                aria-label={texts.text(props.shape.area.label())} ~style={if props.cards { String::new() } else { format!("min-width:{}px", wide * 8 + 40) }}>
                <thead><tr>
                    <th class="col-check"><span class="hidden">{ texts.text(Key::ListChoose) }</span></th>
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

/// The class that gives a column its width.
pub fn width(field: FieldRef) -> &'static str {
    match field.kind {
        _ if matches!(field.name, "name" | "email") => "col-name",
        Kind::Choices(_) | Kind::References(_) | Kind::Parts => "col-wide",
        Kind::Integer | Kind::Decimal | Kind::Money => "col-number",
        _ => "col-short",
    }
}
