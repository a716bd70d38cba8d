//! The operations of a resource, described from its field table. Their handlers are in [`crate::resources`].

use actix_web::http::Method;
use perennial_domain::field::Resource;
use perennial_domain::page::PageInfo;
use perennial_domain::query::SearchRequest;
use perennial_store::Stored;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{Description, Operations, parameters};
use crate::{answer, resources};

impl Operations {
    /// List, search, create, get, update, delete, restore and batch of a resource.
    #[must_use]
    pub fn resource<R: Stored + ToSchema>(mut self) -> Self {
        self.schemas.add_resource::<R>();
        self.schemas.add::<PageInfo>();
        self.schemas.add::<SearchRequest>();
        self.schemas.insert("SparsePage", sparse_page());
        for (name, schema) in batch_schemas::<R>() {
            self.schemas.insert(name, schema);
        }
        self.described(list::<R>(), resources::list::<R>)
            .described(search::<R>(), resources::search::<R>)
            .described(create::<R>(), resources::create::<R>)
            .described(get::<R>(), resources::get::<R>)
            .described(update::<R>(), resources::update::<R>)
            .described(delete::<R>(), resources::delete::<R>)
            .described(restore::<R>(), resources::restore::<R>)
            .described(batch::<R>(), resources::batch::<R>)
    }
}

fn described<R: Resource>(method: Method, below: &str, mut operation: Value) -> Description {
    if let Some(operation) = operation.as_object_mut() {
        operation.insert("tags".into(), json!([tag::<R>()]));
    }
    Description {
        method,
        path: format!("/{}{below}", R::path()),
        operation,
        schemas: Vec::new(),
    }
}

/// A resource's name as people write it: `product categories`.
fn in_words(name: &str) -> String {
    name.replace('_', " ")
}

