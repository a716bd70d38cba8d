//! Work that nobody waits for: jobs, taken from the database by whichever server is free.

use std::time::Duration;

use actix_web::rt;
use perennial_domain::Instant;
use perennial_store::jobs::Taken;
use perennial_store::{Error, Store, sessions};
use serde_json::{Value, json};

use crate::clock;

/// How often a server looks for work.
const EVERY: Duration = Duration::from_secs(60);
/// What is asked for at every 60th look: what has run out is forgotten.
const PURGE: &str = "purge";

/// Takes jobs until it is dropped with the runtime that it was started in.
pub fn start(store: Store) {
    rt::spawn(async move {
        let mut interval = rt::time::interval(EVERY);
        for look in 0_u64.. {
            interval.tick().await;
            let store = store.clone();
            let outcome = rt::task::spawn_blocking(move || work(&store, look % 60 == 0)).await;
            match outcome {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "jobs could not be taken"),
                Err(error) => tracing::error!(%error, "a job broke"),
            }
        }
    });
}

/// Does every job that is due.
fn work(store: &Store, hourly: bool) -> Result<(), Error> {
    if hourly {
        store.ask_job(PURGE, clock::now())?;
    }
    while let Some(job) = store.take_job(clock::now())? {
        let outcome = run(store, &job, clock::now());
        if let Err(error) = &outcome {
            tracing::error!(job = %job.id, kind = job.kind, %error, "a job failed");
        }
        store.end_job(
            &job,
            outcome.map_err(|_| json!({ "code": "internal", "params": {} })),
            clock::now(),
        )?;
    }
    Ok(())
}

fn run(store: &Store, job: &Taken, now: Instant) -> Result<(), Error> {
    match job.kind.as_str() {
        PURGE => store
            .purge(now, || store.go_on(job, clock::now()))
            .and_then(|()| sessions::sweep(store, now)),
        kind => Err(Error::Database(format!(
            "nobody knows how to do {kind:?} with {}",
            Value::to_string(&job.payload)
        ))),
    }
}
