//! The contract itself, and a page to read and try it: Swagger UI, from this server alone.

use std::sync::{Arc, LazyLock};

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa_swagger_ui::Config;

use crate::operations::guard::Public;
use crate::operations::{Operations, not_allowed};
use crate::problem::Problem;

/// Where the document is.
const DOCUMENT: &str = "/api/openapi.json";
/// The page sets styles by itself; nothing comes from elsewhere.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The contract as it is served and committed.
pub static TEXT: LazyLock<String> = LazyLock::new(|| {
    let mut text =
        serde_json::to_string_pretty(&super::operations().document()).unwrap_or_default();
    text.push('\n');
    text
});

pub(super) fn operations(operations: Operations) -> Operations {
    operations.operation::<__path_get_contract, _, _>(get_contract)
}

/// Get this document
#[utoipa::path(get, path = "/api/openapi.json", tag = "Contract",
    responses((status = 200, description = "OpenAPI 3.1.", content_type = "application/json", body = serde_json::Value)))]
async fn get_contract(_: Public) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(TEXT.as_str())
}

/// The page's files: `/api/docs/` and what is below it. Not part of the contract.
pub fn page(application: &mut web::ServiceConfig) {
    for (path, route) in [
        ("/api/docs", web::get().to(to_folder)),
        ("/api/docs/{file:.*}", web::get().to(file)),
    ] {
        let resource = web::resource(path).route(route);
        application.service(resource.default_service(web::to(async || not_allowed("GET"))));
    }
}

async fn to_folder() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, "/api/docs/"))
        .finish()
}

async fn file(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let name = request.match_info().get("file").unwrap_or_default();
    let config = Config::from(DOCUMENT)
        .display_operation_id(true)
        .doc_expansion("none")
        .try_it_out_enabled(true)
        // Or it would ask a host of theirs whether the document is valid.
        .validator_url("none");
    let file = utoipa_swagger_ui::serve(name, Arc::new(config))
        .map_err(Problem::internal)?
        .ok_or_else(Problem::not_found)?;
    let mut answer = HttpResponse::Ok();
    answer
        .content_type(file.content_type)
        .insert_header((header::CONTENT_SECURITY_POLICY, PAGE_POLICY));
    answer.insert_header((header::CACHE_CONTROL, "no-cache"));
    if file.gzpipped {
        answer.insert_header((header::CONTENT_ENCODING, "gzip"));
    }
    Ok(answer.body(file.bytes.into_owned()))
}
