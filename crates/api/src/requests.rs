//! What happens around every request: its id, its log line, the headers that every answer carries.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, web};
use tracing::Instrument;
use uuid::Uuid;

use crate::caller;
use crate::limits::Left;
use crate::problem::Problem;
use crate::server::Server;

/// Names a request in answers, logs and problems.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What answers that are not pages may load: nothing.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// A request's id: the client's own if it is short and plain, else a new one.
#[derive(Clone, Debug)]
struct RequestId(String);

impl RequestId {
    fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
        let plain = |id: &&str| {
            (1..=128).contains(&id.len())
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/".contains(&byte))
        };
        Self(
            given
                .filter(plain)
                .map_or_else(|| Uuid::now_v7().to_string(), str::to_owned),
        )
    }
}

/// Wraps every request.
pub async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let id = RequestId::of(request.headers());
    let (method, started) = (request.method().clone(), std::time::Instant::now());
    request.extensions_mut().insert(id.clone());
    let server = request.app_data::<web::Data<Server>>().cloned();
    let _in_flight = server.as_ref().map(|server| server.metrics().begin());
    let span = tracing::info_span!("request", id = %id.0, %method);
    let answer = next
        .call(request)
        .instrument(span.clone())
        .await?
        .map_into_boxed_body();
    let mut answer = explained(answer, &id);
    dress(answer.headers_mut(), &id);
    let left = answer.request().extensions().get::<Left>().copied();
    if let Some(left) = left {
        left.tell(answer.headers_mut());
    }
    let _entered = span.entered();
    let (took, pattern) = (started.elapsed(), answer.request().match_pattern());
    let path = pattern.as_deref().unwrap_or("-");
    if let Some(server) = &server {
        server
            .metrics()
            .answered(&method, path, answer.status(), took);
    }
    tracing::info!(
        path,
        status = answer.status().as_u16(),
        milliseconds = took.as_millis(),
        user = user(answer.request()),
        "answered"
    );
    Ok(answer)
}

/// Who asked, for the log: the user of a good token.
fn user(request: &HttpRequest) -> String {
    let user = caller::claims(request).and_then(|claims| claims.user());
    user.map_or_else(|_| "-".to_owned(), |user| user.to_string())
}

/// A problem is told with the request's id; what broke inside goes to the log.
fn explained(answer: ServiceResponse, id: &RequestId) -> ServiceResponse {
    let told = match answer
        .response()
        .error()
        .map(|error| (error.as_error::<Problem>(), error))
    {
        None => return answer,
        Some((Some(problem), _)) => {
            if let Some(cause) = problem.cause() {
                tracing::error!(id = id.0, cause, "broke");
            }
            problem.answer(Some(id.0.clone()))
        }
        // What actix refuses by itself: told as it tells it, in our words.
        Some((None, error)) => {
            let status = error.as_response_error().status_code();
            let problem = if status.is_client_error() {
                Problem::new(status, "bad_request")
            } else {
                Problem::internal(error)
            };
            problem.answer(Some(id.0.clone()))
        }
    };
    let (request, _) = answer.into_parts();
    ServiceResponse::new(request, told)
}

/// The headers that every answer carries, unless it says otherwise.
fn dress(headers: &mut HeaderMap, id: &RequestId) {
    if let Ok(id) = HeaderValue::from_str(&id.0) {
        headers.insert(REQUEST_ID, id);
    }
    let common = [
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            HeaderValue::from_static("same-origin"),
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("same-origin"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    for (name, value) in common {
        if !headers.contains_key(&name) {
            headers.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_request_id_is_kept_any_other_replaced() {
        let of = |id: &'static str| {
            RequestId::of(
                &[(REQUEST_ID, HeaderValue::from_static(id))]
                    .into_iter()
                    .collect(),
            )
            .0
        };
        assert_eq!(of("trace-1/a.b:c"), "trace-1/a.b:c");
        for id in ["", "a b", "<script>"] {
            assert_ne!(of(id), id);
        }
    }
}
