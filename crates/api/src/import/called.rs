//! Other records that a row names, as people name them: by code, by e-mail address, by external id, by exact name.

use std::collections::{BTreeMap, BTreeSet};

use perennial_domain::problem::FieldError;
use perennial_domain::resources;
use perennial_store::import::Known;
use perennial_store::{Error, Read, import};
use uuid::Uuid;

/// The records of each resource that rows name, by what they are called.
#[derive(Default)]
pub struct Called(BTreeMap<&'static str, Known>);

impl Called {
    /// Looks up what is called so, of each resource at once. External ids are those of `system`.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn find<'a>(
        read: &mut Read<'_>,
        system: &str,
        names: impl Iterator<Item = (&'static str, &'a str)>,
    ) -> Result<Self, Error> {
        let mut asked: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
        for (resource, name) in names {
            asked.entry(resource).or_default().insert(name.to_owned());
        }
        let mut found = BTreeMap::new();
        for (resource, names) in asked {
            found.insert(resource, import::called(read, resource, system, names)?);
        }
        Ok(Self(found))
    }

    /// The one record of a resource that is called so.
    ///
    /// # Errors
    /// There is none, or there are several.
    pub fn one(&self, resource: &str, name: &str) -> Result<Uuid, FieldError> {
        let ids = self.0.get(resource).and_then(|known| known.get(name));
        match ids.map(Vec::as_slice) {
            Some([id]) => Ok(*id),
            None | Some([]) => Err(fault(
                "not_found",
                format!("there is no \"{name}\" among the {resource}"),
            )),
            Some(_) => {
                let has_code = resources::named(resource)
                    .is_some_and(|about| about.fields.iter().any(|field| field.name == "code"));
                let other = if has_code { "the code" } else { "the id" };
                let detail =
                    format!("there are several \"{name}\" among the {resource}; give {other}");
                Err(fault("ambiguous", detail))
            }
        }
    }
}

/// A fault that says more than the text of its code.
pub fn fault(code: &str, detail: String) -> FieldError {
    FieldError {
        detail,
        ..FieldError::new("", code)
    }
}
