//! Where the link for a new password leads.

use perennial_domain::text::Key;
use serde_json::{Value, json};
use yew::prelude::*;
use yew_router::hooks::use_location;

use crate::client::new_key;
use crate::components::input::Input;
use crate::components::problem::ProblemNote;
use crate::frame::page::use_title;
use crate::load::use_send;
use crate::pages::sign_in::Door;
use crate::routes::go_instead;
use crate::texts::use_texts;
use crate::toasts::use_toasts;

/// Sets a new password with the token after `#`, then leads to the sign-in.
#[component]
pub fn NewPassword() -> Html {
    let (texts, toasts) = (use_texts(), use_toasts());
    use_title(texts.text(Key::AccountNewPassword));
    let token = use_location()
        .map(|at| at.hash().trim_start_matches('#').to_owned())
        .unwrap_or_default();
    let password = use_state(String::new);
    let done = {
        let texts = texts.clone();
        move |_: Value| {
            toasts.tell(texts.text(Key::AccountPasswordChanged));
            go_instead("/");
        }
    };
    let sending = use_send(
        |client, body: Value| async move { client.post("auth/password-reset", body, &new_key()).await },
        done,
    );
    let onsubmit = {
        let (password, send) = (password.clone(), sending.send.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            send.emit(json!({ "token": token, "new_password": *password }));
        }
    };
    let fault = sending
        .problem
        .as_ref()
        .and_then(|problem| problem.errors.first())
        .map(|error| texts.fault(error));
    let whole = sending
        .problem
        .clone()
        .filter(|_| fault.is_none())
        .map(|problem| match problem.status {
            401 => texts.text(Key::UsersLinkSpent).to_owned(),
            _ => texts.problem(&problem),
        });
    html! {
        <Door>
            <h1>{ texts.text(Key::AccountNewPassword) }</h1>
            <form {onsubmit}>
                <ProblemNote problem={sending.problem.clone().filter(|_| whole.is_some())} text={whole}/>
                <Input id="password" kind="password" autocomplete="new-password" label={texts.text(Key::AccountNewPassword)} hint={texts.text(Key::AccountPasswordHint)}
                    value={(*password).clone()} oninput={{ let password = password.setter(); move |text| password.set(text) }} {fault} focused=true/>
                <button type="submit" class="pf-v6-c-button pf-m-primary pf-m-block" disabled={sending.busy}>{ texts.text(Key::ActSave) }</button>
            </form>
        </Door>
    }
}
