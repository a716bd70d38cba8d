//! The command palette: every command and every record, by typing.

use gloo_timers::callback::Timeout;
use perennial_domain::text::Key;
use serde::Deserialize;
use web_sys::{HtmlDialogElement, HtmlInputElement};
use yew::prelude::*;

use crate::components::avatar::avatar;
use crate::fields::picker::REST_MS;
use crate::frame::commands::Command;
use crate::keys::is_composing;
use crate::load::use_load;
use crate::routes::{go, record_path};
use crate::shape::Shape;
use crate::texts::use_texts;

/// Properties of [`Palette`].
#[derive(Properties)]
pub struct PaletteProps {
    /// What can be done.
    pub commands: Vec<Command>,
    /// Told when it is closed.
    pub onclose: Callback<()>,
}

impl PartialEq for PaletteProps {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

#[derive(Clone, Default, Deserialize)]
struct Hits {
    data: Vec<Hit>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Hit {
    resource: String,
    id: String,
    title: String,
    subtitle: Option<String>,
}

/// The palette: records that match stand above commands that do.
#[component]
pub fn Palette(props: &PaletteProps) -> Html {
    let texts = use_texts();
    let (node, list) = (use_node_ref(), use_node_ref());
    let typed = use_state_eq(String::new);
    let asked = use_state_eq(String::new);
    let at = use_state_eq(|| 0_usize);
    use_effect_with(node.clone(), |node| {
        let dialog = node.cast::<HtmlDialogElement>();
        let _ = dialog.as_ref().map(HtmlDialogElement::show_modal);
        move || dialog.iter().for_each(HtmlDialogElement::close)
    });
    use_effect_with((*typed).clone(), {
        let asked = asked.setter();
        move |typed| {
            let typed = typed.trim().to_owned();
            let timer = Timeout::new(REST_MS, move || asked.set(typed));
            move || drop(timer)
        }
    });
    let found = use_load((*asked).clone(), |client, text| async move {
        if text.is_empty() {
            return Ok(Hits::default());
        }
        client
            .get::<Hits>(&format!(
                "search?limit=8&q={}",
                String::from(js_sys::encode_uri_component(&text))
            ))
            .await
    });
    let words = typed.trim().to_ascii_lowercase();
    let hits = found.data.map(|hits| hits.data.clone()).unwrap_or_default();
    let records = hits.into_iter().filter_map(|hit| {
        let shape = Shape::named(&hit.resource)?;
        let path = record_path(shape, &hit.id);
        let shown = html! { <>if shape.is_named() { { avatar(&hit.title, false) } }<span class="grow">{ &hit.title }{ " " }<span class="quiet">{ hit.subtitle.unwrap_or_default() }</span></span></> };
        Some((shown, Callback::from(move |()| go(&path))))
    });
    let matching = props
        .commands
        .iter()
        .filter(|command| command.label.to_ascii_lowercase().contains(&words));
    let commands = matching.map(|command| {
        let keys = command
            .keys
            .split(' ')
            .filter(|key| !key.is_empty())
            .map(|key| html! { <kbd>{ key }</kbd> });
        (
            html! { <><span class="grow">{ &command.label }</span>{ for keys }</> },
            command.run.clone(),
        )
    });
    let choices: Vec<(Html, Callback<()>)> = records.chain(commands).collect();
    let now = (*at).min(choices.len().saturating_sub(1));
    use_effect_with(now, {
        let list = list.clone();
        move |now| {
            let selected = list.cast::<web_sys::Element>().and_then(|list| {
                list.children()
                    .item(u32::try_from(*now).unwrap_or_default())
            });
            let _ = selected.map(|selected| {
                selected.scroll_into_view_with_scroll_into_view_options(&nearest())
            });
        }
    });
    let choose = |run: Callback<()>| {
        let onclose = props.onclose.clone();
        move || {
            onclose.emit(());
            run.emit(());
        }
    };
    let onkeydown = {
        let (at, count) = (at.setter(), choices.len().max(1));
        let chosen = choices.get(now).map(|(_, run)| choose(run.clone()));
        move |event: KeyboardEvent| {
            match event.key().as_str() {
                _ if is_composing(&event) => return,
                "ArrowDown" => at.set((now + 1) % count),
                "ArrowUp" => at.set((now + count - 1) % count),
                "Enter" => chosen.iter().for_each(|chosen| chosen()),
                _ => return,
            }
            event.prevent_default();
        }
    };
    let oninput = {
        let (typed, at) = (typed.setter(), at.setter());
        move |event: InputEvent| {
            typed.set(event.target_unchecked_into::<HtmlInputElement>().value());
            at.set(0);
        }
    };
    let option = |(place, (shown, run)): (usize, &(Html, Callback<()>))| {
        let run = choose(run.clone());
        html! { <li role="option" id={format!("palette-{place}")} aria-selected={(place == now).to_string()} onclick={move |_| run()}>{ shown.clone() }</li> }
    };
    let oncancel = props.onclose.reform(|event: Event| event.prevent_default());
    let outside = {
        let (node, onclose) = (node.clone(), props.onclose.clone());
        move |event: MouseEvent| {
            if event
                .target()
                .is_some_and(|at| node.get().is_some_and(|node| at == *node))
            {
                onclose.emit(())
            }
        }
    };
    html! {
        <dialog ref={node} class="dialog palette" aria-label={texts.text(Key::PaletteTitle)} {oncancel} onclick={outside}>
            <input role="combobox" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list" autocomplete="off" autofocus=true
                aria-activedescendant={format!("palette-{now}")} aria-label={texts.text(Key::FrameSearch)} placeholder={texts.text(Key::FrameSearch)}
                value={(*typed).clone()} {oninput} {onkeydown}/>
            <ul ref={list} role="listbox" id="palette-list" aria-label={texts.text(Key::PaletteTitle)}>{ for choices.iter().enumerate().map(option) }</ul>
            if choices.is_empty() { <p class="quiet">{ texts.text(Key::ListNothingFound) }</p> }
        </dialog>
    }
}

/// Scrolls no more than it takes to see something.
pub fn nearest() -> web_sys::ScrollIntoViewOptions {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options
}
