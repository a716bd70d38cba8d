//! Answers that are not problems.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder};
use perennial_domain::field::Resource;
use perennial_store::{Answer, Scope};
use serde::Serialize;

use crate::extract::IfNoneMatch;
use crate::present::{self, Veil};

/// The media type of list pages from which a client left fields out.
pub const SPARSE: &str = "application/vnd.perennial.sparse+json";

/// 200 with a JSON body.
pub fn json(body: &impl Serialize) -> HttpResponse {
    bytes(serde_json::to_vec(body).unwrap_or_default())
}

/// 200 with a JSON body that is written already.
pub fn bytes(body: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(body)
}

/// A record: 200 with its `ETag`, or 304 if the reader has it.
pub fn record<R: Resource>(scope: &Scope, record: &R, known: &IfNoneMatch) -> HttpResponse {
    let etag = record.etag();
    let private = (header::CACHE_CONTROL, "private, no-cache");
    if known.holds(&etag) {
        return HttpResponse::NotModified()
            .insert_header((header::ETAG, etag))
            .insert_header(private)
            .finish();
    }
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::ETAG, etag))
        .insert_header(private)
        .content_type("application/json");
    let body = if Veil::of(R::FIELDS, scope).is_thin() {
        serde_json::to_vec(record)
    } else {
        serde_json::to_vec(&present::record(scope, record))
    };
    answer.body(body.unwrap_or_default())
}

/// What is kept beside a write of a record: 201 says where it is, 200 that it was there.
pub fn written<R: Resource>(scope: &Scope, record: &R, status: StatusCode) -> Answer {
    let mut headers = vec![("ETag".to_owned(), record.etag())];
    if status == StatusCode::CREATED {
        headers.push((
            "Location".to_owned(),
            format!("/api/v1/{}/{}", R::path(), record.id()),
        ));
    }
    Answer {
        status: status.as_u16(),
        headers,
        body: present::record(scope, record),
        replayed: false,
    }
}

/// An answer that was kept, or made just now.
pub fn kept(answer: Answer) -> HttpResponse {
    let mut response =
        HttpResponseBuilder::new(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK));
    for (name, value) in answer.headers {
        response.insert_header((name, value));
    }
    if answer.replayed {
        response.insert_header(("Idempotency-Replayed", "true"));
    }
    response
        .content_type("application/json")
        .body(serde_json::to_vec(&answer.body).unwrap_or_default())
}
