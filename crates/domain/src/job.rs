//! Background work.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Instant, choice};

choice! {
    /// Where a job stands.
    JobState: "job_state" { Queued = "queued", Running = "running", Succeeded = "succeeded", Failed = "failed", Cancelled = "cancelled" }
}

/// A piece of background work.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Job {
    /// Its key.
    pub id: uuid::Uuid,
    /// What it does.
    pub kind: String,
    /// Where it stands.
    pub state: JobState,
    /// How many pieces are done.
    pub done: i64,
    /// How many there are, if known.
    pub total: Option<i64>,
    /// How often it was begun.
    pub attempts: i64,
    /// When it is or was due.
    pub run_at: Instant,
    /// Why it failed: `{code, params}`.
    pub error: Option<Value>,
    /// When it was asked for.
    pub created_at: Instant,
}
