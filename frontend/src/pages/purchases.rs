//! A purchase's page: its lines, what came in for it, what was given back of it; and the way to give back.

use std::rc::Rc;

use perennial_domain::Decimal;
use perennial_domain::page::Page;
use perennial_domain::purchase::{Purchase, PurchaseLine, Returned};
use perennial_domain::rights::Action;
use perennial_domain::text::Key;
use serde_json::{Map, Value, json};
use yew::prelude::*;

use crate::components::cell::cell;
use crate::components::problem::ProblemNote;
use crate::list::create::Create;
use crate::load::use_send;
use crate::record::field::InPlace;
use crate::record::header::figure;
use crate::record::page::{Block, Drawing, RecordPage};
use crate::record::purchases::Purchases;
use crate::session::{Session, use_session};
use crate::shape::{Record, Shape};
use crate::texts::use_texts;

/// What the page shows in its head and in its cards.
const SHOWN: [&str; 5] = ["lines", "payments", "total", "open", "returned"];

/// What a new purchase begins with: today, in our currency, sold by whoever writes it down, no line yet.
pub fn preset(session: &Session) -> Map<String, Value> {
    let mut preset = Map::new();
    let seller = Shape::of::<Purchase>().field("seller_id");
    let seller = seller.filter(|field| session.writes(field));
    if let Some(me) = session.me().filter(|_| seller.is_some()) {
        preset.insert("seller_id".into(), json!(me.user.id));
    }
    preset.insert("purchased_on".into(), session.today().into());
    preset.insert("currency".into(), json!(session.currency()));
    preset.insert("lines".into(), json!([]));
    preset
}

/// A purchase's page.
pub fn purchase_page(id: &str) -> Html {
    let (acts, head, main) = (Block(acts), Block(head), Block(main));
    html! {
        <RecordPage key={id.to_owned()} shape={Shape::of::<Purchase>()} id={id.to_owned()} {acts} {head} {main} without={SHOWN.to_vec()}/>
    }
}

fn acts(of: Drawing<'_>) -> Html {
    html! { <Returning record={of.record} onmade={of.reload}/> }
}

/// Who bought when, what it comes to and how it stands.
fn head(of: Drawing<'_>) -> Html {
    let Drawing {
        texts,
        session,
        record,
        ..
    } = of;
    let purchase = purchase(&record);
    let (key, colour) = state(&purchase, session);
    let back = match purchase.returned {
        Returned::Nothing => None,
        Returned::Partly => Some(Key::PurchasePartly),
        Returned::Wholly => Some(Key::PurchaseWholly),
    };
    let shape = Shape::of::<Purchase>();
    let said = |name: &str| {
        let field = shape.field(name).filter(|field| session.sees(field))?;
        let shown = cell(texts, field, record.value(name), false);
        Some(figure(texts, field.label, shown))
    };
    let figures = ["customer_id", "purchased_on", "seller_id", "total", "open"];
    let figures = figures
        .into_iter()
        .filter(|name| *name != "open" || !is_balanced(&purchase));
    html! {
        <>
            <div class="pills badges">
                if purchase.reverses_id.is_some() { <span class="pill purple">{ texts.text(Key::PurchaseReturn) }</span> }
                <span class={classes!("pill", colour)}>{ texts.text(key) }</span>
                if let Some(back) = back { <span class="pill grey">{ texts.text(back) }</span> }
            </div>
            <dl class="figures">{ for figures.filter_map(said) }</dl>
        </>
    }
}

/// Its lines, payments and returns.
fn main(of: Drawing<'_>) -> Html {
    let Drawing {
        texts,
        session,
        record,
        save,
        ..
    } = of;
    let shape = Shape::of::<Purchase>();
    let purchase = purchase(&record);
    let may_update = session.may(shape.area, Action::Update);
    let card = |name: &str, proposal: Option<(AttrValue, Value)>| {
        let field = shape.field(name)?;
        let title = texts.text(field.label);
        Some(html! {
            <section class="card padded" aria-label={title}>
                <h2>{ title }</h2>
                <dl class="about alone">
                    <InPlace {field} value={record.value(name).clone()} save={save.clone()} writable={may_update && session.writes(&field)} {proposal}/>
                </dl>
            </section>
        })
    };
    let open = purchase.open.amount;
    let payment = (open != Decimal::default() && !is_balanced(&purchase)).then(|| {
        let proposed = json!({ "on": session.today(), "amount": open, "note": "" });
        let payments = record.value("payments").as_array().into_iter().flatten();
        let payments: Value = payments.cloned().chain([proposed]).collect();
        (texts.text(Key::PurchasePay).into(), payments)
    });
    let state = (record.version(), String::new());
    html! {
        <>
            { card("lines", None) }
            { card("payments", payment) }
            if purchase.returned != Returned::Nothing {
                <Purchases title={Key::PurchaseReturns} filter={format!("reverses_id={}", record.id())} {state}/>
            }
        </>
    }
}

