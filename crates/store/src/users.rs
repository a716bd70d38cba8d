//! Users, and who is asking.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use perennial_domain::field::{Field, Resource};
use perennial_domain::query::Value;
use perennial_domain::rights::Action;
use perennial_domain::session::Me;
use perennial_domain::team::Team;
use perennial_domain::text::Language;
use perennial_domain::user::{NewUser, Role, User};
use perennial_domain::{Date, Id, Instant, search as words};

use crate::column::{Key, W};
use crate::connection::AnyConnection;
use crate::dialect::insert_many;
use crate::resource::{self, Stored, grouped, stamp};
use crate::schema::{team_members, users};
use crate::sql::Sql;
use crate::{Error, Read, Result, Scope, Tx, organizations};

#[derive(diesel::Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
struct Row {
    organization: i64,
    id: Key,
    name: String,
    name_sort: String,
    email: String,
    role_id: Key,
    title: Option<String>,
    in_post_since: Option<Date>,
    language: W<Language>,
    zone: Option<String>,
    active: bool,
    session_version: i64,
    version: i64,
    created_at: chrono::NaiveDateTime,
    updated_at: chrono::NaiveDateTime,
    change_set: Option<Key>,
}

#[derive(diesel::Insertable)]
#[diesel(table_name = team_members, treat_none_as_default_value = false)]
struct MemberRow {
    organization: i64,
    team_id: Key,
    user_id: Key,
}

/// The columns that a user is read from: the password's hash never leaves its table.
#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = users)]
struct Seen {
    id: Key,
    name: String,
    email: String,
    role_id: Key,
    title: Option<String>,
    in_post_since: Option<Date>,
    language: W<Language>,
    zone: Option<String>,
    active: bool,
    last_sign_in_at: Option<chrono::NaiveDateTime>,
    version: i64,
    created_at: chrono::NaiveDateTime,
    updated_at: chrono::NaiveDateTime,
    deleted_at: Option<chrono::NaiveDateTime>,
}

fn insert_memberships(tx: &mut Tx<'_>, new: &[User]) -> Result<()> {
    let organization = tx.organization();
    let mut rows = Vec::new();
    for user in new {
        let teams: std::collections::BTreeSet<Id<Team>> = user.team_ids.iter().copied().collect();
        rows.extend(teams.into_iter().map(|team| MemberRow {
            organization,
            team_id: team.into(),
            user_id: user.id.into(),
        }));
    }
    insert_many!(tx.connection, team_members::table, rows);
    Ok(())
}

/// One spelling of an e-mail address: people do not mean two by case.
pub(crate) fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

impl Stored for User {
    fn load(
        connection: &mut AnyConnection,
        organization: i64,
        condition: Sql,
        order: Sql,
        limit: i64,
    ) -> Result<Vec<Self>> {
        use diesel::SelectableHelper;
        let rows: Vec<Seen> = users::table
            .filter(users::organization.eq(organization))
            .filter(condition)
            .order_by(order)
            .limit(limit)
            .select(Seen::as_select())
            .load(connection)?;
        let keys = rows.iter().map(|row| row.id);
        let members: Vec<(Key, Key)> = team_members::table
            .filter(team_members::organization.eq(organization))
            .filter(
                Sql::default()
                    .column("team_members", "user_id")
                    .then(" IN ")
                    .list(keys),
            )
            .order_by(team_members::team_id)
            .select((team_members::user_id, team_members::team_id))
            .load(connection)?;
        let mut teams = grouped(
            members
                .into_iter()
                .map(|(user, team)| (user, Id::from(team))),
        );
        let user = |row: Seen| {
            let user = Self {
                name: row.name,
                email: row.email,
                role_id: row.role_id.into(),
                team_ids: teams.remove(&row.id.0).unwrap_or_default(),
                title: row.title,
                in_post_since: row.in_post_since,
                language: row.language.0,
                zone: row.zone,
                active: row.active,
                last_sign_in_at: row.last_sign_in_at.map(Instant::from),
                ..Self::default()
            };
            user.stamped(
                row.id.into(),
                &stamp(row.version, row.created_at, row.updated_at, row.deleted_at),
            )
        };
        Ok(rows.into_iter().map(user).collect())
    }

    fn insert(tx: &mut Tx<'_>, new: &[Self]) -> Result<()> {
        let (organization, change_set) = (tx.organization(), tx.change_set()?);
        let row = |user: &Self| Row {
            organization,
            id: user.id.into(),
            name: user.name.clone(),
            name_sort: words::sort_key(&user.name),
            email: user.email.clone(),
            role_id: user.role_id.into(),
            title: user.title.clone(),
            in_post_since: user.in_post_since,
            language: W(user.language),
            zone: user.zone.clone(),
            active: user.active,
            session_version: 1,
            version: user.version,
            created_at: user.created_at.naive(),
            updated_at: user.updated_at.naive(),
            change_set: Some(change_set),
        };
        let rows: Vec<Row> = new.iter().map(row).collect();
        insert_many!(tx.connection, users::table, rows);
        insert_memberships(tx, new)
    }

