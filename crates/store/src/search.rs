//! Full text over everything that is searched for: prefixes and words, newest first.

use std::collections::{BTreeMap, BTreeSet};

use perennial_domain::contact::Contact;
use perennial_domain::customer::Customer;
use perennial_domain::event::Hit;
use perennial_domain::field::Resource;
use perennial_domain::rights::{Action, FieldAccess};
use perennial_domain::search as words;

use crate::column::Key;
use crate::connection::AnyConnection;
use crate::dialect::{self, DocumentRow, Word};
use crate::resource::ENTRIES;
use crate::sql::Sql;
use crate::{Read, Result, Scope, Stored};

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

/// A document's text inside its organization: the organization is a word, so that the index alone keeps them apart.
pub(crate) fn in_scope(organization: i64, text: &str) -> String {
    format!("{MARK}o{organization} {text}")
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
    let customers = scope.owners(Customer::AREA);
    match kind {
        Customer::PLURAL => customers,
        Contact::PLURAL => {
            let mut owners = match (scope.owners(Contact::AREA), customers) {
                (Some(one), Some(other)) => one.intersection(&other).copied().collect(),
                (one, other) => one.or(other)?,
            };
            owners.insert(Key::from(scope.user));
            Some(owners)
        }
        _ => None,
    }
}

/// Kinds and ids of the newest documents that hold every word of a text. The rows themselves are still asked for rights:
/// the words of owners only keep rows out that nobody would be shown.
pub(crate) fn candidates(
    read: &mut Read<'_>,
    text: &str,
    kind: &'static str,
    most: i64,
) -> Result<Vec<(String, Key)>> {
    let terms = words::terms(text);
    if terms.is_empty() {
        return Ok(Vec::new());
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
        return Ok(Vec::new());
    }
    dialect::candidates(read, &every, kind, most)
}

/// What a text finds among everything that this user may see.
///
/// # Errors
/// Whatever the database says.
pub fn find(read: &mut Read<'_>, text: &str, limit: usize) -> Result<Vec<Hit>> {
    let kinds = ENTRIES
        .iter()
        .filter(|entry| entry.found && entry.is_readable(read.scope));
    let mut found = Vec::new();
    for entry in kinds.clone() {
        // More than asked for only where the user may not see some of them.
        let most = if entry.readable(read.scope).is_some() {
            CANDIDATES
        } else {
            i64::try_from(limit).unwrap_or(i64::MAX)
        };
        found.extend(candidates(read, text, entry.plural, most)?);
    }
    // Keys begin with the moment they were made at: the newest first.
    found.sort_unstable_by_key(|(_, key)| std::cmp::Reverse(*key));
    let mut hits = BTreeMap::new();
    for entry in kinds {
        (entry.hits)(read, &found, limit, &mut hits)?;
    }
    Ok(found
        .iter()
        .filter_map(|(_, key)| hits.remove(key))
        .take(limit)
        .collect())
}

/// Loads what was found of one resource, as far as the user may see it.
pub(crate) fn hits_of<R: Stored>(
    read: &mut Read<'_>,
    found: &[(String, Key)],
    limit: usize,
    hits: &mut BTreeMap<Key, Hit>,
) -> Result<()> {
    let keys: Vec<Key> = found
        .iter()
        .filter(|(kind, _)| kind == R::PLURAL)
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
