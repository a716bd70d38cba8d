//! Field rights: what a role may not see does not leave the server, what it may not write is refused.
//!
//! A role hides, masks or locks whole classes of fields. A hidden field is absent; of a masked one a text keeps its last two
//! characters at most, and what is neither text nor a list of small objects is absent.

use perennial_domain::field::{Field, Kind, Resource};
use perennial_domain::query::{Filter, ListQuery};
use perennial_domain::rights::FieldAccess;
use perennial_store::Scope;
use serde_json::{Map, Value};

use crate::extract::shape;
use crate::problem::Problem;

/// The fields of a resource that a user may not simply see.
pub struct Veil(Vec<(&'static Field, FieldAccess)>);

impl Veil {
    /// The veil of `fields` for a user.
    pub fn of(fields: &'static [Field], scope: &Scope) -> Self {
        Self::new(fields, |class| scope.access(class))
    }

    fn new(fields: &'static [Field], access: impl Fn(&str) -> FieldAccess) -> Self {
        let access = |field: &'static Field| field.class.map(|class| (field, access(class)));
        Self(
            fields
                .iter()
                .filter_map(access)
                .filter(|(_, access)| *access < FieldAccess::Read)
                .collect(),
        )
    }

    /// Whether there is nothing to hide.
    pub fn is_thin(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes from a record what the user may not see.
    pub fn draw(&self, record: &mut Value) {
        let Some(record) = record.as_object_mut() else {
            return;
        };
        for (field, access) in &self.0 {
            self.cover(record, field, *access);
        }
    }

    fn cover(&self, record: &mut Map<String, Value>, field: &Field, access: FieldAccess) {
        match (field.kind, record.get_mut(field.name)) {
            (Kind::Text, Some(value)) if access == FieldAccess::Mask => mask(value),
            (Kind::Parts(fields), Some(Value::Array(rows))) if access == FieldAccess::Mask => {
                for row in rows.iter_mut().filter_map(Value::as_object_mut) {
                    mask_row(fields, row);
                }
            }
            _ => {
                record.remove(field.name);
            }
        }
    }

    /// Refuses a list that is filtered or ordered by what the user may not see: its answer would tell.
    ///
    /// # Errors
    /// 403 with the names of the fields.
    pub fn check(&self, query: &ListQuery) -> Result<(), Problem> {
        let mut used = query.sort.iter().map(|sort| sort.field.name).collect();
        compared(&query.filter, &mut used);
        let mut refused = self
            .0
            .iter()
            .map(|(field, _)| field.name)
            .filter(|name| used.contains(name))
            .peekable();
        if refused.peek().is_none() {
            Ok(())
        } else {
            Err(Problem::forbidden_fields(refused.map(str::to_owned)))
        }
    }
}

/// Refuses a body that writes what the user may not write, or that is none of a record.
///
/// # Errors
/// 403 with the pointers of the fields; 422 for a body of another shape.
pub fn check_written<R: Resource>(scope: &Scope, body: &Value) -> Result<(), Problem> {
    shape::record::<R>(body)?;
    let locked = |field: &&Field| {
        field
            .class
            .is_some_and(|class| scope.access(class) < FieldAccess::Write)
    };
    let given = |field: &&Field| body.get(field.name).is_some();
    let mut refused = R::FIELDS
        .iter()
        .filter(locked)
        .filter(given)
        .map(|field| format!("/{}", field.name))
        .peekable();
    if refused.peek().is_none() {
        Ok(())
    } else {
        Err(Problem::forbidden_fields(refused))
    }
}

/// A record as a user may see it.
pub fn record<R: Resource>(scope: &Scope, record: &R) -> Value {
    let mut value = serde_json::to_value(record).unwrap_or_default();
    Veil::of(R::FIELDS, scope).draw(&mut value);
    value
}

fn compared(filter: &Filter, used: &mut Vec<&'static str>) {
    match filter {
        Filter::All(filters) | Filter::Any(filters) => {
            filters.iter().for_each(|filter| compared(filter, used))
        }
        Filter::Compare { field, .. } => used.push(field.name),
    }
}

/// Of a small object, texts are masked; words that say what kind of thing it is stay, anything else is absent.
fn mask_row(fields: &[Field], row: &mut Map<String, Value>) {
    for field in fields {
        match (field.kind, row.get_mut(field.name)) {
            (Kind::Choice(_), _) => {}
            (Kind::Text, Some(value)) => mask(value),
            _ => drop(row.remove(field.name)),
        }
    }
}

fn mask(value: &mut Value) {
    let Value::String(text) = value else { return };
    let length = text.chars().count();
    let last: String = text
        .chars()
        .skip(if length >= 8 { length - 2 } else { length })
        .collect();
    *text = format!("***{last}");
}

#[cfg(test)]
mod tests {
    use perennial_domain::contact::Contact;
    use perennial_domain::customer::Customer;
    use serde_json::json;

    use super::*;

    fn drawn(access: FieldAccess, mut record: Value) -> Value {
        Veil::new(Customer::FIELDS, |class| {
            if class == "value" {
                FieldAccess::Write
            } else {
                access
            }
        })
        .draw(&mut record);
        record
    }

    #[test]
    fn a_hidden_class_is_absent() {
        let record =
            json!({ "name": "A", "credit_days": 30, "identifiers": [], "acquisition_cost": null });
        assert_eq!(
            drawn(FieldAccess::Hide, record),
            json!({ "name": "A", "acquisition_cost": null })
        );
    }

    #[test]
    fn a_masked_text_keeps_its_last_two_characters() {
        let record = json!({ "credit_days": 30, "identifiers": [{ "kind": "mobile", "system": "", "value": "13800138000" }, { "kind": "email", "value": "a@b.cn" }] });
        let masked = json!({ "identifiers": [{ "kind": "mobile", "system": "***", "value": "***00" }, { "kind": "email", "value": "***" }] });
        assert_eq!(drawn(FieldAccess::Mask, record), masked);
    }

    #[test]
    fn a_list_is_not_filtered_by_what_is_hidden() {
        let veil = |access| {
            Veil(
                Contact::FIELDS
                    .iter()
                    .filter(|field| field.name == "contact_type")
                    .map(|field| (field, access))
                    .collect(),
            )
        };
        let query =
            ListQuery::parse::<Contact>(&[("contact_type".into(), "silent".into())]).expect("good");
        assert!(veil(FieldAccess::Hide).check(&query).is_err());
        assert!(Veil(Vec::new()).check(&query).is_ok());
    }
}
