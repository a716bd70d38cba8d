//! A purchase's lines: rows of their own, because returns name them and totals sum them.

use std::collections::BTreeMap;

use diesel::sql_types::{BigInt, Binary};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper};
use perennial_domain::Decimal;
use perennial_domain::problem::Invalid;
use perennial_domain::purchase::{Purchase, PurchaseLine};
use uuid::Uuid;

use super::row::worth_at_its_rate;
use crate::column::{Key, id, key};
use crate::dialect::{CHUNK, insert_many, put_many};
use crate::resource::{grouped, keys};
use crate::schema::purchase_lines;
use crate::sql::Sql;
use crate::{Error, Read, Result, Tx};

#[derive(diesel::Insertable, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = purchase_lines, treat_none_as_default_value = false)]
struct Row {
    organization: i64,
    id: Key,
    purchase_id: Key,
    place: i64,
    product_id: Option<Key>,
    description: String,
    quantity: i64,
    price: Option<i64>,
    discount: i64,
    amount: i64,
    amount_base: i64,
    reverses: Option<Key>,
}

impl Row {
    fn of(tx: &mut Tx<'_>, purchase: &Purchase, place: usize, line: &PurchaseLine) -> Result<Self> {
        Ok(Self {
            organization: tx.organization(),
            id: Key(line.id.unwrap_or_else(|| tx.new_key())),
            purchase_id: purchase.id.into(),
            place: i64::try_from(place).unwrap_or(i64::MAX),
            product_id: key(line.product_id),
            description: line.description.clone(),
            quantity: line.quantity.ten_thousandths(),
            price: line.price.map(Decimal::ten_thousandths),
            discount: line.discount.ten_thousandths(),
            amount: line.amount.unwrap_or_default().ten_thousandths(),
            amount_base: worth_at_its_rate(
                tx,
                purchase,
                "/lines",
                line.amount.unwrap_or_default(),
            )?
            .ten_thousandths(),
            reverses: line.reverses.map(Key),
        })
    }

    fn line(self) -> PurchaseLine {
        let decimal = Decimal::from_ten_thousandths;
        PurchaseLine {
            id: Some(self.id.0),
            product_id: id(self.product_id),
            description: self.description,
            quantity: decimal(self.quantity),
            price: self.price.map(decimal),
            discount: decimal(self.discount),
            amount: Some(decimal(self.amount)),
            reverses: self.reverses.map(|key| key.0),
        }
    }
}

/// Writes the lines of purchases, new and kept ones; those without a key get one.
pub(super) fn write(tx: &mut Tx<'_>, purchases: &[Purchase]) -> Result<()> {
    use diesel::upsert::excluded;
    use purchase_lines::dsl as l;
    name_lines(tx, purchases)?;
    let (mut new, mut kept) = (Vec::new(), Vec::new());
    for purchase in purchases {
        for (place, line) in purchase.lines.iter().enumerate() {
            let rows = match line.id {
                None => &mut new,
                Some(_) => &mut kept,
            };
            rows.push(Row::of(tx, purchase, place, line)?);
        }
    }
    insert_many!(tx.connection, purchase_lines::table, new);
    put_many!(
        tx.connection,
        purchase_lines::table,
        kept,
        (l::organization, l::id),
        (
            l::place.eq(excluded(l::place)),
            l::product_id.eq(excluded(l::product_id)),
            l::description.eq(excluded(l::description)),
            l::quantity.eq(excluded(l::quantity)),
            l::price.eq(excluded(l::price)),
            l::discount.eq(excluded(l::discount)),
            l::amount.eq(excluded(l::amount)),
            l::amount_base.eq(excluded(l::amount_base)),
            l::reverses.eq(excluded(l::reverses)),
        )
    );
    Ok(())
}

/// Refuses lines that give back what is no line.
fn name_lines(tx: &mut Tx<'_>, purchases: &[Purchase]) -> Result<()> {
    let lines = purchases
        .iter()
        .flat_map(|purchase| purchase.lines.iter().enumerate());
    let named: Vec<(usize, Key)> = lines
        .filter_map(|(at, line)| Some((at, Key(line.reverses?))))
        .collect();
    for chunk in named.chunks(CHUNK) {
        let there: Vec<Key> = Sql::text("SELECT id FROM purchase_lines WHERE organization = ")
            .bind(tx.organization())
            .then(" AND id IN ")
            .among(chunk.iter().map(|(_, key)| *key))
            .rows::<Binary, _>(tx.connection)?;
        if let Some((at, _)) = chunk.iter().find(|(_, key)| !there.contains(key)) {
            return Err(Invalid::new(format!("/lines/{at}/reverses"), "not_found").into());
        }
    }
    Ok(())
}

/// Removes lines. A deleted return that names one of them names nothing from then on, so it cannot come back.
///
/// # Errors
/// [`Error::Conflict`] where a return names one of them.
pub(super) fn remove(tx: &mut Tx<'_>, lines: &[Key]) -> Result<()> {
    let organization = tx.organization();
    for chunk in lines.chunks(CHUNK) {
        let those = |text, column| Sql::text(text).of(organization, column, chunk.iter().copied());
        those("UPDATE purchase_lines SET reverses = NULL", "reverses")
            .then(" AND purchase_id IN (SELECT id FROM purchases WHERE purchases.organization = purchase_lines.organization AND deleted_at IS NOT NULL)")
            .execute(tx.connection)?;
        let named = those("SELECT id FROM purchase_lines", "reverses").then(" LIMIT 1");
        if !named.rows::<Binary, Key>(tx.connection)?.is_empty() {
            return Err(Error::Conflict {
                pointer: String::new(),
                code: "in_use",
            });
        }
        those("DELETE FROM purchase_lines", "id").execute(tx.connection)?;
    }
    Ok(())
}

/// How many lines purchases have; none where nothing is said.
pub(super) fn count(read: &mut Read<'_>, purchases: &[Purchase]) -> Result<BTreeMap<Uuid, usize>> {
    let rows: Vec<(Key, i64)> =
        Sql::text("SELECT purchase_id, COUNT(*) FROM purchase_lines WHERE organization = ")
            .bind(read.organization())
            .then(" AND purchase_id IN ")
            .among(keys(purchases))
            .then(" GROUP BY purchase_id")
            .rows::<(Binary, BigInt), _>(read.connection)?;
    let number = |(key, count): (Key, i64)| (key.0, usize::try_from(count).unwrap_or(0));
    Ok(rows.into_iter().map(number).collect())
}

/// The lines of purchases, in their order.
pub(super) fn of(
    read: &mut Read<'_>,
    purchases: impl IntoIterator<Item = Key>,
) -> Result<BTreeMap<Uuid, Vec<PurchaseLine>>> {
    let mut rows: Vec<Row> = purchase_lines::table
        .filter(purchase_lines::organization.eq(read.organization()))
        .filter(
            Sql::default()
                .column("purchase_lines", "purchase_id")
                .then(" IN ")
                .among(purchases),
        )
        .select(Row::as_select())
        .load(read.connection)?;
    rows.sort_by_key(|row| row.place);
    Ok(grouped(
        rows.into_iter().map(|row| (row.purchase_id, row.line())),
    ))
}
