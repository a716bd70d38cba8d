//! On whose behalf the store works: which organization, which user, and what that user may see and do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use diesel::sql_types::{BigInt, Binary, Text};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};
use perennial_domain::field::Word;
use perennial_domain::rights::{Action, Area, FieldAccess, Level, StandardRole};
use perennial_domain::user::{FieldRule, Permission, User};
use perennial_domain::{Currency, Date, Id, Instant};

use crate::column::{Key, W};
use crate::connection::AnyConnection;
use crate::schema::{organizations, role_fields, role_permissions, roles, users};
use crate::sql::Sql;
use crate::{Error, Result};

/// How many owners' records are read apart and merged.
const SHARES: usize = 64;

/// On whose behalf the store works. Cheap to clone; no store function runs without one.
#[derive(Clone, Debug)]
pub struct Scope {
    standing: Arc<Standing>,
    /// The moment that everything done in this scope is stamped with.
    pub now: Instant,
    /// The user.
    pub user: Id<User>,
}

/// What a scope knows of its user; loaded once a second at most.
#[derive(Debug)]
struct Standing {
    organization: i64,
    currency: Currency,
    country: String,
    zone: String,
    levels: BTreeMap<(Area, Action), Level>,
    access: BTreeMap<String, FieldAccess>,
    /// The user and everybody in the user's teams and the teams below them.
    colleagues: BTreeSet<Key>,
}

impl Scope {
    /// With whose records the user may do something in an area.
    pub fn level(&self, area: Area, action: Action) -> Level {
        self.standing
            .levels
            .get(&(area, action))
            .copied()
            .unwrap_or(Level::None)
    }

    /// What the user may do with a class of fields.
    pub fn access(&self, class: &str) -> FieldAccess {
        self.standing
            .access
            .get(class)
            .copied()
            .unwrap_or(FieldAccess::Write)
    }

    /// Whether the user could do all that a role may: nobody gives away what they do not have.
    pub fn covers(&self, permissions: &[Permission], rules: &[FieldRule]) -> bool {
        let within = |held: &Permission| held.level <= self.level(held.area, held.action);
        let access = |class: &str| {
            let rule = rules.iter().find(|rule| rule.class == class);
            rule.map_or(FieldAccess::Write, |rule| rule.access)
        };
        let mut own = self.standing.access.iter();
        permissions.iter().all(within) && own.all(|(class, own)| access(class) <= *own)
    }

    /// Whether nothing is hidden from the user for being somebody else's. Who sees only some rows gives nobody a place in a
    /// team, or a way in: what those see then, they could see as well.
    pub(crate) fn sees_every_owner(&self) -> bool {
        let narrow =
            |area: &Area| matches!(self.level(*area, Action::Read), Level::Own | Level::Team);
        !Area::ALL.iter().any(narrow)
    }

    /// A number that changes with the user's rights.
    pub(crate) fn rights(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        let levels = self.standing.levels.iter();
        levels.for_each(|((area, action), level)| {
            (area.as_str(), action.as_str(), level.as_str()).hash(&mut hasher)
        });
        let access = self.standing.access.iter();
        access.for_each(|(class, access)| (class, access.as_str()).hash(&mut hasher));
        hasher.finish()
    }

    /// The same scope at another moment.
    #[must_use]
    pub fn at(&self, now: Instant) -> Self {
        Self {
            now,
            ..self.clone()
        }
    }

    /// The organization's base currency.
    pub fn currency(&self) -> Currency {
        self.standing.currency
    }

    /// The organization's business day.
    pub(crate) fn today(&self) -> Date {
        self.now.day_in(&self.standing.zone)
    }

    /// The moment that stands for a day: now if it is today, else its beginning.
    pub(crate) fn moment_of(&self, day: Date) -> Instant {
        if day == self.today() {
            self.now
        } else {
            day.begins_in(&self.standing.zone)
        }
    }

    /// The organization's key, which leads every key of its rows.
    pub(crate) fn organization(&self) -> i64 {
        self.standing.organization
    }

    /// The country that national phone numbers belong to: ISO 3166 alpha-2.
    pub(crate) fn country(&self) -> &str {
        &self.standing.country
    }

    /// The owners with whose records the user may do all of this; none where it may with everybody's.
    pub(crate) fn owners(&self, means: &[(Area, Action)]) -> Option<BTreeSet<Key>> {
        let owners = |(area, action): &(Area, Action)| match self.level(*area, *action) {
            Level::All => None,
            Level::None => Some(BTreeSet::new()),
            Level::Own => Some([Key::from(self.user)].into()),
            Level::Team => Some(self.standing.colleagues.clone()),
        };
        let owners = means.iter().filter_map(owners);
        owners.reduce(|some, others| &some & &others)
    }

    /// The condition that a column names an owner with whose records the user may do all of this.
    pub(crate) fn owner_condition(
        &self,
        means: &[(Area, Action)],
        table: &'static str,
        column: &'static str,
    ) -> Sql {
        let Some(owners) = self.owners(means) else {
            return Sql::always();
        };
        let owner = Sql::default().column(table, column);
        match (owners.len(), owners.first()) {
            (0, _) | (_, None) => Sql::never(),
            (1, Some(only)) => owner.then(" = ").bind(*only),
            (2..=SHARES, _) => owner.then(" IN ").among(owners),
            // Said so that no index of owners is used: all that they have would be sorted for a page of it.
            _ => Sql::text("(")
                .piece(owner)
                .then(" IN ")
                .among(owners)
                .then(") IS TRUE"),
        }
    }

