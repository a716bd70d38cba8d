//! What a list is asked: filter, order, page. Parsed against the resource's field table, so that nothing else gets through.

mod compare;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::field::{Field, ID, Kind, Resource};
use crate::problem::{FieldError, Invalid};
use crate::{Date, Instant};
use compare::compare;
pub use compare::{compares, one_of, parameters, wrong};

/// A value that rows are compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Text, or a word of an enumeration.
    Text(String),
    /// A whole number, or ten-thousandths of a decimal.
    Integer(i64),
    /// Yes or no.
    Flag(bool),
    /// A day.
    Date(Date),
    /// A moment.
    Instant(Instant),
    /// A record's key.
    Id(uuid::Uuid),
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// Equals; for several values, one of them does.
    Eq,
    /// Is one of a list.
    In,
    /// At least.
    Gte,
    /// At most.
    Lte,
    /// Is empty (`true`) or not (`false`).
    IsNull,
}

/// Which rows a list holds.
#[derive(Clone, Debug)]
pub enum Filter {
    /// Every one of them holds; true of none.
    All(Vec<Filter>),
    /// One of them holds; false of none.
    Any(Vec<Filter>),
    /// A field compares so with one of the values.
    Compare {
        /// Which field.
        field: &'static Field,
        /// How.
        operator: Operator,
        /// With what; one but for `In`.
        values: Vec<Value>,
    },
}

/// One key of an order.
#[derive(Clone, Copy, Debug)]
pub struct Sort {
    /// Which field.
    pub field: &'static Field,
    /// From the greatest down.
    pub descending: bool,
}

/// What a list is asked.
#[derive(Clone, Debug)]
pub struct ListQuery {
    /// Which rows.
    pub filter: Filter,
    /// In which order: one or two keys in one direction; the id comes last by itself.
    pub sort: Vec<Sort>,
    /// How many, 1 to 200.
    pub limit: usize,
    /// After which row.
    pub after: Option<Position>,
    /// Full text.
    pub q: Option<String>,
    /// Count the whole list, up to 10 001.
    pub include_total: bool,
    /// Deleted rows too.
    pub include_deleted: bool,
    /// Only these fields.
    pub fields: Option<Vec<String>>,
    /// What a cursor of this list is bound to.
    binding: u64,
}

/// The place of a row in an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The row's sort keys.
    pub keys: Vec<Value>,
    /// The row.
    pub id: uuid::Uuid,
}

#[derive(Serialize, Deserialize)]
struct Cursor(u64, Position);

/// A condition as `POST /…/search` takes it: `all` or `any` of others, or a field compared.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Clause {
    /// Every one of these holds.
    #[schema(no_recursion, required = false)]
    pub all: Option<Vec<Clause>>,
    /// One of these holds.
    #[schema(no_recursion, required = false)]
    pub any: Option<Vec<Clause>>,
    /// The field to compare.
    #[schema(required = false)]
    pub field: Option<String>,
    /// How; `eq` unless given.
    #[schema(required = false)]
    pub operator: Option<Operator>,
    /// With what: a value of the field's kind, or for `in` an array of them. Written as in a list's parameter it may be a
    /// text, too.
    #[schema(required = false, value_type = serde_json::Value)]
    pub value: Option<Json>,
}

/// A list asked by `POST /…/search`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SearchRequest {
    /// Which rows; all unless given.
    #[schema(required = false)]
    pub r#where: Option<Clause>,
    /// Fields to order by, each with `-` before it for descending.
    #[schema(required = false)]
    pub sort: Option<String>,
    /// How many rows, 1 to 200.
    #[schema(required = false, minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// Where the page before this one ended.
    #[schema(required = false)]
    pub cursor: Option<String>,
    /// Full text.
    #[schema(required = false, max_length = 200)]
    pub q: Option<String>,
}

impl ListQuery {
    /// Every row in the default order, so many a page.
    pub fn first<R: Resource>(limit: usize) -> Self {
        Self {
            filter: Filter::All(Vec::new()),
            sort: default_sort::<R>(),
            limit,
            after: None,
            q: None,
            include_total: false,
            include_deleted: false,
            fields: None,
            binding: 0,
        }
    }

