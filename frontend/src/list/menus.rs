//! The menus of filters, one for each kind of value.

use perennial_domain::field::Kind;
use perennial_domain::text::Key;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::components::name::Name;
use crate::fields::picker::Picker;
use crate::list::condition::{day_edge, local_day};
use crate::list::filter::FilterProps;
use crate::texts::Texts;

/// A box to tick, with what it says.
pub fn check(on: bool, onchange: Callback<()>, said: Html) -> Html {
    html! {
        <label class="check"><input type="checkbox" checked={on} onchange={onchange.reform(|_| ())}/><span>{ said }</span></label>
    }
}

#[derive(Properties, PartialEq)]
struct TypedProps {
    label: AttrValue,
    kind: &'static str,
    value: String,
    ontyped: Callback<String>,
}

/// An input that tells what was typed once it is finished: by Enter or by leaving it.
#[component]
fn Typed(props: &TypedProps) -> Html {
    let typed = use_state_eq(|| props.value.clone());
    use_effect_with(props.value.clone(), {
        let typed = typed.setter();
        move |value| typed.set(value.clone())
    });
    let oninput = {
        let typed = typed.setter();
        move |event: InputEvent| {
            typed.set(event.target_unchecked_into::<HtmlInputElement>().value())
        }
    };
    let onchange = props.ontyped.reform(|event: Event| {
        event
            .target_unchecked_into::<HtmlInputElement>()
            .value()
            .trim()
            .to_owned()
    });
    html! {
        <label class="bound"><span>{ &props.label }</span>
            <span class="pf-v6-c-form-control"><input type={props.kind} value={(*typed).clone()} {oninput} {onchange}/></span>
        </label>
    }
}

/// Some of a closed list.
pub fn choice_menu(texts: &Texts, props: &FilterProps) -> Html {
    let (Kind::Choice(choices) | Kind::Choices(choices)) = props.field.kind else {
        return Html::default();
    };
    let condition = props.condition();
    let words = condition.words();
    let choice = |choice: &perennial_domain::field::Choice| {
        let next = condition.toggled(choice.value);
        let on = words.iter().any(|word| word == choice.value);
        check(
            on,
            props.onchange.reform(move |()| next.clone()),
            texts.text(choice.label).into(),
        )
    };
    html! { <div class="checks tall">{ for choices.iter().map(choice) }</div> }
}

/// Some records.
pub fn record_menu(texts: &Texts, props: &FilterProps) -> Html {
    let (Kind::Reference(plural) | Kind::References(plural)) = props.field.kind else {
        return Html::default();
    };
    let condition = props.condition();
    let words = condition.words();
    let chosen = words.iter().map(|id| {
        let next = condition.toggled(id);
        check(
            true,
            props.onchange.reform(move |()| next.clone()),
            html! { <Name {plural} id={id.clone()}/> },
        )
    });
    let onpick = {
        let props = props.clone();
        Callback::from(move |id: Option<AttrValue>| {
            let condition = props.condition();
            if let Some(id) =
                id.filter(|id| !condition.words().iter().any(|word| word == id.as_str()))
            {
                props.onchange.emit(condition.toggled(&id));
            }
        })
    };
    html! {
        <>
            <Picker {plural} {onpick} without={words.iter().cloned().map(AttrValue::from).collect::<Vec<_>>()} id={format!("filter-{}", props.field.name)} name={texts.text(props.field.label)} focused=true/>
            <div class="checks">{ for chosen }</div>
        </>
    }
}

/// Yes or no.
pub fn flag_menu(texts: &Texts, props: &FilterProps) -> Html {
    let condition = props.condition();
    let now = condition.value("").to_owned();
    let side = |word: &'static str, said: Key| {
        let next = condition.with("", if now == word { "" } else { word });
        check(
            now == word,
            props.onchange.reform(move |()| next.clone()),
            texts.text(said).into(),
        )
    };
    html! { <div class="checks">{ side("true", Key::StateYes) }{ side("false", Key::StateNo) }</div> }
}

/// Exactly this text.
pub fn text_menu(texts: &Texts, props: &FilterProps) -> Html {
    let ontyped = {
        let props = props.clone();
        Callback::from(move |text: String| props.onchange.emit(props.condition().with("", &text)))
    };
    html! { <Typed label={texts.text(Key::ListEquals)} kind="text" value={props.condition().words().join(",")} {ontyped}/> }
}

/// From and to.
pub fn bounds_menu(texts: &Texts, props: &FilterProps) -> Html {
    let moment = matches!(props.field.kind, Kind::Instant);
    let kind = if moment || matches!(props.field.kind, Kind::Date) {
        "date"
    } else {
        "number"
    };
    let bound = |suffix: &'static str, said: Key| {
        let now = props.condition().value(suffix).to_owned();
        let value = if moment && !now.is_empty() {
            local_day(&now)
        } else {
            now
        };
        let props = props.clone();
        let ontyped = Callback::from(move |text: String| {
            let text = if moment && !text.is_empty() {
                day_edge(&text, suffix == "_lte")
            } else {
                text
            };
            props.onchange.emit(props.condition().with(suffix, &text));
        });
        html! { <Typed label={texts.text(said)} {kind} {value} {ontyped}/> }
    };
    html! { <>{ bound("_gte", Key::ListFrom) }{ bound("_lte", Key::ListTo) }</> }
}
