//! A moment: how long ago, and exactly on hover.

use yew::prelude::*;

use crate::texts::Texts;

/// How long ago a moment is; exactly on hover.
pub fn time(texts: &Texts, at: &str) -> Html {
    html! { <time datetime={at.to_owned()} title={texts.instant(at)}>{ texts.ago(at) }</time> }
}
