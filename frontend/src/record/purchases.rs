//! Purchases beside the record that they belong to: the latest, the way to all of them, the way to a new one.

use std::rc::Rc;

use perennial_domain::page::Page;
use perennial_domain::purchase::Purchase;
use perennial_domain::rights::Action;
use perennial_domain::text::Key;
use serde_json::{Map, Value};
use yew::prelude::*;

use crate::components::icon::{Mark, icon};
use crate::components::link::Link;
use crate::components::problem::ProblemNote;
use crate::components::skeleton::skeleton;
use crate::list::create::{Create, use_asked};
use crate::load::use_load;
use crate::pages::purchases::state;
use crate::routes::{list_path, record_path};
use crate::session::use_session;
use crate::shape::{Record, Shape};
use crate::texts::use_texts;

/// So many are shown.
const LATEST: i64 = 5;

/// Properties of [`Purchases`].
#[derive(Properties, PartialEq)]
pub struct PurchasesProps {
    /// What they are.
    pub title: Key,
    /// Which of them: the list's own parameters.
    pub filter: String,
    /// The version of what they belong to, and that of its figures: they are read again when these change.
    pub state: (i64, String),
    /// What a new one begins with, where there may be one.
    #[prop_or_default]
    pub preset: Option<Map<String, Value>>,
    /// Told that there is one more.
    #[prop_or_default]
    pub onadd: Callback<()>,
}

/// The latest purchases of a kind.
#[component]
pub fn Purchases(props: &PurchasesProps) -> Html {
    let (texts, session) = (use_texts(), use_session());
    let shape = Shape::of::<Purchase>();
    let adding = use_state_eq(|| false);
    use_asked(adding.setter());
    let may_read = session.may(shape.area, Action::Read);
    let of = (props.filter.clone(), props.state.clone(), may_read);
    let loaded = use_load(of, |client, (filter, _, may_read)| async move {
        if !may_read {
            return Ok(Page::default());
        }
        let path = format!("purchases?limit={LATEST}&include_total=true&{filter}");
        client.get::<Page<Purchase>>(&path).await
    });
    if !may_read {
        return Html::default();
    }
    let made = {
        let (adding, onadd) = (adding.setter(), props.onadd.clone());
        move |made: Option<Rc<Record>>| {
            adding.set(false);
            made.iter().for_each(|_| onadd.emit(()));
        }
    };
    let row = |purchase: &Purchase| {
        let (key, colour) = state(purchase, &session);
        let id = purchase.id.to_string();
        let total = texts.money(
            &purchase.total.amount.to_string(),
            purchase.total.currency.code(),
        );
        html! {
            <li class="deal" key={id.as_str()}>
                <Link to={record_path(shape, &id)}>{ &purchase.code }</Link>
                <span class="quiet">{ texts.date(&purchase.purchased_on.to_string()) }</span>
                <span class="grow"></span>
                if purchase.reverses_id.is_some() { <span class="pill purple">{ texts.text(Key::PurchaseReturn) }</span> }
                <span class={classes!("pill", colour)}>{ texts.text(key) }</span>
                <span class="number">{ total }</span>
            </li>
        }
    };
    let total = |page: &Page<Purchase>| page.page.total.unwrap_or_default();
    let title = texts.text(props.title);
    let preset = props
        .preset
        .clone()
        .filter(|_| session.may(shape.area, Action::Create));
    html! {
        <section class="card padded" aria-label={title}>
            <div class="row">
                <h2 class="grow">{ title }</h2>
                if preset.is_some() {
                    <button type="button" class="pf-v6-c-button pf-m-link" onclick={{ let adding = adding.setter(); move |_| adding.set(true) }}>
                        { icon(Mark::Add) }{ texts.format(Key::ListNew, &[("what", &texts.text(shape.one()))]) }
                    </button>
                }
            </div>
            <ProblemNote problem={loaded.problem.clone()} retry={loaded.reload.clone()}/>
            if let Some(page) = &loaded.data {
                if page.data.is_empty() { <p class="quiet">{ texts.text(Key::PurchaseNone) }</p> }
                <ul class="deals">{ for page.data.iter().map(row) }</ul>
                if total(page) > LATEST {
                    <Link to={format!("{}?{}", list_path(shape), props.filter)}>{ texts.format(Key::PurchaseAll, &[("count", &texts.number(total(page)))]) }</Link>
                }
            } else if loaded.problem.is_none() { { skeleton(&texts, 3) } }
            if let Some(preset) = preset.filter(|_| *adding) { <Create {shape} {preset} onclose={made}/> }
        </section>
    }
}
