//! The dialog that makes a new record, from the field table: what must be given first, then the usual, the rest folded.

use std::rc::Rc;

use perennial_domain::field::{Field, Kind};
use perennial_domain::problem::FieldError;
use perennial_domain::text::Key;
use serde_json::{Map, Value};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlFormElement};
use yew::prelude::*;
use yew_router::hooks::use_location;

use crate::client::new_key;
use crate::components::dialog::Dialog;
use crate::components::problem::{ProblemNote, untold};
use crate::fields::row::FieldRow;
use crate::fields::validate;
use crate::fields::whole::Whole;
use crate::keys::is_composing;
use crate::load::use_send;
use crate::names::use_names;
use crate::record::holdings::credit_beside;
use crate::routes::go_instead;
use crate::session::use_session;
use crate::shape::{FieldRef, Record, Shape, given};
use crate::texts::use_texts;
use crate::toasts::use_toasts;
use crate::unsaved::{may_discard, use_unsaved};

/// Opens the dialog where the address ends in `#new`: the palette, the keys and the quick menu lead there.
#[hook]
pub fn use_asked(open: UseStateSetter<bool>) {
    let location = use_location();
    use_effect_with(location, move |location| {
        if let Some(here) = location.as_ref().filter(|here| here.hash() == "#new") {
            open.set(true);
            go_instead(&format!("{}{}", here.path(), here.query_str()));
        }
    });
}

/// Properties of [`Create`].
#[derive(Properties, PartialEq)]
pub struct CreateProps {
    /// The resource.
    pub shape: &'static Shape,
    /// What is given already.
    #[prop_or_default]
    pub preset: Map<String, Value>,
    /// What it is about, where that is not just a new one.
    #[prop_or_default]
    pub title: Option<String>,
    /// Told when it is closed, with the record that was made.
    pub onclose: Callback<Option<Rc<Record>>>,
}

