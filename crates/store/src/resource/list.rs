//! A page of a list: filter, order, keyset.

use diesel::sql_types::BigInt;
use perennial_domain::field::{Field, Kind};
use perennial_domain::page::{Page, PageInfo};
use perennial_domain::query::{Filter, ListQuery, Operator, Position, Value};
use perennial_domain::rights::Action;
use perennial_domain::{Decimal, search as words};

use super::Stored;
use crate::sql::Sql;
use crate::{Read, Result, search};

/// How many rows a total is counted to.
const COUNTED: i64 = 10_001;

/// A page of the rows that the user may see.
///
/// # Errors
/// Whatever the database says.
pub fn list<R: Stored>(read: &mut Read<'_>, query: &ListQuery) -> Result<Page<R>> {
    list_under(read, query, Sql::always())
}

/// A page of the rows that the user may see and that meet one more condition.
pub(crate) fn list_under<R: Stored>(
    read: &mut Read<'_>,
    query: &ListQuery,
    also: Sql,
) -> Result<Page<R>> {
    let narrowed =
        !also.is_always() || !matches!(&query.filter, Filter::All(filters) if filters.is_empty());
    let mut asked = asked::<R>(query).and(also);
    let mut cut = None;
    if let Some(q) = &query.q {
        let found = search::among::<R>(read, q, narrowed)?;
        asked = asked.and(found.condition);
        cut = found.cut;
    }
    let seen = R::visible(read.scope, Action::Read);
    let total = match (query.include_total, cut) {
        (false, _) => None,
        (true, None) => Some(count::<R>(read, seen.clone().and(asked.clone()))?),
        // Rights are words of the documents: what is not listed is counted by the index alone.
        (true, Some(all)) => Some(counted(read, all)?),
    };
    if let Some(after) = &query.after {
        asked = asked.and(beyond::<R>(query, after));
    }
    let limit = i64::try_from(query.limit + 1).unwrap_or(i64::MAX);
    let by_owner = matches!(&*query.sort, [sort] if R::BY_OWNER.contains(&sort.field.stored));
    let condition = if query.q.is_none()
        && by_owner
        && let Some(shares) = R::shares(read.scope)
    {
        // What is a share's is seen. Said again, PostgreSQL would look for all shares in each.
        first_of_each::<R>(read, query, shares, &asked, limit)
    } else if query.q.is_none()
        && !by_owner
        && !narrowed
        && let Some(reach) = R::reach(read.scope)
        && is_rare::<R>(read, query)?
    {
        first_within::<R>(read, query, reach, seen.and(asked), limit)
    } else {
        seen.and(asked)
    };
    let mut data = R::read(read, condition, order_in(R::PLURAL, query), limit)?;
    // One row fits at least: else nobody would ever come past it.
    let fitting = R::fitting(read, &data)?.clamp(1, query.limit);
    let has_more = data.len() > fitting;
    data.truncate(fitting);
    if !data.is_empty() {
        R::hang(read, &mut data)?;
    }
    let next_cursor = data
        .last()
        .filter(|_| has_more)
        .map(|last| query.cursor(position(query, last)));
    Ok(Page {
        data,
        page: PageInfo {
            next_cursor,
            has_more,
            total,
        },
    })
}

/// Which rows a list holds that the user may see, its text left aside.
pub(crate) fn condition<R: Stored>(read: &Read<'_>, query: &ListQuery) -> Sql {
    R::visible(read.scope, Action::Read).and(asked::<R>(query))
}

/// Which rows a list asks for, whoever asks.
fn asked<R: Stored>(query: &ListQuery) -> Sql {
    let condition = filter::<R>(&query.filter);
    if query.include_deleted {
        return condition;
    }
    condition.and(
        Sql::default()
            .column(R::PLURAL, "deleted_at")
            .then(" IS NULL"),
    )
}

