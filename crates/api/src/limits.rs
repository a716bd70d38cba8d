//! How much one caller may ask for: so many requests at once, which come back evenly over a minute.
//!
//! Callers are told apart by the user of their access token, where that is good, else by their address. Every process counts for
//! itself: two servers allow twice as much. What is counted is the API; files of the browser application cost next to nothing.

use std::net::IpAddr;
use std::num::NonZeroU32;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, web};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use perennial_domain::Id;
use perennial_domain::user::User;

use crate::caller;
use crate::problem::Problem;
use crate::server::Server;

/// The span that is counted over, in seconds.
const WINDOW: u32 = 60;

/// Who is counted.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Who {
    User(Id<User>),
    Address(IpAddr),
    /// A connection that has no address.
    Nobody,
}

type Counter =
    RateLimiter<Who, DefaultKeyedStateStore<Who>, DefaultClock, StateInformationMiddleware>;

/// Counts requests.
pub struct Limits(Option<(NonZeroU32, Counter)>);

/// What a caller has left.
#[derive(Clone, Copy)]
pub(crate) struct Left {
    quota: u32,
    remaining: u32,
    /// Seconds until none is missing or, where there is none, until there is one again.
    seconds: u64,
}

impl Limits {
    /// So many requests a minute for each caller; 0 counts nothing.
    pub fn new(requests_per_minute: u32) -> Self {
        let counter = |count| {
            let counter = RateLimiter::keyed(Quota::per_minute(count));
            (
                count,
                counter.with_middleware::<StateInformationMiddleware>(),
            )
        };
        Self(NonZeroU32::new(requests_per_minute).map(counter))
    }

    /// Forgets callers that have everything left again.
    pub fn forget(&self) {
        if let Some((_, counter)) = &self.0 {
            counter.retain_recent();
        }
    }

    /// Counts a request: what is left after it, or that nothing is.
    fn count(&self, who: &Who) -> Option<Result<Left, Left>> {
        let (quota, counter) = self.0.as_ref()?;
        let quota = quota.get();
        Some(match counter.check_key(who) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                let missing = u64::from(quota - remaining) * u64::from(WINDOW);
                Ok(Left {
                    quota,
                    remaining,
                    seconds: missing.div_ceil(quota.into()),
                })
            }
            Err(refused) => {
                let wait = refused.wait_time_from(counter.clock().now());
                Err(Left {
                    quota,
                    remaining: 0,
                    seconds: wait.as_millis().div_ceil(1000).try_into().unwrap_or(1),
                })
            }
        })
    }
}

impl Left {
    /// Says so in the fields of draft-ietf-httpapi-ratelimit-headers.
    pub(crate) fn tell(self, headers: &mut HeaderMap) {
        let Self {
            quota,
            remaining,
            seconds,
        } = self;
        let fields = [
            (
                "ratelimit-policy",
                format!("\"requests\";q={quota};w={WINDOW}"),
            ),
            (
                "ratelimit",
                format!("\"requests\";r={remaining};t={seconds}"),
            ),
        ];
        for (name, value) in fields {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

/// Lets a request through that its caller still has left; 429 otherwise.
pub(crate) async fn within(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match counted(request.request()) {
        None => {}
        Some(Ok(left)) => drop(request.extensions_mut().insert(left)),
        Some(Err(left)) => {
            request.extensions_mut().insert(left);
            let (request, _) = request.into_parts();
            return Ok(ServiceResponse::from_err(too_many(left.seconds), request));
        }
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

fn counted(request: &HttpRequest) -> Option<Result<Left, Left>> {
    let server = request.app_data::<web::Data<Server>>()?;
    let user = caller::claims(request).and_then(|claims| claims.user());
    let who = match user {
        Ok(user) => Who::User(user),
        Err(_) => server
            .client_address(request)
            .map_or(Who::Nobody, |address| Who::Address(network(address))),
    };
    server.limits().count(&who)
}

/// Of whom an address is, as far as it tells: of IPv6 a network of 64 bits: one customer of a provider has all of its addresses.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        v4 => v4,
    }
}

/// 429: so many seconds to wait.
pub(crate) fn too_many(seconds: u64) -> Problem {
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests")
        .with_header(header::RETRY_AFTER, &seconds.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_of_a_network_are_one_caller() {
        let of = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }

    #[test]
    fn each_caller_has_its_own() {
        let (limits, user) = (Limits::new(2), Who::User(Id::default()));
        for remaining in [1, 0] {
            assert!(matches!(limits.count(&user), Some(Ok(left)) if left.remaining == remaining));
        }
        assert!(matches!(
            limits.count(&user),
            Some(Err(Left {
                seconds: 1..=30,
                ..
            }))
        ));
        assert!(matches!(limits.count(&Who::Nobody), Some(Ok(_))));
        assert!(Limits::new(0).count(&user).is_none());
    }
}
