//! Lists.

use actix_web::HttpResponse;
use perennial_domain::page::Page;
use perennial_domain::query::{ListQuery, SearchRequest};
use perennial_domain::rights::{Action, Level};
use perennial_domain::validation;
use perennial_store::{Scope, Stored, resource};
use serde::Serialize;
use serde_json::{Value, json};

use crate::answer;
use crate::extract::{Body, Pairs, shape};
use crate::operations::guard::{Allowed, Read};
use crate::present::Veil;
use crate::problem::Problem;

/// One page, asked by parameters.
pub async fn list<R: Stored>(
    allowed: Allowed<Read<R>>,
    pairs: Pairs,
) -> Result<HttpResponse, Problem> {
    let query = ListQuery::parse::<R>(&pairs.joined()).map_err(Problem::bad_parameter)?;
    page::<R>(&allowed, query).await
}

/// One page, asked by a tree of conditions.
pub async fn search<R: Stored>(
    allowed: Allowed<Read<R>>,
    body: Body,
) -> Result<HttpResponse, Problem> {
    shape::plain(&body.value, "", &["all", "any", "value"])?;
    let request: SearchRequest = validation::read(body.value)?;
    page::<R>(&allowed, ListQuery::search::<R>(&request)?).await
}

async fn page<R: Stored>(
    allowed: &Allowed<Read<R>>,
    query: ListQuery,
) -> Result<HttpResponse, Problem> {
    let scope = allowed.scope();
    let may = scope.level(R::AREA, Action::Delete) != Level::None || query.names_rows();
    if query.include_deleted && !may {
        return Err(Problem::forbidden_fields(["include_deleted".to_owned()]));
    }
    Veil::of(R::FIELDS, scope).check(&query)?;
    let sparse = query.fields.is_some();
    // Writing the JSON is work too: it stays off the threads that serve requests.
    let body = allowed.read(move |read| {
        let scope = read.scope.clone();
        let page = resource::list::<R>(read, &query)?;
        Ok(written(&scope, &page, query.fields.as_deref()))
    });
    let mut answer = answer::bytes(body.await?);
    if sparse {
        let sparse = actix_web::http::header::HeaderValue::from_static(answer::SPARSE);
        answer
            .headers_mut()
            .insert(actix_web::http::header::CONTENT_TYPE, sparse);
    }
    Ok(answer)
}

/// A page as the user may see it, with the fields that were asked for.
fn written<R: Stored>(scope: &Scope, page: &Page<R>, fields: Option<&[String]>) -> Vec<u8> {
    let veil = Veil::of(R::FIELDS, scope);
    if veil.is_thin() && fields.is_none() {
        return bytes(page);
    }
    let row = |row: &R| {
        let mut row = serde_json::to_value(row).unwrap_or_default();
        veil.draw(&mut row);
        if let (Some(fields), Some(row)) = (fields, row.as_object_mut()) {
            row.retain(|name, _| fields.contains(name));
        }
        row
    };
    let data: Vec<Value> = page.data.iter().map(row).collect();
    bytes(&json!({ "data": data, "page": page.page }))
}

fn bytes(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
