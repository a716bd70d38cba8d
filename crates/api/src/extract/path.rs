//! Ids in paths.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev};
use perennial_domain::Id;

use crate::problem::Problem;

/// The record that a path names: its `{id}`. What is no id is 400.
#[derive(Clone, Copy, Debug)]
pub struct Record<R>(pub Id<R>);

impl<R: 'static> FromRequest for Record<R> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let id = request
            .match_info()
            .get("id")
            .and_then(|id| id.parse().ok());
        ready(
            id.map(Self)
                .ok_or_else(|| Problem::bad_request("The id in the path is not a UUID.")),
        )
    }
}
