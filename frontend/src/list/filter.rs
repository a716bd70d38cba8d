//! One filter: a chip that says what it keeps, and the menu to change it, by the field's kind.

use perennial_domain::field::Kind;
use perennial_domain::text::Key;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::components::cell::label;
use crate::components::icon::{Icon, Mark};
use crate::components::name::Name;
use crate::components::popup::Popup;
use crate::fields::picker::Picker;
use crate::list::view::View;
use crate::shape::FieldRef;
use crate::texts::use_texts;

/// Properties of [`Filter`].
#[derive(Properties, PartialEq)]
pub struct FilterProps {
    /// The field.
    pub field: FieldRef,
    /// What the list shows.
    pub view: View,
    /// Told what it shall show.
    pub onchange: Callback<View>,
    /// It was just added: it opens by itself.
    #[prop_or_default]
    pub begin: bool,
    /// Classes of the whole.
    #[prop_or_default]
    pub class: Classes,
}

/// One filter.
#[component]
pub fn Filter(props: &FilterProps) -> Html {
    let texts = use_texts();
    let field = props.field;
    let name = texts.text(field.label);
    let parameter = |suffix: &str| format!("{}{suffix}", field.name);
    let value = |suffix: &str| {
        props
            .view
            .filters
            .get(&parameter(suffix))
            .cloned()
            .unwrap_or_default()
    };
    let words: Vec<String> = [value(""), value("_in")]
        .iter()
        .flat_map(|words| words.split(','))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let put = |suffix: &str, value: String| {
        let mut view = props.view.without(&field);
        if matches!(suffix, "_gte" | "_lte") {
            view = props.view.clone();
        }
        view.with(parameter(suffix), value)
    };
    // The words with one more or one less.
    let toggled = |word: &str| {
        let mut next: Vec<_> = words
            .iter()
            .filter(|other| *other != word)
            .cloned()
            .collect();
        if next.len() == words.len() {
            next.push(word.to_owned());
        }
        put("_in", next.join(","))
    };
    let check = |word: &str, shown: Html| {
        let next = toggled(word);
        let onchange = props.onchange.reform(move |_: Event| next.clone());
        html! { <label class="check"><input type="checkbox" checked={words.iter().any(|other| other == word)} {onchange}/><span>{ shown }</span></label> }
    };
    let bound = |suffix: &'static str, said: Key| {
        let (field_value, view, onchange) =
            (value(suffix), props.view.clone(), props.onchange.clone());
        let parameter = parameter(suffix);
        let moment = matches!(field.kind, Kind::Instant);
        let onchange = move |event: Event| {
            let text = event.target_unchecked_into::<HtmlInputElement>().value();
            let text = if moment && !text.is_empty() {
                day_edge(&text, suffix == "_lte")
            } else {
                text
            };
            onchange.emit(view.with(parameter.clone(), text));
        };
        let kind = if matches!(field.kind, Kind::Date | Kind::Instant) {
            "date"
        } else {
            "number"
        };
        let shown = if moment && !field_value.is_empty() {
            local_day(&field_value)
        } else {
            field_value
        };
        html! {
            <label class="bound"><span>{ texts.text(said) }</span>
                <span class="pf-v6-c-form-control"><input type={kind} value={shown} {onchange}/></span>
            </label>
        }
    };
    let none = {
        let on = !value("_is_null").is_empty();
        let next = put("_is_null", if on { String::new() } else { "true".into() });
        let onchange = props.onchange.reform(move |_: Event| next.clone());
        html! { <label class="check"><input type="checkbox" checked={on} {onchange}/><span>{ texts.text(Key::ListNotSet) }</span></label> }
    };
    let (shown, menu) = match field.kind {
        Kind::Choice(choices) | Kind::Choices(choices) => {
            let shown: Vec<_> = words
                .iter()
                .filter_map(|word| label(choices, word))
                .map(|key| texts.text(key).to_owned())
                .collect();
            let menu = choices
                .iter()
                .map(|choice| check(choice.value, html! { { texts.text(choice.label) } }));
            (
                html! { { texts.list(&shown) } },
                html! { <div class="checks tall">{ for menu }</div> },
            )
        }
        Kind::Reference(plural) | Kind::References(plural) => {
            let shown = words.iter().enumerate().map(|(at, id)| html! { <>if at > 0 { { texts.list(&[String::new(), String::new()]) } }<Name {plural} id={id.clone()}/></> });
            let chosen = words
                .iter()
                .map(|id| check(id, html! { <Name {plural} id={id.clone()}/> }));
            let onpick = {
                let (view, onchange, words, parameter) = (
                    props.view.without(&field),
                    props.onchange.clone(),
                    words.clone(),
                    parameter("_in"),
                );
                Callback::from(move |id: Option<AttrValue>| {
                    if let Some(id) = id.filter(|id| !words.iter().any(|word| word == id.as_str()))
                    {
                        let words: Vec<_> = words.iter().cloned().chain([id.to_string()]).collect();
                        onchange.emit(view.with(parameter.clone(), words.join(",")));
                    }
                })
            };
            let menu = html! { <><Picker {plural} {onpick} id={format!("filter-{}", field.name)} {name} focused=true/><div class="checks">{ for chosen }</div></> };
            (html! { { for shown } }, menu)
        }
        Kind::Flag => {
            let pick = |word: &'static str, said: Key| {
                let next = put(
                    "",
                    if words.iter().any(|other| other == word) {
                        String::new()
                    } else {
                        word.into()
                    },
                );
                let onchange = props.onchange.reform(move |_: Event| next.clone());
                html! { <label class="check"><input type="checkbox" checked={words.iter().any(|other| other == word)} {onchange}/><span>{ texts.text(said) }</span></label> }
            };
            let shown = words.first().map(|word| {
                texts.text(if word == "true" {
                    Key::StateYes
                } else {
                    Key::StateNo
                })
            });
            (
                html! { <>{ shown }</> },
                html! { <div class="checks">{ pick("true", Key::StateYes) }{ pick("false", Key::StateNo) }</div> },
            )
        }
        Kind::Text => {
            let next = {
                let view = props.view.without(&field);
                let parameter = parameter("");
                move |text: String| view.with(parameter.clone(), text)
            };
            let onchange = props.onchange.reform(move |event: Event| {
                next(
                    event
                        .target_unchecked_into::<HtmlInputElement>()
                        .value()
                        .trim()
                        .to_owned(),
                )
            });
            let input = html! { <label class="bound"><span>{ texts.text(Key::ListEquals) }</span><span class="pf-v6-c-form-control"><input value={words.join(",")} {onchange}/></span></label> };
            (html! { { words.join(",") } }, input)
        }
        _ => {
            let side = |suffix: &str| {
                Some(value(suffix))
                    .filter(|text| !text.is_empty())
                    .map(|text| {
                        if text.contains('T') {
                            texts.date(&local_day(&text))
                        } else {
                            text
                        }
                    })
            };
            let shown = match (side("_gte"), side("_lte")) {
                (Some(from), Some(to)) => format!("{from} – {to}"),
                (Some(from), None) => format!("≥ {from}"),
                (None, Some(to)) => format!("≤ {to}"),
                (None, None) => String::new(),
            };
            (
                html! { { shown } },
                html! { <>{ bound("_gte", Key::ListFrom) }{ bound("_lte", Key::ListTo) }</> },
            )
        }
    };
    let set = props.view.filters_by(&field);
    let empty = !value("_is_null").is_empty();
    let nullable = !field.required
        && !matches!(
            field.kind,
            Kind::Choices(_) | Kind::References(_) | Kind::Flag
        )
        && !matches!(field.name, "kind" | "created_at" | "updated_at");
    let chip = html! {
        <>if set { { texts.format(Key::ListFilterIs, &[("name", &name)]) }<b>if empty { { texts.text(Key::ListNotSet) } } else { { shown } }</b> } else { { name }<Icon mark={Mark::Down}/> }</>
    };
    let clear = props.onchange.reform({
        let view = props.view.without(&field);
        move |_: MouseEvent| view.clone()
    });
    html! {
        <span class={classes!("filter", set.then_some("set"), props.class.clone())}>
            <Popup label={chip} class={classes!("chip", set.then_some("on"))} menu=false begin={props.begin && !set}>
                { menu }
                if nullable { { none } }
            </Popup>
            if set {
                <button type="button" class="icon-button chip-clear" aria-label={texts.format(Key::ListFilterRemove, &[("name", &name)])} onclick={clear}><Icon mark={Mark::Close}/></button>
            }
        </span>
    }
}

/// The first or the last moment of a day in the browser's zone, as the wire has it.
fn day_edge(day: &str, last: bool) -> String {
    let time = if last { "T23:59:59.999" } else { "T00:00:00" };
    js_sys::Date::new(&format!("{day}{time}").into())
        .to_iso_string()
        .into()
}

/// The day of a moment in the browser's zone.
fn local_day(moment: &str) -> String {
    let date = js_sys::Date::new(&moment.into());
    format!(
        "{:04}-{:02}-{:02}",
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date()
    )
}
