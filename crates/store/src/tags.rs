//! Tags.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use perennial_domain::field::Resource;
use perennial_domain::search as words;
use perennial_domain::tag::{Tag, TagColour};

use crate::column::{Key, W};
use crate::connection::AnyConnection;
use crate::dialect::insert_many;
use crate::resource::{Stored, stamp};
use crate::schema::tags;
use crate::sql::Sql;
use crate::{Result, Tx};

#[derive(diesel::Queryable, diesel::Insertable)]
#[diesel(table_name = tags, treat_none_as_default_value = false)]
struct Row {
    organization: i64,
    id: Key,
    name: String,
    name_sort: String,
    colour: W<TagColour>,
    version: i64,
    created_at: chrono::NaiveDateTime,
    updated_at: chrono::NaiveDateTime,
    deleted_at: Option<chrono::NaiveDateTime>,
    change_set: Option<Key>,
}

impl Stored for Tag {
    fn load(
        connection: &mut AnyConnection,
        organization: i64,
        condition: Sql,
        order: Sql,
        limit: i64,
    ) -> Result<Vec<Self>> {
        let rows: Vec<Row> = tags::table
            .filter(tags::organization.eq(organization))
            .filter(condition)
            .order_by(order)
            .limit(limit)
            .load(connection)?;
        let tag = |row: Row| {
            Self {
                name: row.name,
                colour: row.colour.0,
                ..Self::default()
            }
            .stamped(
                row.id.into(),
                &stamp(row.version, row.created_at, row.updated_at, row.deleted_at),
            )
        };
        Ok(rows.into_iter().map(tag).collect())
    }

    fn insert(tx: &mut Tx<'_>, new: &[Self]) -> Result<()> {
        let (organization, change_set) = (tx.organization(), tx.change_set()?);
        let row = |tag: &Self| Row {
            organization,
            id: tag.id.into(),
            name: tag.name.clone(),
            name_sort: words::sort_key(&tag.name),
            colour: W(tag.colour),
            version: tag.version,
            created_at: tag.created_at.naive(),
            updated_at: tag.updated_at.naive(),
            deleted_at: None,
            change_set: Some(change_set),
        };
        let rows: Vec<Row> = new.iter().map(row).collect();
        insert_many!(tx.connection, tags::table, rows);
        Ok(())
    }

    fn replace(tx: &mut Tx<'_>, old: &Self, new: &Self) -> Result<bool> {
        use tags::dsl as t;
        let change_set = tx.change_set()?;
        let one = tags::table
            .find((tx.organization(), Key::from(new.id)))
            .filter(t::version.eq(old.version));
        let set = (
            t::name.eq(&new.name),
            t::name_sort.eq(words::sort_key(&new.name)),
            t::colour.eq(W(new.colour)),
            t::version.eq(new.version),
            t::updated_at.eq(new.updated_at.naive()),
            t::change_set.eq(Some(change_set)),
        );
        Ok(diesel::update(one).set(set).execute(tx.connection)? == 1)
    }

    fn title(&self) -> &str {
        &self.name
    }

    fn document(&self) -> Option<String> {
        Some(words::document(&[&self.name], &[]))
    }
}
