//! What a customer has of us, and how it pays.

use perennial_domain::Decimal;
use perennial_domain::Money;
use perennial_domain::product::Product;
use perennial_domain::purchase::{Credit, Holding, Holdings, Purchase};
use perennial_domain::rights::Action;
use perennial_domain::text::Key;
use serde_json::{Map, Value};
use yew::prelude::*;

use crate::components::link::Link;
use crate::components::problem::ProblemNote;
use crate::components::skeleton::skeleton;
use crate::load::use_load;
use crate::routes::record_path;
use crate::session::use_session;
use crate::shape::Shape;
use crate::texts::{Texts, use_texts};

/// Properties of [`Held`].
#[derive(Properties, PartialEq)]
pub struct HeldProps {
    /// The customer.
    pub customer: String,
    /// Its version and that of its figures: this is read again when they change.
    pub state: (i64, String),
}

/// A customer's credit and what it has of us; each where the user may see it.
#[component]
pub fn Held(props: &HeldProps) -> Html {
    let (texts, session) = (use_texts(), use_session());
    let may_read = session.may(Shape::of::<Purchase>().area, Action::Read);
    let of = (props.customer.clone(), props.state.clone(), may_read);
    let loaded = use_load(of, |client, (id, _, may_read)| async move {
        if !may_read {
            return Ok(Holdings::default());
        }
        client.get(&format!("customers/{id}/holdings")).await
    });
    if !may_read {
        return Html::default();
    }
    let Some(held) = &loaded.data else {
        return html! {
            <section class="card padded" aria-label={texts.text(Key::HoldingsTitle)}>
                <h2>{ texts.text(Key::HoldingsTitle) }</h2>
                if loaded.problem.is_some() { <ProblemNote problem={loaded.problem} retry={loaded.reload}/> } else { { skeleton(&texts, 3) } }
            </section>
        };
    };
    let may_open = session.may(Shape::of::<Product>().area, Action::Read);
    let row = |held: &Holding| {
        let name = match (held.product_id, &held.name) {
            (Some(id), Some(name)) if may_open => {
                let to = record_path(Shape::of::<Product>(), &id.to_string());
                html! { <Link {to}>{ name }</Link> }
            }
            (Some(_), name) => html! { { name.as_deref().unwrap_or("—") } },
            (None, _) => html! { <span class="quiet">{ texts.text(Key::HoldingsOther) }</span> },
        };
        html! {
            <tr>
                <td>{ name }</td>
                <td class="col-number" data-label={texts.text(Key::PartQuantity)}><span class="number">{ texts.decimal(&held.quantity.to_string()) }</span></td>
                <td class="col-number" data-label={texts.text(Key::SalesRevenue)}>{ money(&texts, held.revenue) }</td>
                <td data-label={texts.text(Key::HoldingsLastOn)}>{ texts.date(&held.last_on.to_string()) }</td>
            </tr>
        }
    };
    let head = |key: Key, number: bool| html! { <th scope="col" class={number.then_some("col-number")}>{ texts.text(key) }</th> };
    html! {
        <>
            if let Some(credit) = &held.credit { { panel(&texts, credit) } }
            <section class="card padded" aria-label={texts.text(Key::HoldingsTitle)}>
                <h2>{ texts.text(Key::HoldingsTitle) }</h2>
                if held.products.is_empty() { <p class="quiet">{ texts.text(Key::HoldingsNone) }</p> } else {
                    <table class="ledger">
                        <thead><tr>{ head(Key::PartProductId, false) }{ head(Key::PartQuantity, true) }{ head(Key::SalesRevenue, true) }{ head(Key::HoldingsLastOn, false) }</tr></thead>
                        <tbody>{ for held.products.iter().map(row) }</tbody>
                    </table>
                }
            </section>
        </>
    }
}

/// Beside the draft of a purchase, how its customer stands: whoever is about to sell on account should see it.
pub fn credit_beside(shape: &Shape, draft: &Map<String, Value>) -> Html {
    let customer = draft.get("customer_id").and_then(Value::as_str);
    match customer.filter(|_| *shape == *Shape::of::<Purchase>()) {
        Some(customer) => html! { <CreditOf customer={customer.to_owned()}/> },
        None => Html::default(),
    }
}

#[derive(Properties, PartialEq)]
struct CreditOfProps {
    customer: String,
}

#[component]
fn CreditOf(props: &CreditOfProps) -> Html {
    let (texts, session) = (use_texts(), use_session());
    let may_read = session.may(Shape::of::<Purchase>().area, Action::Read);
    let of = (props.customer.clone(), may_read);
    let loaded = use_load(of, |client, (customer, may_read)| async move {
        if !may_read {
            return Ok(Holdings::default());
        }
        client.get(&format!("customers/{customer}/holdings")).await
    });
    let credit = loaded.data.as_ref().and_then(|held| held.credit.as_ref());
    credit
        .map(|credit| panel(&texts, credit))
        .unwrap_or_default()
}

fn money(texts: &Texts, money: Money) -> Html {
    html! { <span class="number">{ texts.money(&money.amount.to_string(), money.currency.code()) }</span> }
}

/// How much a customer may owe, owes, and how it pays.
fn panel(texts: &Texts, credit: &Credit) -> Html {
    let zero = Decimal::default();
    let fact = |key: Key, shown: Option<Html>, bad: bool| {
        shown.map(|shown| html! { <><dt>{ texts.text(key) }</dt><dd class={bad.then_some("bad")}>{ shown }</dd></> })
    };
    let amount = |amount: Option<Money>| amount.map(|amount| money(texts, amount));
    let number = |number: &Option<Decimal>| {
        let tenths = number.and_then(|number| number.rounded_to(1));
        tenths.map(|number| texts.decimal(&number.to_string()).into())
    };
    let late = credit
        .paid_late
        .map(|part| texts.percent(&part.to_string()).into());
    let days = credit.days.map(|days| texts.number(days).into());
    html! {
        <section class="card padded" aria-label={texts.text(Key::CreditTitle)}>
            <h2>{ texts.text(Key::CreditTitle) }</h2>
            <dl class="facts">
                { fact(Key::CustomersCreditLimit, amount(credit.limit), false) }
                { fact(Key::CreditOpen, amount(Some(credit.open)), false) }
                { fact(Key::CreditOverdue, amount(Some(credit.overdue)), credit.overdue.amount > zero) }
                { fact(Key::CreditLeft, amount(credit.left), credit.left.is_some_and(|left| left.amount < zero)) }
                { fact(Key::CustomersCreditDays, days, false) }
                { fact(Key::CreditDaysLate, number(&credit.average_days_late), false) }
                { fact(Key::CreditPaidLate, late, false) }
            </dl>
        </section>
    }
}