    /// The same, one for each owner; none where there is one owner, or so many that most of what a list looks through is the
    /// user's.
    pub(crate) fn owner_shares(
        &self,
        means: &[(Area, Action)],
        table: &'static str,
        column: &'static str,
    ) -> Option<Vec<Sql>> {
        let owners = self.owners(means)?;
        let several = (2..=SHARES).contains(&owners.len());
        let share = |owner: Key| Sql::default().column(table, column).then(" = ").bind(owner);
        several.then(|| owners.into_iter().map(share).collect())
    }

    /// On nobody's behalf, with every right in an organization: for what keeps it in order.
    ///
    /// # Errors
    /// Whatever the database says.
    pub(crate) fn of_organization(
        connection: &mut AnyConnection,
        organization: i64,
        now: Instant,
    ) -> Result<Self> {
        let (currency, country, zone): (String, String, String) = organizations::table
            .filter(organizations::key.eq(organization))
            .select((
                organizations::currency,
                organizations::country,
                organizations::zone,
            ))
            .first(connection)?;
        let standing = Standing {
            organization,
            currency: currency
                .parse()
                .map_err(|_| Error::Database(format!("currency {currency:?}")))?,
            country,
            zone,
            levels: everything(),
            access: BTreeMap::new(),
            colleagues: BTreeSet::new(),
        };
        Ok(Self {
            standing: Arc::new(standing),
            now,
            user: Id::default(),
        })
    }

    /// Loads what a user may see and do.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if the user is gone or locked, or has signed out everywhere since `session_version`.
    pub(crate) fn load(
        connection: &mut AnyConnection,
        user: Id<User>,
        session_version: i64,
        now: Instant,
    ) -> Result<Self> {
        let found: Option<(i64, Key)> = users::table
            .filter(users::id.eq(Key::from(user)))
            .filter(users::active.eq(true))
            .filter(users::session_version.eq(session_version))
            .filter(users::deleted_at.is_null())
            .select((users::organization, users::role_id))
            .first(connection)
            .optional()?;
        let (organization, role) = found.ok_or(Error::Unauthenticated)?;
        let standard: Option<W<StandardRole>> = roles::table
            .find((organization, role))
            .select(roles::standard)
            .first(connection)?;
        // Words that this program does not know are of a later one, which runs beside it.
        let levels: Vec<(String, String, W<Level>)> = role_permissions::table
            .filter(role_permissions::organization.eq(organization))
            .filter(role_permissions::role_id.eq(role))
            .select((
                role_permissions::area,
                role_permissions::action,
                role_permissions::level,
            ))
            .load(connection)?;
        let access: Vec<(String, W<FieldAccess>)> = role_fields::table
            .filter(role_fields::organization.eq(organization))
            .filter(role_fields::role_id.eq(role))
            .select((role_fields::class, role_fields::access))
            .load(connection)?;
        let whole = Self::of_organization(connection, organization, now)?.standing;
        let standing = Standing {
            organization,
            currency: whole.currency,
            country: whole.country.clone(),
            zone: whole.zone.clone(),
            colleagues: colleagues(connection, organization, user.into())?,
            levels: if standard == Some(W(StandardRole::Admin)) {
                everything()
            } else {
                let known = |(area, action, level): (String, String, W<Level>)| {
                    Some((
                        (Area::from_word(&area)?, Action::from_word(&action)?),
                        level.0,
                    ))
                };
                levels.into_iter().filter_map(known).collect()
            },
            access: access
                .into_iter()
                .map(|(class, access)| (class, access.0))
                .collect(),
        };
        Ok(Self {
            standing: Arc::new(standing),
            now,
            user,
        })
    }
}

/// What an administrator may do: all there is, whatever a later release adds.
fn everything() -> BTreeMap<(Area, Action), Level> {
    let pairs = Area::ALL
        .iter()
        .flat_map(|area| Action::ALL.iter().map(|action| (*area, *action)));
    pairs.map(|pair| (pair, Level::All)).collect()
}

/// The user and everybody in the user's teams and the teams below them.
fn colleagues(
    connection: &mut AnyConnection,
    organization: i64,
    user: Key,
) -> Result<BTreeSet<Key>> {
    let members: Vec<Key> = Sql::text("WITH RECURSIVE mine (id) AS (SELECT t.id FROM team_members m JOIN teams t ON t.organization = m.organization AND t.id = m.team_id \
         WHERE t.deleted_at IS NULL AND m.organization = ")
        .bind(organization)
        .then(" AND m.user_id = ")
        .bind(user)
        .then(" UNION SELECT teams.id FROM teams JOIN mine ON teams.parent_id = mine.id WHERE teams.deleted_at IS NULL AND teams.organization = ")
        .bind(organization)
        .then(") SELECT DISTINCT team_members.user_id FROM team_members JOIN mine ON team_members.team_id = mine.id WHERE team_members.organization = ")
        .bind(organization)
        .rows::<Binary, Key>(connection)?;
    Ok(members.into_iter().chain([user]).collect())
}

/// The user of that e-mail address, and the version of its sessions.
pub(crate) fn user_of_email(
    connection: &mut AnyConnection,
    email: &str,
) -> Result<(Id<User>, i64)> {
    let found: Vec<(Key, i64, String)> = Sql::text(
        "SELECT id, session_version, name FROM users WHERE deleted_at IS NULL AND email = ",
    )
    .bind(email)
    .rows::<(Binary, BigInt, Text), _>(connection)?;
    found
        .first()
        .map(|(key, version, _)| (Id::from(*key), *version))
        .ok_or(Error::NotFound)
}
