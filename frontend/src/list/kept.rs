//! Where each list was left, in memory: its rows, how far it was scrolled, the row that had the focus. The way back leads
//! there, and a record's page leads to its neighbours.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use yew::UseReducerHandle;

use crate::list::rows::Rows;
use crate::routes::list_path;
use crate::shape::{Record, Shape};

#[derive(Clone)]
struct Kept {
    rows: UseReducerHandle<Rows>,
    scroll: i32,
    cursor: usize,
}

thread_local! { static KEPT: RefCell<BTreeMap<&'static str, Kept>> = RefCell::default(); }

fn kept(shape: &Shape) -> Option<Kept> {
    KEPT.with_borrow(|kept| kept.get(shape.plural).cloned())
}

fn change(shape: &Shape, change: impl FnOnce(&mut Kept)) {
    KEPT.with_borrow_mut(|kept| kept.get_mut(shape.plural).map(change));
}

/// Keeps the rows of a list.
pub fn keep_rows(shape: &Shape, rows: UseReducerHandle<Rows>) {
    KEPT.with_borrow_mut(|kept| {
        let (scroll, cursor) = kept
            .get(shape.plural)
            .map_or((0, 0), |kept| (kept.scroll, kept.cursor));
        kept.insert(
            shape.plural,
            Kept {
                rows,
                scroll,
                cursor,
            },
        );
    });
}

/// Keeps how far a list is scrolled.
pub fn keep_scroll(shape: &Shape, scroll: i32) {
    change(shape, |kept| kept.scroll = scroll);
}

/// Keeps which row has the focus.
pub fn keep_cursor(shape: &Shape, cursor: usize) {
    change(shape, |kept| kept.cursor = cursor);
}

/// The rows of a list as they were left, if it is asked the same again; to be fetched anew as they are looked at.
pub fn rows_of(shape: &Shape, request: &str) -> Option<Rows> {
    kept(shape)
        .filter(|kept| kept.rows.answers(request))
        .map(|kept| kept.rows.stale())
}

/// How far a list was scrolled, and the row that had the focus.
pub fn place_of(shape: &Shape) -> (i32, usize) {
    kept(shape).map_or((0, 0), |kept| (kept.scroll, kept.cursor))
}

/// The address of a resource's list as it was left.
pub fn address(shape: &Shape) -> String {
    let request = kept(shape).map_or_else(String::new, |kept| kept.rows.request().to_owned());
    format!("{}{request}", list_path(shape))
}

/// A record's place in the list one came from.
pub struct Place {
    /// The place, from 0.
    pub at: usize,
    /// The list's rows.
    pub rows: UseReducerHandle<Rows>,
}

impl Place {
    /// The row that stands so many steps on.
    pub fn neighbour(&self, steps: isize) -> Option<(usize, Rc<Record>)> {
        let at = self.at.checked_add_signed(steps)?;
        Some((at, self.rows.get(at)?.clone()))
    }
}

/// Where a record stands in the list one came from, if it does.
pub fn find(shape: &Shape, id: &str) -> Option<Place> {
    let rows = kept(shape)?.rows;
    let at = (0..rows.known()).find(|at| rows.get(*at).is_some_and(|row| row.id() == id))?;
    Some(Place { at, rows })
}