/// `Customers`.
fn tag<R: Resource>() -> String {
    let words = in_words(R::PLURAL);
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn content(schema: &str) -> Value {
    json!({ "application/json": { "schema": reference(schema) } })
}

/// A JSON body that must be there.
fn body(schema: &str, description: &str) -> Value {
    json!({ "required": true, "description": description, "content": content(schema) })
}

/// The answer that carries a record.
fn record<R: Resource>(description: &str) -> Value {
    json!({ "description": description, "headers": { "ETag": etag() }, "content": content(R::TYPE) })
}

/// Where an answer leads: operations on the record whose id and version it tells.
fn links<R: Resource>(verbs: &[&str], id: &str) -> Value {
    let link = |verb: &&str| {
        let mut parameters = json!({ "id": id });
        if let (true, Some(parameters)) = (
            matches!(*verb, "update" | "delete"),
            parameters.as_object_mut(),
        ) {
            parameters.insert("If-Match".into(), "$response.header.ETag".into());
        }
        let operation = format!("{verb}_{}", R::SINGULAR);
        (
            operation.clone(),
            json!({ "operationId": operation, "parameters": parameters }),
        )
    };
    Value::Object(verbs.iter().map(link).collect())
}

fn etag() -> Value {
    json!({ "description": "The record's version, and its figures'.", "required": true, "schema": { "type": "string" } })
}

fn draft<R: Resource>() -> String {
    R::Draft::name().into_owned()
}

fn page<R: Resource>() -> String {
    format!("{}Page", R::TYPE)
}

fn list<R: Resource>() -> Description {
    let mut pages = content(&page::<R>());
    if let Some(pages) = pages.as_object_mut() {
        pages.insert(
            answer::SPARSE.into(),
            json!({ "schema": reference("SparsePage") }),
        );
    }
    let operation = json!({
        "operationId": format!("list_{}", R::PLURAL),
        "summary": format!("List {}", in_words(R::PLURAL)),
        "description": "Several parameters hold all at once.",
        "parameters": parameters::list::<R>(),
        "responses": { "200": { "description": "One page.", "content": pages } },
    });
    described::<R>(Method::GET, "", operation)
}

fn search<R: Resource>() -> Description {
    let operation = json!({
        "operationId": format!("search_{}", R::PLURAL),
        "summary": format!("List {} by a tree of conditions", in_words(R::PLURAL)),
        "description": "Conditions joined by `all` and `any`, at most 5 deep and 50 in number.",
        "requestBody": body("SearchRequest", "The conditions."),
        "responses": { "200": { "description": "One page.", "content": content(&page::<R>()) } },
    });
    described::<R>(Method::POST, "/search", operation)
}

fn create<R: Resource>() -> Description {
    let mut created = record::<R>("Created.");
    if let Some(created) = created.as_object_mut() {
        created.insert(
            "links".into(),
            links::<R>(&["get", "update", "delete"], "$response.body#/id"),
        );
    }
    if let Some(headers) = created.get_mut("headers").and_then(Value::as_object_mut) {
        headers.insert("Location".into(), json!({ "description": "Where it is.", "required": true, "schema": { "type": "string", "format": "uri-reference" } }));
    }
    let operation = json!({
        "operationId": format!("create_{}", R::SINGULAR),
        "summary": format!("Create a {}", in_words(R::SINGULAR)),
        "parameters": [parameters::idempotency_key()],
        "requestBody": body(&draft::<R>(), "What it shall be."),
        "responses": { "201": created },
    });
    described::<R>(Method::POST, "", operation)
}

fn get<R: Resource>() -> Description {
    let operation = json!({
        "operationId": format!("get_{}", R::SINGULAR),
        "summary": format!("Get a {}", in_words(R::SINGULAR)),
        "parameters": [parameters::id(&in_words(R::SINGULAR)), parameters::if_none_match()],
        "responses": { "200": record::<R>("The record."), "304": { "description": "It is as the reader has it.", "headers": { "ETag": etag() } } },
    });
    described::<R>(Method::GET, "/{id}", operation)
}

fn update<R: Resource>() -> Description {
    let patch = format!("{}Patch", R::TYPE);
    let mut updated = record::<R>("The record as it is now.");
    if let Some(updated) = updated.as_object_mut() {
        updated.insert(
            "links".into(),
            links::<R>(&["update", "delete"], "$response.body#/id"),
        );
    }
    let operation = json!({
        "operationId": format!("update_{}", R::SINGULAR),
        "summary": format!("Change a {}", in_words(R::SINGULAR)),
        "description": "A merge patch (RFC 7396): absent keeps, null clears, anything else replaces. `application/json` is taken as well.",
        "parameters": [parameters::id(&in_words(R::SINGULAR)), parameters::if_match()],
        "requestBody": { "required": true, "description": "What is to change.", "content": { "application/merge-patch+json": { "schema": reference(&patch) } } },
        "responses": { "200": updated },
    });
    described::<R>(Method::PATCH, "/{id}", operation)
}

fn delete<R: Resource>() -> Description {
    let operation = json!({
        "operationId": format!("delete_{}", R::SINGULAR),
        "summary": format!("Delete a {}", in_words(R::SINGULAR)),
        "description": "It can be restored for 30 days.",
        "parameters": [parameters::id(&in_words(R::SINGULAR)), parameters::if_match()],
        "responses": { "204": { "description": "Deleted.", "links": links::<R>(&["restore"], "$request.path.id") } },
    });
    described::<R>(Method::DELETE, "/{id}", operation)
}

fn restore<R: Resource>() -> Description {
    let operation = json!({
        "operationId": format!("restore_{}", R::SINGULAR),
        "summary": format!("Restore a deleted {}", in_words(R::SINGULAR)),
        "description": "One that is not deleted stays as it is. What has taken its place meanwhile is a conflict.",
        "parameters": [parameters::id(&in_words(R::SINGULAR)), parameters::idempotency_key()],
        "responses": { "200": record::<R>("The record, back again.") },
    });
    described::<R>(Method::POST, "/{id}/restore", operation)
}

fn batch<R: Resource>() -> Description {
    let answer = |description: &str| json!({ "description": description, "content": content("BatchAnswer") });
    let operation = json!({
        "operationId": format!("batch_{}", R::PLURAL),
        "summary": format!("Create, change, delete and restore many {}", in_words(R::PLURAL)),
        "description": "One transaction. `all_or_nothing` does nothing where one operation fails, and says which; `best_effort` does the others.",
        "parameters": [parameters::idempotency_key()],
        "requestBody": body(&format!("{}Batch", R::TYPE), "The operations, in order."),
        // The last two: `all_or_nothing` is answered as its first operation that fails.
        "responses": { "200": answer("Everything was done."), "207": answer("`best_effort`: some of it was done."), "404": {}, "412": {} },
    });
    described::<R>(Method::POST, "/batch", operation)
}

fn batch_schemas<R: Resource>() -> [(String, Value); 6] {
    let (kind, id) = (R::TYPE, json!({ "type": "string", "format": "uuid" }));
    let version = json!({ "type": "integer", "format": "int64", "description": "The version that was read." });
    let object = |description: &str, required: Value, properties: Value| json!({ "type": "object", "description": description, "required": required, "properties": properties, "additionalProperties": false });
    let named = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let items = json!({ "type": "array", "minItems": 1, "maxItems": resources::LARGEST_BATCH, "items": named(&format!("{kind}BatchOperation")) });
    let mode = json!({ "type": "string", "enum": ["all_or_nothing", "best_effort"], "description": "`all_or_nothing` unless given." });
    let mut operation = object(
        "One operation: exactly one of its members.",
        json!([]),
        json!({ "create": reference(&draft::<R>()), "update": named(&format!("{kind}BatchUpdate")), "delete": named("BatchDelete"), "restore": named("BatchRestore") }),
    );
    if let Some(operation) = operation.as_object_mut() {
        operation.remove("required");
        operation.extend([
            ("minProperties".to_owned(), json!(1)),
            ("maxProperties".to_owned(), json!(1)),
        ]);
    }
    [
        (
            format!("{kind}Batch"),
            object(
                "Many operations.",
                json!(["operations"]),
                json!({ "mode": mode, "operations": items }),
            ),
        ),
        (format!("{kind}BatchOperation"), operation),
        (
            format!("{kind}BatchUpdate"),
            object(
                "A change.",
                json!(["id", "version", "patch"]),
                json!({ "id": id, "version": version, "patch": reference(&format!("{kind}Patch")) }),
            ),
        ),
        (
            "BatchDelete".into(),
            object(
                "A deletion.",
                json!(["id", "version"]),
                json!({ "id": id, "version": version }),
            ),
        ),
        (
            "BatchRestore".into(),
            object("A restoration.", json!(["id"]), json!({ "id": id })),
        ),
        ("BatchAnswer".into(), batch_answer()),
    ]
}

fn batch_answer() -> Value {
    let result = json!({
        "type": "object",
        "description": "What became of one operation.",
        "required": ["index", "status"],
        "properties": {
            "index": { "type": "integer", "description": "Its place in the request, from 0." },
            "status": { "type": "integer", "description": "The status it would have had alone." },
            "id": { "type": "string", "format": "uuid", "description": "The record." },
            "etag": { "type": "string", "description": "The record's version now." },
            "problem": reference("Problem"),
        },
    });
    json!({ "type": "object", "description": "What became of each operation.", "required": ["results"], "properties": { "results": { "type": "array", "items": result } } })
}

fn sparse_page() -> Value {
    let row = json!({ "type": "object", "additionalProperties": true });
    json!({
        "type": "object",
        "description": "One page of rows with only the fields that were asked for.",
        "required": ["data", "page"],
        "properties": { "data": { "type": "array", "items": row }, "page": reference("PageInfo") },
    })
}
