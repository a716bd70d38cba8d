//! Roles: named sets of rights.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use perennial_domain::Id;
use perennial_domain::field::Resource;
use perennial_domain::rights::{Action, Area, FieldAccess, Level, StandardRole, standard_level};
use perennial_domain::search as words;
use perennial_domain::text::Language;
use perennial_domain::user::{FieldRule, NewRole, Permission, Role};

use crate::column::{Key, W};
use crate::connection::AnyConnection;
use crate::dialect::insert_many;
use crate::resource::{Stored, grouped, stamp};
use crate::schema::{role_fields, role_permissions, roles, users};
use crate::sql::Sql;
use crate::{Error, Result, Tx};

#[derive(diesel::Queryable, diesel::Insertable)]
#[diesel(table_name = roles, treat_none_as_default_value = false)]
pub(crate) struct Row {
    pub(crate) organization: i64,
    pub(crate) id: Key,
    pub(crate) name: String,
    pub(crate) name_sort: String,
    pub(crate) standard: Option<W<StandardRole>>,
    pub(crate) version: i64,
    pub(crate) created_at: chrono::NaiveDateTime,
    pub(crate) updated_at: chrono::NaiveDateTime,
    pub(crate) deleted_at: Option<chrono::NaiveDateTime>,
    pub(crate) change_set: Option<Key>,
}

#[derive(diesel::Insertable)]
#[diesel(table_name = role_permissions, treat_none_as_default_value = false)]
struct PermissionRow {
    organization: i64,
    role_id: Key,
    area: W<Area>,
    action: W<Action>,
    level: W<Level>,
}

#[derive(diesel::Insertable)]
#[diesel(table_name = role_fields, treat_none_as_default_value = false)]
struct FieldRow {
    organization: i64,
    role_id: Key,
    class: String,
    access: W<FieldAccess>,
}

type PermissionValues = (Key, W<Area>, W<Action>, W<Level>);

/// Inserts what roles may do; the last word on an area and action, or a class, counts.
pub(crate) fn insert_rules<'a>(
    connection: &mut AnyConnection,
    organization: i64,
    of: impl IntoIterator<Item = (Key, &'a [Permission], &'a [FieldRule])>,
) -> Result<()> {
    let (mut permissions, mut fields) = (Vec::new(), Vec::new());
    for (role_id, permitted, rules) in of {
        let last: std::collections::BTreeMap<(Area, Action), Level> = permitted
            .iter()
            .map(|permission| ((permission.area, permission.action), permission.level))
            .collect();
        permissions.extend(
            last.into_iter()
                .map(|((area, action), level)| PermissionRow {
                    organization,
                    role_id,
                    area: W(area),
                    action: W(action),
                    level: W(level),
                }),
        );
        let last: std::collections::BTreeMap<&str, FieldAccess> = rules
            .iter()
            .map(|rule| (rule.class.as_str(), rule.access))
            .collect();
        fields.extend(last.into_iter().map(|(class, access)| FieldRow {
            organization,
            role_id,
            class: class.to_owned(),
            access: W(access),
        }));
    }
    insert_many!(connection, role_permissions::table, permissions);
    insert_many!(connection, role_fields::table, fields);
    Ok(())
}

/// The roles that a new organization starts with.
pub(crate) fn standard(language: Language) -> Vec<(StandardRole, NewRole)> {
    let role = |standard: &StandardRole| {
        let all = Area::ALL
            .iter()
            .flat_map(|area| Action::ALL.iter().map(|action| (*area, *action)));
        let permissions = all.map(|(area, action)| Permission {
            area,
            action,
            level: standard_level(*standard, area, action),
        });
        let permissions = permissions
            .filter(|permission| permission.level != Level::None)
            .collect();
        (
            *standard,
            NewRole {
                name: standard.label().text(language).to_owned(),
                permissions,
                field_rules: Vec::new(),
            },
        )
    };
    StandardRole::ALL.iter().map(role).collect()
}

impl Stored for Role {
    fn load(
        connection: &mut AnyConnection,
        organization: i64,
        condition: Sql,
        order: Sql,
        limit: i64,
    ) -> Result<Vec<Self>> {
        let rows: Vec<Row> = roles::table
            .filter(roles::organization.eq(organization))
            .filter(condition)
            .order_by(order)
            .limit(limit)
            .load(connection)?;
        let of = |table| {
            Sql::default()
                .column(table, "role_id")
                .then(" IN ")
                .list(rows.iter().map(|row| row.id))
        };
        let permissions: Vec<PermissionValues> = role_permissions::table
            .filter(role_permissions::organization.eq(organization))
            .filter(of("role_permissions"))
            .order_by((role_permissions::area, role_permissions::action))
            .select((
                role_permissions::role_id,
                role_permissions::area,
                role_permissions::action,
                role_permissions::level,
            ))
            .load(connection)?;
        let fields: Vec<(Key, String, W<FieldAccess>)> = role_fields::table
            .filter(role_fields::organization.eq(organization))
            .filter(of("role_fields"))
            .order_by(role_fields::class)
            .select((
                role_fields::role_id,
                role_fields::class,
                role_fields::access,
            ))
            .load(connection)?;
        let permission = |(role, area, action, level): PermissionValues| {
            (
                role,
                Permission {
                    area: area.0,
                    action: action.0,
                    level: level.0,
                },
            )
        };
        let mut permissions = grouped(permissions.into_iter().map(permission));
        let mut fields = grouped(fields.into_iter().map(|(role, class, access)| {
            (
                role,
                FieldRule {
                    class,
                    access: access.0,
                },
            )
        }));
        let role = |row: Row| {
            let role = Self {
                name: row.name,
                standard: row.standard.map(|word| word.0),
                permissions: if row.standard == Some(W(StandardRole::Admin)) {
                    everything()
                } else {
                    permissions.remove(&row.id.0).unwrap_or_default()
                },
                field_rules: fields.remove(&row.id.0).unwrap_or_default(),
                ..Self::default()
            };
            role.stamped(
                row.id.into(),
                &stamp(row.version, row.created_at, row.updated_at, row.deleted_at),
            )
        };
        Ok(rows.into_iter().map(role).collect())
    }