    /// Reads the parameters of `GET /…`.
    pub fn parse<R: Resource>(pairs: &[(String, String)]) -> Result<Self, Invalid> {
        let mut query = Self::first::<R>(50);
        let (mut conditions, mut cursor, mut bound) = (Vec::new(), None, Vec::new());
        let mut errors = Vec::new();
        for (at, (name, value)) in pairs.iter().enumerate() {
            if pairs.iter().take(at).any(|(earlier, _)| earlier == name) {
                errors.push(FieldError::new(name, "twice"));
                continue;
            }
            let read: Result<(), Invalid> = match name.as_str() {
                "limit" => read_limit(value).map(|limit| query.limit = limit),
                "cursor" => {
                    cursor = Some(value.as_str());
                    Ok(())
                }
                "include_total" => read_flag(name, value).map(|flag| query.include_total = flag),
                "include_deleted" => read_flag(name, value).map(|flag| {
                    query.include_deleted = flag;
                    bound.push(format!("{name}={value}"))
                }),
                "sort" => read_sort::<R>(value).map(|sort| {
                    query.sort = sort;
                    bound.push(format!("{name}={value}"))
                }),
                "q" => read_text(value).map(|text| {
                    query.q = text;
                    bound.push(format!("{name}={value}"))
                }),
                "fields" => read_fields::<R>(value).map(|fields| query.fields = Some(fields)),
                _ => read_parameter::<R>(name, value).map(|condition| {
                    conditions.push(condition);
                    bound.push(format!("{name}={value}"))
                }),
            };
            if let Err(Invalid(found)) = read {
                errors.extend(found);
            }
        }
        if !errors.is_empty() {
            return Err(Invalid(errors));
        }
        bound.sort();
        query.filter = Filter::All(conditions);
        query.bind::<R>(&bound.join("&"), cursor)
    }

    /// Reads the body of `POST /…/search`.
    pub fn search<R: Resource>(request: &SearchRequest) -> Result<Self, Invalid> {
        let mut query = Self::first::<R>(request.limit.unwrap_or(50));
        read_limit(&query.limit.to_string())?;
        if let Some(clause) = &request.r#where {
            query.filter = read_clause::<R>(clause, "/where", 5, &mut 50)?;
        }
        if let Some(sort) = &request.sort {
            query.sort = read_sort::<R>(sort)?;
        }
        query.q = request.q.as_deref().map(read_text).transpose()?.flatten();
        let bound = serde_json::to_string(&(&request.r#where, &request.sort, &request.q))
            .unwrap_or_default();
        query.bind::<R>(&bound, request.cursor.as_deref())
    }

    /// Whether it names the rows that it asks for.
    pub fn names_rows(&self) -> bool {
        let names = |filter: &Filter| matches!(filter, Filter::Compare { field, operator: Operator::Eq | Operator::In, .. } if field.name == ID.name);
        matches!(&self.filter, Filter::All(filters) if filters.iter().any(names))
    }

    /// The cursor of the page that begins after this row.
    pub fn cursor(&self, position: Position) -> String {
        URL_SAFE_NO_PAD
            .encode(serde_json::to_vec(&Cursor(self.binding, position)).unwrap_or_default())
    }

    fn bind<R: Resource>(mut self, bound: &str, cursor: Option<&str>) -> Result<Self, Invalid> {
        self.binding = fnv(R::PLURAL.bytes().chain(*b"?").chain(bound.bytes()));
        if let Some(text) = cursor {
            let refused = || Invalid::new("cursor", "value");
            let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
            let Cursor(binding, position) =
                serde_json::from_slice(&bytes).map_err(|_| refused())?;
            if binding != self.binding
                || position.keys.len() != self.sort.len()
                || !self.fits(&position)
            {
                return Err(refused());
            }
            self.after = Some(position);
        }
        Ok(self)
    }

    /// Whether a cursor's keys are of the sort fields' kinds: a forged one must not reach the database.
    fn fits(&self, position: &Position) -> bool {
        self.sort.iter().zip(&position.keys).all(|(sort, key)| {
            matches!(
                (sort.field.kind, key),
                (Kind::Text, Value::Text(text)) if !text.contains('\0')
            ) || matches!(
                (sort.field.kind, key),
                (Kind::Instant, Value::Instant(_))
                    | (Kind::Date, Value::Date(_))
                    | (
                        Kind::Integer | Kind::Decimal | Kind::Money,
                        Value::Integer(_)
                    )
            )
        })
    }
}

/// The order that the resource has of itself.
fn default_sort<R: Resource>() -> Vec<Sort> {
    read_sort::<R>(R::ORDER).unwrap_or_default()
}

fn read_limit(text: &str) -> Result<usize, Invalid> {
    match text.parse() {
        Ok(limit @ 1..=200) => Ok(limit),
        _ => Err(Invalid(vec![
            FieldError::new("limit", "range")
                .with("min", 1)
                .with("max", 200),
        ])),
    }
}

fn read_flag(name: &str, text: &str) -> Result<bool, Invalid> {
    text.parse().map_err(|_| Invalid::new(name, "flag"))
}

/// Reads a text to search for: 200 characters at most, and none that no text holds. None where nothing is asked.
///
/// # Errors
/// Says what is wrong with `q`.
pub fn read_text(text: &str) -> Result<Option<String>, Invalid> {
    if text.chars().count() > 200 {
        return Err(Invalid(vec![
            FieldError::new("q", "length")
                .with("min", 0)
                .with("max", 200),
        ]));
    }
    // PostgreSQL takes no such text.
    if text.contains('\0') {
        return Err(Invalid::new("q", "type"));
    }
    Ok(Some(text.to_owned()).filter(|text| !text.trim().is_empty()))
}

fn read_fields<R: Resource>(text: &str) -> Result<Vec<String>, Invalid> {
    let known =
        |name: &&str| R::field(name).is_some() || ["id", "version", "deleted_at"].contains(name);
    match text.split(',').find(|name| !known(name)) {
        Some(_) => {
            let own = R::FIELDS.iter().map(|field| field.name);
            let all = ["id", "version", "deleted_at"].into_iter().chain(own);
            Err(Invalid(vec![one_of("fields", all)]))
        }
        None => Ok(text.split(',').map(str::to_owned).collect()),
    }
}

fn read_sort<R: Resource>(text: &str) -> Result<Vec<Sort>, Invalid> {
    let refused = || {
        let sorted = R::FIELDS.iter().filter(|field| field.sorted);
        let names: Vec<&str> = sorted.map(|field| field.name).collect();
        let fault = FieldError::new("sort", "sort").with("allowed", names.join(", "));
        Invalid(vec![fault])
    };
    let keys = text.split(',').map(|key| {
        let (name, descending) = key
            .strip_prefix('-')
            .map_or((key, false), |name| (name, true));
        let field = R::field(name).filter(|field| field.sorted)?;
        Some(Sort { field, descending })
    });
    let keys: Vec<Sort> = keys.collect::<Option<_>>().ok_or_else(refused)?;
    match keys.as_slice() {
        [_] => Ok(keys),
        [first, second]
            if first.descending == second.descending && first.field.name != second.field.name =>
        {
            Ok(keys)
        }
        _ => Err(refused()),
    }
}

/// `created_at_gte=…`: the field's name, and how it is compared after it.
fn read_parameter<R: Resource>(name: &str, value: &str) -> Result<Filter, Invalid> {
    for (suffix, operator) in parameters() {
        let field = name
            .strip_suffix(suffix)
            .and_then(filterable::<R>)
            .filter(|field| field.filtered && compares(field, operator));
        if let Some(field) = field {
            return compare(field, operator, &value.into(), name);
        }
    }
    Err(Invalid::new(name, "unknown_parameter"))
}

/// The field of that name, of those that rows can be told apart by.
fn filterable<R: Resource>(name: &str) -> Option<&'static Field> {
    if name == ID.name {
        Some(&ID)
    } else {
        R::field(name)
    }
}