/// The dialog that makes a new record.
#[component]
pub fn Create(props: &CreateProps) -> Html {
    let (texts, toasts, names, session) = (use_texts(), use_toasts(), use_names(), use_session());
    let shape = props.shape;
    let begin = use_memo(props.preset.clone(), |preset| {
        let mut draft = (shape.blank)();
        draft.extend(preset.clone());
        draft
    });
    let draft = use_state(|| (*begin).clone());
    let errors = use_state(|| Rc::new(Vec::<FieldError>::new()));
    // The same body under the same key is made once, however often it is sent.
    let key = use_mut_ref(|| (Value::Null, String::new()));
    use_unsaved(*draft != *begin);
    let form = use_node_ref();
    let made = {
        let (texts, toasts, onclose) = (texts.clone(), toasts.clone(), props.onclose.clone());
        move |record: Rc<Record>| {
            names.learn(shape.plural, [record.clone()]);
            toasts.tell(texts.format(Key::CreateDone, &[("name", &shape.name(&record))]));
            onclose.emit(Some(record));
        }
    };
    let sending = use_send(
        move |client, (body, key): (Value, String)| async move {
            client.post::<Rc<Record>>(shape.plural, body, &key).await
        },
        made,
    );
    let faults = match &sending.problem {
        Some(problem) if !problem.errors.is_empty() => Rc::new(problem.errors.clone()),
        _ => (*errors).clone(),
    };
    let onsubmit = {
        let (draft, errors, send) = (draft.clone(), errors.setter(), sending.send.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            let found = validate::draft(shape, &draft);
            if found.is_empty() {
                let body = given(&Value::Object((*draft).clone()));
                let mut key = key.borrow_mut();
                if key.0 != body {
                    *key = (body.clone(), new_key());
                }
                send.emit((body, key.1.clone()));
            }
            errors.set(Rc::new(found));
        }
    };
    // The first value that is wrong takes the focus.
    use_effect_with(faults.clone(), {
        let form = form.clone();
        move |_| {
            let first = form
                .cast::<Element>()
                .and_then(|form| form.query_selector("[aria-invalid=true]").ok()?);
            let _ = first
                .and_then(|first| first.dyn_into::<HtmlElement>().ok())
                .map(|first| first.focus());
        }
    });
    let may_write = |field: &&'static Field| session.writes(field);
    let row = |field: &'static Field, focused: bool| -> Html {
        let onchange = {
            let (draft, name) = (draft.clone(), field.name);
            Callback::from(move |value| {
                let mut next = (*draft).clone();
                next.insert(name.to_owned(), value);
                draft.set(next);
            })
        };
        let value = draft.get(field.name).cloned().unwrap_or_default();
        html! {
            <FieldRow key={field.name} field={FieldRef(field)} {value} {onchange} id={format!("new-{}-{}", shape.plural, field.name)}
                pointer={format!("/{}", field.name)} errors={faults.clone()} optional={field.optional} {focused}/>
        }
    };
    let usual = |field: &&'static Field| {
        field.required || field.column || props.preset.contains_key(field.name)
    };
    let (first, rest): (Vec<&'static Field>, Vec<&'static Field>) =
        shape.fields.iter().filter(may_write).partition(usual);
    let rank = |field: &Field| (!field.required, matches!(field.kind, Kind::Parts(_)));
    let ranks = [(false, false), (false, true), (true, false), (true, true)];
    let first = ranks.into_iter().flat_map(|place| {
        first
            .iter()
            .copied()
            .filter(move |field| rank(field) == place)
    });
    let first: Vec<&'static Field> = first.collect();
    // Where one begins: at what must be given and is not yet, else at the parts.
    let given = |field: &&&Field| props.preset.contains_key(field.name);
    let missing = first.iter().find(|field| field.required && !given(field));
    let parts = || {
        let is_parts = |field: &&&Field| matches!(field.kind, Kind::Parts(_));
        first.iter().find(is_parts).or(first.first())
    };
    let begins = missing.or_else(parts).map(|field| field.name);
    let unsolved = rest.iter().any(|field| {
        faults.iter().any(|error| {
            error
                .pointer
                .trim_start_matches('/')
                .starts_with(field.name)
        })
    });
    let close = {
        let (dirty, question) = (*draft != *begin, texts.text(Key::FormDiscard));
        let onclose = props.onclose.clone();
        Callback::from(move |()| {
            if !dirty || may_discard(question) {
                onclose.emit(None);
            }
        })
    };
    let title = props
        .title
        .clone()
        .unwrap_or_else(|| texts.format(Key::ListNew, &[("what", &texts.text(shape.one()))]));
    // Where Enter goes on from value to value, Ctrl+Enter is the way out.
    let onkeydown = {
        let form = form.clone();
        move |event: KeyboardEvent| {
            let held = event.ctrl_key() || event.meta_key();
            if event.key() == "Enter" && held && !is_composing(&event) {
                event.prevent_default();
                let form = form.cast::<HtmlFormElement>();
                let _ = form.map(|form| form.request_submit());
            }
        }
    };
    let whole = Whole(Rc::new(Record((*draft).clone())));
    html! {
        <Dialog {title} onclose={close.clone()} class="wide">
            <ContextProvider<Whole> context={whole}>
            <form ref={form} {onsubmit} {onkeydown} novalidate=true>
                <div class="dialog-body">
                    <ProblemNote problem={untold(&sending.problem, |name| shape.fields.iter().filter(may_write).any(|field| field.name == name))} {shape}/>
                    <div class="form">{ for first.iter().map(|field| row(field, begins == Some(field.name))) }</div>
                    { credit_beside(shape, &draft) }
                    if !rest.is_empty() {
                        <details open={unsolved}>
                            <summary>{ texts.format(Key::CreateMore, &[("count", &rest.len())]) }</summary>
                            <div class="form">{ for rest.into_iter().map(|field| row(field, false)) }</div>
                        </details>
                    }
                </div>
                <footer class="dialog-foot">
                    <button type="submit" class="pf-v6-c-button pf-m-primary" disabled={sending.busy}>{ texts.text(Key::ActCreate) }</button>
                    <button type="button" class="pf-v6-c-button pf-m-secondary" onclick={close.reform(|_| ())}>{ texts.text(Key::ActCancel) }</button>
                </footer>
            </form>
            </ContextProvider<Whole>>
        </Dialog>
    }
}
