//! The bar for many rows at once: set a field, add a tag, delete; deleting can be undone.

use std::rc::Rc;

use perennial_domain::field::{Field, Kind};
use perennial_domain::rights::Action;
use perennial_domain::text::Key;
use serde::Deserialize;
use serde_json::{Value, json};
use yew::prelude::*;

use crate::client::{Client, Outcome, new_key};
use crate::components::dialog::Dialog;
use crate::components::problem::ProblemNote;
use crate::fields::row::FieldRow;
use crate::load::use_send;
use crate::session::use_session;
use crate::shape::{FieldRef, Record, Shape};
use crate::texts::use_texts;
use crate::toasts::use_toasts;

/// At most so many operations in one request.
const AT_ONCE: usize = 200;

/// Properties of [`Bulk`].
#[derive(Properties, PartialEq)]
pub struct BulkProps {
    /// The resource.
    pub shape: &'static Shape,
    /// The chosen rows.
    pub rows: Vec<Rc<Record>>,
    /// Chooses none.
    pub onclear: Callback<()>,
    /// Told when rows were changed.
    pub onchange: Callback<()>,
}

#[derive(Deserialize)]
struct Answer {
    results: Vec<Done>,
}

#[derive(Deserialize)]
struct Done {
    status: u16,
}

/// Sends operations in as many requests as they need; answers which of them succeeded.
async fn batch(
    client: Client,
    shape: &'static Shape,
    operations: Vec<Value>,
) -> Outcome<Vec<bool>> {
    let mut succeeded = Vec::new();
    for operations in operations.chunks(AT_ONCE) {
        let body = json!({ "mode": "best_effort", "operations": operations });
        let answer: Answer = client
            .post(&format!("{}/batch", shape.plural), body, &new_key())
            .await?;
        succeeded.extend(answer.results.iter().map(|done| done.status < 300));
    }
    Ok(succeeded)
}

