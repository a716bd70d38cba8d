//! Changing a password, and setting a new one with a token that an administrator hands out.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use perennial_domain::Instant;
use perennial_domain::problem::Invalid;
use perennial_domain::rights::{Action, Area, Level};
use perennial_domain::session::{AccessToken, PasswordChange};
use perennial_domain::user::User;
use perennial_store::throttle::{self, Counted};
use perennial_store::{Error, sessions, users};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::sessions::{address, begin};
use crate::extract::{Input, Record};
use crate::limits::too_many;
use crate::operations::Operations;
use crate::operations::guard::{Allowed, Public, SignedIn, Update};
use crate::problem::Problem;
use crate::server::Server;
use crate::sign_in::secret;
use crate::{answer, clock};

/// How long a reset token is good for, in seconds: 24 hours.
const RESET_SECONDS: i64 = 24 * 3600;

pub(super) fn operations(operations: Operations) -> Operations {
    operations
        .operation::<__path_change_password, _, _>(change_password)
        .operation::<__path_offer_password_reset, _, _>(offer_password_reset)
        .operation::<__path_reset_password, _, _>(reset_password)
}

/// A one-time token to set a new password with.
#[derive(Serialize, ToSchema)]
struct PasswordResetOffer {
    /// Hand it to the user; it is shown once.
    token: String,
    /// Until when it works.
    expires_at: Instant,
}

/// A new password by a one-time token.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordReset {
    /// The token.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    token: String,
    /// The password as it shall be.
    #[validate(length(min = 10, max = 200))]
    #[schema(min_length = 10, max_length = 200, format = Password)]
    new_password: String,
}

/// Change the caller's password
///
/// Ends every other session of the caller; this one goes on with the tokens that are answered.
#[utoipa::path(post, path = "/auth/password", tag = "Sign-in", request_body(content = PasswordChange, description = "The password as it is and as it shall be."),
    responses((status = 200, description = "Changed, and signed in.", body = AccessToken), (status = 429, description = "Too often")))]
async fn change_password(
    caller: SignedIn,
    Input(change): Input<PasswordChange>,
) -> Result<HttpResponse, Problem> {
    let (server, user, now) = (caller.server(), caller.scope().user, clock::now());
    let counted = [Counted::Account(format!("password of {user}"))];
    let tried = counted.clone();
    if let Some(seconds) = server
        .blocking(move |store| throttle::attempt(store, &tried, now))
        .await?
    {
        return Err(too_many(seconds.unsigned_abs()));
    }
    let account = move |store: &perennial_store::Store| {
        sessions::account_of(store, user)?.ok_or(Error::Unauthenticated)
    };
    let known = server.blocking(account).await?.password_hash;
    if !server
        .passwords()
        .verify(change.current_password, known)
        .await?
    {
        return Err(Invalid::new("/current_password", "wrong_password").into());
    }
    let hash = server.passwords().hash(change.new_password).await?;
    server
        .blocking(move |store| {
            throttle::succeed(store, &counted)
                .and_then(|()| sessions::set_password(store, user, hash))
        })
        .await?;
    server.scopes().clear();
    begin(server, server.blocking(account).await?, now).await
}

/// Make a password reset token for a user
///
/// The token works once, for 24 hours; one from before does not work any more. It is answered once and kept nowhere, so an
/// `Idempotency-Key` would not help. A user who may not sign in gets none: that is a conflict.
#[utoipa::path(post, path = "/users/{id}/password-reset", tag = "Users", params(("id" = uuid::Uuid, Path, description = "The user's id.")),
    responses((status = 200, description = "The token.", body = PasswordResetOffer)))]
async fn offer_password_reset(
    allowed: Allowed<Update<User>>,
    Record(id): Record<User>,
) -> Result<HttpResponse, Problem> {
    let (token, now) = (secret::token(), clock::now());
    let (hash, expires_at) = (secret::hash(&token), now.plus_seconds(RESET_SECONDS));
    // Whoever sets a password can be that user: rights over some users' records are not enough.
    if allowed.scope().level(Area::Users, Action::Update) != Level::All {
        return Err(Problem::forbidden());
    }
    allowed
        .read(move |read| users::manageable(read, id).map(|_| ()))
        .await?;
    let inactive = || Error::Conflict {
        pointer: "/active".to_owned(),
        code: "not_allowed",
    };
    let offer = move |store: &perennial_store::Store| {
        let account = sessions::account_of(store, id)?.ok_or_else(inactive)?;
        sessions::offer_reset(store, &account, hash, expires_at)
    };
    allowed.server().blocking(offer).await?;
    Ok(answer::json(&PasswordResetOffer { token, expires_at }))
}

/// Set a new password by a reset token
///
/// Ends every session of the user.
#[utoipa::path(post, path = "/auth/password-reset", tag = "Sign-in", request_body(content = PasswordReset, description = "The token and the password as it shall be."),
    responses((status = 204, description = "Set."), (status = 401, description = "Wrong token"), (status = 429, description = "Too often")))]
async fn reset_password(
    _: Public,
    server: web::Data<Server>,
    request: HttpRequest,
    Input(reset): Input<PasswordReset>,
) -> Result<HttpResponse, Problem> {
    let now = clock::now();
    let counted = [Counted::Address(address(&server, &request))];
    let tried = counted.clone();
    if let Some(seconds) = server
        .blocking(move |store| throttle::attempt(store, &tried, now))
        .await?
    {
        return Err(too_many(seconds.unsigned_abs()));
    }
    let (token, hash) = (
        secret::hash(&reset.token),
        server.passwords().hash(reset.new_password).await?,
    );
    if !server
        .blocking(move |store| sessions::reset_password(store, token, hash, now))
        .await?
    {
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "bad_credentials"));
    }
    server
        .blocking(move |store| throttle::succeed(store, &counted))
        .await?;
    server.scopes().clear();
    Ok(HttpResponse::NoContent().finish())
}
