//! One record.

use std::slice;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use perennial_domain::validation;
use perennial_store::{Change, Error, Stored, resource};

use crate::extract::{Body, Idempotency, IfMatch, IfNoneMatch, Record};
use crate::operations::guard::{Allowed, Create, Delete, Read, Update};
use crate::problem::Problem;
use crate::{answer, present};

/// A record.
pub async fn get<R: Stored>(
    allowed: Allowed<Read<R>>,
    Record(id): Record<R>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Problem> {
    let record = allowed
        .read(move |read| resource::find::<R>(read, id))
        .await?;
    Ok(answer::record(allowed.scope(), &record, &known))
}

/// A new record.
pub async fn create<R: Stored>(
    allowed: Allowed<Create<R>>,
    once: Idempotency,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let key = once.key(Some(&body));
    present::check_written::<R>(allowed.scope(), &body.value)?;
    let draft = validation::draft::<R>(body.value)?;
    let answer = allowed.write_once(R::AREA, key, move |tx| {
        let created = resource::create::<R>(tx, slice::from_ref(&draft))?;
        let record = created.first().ok_or(Error::NotFound)?;
        Ok(answer::written(tx.scope, record, StatusCode::CREATED))
    });
    Ok(answer::kept(answer.await?))
}

/// A changed record.
pub async fn update<R: Stored>(
    allowed: Allowed<Update<R>>,
    Record(id): Record<R>,
    IfMatch(version): IfMatch,
    body: Body,
) -> Result<HttpResponse, Problem> {
    present::check_written::<R>(allowed.scope(), &body.value)?;
    let change = Change {
        id,
        version,
        patch: body.value,
    };
    let updated = allowed
        .write(R::AREA, move |tx| {
            resource::update::<R>(tx, slice::from_ref(&change))
        })
        .await?;
    let record = updated.first().ok_or_else(Problem::not_found)?;
    Ok(answer::record(
        allowed.scope(),
        record,
        &IfNoneMatch::default(),
    ))
}

/// A record less; it can be restored for 30 days.
pub async fn delete<R: Stored>(
    allowed: Allowed<Delete<R>>,
    Record(id): Record<R>,
    IfMatch(version): IfMatch,
) -> Result<HttpResponse, Problem> {
    allowed
        .write(R::AREA, move |tx| {
            resource::delete::<R>(tx, &[(id, version)])
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A deleted record back again.
pub async fn restore<R: Stored>(
    allowed: Allowed<Delete<R>>,
    Record(id): Record<R>,
    once: Idempotency,
) -> Result<HttpResponse, Problem> {
    let answer = allowed.write_once(R::AREA, once.key(None), move |tx| {
        let restored = resource::restore::<R>(tx, &[id])?;
        let record = restored.first().ok_or(Error::NotFound)?;
        Ok(answer::written(tx.scope, record, StatusCode::OK))
    });
    Ok(answer::kept(answer.await?))
}
