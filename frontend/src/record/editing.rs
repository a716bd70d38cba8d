//! A record that is loaded and written field by field; a stale write asks which version holds.

use std::rc::Rc;

use perennial_domain::problem::Problem;
use serde_json::{Map, Value};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::client::Outcome;
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

/// The record at a path of the API.
#[hook]
pub fn use_editing(shape: &'static Shape, path: &str) -> Editing {
    let client = use_session().client;
    let loaded = use_load(path.to_owned(), |client, path| async move {
        client.get::<Record>(&path).await
    });
    let clash = use_state(|| None::<(Clash, Callback<Outcome<()>>)>);
    // Writes a patch of the version in `base`; where that is stale, fetches what stands there now and asks.
    let write = {
        let (path, put, clash) = (path.to_owned(), loaded.put.clone(), clash.setter());
        Callback::from(
            move |(base, patch, done): (Rc<Record>, Map<String, Value>, Callback<Outcome<()>>)| {
                let (client, path, put, clash) =
                    (client.clone(), path.clone(), put.clone(), clash.clone());
                spawn_local(async move {
                    match client
                        .patch::<Rc<Record>>(&path, base.version(), Value::Object(patch.clone()))
                        .await
                    {
                        Ok(record) => {
                            put.emit(record);
                            done.emit(Ok(()));
                        }
                        Err(problem) if problem.status == 412 => {
                            match client.get::<Rc<Record>>(&path).await {
                                Ok(theirs) => clash.set(Some((
                                    Clash {
                                        mine: patch,
                                        base,
                                        theirs,
                                    },
                                    done,
                                ))),
                                Err(problem) => done.emit(Err(problem)),
                            }
                        }
                        Err(problem) => done.emit(Err(problem)),
                    }
                });
            },
        )
    };
    let save = {
        let (record, write) = (loaded.data.clone(), write.clone());
        Callback::from(move |(patch, done): Save| {
            record
                .iter()
                .for_each(|record| write.emit((record.clone(), patch.clone(), done.clone())))
        })
    };
    let onchoose = {
        let (clash, put) = (clash.clone(), loaded.put.clone());
        Callback::from(move |chosen: Option<Map<String, Value>>| {
            let Some((Clash { theirs, .. }, done)) = (*clash).clone() else {
                return;
            };
            clash.set(None);
            match chosen {
                None => done.emit(Err(Problem {
                    code: "stale".into(),
                    ..Problem::default()
                })),
                Some(patch) => {
                    put.emit(theirs.clone());
                    if patch.is_empty() {
                        done.emit(Ok(()))
                    } else {
                        write.emit((theirs, patch, done))
                    }
                }
            }
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
