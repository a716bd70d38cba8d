//! The contract's schemas: what utoipa derives, made true and made readable for generated clients.
//!
//! utoipa knows types; required fields and bounds are in the resource's field table, and ids, of which Rust has one type
//! per entity, are one kind of text on the wire.

use std::collections::{BTreeMap, BTreeSet};

use perennial_domain::field::{Field, Kind, Resource};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

/// Every schema by name.
#[derive(Default)]
pub struct Schemas(BTreeMap<String, Value>);

/// No control characters but tab and line ends: neither people nor PostgreSQL can use them.
const TEXT: &str = r"^[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]*$";
/// The same in one line.
const LINE: &str = r"^[^\x00-\x08\x0A-\x1F\x7F-\x9F\u2028\u2029]*$";
/// A line with something that can be seen.
const VISIBLE_LINE: &str = r"^[^\x00-\x08\x0A-\x1F\x7F-\x9F\u2028\u2029]*[^\s\x00-\x1F\x7F-\x9F\xAD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u2800\u3164\uFE00-\uFE0F\uFEFF\uFFA0][^\x00-\x08\x0A-\x1F\x7F-\x9F\u2028\u2029]*$";

impl Schemas {
    /// Adds what utoipa collected.
    pub(super) fn extend(&mut self, schemas: Vec<(String, RefOr<Schema>)>) {
        for (name, schema) in schemas {
            self.0.entry(name).or_insert_with(|| {
                let mut schema = serde_json::to_value(schema).unwrap_or_default();
                without_defaults(&mut schema);
                schema
            });
        }
    }

    /// Adds a type and all that it speaks of.
    pub fn add<T: ToSchema>(&mut self) {
        let mut schemas = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut schemas);
        self.extend(schemas);
    }

    /// Adds a schema written by hand.
    pub fn insert(&mut self, name: impl Into<String>, schema: Value) {
        self.0.insert(name.into(), schema);
    }

    /// Adds a resource: the entity, its draft, its patch and one page of it.
    pub fn add_resource<R: Resource + ToSchema>(&mut self) {
        self.add::<R>();
        self.add::<R::Draft>();
        let (entity, draft) = (R::TYPE, R::Draft::name().into_owned());
        let unclassed = R::FIELDS
            .iter()
            .filter(|field| field.class.is_none())
            .map(|field| field.name);
        let always: Vec<&str> = ["id", "version", "deleted_at"]
            .into_iter()
            .chain(unclassed)
            .collect();
        self.require(entity, &always);
        let required: Vec<&str> = R::FIELDS
            .iter()
            .filter(|field| field.required)
            .map(|field| field.name)
            .collect();
        self.require(&draft, &required);
        for field in R::FIELDS.iter().filter(|field| field.written) {
            let Some(property) = self.property(&draft, field.name) else {
                continue;
            };
            if field.required {
                never_null(property);
            }
            bound(property, field);
            // What parts say stands in one line.
            let part = property.pointer("/items/$ref").and_then(Value::as_str);
            let part = part
                .and_then(|of| of.strip_prefix(&reference_to("")))
                .map(str::to_owned);
            if let Some(part) = part
                .filter(|_| matches!(field.kind, Kind::Parts(_)))
                .and_then(|part| self.0.get_mut(&part))
            {
                texts(part, LINE);
            }
        }
        let patch = patch_of(
            self.0.get(&draft).unwrap_or(&Value::Null),
            &required,
            entity,
        );
        self.insert(format!("{entity}Patch"), patch);
        self.insert(format!("{entity}Page"), page_of(entity));
    }

    /// The contract's `components.schemas`.
    pub(super) fn finish(&self) -> Map<String, Value> {
        let ids: Vec<String> = self
            .0
            .keys()
            .filter(|name| is_id(name))
            .map(|name| reference_to(name))
            .collect();
        let mut schemas: Map<String, Value> = self
            .0
            .iter()
            .filter(|(name, _)| !is_id(name))
            .map(|(name, schema)| (name.clone(), schema.clone()))
            .collect();
        for schema in schemas.values_mut() {
            inline_ids(schema, &ids);
        }
        if let Some(class) = schemas
            .get_mut("FieldRule")
            .and_then(|rule| rule.pointer_mut("/properties/class"))
        {
            // Field tables say which there are.
            let classes: BTreeSet<&str> = perennial_domain::resources::classes().collect();
            *class = json!({ "type": "string", "description": "The class.", "enum": classes });
        }
        for (name, schema) in &mut schemas {
            // What the server writes is what it is; only what it reads is bounded.
            if schema.get("additionalProperties") == Some(&Value::Bool(false))
                || name.ends_with("Patch")
            {
                texts(schema, TEXT);
            }
        }
        schemas
    }

    /// Every member of a type is always there.
    pub(super) fn require_all(&mut self, name: &str) {
        let properties = self
            .0
            .get(name)
            .and_then(|schema| schema.get("properties"))
            .and_then(Value::as_object);
        let names: Vec<String> = properties
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect();
        self.require(name, &names.iter().map(String::as_str).collect::<Vec<_>>());
    }

    fn require(&mut self, name: &str, required: &[&str]) {
        if let Some(schema) = self.0.get_mut(name).and_then(Value::as_object_mut) {
            schema.remove("required");
            if !required.is_empty() {
                schema.insert("required".into(), json!(required));
            }
        }
    }

    fn property(&mut self, name: &str, property: &str) -> Option<&mut Value> {
        self.0
            .get_mut(name)?
            .get_mut("properties")?
            .get_mut(property)
    }
}

