//! A file in chunks: as many rows as are decided about at once.

use std::collections::{HashMap, HashSet};
use std::marker::PhantomData;
use std::sync::Arc;

use perennial_domain::Currency;
use perennial_domain::field::Resource;
use perennial_store::Scope;

use super::Watch;
use super::columns::Columns;
use super::plan::Decision;
use super::row::{Row, print};
use super::sheet::Sheet;
use super::table::Table;
use super::transfer::Terms;

/// How many rows are decided about at once: enough to make statements cheap.
const CHUNK: usize = 500;

/// Rows that are written at once.
pub struct Chunk {
    /// Those that could be read.
    pub rows: Vec<Row>,
    /// Rows between them that could not even be read.
    pub refused: u64,
    /// Whether a row is about, or names, what a row of the chunk before it is about.
    pub follows: bool,
    /// Set where no more come, with the reason why if the file does not end here.
    pub end: Option<Result<(), String>>,
}

/// What rows are about.
#[derive(Default)]
struct About {
    /// What tells it.
    keys: HashSet<u64>,
    /// What it is called.
    called: HashSet<String>,
}

impl About {
    /// Whether a row is about the same.
    fn is_met(&self, row: &Row) -> bool {
        row.keys.iter().any(|key| self.keys.contains(key))
    }

    /// Whether a row names some of it.
    fn is_named<S: Sheet>(&self, row: &Row) -> bool {
        let is_called = |name| self.called.contains(name);
        row.named()
            .any(|(resource, name)| resource == S::Record::PLURAL && is_called(name))
    }
}

/// How often things were met, as far as that was lately: what is about one record stands together in most files.
#[derive(Default)]
struct Counts {
    newer: HashMap<u64, usize>,
    older: HashMap<u64, usize>,
}

impl Counts {
    /// How many are remembered at least.
    const REMEMBERED: usize = 1 << 19;

    fn count(&self, thing: u64) -> usize {
        let count = self.newer.get(&thing).or_else(|| self.older.get(&thing));
        count.copied().unwrap_or_default()
    }

    fn note(&mut self, thing: u64, count: usize) {
        if self.newer.len() >= Self::REMEMBERED {
            self.older = std::mem::take(&mut self.newer);
        }
        self.newer.insert(thing, count);
    }
}

/// A file in chunks. Two rows about the same record never share one unless their sheet joins them, nor do a row and one
/// that it may name, so that the second finds what the first wrote.
pub struct Chunks<S> {
    table: Table,
    /// What the file's columns mean.
    pub columns: Arc<Columns>,
    currency: Currency,
    watch: Arc<dyn Watch>,
    /// Read already, for the next chunk.
    next: Option<Row>,
    /// What the rows of the last chunk are about, and what that is called.
    last: About,
    /// How many good rows were about the same part of the same record, where these are joined.
    met: Counts,
    sheet: PhantomData<S>,
}

impl<S: Sheet> Chunks<S> {
    /// Begins a file.
    ///
    /// # Errors
    /// What is wrong with its header.
    pub fn open(terms: &Terms, scope: &Scope) -> Result<Self, String> {
        let table = Table::open(&terms.source)?;
        let defaults = terms.defaults.clone();
        let columns = Columns::of::<S>(&table.header, &terms.options, defaults, scope)?;
        Ok(Self {
            table,
            columns: Arc::new(columns),
            currency: scope.currency(),
            watch: Arc::clone(&terms.watch),
            next: None,
            last: About::default(),
            met: Counts::default(),
            sheet: PhantomData,
        })
    }

    /// The next rows, some or, at the end, none.
    pub fn read(&mut self) -> Chunk {
        let mut chunk = Chunk {
            rows: Vec::with_capacity(CHUNK),
            refused: 0,
            follows: false,
            end: None,
        };
        let mut about = About::default();
        while chunk.rows.len() < CHUNK {
            let row = match self
                .next
                .take()
                .map_or_else(|| self.row(), |row| Ok(Some(Ok(row))))
            {
                Ok(Some(Ok(row))) => row,
                Ok(Some(Err(()))) => {
                    chunk.refused += 1;
                    continue;
                }
                Ok(None) => {
                    chunk.end = Some(Ok(()));
                    break;
                }
                Err(reason) => {
                    chunk.end = Some(Err(reason));
                    break;
                }
            };
            if about.is_named::<S>(&row) || (!S::JOINED && about.is_met(&row)) {
                self.next = Some(row);
                break;
            }
            chunk.follows |= self.last.is_named::<S>(&row) || self.last.is_met(&row);
            about.keys.extend(row.keys.iter().copied());
            about.called.extend(row.called().map(str::to_owned));
            chunk.rows.push(row);
        }
        self.last = about;
        chunk
    }

    /// Takes note of the rows that are not kept: later ones about the same do not come after them.
    pub fn forget(&mut self, rows: &[Row], decisions: &[Decision<S::Record>]) {
        let bad = rows
            .iter()
            .zip(decisions)
            .filter(|(_, decision)| decision.is_err());
        for (row, _) in bad.filter(|_| S::JOINED) {
            self.met
                .note(row.about, self.met.count(row.about).saturating_sub(1));
        }
    }

    /// The next row; an error inside where it was refused.
    fn row(&mut self) -> Result<Option<Result<Row, ()>>, String> {
        let Some(record) = self.table.read()? else {
            return Ok(None);
        };
        let mut row = Row::read::<S>(&self.columns, &record, self.currency);
        if let Ok(row) = &mut row
            && S::JOINED
        {
            row.about = print(&(&row.keys, S::about(row)));
            row.before = self.met.count(row.about);
            self.met.note(row.about, row.before + 1);
        }
        Ok(Some(row.map_err(|refusals| {
            refusals
                .iter()
                .for_each(|refusal| self.watch.refused(refusal))
        })))
    }
}
