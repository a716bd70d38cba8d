//! Full text over everything that is searched for: what a text names, then prefixes and words, newest first.

use std::collections::{BTreeMap, BTreeSet};

use diesel::sql_types::{BigInt, Binary, Bool, Text};
use perennial_domain::contact::Contact;
use perennial_domain::customer::Customer;
use perennial_domain::event::Hit;
use perennial_domain::field::Resource;
use perennial_domain::rights::{Action, FieldAccess};
use perennial_domain::search as words;

use crate::column::Key;
use crate::connection::AnyConnection;
use crate::dialect::{self, CHUNK, DocumentRow, Word};
use crate::identifiers::{self, Party};
use crate::resource::{ENTRIES, Entry};
use crate::sql::Sql;
use crate::{Read, Result, Scope, Stored, Tx, contacts};

/// How many of the newest documents that hold the words are looked at.
pub(crate) const CANDIDATES: i64 = 1000;

/// Marks words that only we write: no text that people type holds a private-use character.
const MARK: char = '\u{e000}';

/// Marks words of fields that a role may be denied, so that searching does not tell what looking would not.
const GUARDED: char = '\u{e001}';

/// The class of fields whose words are guarded.
pub(crate) const GUARDED_CLASS: &str = "contact_details";

/// The words of a record: names, other texts, and texts of contact details.
pub(crate) fn words_of(names: &[&str], texts: &[&str], contact_details: &[&str]) -> String {
    let mut document = words::document(names, texts);
    for word in words::document(&[], contact_details).split_whitespace() {
        document.push(' ');
        document.push(GUARDED);
        document.push_str(word);
    }
    document
}

/// A document's text inside its organization: the organization is a word, so that the index alone keeps them apart. Between
/// two words is one blank and after the last none, also of a name that has no word: PostgreSQL takes no empty ones.
pub(crate) fn in_scope(organization: i64, text: &str) -> String {
    let own = format!("{MARK}o{organization}");
    let words = std::iter::once(own.as_str()).chain(text.split_whitespace());
    words.collect::<Vec<_>>().join(" ")
}

/// Adds to the words of records those that say who may find them.
fn with_owners(read: &mut Read<'_>, rows: &mut [DocumentRow]) -> Result<()> {
    let people: Vec<Key> = rows
        .iter()
        .filter(|row| row.kind == Contact::PLURAL)
        .map(|row| row.id)
        .collect();
    let mut owners = contacts::owners(read, &people)?;
    for row in rows {
        let text = owned(owners.remove(&row.id.0).unwrap_or_default(), &row.text);
        row.text = in_scope(row.organization, &text);
    }
    Ok(())
}

/// Writes the words of records.
pub(crate) fn keep(tx: &mut Tx<'_>, mut rows: Vec<DocumentRow>) -> Result<()> {
    with_owners(tx, &mut rows)?;
    dialect::put_documents(tx.connection, &rows)
}

