//! What purchases come to.

use actix_web::HttpResponse;
use actix_web::http::Method;
use perennial_domain::customer::Customer;
use perennial_domain::field::Resource;
use perennial_domain::problem::{FieldError, Invalid};
use perennial_domain::purchase::{Grouping, Holdings, Purchase};
use perennial_domain::query::{ListQuery, one_of};
use perennial_store::purchases;
use serde_json::json;

use crate::answer;
use crate::extract::{Pairs, Record};
use crate::operations::guard::{Allowed, Read};
use crate::operations::{Description, Operations, parameters};
use crate::present::Veil;
use crate::problem::Problem;

/// The most groups that are answered at once.
const GROUPS: usize = 1000;

pub(super) fn operations(operations: Operations) -> Operations {
    operations
        .described(totals(), total_purchases)
        .operation::<__path_get_customer_holdings, _, _>(get_customer_holdings)
}

fn totals() -> Description {
    let words: Vec<&str> = Grouping::ALL.iter().map(|by| by.as_str()).collect();
    let mut taken = vec![
        parameters::query(
            "by",
            "By what the purchases are grouped.",
            json!({ "type": "string", "enum": words }),
        ),
        parameters::query(
            "limit",
            "How many groups.",
            json!({ "type": "integer", "minimum": 1, "maximum": GROUPS, "default": 100 }),
        ),
    ];
    if let Some(by) = taken.first_mut().and_then(|by| by.as_object_mut()) {
        by.insert("required".into(), true.into());
    }
    taken.extend(parameters::filters::<Purchase>());
    let answer = json!({ "$ref": "#/components/schemas/PurchaseTotals" });
    Description {
        method: Method::GET,
        path: "/purchases/totals".into(),
        operation: json!({
            "operationId": "total_purchases",
            "summary": "Sum purchases up",
            "description": "What the purchases that the parameters name come to, less what was given back, in the base currency and without freight: \
                all together and by year, month, customer, seller, category, country or product. Years and months stand in their order, other groups by revenue.",
            "tags": ["Purchases"],
            "parameters": taken,
            "responses": { "200": { "description": "The totals.", "content": { "application/json": { "schema": answer } } } },
        }),
        schemas: Vec::new(),
    }
}

async fn total_purchases(
    allowed: Allowed<Read<Purchase>>,
    mut pairs: Pairs,
) -> Result<HttpResponse, Problem> {
    let by = pairs.take::<String>("by")?;
    let by = by.as_deref().and_then(Grouping::parse).ok_or_else(|| {
        let words = Grouping::ALL.iter().map(|by| by.as_str());
        Problem::bad_parameter(Invalid(vec![one_of("by", words)]))
    })?;
    let limit = match pairs
        .take::<String>("limit")?
        .map_or(Ok(100), |limit| limit.parse())
    {
        Ok(limit @ 1..=GROUPS) => limit,
        _ => {
            let fault = FieldError::new("limit", "range")
                .with("min", 1)
                .with("max", GROUPS);
            return Err(Problem::bad_parameter(Invalid(vec![fault])));
        }
    };
    let pairs = pairs.joined();
    let other = |name: &str| {
        [
            "cursor",
            "sort",
            "q",
            "fields",
            "include_total",
            "include_deleted",
        ]
        .contains(&name)
    };
    if let Some((name, _)) = pairs.iter().find(|(name, _)| other(name)) {
        return Err(Problem::bad_parameter(Invalid::new(
            name,
            "unknown_parameter",
        )));
    }
    let query = ListQuery::parse::<Purchase>(&pairs).map_err(Problem::bad_parameter)?;
    Veil::of(Purchase::FIELDS, allowed.scope()).check(&query)?;
    let totals = allowed.read(move |read| purchases::totals(read, &query, by, limit));
    Ok(answer::json(&totals.await?))
}

/// Get what a customer has of us
///
/// The products that it bought and did not give back, and how it stands with what it owes.
#[utoipa::path(get, path = "/customers/{id}/holdings", tag = "Customers",
    params(("id" = uuid::Uuid, Path, description = "The customer's id.")),
    responses((status = 200, description = "Its holdings.", body = Holdings)))]
async fn get_customer_holdings(
    allowed: Allowed<Read<Purchase>>,
    Record(id): Record<Customer>,
) -> Result<HttpResponse, Problem> {
    let holdings = allowed.read(move |read| purchases::holdings(read, id));
    Ok(answer::json(&holdings.await?))
}
