//! Tabs: arrows move between them.

use web_sys::HtmlElement;
use yew::prelude::*;

/// Properties of [`Tabs`].
#[derive(Properties, PartialEq)]
pub struct TabsProps {
    /// What they are about.
    pub name: AttrValue,
    /// Each tab's key and label.
    pub tabs: Vec<(AttrValue, AttrValue)>,
    /// The key of the open one.
    pub open: AttrValue,
    /// Told which one is chosen.
    pub onopen: Callback<AttrValue>,
    /// What the open one holds.
    pub children: Html,
}

/// Tabs above a panel; the arrows, Home and End move between them.
#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let nodes = use_memo(props.tabs.len(), |count| {
        (0..*count).map(|_| NodeRef::default()).collect::<Vec<_>>()
    });
    let tab = |(at, (key, label)): (usize, &(AttrValue, AttrValue))| {
        let open = *key == props.open;
        let onclick = props.onopen.reform({
            let key = key.clone();
            move |_| key.clone()
        });
        let onkeydown = {
            let (nodes, tabs, onopen) = (nodes.clone(), props.tabs.clone(), props.onopen.clone());
            move |event: KeyboardEvent| {
                let last = tabs.len().saturating_sub(1);
                let to = match event.key().as_str() {
                    "ArrowRight" => {
                        if at == last {
                            0
                        } else {
                            at + 1
                        }
                    }
                    "ArrowLeft" => at.checked_sub(1).unwrap_or(last),
                    "Home" => 0,
                    "End" => last,
                    _ => return,
                };
                if let (Some((key, _)), Some(node)) = (tabs.get(to), nodes.get(to)) {
                    event.prevent_default();
                    let _ = node.cast::<HtmlElement>().map(|node| node.focus());
                    onopen.emit(key.clone());
                }
            }
        };
        html! {
            <button type="button" role="tab" class="tab" ref={nodes.get(at).cloned().unwrap_or_default()} id={format!("tab-{key}")}
                aria-selected={open.to_string()} tabindex={if open { "0" } else { "-1" }} {onclick} {onkeydown}>{ label }</button>
        }
    };
    html! {
        <>
            <div role="tablist" class="tabs" aria-label={props.name.clone()}>{ for props.tabs.iter().enumerate().map(tab) }</div>
            <div role="tabpanel" aria-labelledby={format!("tab-{}", props.open)}>{ props.children.clone() }</div>
        </>
    }
}
