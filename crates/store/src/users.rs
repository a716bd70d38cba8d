//! Users, and who is asking.

use chrono::NaiveDate;
use diesel::sql_types::Binary;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use perennial_domain::field::{Field, Resource};
use perennial_domain::query::Value;
use perennial_domain::rights::{Action, StandardRole};
use perennial_domain::session::Me;
use perennial_domain::team::Team;
use perennial_domain::text::Language;
use perennial_domain::user::{NewUser, Role, User};
use perennial_domain::{Id, search as words};

use crate::column::{Key, W};
use crate::connection::AnyConnection;
use crate::dialect::{CHUNK, insert_many, lock_name};
use crate::resource::{self, Stored, clear_parts, grouped, keys, row};
use crate::schema::{team_members, users};
use crate::sql::Sql;
use crate::{Error, Read, Result, Scope, Tx, codes, organizations};

// The password's hash is none of its columns: it never leaves its table this way.
row! {
    struct Row of User in users {
        name: String,
        name_sort: String = |_, user| Ok(words::sort_key(&user.name)),
        code: String,
        email: Option<String> = |_, user| Ok(user.email.as_deref().map(email_key)),
        role_id: Key,
        title: Option<String>,
        in_post_since: Option<NaiveDate>,
        language: W<Language>,
        zone: Option<String>,
        active: bool,
        #[diesel(skip_update)]
        session_version: i64 = |_, _| Ok(1),
        #[diesel(skip_update)]
        last_sign_in_at: Option<chrono::NaiveDateTime>,
    }
    read |row, user| {
        user.email = row.email;
        Ok(())
    }
}

#[derive(diesel::Insertable)]
#[diesel(table_name = team_members, treat_none_as_default_value = false)]
struct MemberRow {
    organization: i64,
    team_id: Key,
    user_id: Key,
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
    const PURGED: bool = false;

    /// Everybody may name one.
    fn nameable(_scope: &Scope) -> Sql {
        Sql::always()
    }

    fn hang(read: &mut Read<'_>, rows: &mut [Self]) -> Result<()> {
        let (connection, organization) = read.parts();
        let theirs = Sql::default()
            .column("team_members", "user_id")
            .then(" IN ")
            .among(keys(rows));
        let members: Vec<(Key, Key)> = team_members::table
            .filter(team_members::organization.eq(organization))
            .filter(theirs)
            .order_by(team_members::team_id)
            .select((team_members::user_id, team_members::team_id))
            .load(connection)?;
        let team = |(user, team)| (user, Id::from(team));
        let mut teams = grouped(members.into_iter().map(team));
        for user in rows {
            user.team_ids = teams.remove(&user.id.uuid()).unwrap_or_default();
        }
        Ok(())
    }

    fn insert_parts(tx: &mut Tx<'_>, new: &[Self]) -> Result<()> {
        insert_memberships(tx, new)
    }

    fn replace_parts(tx: &mut Tx<'_>, changed: &[(Self, Self)]) -> Result<()> {
        let others = clear_parts(
            tx,
            changed,
            |user| user.team_ids.clone(),
            ("team_members", "user_id"),
        )?;
        insert_memberships(tx, &others)?;
        let locked = changed
            .iter()
            .filter(|(old, new)| old.active && !new.active);
        let locked: Vec<Key> = locked.map(|(_, user)| user.id.into()).collect();
        end_sessions(tx, &locked)?;
        if changed
            .iter()
            .any(|(old, new)| (old.active, old.role_id) != (new.active, new.role_id))
        {
            keep_an_administrator(tx)?;
        }
        Ok(())
    }

    /// A user's own record is the user's own; a team's are those of its members.
    fn visible(scope: &Scope, action: Action) -> Sql {
        scope.owner_condition(&[(Self::AREA, action)], "users", "id")
    }

    fn compare(field: &Field, values: &[Value]) -> Option<Sql> {
        let among = "EXISTS (SELECT 1 FROM team_members m WHERE m.organization = users.organization \
             AND m.user_id = users.id AND m.team_id IN ";
        (field.name == "team_ids").then(|| Sql::text(among).list(values.iter().cloned()).then(")"))
    }

    fn prepare(tx: &mut Tx<'_>, drafts: &mut [NewUser]) -> Result<()> {
        for draft in &mut *drafts {
            draft.email = draft.email.as_deref().map(email_key);
        }
        give_codes(tx.parts(), drafts.iter_mut().map(|draft| &mut draft.code))
    }