    fn replace(tx: &mut Tx<'_>, old: &Self, new: &Self) -> Result<bool> {
        use users::dsl as u;
        let (organization, id, change_set) =
            (tx.organization(), Key::from(new.id), tx.change_set()?);
        let one = users::table
            .find((organization, id))
            .filter(u::version.eq(old.version));
        let set = (
            u::name.eq(&new.name),
            u::name_sort.eq(words::sort_key(&new.name)),
            u::email.eq(email_key(&new.email)),
            u::role_id.eq(Key::from(new.role_id)),
            u::title.eq(&new.title),
            u::in_post_since.eq(new.in_post_since),
            u::language.eq(W(new.language)),
            u::zone.eq(&new.zone),
            u::active.eq(new.active),
            u::version.eq(new.version),
            u::updated_at.eq(new.updated_at.naive()),
            u::change_set.eq(Some(change_set)),
        );
        if diesel::update(one).set(set).execute(tx.connection)? != 1 {
            return Ok(false);
        }
        if old.team_ids != new.team_ids {
            diesel::delete(
                team_members::table
                    .filter(team_members::organization.eq(organization))
                    .filter(team_members::user_id.eq(id)),
            )
            .execute(tx.connection)?;
            insert_memberships(tx, std::slice::from_ref(new))?;
        }
        Ok(true)
    }

    /// A user's own record is the user's own; a team's are those of its members.
    fn visible(scope: &Scope, action: Action) -> Sql {
        scope.owner_condition(Self::AREA, action, "users", "id")
    }

    fn compare(field: &Field, values: &[Value]) -> Option<Sql> {
        let among = "EXISTS (SELECT 1 FROM team_members m WHERE m.organization = users.organization \
             AND m.user_id = users.id AND m.team_id IN ";
        (field.name == "team_ids").then(|| Sql::text(among).list(values.iter().cloned()).then(")"))
    }

    fn prepare(_tx: &mut Tx<'_>, drafts: &mut [NewUser]) -> Result<()> {
        drafts
            .iter_mut()
            .for_each(|draft| draft.email = email_key(&draft.email));
        Ok(())
    }

    /// Nobody locks themselves out, so that somebody is always left who can let others in.
    /// Nobody gives a role that may do more than their own.
    fn check(tx: &mut Tx<'_>, id: Id<Self>, old: Option<&NewUser>, draft: &NewUser) -> Result<()> {
        if old.is_none_or(|old| old.role_id != draft.role_id) {
            covers(tx, draft.role_id)?;
        }
        match old {
            Some(old) if id == tx.scope.user && old.active && !draft.active => {
                Err(Error::Conflict {
                    pointer: "/active".into(),
                    code: "own",
                })
            }
            Some(old) if id == tx.scope.user && old.role_id != draft.role_id => {
                Err(Error::Conflict {
                    pointer: "/role_id".into(),
                    code: "own",
                })
            }
            _ => Ok(()),
        }
    }

    fn hide(tx: &mut Tx<'_>, rows: &[Self], _hidden: bool) -> Result<()> {
        match rows.iter().find(|user| user.id == tx.scope.user) {
            Some(_) => Err(Error::Conflict {
                pointer: String::new(),
                code: "own",
            }),
            None => Ok(()),
        }
    }

    fn title(&self) -> &str {
        &self.name
    }

    fn document(&self) -> Option<String> {
        Some(words::document(&[&self.name], &[&self.email]))
    }
}

/// A user whom the caller may let in: one that can do nothing which the caller cannot.
///
/// # Errors
/// [`Error::Forbidden`] for a user who can do more; [`Error::NotFound`] for one the caller does not see.
pub fn manageable(read: &mut Read<'_>, id: Id<User>) -> Result<User> {
    let user = resource::find::<User>(read, id)?;
    covers(read, user.role_id)?;
    Ok(user)
}

/// Refuses a role that may do more than the caller.
fn covers(read: &mut Read<'_>, role: Id<Role>) -> Result<()> {
    let organization = read.organization();
    let one = Sql::default()
        .column(Role::PLURAL, "id")
        .then(" = ")
        .bind(Key::from(role));
    let order = Sql::default().column(Role::PLURAL, "id");
    let roles = Role::load(read.connection, organization, one, order, 1)?;
    let within = |role: &Role| read.scope.covers(&role.permissions, &role.field_rules);
    // A role that is not there is a fault of another kind, found elsewhere.
    if roles.iter().all(within) {
        Ok(())
    } else {
        Err(Error::Forbidden)
    }
}

/// Who is asking, and what they may do.
///
/// # Errors
/// Whatever the database says.
pub fn me(read: &mut Read<'_>) -> Result<Me> {
    let organization = organizations::own(read)?;
    let key = read.organization();
    let one = |table, id: Key| Sql::default().column(table, "id").then(" = ").bind(id);
    let order = |table| Sql::default().column(table, "id");
    let users = User::load(
        read.connection,
        key,
        one(User::PLURAL, read.scope.user.into()),
        order(User::PLURAL),
        1,
    )?;
    let user = users.into_iter().next().ok_or(Error::Unauthenticated)?;
    let roles = Role::load(
        read.connection,
        key,
        one(Role::PLURAL, user.role_id.into()),
        order(Role::PLURAL),
        1,
    )?;
    let role = roles.into_iter().next().ok_or(Error::Unauthenticated)?;
    Ok(Me {
        user,
        role,
        organization,
    })
}
