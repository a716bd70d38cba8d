//! The people we know at a customer, and the way to add one.

use std::rc::Rc;

use perennial_domain::contact::{BuyingRole, Contact};
use perennial_domain::page::Page;
use perennial_domain::rights::Action;
use perennial_domain::text::Key;
use serde_json::{Value, json};
use yew::prelude::*;

use crate::components::avatar::avatar;
use crate::components::icon::{Mark, icon};
use crate::components::link::Link;
use crate::components::problem::ProblemNote;
use crate::components::skeleton::skeleton;
use crate::list::create::Create;
use crate::load::use_load;
use crate::routes::record_path;
use crate::session::use_session;
use crate::shape::{Record, Shape, patch};
use crate::texts::{Texts, use_texts};

/// Properties of [`People`].
#[derive(Properties, PartialEq)]
pub struct PeopleProps {
    /// The customer.
    pub customer: String,
    /// The customer may get more.
    pub open: bool,
    /// Told that there is one more.
    pub onadd: Callback<()>,
}

/// The people at a customer.
#[component]
pub fn People(props: &PeopleProps) -> Html {
    let (texts, session) = (use_texts(), use_session());
    let adding = use_state_eq(|| false);
    let shape = Shape::of::<Contact>();
    let may_read = session.may(shape.area, Action::Read);
    let of = (props.customer.clone(), may_read);
    let loaded = use_load(of, |client, (id, may_read)| async move {
        if !may_read {
            return Ok(Page::default());
        }
        client
            .get::<Page<Rc<Record>>>(&format!("customers/{id}/contacts?limit=100"))
            .await
    });
    let person = |contact: &Rc<Record>| {
        html! {
            <li class="person" key={contact.id()}>
                { avatar(shape.name(contact), false) }
                <div><Link to={record_path(shape, contact.id())}>{ shape.name(contact) }</Link><p class="quiet">{ post(&texts, contact, &props.customer) }</p></div>
            </li>
        }
    };
    let made = {
        let (adding, reload) = (adding.setter(), loaded.reload.clone());
        let onadd = props.onadd.clone();
        move |made: Option<Rc<Record>>| {
            adding.set(false);
            made.iter().for_each(|_| {
                reload.emit(());
                onadd.emit(());
            });
        }
    };
    let position =
        json!([{ "customer_id": props.customer, "title": "", "buying_role": "unknown" }]);
    let preset = patch("positions", position);
    if !may_read {
        return Html::default();
    }
    html! {
        <section class="card padded" aria-label={texts.text(Key::PeopleTitle)}>
            <div class="row">
                <h2 class="grow">{ texts.text(Key::PeopleTitle) }</h2>
                if props.open && session.may(shape.area, Action::Create) {
                    <button type="button" class="pf-v6-c-button pf-m-link" onclick={{ let adding = adding.setter(); move |_| adding.set(true) }}>
                        { icon(Mark::Add) }{ texts.text(Key::PeopleAdd) }
                    </button>
                }
            </div>
            <ProblemNote problem={loaded.problem.clone()} retry={loaded.reload.clone()}/>
            if let Some(page) = &loaded.data {
                if page.data.is_empty() { <p class="quiet">{ texts.text(Key::PeopleNone) }</p> }
                <ul class="people">{ for page.data.iter().map(person) }</ul>
            } else if loaded.problem.is_none() { { skeleton(&texts, 3) } }
            if *adding { <Create {shape} {preset} onclose={made}/> }
        </section>
    }
}

/// What a contact is at this customer.
fn post(texts: &Texts, contact: &Record, customer: &str) -> String {
    let positions = contact
        .value("positions")
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let here = positions
        .iter()
        .filter(|position| position.get("customer_id").and_then(Value::as_str) == Some(customer));
    let said = here.map(|position| {
        let text = |name| {
            position
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let role = BuyingRole::parse(text("buying_role"))
            .filter(|role| *role != BuyingRole::Unknown)
            .map(|role| texts.text(role.label()));
        let left = text("until");
        let until = (!left.is_empty())
            .then(|| texts.format(Key::PeopleUntil, &[("date", &texts.date(left))]));
        [
            Some(text("title").to_owned()),
            role.map(str::to_owned),
            until,
        ]
        .into_iter()
        .flatten()
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
    });
    said.filter(|said| !said.is_empty())
        .collect::<Vec<_>>()
        .join(" / ")
}
