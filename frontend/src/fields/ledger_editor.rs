//! The editor of a [ledger](crate::fields::ledger), made for the keyboard: Enter goes on from value to value, below the last
//! row there is always an empty one, and what rows come to stands there while they are typed.

use perennial_domain::field::Kind;
use perennial_domain::product::Product;
use perennial_domain::text::Key;
use serde_json::Value;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement};
use yew::prelude::*;

use crate::components::icon::{Mark, icon};
use crate::fields::editor::EditorProps;
use crate::fields::ledger::{amount, columns, sum, worth};
use crate::fields::part;
use crate::fields::parts::use_keys;
use crate::fields::row::{FieldRow, faults};
use crate::fields::whole::{Account, use_account};
use crate::keys::is_composing;
use crate::names::{Names, use_names};
use crate::shape::{FieldRef, is_empty};
use crate::texts::use_texts;

/// The rows of a ledger; the faults of each value stand at that value.
#[component]
pub fn LedgerEditor(props: &EditorProps) -> Html {
    let (texts, names, account) = (use_texts(), use_names(), use_account());
    let node = use_node_ref();
    let columns = columns(&props.field);
    let has = |name: &str| columns.iter().any(|field| field.name == name);
    let blank = {
        let columns = columns.clone();
        move |row: &Value| columns.iter().all(|field| is_empty(&row[field.name]))
    };
    let mut rows: Vec<Value> = props.value.as_array().cloned().unwrap_or_default();
    let filled = rows.len();
    // What is given back was bought: a return's lines are those it began with, or fewer.
    if !(account.reverses && has("product_id")) {
        rows.push(part::blank(&props.field));
    }
    let keys = use_keys(rows.len());
    let tell = {
        let onchange = props.onchange.clone();
        Callback::from(move |mut rows: Vec<Value>| {
            while rows.last().is_some_and(&blank) {
                rows.pop();
            }
            onchange.emit(rows.into());
        })
    };
    let change = |at: usize, name: &'static str| {
        let (rows, tell, names) = (rows.clone(), tell.clone(), names.clone());
        Callback::from(move |value: Value| {
            let mut rows = rows.clone();
            let Some(row) = rows.get_mut(at) else { return };
            let listed = (name == "product_id").then(|| listed(&names, &value, account));
            let value = match value.as_str() {
                Some(text) if name == "quantity" && account.reverses => given_back(text).into(),
                _ => value,
            };
            *row = part::with(row, name, value);
            // A product brings its price, where none was typed.
            if let Some(price) = listed.flatten().filter(|_| is_empty(&row["price"])) {
                *row = part::with(row, "price", price);
            }
            // What has a price is worth what follows from it: nobody states that.
            if !is_empty(&row["price"]) {
                *row = part::with(row, "amount", Value::Null);
            }
            tell.emit(rows);
        })
    };
    // And the price goes with currency and day, as long as it is the product's own; a number alone would mean other money.
    let before = use_mut_ref(|| account);
    use_effect_with((account.currency, account.day), {
        let (rows, tell, names) = (rows.clone(), tell.clone(), names.clone());
        move |_| {
            let old = before.replace(account);
            let priced = |row: &Value| {
                let own = listed(&names, &row["product_id"], old);
                let is_own = old != account && own.is_some_and(|own| own == row["price"]);
                let now = || listed(&names, &row["product_id"], account).unwrap_or_default();
                if is_own {
                    part::with(row, "price", now())
                } else {
                    row.clone()
                }
            };
            let next: Vec<Value> = rows.iter().map(priced).collect();
            if next != rows {
                tell.emit(next);
            }
        }
    });
    let remove = |at: usize| {
        let (rows, keys, tell, node) = (rows.clone(), keys.clone(), tell.clone(), node.clone());
        move |_: MouseEvent| {
            let inputs = |place: usize| {
                let row = node
                    .cast::<Element>()?
                    .children()
                    .item(u32::try_from(place).ok()?)?;
                row.query_selector("input").ok()?
            };
            let beside = inputs(at + 1).or_else(|| inputs(at.checked_sub(1)?));
            focus(beside);
            keys.forget(at);
            let mut rows = rows.clone();
            rows.remove(at);
            tell.emit(rows);
        }
    };
    let onkeydown = {
        let node = node.clone();
        move |event: KeyboardEvent| {
            let held = event.ctrl_key() || event.meta_key() || event.alt_key();
            if event.key() != "Enter" || held || is_composing(&event) {
                return;
            }
            if let Some(at) = event.target_dyn_into::<HtmlInputElement>() {
                event.prevent_default();
                let next = node.cast::<Element>().and_then(|node| next(&node, &at));
                focus(next);
            }
        }
    };
    // Lines are read from the first, payments from the last.
    let starting = if has("product_id") {
        0
    } else {
        filled.saturating_sub(1)
    };
    let row = |(at, row): (usize, &Value)| {
        let numbers = columns
            .iter()
            .find(|field| matches!(field.kind, Kind::Decimal));
        let start = columns.first().filter(|_| at == filled).or(numbers);
        let begins = |field: &FieldRef| props.focused && at == starting && start == Some(field);
        let editor = |field: &FieldRef| EditorProps {
            field: *field,
            value: row[field.name].clone(),
            onchange: change(at, field.name),
            id: format!("{}-{at}-{}", props.id, field.name).into(),
            pointer: format!("{}/{at}/{}", props.pointer, field.name).into(),
            errors: props.errors.clone(),
            optional: field.optional,
            focused: begins(field),
        };
        let cell = |field: &FieldRef| {
            let editor = editor(field);
            let computed = field.name == "amount" && !is_empty(&row["price"]);
            html! {
                <div key={field.name} class={classes!("ledger-cell", format!("of-{}", field.name))}>
                    if computed {
                        <div class="field">
                            <span class="field-label">{ texts.text(field.label) }</span>
                            <output class="computed">{ amount(&texts, worth(row), account.currency) }</output>
                            { faults(&texts, &editor) }
                        </div>
                    } else { <FieldRow ..editor/> }
                </div>
            }
        };
        // What is wrong with a value that nobody sees is wrong with the row.
        let within = format!("{}/{at}", props.pointer);
        let other = props.errors.iter().filter(|error| {
            error
                .pointer
                .strip_prefix(&within)
                .is_some_and(|rest| match rest.strip_prefix('/') {
                    Some(name) => !has(name),
                    None => rest.is_empty(),
                })
        });
        let other: Vec<String> = other.map(|error| texts.fault(error)).collect();
        html! {
            <div key={keys.of(at)} role="group" aria-label={texts.format(Key::LedgerRow, &[("number", &(at + 1))])} class={classes!("ledger-row", (at >= filled).then_some("blank"))}>
                { for columns.iter().map(cell) }
                if at < filled {
                    <button type="button" class="icon-button" aria-label={texts.format(Key::PartRemove, &[("number", &(at + 1))])} onclick={remove(at)}>{ icon(Mark::Trash) }</button>
                }
                if !other.is_empty() { <p class="fault" role="alert">{ texts.list(&other) }</p> }
            </div>
        }
    };
    let shown: Vec<Html> = rows.iter().enumerate().map(row).collect();
    html! {
        <div id={props.id.clone()} class="ledger-box">
            <div class={classes!("ledger-editor", props.field.name)} {onkeydown}>
                <div class="ledger-row ledger-head" aria-hidden="true">{ for columns.iter().map(|field| html! { <span class={format!("of-{}", field.name)}>{ texts.text(field.label) }</span> }) }</div>
                <div ref={node.clone()}>{ for shown }</div>
                <p class="ledger-total"><span>{ texts.text(Key::LedgerTotal) }</span>{ " " }<b>{ amount(&texts, sum(&rows), account.currency) }</b></p>
            </div>
        </div>
    }
}

