//! What goes wrong, as people and programs are told: RFC 9457 with a code that clients translate.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One fault of an input.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Where: an RFC 6901 pointer into the body, or the parameter's name.
    pub pointer: String,
    /// What is wrong: the text `invalid.code` of the locale files.
    pub code: String,
    /// The same in English, for people who read logs.
    pub detail: String,
    /// What the sentence needs: `{"max": 200}`.
    #[serde(default)]
    #[cfg_attr(feature = "server", schema(value_type = Object))]
    pub params: Map<String, Value>,
}

/// An input that breaks a rule. Not empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Invalid(pub Vec<FieldError>);

impl Invalid {
    /// One fault.
    pub fn new(pointer: impl Into<String>, code: &str) -> Self {
        Self(vec![FieldError::new(pointer, code)])
    }
}

impl FieldError {
    /// A fault without parameters.
    pub fn new(pointer: impl Into<String>, code: &str) -> Self {
        use crate::text::{Key, Language};
        let detail =
            Key::find(&format!("invalid.{code}")).map(|key| key.text(Language::En).to_owned());
        Self {
            pointer: pointer.into(),
            detail: detail.unwrap_or_else(|| code.to_owned()),
            code: code.to_owned(),
            params: Map::new(),
        }
    }

    /// The same fault with a parameter of its sentence.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let shown = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        self.detail = self.detail.replace(&format!("{{{name}}}"), &shown);
        self.params.insert(name.to_owned(), value);
        self
    }
}

/// The body of every answer that is not a success.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI that names the kind of problem: `/problems/` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is wrong, in English.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong this time.
    #[serde(default)]
    pub detail: Option<String>,
    /// What clients translate: the text `problem.code` of the locale files.
    pub code: String,
    /// The request's id, to find it in the log.
    #[serde(default)]
    pub instance: Option<String>,
    /// The faults of an input.
    #[serde(default)]
    pub errors: Vec<FieldError>,
}
