//! Signing in, staying signed in, signing out.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use perennial_domain::session::{AccessToken, Credentials};
use perennial_domain::user::User;
use perennial_domain::{Id, Instant};
use perennial_store::sessions::{self, Account, Refreshed};
use perennial_store::throttle::{self, Counted};

use crate::clock;
use crate::extract::Input;
use crate::limits::{network, too_many};
use crate::operations::Operations;
use crate::operations::guard::{Public, SignedIn};
use crate::problem::Problem;
use crate::server::Server;
use crate::sign_in::cookie::{self, RefreshCookie, SameOrigin};
use crate::sign_in::{secret, token};

pub(super) fn operations(operations: Operations) -> Operations {
    operations
        .operation::<__path_sign_in, _, _>(sign_in)
        .operation::<__path_refresh, _, _>(refresh)
        .operation::<__path_sign_out, _, _>(sign_out)
        .operation::<__path_sign_out_everywhere, _, _>(sign_out_everywhere)
}

/// Sign in
///
/// Gives an access token for 15 minutes, and a cookie with which `refresh` gives the next one. An unknown address and a
/// wrong password are answered alike.
#[utoipa::path(post, path = "/auth/sign-in", tag = "Sign-in", request_body(content = Credentials, description = "E-mail address and password."),
    responses((status = 200, description = "Signed in.", body = AccessToken), (status = 401, description = "Wrong"), (status = 403, description = "Other site"), (status = 429, description = "Too often")))]
async fn sign_in(
    _: Public,
    _: SameOrigin,
    server: web::Data<Server>,
    request: HttpRequest,
    Input(credentials): Input<Credentials>,
) -> Result<HttpResponse, Problem> {
    let now = clock::now();
    let counted = [
        Counted::Account(credentials.email.clone()),
        Counted::Address(address(&server, &request)),
    ];
    let tried = counted.clone();
    if let Some(seconds) = server
        .blocking(move |store| throttle::attempt(store, &tried, now))
        .await?
    {
        return Err(too_many(seconds.unsigned_abs()));
    }
    let email = credentials.email;
    let account = server
        .blocking(move |store| sessions::account(store, &email))
        .await?;
    let hash = account
        .as_ref()
        .and_then(|account| account.password_hash.clone());
    let right = server
        .passwords()
        .verify(credentials.password, hash)
        .await?;
    let Some(account) = account.filter(|_| right) else {
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "bad_credentials"));
    };
    server
        .blocking(move |store| throttle::succeed(store, &counted))
        .await?;
    begin(&server, account, now).await
}

/// Get the next access token
///
/// Each refresh token works once. One that is used again was stolen: everything that came of its sign-in ends.
#[utoipa::path(post, path = "/auth/refresh", tag = "Sign-in", responses((status = 200, description = "Still signed in.", body = AccessToken)))]
async fn refresh(
    RefreshCookie(old): RefreshCookie,
    server: web::Data<Server>,
) -> Result<HttpResponse, Problem> {
    let (now, new) = (clock::now(), secret::token());
    let (old, hash) = (secret::hash(&old), secret::hash(&new));
    match server
        .blocking(move |store| sessions::refresh(store, old, hash, now))
        .await?
    {
        Refreshed::Continued {
            user,
            session_version,
        } => signed_in(&server, user, session_version, new, now),
        Refreshed::Stolen => {
            tracing::warn!("a refresh token was used a second time; its family is revoked");
            Err(Problem::session_expired())
        }
        Refreshed::Ended => Err(Problem::session_expired()),
    }
}

/// Sign out
///
/// Ends this session; its access token runs out by itself.
#[utoipa::path(post, path = "/auth/sign-out", tag = "Sign-in", responses((status = 204, description = "Signed out.")))]
async fn sign_out(
    RefreshCookie(token): RefreshCookie,
    server: web::Data<Server>,
) -> Result<HttpResponse, Problem> {
    let hash = secret::hash(&token);
    server
        .blocking(move |store| sessions::end(store, hash))
        .await?;
    Ok(HttpResponse::NoContent()
        .cookie(cookie::forget(server.secure_cookies()))
        .finish())
}

/// Sign out everywhere
///
/// Ends every session of the caller within a second, on every device.
#[utoipa::path(post, path = "/auth/sign-out-everywhere", tag = "Sign-in", responses((status = 204, description = "Signed out everywhere.")))]
async fn sign_out_everywhere(caller: SignedIn) -> Result<HttpResponse, Problem> {
    let (server, user) = (caller.server(), caller.scope().user);
    server
        .blocking(move |store| sessions::end_all(store, user))
        .await?;
    server.scopes().clear();
    Ok(HttpResponse::NoContent()
        .cookie(cookie::forget(server.secure_cookies()))
        .finish())
}

/// Begins a session of an account and answers with its tokens.
pub(super) async fn begin(
    server: &Server,
    account: Account,
    now: Instant,
) -> Result<HttpResponse, Problem> {
    let new = secret::token();
    let hash = secret::hash(&new);
    let (user, version) = (account.user, account.session_version);
    server
        .blocking(move |store| sessions::begin(store, &account, hash, now))
        .await?;
    signed_in(server, user, version, new, now)
}

fn signed_in(
    server: &Server,
    user: Id<User>,
    session_version: i64,
    refresh: String,
    now: Instant,
) -> Result<HttpResponse, Problem> {
    let access_token = server.tokens().sign(user, session_version, now)?;
    let body = AccessToken {
        access_token,
        token_type: "Bearer".to_owned(),
        expires_in: token::SECONDS,
    };
    let mut answer = HttpResponse::Ok();
    answer
        .cookie(cookie::keep(refresh, server.secure_cookies()))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(answer.json(body))
}

/// Where a request comes from, as the attempts are counted.
pub(super) fn address(server: &Server, request: &HttpRequest) -> String {
    server.client_address(request).map_or_else(
        || "unknown".to_owned(),
        |address| network(address).to_string(),
    )
}
