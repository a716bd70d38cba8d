//! What is answered when something goes wrong: RFC 9457, always, with a code that clients translate.
//!
//! A [`Problem`] keeps what broke inside apart from what the client is told: the cause goes to the log, under the request's
//! id, and nowhere else.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use perennial_domain::problem::{FieldError, Invalid, Problem as Wire};
use perennial_domain::text::{Key, Language};
use perennial_store::Error;

/// The media type of every problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What is answered when something goes wrong.
#[derive(Clone, Debug)]
pub struct Problem(Box<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    status: StatusCode,
    code: &'static str,
    detail: Option<String>,
    errors: Vec<FieldError>,
    header: Option<(HeaderName, HeaderValue)>,
    cause: Option<String>,
}

impl Problem {
    /// A problem whose title is the text `problem.code`.
    pub fn new(status: StatusCode, code: &'static str) -> Self {
        Self(Box::new(Parts {
            status,
            code,
            detail: None,
            errors: Vec::new(),
            header: None,
            cause: None,
        }))
    }

    /// 400: the request could not be read; `detail` says why.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request").detailed(detail)
    }

    /// 400: a parameter of the query breaks a rule.
    pub fn bad_parameter(invalid: Invalid) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request").with_errors(invalid.0)
    }

    /// The same problem where its input was a query string: 400 in the place of 422.
    #[must_use]
    pub fn of_query(mut self) -> Self {
        if self.0.status == StatusCode::UNPROCESSABLE_ENTITY {
            (self.0.status, self.0.code) = (StatusCode::BAD_REQUEST, "bad_request");
        }
        self
    }

    /// 401: nobody is signed in.
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated").challenged()
    }

    /// 401: whoever was signed in is not any more.
    pub fn session_expired() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "session_expired").challenged()
    }

    /// 403: the user's role does not allow it.
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden")
    }

    /// 403: the user's role does not allow it with these fields or parameters.
    pub fn forbidden_fields(pointers: impl IntoIterator<Item = String>) -> Self {
        Self::forbidden().with_errors(
            pointers
                .into_iter()
                .map(|pointer| FieldError::new(pointer, "not_allowed"))
                .collect(),
        )
    }

    /// 404: there is no such thing, or the caller may not see it.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found")
    }

    /// 500: something broke inside; `cause` is for the log alone.
    pub fn internal(cause: impl ToString) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal").caused(cause)
    }

    /// The same problem with what is wrong this time.
    #[must_use]
    pub fn detailed(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// The same problem with a header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        self.0.header = HeaderValue::from_str(value).ok().map(|value| (name, value));
        self
    }

    /// The status it is answered with.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// What broke inside, if anything did: for the log.
    pub fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// The same faults, or the problem itself as one, found below `pointer` of a larger body.
    #[must_use]
    pub fn below(mut self, pointer: &str) -> Self {
        if self.0.errors.is_empty() {
            let fault = FieldError {
                code: self.0.code.to_owned(),
                detail: self.title().to_owned(),
                ..FieldError::default()
            };
            self.0.errors.push(fault);
        }
        for error in &mut self.0.errors {
            error.pointer.insert_str(0, pointer);
        }
        self
    }

    /// What the client reads.
    pub fn wire(&self, instance: Option<String>) -> Wire {
        let Parts {
            status,
            code,
            detail,
            errors,
            ..
        } = &*self.0;
        Wire {
            kind: format!("/problems/{code}"),
            title: self.title().to_owned(),
            status: status.as_u16(),
            detail: detail.clone(),
            code: (*code).to_owned(),
            instance,
            errors: errors.clone(),
        }
    }

    /// The whole answer; `instance` is the request's id.
    pub fn answer(&self, instance: Option<String>) -> HttpResponse {
        let mut response = HttpResponseBuilder::new(self.0.status);
        response
            .content_type(MEDIA_TYPE)
            .insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some((name, value)) = &self.0.header {
            response.insert_header((name.clone(), value.clone()));
        }
        response.body(serde_json::to_vec(&self.wire(instance)).unwrap_or_default())
    }

    fn title(&self) -> &'static str {
        Key::find(&format!("problem.{}", self.0.code))
            .map_or(self.0.code, |key| key.text(Language::En))
    }

    fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.0.errors = errors;
        self
    }

    fn caused(mut self, cause: impl ToString) -> Self {
        self.0.cause = Some(cause.to_string());
        self
    }

    fn challenged(self) -> Self {
        self.with_header(header::WWW_AUTHENTICATE, "Bearer realm=\"perennial\"")
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.0.status, self.0.code)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    fn error_response(&self) -> HttpResponse {
        self.answer(None)
    }
}

/// An input that breaks a rule: 422. Of a query string use [`Problem::bad_parameter`].
impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid").with_errors(invalid.0)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::Forbidden => Self::forbidden(),
            Error::Stale { etag } => {
                Self::new(StatusCode::PRECONDITION_FAILED, "stale").with_header(header::ETAG, &etag)
            }
            Error::Invalid(invalid) => invalid.into(),
            Error::Conflict { pointer, code } => Self::new(StatusCode::CONFLICT, "conflict")
                .with_errors(vec![FieldError::new(pointer, code)]),
            Error::IdempotencyReused => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_reused")
            }
            Error::Unauthenticated => Self::session_expired(),
            Error::Full(cause) => {
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "storage_full").caused(cause)
            }
            Error::Unavailable(cause) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable")
                .with_header(header::RETRY_AFTER, "1")
                .caused(cause),
            Error::Database(cause) => Self::internal(cause),
        }
    }
}

/// A blocking call that panicked or was cancelled.
impl From<actix_web::error::BlockingError> for Problem {
    fn from(error: actix_web::error::BlockingError) -> Self {
        Self::internal(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_broke_inside_is_not_told() {
        let problem = Problem::from(Error::Database("no such column: secret".into()));
        let body =
            serde_json::to_string(&problem.wire(Some("r1".into()))).expect("a problem is JSON");
        assert_eq!(problem.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!body.contains("secret") && body.contains("r1"), "{body}");
        assert_eq!(problem.cause(), Some("no such column: secret"));
    }

    #[test]
    fn every_code_has_a_title() {
        for problem in [
            Problem::unauthenticated(),
            Problem::session_expired(),
            Problem::forbidden(),
            Problem::not_found(),
            Problem::internal(""),
        ] {
            assert_ne!(problem.wire(None).title, problem.0.code);
        }
    }
}
