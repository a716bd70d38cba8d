//! Finding anything by its text.

use actix_web::HttpResponse;
use perennial_domain::problem::{FieldError, Invalid};
use perennial_domain::query;
use perennial_store::search;

use super::pages::Hits;
use crate::answer;
use crate::extract::Pairs;
use crate::operations::Operations;
use crate::operations::guard::SignedIn;
use crate::problem::Problem;

pub(super) fn operations(operations: Operations) -> Operations {
    operations.operation::<__path_search_everything, _, _>(search_everything)
}

/// What is searched for.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "speaks to the contract alone")]
struct Query {
    /// Every word must be there, words may be cut short; Chinese names also by pinyin and by its initials.
    #[param(min_length = 1, max_length = 200)]
    q: String,
    /// How many at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
}

/// Search everything
///
/// Whatever the caller may see and the text is found in, newest first.
#[utoipa::path(get, path = "/search", tag = "Search", params(Query), responses((status = 200, description = "What was found.", body = Hits)))]
async fn search_everything(signed_in: SignedIn, mut pairs: Pairs) -> Result<HttpResponse, Problem> {
    let limit = pairs.limit()?;
    let text: Option<String> = pairs.take("q")?;
    pairs.finish()?;
    let fault = || {
        Problem::bad_parameter(Invalid(vec![
            FieldError::new("q", "length")
                .with("min", 1)
                .with("max", 200),
        ]))
    };
    let text = text
        .filter(|text| (1..=200).contains(&text.chars().count()))
        .ok_or_else(fault)?;
    query::read_text(&text).map_err(Problem::bad_parameter)?;
    let data = signed_in
        .read(move |read| search::find(read, &text, limit))
        .await?;
    Ok(answer::json(&Hits { data }))
}
