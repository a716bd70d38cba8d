//! A user's page: the fields, and the link by which the user sets a password.

use std::rc::Rc;

use perennial_domain::rights::{Action, Area, Level};
use perennial_domain::text::Key;
use perennial_domain::user::User;
use serde::Deserialize;
use serde_json::json;
use yew::prelude::*;

use crate::client::new_key;
use crate::components::problem::ProblemNote;
use crate::load::use_send;
use crate::record::page::{Block, Drawing, RecordPage};
use crate::session::use_session;
use crate::shape::Shape;
use crate::texts::use_texts;

/// A user's page.
pub fn user_page(id: &str) -> Html {
    let (shape, side) = (Shape::of::<User>(), Block(password));
    html! { <RecordPage key={id.to_owned()} {shape} id={id.to_owned()} {side}/> }
}

fn password(Drawing { record: user, .. }: Drawing<'_>) -> Html {
    let first = user.value("last_sign_in_at").is_null();
    html! { <PasswordLink id={user.id().to_owned()} {first}/> }
}

#[derive(Deserialize)]
struct Offer {
    token: String,
    expires_at: String,
}

#[derive(Properties, PartialEq)]
struct LinkProps {
    id: String,
    /// The user has never signed in.
    first: bool,
}

/// Makes a link that works once, and shows it once.
#[component]
fn PasswordLink(props: &LinkProps) -> Html {
    let (texts, session) = (use_texts(), use_session());
    let offer = use_state(|| None::<Rc<Offer>>);
    let shown = offer.setter();
    let making = use_send(
        |client, id: String| async move {
            client
                .post::<Offer>(&format!("users/{id}/password-reset"), json!({}), &new_key())
                .await
        },
        move |offer| shown.set(Some(Rc::new(offer))),
    );
    if session
        .me()
        .is_none_or(|me| me.level(Area::Users, Action::Update) != Level::All)
    {
        return Html::default();
    }
    let onclick = making.send.reform({
        let id = props.id.clone();
        move |_: MouseEvent| id.clone()
    });
    let origin = web_sys::window()
        .and_then(|window| window.location().origin().ok())
        .unwrap_or_default();
    html! {
        <section class="card padded" aria-label={texts.text(Key::AccountPassword)}>
            <h2>{ texts.text(Key::AccountPassword) }</h2>
            if props.first { <p><b>{ texts.text(Key::UsersLinkFirst) }</b></p> }
            <p class="quiet">{ texts.text(Key::UsersLinkAdvice) }</p>
            if let Some(offer) = &*offer {
                <label class="field"><span class="field-label">{ texts.format(Key::UsersLink, &[("when", &texts.instant(&offer.expires_at))]) }</span>
                    <span class="pf-v6-c-form-control"><input readonly=true value={format!("{origin}/password#{}", offer.token)}/></span>
                </label>
            }
            <ProblemNote problem={making.problem}/>
            <p><button type="button" class={classes!("pf-v6-c-button", if props.first { "pf-m-primary" } else { "pf-m-secondary" })} disabled={making.busy} {onclick}>{ texts.text(Key::UsersLinkMake) }</button></p>
        </section>
    }
}
