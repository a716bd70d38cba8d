//! The cells of one record, read.

use std::hash::{DefaultHasher, Hash, Hasher};

use perennial_domain::Currency;
use perennial_domain::field::{Field, Kind};
use perennial_domain::problem::FieldError;
use perennial_domain::touch::{Identifier, IdentifierKind};
use serde_json::{Map, Value};

use super::columns::{AddressPart, Columns, Target};
use super::table::Record;
use super::{Refusal, cell};

/// The cells of one record, read. Empty cells say nothing.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// The line on which it begins.
    pub line: u64,
    /// Values of the record's own fields, by their names.
    pub fields: Map<String, Value>,
    /// Other records, as the file names them, by the field that refers to them.
    pub names: Vec<(&'static Field, Vec<String>)>,
    /// E-mail addresses, phone numbers and the external id.
    pub identifiers: Vec<Identifier>,
    /// Parts of the first address.
    pub address: Vec<(AddressPart, String)>,
    /// The customer that a contact belongs to, by code or exact name.
    pub customer: Option<String>,
    /// The title of the contact's post there.
    pub title: Option<String>,
    /// Equal for rows whose cells are equal.
    pub print: u64,
}

impl Row {
    /// Reads a record's cells.
    ///
    /// # Errors
    /// Every cell that does not fit.
    pub fn read(
        columns: &Columns,
        record: &Record,
        currency: Currency,
    ) -> Result<Self, Vec<Refusal>> {
        let (values, headings) = (record.cells.len(), columns.all.len());
        // What spreadsheets leave behind at a line's end says nothing, be it there or not.
        let mut beyond = record.cells.iter().skip(headings);
        let mut lacking = columns.all.iter().skip(values);
        if beyond.any(|cell| !cell.is_empty()) || lacking.any(|column| column.target.is_some()) {
            let mut fault = FieldError::new("", "type");
            fault.detail = format!("has {values} values, the header has {headings}");
            return Err(vec![Refusal::new(record.line, None, fault)]);
        }
        let mut row = Self {
            line: record.line,
            print: print(&record.cells),
            ..Self::default()
        };
        let mut refusals = Vec::new();
        for (column, text) in columns
            .all
            .iter()
            .zip(&record.cells)
            .filter(|(_, text)| !text.is_empty())
        {
            if column.target.is_some() && text.contains(is_hidden) {
                let fault = FieldError::new("", "control_character");
                refusals.push(Refusal::new(
                    record.line,
                    Some(column.heading.clone()),
                    fault,
                ));
                continue;
            }
            match column.target {
                None => {}
                Some(Target::Field(field)) if matches!(field.kind, Kind::Reference(_)) => {
                    row.names.push((field, vec![text.clone()]));
                }
                Some(Target::Field(field)) if matches!(field.kind, Kind::References(_)) => {
                    let names = cell::several(text).map(str::to_owned).collect();
                    row.names.push((field, names));
                }
                Some(Target::Field(field)) => match cell::value(field, text, currency) {
                    Ok(value) => drop(row.fields.insert(field.name.to_owned(), value)),
                    Err(fault) => refusals.push(Refusal::new(
                        record.line,
                        Some(column.heading.clone()),
                        fault,
                    )),
                },
                Some(Target::Identifier(IdentifierKind::External)) => {
                    row.identifiers.push(Identifier {
                        kind: IdentifierKind::External,
                        system: columns.system.clone(),
                        value: text.clone(),
                    });
                }
                Some(Target::Identifier(kind)) => {
                    let identifier = |value: &str| Identifier {
                        kind,
                        system: String::new(),
                        value: value.to_owned(),
                    };
                    row.identifiers.extend(cell::several(text).map(identifier));
                }
                Some(Target::Address(AddressPart::Street)) => {
                    // Other programs write a street in several lines.
                    let lines: Vec<&str> = text.lines().map(str::trim).collect();
                    row.address.push((AddressPart::Street, lines.join(", ")));
                }
                Some(Target::Address(part)) => row.address.push((part, text.clone())),
                Some(Target::Customer) => row.customer = Some(text.clone()),
                Some(Target::Title) => row.title = Some(text.clone()),
            }
        }
        if refusals.is_empty() {
            Ok(row)
        } else {
            Err(refusals)
        }
    }

    /// The record's id in the other system.
    pub fn external_id(&self) -> Option<&str> {
        let external = |identifier: &&Identifier| identifier.kind == IdentifierKind::External;
        self.identifiers
            .iter()
            .find(external)
            .map(|identifier| identifier.value.as_str())
    }

    /// The record's own code.
    pub fn code(&self) -> Option<&str> {
        self.fields.get("code").and_then(Value::as_str)
    }

    /// The record's name.
    pub fn name(&self) -> Option<&str> {
        self.fields.get("name").and_then(Value::as_str)
    }

    /// What its record is called.
    pub fn called(&self) -> impl Iterator<Item = &str> {
        self.code().into_iter().chain(self.name())
    }

    /// The other records that it names, with their resources.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.names.iter().flat_map(|(field, names)| {
            let resource = match field.kind {
                Kind::Reference(resource) | Kind::References(resource) => resource,
                _ => "",
            };
            names.iter().map(move |name| (resource, name.as_str()))
        })
    }

    /// What tells this row from others of the file: rows that share one of these mean the same record.
    pub fn keys(&self) -> Vec<u64> {
        let external = self.external_id().map(|id| print(&("external", id)));
        let own = match (self.code(), self.name()) {
            (Some(code), _) => Some(print(&("code", code))),
            (None, name) => name.map(|name| print(&("name", name, &self.customer))),
        };
        external.into_iter().chain(own).collect()
    }
}

/// Whether neither people nor databases can use a character.
fn is_hidden(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\t' | '\r')
}

/// A number that is the same for the same value, within this process.
pub fn print(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
