//! Background work.

use actix_web::HttpResponse;
use perennial_domain::job::Job;
use perennial_domain::rights::Area;
use perennial_store::jobs;
use uuid::Uuid;

use super::events::Paging;
use super::pages::JobPage;
use crate::answer;
use crate::extract::{Idempotency, Pairs, Record};
use crate::operations::Operations;
use crate::operations::guard::{Allowed, Jobs, Read, Update};
use crate::problem::Problem;

pub(super) fn operations(operations: Operations) -> Operations {
    operations
        .operation::<__path_list_jobs, _, _>(list_jobs)
        .operation::<__path_get_job, _, _>(get_job)
        .operation::<__path_cancel_job, _, _>(cancel_job)
}

/// List jobs
///
/// Background work, newest first.
#[utoipa::path(get, path = "/jobs", tag = "Jobs", params(Paging), responses((status = 200, description = "One page.", body = JobPage)))]
async fn list_jobs(
    allowed: Allowed<Read<Jobs>>,
    mut pairs: Pairs,
) -> Result<HttpResponse, Problem> {
    let (limit, before) = (pairs.limit()?, pairs.take::<Uuid>("cursor")?);
    pairs.finish()?;
    Ok(answer::json(
        &allowed
            .read(move |read| jobs::list(read, before, limit))
            .await?,
    ))
}

/// Get a job
#[utoipa::path(get, path = "/jobs/{id}", tag = "Jobs", params(("id" = Uuid, Path, description = "The job's id.")),
    responses((status = 200, description = "The job.", body = Job)))]
async fn get_job(
    allowed: Allowed<Read<Jobs>>,
    Record(id): Record<Job>,
) -> Result<HttpResponse, Problem> {
    Ok(answer::json(
        &allowed
            .read(move |read| jobs::find(read, id.uuid()))
            .await?,
    ))
}

/// Cancel a job
///
/// It stops at its next piece; what it did stays done.
#[utoipa::path(post, path = "/jobs/{id}/cancel", tag = "Jobs", params(("id" = Uuid, Path, description = "The job's id."),
        ("Idempotency-Key" = Option<String>, Header, description = "The client's own name for this request.", min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    responses((status = 200, description = "The job as it is now.", body = Job)))]
async fn cancel_job(
    allowed: Allowed<Update<Jobs>>,
    Record(id): Record<Job>,
    once: Idempotency,
) -> Result<HttpResponse, Problem> {
    let answer = allowed.write_once(Area::Jobs, once.key(None), move |tx| {
        let job = jobs::cancel(tx, id.uuid())?;
        let body = serde_json::to_value(&job).unwrap_or_default();
        Ok(perennial_store::Answer {
            status: 200,
            headers: Vec::new(),
            body,
            replayed: false,
        })
    });
    Ok(answer::kept(answer.await?))
}
