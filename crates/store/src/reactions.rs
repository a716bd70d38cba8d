//! What follows from an event, in its own transaction: figures, search documents, timelines.
//!
//! Each reaction takes a slice of events and works set-wise; imports run the same ones once a batch. A new consequence is
//! a function here and a line in [`REACTIONS`]; nobody calls one by hand.

use diesel::RunQueryDsl;
use perennial_domain::contact::Contact;
use perennial_domain::customer::Customer;
use perennial_domain::event::EventKind;
use perennial_domain::field::{Field, Kind, Resource};
use serde_json::{Value, json};

use crate::column::Key;
use crate::dialect::{DocumentRow, insert_many, remove_documents};
use crate::events::NewEvent;
use crate::resource::ENTRIES;
use crate::schema::timeline_entries;
use crate::search;
use crate::{Result, Stored, Tx, contacts, figures};

/// What follows from a slice of events.
type Reaction = fn(&mut Tx<'_>, &[NewEvent]) -> Result<()>;

/// What follows from an event, in order.
pub(crate) const REACTIONS: &[Reaction] = &[figures::keep, documents, timeline];

/// Keeps the search documents: of what changed, and of the people at customers that change hands.
fn documents(tx: &mut Tx<'_>, events: &[NewEvent]) -> Result<()> {
    let organization = tx.organization();
    let (gone, kept): (Vec<&NewEvent>, Vec<&NewEvent>) = events
        .iter()
        .partition(|event| event.kind == EventKind::Deleted);
    let row = |event: &NewEvent| {
        Some(DocumentRow {
            organization,
            kind: event.resource,
            id: event.record,
            version: event.version,
            text: event.document.clone()?,
        })
    };
    let mut rows: Vec<DocumentRow> = kept.into_iter().filter_map(row).collect();
    let customers: Vec<Key> = events
        .iter()
        .filter(|event| changes_hands(event))
        .map(|event| event.record)
        .collect();
    for contact in contacts::working_at(tx, &customers)? {
        rows.push(DocumentRow {
            organization,
            kind: Contact::PLURAL,
            id: contact.id.into(),
            version: contact.version,
            text: contact.document().unwrap_or_default(),
        });
    }
    search::keep(tx, rows)?;
    let ids: Vec<Key> = gone.into_iter().map(|event| event.record).collect();
    remove_documents(tx, &ids)
}

/// Whether other people see the customer afterwards.
fn changes_hands(event: &NewEvent) -> bool {
    event.resource == Customer::PLURAL
        && match event.kind {
            EventKind::Created => false,
            EventKind::Updated => event
                .changes
                .iter()
                .any(|(before, _)| before.contains_key("owner_id")),
            _ => true,
        }
}

#[derive(diesel::Insertable)]
#[diesel(table_name = timeline_entries, treat_none_as_default_value = false)]
struct EntryRow {
    organization: i64,
    customer_id: Key,
    occurred_at: chrono::NaiveDateTime,
    id: Key,
    kind: String,
    record_id: Key,
    actor_id: Option<Key>,
    params: String,
}

/// From what to what the fields changed that one line can tell. A timeline is read by whoever reads the customer: a field
/// that a role may be kept from is named alone.
fn told(event: &NewEvent) -> Vec<Value> {
    let Some((before, after)) = &event.changes else {
        return Vec::new();
    };
    let fields = ENTRIES
        .iter()
        .filter(|entry| entry.plural == event.resource)
        .flat_map(|entry| entry.fields);
    let short = |field: &&Field| {
        let lists = matches!(
            field.kind,
            Kind::Choices(_) | Kind::References(_) | Kind::Parts(_) | Kind::Key | Kind::Figures
        );
        after.contains_key(field.name) && !lists && !field.long && field.class.is_none()
    };
    fields
        .filter(short)
        .map(|field| json!({ "field": field.name, "before": before.get(field.name), "after": after.get(field.name) }))
        .collect()
}

/// Writes what happened on the timeline of each customer it concerns.
fn timeline(tx: &mut Tx<'_>, events: &[NewEvent]) -> Result<()> {
    let mut rows = Vec::new();
    for event in events {
        let fields: Vec<&String> = event
            .changes
            .iter()
            .flat_map(|(_, after)| after.keys())
            .collect();
        let mut params = json!({ "name": event.title, "fields": fields });
        let changes = told(event);
        if !changes.is_empty() {
            params["changes"] = changes.into();
        }
        if let Some(amount) = event.amount {
            params["amount"] = json!(amount);
        }
        let params = params.to_string();
        for customer in &event.customers {
            rows.push(EntryRow {
                organization: tx.organization(),
                customer_id: Key::from(*customer),
                occurred_at: event.occurred_at.naive(),
                id: Key(tx.new_key()),
                kind: format!("{}.{}", event.resource, event.kind.as_str()),
                record_id: event.record,
                actor_id: Some(Key::from(tx.scope.user)),
                params: params.clone(),
            });
        }
    }
    insert_many!(tx.connection, timeline_entries::table, rows);
    Ok(())
}
