//! Work that nobody asks for: every hour, what has run out is forgotten.

use std::time::Duration;

use actix_web::rt;
use perennial_store::{Store, sessions};

use crate::clock;

/// How often.
const EVERY: Duration = Duration::from_secs(3600);

/// Sweeps until it is dropped with the runtime that it was started in.
pub fn start(store: Store) {
    rt::spawn(async move {
        let mut interval = rt::time::interval(EVERY);
        loop {
            interval.tick().await;
            let store = store.clone();
            let sweep = move || store.sweep(clock::now()).and_then(|()| sessions::sweep(&store, clock::now()));
            match rt::task::spawn_blocking(sweep).await {
                Ok(Ok(())) => tracing::debug!("swept"),
                Ok(Err(error)) => tracing::warn!(%error, "what has run out could not be forgotten"),
                Err(error) => tracing::error!(%error, "sweeping broke"),
            }
        }
    });
}
