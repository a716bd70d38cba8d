//! The organization's own settings.

use actix_web::HttpResponse;
use perennial_domain::field::Resource;
use perennial_domain::organization::Organization;
use perennial_store::{Change, organizations};

use crate::answer;
use crate::extract::{Body, IfMatch, IfNoneMatch};
use crate::operations::Operations;
use crate::operations::guard::{Allowed, Read, Update};
use crate::problem::Problem;

pub(super) fn operations(operations: Operations) -> Operations {
    operations
        .entity::<Organization>()
        .operation::<__path_get_organization, _, _>(get_organization)
        .operation::<__path_update_organization, _, _>(update_organization)
}

/// Stands for the generated `OrganizationPatch` in the description below.
#[derive(utoipa::ToSchema)]
struct OrganizationPatch {}

/// Get the organization
#[utoipa::path(get, path = "/organization", tag = "Organization",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` that the reader has: 304 if it still holds.")),
    responses((status = 200, description = "The organization.", body = Organization, headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "It is as the reader has it.", headers(("ETag" = String, description = "Its version.")))))]
async fn get_organization(
    allowed: Allowed<Read<Organization>>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Problem> {
    let organization = allowed.read(organizations::own).await?;
    Ok(answer::record(allowed.scope(), &organization, &known))
}

/// Change the organization
///
/// A merge patch (RFC 7396); `application/json` is taken as well. The currency is fixed once an amount is kept.
#[utoipa::path(patch, path = "/organization", tag = "Organization",
    params(("If-Match" = String, Header, description = "The organization's `ETag` as it was read.", pattern = r#"^"v\d{1,18}\.f\d{1,18}"$"#)),
    request_body(description = "What is to change.", content((OrganizationPatch = "application/merge-patch+json"))),
    responses((status = 200, description = "The organization as it is now.", body = Organization, headers(("ETag" = String, description = "Its version.")))))]
async fn update_organization(
    allowed: Allowed<Update<Organization>>,
    IfMatch(version): IfMatch,
    body: Body,
) -> Result<HttpResponse, Problem> {
    let change = Change {
        id: perennial_domain::Id::default(),
        version,
        patch: body.value,
    };
    let organization = allowed
        .write(Organization::AREA, move |tx| {
            organizations::update(tx, &change)
        })
        .await?;
    Ok(answer::record(
        allowed.scope(),
        &organization,
        &IfNoneMatch::default(),
    ))
}