/// How many pieces are given back, as people say it: "1" means one less.
fn given_back(text: &str) -> String {
    let counts = text.starts_with(|first: char| first.is_ascii_digit())
        && text.contains(|digit: char| ('1'..='9').contains(&digit));
    if counts {
        format!("-{text}")
    } else {
        text.to_owned()
    }
}

/// What Enter leads to: the next value of the ledger, and from the last one to what follows it.
fn next(ledger: &Element, at: &Element) -> Option<Element> {
    let all = |within: &Element, what: &str| -> Vec<Element> {
        let found = within.query_selector_all(what).ok();
        let found = found
            .into_iter()
            .flat_map(|all| (0..all.length()).filter_map(move |at| all.get(at)));
        found.filter_map(|node| node.dyn_into().ok()).collect()
    };
    let within = all(ledger, "input");
    let place = within.iter().position(|input| input == at)?;
    if let Some(next) = within.get(place + 1) {
        return Some(next.clone());
    }
    let around = at.closest("form, .fact").ok()??;
    let outside = all(&around, "input, select, textarea, summary, button");
    let last = outside.iter().rposition(|one| ledger.contains(Some(one)))?;
    outside.get(last + 1).cloned()
}

/// Focuses, and chooses what stands there, so that typing replaces it.
fn focus(element: Option<Element>) {
    let Some(element) = element else { return };
    let _ = element.dyn_ref::<HtmlElement>().map(HtmlElement::focus);
    element
        .dyn_ref::<HtmlInputElement>()
        .map(HtmlInputElement::select);
}

/// What a product costs by its own list.
fn listed(names: &Names, product: &Value, account: Account) -> Option<Value> {
    let product = names.find("products", product.as_str()?)?;
    let product: Product = serde_json::from_value(Value::Object(product.0.clone())).ok()?;
    let price = product.price_on(account.day, account.currency)?;
    Some(price.amount.to_string().into())
}
