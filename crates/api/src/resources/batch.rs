//! Many operations on one resource in one request and one transaction.

use std::sync::{Arc, Mutex, PoisonError};

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use perennial_domain::problem::Invalid;
use perennial_domain::{Id, validation};
use perennial_store::{Answer, Change, Error, Scope, Stored, Tx, resource};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::extract::{Body, Idempotency};
use crate::operations::guard::{Allowed, Update};
use crate::problem::Problem;
use crate::{answer, present};

/// How many operations go into one request.
pub const LARGEST: usize = 200;

#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Mode {
    #[default]
    AllOrNothing,
    BestEffort,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    #[serde(default)]
    mode: Mode,
    operations: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    create: Option<Value>,
    update: Option<Patched>,
    delete: Option<Versioned>,
    restore: Option<Named>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Patched {
    id: uuid::Uuid,
    version: i64,
    patch: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Versioned {
    id: uuid::Uuid,
    version: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    id: uuid::Uuid,
}

/// An operation that keeps every rule that can be checked without the database.
enum Step<R: Stored> {
    Create(R::Draft),
    Update(Change<R>),
    Delete(Id<R>, i64),
    Restore(Id<R>),
}

/// What became of one operation.
enum Outcome {
    Done(Value),
    Failed(Problem),
}

/// Does many things at once.
pub async fn batch<R: Stored>(
    allowed: Allowed<Update<R>>,
    once: Idempotency,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let key = once.key(Some(&body));
    check_shape(&body.value)?;
    let Request { mode, operations } = validation::read(body.value)?;
    if operations.is_empty() || operations.len() > LARGEST {
        let fault = perennial_domain::problem::FieldError::new("/operations", "range");
        return Err(Invalid(vec![fault.with("min", 1).with("max", LARGEST)]).into());
    }
    let scope = allowed.scope();
    let steps = operations
        .into_iter()
        .enumerate()
        .map(|(at, item)| step::<R>(scope, item).map_err(|problem| problem.below(&place(at, ""))));
    let steps: Vec<Result<Step<R>, Problem>> = steps.collect();
    if mode == Mode::BestEffort {
        return Ok(answer::kept(
            allowed
                .write_once(R::AREA, key, move |tx| {
                    resource::take_turns(tx)?;
                    best_effort(tx, &steps)
                })
                .await?,
        ));
    }
    let steps = steps.into_iter().collect::<Result<Vec<_>, _>>()?;
    // The transaction ends without a word on which step failed; this remembers it.
    let reached = Arc::new(Mutex::new(String::new()));
    let here = Arc::clone(&reached);
    let answer = allowed
        .write_once(R::AREA, key, move |tx| {
            resource::take_turns(tx)?;
            all_or_nothing(tx, &steps, &here)
        })
        .await;
    let place = reached.lock().unwrap_or_else(PoisonError::into_inner);
    match answer {
        // What fails before the first step is no step's fault.
        Err(problem) if !place.is_empty() => Err(problem.below(&place)),
        answer => answer.map(answer::kept),
    }
}

/// Refuses operations that are no objects of objects; what they write is looked at later.
fn check_shape(body: &Value) -> Result<(), Invalid> {
    let operations = body
        .get("operations")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    for (at, operation) in operations.enumerate() {
        let members = operation
            .as_object()
            .ok_or_else(|| Invalid::new(place(at, ""), "type"))?;
        if let Some((name, _)) = members.iter().find(|(_, member)| !member.is_object()) {
            return Err(Invalid::new(place(at, &format!("/{name}")), "type"));
        }
    }
    if body.is_object() {
        Ok(())
    } else {
        Err(Invalid::new("", "type"))
    }
}

/// Where in the request a step is, and in it what is written.
fn place(at: usize, written: &str) -> String {
    format!("/operations/{at}{written}")
}

impl<R: Stored> Step<R> {
    /// Where in its operation the faults of a record are.
    fn written(&self) -> &'static str {
        match self {
            Self::Create(_) => "/create",
            Self::Update(_) => "/update/patch",
            Self::Delete(..) => "/delete",
            Self::Restore(_) => "/restore",
        }
    }
}

/// Reads one operation and checks what can be checked without the database.
fn step<R: Stored>(scope: &Scope, item: Item) -> Result<Step<R>, Problem> {
    match item {
        Item {
            create: Some(draft),
            update: None,
            delete: None,
            restore: None,
        } => {
            present::check_written::<R>(scope, &draft)
                .map_err(|problem| problem.below("/create"))?;
            validation::draft::<R>(draft)
                .map(Step::Create)
                .map_err(|invalid| Problem::from(invalid).below("/create"))
        }
        Item {
            create: None,
            update: Some(Patched { id, version, patch }),
            delete: None,
            restore: None,
        } => {
            present::check_written::<R>(scope, &patch)
                .map_err(|problem| problem.below("/update/patch"))?;
            Ok(Step::Update(Change {
                id: Id::new(id),
                version,
                patch,
            }))
        }
        Item {
            create: None,
            update: None,
            delete: Some(Versioned { id, version }),
            restore: None,
        } => Ok(Step::Delete(Id::new(id), version)),
        Item {
            create: None,
            update: None,
            delete: None,
            restore: Some(Named { id }),
        } => Ok(Step::Restore(Id::new(id))),
        _ => Err(Invalid::new("", "value").into()),
    }
}

