//! Who did what, when.

use actix_web::HttpResponse;
use perennial_domain::event::Event;
use perennial_domain::field::Resource;
use perennial_domain::organization::Organization;
use perennial_domain::page::Page;
use perennial_domain::problem::Invalid;
use perennial_domain::resources::{self, About, RESOURCES};
use perennial_store::Scope;
use perennial_store::events::{EventFilter, list};
use uuid::Uuid;

use super::pages::EventPage;
use crate::answer;
use crate::extract::Pairs;
use crate::operations::Operations;
use crate::operations::guard::{Allowed, Events, Read};
use crate::present::Veil;
use crate::problem::Problem;

pub(super) fn operations(operations: Operations) -> Operations {
    operations.operation::<__path_list_events, _, _>(list_events)
}

/// The parameters of every list.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "speaks to the contract alone")]
pub(crate) struct Paging {
    /// How many rows.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// `page.next_cursor` of the page before; everything else must be asked as then.
    cursor: Option<String>,
}

/// A resource, by its name in paths.
fn named() -> utoipa::openapi::schema::Object {
    let names = RESOURCES.iter().map(|about| about.plural);
    utoipa::openapi::schema::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::String)
        .enum_values(Some(names.chain([Organization::PLURAL])))
        .build()
}

/// Which events a list holds.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "speaks to the contract alone")]
pub(crate) struct Which {
    /// Of this resource.
    #[param(schema_with = named)]
    resource: Option<String>,
    /// Of this record.
    record_id: Option<Uuid>,
    /// Of this customer.
    customer_id: Option<Uuid>,
    /// Of this user.
    actor_id: Option<Uuid>,
}

/// List events
///
/// Who did what, when, newest first.
#[utoipa::path(get, path = "/events", tag = "Events", params(Which, Paging),
    responses((status = 200, description = "One page.", body = EventPage)))]
async fn list_events(
    allowed: Allowed<Read<Events>>,
    mut pairs: Pairs,
) -> Result<HttpResponse, Problem> {
    let limit = pairs.limit()?;
    let filter = EventFilter {
        resource: pairs.take::<String>("resource")?,
        record: pairs.take("record_id")?,
        customer: pairs.take("customer_id")?,
        actor: pairs.take("actor_id")?,
        before: pairs.take("cursor")?,
    };
    pairs.finish()?;
    if filter
        .resource
        .as_deref()
        .is_some_and(|name| name != Organization::PLURAL && resources::named(name).is_none())
    {
        return Err(Problem::bad_parameter(Invalid::new("resource", "value")));
    }
    let mut page = allowed.read(move |read| list(read, &filter, limit)).await?;
    draw(allowed.scope(), &mut page);
    Ok(answer::json(&page))
}

/// What a user may not see of a record, an event of it does not tell either.
fn draw(scope: &Scope, page: &mut Page<Event>) {
    let veil = |about: &About| (about.plural, Veil::of(about.fields, scope));
    let veils: Vec<_> = RESOURCES.iter().map(veil).collect();
    for event in &mut page.data {
        let veil = veils
            .iter()
            .find(|(resource, _)| event.resource == *resource);
        for values in [&mut event.before, &mut event.after].into_iter().flatten() {
            if let Some((_, veil)) = veil {
                veil.draw(values);
            }
        }
    }
}
