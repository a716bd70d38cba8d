//! Statements under watch: what the tests learn about every statement that a suite ran.

use std::collections::BTreeSet;
use std::sync::Mutex;

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

/// The text of every statement that ran, each once.
static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

struct Watch;

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            // diesel appends the values; the text before them is the statement.
            let text = query.to_string();
            let statement = text
                .split(" -- binds:")
                .next()
                .unwrap_or_default()
                .to_owned();
            if let Ok(mut seen) = SEEN.lock() {
                seen.insert(statement);
            }
        }
    }
}

/// Watches every connection opened from now on.
pub fn start() {
    // Refused only where something else watches already.
    let _ = set_default_instrumentation(|| Some(Box::new(Watch)));
}

/// What has been seen so far.
pub fn seen() -> Vec<String> {
    SEEN.lock()
        .map(|seen| seen.iter().cloned().collect())
        .unwrap_or_default()
}
