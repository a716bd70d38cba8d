//! What this browser remembers of a person's taste: language, theme, shortcuts, columns.

use std::collections::BTreeMap;

use perennial_domain::text::Language;
use serde::{Deserialize, Serialize};
use yew::prelude::*;

use crate::session::Around;

/// Light, dark, or as the system has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// What is remembered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// The language of the pages; none: as the browser asks.
    pub language: Option<Language>,
    /// Light or dark.
    pub theme: Theme,
    /// Single-key shortcuts are switched off.
    pub quiet_keys: bool,
    /// The columns of each list, where they were chosen.
    pub columns: BTreeMap<String, Vec<String>>,
}

/// The preferences and the way to change them, as a context.
#[derive(Clone, PartialEq)]
pub struct Remembered {
    /// What is remembered.
    pub now: Preferences,
    set: Callback<Preferences>,
}

impl Remembered {
    /// Changes and remembers.
    pub fn change(&self, change: impl FnOnce(&mut Preferences)) {
        let mut next = self.now.clone();
        change(&mut next);
        if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(&next)) {
            let _ = storage.set_item(ITEM, &text);
        }
        self.set.emit(next);
    }

    /// The language of the pages.
    pub fn language(&self) -> Language {
        let asked = || {
            web_sys::window()
                .and_then(|window| window.navigator().language())
                .unwrap_or_default()
        };
        self.now
            .language
            .unwrap_or_else(|| Language::of_tag(&asked()))
    }

    /// Whether the pages are dark now.
    pub fn is_dark(&self) -> bool {
        match self.now.theme {
            Theme::System => media_matches("(prefers-color-scheme: dark)"),
            theme => theme == Theme::Dark,
        }
    }
}

const ITEM: &str = "perennial";

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// Whether a media query holds now.
pub fn media_matches(query: &str) -> bool {
    web_sys::window()
        .and_then(|window| window.match_media(query).ok()?)
        .is_some_and(|list| list.matches())
}

/// The preferences around this component.
#[hook]
pub fn use_preferences() -> Remembered {
    use_context().unwrap_or_else(|| Remembered {
        now: Preferences::default(),
        set: Callback::noop(),
    })
}

/// Provides the preferences, and puts language and theme on the document.
#[component]
pub fn PreferencesProvider(props: &Around) -> Html {
    let now = use_state_eq(|| -> Preferences {
        let text = storage().and_then(|storage| storage.get_item(ITEM).ok()?);
        text.and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default()
    });
    let set = use_callback((), {
        let now = now.setter();
        move |next, ()| now.set(next)
    });
    let remembered = Remembered {
        now: (*now).clone(),
        set,
    };
    use_effect_with(
        (remembered.language(), remembered.is_dark()),
        |(language, dark)| {
            if let Some(root) =
                web_sys::window().and_then(|window| window.document()?.document_element())
            {
                let _ = root.set_attribute("lang", language.tag());
                let _ = root
                    .class_list()
                    .toggle_with_force("pf-v6-theme-dark", *dark);
            }
        },
    );
    html! { <ContextProvider<Remembered> context={remembered}>{ props.children.clone() }</ContextProvider<Remembered>> }
}
