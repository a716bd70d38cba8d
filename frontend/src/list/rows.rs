//! The rows of a list: pages fetched by cursor as the window reaches them, dropped when it is far away, fetched again by
//! the same cursor when it comes back. The document never holds more than the window.

use std::ops::Range;
use std::rc::Rc;

use perennial_domain::page::Page;
use perennial_domain::problem::Problem;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::list::kept;
use crate::names::use_names;
use crate::session::use_session;
use crate::shape::{Record, Shape};

/// Rows of one page.
const LIMIT: usize = 50;
/// Pages kept on each side of the window.
const KEPT: usize = 6;
/// The next page is fetched when the window comes this close to the end.
const AHEAD: usize = 30;

/// One page: its cursor stays, its rows only while they are near.
#[derive(Clone, Debug, PartialEq)]
struct Slice {
    cursor: Option<String>,
    len: usize,
    rows: Vec<Rc<Record>>,
    fresh: bool,
}

/// The rows of a list, as far as they are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    request: String,
    turn: u32,
    slices: Vec<Slice>,
    next: Option<String>,
    window: Range<usize>,
    begun: bool,
    /// How many rows the whole list has, counted up to 10 001.
    pub total: Option<i64>,
    /// Why the newest page did not come.
    pub problem: Option<Rc<Problem>>,
}

/// What happens to the rows.
pub enum Step {
    /// Another list is asked for.
    Ask(String),
    /// These rows are on the screen.
    Look(Range<usize>),
    /// A page came.
    Came(u32, usize, Page<Rc<Record>>),
    /// A page did not come.
    Failed(u32, Problem),
    /// The rows may have changed: fetch again what is on the screen.
    Renew,
}

impl Reducible for Rows {
    type Action = Step;

    fn reduce(self: Rc<Self>, step: Step) -> Rc<Self> {
        let mut rows = (*self).clone();
        match step {
            Step::Ask(request) if request != rows.request || rows.turn == 0 => {
                rows = Self {
                    request,
                    turn: rows.turn + 1,
                    window: 0..AHEAD,
                    ..Self::default()
                };
            }
            Step::Look(window) => rows.window = window,
            Step::Came(turn, at, page) if turn == rows.turn => rows.take(at, page),
            Step::Failed(turn, problem) if turn == rows.turn => {
                rows.problem = Some(Rc::new(problem))
            }
            Step::Renew => rows = rows.stale(),
            Step::Ask(_) | Step::Came(..) | Step::Failed(..) => return self,
        }
        if rows == *self { self } else { Rc::new(rows) }
    }
}

impl Rows {
    /// Whether these are the rows of that request.
    pub fn answers(&self, request: &str) -> bool {
        self.turn > 0 && self.request == request
    }

    /// What was asked.
    pub fn request(&self) -> &str {
        &self.request
    }

    /// The same rows, to be fetched again as they come to the screen.
    #[must_use]
    pub fn stale(&self) -> Self {
        let mut rows = self.clone();
        rows.turn += 1;
        rows.problem = None;
        rows.begun = !rows.slices.is_empty();
        rows.slices.iter_mut().for_each(|slice| slice.fresh = false);
        rows
    }

    /// How many rows are known so far.
    pub fn known(&self) -> usize {
        self.slices.iter().map(|slice| slice.len).sum()
    }

    /// Whether the list is known to be empty.
    pub fn is_empty(&self) -> bool {
        self.begun && self.next.is_none() && self.known() == 0
    }

    /// Whether the first page is still on its way.
    pub fn is_starting(&self) -> bool {
        !self.begun && self.problem.is_none()
    }

    /// Whether there is more than is known.
    pub fn has_more(&self) -> bool {
        self.next.is_some()
    }

    /// The row at a place; none while its page is away.
    pub fn get(&self, at: usize) -> Option<&Rc<Record>> {
        let (page, first) = self.page_of(at)?;
        self.slices.get(page)?.rows.get(at - first)
    }

