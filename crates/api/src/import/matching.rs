//! Which records the rows of a file are about.

use std::collections::{BTreeMap, BTreeSet};

use perennial_domain::field::Resource;
use perennial_domain::touch::IdentifierKind;
use perennial_store::import::{By, Known};
use perennial_store::{Error, Read, import};
use uuid::Uuid;

use super::Refusal;
use super::called::fault;
use super::columns::{Columns, Target};
use super::row::Row;
use super::sheet::Sheet;

/// What a row is about.
#[derive(Clone, Debug)]
pub struct Match<R> {
    /// The record as it is; none where it is new.
    pub old: Option<R>,
    /// Whether nothing but a name says so.
    pub by_name: bool,
}

/// A row and what it is about, or why that cannot be said.
pub type Matched<R> = Result<(Row, Match<R>), Vec<Refusal>>;

/// Finds what each row is about: by its id in the file's system, else by what its record is known by, else, where the row
/// gives nothing of that, by exact name. Rows that are refused already stay so.
///
/// # Errors
/// Whatever the database says.
pub fn find<S: Sheet>(
    read: &mut Read<'_>,
    columns: &Columns,
    rows: Vec<Result<Row, Vec<Refusal>>>,
) -> Result<Vec<Matched<S::Record>>, Error> {
    let mut asked: BTreeMap<By, BTreeSet<String>> = BTreeMap::new();
    for (by, text) in rows.iter().flatten().flat_map(Row::given::<S>) {
        asked.entry(by).or_default().insert(text.to_owned());
    }
    let mut known: BTreeMap<By, Known> = BTreeMap::new();
    for (by, texts) in asked {
        let found = import::known(read, S::Record::PLURAL, by, &columns.system, &texts)?;
        known.insert(by, found);
    }
    let nameless = rows.iter().flatten().filter(|row| needs_name::<S>(row));
    let names = S::namesakes(read, &nameless.collect::<Vec<_>>())?;
    let keys = known.values().chain([&names]).flat_map(BTreeMap::values);
    let keys: Vec<Uuid> = keys.flatten().copied().collect();
    let records = import::records::<S::Record>(read, keys)?;
    let each = |row: &Row| {
        let told = |(by, text)| {
            let keys = known.get(&by)?.get(text)?.iter();
            let mut found = keys.filter_map(|key| records.get(key));
            found.find(|record| S::is_known(record, row, by))
        };
        if S::Record::field("name").is_none() && row.given::<S>().next().is_none() {
            return Err(unknown::<S>(columns, row, "required"));
        }
        let (found, by_name) = match row.given::<S>().find_map(told) {
            Some(record) => (Some(record), false),
            None if !needs_name::<S>(row) => (None, false),
            None => {
                let keys = row.name().and_then(|name| names.get(name));
                let namesakes = keys
                    .into_iter()
                    .flatten()
                    .filter_map(|key| records.get(key));
                only::<S>(columns, row, namesakes)?
            }
        };
        Ok(Match {
            old: found.cloned(),
            by_name,
        })
    };
    let each = |row: Result<Row, Vec<Refusal>>| {
        let row = row?;
        let found = each(&row).map_err(|refusal| vec![refusal])?;
        Ok((row, found))
    };
    Ok(rows.into_iter().map(each).collect())
}

/// Whether a row's own fields do not tell what it is about.
fn needs_name<S: Sheet>(row: &Row) -> bool {
    row.given::<S>().all(|(by, _)| by == By::External)
}

/// The one record of a row's name, and whether that name decides. Who has another external id in the file's system is
/// somebody else.
fn only<'a, S: Sheet>(
    columns: &Columns,
    row: &Row,
    namesakes: impl Iterator<Item = &'a S::Record>,
) -> Result<(Option<&'a S::Record>, bool), Refusal> {
    let is_free = |record: &S::Record| {
        !S::identifiers(record).iter().any(|identifier| {
            identifier.kind == IdentifierKind::External && identifier.system == columns.system
        })
    };
    let external = row.external_id().is_some();
    let mut namesakes =
        namesakes.filter(|record| S::fits(record, row) && (!external || is_free(record)));
    match (namesakes.next(), namesakes.next()) {
        (Some(_), Some(_)) => {
            let reason = format!("several records have this name; give {}", S::TOLD_BY);
            Err(unclear(columns, row, reason))
        }
        (found, _) => Ok((found, found.is_some() || !external)),
    }
}

/// The refusal of a row that gives nothing, or nothing known, to tell what it is about.
pub fn unknown<S: Sheet>(columns: &Columns, row: &Row, code: &str) -> Refusal {
    let is_key = |target: Target| S::KNOWN_BY.contains(&target.field.name);
    let given = row.given::<S>().next().map(|(_, text)| text);
    let reason = match given {
        Some(text) => format!("there is no \"{text}\" among the {}", S::Record::PLURAL),
        None => format!("give {}", S::TOLD_BY),
    };
    Refusal::new(row.line, columns.heading_of(is_key), fault(code, reason))
}

/// The refusal of a row whose name does not tell what it is about.
pub fn unclear(columns: &Columns, row: &Row, reason: String) -> Refusal {
    let heading = columns.heading_of(|target| target.field.name == "name");
    Refusal::new(row.line, heading, fault("ambiguous", reason))
}

/// Texts, each once.
pub fn texts<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    texts.map(str::to_owned).collect()
}
