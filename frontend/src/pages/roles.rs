//! A role's page: the matrix of what may be done, where, with whose records.

use std::rc::Rc;

use perennial_domain::problem::Problem;
use perennial_domain::rights::{Action, Area, FieldAccess, Level};
use perennial_domain::text::Key;
use perennial_domain::user::Role;
use serde_json::{Map, Value, json};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::client::Outcome;
use crate::components::problem::ProblemNote;
use crate::record::field::Save;
use crate::record::page::{Block, Drawing, RecordPage};
use crate::session::use_session;
use crate::shape::{Record, Shape, patch};
use crate::texts::use_texts;
use crate::toasts::use_toasts;

/// The classes of fields that a role can be kept from.
const CLASSES: [(&str, Key); 5] = [
    ("contact_details", Key::ClassContactDetails),
    ("cost", Key::ClassCost),
    ("credit", Key::ClassCredit),
    ("profile", Key::ClassProfile),
    ("value", Key::ClassValue),
];

/// A role's page.
pub fn role_page(id: &str) -> Html {
    let (shape, main, without) = (
        Shape::of::<Role>(),
        Block(matrix),
        vec!["permissions", "field_rules"],
    );
    html! { <RecordPage key={id.to_owned()} {shape} id={id.to_owned()} {main} {without}/> }
}

fn matrix(of: Drawing<'_>) -> Html {
    html! { <Matrix role={of.record} save={of.save}/> }
}

#[derive(Properties, PartialEq)]
struct MatrixProps {
    role: Rc<Record>,
    save: Callback<Save>,
}

