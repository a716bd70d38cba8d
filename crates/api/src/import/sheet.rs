//! What a kind of file says: everything that only this kind has is in its implementation of [`Sheet`].

use perennial_domain::Id;
use perennial_domain::field::Resource;
use perennial_domain::touch::Identifier;
use perennial_domain::validation;
use perennial_store::import::{By, Known};
use perennial_store::{Error, Read, Stored, Tx, import, resource};
use serde_json::json;
use uuid::Uuid;

use super::columns::Columns;
use super::plan::Body;
use super::row::Row;
use super::{Failure, Options, matching};

/// A column that is no field of its own: which part of which field it is (`addresses.city`, `identifiers.email`), and the
/// names that a file may use.
pub type Part = (&'static str, &'static [&'static str]);

/// Makes records of these names; returns their keys in that order.
pub type Make = fn(&mut Tx<'_>, &[&str]) -> Result<Vec<Uuid>, Error>;

/// A kind of file. Its columns are the fields of its record that a client may write, and [`PARTS`](Self::PARTS).
pub trait Sheet: Send + Sync + 'static {
    /// What a row is about.
    type Record: Stored;
    /// Fields that tell a record from every other, the surest first. A row that gives none of them means the record of its
    /// exact name.
    const KNOWN_BY: &'static [&'static str];
    /// What a row can give so that no name has to tell what it is about.
    const TOLD_BY: &'static str;
    /// Columns that are no fields of their own.
    const PARTS: &'static [Part] = &[];
    /// Columns that such files have and that there is no place for.
    const LEFT_OUT: &'static [&'static str] = &[];
    /// Whether several rows about the same record are one change of it. Such files make no records.
    const JOINED: bool = false;
    /// Fields that may name what is not there yet, and how that is made.
    const MADE: &'static [(&'static str, Make)] = &[];

    /// What a new record has unless its row says otherwise.
    ///
    /// # Errors
    /// An option that this kind of file cannot follow.
    fn defaults(_read: &mut Read<'_>, options: &Options) -> Result<Body, Failure> {
        match options.role {
            Some(_) => Err("--role is for users alone".to_owned().into()),
            None => Ok(Body::new()),
        }
    }

    /// Whether a file may write this field.
    fn takes(_field: &str) -> bool {
        true
    }

    /// Makes what the cells of a row say together.
    fn read(_columns: &Columns, _row: &mut Row) {}

    /// Whether a record that has what a row gives is the one that the row means.
    fn is_known(_record: &Self::Record, _row: &Row, _by: By) -> bool {
        true
    }

    /// What tells the part of its record that a row is about, where rows are [`JOINED`](Self::JOINED).
    fn about(_row: &Row) -> Vec<&str> {
        Vec::new()
    }

    /// E-mail addresses, phone numbers and the ids in other systems, of those who have some.
    fn identifiers(_record: &Self::Record) -> &[Identifier] {
        &[]
    }

    /// The records that have the names of these rows.
    ///
    /// # Errors
    /// Whatever the database says.
    fn namesakes(read: &mut Read<'_>, rows: &[&Row]) -> Result<Known, Error> {
        let names = matching::texts(rows.iter().filter_map(|row| row.name()));
        import::known(read, Self::Record::PLURAL, By::Field("name"), "", &names)
    }

    /// Whether a record of a row's name can be the one that the row means.
    fn fits(_record: &Self::Record, _row: &Row) -> bool {
        true
    }

    /// Adds what the parts of a record's rows say, laid over what is there, to what is written. Unless rows are
    /// [`JOINED`](Self::JOINED) there is one.
    fn complete(
        _columns: &Columns,
        _old: Option<&Self::Record>,
        _rows: &mut [Row],
        _body: &mut Body,
    ) {
    }
}

/// [`Make`] for a resource that needs nothing but a name.
///
/// # Errors
/// A name that breaks a rule, a missing right, or whatever the database says.
pub fn make<R: Stored>(tx: &mut Tx<'_>, names: &[&str]) -> Result<Vec<Uuid>, Error> {
    let draft = |name: &&str| validation::draft::<R>(json!({ "name": name }));
    let drafts: Vec<R::Draft> = names.iter().map(draft).collect::<Result<_, _>>()?;
    let made = resource::add::<R>(tx, &drafts)?;
    Ok(made.into_iter().map(Id::uuid).collect())
}
