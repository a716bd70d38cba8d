//! A moment: how long ago, and exactly on hover.

use yew::prelude::*;

use crate::texts::use_texts;

/// Properties of [`Time`].
#[derive(Properties, PartialEq)]
pub struct TimeProps {
    /// The moment, as it came over the wire.
    pub at: AttrValue,
}

/// How long ago a moment is; exactly on hover.
#[component]
pub fn Time(props: &TimeProps) -> Html {
    let texts = use_texts();
    html! { <time datetime={props.at.clone()} title={texts.instant(&props.at)}>{ texts.ago(&props.at) }</time> }
}