/// Every area and action with its level, every class of fields with its access; each change is saved at once.
#[component]
fn Matrix(props: &MatrixProps) -> Html {
    let (texts, session, toasts) = (use_texts(), use_session(), use_toasts());
    let problem = use_state(|| None::<Rc<Problem>>);
    // What was chosen and is being saved, and how many choices that is: the next one is made in what these leave.
    let choices = use_mut_ref(|| (Map::new(), 0_usize));
    // An undo comes later, on what stands there then.
    let now = use_mut_ref(|| (props.role.clone(), props.save.clone()));
    now.replace((props.role.clone(), props.save.clone()));
    let redraw = use_force_update();
    let locked = !session.may(Area::Roles, Action::Update) || props.role.is_deleted();
    let rows = {
        let (choices, now) = (choices.clone(), now.clone());
        move |field: &str| -> Vec<Value> {
            let (chosen, now) = (&choices.borrow().0, now.borrow());
            let rows = chosen.get(field).unwrap_or(now.0.value(field));
            rows.as_array().cloned().unwrap_or_default()
        }
    };
    // Puts one row in place of the one that says the same of something else.
    let write = {
        let (rows, problem) = (rows.clone(), problem.setter());
        Callback::from(
            move |(field, row, done): (&'static str, Value, Callback<()>)| {
                let other = |old: &Value| {
                    ["area", "action", "class"]
                        .iter()
                        .any(|name| old.get(name) != row.get(name))
                };
                let next: Vec<Value> = rows(field)
                    .into_iter()
                    .filter(other)
                    .chain([row.clone()])
                    .collect();
                let patch = patch(field, next.into());
                {
                    let mut choices = choices.borrow_mut();
                    choices.0.extend(patch.clone());
                    choices.1 += 1;
                }
                redraw.force_update();
                let (problem, choices) = (problem.clone(), choices.clone());
                let saved = Callback::from(move |outcome: Outcome<()>| {
                    {
                        let (chosen, waiting) = &mut *choices.borrow_mut();
                        *waiting -= 1;
                        if *waiting == 0 {
                            chosen.clear();
                        }
                    }
                    if outcome.is_ok() {
                        done.emit(());
                    }
                    problem.set(outcome.err().map(Rc::new));
                });
                let save = now.borrow().1.clone();
                save.emit((patch, saved));
            },
        )
    };
    // Every choice holds at once, and can be taken back.
    let choose =
        |field: &'static str, label: String, old: Value, make: Rc<dyn Fn(&str) -> Value>| {
            let (write, toasts, texts) = (write.clone(), toasts.clone(), texts.clone());
            move |event: Event| {
                let word = event.target_unchecked_into::<HtmlSelectElement>().value();
                let (undo, old, toasts) = (write.clone(), old.clone(), toasts.clone());
                let told = texts.format(Key::RolesChanged, &[("what", &label)]);
                let done = Callback::from(move |()| {
                    let (undo, old) = (undo.clone(), old.clone());
                    let back =
                        Callback::from(move |()| undo.emit((field, old.clone(), Callback::noop())));
                    toasts.offer(told.clone(), Key::ActUndo, back);
                });
                write.emit((field, make(&word), done));
            }
        };
    let level = |area: Area, action: Action| {
        let (area_word, action_word) = (area.as_str(), action.as_str());
        let here = |row: &Value| {
            row.get("area").is_some_and(|word| word == area_word)
                && row.get("action").is_some_and(|word| word == action_word)
        };
        let permissions = rows("permissions");
        let now = permissions
            .iter()
            .find(|row| here(row))
            .and_then(|row| row.get("level")?.as_str())
            .unwrap_or(Level::None.as_str())
            .to_owned();
        let label = format!(
            "{} · {}",
            texts.text(area.label()),
            texts.text(action.label())
        );
        let make =
            move |level: &str| json!({ "area": area_word, "action": action_word, "level": level });
        let onchange = choose("permissions", label.clone(), make(&now), Rc::new(make));
        // The attribute says what is chosen at first, the property what is after somebody has chosen.
        let options = Level::ALL.iter().map(|level| html! { <option value={level.as_str()} selected={level.as_str() == now}>{ texts.text(level.label()) }</option> });
        html! {
            <td key={action_word} data-label={texts.text(action.label())}>
                <select class={classes!("level", now.clone())} ~value={now.clone()} aria-label={label} disabled={locked} {onchange}>{ for options }</select>
            </td>
        }
    };
    let access = |(class, label): (&'static str, Key)| {
        let here = |row: &Value| row.get("class").is_some_and(|word| word == class);
        let rules = rows("field_rules");
        let now = rules
            .iter()
            .find(|row| here(row))
            .and_then(|row| row.get("access")?.as_str())
            .unwrap_or(FieldAccess::Write.as_str())
            .to_owned();
        let make = move |access: &str| json!({ "class": class, "access": access });
        let label_text = texts.text(label).to_owned();
        let onchange = choose("field_rules", label_text, make(&now), Rc::new(make));
        let options = FieldAccess::ALL.iter().map(|access| html! { <option value={access.as_str()} selected={access.as_str() == now}>{ texts.text(access.label()) }</option> });
        html! { <tr key={class}><th scope="row">{ texts.text(label) }</th><td><select class="level" ~value={now.clone()} aria-label={texts.text(label)} disabled={locked} {onchange}>{ for options }</select></td></tr> }
    };
    html! {
        <>
            <ProblemNote problem={(*problem).clone()}/>
            <section class="card padded" aria-label={texts.text(Key::RolesPermissions)}>
                <h2>{ texts.text(Key::RolesPermissions) }</h2>
                <p class="quiet">{ texts.text(Key::RolesAdvice) }</p>
                <div class="matrix-scroll" tabindex="0" role="group" aria-label={texts.text(Key::RolesPermissions)}><table class="matrix">
                    <thead><tr><td></td>{ for Action::ALL.iter().map(|action| html! { <th scope="col">{ texts.text(action.label()) }</th> }) }</tr></thead>
                    <tbody>{ for Area::ALL.iter().map(|area| html! {
                        <tr key={area.as_str()}><th scope="row">{ texts.text(area.label()) }</th>{ for Action::ALL.iter().map(|action| level(*area, *action)) }</tr>
                    }) }</tbody>
                </table></div>
            </section>
            <section class="card padded" aria-label={texts.text(Key::RolesFieldRules)}>
                <h2>{ texts.text(Key::RolesFieldRules) }</h2>
                <p class="quiet">{ texts.text(Key::RolesFieldsAdvice) }</p>
                <table class="matrix"><tbody>{ for CLASSES.into_iter().map(access) }</tbody></table>
            </section>
        </>
    }
}
