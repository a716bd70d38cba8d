//! What to do where there is nothing yet.

use yew::prelude::*;

/// Says what is missing and what to do, with the way to do it.
pub fn empty(title: &str, advice: &str, way: Html) -> Html {
    html! { <div class="empty"><h2>{ title }</h2><p>{ advice }</p><div class="row">{ way }</div></div> }
}
