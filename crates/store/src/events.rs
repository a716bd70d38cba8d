//! Events: written in the transaction of what they tell, read as audit log, timeline and feed.

use diesel::sql_types::{BigInt, Binary, Nullable, Text, Timestamp};
use diesel::{ExpressionMethods, RunQueryDsl};
use perennial_domain::customer::Customer;
use perennial_domain::event::{Event, EventKind};
use perennial_domain::field::Resource;
use perennial_domain::organization::Organization;
use perennial_domain::page::{Page, PageInfo};
use perennial_domain::rights::{Action, Area, Level};
use perennial_domain::{Id, Instant, Money};
use serde_json::{Map, Value};

use crate::column::{Key, W, id, key};
use crate::connection::AnyConnection;
use crate::dialect::{event_numbers, insert_many, last_event};
use crate::reactions::REACTIONS;
use crate::resource::ENTRIES;
use crate::schema::{event_changes, events};
use crate::sql::Sql;
use crate::{Error, Read, Result, Scope, Tx};

/// Something that has just happened to a record, with what the reactions need to know of it.
#[derive(Clone, Debug)]
pub(crate) struct NewEvent {
    /// What happened.
    pub(crate) kind: EventKind,
    /// The resource.
    pub(crate) resource: &'static str,
    /// The record.
    pub(crate) record: Key,
    /// The customers on whose timelines it stands; the first is kept with the event.
    pub(crate) customers: Vec<Id<Customer>>,
    /// The record's name.
    pub(crate) title: String,
    /// The record's version.
    pub(crate) version: i64,
    /// When it happened: a purchase may be written down days later.
    pub(crate) occurred_at: Instant,
    /// What the record comes to, where its making should tell.
    pub(crate) amount: Option<Money>,
    /// The words it is found by; none for what is not searched for.
    pub(crate) document: Option<String>,
    /// The fields that changed, as they were and as they are; none for a creation, which keeps no copy.
    pub(crate) changes: Option<(Map<String, Value>, Map<String, Value>)>,
}

#[derive(diesel::Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
struct EventRow {
    organization: i64,
    seq: i64,
    actor_id: Option<Key>,
    change_set: Key,
    kind: W<EventKind>,
    resource: &'static str,
    record_id: Key,
    customer_id: Option<Key>,
    occurred_at: chrono::NaiveDateTime,
    recorded_at: chrono::NaiveDateTime,
}

#[derive(diesel::Insertable)]
#[diesel(table_name = event_changes, treat_none_as_default_value = false)]
struct ChangeRow {
    organization: i64,
    seq: i64,
    before: Option<String>,
    after: Option<String>,
}

impl Tx<'_> {
    /// Writes down what happened and lets everything follow that follows from it. Every change of a record ends here.
    pub(crate) fn record(&mut self, happened: &[NewEvent]) -> Result<()> {
        if happened.is_empty() {
            return Ok(());
        }
        let count = i64::try_from(happened.len()).unwrap_or(i64::MAX);
        let numbers = event_numbers(self.connection, count)?;
        self.recorded += count;
        let (organization, now, change_set) = (
            self.organization(),
            self.scope.now.naive(),
            self.change_set()?,
        );
        let actor_id = Some(Key::from(self.scope.user));
        let row = |(event, seq): (&NewEvent, &i64)| EventRow {
            organization,
            seq: *seq,
            actor_id,
            change_set,
            kind: W(event.kind),
            resource: event.resource,
            record_id: event.record,
            customer_id: key(event.customers.first().copied()),
            occurred_at: event.occurred_at.naive(),
            recorded_at: now,
        };
        let rows: Vec<EventRow> = happened.iter().zip(&numbers).map(row).collect();
        insert_many!(self.connection, events::table, rows);
        let change = |(event, seq): (&NewEvent, &i64)| {
            let (before, after) = event.changes.clone()?;
            let text = |object| Some(Value::Object(object).to_string());
            Some(ChangeRow {
                organization,
                seq: *seq,
                before: text(before),
                after: text(after),
            })
        };
        let changes: Vec<ChangeRow> = happened.iter().zip(&numbers).filter_map(change).collect();
        insert_many!(self.connection, event_changes::table, changes);
        REACTIONS
            .iter()
            .try_for_each(|reaction| reaction(self, happened))
    }
}

/// The number of the newest event that anybody has written or is writing, of whatever organization: who remembers it can
/// tell whether others write.
///
/// # Errors
/// Whatever the database says.
pub fn newest(read: &mut Read<'_>) -> Result<i64> {
    last_event(read.connection)
}

/// Writes down what happened to a record that was made by nobody who has signed in: at the command line, at the first start.
pub(crate) fn record_founding(
    connection: &mut AnyConnection,
    organization: i64,
    resource: &'static str,
    record: Key,
    now: Instant,
) -> Result<()> {
    use crate::schema::change_sets::dsl as c;
    let change_set = Key(uuid::Uuid::now_v7());
    let row = (
        c::organization.eq(organization),
        c::id.eq(change_set),
        c::actor_id.eq(None::<Key>),
        c::created_at.eq(now.naive()),
    );
    diesel::insert_into(c::change_sets)
        .values(row)
        .execute(connection)?;
    for seq in event_numbers(connection, 1)? {
        let row = EventRow {
            organization,
            seq,
            actor_id: None,
            change_set,
            kind: W(EventKind::Created),
            resource,
            record_id: record,
            customer_id: None,
            occurred_at: now.naive(),
            recorded_at: now.naive(),
        };
        diesel::insert_into(events::table)
            .values(&row)
            .execute(connection)?;
    }
    Ok(())
}

