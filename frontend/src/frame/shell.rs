//! The frame around every page of somebody signed in.

use perennial_domain::text::Key;
use yew::prelude::*;
use yew_router::hooks::use_location;

use crate::frame::commands::commands;
use crate::frame::navigation::navigation;
use crate::frame::page::use_page_focus;
use crate::frame::palette::Palette;
use crate::frame::shortcuts::{Asked, Sheet, use_shortcuts};
use crate::frame::top::Top;
use crate::pages::sign_in::SignInAgain;
use crate::preferences::use_preferences;
use crate::session::{Around, Phase, use_session};
use crate::texts::use_texts;
use crate::toasts::use_toasts;
use crate::unsaved::use_leave_warning;

/// The frame.
#[component]
pub fn Shell(props: &Around) -> Html {
    let (texts, session, preferences) = (use_texts(), use_session(), use_preferences());
    let path = use_location()
        .map(|at| at.path().to_owned())
        .unwrap_or_default();
    let toasts = use_toasts();
    let asked = use_state_eq(|| None::<Asked>);
    let unfolded = use_state_eq(|| false);
    let main = use_page_focus(&path);
    use_leave_warning();
    use_effect_with(path.clone(), {
        let (unfolded, toasts) = (unfolded.setter(), toasts.clone());
        move |_| {
            unfolded.set(false);
            toasts.turn();
        }
    });
    let commands = commands(&texts, &session, &preferences);
    let ask = use_callback((), {
        let asked = asked.setter();
        move |what, ()| asked.set(Some(what))
    });
    use_shortcuts(&commands, ask.clone());
    let close = {
        let asked = asked.setter();
        Callback::from(move |()| asked.set(None))
    };
    let onfold = {
        let unfolded = unfolded.clone();
        Callback::from(move |()| unfolded.set(!*unfolded))
    };
    html! {
        <div class={classes!("frame", unfolded.then_some("unfolded"))}>
            <a class="skip" href="#main">{ texts.text(Key::FrameSkip) }</a>
            <Top asked={ask} unfolded={*unfolded} {onfold}/>
            { navigation(&texts, &session, &path) }
            <main id="main" class="main" ref={main} tabindex="-1">{ props.children.clone() }</main>
            if *asked == Some(Asked::Palette) { <Palette commands={commands.clone()} onclose={close.clone()}/> }
            if *asked == Some(Asked::Sheet) { <Sheet {commands} onclose={close}/> }
            if matches!(session.phase, Phase::Ended(_)) { <SignInAgain/> }
        </div>
    }
}
