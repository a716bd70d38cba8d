//! Organizations: the tenants.

use diesel::sql_types::{BigInt, Integer};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use perennial_domain::event::EventKind;
use perennial_domain::field::{Kind, Resource};
use perennial_domain::organization::{NewOrganization, Organization};
use perennial_domain::problem::Invalid;
use perennial_domain::rights::{Action, Level, StandardRole};
use perennial_domain::text::Language;
use perennial_domain::user::{Role, User};
use perennial_domain::{Id, Instant, search as words, validation};
use serde_json::Value;
use uuid::Uuid;

use crate::column::{Key, W};
use crate::connection::AnyConnection;
use crate::dialect::lock_name;
use crate::events::{NewEvent, record_founding};
use crate::resource::{ENTRIES, stamp};
use crate::schema::{organizations, roles, users};
use crate::sql::Sql;
use crate::users::{email_key, give_codes};
use crate::{Change, Error, Read, Result, Store, Tx, search};

type Values = (
    Key,
    String,
    String,
    String,
    W<Language>,
    String,
    i64,
    chrono::NaiveDateTime,
    chrono::NaiveDateTime,
);

/// The scope's own organization.
///
/// # Errors
/// Whatever the database says.
pub fn own(read: &mut Read<'_>) -> Result<Organization> {
    use organizations::dsl as o;
    let (id, name, currency, zone, language, country, version, created, updated): Values =
        o::organizations
            .find(read.organization())
            .select((
                o::id,
                o::name,
                o::currency,
                o::zone,
                o::language,
                o::country,
                o::version,
                o::created_at,
                o::updated_at,
            ))
            .first(read.connection)?;
    let currency = currency
        .parse()
        .map_err(|_| Error::Database(format!("currency {currency:?}")))?;
    let organization = Organization {
        name,
        currency,
        zone,
        language: language.0,
        country,
        ..Organization::default()
    };
    Ok(organization.stamped(id.into(), &stamp(version, created, updated, None)))
}

/// Changes the scope's own organization.
///
/// # Errors
/// As [`crate::resource::update`]; [`Error::Conflict`] for another currency once an amount is kept.
pub fn update(tx: &mut Tx<'_>, change: &Change<Organization>) -> Result<Organization> {
    use organizations::dsl as o;
    if tx.scope.level(Organization::AREA, Action::Update) == Level::None {
        return Err(Error::Forbidden);
    }
    let old = own(tx)?;
    if old.version != change.version {
        return Err(Error::Stale { etag: old.etag() });
    }
    let (before, after) = (
        old.draft(),
        validation::merge::<Organization>(&old.draft(), &change.patch)?,
    );
    if before == after {
        return Ok(old);
    }
    if before.currency != after.currency && has_amounts(tx)? {
        return Err(Error::Conflict {
            pointer: "/currency".into(),
            code: "in_use",
        });
    }
    let set = (
        o::name.eq(&after.name),
        o::currency.eq(after.currency.code()),
        o::zone.eq(&after.zone),
        o::language.eq(W(after.language)),
        o::country.eq(&after.country),
        o::version.eq(old.version + 1),
        o::updated_at.eq(tx.scope.now.naive()),
    );
    let one = o::organizations
        .find(tx.organization())
        .filter(o::version.eq(old.version));
    if diesel::update(one).set(set).execute(tx.connection)? != 1 {
        return Err(Error::Stale { etag: old.etag() });
    }
    let happened = NewEvent {
        kind: EventKind::Updated,
        resource: Organization::PLURAL,
        record: old.id.into(),
        customers: Vec::new(),
        title: after.name.clone(),
        version: old.version + 1,
        occurred_at: tx.scope.now,
        amount: None,
        document: None,
        changes: Some(validation::changes(&before, &after)),
    };
    tx.record(&[happened])?;
    own(tx)
}

