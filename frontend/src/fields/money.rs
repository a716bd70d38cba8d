//! The editor of an amount in a currency.

use perennial_domain::Decimal;
use perennial_domain::text::Key;
use serde_json::{Value, json};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::fields::editor::{EditorProps, use_focus};
use crate::fields::text::number;
use crate::session::use_session;
use crate::texts::use_texts;

/// An amount and its currency; the organization's unless another is typed.
#[component]
pub fn MoneyEditor(props: &EditorProps) -> Html {
    let texts = use_texts();
    let session = use_session();
    let node = use_focus(props.focused);
    let part = |name| {
        props
            .value
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let amount = use_state(|| part("amount").unwrap_or_default());
    let currency = use_state(|| {
        part("currency")
            .or_else(|| Some(session.me()?.organization.currency.to_string()))
            .unwrap_or_default()
    });
    let typed = |of_currency: bool| {
        let (amount, currency, onchange) =
            (amount.clone(), currency.clone(), props.onchange.clone());
        move |event: InputEvent| {
            let text = event.target_unchecked_into::<HtmlInputElement>().value();
            let (mut next_amount, mut next_currency) = ((*amount).clone(), (*currency).clone());
            if of_currency {
                next_currency = text.to_ascii_uppercase();
                currency.set(next_currency.clone());
            } else {
                next_amount = text;
                amount.set(next_amount.clone());
            }
            let plain = number(&next_amount);
            onchange.emit(match plain.parse::<Decimal>() {
                Ok(decimal) => json!({ "amount": decimal, "currency": next_currency }),
                Err(_) if plain.is_empty() => Value::Null,
                Err(_) => json!({ "amount": next_amount, "currency": next_currency }),
            });
        }
    };
    let invalid = props
        .errors
        .iter()
        .any(|error| error.pointer.starts_with(props.pointer.as_str()));
    html! {
        <span class="money">
            <span class="pf-v6-c-form-control">
                <input ref={node} autofocus={props.focused} id={props.id.clone()} type="text" inputmode="decimal" autocomplete="off" value={(*amount).clone()}
                    oninput={typed(false)} aria-invalid={invalid.to_string()} aria-label={format!("{} · {}", texts.text(props.field.label), texts.text(Key::PartAmount))}/>
            </span>
            <span class="pf-v6-c-form-control currency">
                <input type="text" maxlength="3" autocomplete="off" value={(*currency).clone()} oninput={typed(true)} aria-label={texts.text(Key::PartCurrency)}/>
            </span>
        </span>
    }
}
