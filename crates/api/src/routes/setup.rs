//! The first start.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use perennial_domain::problem::Invalid;
use perennial_domain::session::{AccessToken, Setup, SetupState};
use perennial_domain::touch::looks_like_email;
use perennial_store::organizations::FirstUser;
use perennial_store::throttle::{self, Counted};
use perennial_store::{Error, sessions, setup};

use super::sessions::{address, begin};
use crate::extract::Input;
use crate::limits::too_many;
use crate::operations::Operations;
use crate::operations::guard::Public;
use crate::problem::Problem;
use crate::server::Server;
use crate::sign_in::cookie::SameOrigin;
use crate::sign_in::secret;
use crate::{answer, clock};

pub(super) fn operations(operations: Operations) -> Operations {
    operations
        .operation::<__path_get_setup, _, _>(get_setup)
        .operation::<__path_complete_setup, _, _>(complete_setup)
}

/// Get whether setup is open
#[utoipa::path(get, path = "/setup", tag = "Sign-in", responses((status = 200, description = "Whether setup is open.", body = SetupState)))]
async fn get_setup(_: Public, server: web::Data<Server>) -> Result<HttpResponse, Problem> {
    let open = server.blocking(setup::is_open).await?;
    Ok(answer::json(&SetupState { open }))
}

/// Set this installation up
///
/// Makes the first organization and its administrator, and signs in. Works once, with the token that the server printed
/// when it started.
#[utoipa::path(post, path = "/setup", tag = "Sign-in", request_body(content = Setup, description = "The token, the organization and its administrator."),
    responses((status = 200, description = "Set up, and signed in.", body = AccessToken), (status = 403, description = "Wrong token"), (status = 409, description = "Closed"), (status = 429, description = "Too often")))]
async fn complete_setup(
    _: Public,
    _: SameOrigin,
    server: web::Data<Server>,
    request: HttpRequest,
    Input(input): Input<Setup>,
) -> Result<HttpResponse, Problem> {
    let now = clock::now();
    if !server.blocking(setup::is_open).await? {
        return Err(closed());
    }
    if !looks_like_email(&input.email) {
        return Err(Invalid::new("/email", "email").into());
    }
    let counted = [Counted::Address(address(&server, &request))];
    if let Some(seconds) = server
        .blocking(move |store| throttle::attempt(store, &counted, now))
        .await?
    {
        return Err(too_many(seconds.unsigned_abs()));
    }
    let password_hash = server.passwords().hash(input.password).await?;
    let (token, organization) = (secret::hash(&input.token), input.organization);
    let user = FirstUser {
        name: input.name,
        email: input.email,
        password_hash,
    };
    let made = server
        .blocking(move |store| setup::complete(store, token, &organization, user, now))
        .await
        .map_err(in_organization)?;
    let Some(user) = made else {
        let late = !server.blocking(setup::is_open).await?;
        return Err(if late { closed() } else { Problem::forbidden() });
    };
    let account = server
        .blocking(move |store| sessions::account_of(store, user)?.ok_or(Error::NotFound))
        .await?;
    begin(&server, account, now).await
}

fn closed() -> Problem {
    Problem::new(StatusCode::CONFLICT, "setup_closed")
}

/// What is wrong with the organization is wrong below `/organization`.
fn in_organization(problem: Problem) -> Problem {
    if problem.status() == StatusCode::UNPROCESSABLE_ENTITY {
        problem.below("/organization")
    } else {
        problem
    }
}
