//! Finds a record by typing: a combobox over the resource's list.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use perennial_domain::page::Page;
use perennial_domain::text::Key;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::components::icon::{Mark, icon};
use crate::fields::editor::use_focus;
use crate::keys::is_composing;
use crate::load::use_load;
use crate::names::{use_name, use_names};
use crate::session::use_session;
use crate::shape::{Record, Shape};
use crate::texts::use_texts;

/// How long typing rests before the list is asked, in milliseconds.
pub const REST_MS: u32 = 200;

/// Properties of [`Picker`].
#[derive(Properties, PartialEq)]
pub struct PickerProps {
    /// The resource: `users`.
    pub plural: AttrValue,
    /// The chosen record.
    #[prop_or_default]
    pub value: Option<AttrValue>,
    /// Records that are not offered: they are chosen already.
    #[prop_or_default]
    pub without: Vec<AttrValue>,
    /// Told what is chosen, or that nothing is.
    pub onpick: Callback<Option<AttrValue>>,
    /// The id of the input.
    pub id: AttrValue,
    /// What the input is called, where no label names it.
    #[prop_or_default]
    pub name: Option<AttrValue>,
    /// Something is wrong with the choice.
    #[prop_or_default]
    pub invalid: bool,
    /// It takes the focus, and shows what there is.
    #[prop_or_default]
    pub focused: bool,
}