/// The first rows under a condition of a list in many shares, each read in the list's order from an index of its own: a
/// database by itself would sort all of them, or look through everybody else's.
fn first_of_each<R: Stored>(
    read: &Read<'_>,
    query: &ListQuery,
    shares: Vec<Sql>,
    condition: &Sql,
    limit: i64,
) -> Sql {
    let mut first = Sql::default()
        .column(R::PLURAL, "id")
        .then(" IN (SELECT id FROM (");
    for (at, share) in shares.into_iter().enumerate() {
        first = first.then(if at == 0 {
            "SELECT * FROM ("
        } else {
            " UNION ALL SELECT * FROM ("
        });
        let from = Sql::default().name(R::PLURAL);
        first = first
            .piece(first_from::<R>(
                read,
                query,
                from,
                share.and(condition.clone()),
                limit,
            ))
            .then(") AS share");
    }
    first
        .then(") AS shares ORDER BY ")
        .piece(order_in("shares", query))
        .then(" LIMIT ")
        .bind(limit)
        .then(")")
}

/// How many rows at the beginning of a list are looked at to learn how many of them are the user's, and how many of these
/// make it worth while to go on like that: of three in a thousand, a page of fifty is expected among seventeen thousand.
const SAMPLE: i64 = 1_000;
const ENOUGH: i64 = 3;

/// Whether hardly any row of a list is the user's.
fn is_rare<R: Stored>(read: &mut Read<'_>, query: &ListQuery) -> Result<bool> {
    let after = query.after.as_ref();
    let from_there = after.map_or_else(Sql::always, |after| beyond::<R>(query, after));
    let from = Sql::default().name(R::PLURAL);
    let sql = Sql::text("SELECT COUNT(*) FROM (SELECT * FROM ")
        .piece(first_of::<R>(read, query, from, from_there, SAMPLE))
        .then(") AS ")
        .name(R::PLURAL)
        .then(" WHERE ")
        .piece(R::visible(read.scope, Action::Read));
    let counts = sql.rows::<BigInt, i64>(read.connection)?;
    Ok(counts.first().is_some_and(|count| *count < ENOUGH))
}

/// The first rows under a condition among those whose keys a statement selects: these are looked up and sorted.
fn first_within<R: Stored>(
    read: &Read<'_>,
    query: &ListQuery,
    reach: Sql,
    condition: Sql,
    limit: i64,
) -> Sql {
    // SQLite takes the tables of such a join in their order.
    let from = Sql::text("(")
        .piece(reach)
        .then(") AS mine CROSS JOIN ")
        .name(R::PLURAL);
    let mine = Sql::default().column(R::PLURAL, "id").then(" = mine.key");
    Sql::default()
        .column(R::PLURAL, "id")
        .then(" IN (SELECT id FROM (")
        .piece(first_from::<R>(
            read,
            query,
            from,
            mine.and(condition),
            limit,
        ))
        .then(") AS first)")
}

/// A statement for the keys of the first rows under a condition, and for what they are ordered by.
fn first_from<R: Stored>(
    read: &Read<'_>,
    query: &ListQuery,
    from: Sql,
    condition: Sql,
    limit: i64,
) -> Sql {
    let mut columns = Sql::text("SELECT ");
    for sort in &query.sort {
        columns = columns.column(R::PLURAL, sort.field.stored).then(", ");
    }
    columns
        .column(R::PLURAL, "id")
        .then(" FROM ")
        .piece(first_of::<R>(read, query, from, condition, limit))
}

/// What stands behind FROM in a statement for the first rows under a condition.
fn first_of<R: Stored>(
    read: &Read<'_>,
    query: &ListQuery,
    from: Sql,
    condition: Sql,
    limit: i64,
) -> Sql {
    from.then(" WHERE ")
        .column(R::PLURAL, "organization")
        .then(" = ")
        .bind(read.organization())
        .then(" AND ")
        .piece(condition)
        .then(" ORDER BY ")
        .piece(order_in(R::PLURAL, query))
        .then(" LIMIT ")
        .bind(limit)
}

/// How many rows meet a condition, up to [`COUNTED`].
pub(super) fn count<R: Stored>(read: &mut Read<'_>, condition: Sql) -> Result<i64> {
    let sql = Sql::text("SELECT 1 AS one FROM ")
        .name(R::PLURAL)
        .then(" WHERE ")
        .column(R::PLURAL, "organization")
        .then(" = ")
        .bind(read.organization())
        .then(" AND ")
        .piece(condition);
    counted(read, sql)
}

