//! Teams: a tree of groups of users.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use perennial_domain::field::Resource;
use perennial_domain::problem::Invalid;
use perennial_domain::team::{NewTeam, Team};
use perennial_domain::{Id, search as words};

use crate::column::{Key, id, key};
use crate::connection::AnyConnection;
use crate::customers::is_above;
use crate::dialect::insert_many;
use crate::resource::{Stored, stamp};
use crate::schema::teams;
use crate::sql::Sql;
use crate::{Result, Tx};

#[derive(diesel::Queryable, diesel::Insertable)]
#[diesel(table_name = teams, treat_none_as_default_value = false)]
struct Row {
    organization: i64,
    id: Key,
    name: String,
    name_sort: String,
    parent_id: Option<Key>,
    version: i64,
    created_at: chrono::NaiveDateTime,
    updated_at: chrono::NaiveDateTime,
    deleted_at: Option<chrono::NaiveDateTime>,
    change_set: Option<Key>,
}

impl Stored for Team {
    fn load(
        connection: &mut AnyConnection,
        organization: i64,
        condition: Sql,
        order: Sql,
        limit: i64,
    ) -> Result<Vec<Self>> {
        let rows: Vec<Row> = teams::table
            .filter(teams::organization.eq(organization))
            .filter(condition)
            .order_by(order)
            .limit(limit)
            .load(connection)?;
        let team = |row: Row| {
            Self {
                name: row.name,
                parent_id: id(row.parent_id),
                ..Self::default()
            }
            .stamped(
                row.id.into(),
                &stamp(row.version, row.created_at, row.updated_at, row.deleted_at),
            )
        };
        Ok(rows.into_iter().map(team).collect())
    }

    fn insert(tx: &mut Tx<'_>, new: &[Self]) -> Result<()> {
        let (organization, change_set) = (tx.organization(), tx.change_set()?);
        let row = |team: &Self| Row {
            organization,
            id: team.id.into(),
            name: team.name.clone(),
            name_sort: words::sort_key(&team.name),
            parent_id: key(team.parent_id),
            version: team.version,
            created_at: team.created_at.naive(),
            updated_at: team.updated_at.naive(),
            deleted_at: None,
            change_set: Some(change_set),
        };
        let rows: Vec<Row> = new.iter().map(row).collect();
        insert_many!(tx.connection, teams::table, rows);
        Ok(())
    }

    fn replace(tx: &mut Tx<'_>, old: &Self, new: &Self) -> Result<bool> {
        use teams::dsl as t;
        let change_set = tx.change_set()?;
        let one = teams::table
            .find((tx.organization(), Key::from(new.id)))
            .filter(t::version.eq(old.version));
        let set = (
            t::name.eq(&new.name),
            t::name_sort.eq(words::sort_key(&new.name)),
            t::parent_id.eq(key(new.parent_id)),
            t::version.eq(new.version),
            t::updated_at.eq(new.updated_at.naive()),
            t::change_set.eq(Some(change_set)),
        );
        Ok(diesel::update(one).set(set).execute(tx.connection)? == 1)
    }

    /// A team stands neither below itself nor below one that stands below it.
    fn check(tx: &mut Tx<'_>, id: Id<Self>, old: Option<&NewTeam>, draft: &NewTeam) -> Result<()> {
        match (draft.parent_id, old) {
            (Some(parent), Some(_)) if is_above(tx, "teams", id.into(), parent.into())? => {
                Err(Invalid::new("/parent_id", "cycle").into())
            }
            _ => Ok(()),
        }
    }

    fn title(&self) -> &str {
        &self.name
    }

    fn document(&self) -> Option<String> {
        Some(words::document(&[&self.name], &[]))
    }
}
