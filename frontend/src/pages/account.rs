//! One's own settings: language, theme, shortcuts, password, sessions.

use perennial_domain::rights::{Action, Area};
use perennial_domain::session::PasswordChange;
use perennial_domain::text::{Key, Language};
use serde_json::{Value, json};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::components::input::Input;
use crate::components::problem::ProblemNote;
use crate::frame::page::use_title;
use crate::frame::top::own_name;
use crate::load::use_send;
use crate::preferences::{Theme, use_preferences};
use crate::session::use_session;
use crate::texts::use_texts;
use crate::toasts::use_toasts;

/// One's own settings.
#[component]
pub fn Account() -> Html {
    let (texts, session, preferences) = (use_texts(), use_session(), use_preferences());
    use_title(texts.text(Key::AccountTitle));
    let reloaded = session.clone();
    let keep_language = use_send(
        |client, (path, version, language): (String, i64, Language)| async move {
            client
                .patch::<Value>(&path, version, json!({ "language": language }))
                .await
        },
        move |_| reloaded.reload(),
    );
    let onlanguage = {
        let (preferences, session, send) = (
            preferences.clone(),
            session.clone(),
            keep_language.send.clone(),
        );
        move |event: Event| {
            let language =
                Language::of_tag(&event.target_unchecked_into::<HtmlSelectElement>().value());
            preferences.change(|now| now.language = Some(language));
            if let Some(me) = session
                .me()
                .filter(|_| session.may(Area::Users, Action::Update))
            {
                send.emit((format!("users/{}", me.user.id), me.user.version, language));
            }
        }
    };
    let ontheme = {
        let preferences = preferences.clone();
        move |event: Event| {
            let theme = serde_json::from_value(
                event
                    .target_unchecked_into::<HtmlSelectElement>()
                    .value()
                    .into(),
            )
            .unwrap_or_default();
            preferences.change(|now| now.theme = theme);
        }
    };
    let onkeys = {
        let preferences = preferences.clone();
        move |event: Event| {
            let on = event.target_unchecked_into::<HtmlInputElement>().checked();
            preferences.change(|now| now.quiet_keys = !on);
        }
    };
    let everywhere = {
        let session = session.clone();
        move |_: MouseEvent| session.sign_out(true)
    };
    let themes = [
        (Theme::System, "system", Key::ThemeSystem),
        (Theme::Light, "light", Key::ThemeLight),
        (Theme::Dark, "dark", Key::ThemeDark),
    ];
    html! {
        <div class="account">
            <h1>{ texts.text(Key::AccountTitle) }</h1>
            <section class="card padded" aria-label={texts.text(Key::AccountPages)}>
                <h2>{ texts.text(Key::AccountPages) }</h2>
                <div class="form">
                    <div class="field">
                        <label class="field-label" for="language">{ texts.text(Key::FrameLanguage) }</label>
                        <span class="pf-v6-c-form-control"><select id="language" onchange={onlanguage}>
                            { for Language::ALL.iter().map(|one| html! { <option value={one.tag()} selected={*one == texts.language}>{ own_name(*one) }</option> }) }
                        </select></span>
                    </div>
                    <div class="field">
                        <label class="field-label" for="theme">{ texts.text(Key::ThemeTitle) }</label>
                        <span class="pf-v6-c-form-control"><select id="theme" onchange={ontheme}>
                            { for themes.iter().map(|(theme, word, label)| html! { <option value={*word} selected={*theme == preferences.now.theme}>{ texts.text(*label) }</option> }) }
                        </select></span>
                    </div>
                    <label class="check wide"><input type="checkbox" checked={!preferences.now.quiet_keys} onchange={onkeys}/><span>{ texts.text(Key::ShortcutsSwitch) }</span></label>
                </div>
                <ProblemNote problem={keep_language.problem}/>
            </section>
            <Password/>
            <section class="card padded" aria-label={texts.text(Key::AccountSessions)}>
                <h2>{ texts.text(Key::AccountSessions) }</h2>
                <p class="quiet">{ texts.text(Key::AccountSessionsAdvice) }</p>
                <button type="button" class="pf-v6-c-button pf-m-secondary pf-m-danger" onclick={everywhere}>{ texts.text(Key::SessionSignOutEverywhere) }</button>
            </section>
        </div>
    }
}

/// The change of one's own password.
#[component]
fn Password() -> Html {
    let (texts, toasts) = (use_texts(), use_toasts());
    let change = use_state(PasswordChange::default);
    let done = {
        let (change, texts) = (change.setter(), texts.clone());
        move |()| {
            change.set(PasswordChange::default());
            toasts.tell(texts.text(Key::AccountPasswordChanged));
        }
    };
    let sending = use_send(
        |client, body: PasswordChange| async move { client.authenticate("auth/password", body).await },
        done,
    );
    let set = |put: fn(&mut PasswordChange, String)| {
        let change = change.clone();
        Callback::from(move |text| {
            let mut next = (*change).clone();
            put(&mut next, text);
            change.set(next);
        })
    };
    let onsubmit = {
        let (change, send) = (change.clone(), sending.send.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            send.emit((*change).clone());
        }
    };
    let fault = |pointer: &str| {
        sending
            .problem
            .as_ref()?
            .errors
            .iter()
            .find(|error| error.pointer == pointer)
            .map(|error| texts.fault(error))
    };
    // Of the current password the server says no more than that it is not the one.
    let wrong =
        fault("/current_password").map(|_| texts.text(Key::AccountPasswordWrong).to_owned());
    let whole = sending
        .problem
        .clone()
        .filter(|problem| problem.errors.is_empty());
    html! {
        <section class="card padded" aria-label={texts.text(Key::AccountPassword)}>
            <h2>{ texts.text(Key::AccountPassword) }</h2>
            <form {onsubmit} class="form narrow-form">
                <ProblemNote problem={whole}/>
                <Input id="current-password" kind="password" autocomplete="current-password" label={texts.text(Key::AccountCurrentPassword)}
                    value={change.current_password.clone()} oninput={set(|change, text| change.current_password = text)} fault={wrong}/>
                <Input id="new-password" kind="password" autocomplete="new-password" label={texts.text(Key::AccountNewPassword)} hint={texts.text(Key::AccountPasswordHint)}
                    value={change.new_password.clone()} oninput={set(|change, text| change.new_password = text)} fault={fault("/new_password")}/>
                <button type="submit" class="pf-v6-c-button pf-m-primary" disabled={sending.busy}>{ texts.text(Key::AccountPasswordChange) }</button>
            </form>
        </section>
    }
}
