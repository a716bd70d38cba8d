//! The contract as one document, OpenAPI 3.1.

use serde_json::{Map, Value, json};

use super::{Operation, Schemas, problems};

/// What a reader is told before anything else.
const INTRODUCTION: &str = "\
Everything that Perennial's own pages do, they do through this API.

Sign in with `POST /api/v1/auth/sign-in` and send the access token as `Authorization: Bearer …`. \
Every answer carries `X-Request-Id`; what goes wrong is `application/problem+json` whose `code` is stable. \
Lists are read page by page with `limit` and `cursor`. Every POST with an effect takes an `Idempotency-Key`: \
the same key with the same body is answered again, not done again, for 24 hours. \
PATCH and DELETE need `If-Match` with the record's `ETag`, of which only the part before the dot is compared. \
Where requests are limited, `RateLimit` says how many are left and `RateLimit-Policy` how many there are; \
the rest is 429 with `Retry-After`.";

/// Groups of operations, in the order people read them.
const TAGS: [(&str, &str); 17] = [
    ("Sign-in", "Signing in and out, passwords, the first start."),
    ("Customers", "Parties that buy, or may buy, from us."),
    ("Contacts", "People at customers."),
    ("Purchases", "Orders that happened, and returns of them."),
    ("Products", "What we sell."),
    ("Product categories", "Groups of products, in a tree."),
    (
        "Exchange rates",
        "What other currencies are worth, from a day on.",
    ),
    ("Tags", "Labels of the organization's own."),
    ("Users", "People who work for the organization."),
    ("Teams", "Groups of users, in a tree."),
    ("Roles", "What users may do."),
    ("Organization", "The organization's own settings."),
    ("Events", "Who did what, when."),
    ("Jobs", "Background work."),
    ("Search", "Finding anything by its text."),
    ("Operation", "Is it alive, and which version is it."),
    ("Contract", "This document."),
];

/// The whole document.
pub(super) fn document(operations: &[Operation], schemas: &Schemas) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations {
        let item = paths
            .entry(operation.path.clone())
            .or_insert_with(|| json!({}));
        if let Some(item) = item.as_object_mut() {
            item.insert(
                operation.method.as_str().to_lowercase(),
                operation.description.clone(),
            );
        }
    }
    let text = Value::Object(paths.clone()).to_string();
    let responses =
        problems::components(|name| text.contains(&format!("#/components/responses/{name}\"")));
    let components = reached(
        schemas.finish(),
        &[
            &Value::Object(paths.clone()),
            &Value::Object(responses.clone()),
        ],
    );
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Perennial",
            "summary": "Customer relationships that last.",
            "description": INTRODUCTION,
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "This installation." }],
        "tags": TAGS.iter().map(|(name, description)| json!({ "name": name, "description": description })).collect::<Vec<_>>(),
        "security": [{ "bearer": [] }],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": responses,
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The access token of a sign-in, good for 15 minutes." },
                "refresh": { "type": "apiKey", "in": "cookie", "name": crate::sign_in::cookie::NAME, "description": "The refresh token of a sign-in, good for 30 days and for one use." },
            },
        },
    })
}

/// The schemas that the rest of the document speaks of, directly or through another.
fn reached(mut schemas: Map<String, Value>, roots: &[&Value]) -> Map<String, Value> {
    let mut kept = Map::new();
    let mut found = Vec::new();
    roots.iter().for_each(|root| named(root, &mut found));
    while let Some(name) = found.pop() {
        if let Some(schema) = schemas.remove(&name) {
            named(&schema, &mut found);
            kept.insert(name, schema);
        }
    }
    kept
}

/// The names of the schemas that a part of the document refers to.
fn named(part: &Value, found: &mut Vec<String>) {
    match part {
        Value::Array(items) => items.iter().for_each(|item| named(item, found)),
        Value::Object(object) => {
            let reference = object.get("$ref").and_then(Value::as_str);
            found.extend(
                reference
                    .and_then(|reference| reference.strip_prefix("#/components/schemas/"))
                    .map(str::to_owned),
            );
            object.values().for_each(|value| named(value, found));
        }
        _ => {}
    }
}
