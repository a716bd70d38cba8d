//! The bar at the top: search, quick create, language, theme, the user's menu.

use perennial_domain::rights::Action;
use perennial_domain::text::{Key, Language};
use yew::prelude::*;

use crate::components::avatar::avatar;
use crate::components::icon::{Mark, icon};
use crate::components::link::Link;
use crate::components::popup::Popup;
use crate::frame::commands::{main_shapes, switch_theme};
use crate::frame::shortcuts::Asked;
use crate::preferences::use_preferences;
use crate::routes::{go, new_path};
use crate::session::use_session;
use crate::texts::use_texts;

/// Properties of [`Top`].
#[derive(Properties, PartialEq)]
pub struct TopProps {
    /// Told what is asked for.
    pub asked: Callback<Asked>,
    /// The navigation is unfolded.
    pub unfolded: bool,
    /// Folds or unfolds the navigation.
    pub onfold: Callback<()>,
}

/// The bar at the top.
#[component]
pub fn Top(props: &TopProps) -> Html {
    let (texts, session, preferences) = (use_texts(), use_session(), use_preferences());
    let icon_button = classes!("icon-button", "top-button");
    let create = main_shapes().into_iter().filter(|shape| session.may(shape.area, Action::Create)).map(|shape| {
        let session = session.clone();
        let onclick = move |_: MouseEvent| go(&new_path(shape, &session));
        html! { <button type="button" class="menu-item" {onclick}>{ texts.format(Key::ListNew, &[("what", &texts.text(shape.one()))]) }</button> }
    });
    let create: Vec<Html> = create.collect();
    let language = |language: Language| {
        let preferences = preferences.clone();
        let onclick = move |_: MouseEvent| preferences.change(|now| now.language = Some(language));
        html! { <button type="button" class="menu-item" lang={language.tag()} aria-pressed={(language == texts.language).to_string()} {onclick}>{ own_name(language) }</button> }
    };
    let theme = {
        let preferences = preferences.clone();
        move |_: MouseEvent| switch_theme(&preferences)
    };
    let name = session
        .me()
        .map(|me| me.user.name.clone())
        .unwrap_or_default();
    let email = session
        .me()
        .and_then(|me| me.user.email.clone())
        .unwrap_or_default();
    let out = move |_: MouseEvent| session.sign_out(false);
    html! {
        <header class="top">
            <button type="button" class={classes!(icon_button.clone(), "narrow-only")} aria-label={texts.text(Key::FrameMenu)} aria-expanded={props.unfolded.to_string()}
                aria-controls="navigation" onclick={props.onfold.reform(|_| ())}>{ icon(Mark::Burger) }</button>
            <Link to="/" class="logo">{ logo() }<span class="logo-name">{ "Perennial" }</span></Link>
            <button type="button" class="search" onclick={props.asked.reform(|_| Asked::Palette)}>
                { icon(Mark::Search) }<span class="search-text">{ texts.text(Key::FrameSearch) }</span><kbd class="wide-only">{ "/" }</kbd>
            </button>
            <span class="grow"></span>
            if !create.is_empty() {
                <Popup label={html! { <>{ icon(Mark::Add) }<span class="wide-only">{ texts.text(Key::FrameNew) }</span></> }} name={texts.text(Key::FrameNew)} end=true>{ for create }</Popup>
            }
            <Popup label={html! { <><span lang={texts.language.tag()}>{ own_name(texts.language) }</span>{ icon(Mark::Down) }</> }} name={format!("{} · {}", own_name(texts.language), texts.text(Key::FrameLanguage))} class={icon_button.clone()} end=true>
                { for Language::ALL.into_iter().map(language) }
            </Popup>
            <button type="button" class={classes!(icon_button.clone(), "wide-only")} aria-label={texts.text(Key::ThemeSwitch)} onclick={theme.clone()}>
                { icon(if preferences.is_dark() { Mark::Sun } else { Mark::Moon }) }
            </button>
            <Popup label={html! { { avatar(&name, false) } }} name={texts.format(Key::FrameUser, &[("name", &name)])} class={icon_button} end=true>
                <p class="menu-head"><b>{ &name }</b><br/><span class="quiet">{ email }</span></p>
                <button type="button" class="menu-item" onclick={|_| go("/settings/account")}>{ texts.text(Key::AccountTitle) }</button>
                <button type="button" class="menu-item" onclick={theme}>{ texts.text(Key::ThemeSwitch) }</button>
                <button type="button" class="menu-item" onclick={props.asked.reform(|_| Asked::Sheet)}>{ texts.text(Key::ShortcutsTitle) }</button>
                <button type="button" class="menu-item" onclick={out}>{ texts.text(Key::SessionSignOut) }</button>
            </Popup>
        </header>
    }
}

/// A language as those who speak it call it.
pub fn own_name(language: Language) -> &'static str {
    Key::find(&format!("language.{}", language.tag()))
        .map(|key| key.text(language))
        .unwrap_or_default()
}

/// The leaf.
pub fn logo() -> Html {
    html! {
        <svg class="leaf" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path class="blade" d="M12 2c5 4 8 7 8 12a8 8 0 0 1-16 0C4 9 7 6 12 2z"/><path class="vein" d="M12 22V10M12 15l4-4M12 17l-4-4"/>
        </svg>
    }
}
