//! Roles: named sets of rights.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use perennial_domain::Id;
use perennial_domain::rights::{Action, Area, FieldAccess, Level, StandardRole, standard_level};
use perennial_domain::search as words;
use perennial_domain::text::Language;
use perennial_domain::user::{FieldRule, NewRole, Permission, Role};

use crate::column::{Key, W};
use crate::connection::AnyConnection;
use crate::dialect::insert_many;
use crate::resource::{Stored, clear_parts, grouped, keys, row};
use crate::schema::{role_fields, role_permissions, roles, users};
use crate::sql::Sql;
use crate::{Error, Read, Result, Scope, Tx};

row! {
    pub(crate) struct Row of Role in roles {
        name: String,
        name_sort: String = |_, role| Ok(words::sort_key(&role.name)),
        #[diesel(skip_update)]
        standard: Option<W<StandardRole>>,
    }
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

/// Who sells sees what a customer may owe, and does not decide it.
fn standard_fields(role: StandardRole) -> Vec<FieldRule> {
    let rule = FieldRule {
        class: "credit".to_owned(),
        access: FieldAccess::Read,
    };
    Vec::from_iter((role == StandardRole::Seller).then_some(rule))
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
                field_rules: standard_fields(*standard),
            },
        )
    };
    StandardRole::ALL.iter().map(role).collect()
}

impl Stored for Role {
    const PURGED: bool = false;

    /// Everybody may name one.
    fn nameable(_scope: &Scope) -> Sql {
        Sql::always()
    }

    fn hang(read: &mut Read<'_>, rows: &mut [Self]) -> Result<()> {
        let (connection, organization) = read.parts();
        let of = |table| {
            Sql::default()
                .column(table, "role_id")
                .then(" IN ")
                .among(keys(rows))
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
        for role in rows {
            let key = role.id.uuid();
            role.permissions = if role.standard == Some(StandardRole::Admin) {
                everything()
            } else {
                permissions.remove(&key).unwrap_or_default()
            };
            role.field_rules = fields.remove(&key).unwrap_or_default();
        }
        Ok(())
    }

    fn insert_parts(tx: &mut Tx<'_>, new: &[Self]) -> Result<()> {
        let organization = tx.organization();
        let rules = |role: &'_ Self| -> (Key, Vec<Permission>, Vec<FieldRule>) {
            (
                role.id.into(),
                role.permissions.clone(),
                role.field_rules.clone(),
            )
        };
        let rules: Vec<_> = new.iter().map(rules).collect();
        insert_rules(
            tx.connection,
            organization,
            rules.iter().map(|(role, permissions, fields)| {
                (*role, permissions.as_slice(), fields.as_slice())
            }),
        )
    }

    /// An administrator may do everything by code: there is nothing to change.
    fn replace_parts(tx: &mut Tx<'_>, changed: &[(Self, Self)]) -> Result<()> {
        let rights = |role: &Self| (role.permissions.clone(), role.field_rules.clone());
        if changed.iter().any(|(old, new)| {
            old.standard == Some(StandardRole::Admin) && rights(old) != rights(new)
        }) {
            return Err(Error::Conflict {
                pointer: "/permissions".into(),
                code: "not_allowed",
            });
        }
        clear_parts(tx, changed, rights, ("role_fields", "role_id"))?;
        let others = clear_parts(tx, changed, rights, ("role_permissions", "role_id"))?;
        Self::insert_parts(tx, &others)
    }

    /// Nobody changes their own role, so that nobody locks themselves out, nor gives a role what they do not have.
    fn check(tx: &mut Tx<'_>, id: Id<Self>, old: Option<&NewRole>, draft: &NewRole) -> Result<()> {
        let beyond = |role: &NewRole| !tx.scope.covers(&role.permissions, &role.field_rules);
        if beyond(draft) || old.is_some_and(beyond) {
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
        if rows
            .iter()
            .any(|role| !tx.scope.covers(&role.permissions, &role.field_rules))
        {
            return Err(Error::Forbidden);
        }
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
