//! A link within the application.

use yew::prelude::*;

use crate::routes::go;

/// Properties of [`Link`].
#[derive(Properties, PartialEq)]
pub struct LinkProps {
    /// Where it leads.
    pub to: AttrValue,
    /// Its classes.
    #[prop_or_default]
    pub class: Classes,
    /// It leads to where we are.
    #[prop_or_default]
    pub current: bool,
    /// What it says.
    pub children: Html,
}

/// A link that changes the page without loading it; with Ctrl, ⌘, Shift or the middle button it does what links do.
#[component]
pub fn Link(props: &LinkProps) -> Html {
    let onclick = {
        let to = props.to.clone();
        Callback::from(move |event: MouseEvent| {
            if is_plain(&event) {
                event.prevent_default();
                go(&to);
            }
        })
    };
    let current = props.current.then_some("page");
    html! { <a href={props.to.clone()} class={props.class.clone()} aria-current={current} {onclick}>{ props.children.clone() }</a> }
}

/// Whether a click asks for this tab.
pub fn is_plain(event: &MouseEvent) -> bool {
    event.button() == 0
        && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key())
}
