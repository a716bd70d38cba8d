//! Headers that decide: which version, and whether it was done before.

use std::future::{Ready, ready};

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::{FromRequest, HttpRequest, dev};
use perennial_store::IdempotencyKey;

use super::Body;
use crate::problem::Problem;

/// The version of a record that a change is made to: `If-Match: "v7.f31"`, of which the 7 counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub i64);

impl IfMatch {
    fn read(value: Option<&str>) -> Result<Self, Problem> {
        let value = value
            .ok_or_else(|| Problem::new(StatusCode::PRECONDITION_REQUIRED, "version_required"))?;
        let refused =
            || Problem::bad_request("If-Match takes one strong ETag as it was given: \"v7.f31\".");
        version(value).map(Self).ok_or_else(refused)
    }
}

/// The row's version in a strong entity tag of ours.
fn version(tag: &str) -> Option<i64> {
    let (version, figures) = tag
        .trim()
        .strip_prefix("\"v")?
        .strip_suffix('"')?
        .split_once(".f")?;
    let number = |digits: &str| {
        digits
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| digits.parse::<i64>().ok())?
    };
    number(figures)?;
    number(version)
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(Self::read(text(request, &header::IF_MATCH)))
    }
}

/// The entity tags that a reader has already: `If-None-Match`.
#[derive(Clone, Debug, Default)]
pub struct IfNoneMatch(Option<String>);

impl IfNoneMatch {
    /// Whether the reader has this one.
    pub fn holds(&self, etag: &str) -> bool {
        let own = |tag: &str| tag.trim().trim_start_matches("W/") == etag;
        self.0
            .as_deref()
            .is_some_and(|tags| tags.trim() == "*" || tags.split(',').any(own))
    }
}

impl FromRequest for IfNoneMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(Ok(Self(
            text(request, &header::IF_NONE_MATCH).map(str::to_owned),
        )))
    }
}

/// A client's own name for a request that shall have its effect once: `Idempotency-Key`.
#[derive(Clone, Debug)]
pub struct Idempotency {
    key: Option<String>,
    method: String,
    path: String,
}

impl Idempotency {
    /// What the store knows it by; nothing where the client gave none.
    pub fn key(&self, body: Option<&Body>) -> Option<IdempotencyKey> {
        let (method, path) = (self.method.clone(), self.path.clone());
        let body = body.map_or([0; 32], |body| body.digest);
        self.key.clone().map(|key| IdempotencyKey {
            key,
            method,
            path,
            body,
        })
    }
}

impl FromRequest for Idempotency {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let name = HeaderName::from_static("idempotency-key");
        let given = request.headers().contains_key(&name);
        let good = |key: &&str| {
            (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
        };
        let key = text(request, &name).filter(good).map(str::to_owned);
        if given && key.is_none() {
            return ready(Err(Problem::bad_request(
                "Idempotency-Key takes 1 to 255 visible ASCII characters.",
            )));
        }
        ready(Ok(Self {
            key,
            method: request.method().to_string(),
            path: request.path().to_owned(),
        }))
    }
}

/// The one value of a header, if it is text.
fn text<'a>(request: &'a HttpRequest, name: &HeaderName) -> Option<&'a str> {
    let mut values = request.headers().get_all(name);
    let value = values.next()?;
    if values.next().is_some() {
        return Some("");
    }
    Some(value.to_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_one_strong_tag() {
        assert_eq!(version("\"v7.f31\""), Some(7));
        for tag in [
            "*",
            "W/\"v7.f31\"",
            "\"v7\"",
            "v7.f31",
            "\"v-7.f1\"",
            "\"v7.f31\", \"v8.f0\"",
            "\"v7.fx\"",
            "",
        ] {
            assert_eq!(version(tag), None, "{tag}");
        }
        assert_eq!(
            IfMatch::read(None).expect_err("missing").status(),
            StatusCode::PRECONDITION_REQUIRED
        );
        assert_eq!(
            IfMatch::read(Some("*")).expect_err("any").status(),
            StatusCode::BAD_REQUEST
        );
    }

    #[test]
    fn a_reader_has_what_it_names() {
        let header = IfNoneMatch(Some("\"v1.f0\", W/\"v2.f0\"".into()));
        assert!(header.holds("\"v2.f0\"") && !header.holds("\"v3.f0\""));
        assert!(!IfNoneMatch(None).holds("\"v1.f0\""));
    }
}