/// A default says what an absent member means, and so that it is there: generated clients then ask for it, and a patch
/// would clear what it leaves out.
fn without_defaults(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(without_defaults),
        Value::Object(object) => {
            object.remove("default");
            object.values_mut().for_each(without_defaults);
        }
        _ => {}
    }
}

fn is_id(name: &str) -> bool {
    name == "Id" || name.starts_with("Id_")
}

fn reference_to(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

/// Writes a field's bounds as its kind has them.
fn bound(property: &mut Value, field: &Field) {
    let Some(property) = property.as_object_mut() else {
        return;
    };
    let names = match field.kind {
        Kind::Text => ("minLength", "maxLength"),
        Kind::Choices(_) | Kind::References(_) | Kind::Parts(_) => ("minItems", "maxItems"),
        Kind::Integer => ("minimum", "maximum"),
        _ => return,
    };
    if let Some((least, greatest)) = field.bounds {
        if least != 0 || matches!(field.kind, Kind::Integer) {
            property.insert(names.0.into(), least.into());
        }
        property.insert(names.1.into(), greatest.into());
    }
    if matches!(field.kind, Kind::Text) && !field.long {
        let pattern = if field.required { VISIBLE_LINE } else { LINE };
        property.entry("pattern").or_insert_with(|| pattern.into());
    }
}

/// What must be given is not null, though its type could be.
fn never_null(property: &mut Value) {
    let null = json!({ "type": "null" });
    let Some(object) = property.as_object_mut() else {
        return;
    };
    if let Some(Value::Array(kinds)) = object.get_mut("type") {
        kinds.retain(|kind| *kind != "null");
    }
    if let Some(Value::Array(choices)) = object.remove("oneOf") {
        let others = choices.into_iter().filter(|choice| *choice != null);
        for (name, value) in others
            .filter_map(|choice| choice.as_object().cloned())
            .flatten()
        {
            object.insert(name, value);
        }
    }
}

/// A merge patch of a draft: nothing is required, null clears what may be empty.
fn patch_of(draft: &Value, required: &[&str], entity: &str) -> Value {
    let mut patch = draft.clone();
    if let Some(object) = patch.as_object_mut() {
        object.remove("required");
        object.insert("description".into(), format!("What is to change of a {entity}: absent keeps, null clears, anything else replaces.").into());
    }
    let properties = patch.get_mut("properties").and_then(Value::as_object_mut);
    for (name, property) in properties.into_iter().flatten() {
        if !required.contains(&name.as_str()) {
            nullable(property);
        }
    }
    patch
}

/// Allows null beside what a schema allows.
fn nullable(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    if let Some(Value::String(kind)) = object.get("type") {
        let kinds = json!([kind, "null"]);
        object.insert("type".into(), kinds);
    } else if object.contains_key("$ref") {
        let description = object.remove("description");
        let mut either = json!({ "oneOf": [schema.take(), { "type": "null" }] });
        if let (Some(description), Some(either)) = (description, either.as_object_mut()) {
            either.insert("description".into(), description);
        }
        *schema = either;
    }
}

fn page_of(entity: &str) -> Value {
    json!({
        "type": "object",
        "description": format!("One page of a list of {entity} records."),
        "required": ["data", "page"],
        "properties": {
            "data": { "type": "array", "description": "The rows.", "items": { "$ref": reference_to(entity) } },
            "page": { "$ref": reference_to("PageInfo") },
        },
    })
}

/// Writes every reference to an id as what it is on the wire.
fn inline_ids(schema: &mut Value, ids: &[String]) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(|item| inline_ids(item, ids)),
        Value::Object(object) => {
            if object
                .get("$ref")
                .and_then(Value::as_str)
                .is_some_and(|reference| ids.iter().any(|id| id == reference))
            {
                object.remove("$ref");
                object.insert("type".into(), "string".into());
                object.insert("format".into(), "uuid".into());
            }
            object.values_mut().for_each(|value| inline_ids(value, ids));
            if let Some(description) = optional_id(object) {
                object.remove("oneOf");
                object.extend(description);
            }
        }
        _ => {}
    }
}