    /// Nobody locks themselves out. Nobody gives a role that may do more than their own, changes somebody who has such a
    /// one, or gives a place in a team from where more is seen.
    fn check(tx: &mut Tx<'_>, id: Id<Self>, old: Option<&NewUser>, draft: &NewUser) -> Result<()> {
        let own = |field: &str| Error::Conflict {
            pointer: format!("/{field}"),
            code: "own",
        };
        codes::check(&draft.code)?;
        if old.is_none_or(|old| old.role_id != draft.role_id) {
            covers(tx, draft.role_id)?;
        }
        if old.map_or(!draft.team_ids.is_empty(), |old| {
            old.team_ids != draft.team_ids
        }) && !tx.scope.sees_every_owner()
        {
            return Err(Error::Forbidden);
        }
        match old {
            Some(old) if id == tx.scope.user && old.active && !draft.active => Err(own("active")),
            Some(old) if id == tx.scope.user && old.role_id != draft.role_id => Err(own("role_id")),
            Some(old) => covers(tx, old.role_id),
            None => Ok(()),
        }
    }

    fn hide(tx: &mut Tx<'_>, rows: &[Self], hidden: bool) -> Result<()> {
        if rows.iter().any(|user| user.id == tx.scope.user) {
            return Err(Error::Conflict {
                pointer: String::new(),
                code: "own",
            });
        }
        for user in rows {
            covers(tx, user.role_id)?;
        }
        if hidden {
            end_sessions(tx, &keys(rows))?;
            keep_an_administrator(tx)?;
        }
        Ok(())
    }

    fn title(&self) -> &str {
        &self.name
    }

    fn document(&self) -> Option<String> {
        let texts = [Some(self.code.as_str()), self.email.as_deref()];
        let texts: Vec<&str> = texts.into_iter().flatten().collect();
        Some(words::document(&[&self.name], &texts))
    }
}

/// Gives new users who have none a code.
pub(crate) fn give_codes<'a>(
    tenant: (&mut AnyConnection, i64),
    codes: impl Iterator<Item = &'a mut String>,
) -> Result<()> {
    codes::give(tenant, User::PLURAL, "U", codes)
}

/// Ends every session of users: whoever is let in again signs in again.
fn end_sessions(tx: &mut Tx<'_>, users: &[Key]) -> Result<()> {
    for chunk in users.chunks(CHUNK) {
        Sql::text("UPDATE users SET session_version = session_version + 1 WHERE organization = ")
            .bind(tx.organization())
            .then(" AND id IN ")
            .among(chunk.iter().copied())
            .execute(tx.connection)?;
    }
    Ok(())
}

/// Refuses to leave an organization without an administrator who can sign in. Of two changes at once, the second sees
/// what the first has left.
fn keep_an_administrator(tx: &mut Tx<'_>) -> Result<()> {
    let organization = tx.organization();
    lock_name(tx.connection, &format!("administrators {organization}"))?;
    let left = Sql::text("SELECT u.id FROM users u JOIN roles r ON r.organization = u.organization AND r.id = u.role_id WHERE u.organization = ")
        .bind(organization)
        .then(" AND u.active AND u.deleted_at IS NULL AND r.standard = ")
        .bind(StandardRole::Admin.as_str())
        .then(" LIMIT 1");
    if left.rows::<Binary, Key>(tx.connection)?.is_empty() {
        return Err(Error::Conflict {
            pointer: String::new(),
            code: "last_administrator",
        });
    }
    Ok(())
}

/// A user whom the caller may let in: one that can do and see nothing which the caller cannot.
///
/// # Errors
/// [`Error::Forbidden`] for a user who can do more; [`Error::NotFound`] for one the caller does not see.
pub fn manageable(read: &mut Read<'_>, id: Id<User>) -> Result<User> {
    let user = resource::find::<User>(read, id)?;
    covers(read, user.role_id)?;
    if id != read.scope.user && !read.scope.sees_every_owner() {
        return Err(Error::Forbidden);
    }
    Ok(user)
}

/// Refuses a role that may do more than the caller.
fn covers(read: &mut Read<'_>, role: Id<Role>) -> Result<()> {
    let one = Sql::default()
        .column(Role::PLURAL, "id")
        .then(" = ")
        .bind(Key::from(role));
    let order = Sql::default().column(Role::PLURAL, "id");
    let roles = Role::load(read, one, order, 1)?;
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
    let one = |table, id: Key| Sql::default().column(table, "id").then(" = ").bind(id);
    let order = |table| Sql::default().column(table, "id");
    let users = User::load(
        read,
        one(User::PLURAL, read.scope.user.into()),
        order(User::PLURAL),
        1,
    )?;
    let user = users.into_iter().next().ok_or(Error::Unauthenticated)?;
    let roles = Role::load(
        read,
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
