//! A field edited in place: Enter or F2 edits, Enter saves, Esc gives up, Tab saves and moves on.

use std::rc::Rc;

use perennial_domain::field::Kind;
use perennial_domain::problem::Problem;
use perennial_domain::text::Key;
use serde_json::{Map, Value};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::client::Outcome;
use crate::components::cell::cell;
use crate::components::icon::{Mark, icon};
use crate::components::problem::{ProblemNote, untold};
use crate::fields::editor::{Editor, EditorProps};
use crate::fields::row::faults;
use crate::fields::validate;
use crate::keys::is_composing;
use crate::shape::{FieldRef, Shape, patch};
use crate::texts::use_texts;
use crate::unsaved::{may_discard, use_unsaved};

/// A patch to save, and whom to tell how that went.
pub type Save = (Map<String, Value>, Callback<Outcome<()>>);

/// Properties of [`InPlace`].
#[derive(Properties, PartialEq)]
pub struct InPlaceProps {
    /// The field.
    pub field: FieldRef,
    /// Its value.
    pub value: Value,
    /// It may be written.
    pub writable: bool,
    /// What a button proposes to write: its label and the value to begin with.
    #[prop_or_default]
    pub proposal: Option<(AttrValue, Value)>,
    /// Saves a patch.
    pub save: Callback<Save>,
}