/// Which events a list holds.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Of one resource.
    pub resource: Option<String>,
    /// Of one record.
    pub record: Option<uuid::Uuid>,
    /// Of one customer.
    pub customer: Option<uuid::Uuid>,
    /// Of one user.
    pub actor: Option<uuid::Uuid>,
    /// Older than this number.
    pub before: Option<i64>,
}

type EventColumns = (
    BigInt,
    Text,
    Text,
    Binary,
    Nullable<Binary>,
    Nullable<Binary>,
    Timestamp,
    Timestamp,
    Nullable<Text>,
    Nullable<Text>,
);
type EventValues = (
    i64,
    W<EventKind>,
    String,
    Key,
    Option<Key>,
    Option<Key>,
    chrono::NaiveDateTime,
    chrono::NaiveDateTime,
    Option<String>,
    Option<String>,
);

/// The condition that an event is about a record that the user may see: an event tells no more than the record.
fn of_visible(scope: &Scope) -> Sql {
    let mut sql = Sql::always();
    for entry in ENTRIES {
        let other = Sql::text("e.resource <> ").bind(entry.plural);
        if !entry.is_readable(scope) {
            sql = sql.and(other);
        } else if let Some(readable) = entry.readable(scope) {
            let there = Sql::text("EXISTS (SELECT 1 FROM ")
                .name(entry.plural)
                .then(" WHERE ")
                .column(entry.plural, "organization")
                .then(" = e.organization AND ")
                .column(entry.plural, "id")
                .then(" = e.record_id AND ")
                .piece(readable)
                .then(")");
            sql = sql.and(Sql::join(" OR ", "FALSE", [other, there]));
        }
    }
    if scope.level(Organization::AREA, Action::Read) == Level::None {
        sql = sql.and(Sql::text("e.resource <> ").bind(Organization::PLURAL));
    }
    sql
}

/// Events, newest first. Who may read only some customers reads only their events.
///
/// # Errors
/// [`Error::Forbidden`] without the right to read events.
pub fn list(read: &mut Read<'_>, filter: &EventFilter, limit: usize) -> Result<Page<Event>> {
    let visible = match read.scope.level(Area::Events, Action::Read) {
        Level::None => return Err(Error::Forbidden),
        Level::All => Sql::always(),
        Level::Own | Level::Team => Sql::text("EXISTS (SELECT 1 FROM customers WHERE customers.organization = e.organization AND customers.id = e.customer_id AND ")
            .piece(read.scope.owner_condition(&[(Area::Events, Action::Read)], "customers", "owner_id"))
            .then(")"),
    };
    let mut sql = Sql::text("SELECT e.seq, e.kind, e.resource, e.record_id, e.customer_id, e.actor_id, e.occurred_at, e.recorded_at, c.before, c.after \
         FROM events e LEFT JOIN event_changes c ON c.organization = e.organization AND c.seq = e.seq WHERE e.organization = ")
        .bind(read.organization())
        .then(" AND ")
        .piece(visible)
        .then(" AND ")
        .piece(of_visible(read.scope));
    if let Some(resource) = &filter.resource {
        sql = sql.then(" AND e.resource = ").bind(resource.as_str());
    }
    if let Some(record) = filter.record {
        sql = sql.then(" AND e.record_id = ").bind(record);
    }
    if let Some(customer) = filter.customer {
        sql = sql.then(" AND e.customer_id = ").bind(customer);
    }
    if let Some(actor) = filter.actor {
        sql = sql.then(" AND e.actor_id = ").bind(actor);
    }
    if let Some(before) = filter.before {
        sql = sql.then(" AND e.seq < ").bind(before);
    }
    let sql = sql
        .then(" ORDER BY e.seq DESC LIMIT ")
        .bind(i64::try_from(limit + 1).unwrap_or(i64::MAX));
    let mut rows: Vec<EventValues> = sql.rows::<EventColumns, _>(read.connection)?;
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
    let data: Vec<Event> = rows
        .into_iter()
        .map(
            |(seq, kind, resource, record, customer, actor, occurred, recorded, before, after)| {
                Event {
                    seq,
                    kind: kind.0,
                    resource,
                    record_id: record.0,
                    customer_id: id(customer),
                    actor_id: id(actor),
                    occurred_at: Instant::from(occurred),
                    recorded_at: Instant::from(recorded),
                    before: json(before),
                    after: json(after),
                }
            },
        )
        .collect();
    let next_cursor = data
        .last()
        .filter(|_| has_more)
        .map(|event| event.seq.to_string());
    Ok(Page {
        data,
        page: PageInfo {
            next_cursor,
            has_more,
            total: None,
        },
    })
}
