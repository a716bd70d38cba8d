//! What stands where no page is.

use perennial_domain::text::Key;
use yew::prelude::*;

use crate::components::empty::empty;
use crate::components::link::Link;
use crate::frame::page::use_title;
use crate::texts::use_texts;

/// No page.
#[component]
pub fn NotFound() -> Html {
    let texts = use_texts();
    let title = texts.text(Key::ProblemNotFound);
    use_title(title);
    html! { <><h1 class="hidden">{ title }</h1>{ empty(title, texts.text(Key::NotFoundAdvice), html! { <><Link to="/">{ texts.text(Key::NotFoundHome) }</Link></> }) }</> }
}
