//! A button that shows something below it: menus, filters, column choice.

use perennial_domain::text::Key;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};
use yew::prelude::*;

use crate::keys::is_composing;
use crate::texts::use_texts;

/// Properties of [`Popup`].
#[derive(Properties, PartialEq)]
pub struct PopupProps {
    /// What the button shows.
    pub label: Html,
    /// What the button is called, where it shows no words.
    #[prop_or_default]
    pub name: Option<AttrValue>,
    /// The button's classes.
    #[prop_or(classes!("pf-v6-c-button", "pf-m-secondary"))]
    pub class: Classes,
    /// It opens towards the left.
    #[prop_or_default]
    pub end: bool,
    /// A click inside closes it, as in a menu.
    #[prop_or(true)]
    pub menu: bool,
    /// It is open from the beginning.
    #[prop_or_default]
    pub begin: bool,
    /// What it shows.
    pub children: Html,
}

/// A disclosure: Esc or leaving closes it, the arrows walk through what can be focused.
#[component]
pub fn Popup(props: &PopupProps) -> Html {
    let texts = use_texts();
    let open = use_state_eq(|| props.begin);
    let (all, button, panel) = (use_node_ref(), use_node_ref(), use_node_ref());
    use_effect_with(*open, {
        let panel = panel.clone();
        move |open| {
            if let Some(first) = open
                .then(|| panel.cast::<HtmlElement>())
                .flatten()
                .and_then(|panel| focusable(&panel).into_iter().next())
            {
                let _ = first.focus();
            }
        }
    });
    let close = {
        let (open, button) = (open.setter(), button.clone());
        move || {
            open.set(false);
            let _ = button.cast::<HtmlElement>().map(|button| button.focus());
        }
    };
    let onkeydown = {
        let (panel, close, open) = (panel.clone(), close.clone(), *open);
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Escape" if open => {
                event.prevent_default();
                event.stop_propagation();
                close();
            }
            // What is typed holds as soon as the focus leaves it.
            "Enter" if open && is_typed(&event) && !is_composing(&event) => {
                event.prevent_default();
                close();
            }
            key @ ("ArrowDown" | "ArrowUp") if open && !takes_arrows(&event) => {
                event.prevent_default();
                let _ = panel
                    .cast::<HtmlElement>()
                    .map(|panel| step(&panel, key == "ArrowDown"));
            }
            _ => {}
        })
    };
    let onfocusout = {
        let (all, open) = (all.clone(), open.setter());
        Callback::from(move |event: FocusEvent| {
            let to = event
                .related_target()
                .and_then(|to| to.dyn_into::<Node>().ok());
            if !all
                .get()
                .is_some_and(|all| to.is_some() && all.contains(to.as_ref()))
            {
                open.set(false);
            }
        })
    };
    let toggle = {
        let (open, now) = (open.setter(), *open);
        move |_| open.set(!now)
    };
    let inside = {
        let (close, menu) = (close.clone(), props.menu);
        Callback::from(move |event: MouseEvent| {
            let on_item = event
                .target_dyn_into::<Element>()
                .is_some_and(|at| at.closest("button, a").is_ok_and(|item| item.is_some()));
            if menu && on_item {
                close();
            }
        })
    };
    html! {
        <div ref={all} class={classes!("popup", props.end.then_some("end"))} {onkeydown} {onfocusout}>
            <button type="button" ref={button} class={props.class.clone()} aria-expanded={open.to_string()} aria-label={props.name.clone()} onclick={toggle}>
                { props.label.clone() }
            </button>
            if *open {
                <div class={classes!("popup-panel", props.menu.then_some("menu"))} ref={panel} tabindex="-1" role="group"
                    aria-label={props.name.clone().unwrap_or_else(|| texts.text(Key::ActMore).into())} onclick={inside}>
                    { props.children.clone() }
                </div>
            }
        </div>
    }
}

fn focusable(within: &HtmlElement) -> Vec<HtmlElement> {
    let all = within
        .query_selector_all("button:not(:disabled), a, input, select")
        .ok();
    let all = all
        .into_iter()
        .flat_map(|all| (0..all.length()).filter_map(move |at| all.get(at)));
    all.filter_map(|node| node.dyn_into().ok()).collect()
}

/// Whether Enter ends what is typed.
fn is_typed(event: &KeyboardEvent) -> bool {
    event.target_dyn_into::<Element>().is_some_and(|at| {
        at.matches("input:not([type=checkbox], [role=combobox])")
            .unwrap_or_default()
    })
}

/// Whether the element itself needs the arrow keys.
fn takes_arrows(event: &KeyboardEvent) -> bool {
    event.target_dyn_into::<Element>().is_some_and(|at| {
        at.matches("select, input[role=combobox], input[type=date]")
            .unwrap_or_default()
    })
}

fn step(panel: &HtmlElement, down: bool) {
    let all = focusable(panel);
    let active = web_sys::window().and_then(|window| window.document()?.active_element());
    let at = all.iter().position(|one| {
        active
            .as_ref()
            .is_some_and(|active| active == one.unchecked_ref::<Element>())
    });
    let next = match at {
        Some(at) if down => at + 1,
        Some(at) => at.checked_sub(1).unwrap_or(all.len().saturating_sub(1)),
        None => 0,
    };
    if let Some(one) = all.get(next).or(all.first()) {
        let _ = one.focus();
    }
}
