//! What the pages know of a resource, the same for every type: so that one list and one record page serve all of them
//! without being compiled for each.

use perennial_domain::each_resource;
use perennial_domain::field::{Draft, Field, Kind, Resource};
use perennial_domain::problem::FieldError;
use perennial_domain::rights::Area;
use perennial_domain::text::Key;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A resource, seen through its field table.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Its name in tables and, with hyphens, in paths: `customers`.
    pub plural: &'static str,
    /// Its name in texts: `customer`.
    pub singular: &'static str,
    /// Where its rights are kept.
    pub area: Area,
    /// The field that people call it by: `name`.
    pub title: &'static str,
    /// The order of its list unless another is asked for: `-purchased_on`.
    pub order: &'static str,
    /// Its fields, in the order of forms and columns.
    pub fields: &'static [Field],
    /// The rules between its fields, as the server applies them.
    pub check: fn(&Value) -> Vec<FieldError>,
    /// What a client may write of it, with nothing written yet: null is what may be left out.
    pub blank: fn() -> Map<String, Value>,
}

impl PartialEq for Shape {
    fn eq(&self, other: &Self) -> bool {
        self.plural == other.plural
    }
}

impl Shape {
    /// The shape of `R`.
    pub const fn of<R: Resource>() -> &'static Self {
        const {
            &Self {
                plural: R::PLURAL,
                singular: R::SINGULAR,
                area: R::AREA,
                title: R::TITLE,
                order: R::ORDER,
                fields: R::FIELDS,
                check: check::<R>,
                blank: blank::<R>,
            }
        }
    }

    /// The shape of the resource that a reference names.
    pub fn named(plural: &str) -> Option<&'static Self> {
        Self::all().into_iter().find(|shape| shape.plural == plural)
    }

    fn all() -> impl IntoIterator<Item = &'static Self> {
        macro_rules! shapes {
            ($($resource:ty),* $(,)?) => { [$(Self::of::<$resource>()),*] };
        }
        each_resource!(shapes)
    }

    /// The shape that a field belongs to.
    pub fn holding(field: FieldRef) -> Option<&'static Self> {
        let holds = |shape: &&Self| shape.fields.iter().any(|one| FieldRef(one) == field);
        Self::all().into_iter().find(holds)
    }

    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<FieldRef> {
        self.fields
            .iter()
            .find(|field| field.name == name)
            .map(FieldRef)
    }

    /// What people call a record of it.
    pub fn name<'a>(&self, record: &'a Record) -> &'a str {
        record.text(self.title)
    }

    /// Whether it is called by a name, of which a letter and a colour remind, and not by a code.
    pub fn is_named(&self) -> bool {
        self.title == "name"
    }

    /// What a list of it is called: as its area, unless that holds several.
    pub fn plural_title(&self) -> Key {
        Key::find(&format!("many.{}", self.singular)).unwrap_or(self.area.label())
    }

    /// What one of it is called in the middle of a sentence.
    pub fn one(&self) -> Key {
        Key::find(&format!("one.{}", self.singular)).unwrap_or(self.area.label())
    }
}

fn check<R: Resource>(draft: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    // Read as the record itself: for some of them that way is there already.
    if let Ok(record) = serde_json::from_value::<R>(given(draft)) {
        record
            .draft()
            .check(&mut |pointer, code| errors.push(FieldError::new(pointer, code)));
    }
    errors
}

fn blank<R: Resource>() -> Map<String, Value> {
    let Ok(Value::Object(mut draft)) = serde_json::to_value(R::Draft::default()) else {
        return Map::new();
    };
    for (name, value) in &mut draft {
        let decimal = R::field(name).is_some_and(|field| matches!(field.kind, Kind::Decimal));
        if NIL.iter().any(|nil| value == nil) || decimal {
            *value = Value::Null;
        }
    }
    draft
}

/// The id and the day that stand for "not given".
const NIL: [&str; 2] = ["00000000-0000-0000-0000-000000000000", "0000-01-01"];

/// A draft without what is not given: the rest has a value that stands for nothing.
pub fn given(draft: &Value) -> Value {
    let mut given = draft.clone();
    if let Value::Object(given) = &mut given {
        given.retain(|_, value| !value.is_null());
    }
    given
}

/// A field of the table; two are equal if they are the same entry.
#[derive(Clone, Copy, Debug)]
pub struct FieldRef(pub &'static Field);

impl PartialEq for FieldRef {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl std::ops::Deref for FieldRef {
    type Target = Field;

    fn deref(&self) -> &Field {
        self.0
    }
}

/// Whether a value says nothing: null, no text, nothing in the list.
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// A patch of one field.
pub fn patch(name: &str, value: Value) -> Map<String, Value> {
    let mut patch = Map::new();
    patch.insert(name.to_owned(), value);
    patch
}

/// A record as it came over the wire; pages look at it through its shape.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Record(pub Map<String, Value>);

impl Record {
    /// A field's value; null where there is none.
    pub fn value(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or(&Value::Null)
    }

    /// A field's text; empty where there is none.
    pub fn text(&self, name: &str) -> &str {
        self.value(name).as_str().unwrap_or_default()
    }

    /// Its key.
    pub fn id(&self) -> &str {
        self.text("id")
    }

    /// How often it was written.
    pub fn version(&self) -> i64 {
        self.value("version").as_i64().unwrap_or_default()
    }

    /// The same, as it is once it was deleted a moment ago.
    pub fn deleted_now(&self) -> Self {
        let mut record = self.clone();
        record.0.insert(
            "deleted_at".into(),
            String::from(js_sys::Date::new_0().to_iso_string()).into(),
        );
        record
    }

    /// Whether it was deleted.
    pub fn is_deleted(&self) -> bool {
        !self.value("deleted_at").is_null()
    }
}
