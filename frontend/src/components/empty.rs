//! What to do where there is nothing yet.

use yew::prelude::*;

/// Properties of [`Empty`].
#[derive(Properties, PartialEq)]
pub struct EmptyProps {
    /// What is missing.
    pub title: AttrValue,
    /// What to do.
    #[prop_or_default]
    pub advice: AttrValue,
    /// The way to do it.
    #[prop_or_default]
    pub children: Html,
}

/// Says what is missing and what to do.
#[component]
pub fn Empty(props: &EmptyProps) -> Html {
    html! {
        <div class="empty">
            <h2>{ &props.title }</h2>
            <p>{ &props.advice }</p>
            <div class="row">{ props.children.clone() }</div>
        </div>
    }
}
