//! Grey bars where something will be.

use perennial_domain::text::Key;
use yew::prelude::*;

use crate::texts::Texts;

/// So many grey bars where something will be.
pub fn skeleton(texts: &Texts, bars: usize) -> Html {
    html! {
        <div class="skeleton" aria-busy="true">
            <span class="hidden">{ texts.text(Key::StateLoading) }</span>
            { for (0..bars).map(|_| html! { <div class="pf-v6-c-skeleton" aria-hidden="true"></div> }) }
        </div>
    }
}
