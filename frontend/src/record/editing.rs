//! A record that is loaded and written field by field; a stale write asks which version holds.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use perennial_domain::page::Page;
use perennial_domain::problem::Problem;
use perennial_domain::rights::Action;
use serde_json::{Map, Value};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::client::{Client, Outcome};
use crate::load::use_load;
use crate::record::conflict::{Clash, Conflict};
use crate::record::field::Save;
use crate::session::use_session;
use crate::shape::{Record, Shape};

/// A record on its page.
pub struct Editing {
    /// The record.
    pub record: Option<Rc<Record>>,
    /// Why it did not come.
    pub problem: Option<Rc<Problem>>,
    /// Loads it again.
    pub reload: Callback<()>,
    /// Puts what a write answered in its place.
    pub put: Callback<Rc<Record>>,
    /// Saves a patch of it.
    pub save: Callback<Save>,
    /// The comparison of both versions, while there is one to make.
    pub conflict: Html,
}

/// A patch of the version in `base`.
struct Write {
    base: Rc<Record>,
    patch: Map<String, Value>,
    done: Callback<Outcome<()>>,
}

/// The writes of one record wait for each other: a second one would be stale by the first one alone.
#[derive(Default)]
struct Queue {
    waiting: VecDeque<Write>,
    busy: bool,
}

fn next(queue: &RefCell<Queue>) -> Option<Write> {
    let mut queue = queue.borrow_mut();
    let next = queue.waiting.pop_front();
    queue.busy = next.is_some();
    next
}

/// A record at a path of the API; `deleted` ones, too, which only a list tells of.
pub async fn read(client: Client, path: String, deleted: bool) -> Outcome<Record> {
    match (client.get(&path).await, path.split_once('/')) {
        (Err(problem), Some((plural, id))) if deleted && problem.status == 404 => {
            let path = format!("{plural}?include_deleted=true&id_in={id}");
            let page: Page<Record> = client.get(&path).await.unwrap_or_default();
            page.data.into_iter().next().ok_or(problem)
        }
        (outcome, _) => outcome,
    }
}

/// The record at a path of the API.
#[hook]
pub fn use_editing(shape: &'static Shape, path: &str) -> Editing {
    let session = use_session();
    let client = session.client.clone();
    let of = (path.to_owned(), session.may(shape.area, Action::Delete));
    let loaded = use_load(of, |client, (path, deleted)| read(client, path, deleted));
    let clash = use_state(|| None::<(Clash, Callback<Outcome<()>>)>);
    let queue = use_mut_ref(Queue::default);
    // Writes one patch after the other; where one is stale, fetches what stands there now and asks.
    let run = {
        let (path, put, clash, queue) = (
            path.to_owned(),
            loaded.put.clone(),
            clash.setter(),
            queue.clone(),
        );
        Callback::from(move |()| {
            if queue.borrow().busy {
                return;
            }
            let (client, path, put, clash, queue) = (
                client.clone(),
                path.clone(),
                put.clone(),
                clash.clone(),
                queue.clone(),
            );
            spawn_local(async move {
                while let Some(Write { base, patch, done }) = next(&queue) {
                    let body = Value::Object(patch.clone());
                    match client
                        .patch::<Rc<Record>>(&path, base.version(), body)
                        .await
                    {
                        Ok(record) => {
                            // What waits was made from the same version, which nobody else has changed.
                            let mut queue = queue.borrow_mut();
                            let same = |write: &&mut Write| write.base.version() == base.version();
                            queue
                                .waiting
                                .iter_mut()
                                .filter(same)
                                .for_each(|write| write.base = record.clone());
                            drop(queue);
                            put.emit(record);
                            done.emit(Ok(()));
                        }
                        Err(problem) if problem.status == 412 => {
                            match client.get::<Rc<Record>>(&path).await {
                                // The rest waits until a person has chosen.
                                Ok(theirs) => {
                                    let mine = patch;
                                    return clash.set(Some((Clash { mine, base, theirs }, done)));
                                }
                                Err(problem) => done.emit(Err(problem)),
                            }
                        }
                        Err(problem) => done.emit(Err(problem)),
                    }
                }
            });
        })
    };
    let save = {
        let (record, queue, run) = (loaded.data.clone(), queue.clone(), run.clone());
        Callback::from(move |(patch, done): Save| {
            let Some(base) = record.clone() else { return };
            queue
                .borrow_mut()
                .waiting
                .push_back(Write { base, patch, done });
            run.emit(());
        })
    };
    let onchoose = {
        let (clash, put) = (clash.clone(), loaded.put.clone());
        Callback::from(move |chosen: Option<Map<String, Value>>| {
            let Some((Clash { theirs: base, .. }, done)) = (*clash).clone() else {
                return;
            };
            clash.set(None);
            match chosen {
                None => done.emit(Err(Problem {
                    code: "stale".into(),
                    ..Problem::default()
                })),
                Some(patch) => {
                    put.emit(base.clone());
                    if patch.is_empty() {
                        done.emit(Ok(()))
                    } else {
                        let first = Write { base, patch, done };
                        queue.borrow_mut().waiting.push_front(first);
                    }
                }
            }
            queue.borrow_mut().busy = false;
            run.emit(());
        })
    };
    let conflict = (*clash)
        .clone()
        .map(|(clash, _)| html! { <Conflict {shape} {clash} {onchoose}/> });
    Editing {
        record: loaded.data,
        problem: loaded.problem,
        reload: loaded.reload,
        put: loaded.put,
        save,
        conflict: conflict.unwrap_or_default(),
    }
}
