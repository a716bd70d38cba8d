//! Editors that are typed into: text, numbers, days, moments.

use perennial_domain::Decimal;
use perennial_domain::field::{Field, Kind};
use serde_json::Value;
use wasm_bindgen::JsValue;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use crate::fields::editor::{EditorProps, use_focus};
use crate::shape::{FieldRef, is_empty};

/// One line, or several where the field is long.
#[component]
pub fn TextEditor(props: &EditorProps) -> Html {
    let (field, optional) = (props.field, props.optional);
    let typed = use_state(|| shown(field, &props.value));
    let node = use_focus(props.focused);
    let emit = {
        let (typed, onchange) = (typed.setter(), props.onchange.clone());
        move |text: String| {
            onchange.emit(read(field, &text, optional));
            typed.set(text);
        }
    };
    // What was typed stays as it was typed, unless something else was put in its place.
    use_effect_with(props.value.clone(), {
        let typed = typed.clone();
        move |value| {
            let said = read(field, &typed, optional);
            if said != *value && !(is_empty(&said) && is_empty(value)) {
                typed.set(shown(field, value));
            }
        }
    });
    let described = props.is_invalid().then(|| format!("{}-fault", props.id));
    let longest = props
        .field
        .bounds
        .filter(|_| matches!(props.field.kind, Kind::Text))
        .map(|(_, most)| most.to_string());
    if props.field.long {
        let oninput = move |event: InputEvent| {
            emit(event.target_unchecked_into::<HtmlTextAreaElement>().value())
        };
        return html! {
            <span class="pf-v6-c-form-control">
                <textarea ref={node} autofocus={props.focused} id={props.id.clone()} rows="5" value={(*typed).clone()} maxlength={longest} {oninput}
                    aria-invalid={props.is_invalid().to_string()} aria-describedby={described}/>
            </span>
        };
    }
    let (kind, keyboard) = match props.field.kind {
        Kind::Date => ("date", None),
        Kind::Instant => ("datetime-local", None),
        Kind::Integer => ("text", Some("numeric")),
        Kind::Decimal => ("text", Some("decimal")),
        _ => ("text", None),
    };
    let oninput =
        move |event: InputEvent| emit(event.target_unchecked_into::<HtmlInputElement>().value());
    html! {
        <span class="pf-v6-c-form-control">
            <input ref={node} autofocus={props.focused} id={props.id.clone()} type={kind} inputmode={keyboard} value={(*typed).clone()} maxlength={longest} {oninput}
                required={props.field.required} autocomplete="off"
                aria-invalid={props.is_invalid().to_string()} aria-describedby={described}/>
        </span>
    }
}

/// Whether people write a fraction as so many in a hundred.
pub fn is_percent(field: &Field) -> bool {
    matches!(field.kind, Kind::Decimal) && field.name == "discount"
}

/// A value as it stands in an input.
fn shown(field: FieldRef, value: &Value) -> String {
    match (field.kind, value) {
        (Kind::Instant, Value::String(at)) => local(at).unwrap_or_default(),
        (Kind::Decimal, Value::String(part)) if is_percent(&field) => {
            let percent = part
                .parse()
                .ok()
                .and_then(|part: Decimal| part.scaled(100, 1));
            percent.map_or_else(|| part.clone(), |percent| percent.to_string())
        }
        (_, Value::String(text)) => text.clone(),
        (_, Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// What was typed as the wire has it; what cannot be read stays as it is, for the check to name.
fn read(field: FieldRef, text: &str, optional: bool) -> Value {
    let trimmed = text.trim();
    match field.kind {
        Kind::Text if field.name == "currency" && !trimmed.is_empty() => {
            trimmed.to_ascii_uppercase().into()
        }
        Kind::Text if !trimmed.is_empty() || !optional => text.into(),
        _ if trimmed.is_empty() => Value::Null,
        Kind::Integer => number(trimmed)
            .parse()
            .map_or_else(|_| text.into(), |number: i64| number.into()),
        Kind::Decimal if is_percent(&field) => {
            let plain = number(trimmed.trim_end_matches(['%', '％']));
            let percent = plain.parse().ok();
            let part = percent.and_then(|percent: Decimal| percent.scaled(1, 100));
            // A part too small to be kept is not rounded unasked.
            part.filter(|part| part.scaled(100, 1) == percent)
                .map_or_else(|| text.into(), |part| part.to_string().into())
        }
        Kind::Decimal => number(trimmed)
            .parse::<Decimal>()
            .map_or_else(|_| text.into(), |decimal| decimal.to_string().into()),
        Kind::Instant => {
            String::from(js_sys::Date::new(&JsValue::from(trimmed)).to_iso_string()).into()
        }
        _ => text.into(),
    }
}

/// A number without its grouping, its full-width signs made plain. What is not grouped by thousands is left as it is, to be
/// refused: `60,5` is sixty and a half to who types it.
pub fn number(text: &str) -> String {
    let plain = |c| match c {
        '！'..='～' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{a0}' | '\u{202f}' | ' ' => ',',
        c => c,
    };
    let plain: String = text.trim().chars().map(plain).collect();
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let mut groups = whole.trim_start_matches('-').split(',');
    let first = groups.next().unwrap_or_default().len();
    let is_grouped = (1..=3).contains(&first) && groups.all(|group| group.len() == 3);
    if whole.contains(',') && (!is_grouped || rest.contains(',')) {
        return text.to_owned();
    }
    plain.replace(',', "")
}

/// A moment as `datetime-local` has it, in the browser's own zone.
fn local(at: &str) -> Option<String> {
    let date = js_sys::Date::new(&at.into());
    let moved =
        js_sys::Date::new(&(date.get_time() - date.get_timezone_offset() * 60_000.0).into());
    (!moved.get_time().is_nan()).then(|| {
        String::from(moved.to_iso_string())
            .chars()
            .take(16)
            .collect()
    })
}
