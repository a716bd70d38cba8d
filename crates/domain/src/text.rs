//! What the product says, in each of its languages. Nothing else in the program holds a sentence that a person reads.

use std::fmt::Display;

use serde::{Deserialize, Serialize};

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// A language of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub enum Language {
    /// Simplified Chinese.
    #[default]
    #[serde(rename = "zh-CN")]
    ZhCn,
    /// English.
    #[serde(rename = "en")]
    En,
}

impl Language {
    /// Every language there is.
    pub const ALL: [Self; 2] = [Self::ZhCn, Self::En];

    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    /// The language a tag asks for: any `zh…` is Chinese, everything else English.
    pub fn of_tag(tag: &str) -> Self {
        if tag.to_ascii_lowercase().starts_with("zh") {
            Self::ZhCn
        } else {
            Self::En
        }
    }
}

impl crate::field::Word for Language {
    fn word(self) -> &'static str {
        self.tag()
    }
    fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.tag() == word)
    }
}

impl Key {
    /// The key that a locale file calls `name`; in a constant, an unknown name does not compile.
    #[expect(clippy::panic, reason = "evaluated at compile time only")]
    #[expect(
        clippy::indexing_slicing,
        reason = "bounded by the loops; const fn has no iterators"
    )]
    pub const fn named(name: &str) -> Self {
        let mut at = 0;
        while at < NAMES.len() {
            if same(NAMES[at].0.as_bytes(), name.as_bytes()) {
                return NAMES[at].1;
            }
            at += 1;
        }
        panic!("a text's name is missing in locales/en.txt")
    }

    /// The key that a locale file calls `name`, if there is one: for codes that come over the wire.
    pub fn find(name: &str) -> Option<Self> {
        NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, key)| *key)
    }

    /// The text in `language`, with its parameters still in braces.
    pub fn text(self, language: Language) -> &'static str {
        let texts = match language {
            Language::En => &EN,
            Language::ZhCn => &ZH_CN,
        };
        texts.get(self as usize).copied().unwrap_or_default()
    }

    /// The text in `language` with `{name}` replaced by each parameter, and `[one|many]` chosen by the first number given.
    pub fn format(self, language: Language, parameters: &[(&str, &dyn Display)]) -> String {
        let mut text = self.text(language).to_owned();
        let mut one = false;
        for (name, value) in parameters {
            let value = value.to_string();
            one |= value == "1";
            text = text.replace(&format!("{{{name}}}"), &value);
        }
        while let Some((before, rest)) = text.split_once('[') {
            let Some((choice, after)) = rest.split_once(']') else {
                break;
            };
            let Some((single, plural)) = choice.split_once('|') else {
                break;
            };
            text = format!("{before}{}{after}", if one { single } else { plural });
        }
        text
    }
}

/// Whether two byte strings are equal; `==` is not const.
#[expect(
    clippy::indexing_slicing,
    reason = "bounded by the loop; const fn has no iterators"
)]
const fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut at = 0;
    while at < left.len() {
        if left[at] != right[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// `&["customers.kind", …]` of every key: for the test that finds texts nobody uses.
pub fn names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|(name, _)| *name)
}
