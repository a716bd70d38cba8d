//! Who is signed in.

use actix_web::HttpResponse;
use perennial_domain::session::Me;
use perennial_store::users;

use crate::answer;
use crate::operations::Operations;
use crate::operations::guard::SignedIn;
use crate::problem::Problem;

pub(super) fn operations(operations: Operations) -> Operations {
    operations.operation::<__path_get_me, _, _>(get_me)
}

/// Get who is signed in
///
/// The user, the user's role with everything it allows, and the organization.
#[utoipa::path(get, path = "/me", tag = "Sign-in", responses((status = 200, description = "Who is signed in.", body = Me)))]
async fn get_me(signed_in: SignedIn) -> Result<HttpResponse, Problem> {
    Ok(answer::json(&signed_in.read(users::me).await?))
}