    /// Every row that is at hand.
    pub fn all(&self) -> impl Iterator<Item = &Rc<Record>> {
        self.slices.iter().flat_map(|slice| &slice.rows)
    }

    /// The page that holds a row, and that page's first row.
    fn page_of(&self, at: usize) -> Option<(usize, usize)> {
        let mut first = 0;
        for (page, slice) in self.slices.iter().enumerate() {
            if at < first + slice.len {
                return Some((page, first));
            }
            first += slice.len;
        }
        None
    }

    fn take(&mut self, at: usize, page: Page<Rc<Record>>) {
        self.begun = true;
        self.problem = None;
        self.total = page.page.total.or(self.total);
        let next = page.page.next_cursor.filter(|_| page.page.has_more);
        let slice = |cursor| Slice {
            cursor,
            len: page.data.len(),
            rows: page.data.clone(),
            fresh: true,
        };
        match self.slices.get_mut(at) {
            Some(old) => *old = slice(old.cursor.clone()),
            None => self.slices.push(slice(self.next.take())),
        }
        // Pages after a page that now ends elsewhere begin elsewhere, too.
        if self
            .slices
            .get(at + 1)
            .is_none_or(|after| after.cursor != next)
        {
            self.slices.truncate(at + 1);
            self.next = next;
        }
        let near = self.page_of(self.window.start).map_or(at, |(page, _)| page);
        for (page, slice) in self.slices.iter_mut().enumerate() {
            if page.abs_diff(near) > KEPT && page != at {
                (slice.rows, slice.fresh) = (Vec::new(), false);
            }
        }
    }

    /// The page to fetch now: one on the screen that is away or old, else the next one.
    fn wanted(&self) -> Option<(usize, Option<String>)> {
        if self.problem.is_some() {
            return None;
        }
        let last = self.window.end.min(self.known().saturating_sub(1));
        let (from, to) = (
            self.page_of(self.window.start).map_or(0, |(page, _)| page),
            self.page_of(last).map_or(0, |(page, _)| page),
        );
        if let Some((page, slice)) = self
            .slices
            .iter()
            .enumerate()
            .take(to + 1)
            .skip(from)
            .find(|(_, slice)| !slice.fresh)
        {
            return Some((page, slice.cursor.clone()));
        }
        let first = !self.begun && self.turn > 0;
        (first || self.next.is_some() && self.window.end + AHEAD >= self.known())
            .then(|| (self.slices.len(), self.next.clone()))
    }
}

/// The rows that `request` asks of a resource, and the way to steer them.
#[hook]
pub fn use_rows(shape: &'static Shape, request: &str) -> UseReducerHandle<Rows> {
    let rows = use_reducer_eq(|| kept::rows_of(shape, request).unwrap_or_default());
    use_effect({
        let rows = rows.clone();
        move || kept::keep_rows(shape, rows)
    });
    let client = use_session().client;
    let names = use_names();
    use_effect_with(request.to_owned(), {
        let rows = rows.dispatcher();
        move |request| rows.dispatch(Step::Ask(request.clone()))
    });
    use_effect_with((rows.turn, rows.wanted()), {
        let (dispatcher, request) = (rows.dispatcher(), rows.request.clone());
        move |(turn, wanted): &(u32, Option<(usize, Option<String>)>)| {
            let Some((at, cursor)) = wanted.clone() else {
                return;
            };
            let turn = *turn;
            let joint = if request.is_empty() { "?" } else { "&" };
            let place = match cursor {
                Some(cursor) => format!("cursor={cursor}"),
                None => "include_total=true".to_owned(),
            };
            let path = format!("{}{request}{joint}limit={LIMIT}&{place}", shape.plural);
            spawn_local(async move {
                dispatcher.dispatch(match client.get::<Page<Rc<Record>>>(&path).await {
                    Ok(page) => {
                        names.want_all(shape, &page.data);
                        Step::Came(turn, at, page)
                    }
                    Err(problem) => Step::Failed(turn, problem),
                });
            });
        }
    });
    rows
}