/// A field with its label, edited in place.
#[component]
pub fn InPlace(props: &InPlaceProps) -> Html {
    let texts = use_texts();
    let field = props.field;
    let draft = use_state(|| None::<Value>);
    let busy = use_state_eq(|| false);
    let problem = use_state(|| None::<Rc<Problem>>);
    let button = use_node_ref();
    use_unsaved(draft.as_ref().is_some_and(|draft| *draft != props.value));
    // Where the focus goes when the editor closes: so many fields on, 0 for this one.
    let next = use_mut_ref(|| None::<isize>);
    use_effect_with(draft.is_some(), {
        let (button, next) = (button.clone(), next.clone());
        move |editing| {
            if let (false, Some(steps)) = (editing, next.take()) {
                focus_from(&button, steps);
            }
        }
    });
    let edit = {
        let (draft, value, writable) = (draft.setter(), props.value.clone(), props.writable);
        move |proposed: Option<Value>| {
            if writable {
                draft.set(Some(proposed.unwrap_or_else(|| value.clone())))
            }
        }
    };
    let close = {
        let (draft, problem) = (draft.setter(), problem.setter());
        move || {
            draft.set(None);
            problem.set(None);
        }
    };
    let save = {
        let (draft, problem, busy, value, save, close) = (
            draft.clone(),
            problem.setter(),
            busy.clone(),
            props.value.clone(),
            props.save.clone(),
            close.clone(),
        );
        move || {
            let Some(next) = (*draft).clone().filter(|_| !*busy) else {
                return;
            };
            let errors = validate::value(&field, &next, "");
            if !errors.is_empty() {
                problem.set(Some(Rc::new(Problem {
                    code: "invalid".into(),
                    errors,
                    ..Problem::default()
                })));
            } else if next == value {
                close();
            } else {
                busy.set(true);
                let (busy, problem, close) = (busy.setter(), problem.clone(), close.clone());
                let done = Callback::from(move |outcome: Outcome<()>| {
                    busy.set(false);
                    match outcome {
                        Ok(()) => close(),
                        Err(found) => problem.set(Some(Rc::new(found))),
                    }
                });
                save.emit((patch(field.name, next), done));
            }
        }
    };
    // Where Enter begins a new line, or belongs to one of several controls, Ctrl+Enter saves.
    let several = field.long || matches!(field.kind, Kind::Parts(_));
    // Within parts, references and money Tab walks through the controls.
    let tab_saves = !matches!(
        field.kind,
        Kind::Parts(_) | Kind::References(_) | Kind::Choices(_) | Kind::Money
    );
    // A line is typed again soon; a text is not.
    let give_up = {
        let (close, next) = (close.clone(), next.clone());
        let dirty = draft.as_ref().is_some_and(|draft| *draft != props.value);
        let question = texts.text(Key::FormDiscard);
        move || {
            if !(several && dirty) || may_discard(question) {
                next.replace(Some(0));
                close();
            }
        }
    };
    let onkeydown = {
        let (save, give_up, next) = (save.clone(), give_up.clone(), next.clone());
        move |event: KeyboardEvent| match event.key().as_str() {
            _ if is_composing(&event) => {}
            "Enter" if !several || event.ctrl_key() || event.meta_key() => {
                event.prevent_default();
                next.replace(Some(0));
                save();
            }
            "Escape" => {
                event.prevent_default();
                event.stop_propagation();
                give_up();
            }
            "Tab" if tab_saves => {
                event.prevent_default();
                next.replace(Some(if event.shift_key() { -1 } else { 1 }));
                save();
            }
            _ => {}
        }
    };
    let label = texts.text(field.label);
    let id = format!("field-{}", field.name);
    let Some(value) = (*draft).clone() else {
        let onkeydown = {
            let edit = edit.clone();
            move |event: KeyboardEvent| {
                if event.key() == "F2" {
                    edit(None)
                }
            }
        };
        let proposal = props.proposal.clone().filter(|_| props.writable);
        let proposal = proposal.map(|(label, value)| {
            let edit = edit.clone();
            html! { <button type="button" class="pf-v6-c-button pf-m-secondary proposal" onclick={move |_| edit(Some(value.clone()))}>{ label }</button> }
        });
        let shown = html! { { cell(&texts, field, &props.value, false) } };
        return html! {
            <div class="fact">
                <dt>{ label }</dt>
                <dd>
                    { shown }
                    if props.writable {
                        <button type="button" ref={button} class="icon-button edit" onclick={move |_| edit(None)} {onkeydown}
                            aria-label={texts.format(Key::RecordEdit, &[("field", &texts.within(field.label))])}>{ icon(Mark::Pencil) }</button>
                    }
                    { proposal }
                </dd>
            </div>
        };
    };
    let errors = Rc::new(
        problem
            .as_ref()
            .map(|problem| problem.errors.clone())
            .unwrap_or_default(),
    );
    let onchange = {
        let draft = draft.setter();
        Callback::from(move |value| draft.set(Some(value)))
    };
    let editor = EditorProps {
        field,
        value,
        onchange,
        id: id.clone().into(),
        pointer: format!("/{}", field.name).into(),
        errors,
        optional: field.optional,
        focused: true,
    };
    let group = matches!(
        field.kind,
        Kind::Choices(_) | Kind::References(_) | Kind::Parts(_) | Kind::Money
    );
    let enter = texts.text(if several {
        Key::RecordCtrlEnter
    } else {
        Key::RecordEnter
    });
    let tab = if tab_saves { " / Tab" } else { "" };
    let hint = texts.format(Key::RecordHint, &[("keys", &format!("{enter}{tab}"))]);
    let whole = untold(&problem, |name| name == field.name);
    html! {
        <div class="fact editing" {onkeydown}>
            <dt id={format!("{id}-label")}>if group { { label } } else { <label for={id.clone()}>{ label }</label> }</dt>
            <dd>
                <div role={group.then_some("group")} aria-labelledby={group.then(|| format!("{id}-label"))}><Editor ..editor.clone()/></div>
                { faults(&texts, &editor) }
                <ProblemNote problem={whole} shape={Shape::holding(field)}/>
                <div class="row">
                    <button type="button" class="pf-v6-c-button pf-m-primary pf-m-small" disabled={*busy}
                        onclick={{ let next = next.clone(); move |_| { next.replace(Some(0)); save() } }}>{ texts.text(Key::ActSave) }</button>
                    <button type="button" class="pf-v6-c-button pf-m-link pf-m-small" onclick={move |_| give_up()}>{ texts.text(Key::ActCancel) }</button>
                    <span class="quiet hint">{ hint }</span>
                </div>
            </dd>
        </div>
    }
}

/// Focuses the field that stands so many steps after the one with this button.
fn focus_from(button: &NodeRef, steps: isize) {
    let Some(button) = button.cast::<HtmlElement>() else {
        return;
    };
    let all = button
        .closest(".about")
        .ok()
        .flatten()
        .and_then(|about| about.query_selector_all(".edit").ok());
    let all: Vec<HtmlElement> = all
        .iter()
        .flat_map(|all| (0..all.length()).filter_map(|at| all.get(at)?.dyn_into().ok()))
        .collect();
    let here = all
        .iter()
        .position(|one| *one == button)
        .unwrap_or_default();
    let _ = here
        .checked_add_signed(steps)
        .and_then(|at| all.get(at))
        .unwrap_or(&button)
        .focus();
}