    fn insert(tx: &mut Tx<'_>, new: &[Self]) -> Result<()> {
        let (organization, change_set) = (tx.organization(), tx.change_set()?);
        let row = |role: &Self| Row {
            organization,
            id: role.id.into(),
            name: role.name.clone(),
            name_sort: words::sort_key(&role.name),
            standard: None,
            version: role.version,
            created_at: role.created_at.naive(),
            updated_at: role.updated_at.naive(),
            deleted_at: None,
            change_set: Some(change_set),
        };
        let rows: Vec<Row> = new.iter().map(row).collect();
        insert_many!(tx.connection, roles::table, rows);
        insert_rules(
            tx.connection,
            organization,
            new.iter().map(|role| {
                (
                    role.id.into(),
                    role.permissions.as_slice(),
                    role.field_rules.as_slice(),
                )
            }),
        )
    }

    fn replace(tx: &mut Tx<'_>, old: &Self, new: &Self) -> Result<bool> {
        use roles::dsl as r;
        let rights = |role: &Self| (role.permissions.clone(), role.field_rules.clone());
        if old.standard == Some(StandardRole::Admin) && rights(old) != rights(new) {
            return Err(Error::Conflict {
                pointer: "/permissions".into(),
                code: "not_allowed",
            });
        }
        let (organization, id, change_set) =
            (tx.organization(), Key::from(new.id), tx.change_set()?);
        let one = roles::table
            .find((organization, id))
            .filter(r::version.eq(old.version));
        let set = (
            r::name.eq(&new.name),
            r::name_sort.eq(words::sort_key(&new.name)),
            r::version.eq(new.version),
            r::updated_at.eq(new.updated_at.naive()),
            r::change_set.eq(Some(change_set)),
        );
        if diesel::update(one).set(set).execute(tx.connection)? != 1 {
            return Ok(false);
        }
        diesel::delete(
            role_permissions::table
                .filter(role_permissions::organization.eq(organization))
                .filter(role_permissions::role_id.eq(id)),
        )
        .execute(tx.connection)?;
        diesel::delete(
            role_fields::table
                .filter(role_fields::organization.eq(organization))
                .filter(role_fields::role_id.eq(id)),
        )
        .execute(tx.connection)?;
        insert_rules(
            tx.connection,
            organization,
            [(id, new.permissions.as_slice(), new.field_rules.as_slice())],
        )?;
        Ok(true)
    }

    /// Nobody changes their own role, so that nobody locks themselves out, nor gives a role what they do not have.
    fn check(tx: &mut Tx<'_>, id: Id<Self>, old: Option<&NewRole>, draft: &NewRole) -> Result<()> {
        if !tx.scope.covers(&draft.permissions, &draft.field_rules) {
            return Err(Error::Forbidden);
        }
        let rights = |role: &NewRole| (role.permissions.clone(), role.field_rules.clone());
        if old.is_some_and(|old| rights(old) != rights(draft))
            && holders(tx, id.into())?.contains(&tx.scope.user.into())
        {
            return Err(Error::Conflict {
                pointer: "/permissions".into(),
                code: "own",
            });
        }
        Ok(())
    }

    /// A role that somebody has stays.
    fn hide(tx: &mut Tx<'_>, rows: &[Self], hidden: bool) -> Result<()> {
        for role in rows.iter().filter(|_| hidden) {
            let kept = role.standard == Some(StandardRole::Admin);
            if kept || !holders(tx, role.id.into())?.is_empty() {
                return Err(Error::Conflict {
                    pointer: String::new(),
                    code: "in_use",
                });
            }
        }
        Ok(())
    }

    fn title(&self) -> &str {
        &self.name
    }

    fn document(&self) -> Option<String> {
        Some(words::document(&[&self.name], &[]))
    }
}

/// What an administrator may do: all there is.
fn everything() -> Vec<Permission> {
    let all = Area::ALL
        .iter()
        .flat_map(|area| Action::ALL.iter().map(|action| (*area, *action)));
    all.map(|(area, action)| Permission {
        area,
        action,
        level: Level::All,
    })
    .collect()
}

/// The users that have a role.
fn holders(tx: &mut Tx<'_>, role: Key) -> Result<Vec<Key>> {
    let organization = tx.organization();
    Ok(users::table
        .filter(users::organization.eq(organization))
        .filter(users::role_id.eq(role))
        .filter(users::deleted_at.is_null())
        .select(users::id)
        .load(tx.connection)?)
}
