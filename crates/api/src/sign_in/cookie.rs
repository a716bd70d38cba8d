//! The refresh token's cookie: only our own pages can send it, no script can read it.

use std::future::{Ready, ready};

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, dev};
use perennial_store::sessions::REFRESH_SECONDS;

use crate::problem::Problem;

/// The cookie's name.
pub const NAME: &str = "perennial_refresh";
/// Where browsers send it.
const PATH: &str = "/api/v1/auth";

/// The refresh token that a request carries.
#[derive(Clone, Debug)]
pub struct RefreshCookie(pub String);

/// The cookie that keeps a refresh token.
pub fn keep(token: String, secure: bool) -> Cookie<'static> {
    Cookie::build(NAME, token)
        .path(PATH)
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(secure)
        .max_age(Duration::seconds(REFRESH_SECONDS))
        .finish()
}

/// The cookie that makes a browser forget it.
pub fn forget(secure: bool) -> Cookie<'static> {
    let mut cookie = keep(String::new(), secure);
    cookie.make_removal();
    cookie
}

/// Refuses a request that another site's page sends.
///
/// # Errors
/// 403.
pub fn same_origin(request: &HttpRequest) -> Result<(), Problem> {
    let text = |name: header::HeaderName| {
        request
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    let origin = text(header::ORIGIN);
    let host = text(header::HOST).unwrap_or_default();
    let own = origin.is_none_or(|origin| {
        origin
            .split_once("://")
            .is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host))
    });
    let site = text(header::HeaderName::from_static("sec-fetch-site"));
    // Programs send neither header; browsers send at least one.
    if own && site.is_none_or(|site| site == "same-origin" || site == "none") {
        Ok(())
    } else {
        Err(Problem::forbidden())
    }
}

impl FromRequest for RefreshCookie {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let cookie = || {
            request
                .cookie(NAME)
                .map(|cookie| Self(cookie.value().to_owned()))
                .ok_or_else(Problem::session_expired)
        };
        ready(same_origin(request).and_then(|()| cookie()))
    }
}

/// A request from one of our own pages, or from a program.
#[derive(Clone, Copy, Debug)]
pub struct SameOrigin;

impl FromRequest for SameOrigin {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(same_origin(request).map(|()| Self))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn allowed(headers: &[(&str, &str)]) -> bool {
        let request = headers.iter().fold(
            TestRequest::post().insert_header(("host", "crm.example:8080")),
            |request, header| request.insert_header(*header),
        );
        same_origin(&request.to_http_request()).is_ok()
    }

    #[test]
    fn other_sites_are_refused_programs_are_not() {
        assert!(allowed(&[]));
        assert!(allowed(&[
            ("origin", "http://crm.example:8080"),
            ("sec-fetch-site", "same-origin")
        ]));
        for headers in [
            [
                ("origin", "https://evil.example"),
                ("sec-fetch-site", "cross-site"),
            ],
            [("origin", "null"), ("x-a", "b")],
            [("x-a", "b"), ("sec-fetch-site", "same-site")],
        ] {
            assert!(!allowed(&headers), "{headers:?}");
        }
    }

    #[test]
    fn the_cookie_is_closed() {
        let cookie = keep("t".into(), true).to_string();
        for part in [
            "HttpOnly",
            "SameSite=Strict",
            "Secure",
            "Path=/api/v1/auth",
            "Max-Age=2592000",
        ] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
    }
}
