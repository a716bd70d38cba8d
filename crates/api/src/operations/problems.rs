//! The problems that an operation can answer: they follow from who may call it and from what it takes.

use actix_web::http::Method;
use serde_json::{Map, Value, json};

use super::guard::Guard;
use crate::problem::MEDIA_TYPE;

/// Status, name among the contract's components, and description of every problem.
const PROBLEMS: [(&str, &str, &str); 15] = [
    (
        "400",
        "BadRequest",
        "The request could not be read: a parameter, a header or the JSON is malformed.",
    ),
    (
        "401",
        "Unauthenticated",
        "Nobody is signed in, or the session has ended.",
    ),
    ("403", "Forbidden", "The caller's role does not allow this."),
    (
        "404",
        "NotFound",
        "There is no such record, or the caller may not see it.",
    ),
    ("408", "Timeout", "The body did not arrive in time."),
    ("409", "Conflict", "This clashes with what is there."),
    (
        "412",
        "Stale",
        "Somebody changed the record since this version; `ETag` is its version now.",
    ),
    ("413", "TooLarge", "The body has more than 1 MB."),
    (
        "415",
        "UnsupportedMediaType",
        "The body is not JSON, or is compressed.",
    ),
    (
        "422",
        "Invalid",
        "The input breaks a rule; `errors` says which and where.",
    ),
    ("428", "VersionRequired", "`If-Match` is missing."),
    (
        "429",
        "TooManyRequests",
        "Too many requests, or attempts to sign in; `Retry-After` says how many seconds to wait.",
    ),
    ("500", "Internal", "Something broke on our side."),
    (
        "503",
        "Unavailable",
        "The database cannot be reached right now.",
    ),
    (
        "507",
        "StorageFull",
        "There is no room left to keep this; what is there can be read.",
    ),
];

/// Adds to an operation what follows from its guard, its parameters and its body.
pub(super) fn complete(operation: &mut Value, guard: &Guard, method: &Method) {
    plain(operation);
    let parameters = operation
        .get("parameters")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let takes = |place: &str| {
        parameters
            .iter()
            .any(|parameter| parameter.get("in").and_then(Value::as_str) == Some(place))
    };
    let header = |name: &str| {
        parameters
            .iter()
            .any(|parameter| parameter.get("name").and_then(Value::as_str) == Some(name))
    };
    let body = operation.get("requestBody").is_some();
    let mut statuses = vec!["429", "500", "503"];
    if *method != Method::GET {
        statuses.push("507");
    }
    if takes("path") || takes("query") || takes("header") || body {
        statuses.push("400");
    }
    if takes("path") {
        statuses.push("404");
    }
    if body {
        statuses.extend(["408", "413", "415", "422"]);
    }
    if header("If-Match") {
        statuses.extend(["412", "428"]);
    }
    if header("Idempotency-Key") {
        statuses.push("422");
    }
    if *method != Method::GET && matches!(guard, Guard::Permission(..)) {
        statuses.push("409");
    }
    match guard {
        Guard::Public => {}
        Guard::Cookie => statuses.extend(["401", "403"]),
        Guard::SignedIn => statuses.push("401"),
        Guard::Permission(..) => statuses.extend(["401", "403"]),
    }
    let Some(object) = operation.as_object_mut() else {
        return;
    };
    let security = match guard {
        Guard::Public => json!([]),
        Guard::Cookie => json!([{ "refresh": [] }]),
        Guard::SignedIn | Guard::Permission(..) => json!([{ "bearer": [] }]),
    };
    object.insert("security".into(), security);
    object.insert("x-permission".into(), guard.to_string().into());
    if let Some(responses) = object
        .entry("responses")
        .or_insert_with(|| json!({}))
        .as_object_mut()
    {
        for status in statuses {
            responses.entry(status).or_insert_with(|| reference(status));
        }
        // A handler names a problem of its own by status alone.
        for (status, response) in responses
            .iter_mut()
            .filter(|(status, _)| status.as_str() >= "400")
        {
            *response = reference(status);
        }
    }
}

/// utoipa says of an optional parameter that it may be null; a parameter is there or not.
fn plain(operation: &mut Value) {
    let parameters = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten();
    for kind in parameters.filter_map(|parameter| parameter.get_mut("schema")?.get_mut("type")) {
        if let Some(first) = kind.as_array().and_then(|kinds| kinds.first()).cloned() {
            *kind = first;
        }
    }
}

/// `{"$ref": …}` of the problem with that status.
fn reference(status: &str) -> Value {
    let name = PROBLEMS
        .iter()
        .find(|(known, ..)| *known == status)
        .map_or("Internal", |(_, name, _)| name);
    json!({ "$ref": format!("#/components/responses/{name}") })
}

/// The contract's `components.responses`: those that `used` says are referred to.
pub(super) fn components(used: impl Fn(&str) -> bool) -> Map<String, Value> {
    let component = |(status, name, description): &(&str, &str, &str)| {
        let headers = match *status {
            "412" => {
                json!({ "ETag": { "description": "The record's version now.", "schema": { "type": "string" } } })
            }
            "429" => {
                json!({ "Retry-After": { "description": "Seconds to wait.", "schema": { "type": "integer" } } })
            }
            _ => json!({}),
        };
        let content =
            json!({ MEDIA_TYPE: { "schema": { "$ref": "#/components/schemas/Problem" } } });
        let mut response = json!({ "description": description, "content": content });
        if headers
            .as_object()
            .is_some_and(|headers| !headers.is_empty())
            && let Some(response) = response.as_object_mut()
        {
            response.insert("headers".into(), headers);
        }
        ((*name).to_owned(), response)
    };
    PROBLEMS
        .iter()
        .filter(|(_, name, _)| used(name))
        .map(component)
        .collect()
}
