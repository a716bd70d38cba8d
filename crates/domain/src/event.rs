//! Events: who did what, when. Audit, timeline and feed read the same rows.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::customer::Customer;
use crate::user::User;
use crate::{Id, Instant, choice};

choice! {
    /// What happened to a record.
    EventKind: "event_kind" {
        Created = "created", Updated = "updated", Deleted = "deleted", Restored = "restored",
    }
}

/// Something that happened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Event {
    /// Its place in the order of the installation.
    pub seq: i64,
    /// What happened.
    pub kind: EventKind,
    /// The resource that it happened to: `customers`.
    pub resource: String,
    /// The record.
    pub record_id: uuid::Uuid,
    /// The customer on whose timeline it stands.
    #[cfg_attr(feature = "server", schema(value_type = Option<uuid::Uuid>))]
    pub customer_id: Option<Id<Customer>>,
    /// Who did it; none for the program itself.
    #[cfg_attr(feature = "server", schema(value_type = Option<uuid::Uuid>))]
    pub actor_id: Option<Id<User>>,
    /// When it happened.
    pub occurred_at: Instant,
    /// When it was written down.
    pub recorded_at: Instant,
    /// The fields that changed, as they were: JSON object.
    pub before: Option<Value>,
    /// The fields that changed, as they are: JSON object.
    pub after: Option<Value>,
}

/// One line of a customer's timeline.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct TimelineEntry {
    /// Its key.
    pub id: uuid::Uuid,
    /// When it happened.
    pub occurred_at: Instant,
    /// What happened: `customers.created`, `contacts.updated` …
    pub kind: String,
    /// The record that it is about.
    pub record_id: uuid::Uuid,
    /// Who did it.
    #[cfg_attr(feature = "server", schema(value_type = Option<uuid::Uuid>))]
    pub actor_id: Option<Id<User>>,
    /// Names and values that its sentence needs: JSON object.
    pub params: Value,
}

/// A record that a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Hit {
    /// The resource: `customers`.
    pub resource: String,
    /// The record.
    pub id: uuid::Uuid,
    /// Its name.
    pub title: String,
    /// What tells it from others of that name.
    pub subtitle: String,
}
