//! What the pages say, and how they write dates, numbers and money: in the reader's language, by the browser's `Intl`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Display;

use js_sys::{Array, Date, Function, Object, Reflect};
use perennial_domain::problem::{FieldError, Problem};
use perennial_domain::text::{Key, Language};
use serde_json::Value;
use wasm_bindgen::prelude::*;
use yew::prelude::*;

use crate::preferences::use_preferences;
use crate::session::use_session;

/// A reader: a language and a time zone.
#[derive(Clone, PartialEq)]
pub struct Texts {
    /// The language.
    pub language: Language,
    zone: Option<String>,
}

/// The reader of this component.
#[hook]
pub fn use_texts() -> Texts {
    let language = use_preferences().language();
    let session = use_session();
    let zone = session.me().map(|me| {
        me.user
            .zone
            .clone()
            .unwrap_or_else(|| me.organization.zone.clone())
    });
    Texts {
        language,
        zone: zone.filter(|zone| !zone.is_empty()),
    }
}

impl Texts {
    /// A text.
    pub fn text(&self, key: Key) -> &'static str {
        key.text(self.language)
    }

    /// A label as it stands in the middle of a sentence: "Set owner", but "Set E-mail" where its letters are capitals.
    pub fn within(&self, key: Key) -> String {
        let label = self.text(key);
        let mut letters = label.chars();
        match (letters.next(), letters.next()) {
            (Some(first), Some(second)) if second.is_lowercase() => {
                format!("{}{second}{}", first.to_lowercase(), letters.as_str())
            }
            _ => label.to_owned(),
        }
    }

    /// A text with its parameters.
    pub fn format(&self, key: Key, parameters: &[(&str, &dyn Display)]) -> String {
        key.format(self.language, parameters)
    }

    /// What went wrong.
    pub fn problem(&self, problem: &Problem) -> String {
        match Key::find(&format!("problem.{}", problem.code)) {
            Some(key) => self.text(key).to_owned(),
            None => problem
                .detail
                .clone()
                .unwrap_or_else(|| problem.title.clone()),
        }
    }

    /// What is wrong with a value.
    pub fn fault(&self, error: &FieldError) -> String {
        let Some(key) = Key::find(&format!("invalid.{}", error.code)) else {
            return error.detail.clone();
        };
        let shown = |value: &Value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        };
        let parameters: Vec<_> = error
            .params
            .iter()
            .map(|(name, value)| (name.as_str(), shown(value)))
            .collect();
        let parameters: Vec<_> = parameters
            .iter()
            .map(|(name, value)| (*name, value as &dyn Display))
            .collect();
        self.format(key, &parameters)
    }

    /// A whole number; grouped from five digits on, so that a year is a year.
    pub fn number(&self, number: i64) -> String {
        self.intl(
            "NumberFormat",
            &[("useGrouping", "min2")],
            &[JsValue::from_f64(number as f64)],
        )
        .unwrap_or_else(|| number.to_string())
    }

    /// A decimal as it came over the wire.
    pub fn decimal(&self, decimal: &str) -> String {
        let options = [("maximumFractionDigits", "4")];
        self.intl("NumberFormat", &options, &[decimal.into()])
            .unwrap_or_else(|| decimal.to_owned())
    }

    /// An amount in a currency, with the currency's digits.
    pub fn money(&self, amount: &str, currency: &str) -> String {
        let options = [
            ("style", "currency"),
            ("currency", currency),
            ("currencyDisplay", "narrowSymbol"),
        ];
        self.intl("NumberFormat", &options, &[amount.into()])
            .unwrap_or_else(|| format!("{amount} {currency}"))
    }

    /// A price in a currency: the currency's digits, and more where it has them.
    pub fn price(&self, amount: &str, currency: &str) -> String {
        let options = [
            ("style", "currency"),
            ("currency", currency),
            ("currencyDisplay", "narrowSymbol"),
            ("maximumFractionDigits", "4"),
        ];
        self.intl("NumberFormat", &options, &[amount.into()])
            .unwrap_or_else(|| format!("{amount} {currency}"))
    }

    /// A fraction as it came over the wire: 0.15 is 15 %.
    pub fn percent(&self, fraction: &str) -> String {
        let options = [("style", "percent"), ("maximumFractionDigits", "2")];
        self.intl("NumberFormat", &options, &[fraction.into()])
            .unwrap_or_else(|| fraction.to_owned())
    }

    /// A day, as it came over the wire.
    pub fn date(&self, date: &str) -> String {
        let options = [("dateStyle", "medium"), ("timeZone", "UTC")];
        self.intl(
            "DateTimeFormat",
            &options,
            &[Date::new(&date.into()).into()],
        )
        .unwrap_or_else(|| date.to_owned())
    }

    /// A month such as `1997-05`.
    pub fn month(&self, month: &str) -> String {
        let options = [("year", "numeric"), ("month", "short"), ("timeZone", "UTC")];
        self.intl(
            "DateTimeFormat",
            &options,
            &[Date::new(&month.into()).into()],
        )
        .unwrap_or_else(|| month.to_owned())
    }

    /// A moment, as it came over the wire, in the reader's zone.
    pub fn instant(&self, instant: &str) -> String {
        let zone = self.zone.as_ref().map(|zone| ("timeZone", zone.as_str()));
        let options: Vec<_> = [("dateStyle", "medium"), ("timeStyle", "short")]
            .into_iter()
            .chain(zone)
            .collect();
        self.intl(
            "DateTimeFormat",
            &options,
            &[Date::new(&instant.into()).into()],
        )
        .unwrap_or_else(|| instant.to_owned())
    }

    /// How long ago a moment is: "just now", "2 hours ago"; a date once it is over a month.
    pub fn ago(&self, instant: &str) -> String {
        let seconds = (Date::new(&instant.into()).get_time() - Date::now()) / 1000.0;
        if seconds.abs() < 45.0 {
            return self.text(Key::StateJustNow).to_owned();
        }
        let units = [
            ("minute", 3600.0, 60.0),
            ("hour", 86_400.0, 3600.0),
            ("day", 2_592_000.0, 86_400.0),
        ];
        let unit = units
            .into_iter()
            .find(|(_, limit, _)| seconds.abs() < *limit);
        let said = unit.and_then(|(unit, _, size)| {
            let count = JsValue::from_f64((seconds / size).round());
            self.intl(
                "RelativeTimeFormat",
                &[("numeric", "auto")],
                &[count, unit.into()],
            )
        });
        said.unwrap_or_else(|| {
            let zone = self.zone.as_ref().map(|zone| ("timeZone", zone.as_str()));
            let options: Vec<_> = [("dateStyle", "medium")].into_iter().chain(zone).collect();
            self.intl(
                "DateTimeFormat",
                &options,
                &[Date::new(&instant.into()).into()],
            )
            .unwrap_or_default()
        })
    }

    /// Several things in one line: "A, B".
    pub fn list(&self, items: &[String]) -> String {
        items.join(self.comma())
    }

    /// What stands between several things.
    pub fn comma(&self) -> &'static str {
        if self.language == Language::ZhCn {
            "、"
        } else {
            ", "
        }
    }

    /// `new Intl[class](language, options).format(...arguments)`; formatters are kept, as they are slow to make.
    fn intl(&self, class: &str, options: &[(&str, &str)], arguments: &[JsValue]) -> Option<String> {
        thread_local! { static MADE: RefCell<HashMap<String, (JsValue, Function)>> = RefCell::default(); }
        let given: String = options
            .iter()
            .map(|(option, value)| format!(" {option} {value}"))
            .collect();
        let name = format!("{class} {}{given}", self.language.tag());
        let known = MADE.with_borrow(|made| made.get(&name).cloned());
        let (formatter, format) = match known {
            Some(known) => known,
            None => {
                let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
                let class: Function = Reflect::get(&intl, &class.into()).ok()?.dyn_into().ok()?;
                let object = Object::new();
                for (option, value) in options {
                    Reflect::set(&object, &(*option).into(), &(*value).into()).ok()?;
                }
                let formatter =
                    Reflect::construct(&class, &Array::of2(&self.language.tag().into(), &object))
                        .ok()?;
                let format: Function = Reflect::get(&formatter, &"format".into())
                    .ok()?
                    .dyn_into()
                    .ok()?;
                MADE.with_borrow_mut(|made| made.insert(name, (formatter.clone(), format.clone())));
                (formatter, format)
            }
        };
        format
            .apply(&formatter, &arguments.iter().collect())
            .ok()?
            .as_string()
    }
}
