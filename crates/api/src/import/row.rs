//! The cells of one record, read.

use std::hash::{DefaultHasher, Hash, Hasher};

use perennial_domain::Currency;
use perennial_domain::field::Kind;
use perennial_domain::problem::FieldError;
use perennial_domain::touch::IdentifierKind;
use perennial_store::import::By;
use serde_json::Value;

use super::columns::{Columns, Target};
use super::plan::Body;
use super::sheet::Sheet;
use super::table::Record;
use super::{Refusal, cell};

/// How many bytes the cells of a row have at most: more than all fields of any record take.
const LONGEST: usize = 250_000;

/// The cells of one record, read. Empty cells say nothing.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// The line on which it begins.
    pub line: u64,
    /// Values of the record's own fields, by their names.
    pub fields: Body,
    /// What it says of parts of fields.
    pub parts: Vec<(Target, Value)>,
    /// Other records, as the file names them, and what they are named for.
    pub names: Vec<(Target, Vec<String>)>,
    /// What tells this row from others of the file: rows that share one of these mean the same record.
    pub keys: Vec<u64>,
    /// Equal for rows whose cells are equal.
    pub print: u64,
    /// Equal for rows that are about the same part of the same record, where these are joined.
    pub about: u64,
    /// How many good rows before were about the same.
    pub before: usize,
    /// Which part of its record it became.
    pub at: Option<usize>,
}

impl Row {
    /// Reads a record's cells.
    ///
    /// # Errors
    /// Every cell that does not fit.
    pub fn read<S: Sheet>(
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
        // Rows are held, many at once, until it is known what becomes of them.
        let bytes: usize = record.cells.iter().map(String::len).sum();
        if bytes > LONGEST {
            let mut fault = FieldError::new("", "too_large");
            fault.detail = format!("has {bytes} bytes, and a row has {LONGEST} at most");
            return Err(vec![Refusal::new(record.line, None, fault)]);
        }
        let mut row = Self {
            line: record.line,
            print: print(&record.cells),
            ..Self::default()
        };
        let mut refusals = Vec::new();
        let cells = columns.all.iter().zip(&record.cells);
        let told = cells.filter(|(_, text)| !text.is_empty());
        for (column, target, text) in
            told.filter_map(|(column, text)| Some((column, column.target?, text)))
        {
            let mut refuse = |fault| {
                let heading = Some(column.heading.clone());
                refusals.push(Refusal::new(record.line, heading, fault));
            };
            if text.contains(is_hidden) {
                refuse(FieldError::new("", "control_character"));
                continue;
            }
            match target.value().kind {
                Kind::Reference(_) => row.names.push((target, vec![text.clone()])),
                Kind::References(_) => {
                    let names = cell::several(text).map(str::to_owned).collect();
                    row.names.push((target, names));
                }
                _ if target.is_repeatable() => row
                    .parts
                    .extend(cell::several(text).map(|part| (target, part.into()))),
                Kind::Parts(_) => row.parts.push((target, text.as_str().into())),
                _ => match cell::value(target.value(), text, currency) {
                    Ok(value) => row.put(target, value),
                    Err(fault) => refuse(fault),
                },
            }
        }
        S::read(columns, &mut row);
        row.keys = row.keys::<S>();
        if refusals.is_empty() {
            Ok(row)
        } else {
            Err(refusals)
        }
    }

    /// Adds what it says of a field, or of a part of one.
    pub fn put(&mut self, target: Target, value: Value) {
        if target.part.is_empty() {
            self.fields.insert(target.field.name.to_owned(), value);
        } else {
            self.parts.push((target, value));
        }
    }

    /// The text of one of the record's own fields.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field).and_then(Value::as_str)
    }

    /// The record's name.
    pub fn name(&self) -> Option<&str> {
        self.text("name")
    }

    /// What it says of the parts of a field, each with its name.
    pub fn of<'a>(&'a self, field: &'a str) -> impl Iterator<Item = (&'static str, &'a Value)> {
        let of_field = move |(target, _): &&(Target, Value)| target.field.name == field;
        self.parts
            .iter()
            .filter(of_field)
            .map(|(target, value)| (target.part, value))
    }

    /// What it says of one part of a field.
    pub fn part<'a>(&'a self, field: &'a str, part: &str) -> Option<&'a Value> {
        self.of(field)
            .find(|(name, _)| *name == part)
            .map(|(_, value)| value)
    }

    /// The record's id in the other system.
    pub fn external_id(&self) -> Option<&str> {
        let external = IdentifierKind::External.as_str();
        self.part("identifiers", external).and_then(Value::as_str)
    }

    /// What it gives that tells its record from every other, the surest first.
    pub fn given<S: Sheet>(&self) -> impl Iterator<Item = (By, &str)> {
        let external = self.external_id().map(|id| (By::External, id));
        let own = |field: &&'static str| Some((By::Field(field), self.text(field)?));
        external
            .into_iter()
            .chain(S::KNOWN_BY.iter().filter_map(own))
    }

    /// What its record is called.
    pub fn called(&self) -> impl Iterator<Item = &str> {
        self.text("code").into_iter().chain(self.name())
    }

    /// The other records that it names, with their resources.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.names.iter().flat_map(|(target, names)| {
            let resource = resource(target.value().kind).unwrap_or_default();
            names.iter().map(move |name| (resource, name.as_str()))
        })
    }

    fn keys<S: Sheet>(&self) -> Vec<u64> {
        let given = self.given::<S>().map(|given| print(&given));
        let mut keys: Vec<u64> = given.collect();
        if self.given::<S>().all(|(by, _)| by == By::External) {
            let places = self.names.iter();
            let places: Vec<&Vec<String>> = places
                .filter(|(target, _)| !target.part.is_empty())
                .map(|(_, names)| names)
                .collect();
            keys.extend(self.name().map(|name| print(&(name, &places))));
        }
        keys
    }

    /// The records that its parts name: namesakes at others are somebody else.
    pub fn places(&self) -> Vec<&str> {
        let named = self.parts.iter();
        let named = named.filter(|(target, _)| resource(target.value().kind).is_some());
        named.filter_map(|(_, value)| value.as_str()).collect()
    }
}

/// The resource that a field of this kind names records of.
pub fn resource(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Reference(resource) | Kind::References(resource) => Some(resource),
        _ => None,
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
