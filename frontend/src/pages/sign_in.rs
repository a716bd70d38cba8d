//! Signing in: as a page, and as a dialog over a page whose session has run out.

use std::rc::Rc;

use gloo_timers::callback::Interval;
use perennial_domain::problem::Problem;
use perennial_domain::session::Credentials;
use perennial_domain::text::{Key, Language};
use web_sys::HtmlDialogElement;
use yew::prelude::*;

use crate::components::input::Input;
use crate::components::problem::ProblemNote;
use crate::frame::page::use_title;
use crate::frame::top::{logo, own_name};
use crate::load::use_send;
use crate::preferences::use_preferences;
use crate::session::{Around, use_session};
use crate::texts::use_texts;

/// How long the server is left alone before it is asked again, in milliseconds.
const AGAIN_MS: u32 = 5_000;

/// The page to sign in; it stands at the address that was asked for.
#[component]
pub fn SignIn() -> Html {
    let texts = use_texts();
    use_title(texts.text(Key::SessionSignIn));
    html! { <Door><h1>{ texts.text(Key::SessionWelcome) }</h1><SignInForm email=""/></Door> }
}

/// Properties of [`Away`].
#[derive(Properties, PartialEq)]
pub struct AwayProps {
    /// Why it is not known who is signed in.
    pub problem: Rc<Problem>,
}

/// The page while the server cannot say who is signed in; it asks again by itself.
#[component]
pub fn Away(props: &AwayProps) -> Html {
    let (texts, session) = (use_texts(), use_session());
    let told = texts.problem(&props.problem);
    use_title(&told);
    use_effect_with((), {
        let session = session.clone();
        move |()| {
            let again = Interval::new(AGAIN_MS, move || session.start());
            move || drop(again)
        }
    });
    html! {
        <Door>
            <h1>{ told }</h1>
            <p><button type="button" class="pf-v6-c-button pf-m-primary" onclick={move |_| session.start()}>{ texts.text(Key::ActRetry) }</button></p>
        </Door>
    }
}

/// The dialog to sign in again: what was typed on the page below stays.
#[component]
pub fn SignInAgain() -> Html {
    let (texts, session) = (use_texts(), use_session());
    let node = use_node_ref();
    use_effect_with(node.clone(), |node| {
        let dialog = node.cast::<HtmlDialogElement>();
        let _ = dialog.as_ref().map(HtmlDialogElement::show_modal);
        move || dialog.iter().for_each(HtmlDialogElement::close)
    });
    let email = session
        .me()
        .and_then(|me| me.user.email.clone())
        .unwrap_or_default();
    html! {
        <dialog ref={node} class="dialog" aria-label={texts.text(Key::SessionEnded)} oncancel={|event: Event| event.prevent_default()}>
            <header class="dialog-head"><h2>{ texts.text(Key::SessionEnded) }</h2></header>
            <div class="dialog-body"><p>{ texts.text(Key::SessionEndedText) }</p><SignInForm {email}/></div>
        </dialog>
    }
}

/// The frame of pages for nobody: a card, the languages below.
#[component]
pub fn Door(props: &Around) -> Html {
    let (texts, preferences) = (use_texts(), use_preferences());
    let language = |language: Language| {
        let preferences = preferences.clone();
        let onclick = move |_: MouseEvent| preferences.change(|now| now.language = Some(language));
        html! { <button type="button" class="pf-v6-c-button pf-m-link pf-m-inline" lang={language.tag()} aria-pressed={(language == texts.language).to_string()} {onclick}>{ own_name(language) }</button> }
    };
    html! {
        <main class="door">
            <div class="card door-card"><span class="logo">{ logo() }{ "Perennial" }</span>{ props.children.clone() }</div>
            <p class="row">{ for Language::ALL.into_iter().map(language) }</p>
        </main>
    }
}

#[derive(Properties, PartialEq)]
struct FormProps {
    email: String,
}

#[component]
fn SignInForm(props: &FormProps) -> Html {
    let (texts, session) = (use_texts(), use_session());
    let email = use_state(|| props.email.clone());
    let password = use_state(String::new);
    let sending = use_send(
        |client, body: Credentials| async move { client.authenticate("auth/sign-in", body).await },
        move |()| session.reload(),
    );
    let onsubmit = {
        let (email, password, send) = (email.clone(), password.clone(), sending.send.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            send.emit(Credentials {
                email: email.trim().to_owned(),
                password: (*password).clone(),
            });
        }
    };
    let known = !props.email.is_empty();
    html! {
        <form {onsubmit}>
            <ProblemNote problem={sending.problem}/>
            <Input id="email" kind="email" autocomplete="username" label={texts.text(Key::UsersEmail)} value={(*email).clone()}
                oninput={{ let email = email.setter(); move |text| email.set(text) }} focused={!known}/>
            <Input id="password" kind="password" autocomplete="current-password" label={texts.text(Key::SessionPassword)} value={(*password).clone()}
                oninput={{ let password = password.setter(); move |text| password.set(text) }} focused={known}/>
            <button type="submit" class="pf-v6-c-button pf-m-primary pf-m-block" disabled={sending.busy}>{ texts.text(Key::SessionSignIn) }</button>
        </form>
    }
}
