//! The full-text box of a list.

use gloo_timers::callback::Timeout;
use perennial_domain::text::Key;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::components::icon::{Mark, icon};
use crate::fields::picker::REST_MS;
use crate::texts::use_texts;

/// Properties of [`SearchBox`].
#[derive(Properties, PartialEq)]
pub struct SearchProps {
    /// What is searched for now.
    pub q: String,
    /// Told what to search for, once typing rests.
    pub onsearch: Callback<String>,
}

/// The full-text box; asks once typing rests.
#[component]
pub fn SearchBox(props: &SearchProps) -> Html {
    let texts = use_texts();
    let typed = use_state_eq(|| props.q.clone());
    let told = use_mut_ref(|| props.q.clone());
    // The address changed by other ways: back, a link.
    use_effect_with(props.q.clone(), {
        let (typed, told) = (typed.setter(), told.clone());
        move |q| {
            if *told.borrow() != *q {
                told.replace(q.clone());
                typed.set(q.clone());
            }
        }
    });
    use_effect_with((*typed).clone(), {
        let onsearch = props.onsearch.clone();
        move |typed| {
            let typed = typed.clone();
            let changed = *told.borrow() != typed;
            let timer = changed.then(|| {
                Timeout::new(REST_MS, move || {
                    told.replace(typed.clone());
                    onsearch.emit(typed);
                })
            });
            move || drop(timer)
        }
    });
    let oninput = {
        let typed = typed.setter();
        move |event: InputEvent| {
            typed.set(event.target_unchecked_into::<HtmlInputElement>().value())
        }
    };
    html! {
        <div class="search-box" role="search">
            { icon(Mark::Search) }
            <input type="search" value={(*typed).clone()} {oninput} maxlength="200" aria-label={texts.text(Key::ListSearch)} placeholder={texts.text(Key::ListSearch)}/>
        </div>
    }
}
