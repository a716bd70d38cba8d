//! What belongs to a customer.

use actix_web::HttpResponse;
use perennial_domain::contact::Contact;
use perennial_domain::customer::Customer;
use perennial_domain::query::ListQuery;
use perennial_store::{contacts, timeline};
use serde_json::json;

use super::pages::{ContactPage, TimelinePage};
use crate::answer;
use crate::extract::{Pairs, Record};
use crate::operations::Operations;
use crate::operations::guard::{Allowed, Read};
use crate::present::{self, Veil};
use crate::problem::Problem;

pub(super) fn operations(operations: Operations) -> Operations {
    operations
        .operation::<__path_list_customer_timeline, _, _>(list_customer_timeline)
        .operation::<__path_list_customer_contacts, _, _>(list_customer_contacts)
}

/// List a customer's timeline
///
/// Everything that happened with the customer, newest first.
#[utoipa::path(get, path = "/customers/{id}/timeline", tag = "Customers",
    params(("id" = uuid::Uuid, Path, description = "The customer's id."), super::events::Paging),
    responses((status = 200, description = "One page.", body = TimelinePage)))]
async fn list_customer_timeline(
    allowed: Allowed<Read<Customer>>,
    Record(id): Record<Customer>,
    mut pairs: Pairs,
) -> Result<HttpResponse, Problem> {
    let (limit, cursor) = (pairs.limit()?, pairs.take::<String>("cursor")?);
    pairs.finish()?;
    let page = allowed
        .read(move |read| timeline::list(read, id, cursor.as_deref(), limit))
        .await
        .map_err(Problem::of_query)?;
    Ok(answer::json(&page))
}

/// List a customer's contacts
///
/// The people who are at the customer now, by name.
#[utoipa::path(get, path = "/customers/{id}/contacts", tag = "Customers",
    params(("id" = uuid::Uuid, Path, description = "The customer's id."), super::events::Paging),
    responses((status = 200, description = "One page.", body = ContactPage)))]
async fn list_customer_contacts(
    allowed: Allowed<Read<Contact>>,
    Record(id): Record<Customer>,
    pairs: Pairs,
) -> Result<HttpResponse, Problem> {
    let query = paged(pairs)?;
    let page = allowed
        .read(move |read| contacts::of_customer(read, id, &query))
        .await?;
    let scope = allowed.scope();
    if Veil::of(
        <Contact as perennial_domain::field::Resource>::FIELDS,
        scope,
    )
    .is_thin()
    {
        return Ok(answer::json(&page));
    }
    let data: Vec<_> = page
        .data
        .iter()
        .map(|contact| present::record(scope, contact))
        .collect();
    Ok(answer::json(&json!({ "data": data, "page": page.page })))
}

/// The list in its default order; `limit` and `cursor` alone are taken.
fn paged(pairs: Pairs) -> Result<ListQuery, Problem> {
    let mut rest = pairs.clone();
    rest.take::<String>("limit")?;
    rest.take::<String>("cursor")?;
    rest.finish()?;
    ListQuery::parse::<Contact>(pairs.all()).map_err(Problem::bad_parameter)
}
