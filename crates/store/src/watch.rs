//! Statements under watch: what the tests learn about every statement that a server sends to a database.

use std::collections::BTreeMap;
use std::sync::Mutex;

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

use crate::connection::Address;

/// The statements sent to each database that is watched, in order.
static SEEN: Mutex<BTreeMap<String, Vec<String>>> = Mutex::new(BTreeMap::new());

/// A connection's watch: the database, if that one is watched.
#[derive(Default)]
struct Watch(Option<String>);

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        let Ok(mut seen) = SEEN.lock() else { return };
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => {
                self.0 = seen.contains_key(url).then(|| url.to_owned());
            }
            InstrumentationEvent::StartQuery { query, .. } => {
                // diesel appends the values; the text before them is the statement.
                let text = query.to_string();
                let text = text.split(" -- binds:").next().unwrap_or_default();
                // SQLite's log is looked after at any time.
                let log = self.0.as_ref().and_then(|url| seen.get_mut(url));
                if let Some(log) = log
                    && !text.starts_with("PRAGMA wal_checkpoint")
                {
                    log.push(text.to_owned());
                }
            }
            _ => {}
        }
    }
}

/// The address as connections know it.
fn address(database_url: &str) -> String {
    match Address::parse(database_url) {
        Ok(Address::Sqlite(address) | Address::Postgres(address)) => address,
        Err(_) => String::new(),
    }
}

/// Watches every connection to that database that is opened from now on.
pub fn start(database_url: &str) {
    // Refused only where something else watches already.
    let _ = set_default_instrumentation(|| Some(Box::new(Watch::default())));
    if let Ok(mut seen) = SEEN.lock() {
        seen.entry(address(database_url)).or_default();
    }
}

/// What that database was told since this was asked last.
pub fn take(database_url: &str) -> Vec<String> {
    let mut seen = SEEN.lock().ok();
    let log = seen
        .as_mut()
        .and_then(|seen| seen.get_mut(&address(database_url)));
    log.map(std::mem::take).unwrap_or_default()
}
