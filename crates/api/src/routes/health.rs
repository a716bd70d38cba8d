//! Is it alive, can it work, which version is it.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer;
use crate::operations::Operations;
use crate::operations::guard::Public;
use crate::problem::Problem;
use crate::server::Server;

pub(super) fn operations(operations: Operations) -> Operations {
    operations
        .operation::<__path_get_liveness, _, _>(get_liveness)
        .operation::<__path_get_readiness, _, _>(get_readiness)
        .operation::<__path_get_version, _, _>(get_version)
}

/// How the server is.
#[derive(Serialize, ToSchema)]
struct Health {
    /// `ok`.
    status: &'static str,
}

/// What runs here.
#[derive(Serialize, ToSchema)]
struct Version {
    /// The program.
    name: &'static str,
    /// Its version.
    version: &'static str,
}

/// Get whether the server lives
///
/// Asks nothing of the database.
#[utoipa::path(get, path = "/health/live", tag = "Operation", responses((status = 200, description = "It lives.", body = Health)))]
async fn get_liveness(_: Public) -> HttpResponse {
    answer::json(&Health { status: "ok" })
}

/// Get whether the server can work
#[utoipa::path(get, path = "/health/ready", tag = "Operation", responses((status = 200, description = "It can.", body = Health)))]
async fn get_readiness(_: Public, server: web::Data<Server>) -> Result<HttpResponse, Problem> {
    if server.is_stopping() {
        let stopping = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "stopping");
        return Err(stopping.with_header(header::RETRY_AFTER, "1"));
    }
    server.blocking(|store| store.ready()).await?;
    Ok(answer::json(&Health { status: "ok" }))
}

/// Get what runs here
#[utoipa::path(get, path = "/version", tag = "Operation", responses((status = 200, description = "What runs here.", body = Version)))]
async fn get_version(_: Public) -> HttpResponse {
    answer::json(&Version {
        name: "perennial",
        version: env!("CARGO_PKG_VERSION"),
    })
}