/// The bar for the chosen rows.
#[component]
pub fn Bulk(props: &BulkProps) -> Html {
    let (texts, toasts, session) = (use_texts(), use_toasts(), use_session());
    let shape = props.shape;
    let setting = use_state(|| None::<(FieldRef, Value)>);
    let restored = {
        let onchange = props.onchange.clone();
        move |_: Vec<bool>| onchange.emit(())
    };
    let restore = use_send(
        move |client, operations| batch(client, shape, operations),
        restored,
    );
    let deleted = {
        let (texts, toasts, rows, undo, onclear, onchange) = (
            texts.clone(),
            toasts.clone(),
            props.rows.clone(),
            restore.send.clone(),
            props.onclear.clone(),
            props.onchange.clone(),
        );
        move |succeeded: Vec<bool>| {
            let gone = rows.iter().zip(&succeeded).filter(|(_, done)| **done);
            let back: Vec<Value> = gone
                .map(|(row, _)| json!({ "restore": { "id": row.id() } }))
                .collect();
            let undo = undo.clone();
            let told = told(&texts, Key::BulkDeleted, &succeeded);
            toasts.offer(
                told,
                Key::ActUndo,
                Callback::from(move |()| undo.emit(back.clone())),
            );
            onclear.emit(());
            onchange.emit(());
        }
    };
    let delete = use_send(
        move |client, operations| batch(client, shape, operations),
        deleted,
    );
    let changed = {
        let (texts, toasts, setting, onchange) = (
            texts.clone(),
            toasts.clone(),
            setting.setter(),
            props.onchange.clone(),
        );
        move |succeeded: Vec<bool>| {
            toasts.tell(told(&texts, Key::BulkChanged, &succeeded));
            setting.set(None);
            onchange.emit(());
        }
    };
    let change = use_send(
        move |client, operations| batch(client, shape, operations),
        changed,
    );
    let may_set = |field: &&'static Field| {
        let kind = matches!(
            field.kind,
            Kind::Choice(_) | Kind::Choices(_) | Kind::Reference(_) | Kind::References(_)
        );
        kind && field.filtered && session.writes(field)
    };
    let at_hand = |field: &&'static Field| matches!(field.name, "owner_id" | "tag_ids");
    let fields: Vec<&'static Field> = if session.may(shape.area, Action::Update) {
        shape.fields.iter().filter(may_set).collect()
    } else {
        Vec::new()
    };
    let begin = |field: &'static Field| {
        let setting = setting.setter();
        move |_: MouseEvent| setting.set(Some((FieldRef(field), Value::Null)))
    };
    let label = |field: &'static Field| {
        let key = if matches!(field.kind, Kind::References(_) | Kind::Choices(_)) {
            Key::BulkAdd
        } else {
            Key::BulkSet
        };
        texts.format(key, &[("field", &texts.within(field.label))])
    };
    let (gone, there): (Vec<_>, Vec<_>) = props.rows.iter().partition(|row| row.is_deleted());
    let remove: Vec<Value> = there
        .iter()
        .map(|row| json!({ "delete": { "id": row.id(), "version": row.version() } }))
        .collect();
    let bring_back: Vec<Value> = gone
        .iter()
        .map(|row| json!({ "restore": { "id": row.id() } }))
        .collect();
    let may_delete = session.may(shape.area, Action::Delete);
    html! {
        <div class="bulk" role="region" aria-label={texts.text(Key::BulkBar)}>
            <b aria-live="polite">{ texts.format(Key::BulkChosen, &[("count", &props.rows.len())]) }</b>
            { for fields.iter().copied().filter(at_hand).map(|field| html! {
                <button type="button" class="pf-v6-c-button pf-m-secondary" onclick={begin(field)}>{ label(field) }</button>
            }) }
            if fields.len() > 2 {
                <crate::components::popup::Popup label={html! { { texts.text(Key::ActMore) } }}>
                    { for fields.iter().copied().filter(|field| !at_hand(field)).map(|field| html! {
                        <button type="button" class="menu-item" onclick={begin(field)}>{ label(field) }</button>
                    }) }
                </crate::components::popup::Popup>
            }
            if may_delete && !bring_back.is_empty() {
                <button type="button" class="pf-v6-c-button pf-m-secondary" disabled={restore.busy} onclick={restore.send.reform(move |_| bring_back.clone())}>
                    { texts.text(Key::ActRestore) }
                </button>
            }
            if may_delete && !remove.is_empty() {
                <button type="button" class="pf-v6-c-button pf-m-secondary pf-m-danger" disabled={delete.busy} onclick={delete.send.reform(move |_| remove.clone())}>
                    { texts.text(Key::ActDelete) }
                </button>
            }
            <button type="button" class="pf-v6-c-button pf-m-link" onclick={props.onclear.reform(|_| ())}>{ texts.text(Key::BulkClear) }</button>
            <ProblemNote problem={delete.problem.clone().or(restore.problem.clone())}/>
            if let Some((field, value)) = &*setting {
                <Dialog title={label(field.0)} onclose={{ let setting = setting.setter(); move |()| setting.set(None) }}>
                    <form onsubmit={{ let operations = patches(&props.rows, *field, value); change.send.reform(move |event: SubmitEvent| { event.prevent_default(); operations.clone() }) }}>
                        <div class="dialog-body">
                            <ProblemNote problem={change.problem.clone()}/>
                            <FieldRow field={*field} value={value.clone()} id="bulk-value" pointer="/value" optional=true focused=true
                                onchange={{ let (setting, field) = (setting.setter(), *field); move |value| setting.set(Some((field, value))) }}/>
                        </div>
                        <footer class="dialog-foot">
                            <button type="submit" class="pf-v6-c-button pf-m-primary" disabled={change.busy}>
                                { texts.format(Key::BulkApply, &[("count", &props.rows.len())]) }
                            </button>
                        </footer>
                    </form>
                </Dialog>
            }
        </div>
    }
}

/// "3 deleted", and how many were not.
fn told(texts: &crate::texts::Texts, key: Key, succeeded: &[bool]) -> String {
    let done = succeeded.iter().filter(|done| **done).count();
    let mut told = texts.format(key, &[("count", &done)]);
    if done < succeeded.len() {
        told.push_str(&texts.format(Key::BulkSkipped, &[("count", &(succeeded.len() - done))]));
    }
    told
}

/// One update for each row; what is a list gets the new ones added.
fn patches(rows: &[Rc<Record>], field: FieldRef, value: &Value) -> Vec<Value> {
    let next = |row: &Record| match (row.value(field.name), value) {
        (Value::Array(old), Value::Array(new)) => old
            .iter()
            .chain(new.iter().filter(|item| !old.contains(item)))
            .cloned()
            .collect(),
        _ => value.clone(),
    };
    rows.iter().map(|row| json!({ "update": { "id": row.id(), "version": row.version(), "patch": { field.name: next(row) } } })).collect()
}