/// Goes through the documents that the living records of an organization should have.
pub(crate) fn each_document(
    read: &mut Read<'_>,
    mut take: impl FnMut(&mut Read<'_>, Vec<DocumentRow>) -> Result<()>,
) -> Result<()> {
    for entry in ENTRIES {
        let mut after = Key::default();
        loop {
            let (mut rows, last) = (entry.documents)(read, beyond(entry, after))?;
            with_owners(read, &mut rows)?;
            take(read, rows)?;
            let Some(last) = last else { break };
            after = last;
        }
    }
    Ok(())
}

/// Makes the documents of an organization anew, from nothing.
pub(crate) fn rebuild(tx: &mut Tx<'_>) -> Result<()> {
    dialect::remove_all_documents(tx)?;
    each_document(tx, |read, rows| {
        dialect::put_documents(read.connection, &rows)
    })
}

/// The condition that a row of a resource follows a key.
fn beyond(entry: &Entry, after: Key) -> Sql {
    let id = Sql::default().column(entry.plural, "id");
    id.then(" > ").bind(after)
}

/// The records of a resource whose document is missing, is not of their words, or should not be there.
pub(crate) fn wrong(read: &mut Read<'_>, entry: &Entry) -> Result<Vec<Key>> {
    let mut wrong = Vec::new();
    let mut after = Key::default();
    loop {
        let (mut rows, last) = (entry.documents)(read, beyond(entry, after))?;
        with_owners(read, &mut rows)?;
        let kept = dialect::kept_documents(read)
            .then(" AND d.kind = ")
            .bind(entry.plural)
            .then(" AND d.id > ")
            .bind(after);
        let kept = match last {
            Some(last) => kept.then(" AND d.id <= ").bind(last),
            None => kept,
        };
        let kept: Vec<(Key, i64, String)> =
            kept.rows::<(Binary, BigInt, Text), _>(read.connection)?;
        let kept = kept.into_iter();
        let mut kept: BTreeMap<Key, (i64, String)> = kept
            .map(|(id, version, text)| (id, (version, text)))
            .collect();
        for row in rows {
            if kept.remove(&row.id) != Some((row.version, row.text)) {
                wrong.push(row.id);
            }
        }
        wrong.extend(kept.into_keys());
        let Some(last) = last else { break };
        after = last;
    }
    Ok(wrong)
}

/// Makes the documents of these records anew, and forgets those of records that should have none.
pub(crate) fn mend(tx: &mut Tx<'_>, entry: &Entry, ids: &[Key]) -> Result<()> {
    dialect::hold_rows(tx, entry.plural, ids)?;
    let those = Sql::default().column(entry.plural, "id").then(" IN ");
    let (rows, _) = (entry.documents)(tx, those.among(ids.iter().copied()))?;
    let there: BTreeSet<Key> = rows.iter().map(|row| row.id).collect();
    let gone: Vec<Key> = ids
        .iter()
        .filter(|id| !there.contains(id))
        .copied()
        .collect();
    keep(tx, rows)?;
    dialect::remove_documents(tx, &gone)
}

/// The words of the living rows of a resource under a condition, [`CHUNK`] at most in the order of their keys, and the last
/// of these, if there are any.
pub(crate) type Documents = fn(&mut Read<'_>, Sql) -> Result<(Vec<DocumentRow>, Option<Key>)>;

/// [`Documents`] of a resource.
pub(crate) fn documents_of<R: Stored>(
    read: &mut Read<'_>,
    those: Sql,
) -> Result<(Vec<DocumentRow>, Option<Key>)> {
    let organization = read.organization();
    let living = Sql::default().column(R::PLURAL, "deleted_at");
    let living = living.then(" IS NULL AND ").piece(those);
    let order = Sql::default().column(R::PLURAL, "id");
    let limit = i64::try_from(CHUNK).unwrap_or(i64::MAX);
    let records = R::load(read, living, order, limit)?;
    let row = |record: &R| {
        Some(DocumentRow {
            organization,
            kind: R::PLURAL,
            id: record.id().into(),
            version: record.version(),
            text: record.document()?,
        })
    };
    let last = records.last().map(|record| record.id().into());
    Ok((records.iter().filter_map(row).collect(), last))
}

/// Writes the words of a record that was made without a scope.
pub(crate) fn put(
    connection: &mut AnyConnection,
    organization: i64,
    kind: &'static str,
    id: Key,
    document: &str,
) -> Result<()> {
    let text = in_scope(organization, document);
    let row = DocumentRow {
        organization,
        kind,
        id,
        version: 1,
        text,
    };
    dialect::put_documents(connection, &[row])
}

/// The word that stands for an owner: rights are answered by the index before rows are loaded.
fn owner_word(owner: Key) -> String {
    format!("{MARK}w{}", owner.0.simple())
}

/// Whose words a document has to hold, so that the user may see its record; none where owners do not matter.
fn owners(scope: &Scope, kind: &str) -> Option<BTreeSet<Key>> {
    let customers = (Customer::AREA, Action::Read);
    match kind {
        Customer::PLURAL => scope.owners(&[customers]),
        Contact::PLURAL => {
            let mut owners = scope.owners(&[(Contact::AREA, Action::Read), customers])?;
            owners.insert(Key::from(scope.user));
            Some(owners)
        }
        _ => None,
    }
}

/// The ids of the documents of a kind that hold every word of a text; none where it has no words. The rows themselves are
/// still asked for rights: the words of owners only keep rows out that nobody would be shown.
fn matching(read: &Read<'_>, text: &str, kind: &'static str) -> Option<Sql> {
    let terms = words::terms(text);
    if terms.is_empty() {
        return None;
    }
    let guarded = read.scope.access(GUARDED_CLASS) >= FieldAccess::Read;
    let exact = |text: String| Word {
        text,
        prefix: false,
    };
    let mut every = vec![vec![exact(format!("{MARK}o{}", read.organization()))]];
    if let Some(owners) = owners(read.scope, kind) {
        every.push(
            owners
                .into_iter()
                .map(|owner| exact(owner_word(owner)))
                .collect(),
        );
    }
    every.extend(terms.into_iter().map(|term| {
        let guarded = guarded.then(|| Word {
            text: format!("{GUARDED}{}", term.word),
            prefix: term.prefix,
        });
        [Word {
            text: term.word,
            prefix: term.prefix,
        }]
        .into_iter()
        .chain(guarded)
        .collect()
    }));
    if every.iter().any(Vec::is_empty) {
        return None;
    }
    Some(dialect::matching(read, &every, kind))
}

/// The ids of the records that a text names: by their exact name, by their code, or by an identifier in any spelling.
/// Their indexes find them however many newer documents hold the words.
fn exact(read: &Read<'_>, text: &str, entry: &Entry) -> Option<Sql> {
    let text = text.trim();
    if !entry.found || text.is_empty() {
        return None;
    }
    let (table, own) = (entry.plural, read.organization());
    let field = |name| entry.fields.iter().find(|field| field.name == name);
    let those = || {
        let sql = Sql::text("SELECT ").column(table, "id").then(" FROM ");
        let sql = sql
            .name(table)
            .then(" WHERE ")
            .column(table, "organization");
        let sql = sql
            .then(" = ")
            .bind(own)
            .then(" AND ")
            .column(table, "deleted_at");
        let sql = sql
            .then(" IS NULL AND ")
            .piece((entry.visible)(read.scope, Action::Read));
        sql.then(" AND ")
    };
    let mut found = those().column(table, "name").then(" = ").bind(text);
    if field("code").is_some() {
        let spellings = [text.to_owned(), text.to_uppercase()];
        let coded = those().column(table, "code").then(" IN ").among(spellings);
        found = found.then(" UNION ").piece(coded);
    }
    let guarded = field("identifiers").and_then(|field| field.class);
    if guarded.is_some_and(|class| read.scope.access(class) >= FieldAccess::Read) {
        let of = Party::of(table).column();
        let known = Sql::text("SELECT ")
            .name(of)
            .then(" FROM identifiers WHERE identifiers.organization = ");
        let known = known.bind(own).then(" AND identifiers.live AND ").name(of);
        let known = known.then(" IS NOT NULL AND identifiers.match_key IN ");
        let known = known.among(identifiers::spellings(text, read.scope.country()));
        let known = those()
            .column(table, "id")
            .then(" IN (")
            .piece(known)
            .then(")");
        found = found.then(" UNION ").piece(known);
    }
    Some(found)
}

/// The ids of the customers that hold every word of a text and that the user may see.
pub(crate) fn customers(read: &Read<'_>, text: &str) -> Option<Sql> {
    matching(read, text, Customer::PLURAL)
}

/// The newest of the documents that hold the words, and the newest of the records that are named, in one statement.
fn candidates(
    read: &mut Read<'_>,
    matching: Sql,
    exact: Option<Sql>,
    limit: i64,
) -> Result<(Vec<Key>, Vec<Key>)> {
    let newest = dialect::newest(read, matching, limit);
    let mut sql = Sql::text("SELECT FALSE, id FROM (")
        .piece(newest)
        .then(") AS newest");
    if let Some(exact) = exact {
        sql = sql
            .then(" UNION ALL SELECT TRUE, id FROM (SELECT id FROM (")
            .piece(exact)
            .then(") AS known ORDER BY id DESC LIMIT ")
            .bind(limit)
            .then(") AS named");
    }
    let rows: Vec<(bool, Key)> = sql.rows::<(Bool, Binary), _>(read.connection)?;
    let (named, newest): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(named, _)| *named);
    let keys = |rows: Vec<(bool, Key)>| rows.into_iter().map(|(_, key)| key).collect();
    Ok((keys(newest), keys(named)))
}

/// What a text finds of one resource.
pub(crate) struct Found {
    /// Which rows are listed.
    pub(crate) condition: Sql,
    /// The ids of all that the text finds, where they are too many to be listed.
    pub(crate) cut: Option<Sql>,
}

/// The rows of a resource that a text finds: all of them where there are few or where more conditions narrow the list, or
/// else those that it names and the newest.
pub(crate) fn among<R: Stored>(read: &mut Read<'_>, text: &str, narrowed: bool) -> Result<Found> {
    if let Some(condition) = R::named(read, text) {
        return Ok(Found {
            condition,
            cut: None,
        });
    }
    let Some(matching) = matching(read, text, R::PLURAL) else {
        return Ok(Found {
            condition: Sql::never(),
            cut: None,
        });
    };
    let exact = exact(read, text, &Entry::of::<R>());
    let (mut keys, named) = candidates(read, matching.clone(), exact.clone(), CANDIDATES + 1)?;
    let most = usize::try_from(CANDIDATES).unwrap_or(usize::MAX);
    let many = keys.len() > most;
    let those = Sql::default().column(R::PLURAL, "id").then(" IN ");
    if many && narrowed {
        let named = exact
            .map(|exact| Sql::text(" UNION ").piece(exact))
            .unwrap_or_default();
        let all = those.then("(").piece(matching).piece(named).then(")");
        return Ok(Found {
            condition: all,
            cut: None,
        });
    }
    keys.truncate(most);
    keys.extend(named);
    Ok(Found {
        condition: those.among(keys),
        cut: many.then_some(matching),
    })
}

/// What a text finds among everything that this user may see: what it names first, then the newest.
///
/// # Errors
/// Whatever the database says.
pub fn find(read: &mut Read<'_>, text: &str, limit: usize) -> Result<Vec<Hit>> {
    let kinds = ENTRIES
        .iter()
        .filter(|entry| entry.found && entry.is_readable(read.scope));
    let (mut first, mut found) = (Vec::new(), Vec::new());
    for entry in kinds.clone() {
        let Some(matching) = matching(read, text, entry.plural) else {
            continue;
        };
        // More than asked for only where the user may not see some of them.
        let most = if entry.readable(read.scope).is_some() {
            CANDIDATES
        } else {
            i64::try_from(limit).unwrap_or(i64::MAX)
        };
        let of_kind = |key: Key| (entry.plural, key);
        let exact = exact(read, text, entry);
        let (newest, named) = candidates(read, matching, exact, most)?;
        first.extend(named.into_iter().map(of_kind));
        found.extend(newest.into_iter().map(of_kind));
    }
    // Keys begin with the moment they were made at: the newest first.
    for part in [&mut first, &mut found] {
        part.sort_unstable_by_key(|(_, key)| std::cmp::Reverse(*key));
    }
    first.append(&mut found);
    let mut hits = BTreeMap::new();
    for entry in kinds {
        (entry.hits)(read, &first, limit, &mut hits)?;
    }
    Ok(first
        .iter()
        .filter_map(|(_, key)| hits.remove(key))
        .take(limit)
        .collect())
}

/// Loads what was found of one resource, as far as the user may see it.
pub(crate) fn hits_of<R: Stored>(
    read: &mut Read<'_>,
    found: &[(&'static str, Key)],
    limit: usize,
    hits: &mut BTreeMap<Key, Hit>,
) -> Result<()> {
    let keys: Vec<Key> = found
        .iter()
        .filter(|(kind, _)| *kind == R::PLURAL)
        .map(|(_, key)| *key)
        .collect();
    let visible = R::visible(read.scope, Action::Read);
    // The newest first, and more only while the user may not see some of them.
    for chunk in keys.chunks(limit.max(50)) {
        let condition = Sql::default()
            .column(R::PLURAL, "id")
            .then(" IN ")
            .among(chunk.iter().copied())
            .and(visible.clone());
        let order = Sql::default().column(R::PLURAL, "id");
        for row in R::load(
            read,
            condition,
            order,
            i64::try_from(chunk.len()).unwrap_or(i64::MAX),
        )? {
            let hit = Hit {
                resource: R::PLURAL.to_owned(),
                id: row.id().uuid(),
                title: row.title().to_owned(),
                subtitle: row.subtitle(read.scope),
            };
            hits.insert(Key::from(row.id()), hit);
        }
        if hits.len() >= limit {
            break;
        }
    }
    Ok(())
}

/// The words of a record's owners and a text.
pub(crate) fn owned(owners: impl IntoIterator<Item = Key>, text: &str) -> String {
    let words = owners.into_iter().map(owner_word);
    words.chain([text.to_owned()]).collect::<Vec<_>>().join(" ")
}
