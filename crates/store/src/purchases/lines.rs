//! A purchase's lines: rows of their own, because returns name them and totals sum them.

use std::collections::BTreeMap;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper};
use perennial_domain::Decimal;
use perennial_domain::purchase::{Purchase, PurchaseLine};
use uuid::Uuid;

use super::row::base;
use crate::column::{Key, id, key};
use crate::dialect::insert_many;
use crate::resource::{grouped, keys};
use crate::schema::purchase_lines;
use crate::sql::Sql;
use crate::{Read, Result, Tx};

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
    fn of(tx: &mut Tx<'_>, purchase: &Purchase, place: usize) -> Result<Option<Self>> {
        let Some(line) = purchase.lines.get(place) else {
            return Ok(None);
        };
        Ok(Some(Self {
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
            amount_base: base(tx, purchase, line.amount.unwrap_or_default())?.ten_thousandths(),
            reverses: line.reverses.map(Key),
        }))
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

/// Inserts the lines of new or emptied purchases. Those without a key get one.
pub(super) fn insert(tx: &mut Tx<'_>, purchases: &[Purchase]) -> Result<()> {
    let mut rows = Vec::new();
    for purchase in purchases {
        for place in 0..purchase.lines.len() {
            rows.extend(Row::of(tx, purchase, place)?);
        }
    }
    insert_many!(tx.connection, purchase_lines::table, rows);
    Ok(())
}

/// The lines of purchases, in their order.
pub(super) fn load(
    read: &mut Read<'_>,
    purchases: &[Purchase],
) -> Result<BTreeMap<Uuid, Vec<PurchaseLine>>> {
    let mut rows: Vec<Row> = purchase_lines::table
        .filter(purchase_lines::organization.eq(read.organization()))
        .filter(
            Sql::default()
                .column("purchase_lines", "purchase_id")
                .then(" IN ")
                .among(keys(purchases)),
        )
        .select(Row::as_select())
        .load(read.connection)?;
    rows.sort_by_key(|row| row.place);
    Ok(grouped(
        rows.into_iter().map(|row| (row.purchase_id, row.line())),
    ))
}
