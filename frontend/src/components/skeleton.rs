//! Grey bars where something will be.

use perennial_domain::text::Key;
use yew::prelude::*;

use crate::texts::use_texts;

/// Properties of [`Skeleton`].
#[derive(Properties, PartialEq)]
pub struct SkeletonProps {
    /// How many bars.
    #[prop_or(3)]
    pub bars: usize,
}

/// Grey bars where something will be.
#[component]
pub fn Skeleton(props: &SkeletonProps) -> Html {
    let texts = use_texts();
    html! {
        <div class="skeleton" aria-busy="true">
            <span class="hidden">{ texts.text(Key::StateLoading) }</span>
            { for (0..props.bars).map(|_| html! { <div class="pf-v6-c-skeleton" aria-hidden="true"></div> }) }
        </div>
    }
}