/// Whether nobody has to pay what is open of it, because it was given back.
fn is_balanced(purchase: &Purchase) -> bool {
    purchase.open.amount != Decimal::default() && purchase.paid_on.is_some()
}

/// How a purchase stands with what is to be paid, and the colour of that.
pub fn state(purchase: &Purchase, session: &Session) -> (Key, &'static str) {
    let open = purchase.open.amount;
    let today = session.today();
    let late = |due: perennial_domain::Date| due.to_string() < today;
    // What was given back wholly is settled, though nobody paid it.
    if open == Decimal::default() || purchase.paid_on.is_some() {
        (Key::PurchasePaid, "green")
    } else if open > Decimal::default() && purchase.due_on.is_some_and(late) {
        (Key::PurchaseOverdue, "red")
    } else {
        (Key::PurchaseOpen, "orange")
    }
}

fn purchase(record: &Record) -> Purchase {
    serde_json::from_value(Value::Object(record.0.clone())).unwrap_or_default()
}

#[derive(Properties, PartialEq)]
struct ReturningProps {
    record: Rc<Record>,
    onmade: Callback<()>,
}

/// The way to give back what is left of it.
#[component]
fn Returning(props: &ReturningProps) -> Html {
    let (texts, session) = (use_texts(), use_session());
    let (record, shape) = (&props.record, Shape::of::<Purchase>());
    let purchase = purchase(record);
    let begun = use_state(|| None::<Map<String, Value>>);
    let begin = {
        let (begun, purchase, today) = (begun.setter(), purchase.clone(), session.today());
        move |returns: Page<Purchase>| begun.set(Some(rest(&purchase, &returns.data, &today)))
    };
    let asking = use_send(
        |client, id: String| async move {
            client
                .get::<Page<Purchase>>(&format!("purchases?limit=200&reverses_id={id}"))
                .await
        },
        begin,
    );
    let onclose = {
        let (begun, onmade) = (begun.setter(), props.onmade.clone());
        move |made: Option<Rc<Record>>| {
            begun.set(None);
            made.iter().for_each(|_| onmade.emit(()));
        }
    };
    let is_left = purchase.reverses_id.is_none() && purchase.returned != Returned::Wholly;
    if !is_left || purchase.lines.is_empty() || !session.may(shape.area, Action::Create) {
        return Html::default();
    }
    let ask = asking.send.reform({
        let id = record.id().to_owned();
        move |_: MouseEvent| id.clone()
    });
    html! {
        <>
            <ProblemNote problem={asking.problem}/>
            <button type="button" class="pf-v6-c-button pf-m-secondary" disabled={asking.busy} onclick={ask}>{ texts.text(Key::PurchaseGiveBack) }</button>
            if let Some(preset) = &*begun {
                <Create {shape} preset={preset.clone()} title={texts.format(Key::PurchaseReturnOf, &[("name", &purchase.code)])} {onclose}/>
            }
        </>
    }
}

/// A return of all that is left of a purchase after its returns.
fn rest(purchase: &Purchase, returns: &[Purchase], today: &str) -> Map<String, Value> {
    let back = |line: &PurchaseLine, of: fn(&PurchaseLine) -> Option<Decimal>| {
        let lines = returns.iter().flat_map(|purchase| &purchase.lines);
        let lines = lines.filter(|back| line.id.is_some() && back.reverses == line.id);
        let sum = Decimal::sum(lines.chain([line]).filter_map(of));
        -sum.unwrap_or_default()
    };
    let left = purchase.lines.iter().map(|line| PurchaseLine {
        id: None,
        quantity: back(line, |line| Some(line.quantity)),
        // What has no price is worth what was stated.
        amount: line.price.is_none().then(|| back(line, |line| line.amount)),
        reverses: line.id,
        ..line.clone()
    });
    let lines: Vec<PurchaseLine> = left
        .filter(|line| line.quantity != Decimal::default())
        .collect();
    let mut preset = Map::new();
    for (name, value) in [
        ("customer_id", json!(purchase.customer_id)),
        ("purchased_on", today.into()),
        ("reverses_id", json!(purchase.id)),
        ("seller_id", json!(purchase.seller_id)),
        ("currency", json!(purchase.currency)),
        ("lines", json!(lines)),
    ] {
        preset.insert(name.into(), value);
    }
    preset
}
