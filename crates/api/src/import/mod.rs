//! Records from a CSV file.
//!
//! A kind of file is one implementation of [`Sheet`](sheet::Sheet): [`party`], [`products`], [`users`], [`purchases`]. The rest is the same
//! for all: [`columns`] says what each column of the file means, by the field tables; [`table`] reads the file record by
//! record; [`row`] reads the cells of a record; [`called`] finds the other records that rows name, [`matching`] which rows
//! are there already; [`plan`] decides what becomes of each and [`keep`] writes it. [`transfer()`] goes through a file a
//! chunk at a time, and [`pace`] says how much of it is written at once. What is specific to the command line is in [`command`].

pub mod called;
pub mod cell;
pub mod chunks;
pub mod columns;
pub mod command;
pub mod keep;
pub mod matching;
pub mod merge;
pub mod pace;
pub mod party;
pub mod plan;
pub mod products;
pub mod purchases;
pub mod row;
pub mod sheet;
pub mod table;
pub mod transfer;
pub mod users;

use perennial_domain::problem::FieldError;

pub use command::{Arguments, run};
pub use table::Source;
pub use transfer::transfer;

/// What is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum What {
    /// Parties that buy, or may buy, from us.
    Customers,
    /// People at customers.
    Contacts,
    /// What we sell, with prices and categories.
    Products,
    /// People who work for the organization.
    Users,
    /// What customers bought.
    Purchases,
    /// The lines of purchases that are there.
    PurchaseLines,
}

/// How a file is imported.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is in the file.
    pub what: What,
    /// The e-mail address of the user who imports; that user's rights hold.
    pub user: String,
    /// Column of the file, our name for it; an empty one leaves the column out.
    pub map: Vec<(String, String)>,
    /// The system that the file's external ids belong to.
    pub system: Option<String>,
    /// The role of new users, by name.
    pub role: Option<String>,
    /// Find out what would happen, and keep nothing.
    pub dry_run: bool,
    /// Keep everything or, if one row is refused, nothing.
    pub atomic: bool,
}

/// A row, or a cell of it, that cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Line of the file on which the row begins; the header is on line 1.
    pub line: u64,
    /// Heading of the column at fault; none where it is the row as a whole.
    pub column: Option<String>,
    /// What is wrong: a code of the API's problems.
    pub code: String,
    /// The same in English.
    pub reason: String,
}

impl Refusal {
    /// A refusal by what a field is told.
    fn new(line: u64, column: Option<String>, fault: FieldError) -> Self {
        Self {
            line,
            column,
            code: fault.code,
            reason: fault.detail,
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {} [{}]", self.reason, self.code)
    }
}

/// What became of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows that are new.
    pub created: u64,
    /// Rows that were there and differed.
    pub changed: u64,
    /// Rows that were there as they are in the file.
    pub unchanged: u64,
    /// Rows that were not kept.
    pub refused: u64,
}

impl Summary {
    /// All rows that were read.
    pub fn rows(&self) -> u64 {
        self.created + self.changed + self.unchanged + self.refused
    }

    /// Adds what became of other rows.
    fn add(&mut self, other: Self) {
        self.created += other.created;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.refused += other.refused;
    }
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            created,
            changed,
            unchanged,
            refused,
        } = self;
        write!(
            f,
            "created {created}, changed {changed}, unchanged {unchanged}, refused {refused}"
        )
    }
}

/// An import that did not reach the end of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Why, as a sentence for whoever started it.
    pub reason: String,
    /// What became of the rows before.
    pub before: Summary,
}

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self {
            reason,
            before: Summary::default(),
        }
    }
}

impl From<perennial_store::Error> for Failure {
    fn from(error: perennial_store::Error) -> Self {
        Self::from(error.to_string())
    }
}

/// Is told how an import goes, while it goes.
pub trait Watch: Send + Sync {
    /// Columns of these headings are not read: there is no place for them.
    fn left_out(&self, headings: &[String]);
    /// A row was refused; one row may have several faults.
    fn refused(&self, refusal: &Refusal);
    /// So many rows are done.
    fn done(&self, rows: u64);
}