/// Whether any amount is kept in the base currency.
fn has_amounts(tx: &mut Tx<'_>) -> Result<bool> {
    for entry in ENTRIES {
        // What has a currency of its own has its worth in the base currency, too.
        let amounts = entry.fields.iter().filter(|field| {
            field.written && (matches!(field.kind, Kind::Money) || field.name == "currency")
        });
        let kept = amounts.map(|field| Sql::default().name(field.name).then(" IS NOT NULL"));
        let sql = Sql::text("SELECT 1 FROM ")
            .name(entry.plural)
            .then(" WHERE organization = ")
            .bind(tx.organization())
            .then(" AND ")
            .piece(Sql::join(" OR ", "FALSE", kept))
            .then(" LIMIT 1");
        if !sql.rows::<Integer, i32>(tx.connection)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A new organization's first user.
#[derive(Clone, Debug)]
pub struct FirstUser {
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// The password's hash in PHC form.
    pub password_hash: String,
}

impl Store {
    /// Whether there is any organization.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn has_organizations(&self) -> Result<bool> {
        self.system_read(|system| {
            let keys = organizations::table.select(organizations::key).limit(1);
            let found: Vec<i64> = keys.load(system.connection())?;
            Ok(!found.is_empty())
        })
    }

    /// Makes an organization with its standard roles.
    ///
    /// # Errors
    /// [`Error::Invalid`] where a rule is broken.
    pub fn create_organization(
        &self,
        new: &NewOrganization,
        now: Instant,
    ) -> Result<Id<Organization>> {
        let new =
            validation::draft::<Organization>(serde_json::to_value(new).unwrap_or(Value::Null))?;
        self.system_write(move |system| Ok(Id::new(insert(system.connection(), &new, now)?.id)))
    }

    /// Makes a user of the organization of that name or id; for the command line.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such organization or role; [`Error::Invalid`] where several have the name;
    /// [`Error::Conflict`] for a known address.
    pub fn create_user(
        &self,
        organization: &str,
        role: StandardRole,
        user: FirstUser,
        now: Instant,
    ) -> Result<Id<User>> {
        let organization = organization.to_owned();
        self.system_write(move |system| {
            let connection = system.connection();
            let id = Uuid::parse_str(&organization).unwrap_or_default();
            let named: Vec<(i64, W<Language>)> = organizations::table
                .filter(organizations::name.eq(&organization))
                .or_filter(organizations::id.eq(Key(id)))
                .select((organizations::key, organizations::language))
                .limit(2)
                .load(connection)?;
            let (key, language) = match named.as_slice() {
                [] => return Err(Error::NotFound),
                [only] => *only,
                _ => return Err(Invalid::new("/organization", "duplicate").into()),
            };
            let role: Key = roles::table
                .filter(roles::organization.eq(key))
                .filter(roles::standard.eq(W(role)))
                .filter(roles::deleted_at.is_null())
                .select(roles::id)
                .first(connection)?;
            insert_user(connection, key, role, language.0, &user, now)
        })
    }
}

/// A new organization as it was inserted.
pub(crate) struct Inserted {
    pub(crate) key: i64,
    pub(crate) id: Uuid,
    pub(crate) admin: Key,
}

/// Inserts an organization and its standard roles.
pub(crate) fn insert(
    connection: &mut AnyConnection,
    new: &NewOrganization,
    now: Instant,
) -> Result<Inserted> {
    use organizations::dsl as o;
    lock_name(connection, "organizations")?;
    let last: Vec<i64> = Sql::text("SELECT COALESCE(MAX(key), 0) FROM organizations")
        .rows::<BigInt, _>(connection)?;
    let (key, id) = (last.first().copied().unwrap_or(0) + 1, Uuid::now_v7());
    let row = (
        o::key.eq(key),
        o::id.eq(Key(id)),
        o::name.eq(&new.name),
        o::currency.eq(new.currency.code()),
        o::zone.eq(&new.zone),
        o::language.eq(W(new.language)),
        o::country.eq(&new.country),
        o::version.eq(1_i64),
        o::created_at.eq(now.naive()),
        o::updated_at.eq(now.naive()),
    );
    diesel::insert_into(o::organizations)
        .values(row)
        .execute(connection)?;
    record_founding(connection, key, Organization::PLURAL, Key(id), now)?;
    let mut admin = Key(Uuid::nil());
    for (standard, role) in crate::roles::standard(new.language) {
        let role_id = Key(Uuid::now_v7());
        if standard == StandardRole::Admin {
            admin = role_id;
        }
        let row = crate::roles::Row {
            organization: key,
            id: role_id,
            name_sort: words::sort_key(&role.name),
            name: role.name,
            standard: Some(W(standard)),
            version: 1,
            created_at: now.naive(),
            updated_at: now.naive(),
            deleted_at: None,
            change_set: None,
        };
        search::put(
            connection,
            key,
            Role::PLURAL,
            role_id,
            &words::document(&[&row.name], &[]),
        )?;
        diesel::insert_into(roles::table)
            .values(row)
            .execute(connection)?;
        crate::roles::insert_rules(
            connection,
            key,
            [(
                role_id,
                role.permissions.as_slice(),
                role.field_rules.as_slice(),
            )],
        )?;
    }
    Ok(Inserted { key, id, admin })
}

/// Inserts a user who can sign in.
pub(crate) fn insert_user(
    connection: &mut AnyConnection,
    organization: i64,
    role: Key,
    language: Language,
    user: &FirstUser,
    now: Instant,
) -> Result<Id<User>> {
    use users::dsl as u;
    let (id, email) = (Key(Uuid::now_v7()), email_key(&user.email));
    let mut code = String::new();
    give_codes((&mut *connection, organization), std::iter::once(&mut code))?;
    let row = (
        u::organization.eq(organization),
        u::id.eq(id),
        u::name.eq(&user.name),
        u::code.eq(&code),
        u::name_sort.eq(words::sort_key(&user.name)),
        u::email.eq(Some(&email)),
        u::role_id.eq(role),
        u::language.eq(W(language)),
        u::active.eq(true),
        u::password_hash.eq(Some(&user.password_hash)),
        u::session_version.eq(1_i64),
        u::version.eq(1_i64),
        u::created_at.eq(now.naive()),
        u::updated_at.eq(now.naive()),
    );
    diesel::insert_into(u::users)
        .values(row)
        .execute(connection)?;
    let document = words::document(&[&user.name], &[&code, &email]);
    search::put(connection, organization, User::PLURAL, id, &document)?;
    record_founding(connection, organization, User::PLURAL, id, now)?;
    Ok(id.into())
}
