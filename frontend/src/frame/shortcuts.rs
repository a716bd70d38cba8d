//! Keys that work everywhere, and the sheet that lists them. Single keys can be switched off.

use gloo_events::{EventListener, EventListenerOptions};
use perennial_domain::text::Key;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;
use yew::prelude::*;

use crate::components::dialog::Dialog;
use crate::frame::commands::Command;
use crate::keys::{is_composing, is_in_dialog, is_typing};
use crate::preferences::use_preferences;
use crate::texts::use_texts;

/// What a key outside all commands asks for.
#[derive(Clone, Copy, PartialEq)]
pub enum Asked {
    /// The palette.
    Palette,
    /// The sheet of shortcuts.
    Sheet,
}

/// Listens for keys: Ctrl/⌘ K always; `/`, `?` and the commands' own where single keys are switched on.
#[hook]
pub fn use_shortcuts(commands: &[Command], asked: Callback<Asked>) {
    let quiet = use_preferences().now.quiet_keys;
    let begun = use_mut_ref(String::new);
    let latest = use_mut_ref(Vec::<Command>::new);
    latest.replace(commands.to_vec());
    use_effect_with((quiet, asked), move |(quiet, asked)| {
        let (quiet, asked) = (*quiet, asked.clone());
        let listen = move |event: &web_sys::Event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
                return;
            };
            let (key, held) = (event.key(), event.ctrl_key() || event.meta_key());
            if held && key.eq_ignore_ascii_case("k") {
                event.prevent_default();
                asked.emit(Asked::Palette);
                return;
            }
            if quiet
                || held
                || event.alt_key()
                || is_in_dialog()
                || is_typing(event)
                || is_composing(event)
                || event.default_prevented()
            {
                return;
            }
            let typed = match begun.take() {
                first if first.is_empty() => key,
                first => format!("{first} {key}"),
            };
            match typed.as_str() {
                "/" => asked.emit(Asked::Palette),
                "?" => asked.emit(Asked::Sheet),
                "g" => {
                    begun.replace(typed);
                    return;
                }
                typed => match latest.borrow().iter().find(|command| command.keys == typed) {
                    Some(command) => command.run.emit(()),
                    None => return,
                },
            }
            event.prevent_default();
        };
        let options = EventListenerOptions::enable_prevent_default();
        let listener = web_sys::window()
            .map(|window| EventListener::new_with_options(&window, "keydown", options, listen));
        move || drop(listener)
    });
}

/// Properties of [`Sheet`].
#[derive(Properties)]
pub struct SheetProps {
    /// What can be done.
    pub commands: Vec<Command>,
    /// Told when it is closed.
    pub onclose: Callback<()>,
}

impl PartialEq for SheetProps {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

/// The sheet of shortcuts, with the switch for single keys.
#[component]
pub fn Sheet(props: &SheetProps) -> Html {
    let texts = use_texts();
    let preferences = use_preferences();
    let line = |keys: &str, label: &str| {
        html! {
            <><dt>{ for keys.split(' ').map(|key| html! { <><kbd>{ key }</kbd>{ " " }</> }) }</dt><dd>{ label }</dd></>
        }
    };
    let on = !preferences.now.quiet_keys;
    let onchange = move |_: Event| preferences.change(|now| now.quiet_keys = on);
    let fixed = [
        ("Ctrl+K", Key::PaletteTitle),
        ("/", Key::FrameSearch),
        ("?", Key::ShortcutsTitle),
        ("↓ j", Key::ShortcutsNext),
        ("↑ k", Key::ShortcutsPrevious),
        ("Home End", Key::ShortcutsEnds),
        ("Enter", Key::ShortcutsOpen),
        ("Space", Key::ShortcutsPanel),
        ("x", Key::ShortcutsChoose),
        ("F2", Key::ShortcutsEdit),
        ("Esc", Key::ShortcutsLeave),
    ];
    html! {
        <Dialog title={texts.text(Key::ShortcutsTitle)} onclose={props.onclose.clone()}>
            <div class="dialog-body">
                <label class="check"><input type="checkbox" checked={on} {onchange}/><span>{ texts.text(Key::ShortcutsSwitch) }</span></label>
                <dl class="shortcuts">
                    { for fixed.into_iter().map(|(keys, label)| line(keys, texts.text(label))) }
                    { for props.commands.iter().filter(|command| !command.keys.is_empty()).map(|command| line(command.keys, &command.label)) }
                </dl>
            </div>
        </Dialog>
    }
}
