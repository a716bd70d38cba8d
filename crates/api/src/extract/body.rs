//! JSON bodies.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::http::{Method, StatusCode, header};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev, rt, web};
use perennial_domain::validation;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use validator::Validate;

use super::shape;
use super::strict::Strict;
use crate::problem::Problem;

/// The largest body, in bytes.
const LIMIT: usize = 1_000_000;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// A JSON body as it came.
#[derive(Clone, Debug)]
pub struct Body {
    /// What it says.
    pub value: Value,
    /// The SHA-256 of its bytes.
    pub digest: [u8; 32],
}

impl FromRequest for Body {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let acceptable = check(request);
        let payload = web::Payload::from_request(request, payload).into_inner();
        Box::pin(async move {
            acceptable?;
            let payload =
                payload.map_err(|_| Problem::bad_request("The body could not be read."))?;
            let too_large = |_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large");
            let late = |_| Problem::new(StatusCode::REQUEST_TIMEOUT, "timeout");
            let bytes = rt::time::timeout(PATIENCE, payload.to_bytes_limited(LIMIT))
                .await
                .map_err(late)?
                .map_err(too_large)?;
            let bytes = bytes.map_err(|_| Problem::bad_request("The body broke off."))?;
            let Strict(value) = serde_json::from_slice(&bytes)
                .map_err(|error| Problem::bad_request(error.to_string()))?;
            Ok(Self {
                value,
                digest: Sha256::digest(&bytes).into(),
            })
        })
    }
}

/// Refuses what is not plain JSON, or says that it is too large.
fn check(request: &HttpRequest) -> Result<(), Problem> {
    let patch = request.method() == Method::PATCH;
    let json = match request.content_type().to_ascii_lowercase().as_str() {
        "application/json" => true,
        "application/merge-patch+json" => patch,
        _ => false,
    };
    let plain = request
        .headers()
        .get(header::CONTENT_ENCODING)
        .is_none_or(|encoding| encoding == "identity");
    if !json || !plain {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
        ));
    }
    let length = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > LIMIT) {
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large"));
    }
    Ok(())
}

/// A JSON body of a type that checks itself.
#[derive(Clone, Debug)]
pub struct Input<T>(pub T);

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Input<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let body = Body::from_request(request, payload);
        Box::pin(async move {
            let value = body.await?.value;
            shape::plain(&value, "", &[])?;
            let input: T = validation::read(value)?;
            validation::validate(&input)?;
            Ok(Self(input))
        })
    }
}
