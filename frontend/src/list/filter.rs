//! One filter: a chip that says what it keeps, and the menu to change it, by the field's kind.

use perennial_domain::field::Kind;
use perennial_domain::text::Key;
use yew::prelude::*;

use crate::components::icon::{Mark, icon};
use crate::components::popup::Popup;
use crate::list::condition::Condition;
use crate::list::menus::{bounds_menu, check, choice_menu, flag_menu, record_menu, text_menu};
use crate::list::view::View;
use crate::shape::FieldRef;
use crate::texts::use_texts;

/// Properties of [`Filter`] and its menus.
#[derive(Clone, Properties, PartialEq)]
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
}

impl FilterProps {
    /// What is asked of the field.
    pub fn condition(&self) -> Condition<'_> {
        Condition {
            field: self.field,
            view: &self.view,
        }
    }
}

/// One filter.
#[component]
pub fn Filter(props: &FilterProps) -> Html {
    let texts = use_texts();
    let (field, condition) = (props.field, props.condition());
    let name = texts.text(field.label);
    let set = props.view.filters_by(&field);
    let menu = match field.kind {
        Kind::Choice(_) | Kind::Choices(_) => choice_menu(&texts, props),
        Kind::Reference(_) | Kind::References(_) => record_menu(&texts, props),
        Kind::Flag => flag_menu(&texts, props),
        Kind::Text => text_menu(&texts, props),
        _ => bounds_menu(&texts, props),
    };
    let none = !condition.value("_is_null").is_empty();
    let toggle = condition.with("_is_null", if none { "" } else { "true" });
    let chip = if set {
        html! { <>{ texts.format(Key::ListFilterIs, &[("name", &name)]) }<b>{ condition.shown(&texts) }</b></> }
    } else {
        html! { <>{ name }{ icon(Mark::Down) }</> }
    };
    let clear = props.view.without(&field);
    html! {
        <span class={classes!("filter", set.then_some("set"))}>
            <Popup label={chip} class={classes!("chip", set.then_some("on"))} menu=false begin={props.begin && !set}>
                { menu }
                if field.optional {
                    { check(none, props.onchange.reform(move |()| toggle.clone()), texts.text(Key::ListNotSet).into()) }
                }
            </Popup>
            if set {
                <button type="button" class="icon-button chip-clear" aria-label={texts.format(Key::ListFilterRemove, &[("name", &texts.within(field.label))])}
                    onclick={props.onchange.reform(move |_| clear.clone())}>{ icon(Mark::Close) }</button>
            }
        </span>
    }
}
