//! What a filter asks of one field, read from and written to a list's view.

use perennial_domain::field::Kind;
use perennial_domain::text::Key;
use yew::prelude::*;

use crate::components::cell::label;
use crate::components::name::Name;
use crate::list::view::View;
use crate::shape::FieldRef;
use crate::texts::Texts;

/// One field's part of a view.
pub struct Condition<'a> {
    /// The field.
    pub field: FieldRef,
    /// What the list shows.
    pub view: &'a View,
}

impl Condition<'_> {
    /// The value of the parameter with that suffix; empty where there is none.
    pub fn value(&self, suffix: &str) -> &str {
        let value = self
            .view
            .filters
            .get(&format!("{}{suffix}", self.field.name));
        value.map(String::as_str).unwrap_or_default()
    }

    /// The words or records that are asked for.
    pub fn words(&self) -> Vec<String> {
        let given = [self.value(""), self.value("_in")];
        let words = given.iter().flat_map(|words| words.split(','));
        words
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// The view with this parameter instead of the field's others; the two bounds stand side by side.
    pub fn with(&self, suffix: &str, value: &str) -> View {
        let bound = matches!(suffix, "_gte" | "_lte");
        let view = if bound {
            self.view.clone()
        } else {
            self.view.without(&self.field)
        };
        view.with(format!("{}{suffix}", self.field.name), value.to_owned())
    }

    /// The view with one word more, or less if it is there.
    pub fn toggled(&self, word: &str) -> View {
        let words = self.words();
        let mut next: Vec<_> = words
            .iter()
            .filter(|other| *other != word)
            .cloned()
            .collect();
        if next.len() == words.len() {
            next.push(word.to_owned());
        }
        self.with("_in", &next.join(","))
    }

    /// What is asked, in short.
    pub fn shown(&self, texts: &Texts) -> Html {
        let words = self.words();
        if !self.value("_is_null").is_empty() {
            return texts.text(Key::ListNotSet).into();
        }
        match self.field.kind {
            Kind::Choice(choices) | Kind::Choices(choices) => {
                let labels = words.iter().filter_map(|word| label(choices, word));
                texts
                    .list(
                        &labels
                            .map(|key| texts.text(key).to_owned())
                            .collect::<Vec<_>>(),
                    )
                    .into()
            }
            Kind::Reference(plural) | Kind::References(plural) => {
                let names = words.iter().enumerate().map(|(at, id)| {
                    html! { <>if at > 0 { { texts.comma() } }<Name {plural} id={id.clone()}/></> }
                });
                html! { { for names } }
            }
            Kind::Flag => {
                let yes = words.first().is_some_and(|word| word == "true");
                texts
                    .text(if yes { Key::StateYes } else { Key::StateNo })
                    .into()
            }
            Kind::Text => words.join(",").into(),
            _ => self.range(texts).into(),
        }
    }

    fn range(&self, texts: &Texts) -> String {
        let side = |suffix: &str| match self.value(suffix) {
            "" => None,
            moment if moment.contains('T') => Some(texts.date(&local_day(moment))),
            plain => Some(plain.to_owned()),
        };
        match (side("_gte"), side("_lte")) {
            (Some(from), Some(to)) => format!("{from} – {to}"),
            (Some(from), None) => format!("≥ {from}"),
            (None, Some(to)) => format!("≤ {to}"),
            (None, None) => String::new(),
        }
    }
}

/// The first or the last moment of a day in the browser's zone, as the wire has it.
pub fn day_edge(day: &str, last: bool) -> String {
    let time = if last { "T23:59:59.999" } else { "T00:00:00" };
    js_sys::Date::new(&format!("{day}{time}").into())
        .to_iso_string()
        .into()
}

/// The day of a moment in the browser's zone.
pub fn local_day(moment: &str) -> String {
    let date = js_sys::Date::new(&moment.into());
    let (year, month, day) = (date.get_full_year(), date.get_month() + 1, date.get_date());
    format!("{year:04}-{month:02}-{day:02}")
}
