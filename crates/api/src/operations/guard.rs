//! Who may call a handler, in its signature.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::{FromRequest, HttpRequest, dev};
use perennial_domain::field::Resource;
use perennial_domain::rights::{Action, Area, Level};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::sign_in::cookie::RefreshCookie;

/// Who may call a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Anybody.
    Public,
    /// Who holds a refresh cookie, from our own pages.
    Cookie,
    /// Who is signed in.
    SignedIn,
    /// Whose role allows it, with some records at least; the store narrows it to those records.
    Permission(Area, Action),
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::Cookie => f.write_str("cookie"),
            Self::SignedIn => f.write_str("signed_in"),
            Self::Permission(area, action) => write!(f, "{}:{}", area.as_str(), action.as_str()),
        }
    }
}

/// The arguments of a handler whose first one says who may call it.
#[diagnostic::on_unimplemented(
    message = "the first argument of a handler must be `Allowed<…>`, `SignedIn`, `RefreshCookie` or `Public`"
)]
pub trait Guarded {
    /// Who may call it.
    fn guard() -> Guard;
}

/// An argument that says who may call its handler.
pub trait Guards {
    /// Who may call it.
    const GUARD: Guard;
}

macro_rules! guarded {
    ($($name:ident)*) => {
        impl<First: Guards, $($name),*> Guarded for (First, $($name),*) {
            fn guard() -> Guard {
                First::GUARD
            }
        }
    };
}
guarded!();
guarded!(A);
guarded!(A B);
guarded!(A B C);
guarded!(A B C D);
guarded!(A B C D E);

/// A right: an action in an area.
pub trait Permission: 'static {
    /// Where.
    const AREA: Area;
    /// What.
    const ACTION: Action;
}

/// Something that rights are given for: every resource, and the markers below.
pub trait InArea: 'static {
    /// Its area.
    const AREA: Area;
}

impl<R: Resource> InArea for R {
    const AREA: Area = R::AREA;
}

/// The list of what happened.
pub struct Events;
impl InArea for Events {
    const AREA: Area = Area::Events;
}

/// Background work.
pub struct Jobs;
impl InArea for Jobs {
    const AREA: Area = Area::Jobs;
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident;)*) => { $(
        $(#[$doc])*
        pub struct $name<T>(PhantomData<fn() -> T>);
        impl<T: InArea> Permission for $name<T> {
            const AREA: Area = T::AREA;
            const ACTION: Action = Action::$name;
        }
    )* };
}
permissions! {
    /// May see some of them.
    Read;
    /// May make new ones.
    Create;
    /// May change some of them.
    Update;
    /// May delete some of them.
    Delete;
}

/// A caller whose role allows `P`.
pub struct Allowed<P>(Caller, PhantomData<fn() -> P>);

impl<P: Permission> Guards for Allowed<P> {
    const GUARD: Guard = Guard::Permission(P::AREA, P::ACTION);
}

impl<P> Deref for Allowed<P> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl<P: Permission> FromRequest for Allowed<P> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let caller = Caller::of(request);
        Box::pin(async move {
            let caller = caller.await?;
            match caller.scope().level(P::AREA, P::ACTION) {
                Level::None => Err(Problem::forbidden()),
                _ => Ok(Self(caller, PhantomData)),
            }
        })
    }
}

/// Anybody who is signed in.
pub struct SignedIn(Caller);

impl Guards for SignedIn {
    const GUARD: Guard = Guard::SignedIn;
}

impl Deref for SignedIn {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let caller = Caller::of(request);
        Box::pin(async move { caller.await.map(Self) })
    }
}

/// Anybody at all.
pub struct Public;

impl Guards for Public {
    const GUARD: Guard = Guard::Public;
}

impl FromRequest for Public {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(_: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        std::future::ready(Ok(Self))
    }
}

impl Guards for RefreshCookie {
    const GUARD: Guard = Guard::Cookie;
}
