//! What to do when somebody else was faster: both versions side by side, field by field.

use std::collections::BTreeSet;
use std::rc::Rc;

use perennial_domain::field::{Field, Kind};
use perennial_domain::page::Page;
use perennial_domain::rights::{Action, Area};
use perennial_domain::text::Key;
use serde_json::{Map, Value};
use yew::prelude::*;

use crate::components::cell::cell;
use crate::components::dialog::Dialog;
use crate::load::use_load;
use crate::names::use_name;
use crate::session::use_session;
use crate::shape::{FieldRef, Record, Shape};
use crate::texts::use_texts;

/// A write that was refused because the record had changed.
#[derive(Clone, PartialEq)]
pub struct Clash {
    /// What I want to write.
    pub mine: Map<String, Value>,
    /// What I saw when I began.
    pub base: Rc<Record>,
    /// What stands there now.
    pub theirs: Rc<Record>,
}

/// Properties of [`Conflict`].
#[derive(Properties, PartialEq)]
pub struct ConflictProps {
    /// The resource.
    pub shape: &'static Shape,
    /// What clashed.
    pub clash: Clash,
    /// Told what to write after all: none if nothing was decided.
    pub onchoose: Callback<Option<Map<String, Value>>>,
}

/// The dialog: each of my fields is mine or theirs; fields that only they changed stand below and stay theirs.
#[component]
pub fn Conflict(props: &ConflictProps) -> Html {
    let texts = use_texts();
    let Clash { mine, base, theirs } = &props.clash;
    let who = use_changer(theirs);
    let when = texts.ago(theirs.text("updated_at"));
    let told = match &who {
        Some(who) => texts.format(
            Key::ConflictTextBy,
            &[("who", &who.text("name")), ("when", &when)],
        ),
        None => texts.format(Key::ConflictText, &[("when", &when)]),
    };
    let given_up = use_state(BTreeSet::<&'static str>::new);
    let differs = |field: &&'static Field| {
        let changed = field.written
            && base.value(field.name) != theirs.value(field.name)
            && !matches!(field.kind, Kind::Figures);
        mine.contains_key(field.name) || changed
    };
    let side = |field: &'static Field, value: &Value, is_mine: bool| {
        let given_up = given_up.clone();
        let checked = given_up.contains(field.name) != is_mine;
        let onchange = move |_: Event| {
            let mut next = (*given_up).clone();
            if is_mine {
                next.remove(field.name)
            } else {
                next.insert(field.name)
            };
            given_up.set(next);
        };
        let label = texts.text(if is_mine {
            Key::ConflictMine
        } else {
            Key::ConflictTheirs
        });
        html! {
            <label class={classes!("side", checked.then_some("on"))}>
                <span class="check"><input type="radio" name={format!("conflict-{}", field.name)} {checked} {onchange} autofocus={is_mine}/><b>{ label }</b></span>
                { cell(&texts, FieldRef(field), value, false) }
            </label>
        }
    };
    let row = |field: &'static Field| {
        html! {
            <fieldset class="clash" key={field.name}>
                <legend>{ texts.text(field.label) }</legend>
                if let Some(value) = mine.get(field.name) {
                    { side(field, value, true) }
                    { side(field, theirs.value(field.name), false) }
                } else {
                    <div class="side"><span class="quiet">{ texts.text(Key::ConflictBefore) }</span>{ cell(&texts, FieldRef(field), base.value(field.name), false) }</div>
                    <div class="side on"><b>{ texts.text(Key::ConflictTheirs) }</b>{ cell(&texts, FieldRef(field), theirs.value(field.name), false) }</div>
                }
            </fieldset>
        }
    };
    let (own, others): (Vec<_>, Vec<_>) = props
        .shape
        .fields
        .iter()
        .filter(differs)
        .partition(|field| mine.contains_key(field.name));
    let mut chosen = mine.clone();
    chosen.retain(|name, _| !given_up.contains(name.as_str()));
    let close = props.onchoose.reform(|()| None);
    html! {
        <Dialog title={texts.text(Key::ConflictTitle)} onclose={close.clone()} class="wide conflict">
            <div class="dialog-body">
                <p>{ told }</p>
                { for own.into_iter().chain(others).map(row) }
            </div>
            <footer class="dialog-foot">
                <button type="button" class="pf-v6-c-button pf-m-primary" onclick={props.onchoose.reform(move |_| Some(chosen.clone()))}>{ texts.text(Key::ConflictSave) }</button>
                <button type="button" class="pf-v6-c-button pf-m-secondary" onclick={close.reform(|_| ())}>{ texts.text(Key::ConflictBack) }</button>
            </footer>
        </Dialog>
    }
}

/// Who changed the record last, as its newest event tells; none where that may not be seen.
#[hook]
fn use_changer(record: &Record) -> Option<Rc<Record>> {
    let may_read = use_session().may(Area::Events, Action::Read);
    let of = (record.id().to_owned(), record.version(), may_read);
    let events = use_load(of, |client, (id, _, may_read)| async move {
        if !may_read {
            return Ok(Page::default());
        }
        client
            .get::<Page<Record>>(&format!("events?record_id={id}&limit=1"))
            .await
    });
    // Of a record whose newest event may not be seen, an older one may.
    let newest = events
        .data
        .as_ref()
        .and_then(|page| page.data.first())
        .filter(|event| event.value("occurred_at") == record.value("updated_at"));
    use_name("users", newest.map_or("", |event| event.text("actor_id")))
}