/// Finds a record by typing; arrows and Enter choose, as does Tab, which goes on; Esc closes, emptying the text chooses nothing.
#[component]
pub fn Picker(props: &PickerProps) -> Html {
    let texts = use_texts();
    let names = use_names();
    let node = use_focus(props.focused);
    let chosen = use_name(&props.plural, props.value.as_deref().unwrap_or_default());
    // None: not being typed into.
    let typed = use_state(|| props.focused.then(String::new));
    // What is being typed, as handlers see it between two drawings; and what was typed and chose nothing.
    let typing = use_mut_ref(String::new);
    let left = use_state(|| None::<String>);
    // The option that Enter takes: none until something is typed or an arrow pressed.
    let at = use_state(|| None::<usize>);
    let asked = use_state(|| None::<String>);
    use_effect_with((*typed).clone(), {
        let asked = asked.setter();
        move |typed| {
            let typed = typed.clone();
            let timer = Timeout::new(
                if typed.as_ref().is_none_or(String::is_empty) {
                    0
                } else {
                    REST_MS
                },
                move || asked.set(typed),
            );
            move || drop(timer)
        }
    });
    let may_read = use_session().may_read(&props.plural);
    let found = use_load(
        (props.plural.clone(), (*asked).clone().filter(|_| may_read)),
        |client, (plural, asked)| async move {
            let Some(text) = asked else {
                return Ok(Page::default());
            };
            let text = String::from(js_sys::encode_uri_component(text.trim()));
            let search = if text.is_empty() {
                String::new()
            } else {
                format!("&q={text}")
            };
            client
                .get::<Page<Rc<Record>>>(&format!("{plural}?limit=8{search}"))
                .await
        },
    );
    let mut options: Vec<Rc<Record>> = found.data.map(|page| page.data.clone()).unwrap_or_default();
    options.retain(|record| !props.without.iter().any(|id| id.as_str() == record.id()));
    let open = typed.is_some();
    let pick = {
        let (typed, onpick, plural) = (typed.setter(), props.onpick.clone(), props.plural.clone());
        let typing = Rc::clone(&typing);
        move |record: &Rc<Record>| {
            typing.borrow_mut().clear();
            names.learn(&plural, [record.clone()]);
            typed.set(None);
            onpick.emit(Some(record.id().to_owned().into()));
        }
    };
    let oninput = {
        let (typed, at, left, onpick, had) = (
            typed.setter(),
            at.setter(),
            left.setter(),
            props.onpick.clone(),
            props.value.is_some(),
        );
        let typing = Rc::clone(&typing);
        Callback::from(move |event: InputEvent| {
            let text = event.target_unchecked_into::<HtmlInputElement>().value();
            if text.is_empty() && had {
                onpick.emit(None);
            }
            at.set((!text.is_empty()).then_some(0));
            left.set(None);
            text.trim().clone_into(&mut typing.borrow_mut());
            typed.set(Some(text));
        })
    };
    let onkeydown = {
        let (typed, at, options, pick) = (typed.clone(), at.clone(), options.clone(), pick.clone());
        // What was found for other letters is not what is meant.
        let chosen = at.and_then(|at| options.get(at).cloned());
        let chosen = chosen.filter(|_| *asked == *typed);
        let typing = Rc::clone(&typing);
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            _ if is_composing(&event) => {}
            "ArrowDown" if typed.is_none() => typed.set(Some(String::new())),
            "ArrowDown" => at.set(Some(at.map_or(0, |at| (at + 1) % options.len().max(1)))),
            "ArrowUp" => at.set(Some(
                at.and_then(|at| at.checked_sub(1))
                    .unwrap_or(options.len().saturating_sub(1)),
            )),
            "Enter" if typed.is_some() && at.is_some() => {
                event.prevent_default();
                event.stop_propagation();
                chosen.iter().for_each(&pick);
            }
            "Tab" if typed.is_some() => chosen.iter().for_each(&pick),
            "Escape" if typed.is_some() => {
                event.prevent_default();
                event.stop_propagation();
                typing.borrow_mut().clear();
                typed.set(None);
            }
            _ => {}
        })
    };
    let onblur = {
        let (typed, left) = (typed.setter(), left.setter());
        move |_| {
            // Nobody's words go without a sound.
            let text = std::mem::take(&mut *typing.borrow_mut());
            left.set((!text.is_empty()).then_some(text));
            typed.set(None);
        }
    };
    let onclick = {
        let typed = typed.clone();
        move |_| {
            if typed.is_none() {
                typed.set(Some(String::new()))
            }
        }
    };
    let list = format!("{}-list", props.id);
    let shape = Shape::named(&props.plural);
    let name =
        |record: &Record| shape.map_or_else(String::new, |shape| shape.name(record).to_owned());
    let option = |(place, record): (usize, &Rc<Record>)| {
        let onmousedown = {
            let (pick, record) = (pick.clone(), record.clone());
            move |event: MouseEvent| {
                event.prevent_default();
                pick(&record);
            }
        };
        let more = ["code", "email"]
            .iter()
            .filter(|name| shape.is_some_and(|shape| shape.title != **name))
            .map(|name| record.text(name))
            .find(|text| !text.is_empty());
        html! {
            <li role="option" id={format!("{list}-{place}")} aria-selected={(Some(place) == *at).to_string()} {onmousedown}>
                { name(record) } if let Some(more) = more { <span class="quiet">{ format!(" {more}") }</span> }
            </li>
        }
    };
    let chosen = chosen.map(|record| name(&record));
    let shown = (*typed)
        .clone()
        .or_else(|| (*left).clone())
        .or_else(|| chosen.clone())
        .unwrap_or_default();
    let active = at
        .filter(|at| open && *at < options.len())
        .map(|at| format!("{list}-{at}"));
    html! {
        <div class="picker">
            <span class="pf-v6-c-form-control">
                <input ref={node} autofocus={props.focused} id={props.id.clone()} role="combobox" autocomplete="off" aria-expanded={open.to_string()} aria-controls={list.clone()}
                    aria-autocomplete="list" aria-activedescendant={active} aria-label={props.name.clone()} aria-invalid={(props.invalid || left.is_some()).to_string()}
                    placeholder={chosen.unwrap_or_else(|| texts.text(Key::FormPick).to_owned())} value={shown} {oninput} {onkeydown} {onblur} {onclick}/>
            </span>
            if let Some(gone) = props.value.is_some().then(|| props.onpick.reform(|_: MouseEvent| None)) {
                // By keyboard the text is emptied.
                <button type="button" class="icon-button" tabindex="-1" aria-label={texts.text(Key::ActClear)} onclick={gone}>{ icon(Mark::Close) }</button>
            }
            if left.is_some() { <p class="fault" role="alert">{ texts.text(Key::ListNothingFound) }</p> }
            <ul role="listbox" id={list.clone()} aria-label={texts.text(Key::FormPick)} hidden={!open || options.is_empty()}>
                { for options.iter().enumerate().map(option) }
            </ul>
        </div>
    }
}
