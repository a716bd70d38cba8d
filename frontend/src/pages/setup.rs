//! The first administrator and organization: once in the life of an installation, with the token the server printed.

use perennial_domain::session::Setup as Draft;
use perennial_domain::text::Key;
use yew::prelude::*;
use yew_router::hooks::use_location;

use crate::components::input::Input;
use crate::components::problem::ProblemNote;
use crate::frame::page::use_title;
use crate::load::use_send;
use crate::pages::sign_in::Door;
use crate::session::use_session;
use crate::texts::use_texts;

/// The first start.
#[component]
pub fn Setup() -> Html {
    let (texts, session) = (use_texts(), use_session());
    use_title(texts.text(Key::SetupTitle));
    let token = use_location()
        .map(|at| at.hash().trim_start_matches('#').to_owned())
        .unwrap_or_default();
    let language = texts.language;
    let draft = use_state(|| {
        let mut draft = Draft {
            token,
            ..Draft::default()
        };
        draft.organization.zone = own_zone();
        draft.organization.country = own_country();
        draft
    });
    let sending = use_send(
        |client, draft: Draft| async move { client.authenticate("setup", draft).await },
        move |()| session.reload(),
    );
    let currency = use_state(|| draft.organization.currency.to_string());
    let bad_currency = currency.parse::<perennial_domain::Currency>().is_err();
    let set = |put: fn(&mut Draft, String)| {
        let draft = draft.clone();
        Callback::from(move |text| {
            let mut next = (*draft).clone();
            put(&mut next, text);
            draft.set(next);
        })
    };
    let onsubmit = {
        let (draft, send, currency) = (draft.clone(), sending.send.clone(), currency.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            let mut draft = (*draft).clone();
            if let Ok(currency) = currency.parse() {
                draft.organization.currency = currency;
                draft.organization.language = language;
                send.emit(draft);
            }
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
    // Nothing but the token is asked for the right to set up.
    let wrong_token = sending
        .problem
        .as_ref()
        .is_some_and(|problem| problem.status == 403);
    let token_fault = wrong_token.then(|| texts.text(Key::SetupTokenWrong).to_owned());
    let whole = sending
        .problem
        .clone()
        .filter(|problem| problem.errors.is_empty() && !wrong_token);
    let zone = use_memo((), |()| zones());
    html! {
        <Door>
            <h1>{ texts.text(Key::SetupTitle) }</h1>
            <p class="quiet">{ texts.text(Key::SetupText) }</p>
            <form {onsubmit}>
                <ProblemNote problem={whole}/>
                <Input id="token" label={texts.text(Key::SetupToken)} hint={texts.text(Key::SetupTokenHint)} value={draft.token.clone()}
                    oninput={set(|draft, text| draft.token = text.trim().into())} fault={token_fault.or_else(|| fault("/token"))}/>
                <Input id="organization" autocomplete="organization" label={texts.text(Key::SetupOrganization)} value={draft.organization.name.clone()}
                    oninput={set(|draft, text| draft.organization.name = text)} fault={fault("/organization/name")}/>
                <div class="form">
                    <Input id="currency" label={texts.text(Key::OrganizationCurrency)} hint={texts.text(Key::SetupCurrencyHint)} value={(*currency).clone()}
                        oninput={{ let currency = currency.setter(); move |text: String| currency.set(text.trim().to_ascii_uppercase()) }}
                        fault={bad_currency.then(|| texts.text(Key::InvalidValue).to_owned()).or_else(|| fault("/organization/currency"))}/>
                    <Input id="country" autocomplete="country" label={texts.text(Key::OrganizationCountry)} hint={texts.text(Key::SetupCountryHint)} value={draft.organization.country.clone()}
                        oninput={set(|draft, text| draft.organization.country = text.trim().to_ascii_uppercase())} fault={fault("/organization/country")}/>
                    <Input id="zone" label={texts.text(Key::OrganizationZone)} value={draft.organization.zone.clone()} list="zones"
                        oninput={set(|draft, text| draft.organization.zone = text.trim().into())} fault={fault("/organization/zone")}/>
                    <datalist id="zones">{ for zone.iter().map(|zone| html! { <option value={zone.clone()}/> }) }</datalist>
                </div>
                <Input id="name" autocomplete="name" label={texts.text(Key::SetupName)} value={draft.name.clone()}
                    oninput={set(|draft, text| draft.name = text)} fault={fault("/name")}/>
                <Input id="email" kind="email" autocomplete="username" label={texts.text(Key::UsersEmail)} value={draft.email.clone()}
                    oninput={set(|draft, text| draft.email = text.trim().into())} fault={fault("/email")}/>
                <Input id="password" kind="password" autocomplete="new-password" label={texts.text(Key::SessionPassword)} hint={texts.text(Key::AccountPasswordHint)}
                    value={draft.password.clone()} oninput={set(|draft, text| draft.password = text)} fault={fault("/password")}/>
                <button type="submit" class="pf-v6-c-button pf-m-primary pf-m-block" disabled={sending.busy}>{ texts.text(Key::SetupDone) }</button>
            </form>
        </Door>
    }
}

/// The browser's own time zone.
fn own_zone() -> String {
    let options = js_sys::Intl::DateTimeFormat::default().resolved_options();
    js_sys::Reflect::get(&options, &"timeZone".into())
        .ok()
        .and_then(|zone| zone.as_string())
        .unwrap_or_default()
}

/// The country of the browser's language, `CN` of `zh-CN`.
fn own_country() -> String {
    let language = web_sys::window()
        .and_then(|window| window.navigator().language())
        .unwrap_or_default();
    let country = language
        .rsplit('-')
        .next()
        .filter(|country| country.len() == 2 && language.contains('-'));
    country.unwrap_or("CN").to_ascii_uppercase()
}

/// Every time zone that the browser knows.
fn zones() -> Vec<String> {
    let zones = js_sys::Reflect::get(&js_sys::global(), &"Intl".into()).and_then(|intl| {
        let supported: js_sys::Function =
            js_sys::Reflect::get(&intl, &"supportedValuesOf".into())?.into();
        supported.call1(&intl, &"timeZone".into())
    });
    zones
        .map(|zones| {
            js_sys::Array::from(&zones)
                .iter()
                .filter_map(|zone| zone.as_string())
                .collect()
        })
        .unwrap_or_default()
}