fn read_clause<R: Resource>(
    clause: &Clause,
    pointer: &str,
    depth: usize,
    nodes: &mut usize,
) -> Result<Filter, Invalid> {
    let too_much = || Invalid::new(pointer, "too_deep");
    *nodes = nodes.checked_sub(1).ok_or_else(too_much)?;
    let depth = depth.checked_sub(1).ok_or_else(too_much)?;
    let mut each = |clauses: &[Clause], name: &str| -> Result<Vec<Filter>, Invalid> {
        let read = |(at, clause): (usize, &Clause)| {
            read_clause::<R>(clause, &format!("{pointer}/{name}/{at}"), depth, nodes)
        };
        clauses.iter().enumerate().map(read).collect()
    };
    match (&clause.all, &clause.any, &clause.field) {
        (Some(clauses), None, None) => Ok(Filter::All(each(clauses, "all")?)),
        (None, Some(clauses), None) => Ok(Filter::Any(each(clauses, "any")?)),
        (None, None, Some(name)) => {
            let operator = clause.operator.unwrap_or(Operator::Eq);
            let field = filterable::<R>(name)
                .ok_or_else(|| Invalid::new(format!("{pointer}/field"), "unknown_field"))?;
            if !compares(field, operator) {
                let pointer = format!("{pointer}/operator");
                let known = parameters()
                    .into_iter()
                    .filter(|(_, operator)| compares(field, *operator));
                let words: Vec<String> = known
                    .filter_map(|(_, operator)| {
                        Some(serde_json::to_value(operator).ok()?.as_str()?.to_owned())
                    })
                    .collect();
                return Err(Invalid(vec![if words.is_empty() {
                    FieldError::new(pointer, "value")
                } else {
                    one_of(&pointer, words.iter().map(String::as_str))
                }]));
            }
            let pointer = format!("{pointer}/value");
            match &clause.value {
                Some(value) => compare(field, operator, value, &pointer),
                None => Err(Invalid::new(pointer, "required")),
            }
        }
        _ => Err(Invalid::new(pointer, "value")),
    }
}

/// FNV-1a: binds a cursor to its list; no secret.
fn fnv(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