fn best_effort<R: Stored>(
    tx: &mut Tx<'_>,
    steps: &[Result<Step<R>, Problem>],
) -> Result<Answer, Error> {
    let mut outcomes = Vec::with_capacity(steps.len());
    for (at, step) in steps.iter().enumerate() {
        outcomes.push(match step {
            Err(problem) => Outcome::Failed(problem.clone()),
            Ok(step) => match tx.attempt(|tx| run(tx, std::slice::from_ref(step))) {
                Ok(done) => Outcome::Done(done.into_iter().next().unwrap_or_default()),
                Err(error) if error.is_ours() => return Err(error),
                Err(error) => {
                    Outcome::Failed(Problem::from(error).below(&place(at, step.written())))
                }
            },
        });
    }
    Ok(answered(outcomes))
}

fn all_or_nothing<R: Stored>(
    tx: &mut Tx<'_>,
    steps: &[Step<R>],
    reached: &Mutex<String>,
) -> Result<Answer, Error> {
    let mut outcomes = Vec::with_capacity(steps.len());
    let same = |one: &Step<R>, other: &Step<R>| {
        std::mem::discriminant(one) == std::mem::discriminant(other)
    };
    for group in steps.chunk_by(same) {
        let together = if group.len() > 1 {
            tx.attempt(|tx| run(tx, group)).ok()
        } else {
            None
        };
        let done = match together {
            Some(done) => done,
            // Which one it was shows when they are done one by one.
            None => one_by_one(tx, group, outcomes.len(), reached)?,
        };
        outcomes.extend(done.into_iter().map(Outcome::Done));
    }
    Ok(answered(outcomes))
}

fn one_by_one<R: Stored>(
    tx: &mut Tx<'_>,
    group: &[Step<R>],
    before: usize,
    reached: &Mutex<String>,
) -> Result<Vec<Value>, Error> {
    let mut done = Vec::with_capacity(group.len());
    for step in group {
        *reached.lock().unwrap_or_else(PoisonError::into_inner) =
            place(before + done.len(), step.written());
        done.extend(run(tx, std::slice::from_ref(step))?);
    }
    Ok(done)
}

/// Does steps of one kind, a slice at a time: what became of each.
fn run<R: Stored>(tx: &mut Tx<'_>, steps: &[Step<R>]) -> Result<Vec<Value>, Error> {
    let drafts: Vec<R::Draft> = steps
        .iter()
        .filter_map(|step| {
            if let Step::Create(draft) = step {
                Some(draft.clone())
            } else {
                None
            }
        })
        .collect();
    let changes: Vec<Change<R>> = steps
        .iter()
        .filter_map(|step| {
            if let Step::Update(change) = step {
                Some(change.clone())
            } else {
                None
            }
        })
        .collect();
    let deleted: Vec<(Id<R>, i64)> = steps
        .iter()
        .filter_map(|step| {
            if let Step::Delete(id, version) = step {
                Some((*id, *version))
            } else {
                None
            }
        })
        .collect();
    let restored: Vec<Id<R>> = steps
        .iter()
        .filter_map(|step| {
            if let Step::Restore(id) = step {
                Some(*id)
            } else {
                None
            }
        })
        .collect();
    let ok = |status: StatusCode| move |record: &R| json!({ "status": status.as_u16(), "id": record.id(), "etag": record.etag() });
    if !drafts.is_empty() {
        return Ok(resource::create::<R>(tx, &drafts)?
            .iter()
            .map(ok(StatusCode::CREATED))
            .collect());
    }
    if !changes.is_empty() {
        return Ok(resource::update::<R>(tx, &changes)?
            .iter()
            .map(ok(StatusCode::OK))
            .collect());
    }
    if !restored.is_empty() {
        return Ok(resource::restore::<R>(tx, &restored)?
            .iter()
            .map(ok(StatusCode::OK))
            .collect());
    }
    resource::delete::<R>(tx, &deleted)?;
    Ok(deleted
        .iter()
        .map(|(id, _)| json!({ "status": 204, "id": id }))
        .collect())
}

/// 200 where everything was done, 207 where not.
fn answered(outcomes: Vec<Outcome>) -> Answer {
    let failed = outcomes
        .iter()
        .any(|outcome| matches!(outcome, Outcome::Failed(_)));
    let result = |(index, outcome): (usize, Outcome)| match outcome {
        Outcome::Done(mut done) => {
            if let Some(done) = done.as_object_mut() {
                done.insert("index".into(), index.into());
            }
            done
        }
        Outcome::Failed(problem) => {
            json!({ "index": index, "status": problem.status().as_u16(), "problem": problem.wire(None) })
        }
    };
    let results: Vec<Value> = outcomes.into_iter().enumerate().map(result).collect();
    Answer {
        status: if failed { 207 } else { 200 },
        headers: Vec::new(),
        body: json!({ "results": results }),
        replayed: false,
    }
}
