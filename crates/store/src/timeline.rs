//! A customer's timeline: what happened, newest first.

use diesel::sql_types::{Binary, Nullable, Text, Timestamp};
use perennial_domain::customer::Customer;
use perennial_domain::event::TimelineEntry;
use perennial_domain::field::Resource;
use perennial_domain::page::{Page, PageInfo};
use perennial_domain::problem::Invalid;
use perennial_domain::rights::Action;
use perennial_domain::{Id, Instant};

use crate::column::{Key, id};
use crate::resource::{ENTRIES, require};
use crate::sql::Sql;
use crate::{Read, Result};

type Columns = (Binary, Timestamp, Text, Binary, Nullable<Binary>, Text);
type Values = (Key, chrono::NaiveDateTime, String, Key, Option<Key>, String);

/// The entries of one customer after a cursor that an earlier page gave.
///
/// # Errors
/// [`NotFound`](crate::Error::NotFound) where this user sees no such customer; [`Invalid`] for a cursor that is none.
pub fn list(
    read: &mut Read<'_>,
    customer: Id<Customer>,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<TimelineEntry>> {
    require::<Customer>(read, customer)?;
    let mut sql = Sql::text("SELECT id, occurred_at, kind, record_id, actor_id, params FROM timeline_entries WHERE organization = ")
        .bind(read.organization())
        .then(" AND customer_id = ")
        .bind(Key::from(customer));
    let customers = read.scope.level(Customer::AREA, Action::Read);
    for entry in ENTRIES {
        let other = || Sql::text("kind NOT LIKE ").bind(format!("{}.%", entry.plural));
        // Who sees more customers than records of this kind sees some of them here.
        let narrower = entry
            .readable(read.scope)
            .filter(|_| entry.level(read.scope) < customers);
        if !entry.is_readable(read.scope) {
            sql = sql.then(" AND ").piece(other());
        } else if let Some(readable) = narrower {
            let there = Sql::text("EXISTS (SELECT 1 FROM ")
                .name(entry.plural)
                .then(" WHERE ")
                .column(entry.plural, "organization")
                .then(" = timeline_entries.organization AND ")
                .column(entry.plural, "id")
                .then(" = timeline_entries.record_id AND ")
                .piece(readable)
                .then(")");
            sql = sql
                .then(" AND ")
                .piece(Sql::join(" OR ", "FALSE", [other(), there]));
        }
    }
    if let Some(cursor) = cursor {
        let (moment, entry) = cursor
            .split_once('.')
            .and_then(|(micros, entry)| {
                let moment = Instant::from_micros(micros.parse().ok()?);
                Some((moment.if_common()?, entry.parse::<uuid::Uuid>().ok()?))
            })
            .ok_or_else(|| Invalid::new("cursor", "value"))?;
        sql = sql
            .then(" AND (occurred_at, id) < (")
            .bind(moment)
            .then(", ")
            .bind(entry)
            .then(")");
    }
    let sql = sql
        .then(" ORDER BY occurred_at DESC, id DESC LIMIT ")
        .bind(i64::try_from(limit + 1).unwrap_or(i64::MAX));
    let mut rows: Vec<Values> = sql.rows::<Columns, _>(read.connection)?;
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let entry = |(key, occurred, kind, record, actor, params): Values| TimelineEntry {
        id: key.0,
        occurred_at: Instant::from(occurred),
        kind,
        record_id: record.0,
        actor_id: id(actor),
        params: serde_json::from_str(&params).unwrap_or_default(),
    };
    let data: Vec<TimelineEntry> = rows.into_iter().map(entry).collect();
    let next_cursor = data
        .last()
        .filter(|_| has_more)
        .map(|last| format!("{}.{}", last.occurred_at.micros(), last.id));
    Ok(Page {
        data,
        page: PageInfo {
            next_cursor,
            has_more,
            total: None,
        },
    })
}