/// Where a schema says "an id or null": the same in one.
fn optional_id(object: &Map<String, Value>) -> Option<Map<String, Value>> {
    let [first, second] = object.get("oneOf")?.as_array()?.as_slice() else {
        return None;
    };
    let says = |schema: &Value, key: &str, value: &str| {
        schema.get(key).and_then(Value::as_str) == Some(value)
    };
    let id = [first, second]
        .into_iter()
        .find(|schema| says(schema, "format", "uuid"))?;
    let null = [first, second]
        .into_iter()
        .any(|schema| says(schema, "type", "null"));
    let mut id = id.as_object()?.clone();
    id.insert("type".into(), json!(["string", "null"]));
    null.then_some(id)
}

/// Gives every free text of an input the pattern of what may be in it.
fn texts(schema: &mut Value, pattern: &str) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(|item| texts(item, pattern)),
        Value::Object(object) => {
            let is_text = match object.get("type") {
                Some(Value::Array(kinds)) => kinds.contains(&json!("string")),
                kind => kind.and_then(Value::as_str) == Some("string"),
            };
            let free = match object.get("format").and_then(Value::as_str) {
                None | Some("password") => !object.contains_key("enum"),
                Some(_) => false,
            };
            if is_text && free && !object.contains_key("pattern") {
                let shown = pattern == LINE && object.contains_key("minLength");
                let pattern = if shown { VISIBLE_LINE } else { pattern };
                object.insert("pattern".into(), pattern.into());
            }
            object
                .values_mut()
                .for_each(|member| texts(member, pattern));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_requires_nothing_and_clears_by_null() {
        let draft = json!({ "required": ["name"], "properties": { "name": { "type": "string" }, "note": { "type": ["string", "null"] }, "kind": { "$ref": "#/k" }, "tags": { "type": "array" } } });
        let patch = patch_of(&draft, &["name"], "Customer");
        assert!(patch.get("required").is_none());
        assert_eq!(patch["properties"]["name"]["type"], "string");
        assert_eq!(
            patch["properties"]["tags"]["type"],
            json!(["array", "null"])
        );
        assert_eq!(patch["properties"]["kind"]["oneOf"][1]["type"], "null");
    }

    #[test]
    fn an_id_is_a_uuid_on_the_wire() {
        let mut schema = json!({ "a": { "$ref": "#/components/schemas/Id_User" }, "b": { "oneOf": [{ "$ref": "#/components/schemas/Id_User" }, { "type": "null" }], "description": "Who." } });
        inline_ids(&mut schema, &["#/components/schemas/Id_User".into()]);
        assert_eq!(schema["a"], json!({ "type": "string", "format": "uuid" }));
        assert_eq!(
            schema["b"],
            json!({ "type": ["string", "null"], "format": "uuid", "description": "Who." })
        );
    }
}