/// How many rows a statement has, up to [`COUNTED`].
fn counted(read: &mut Read<'_>, rows: Sql) -> Result<i64> {
    let sql = Sql::text("SELECT COUNT(*) FROM (")
        .piece(rows)
        .then(" LIMIT ")
        .bind(COUNTED)
        .then(") AS counted");
    let counts = sql.rows::<BigInt, i64>(read.connection)?;
    Ok(counts.first().copied().unwrap_or(0))
}

/// A filter as a condition.
fn filter<R: Stored>(of: &Filter) -> Sql {
    match of {
        Filter::All(filters) => Sql::join(" AND ", "TRUE", filters.iter().map(filter::<R>)),
        Filter::Any(filters) => Sql::join(" OR ", "FALSE", filters.iter().map(filter::<R>)),
        Filter::Compare {
            field,
            operator,
            values,
        } => {
            if matches!(operator, Operator::Eq | Operator::In)
                && let Some(own) = R::compare(field, values)
            {
                return own;
            }
            // A name is ordered by its key, but compared as it is written.
            let stored = if field.stored == "name_sort" {
                "name"
            } else {
                field.stored
            };
            let column = Sql::default().column(R::PLURAL, stored);
            match (operator, values.as_slice()) {
                (Operator::IsNull, [Value::Flag(true)]) => column.then(" IS NULL"),
                (Operator::IsNull, _) => column.then(" IS NOT NULL"),
                (Operator::Gte, [value]) => column.then(" >= ").bind(value.clone()),
                (Operator::Lte, [value]) => column.then(" <= ").bind(value.clone()),
                (_, [value]) => column.then(" = ").bind(value.clone()),
                (_, values) => column.then(" IN ").list(values.iter().cloned()),
            }
        }
    }
}

fn order_in(table: &'static str, query: &ListQuery) -> Sql {
    let mut order = Sql::default();
    for sort in &query.sort {
        order = order
            .column(table, sort.field.stored)
            .then(if sort.descending { " DESC, " } else { ", " });
    }
    order
        .column(table, "id")
        .then(if is_descending(query) { " DESC" } else { "" })
}

/// After a row, as a row value: the one form that both databases answer from the index alone.
fn beyond<R: Stored>(query: &ListQuery, after: &Position) -> Sql {
    let mut columns = Sql::text("(");
    let mut values = Sql::text(if is_descending(query) {
        ") < ("
    } else {
        ") > ("
    });
    for (sort, key) in query.sort.iter().zip(&after.keys) {
        columns = columns.column(R::PLURAL, sort.field.stored).then(", ");
        values = values.bind(key.clone()).then(", ");
    }
    columns
        .column(R::PLURAL, "id")
        .piece(values)
        .bind(after.id)
        .then(")")
}

fn is_descending(query: &ListQuery) -> bool {
    query.sort.first().is_some_and(|sort| sort.descending)
}

/// Where a row stands in a list's order.
fn position<R: Stored>(query: &ListQuery, row: &R) -> Position {
    let object = serde_json::to_value(row).unwrap_or_default();
    let key = |field: &Field| {
        let value = &object[field.name];
        let amount = value.get("amount").unwrap_or(value);
        let text = amount.as_str().unwrap_or_default();
        match field.kind {
            _ if field.stored == "name_sort" => Value::Text(words::sort_key(text)),
            Kind::Instant => Value::Instant(text.parse().unwrap_or_default()),
            Kind::Date => Value::Date(text.parse().unwrap_or_default()),
            Kind::Integer => Value::Integer(value.as_i64().unwrap_or_default()),
            Kind::Decimal | Kind::Money => Value::Integer(
                text.parse::<Decimal>()
                    .unwrap_or_default()
                    .ten_thousandths(),
            ),
            _ => Value::Text(text.to_owned()),
        }
    };
    Position {
        keys: query.sort.iter().map(|sort| key(sort.field)).collect(),
        id: row.id().uuid(),
    }
}
