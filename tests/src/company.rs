//! The company that every story is set in: one user of each kind, and a second organization that must not matter.

use std::sync::OnceLock;

use perennial_domain::organization::NewOrganization;
use perennial_domain::rights::StandardRole;
use perennial_domain::team::{NewTeam, Team};
use perennial_domain::text::Language;
use perennial_domain::user::User;
use perennial_domain::{Id, Instant};
use perennial_store::organizations::FirstUser;
use perennial_store::{Change, Store, resource, sessions};
use serde_json::json;

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

/// Somebody who can sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Person {
    /// May do everything.
    Admin,
    /// May do everything with customers, contacts, tags and jobs.
    Manager,
    /// Sells in team North: sees the team's customers, changes own ones.
    Seller,
    /// Sells in team North as well.
    Colleague,
    /// Sells in team South.
    Stranger,
    /// Leads team Sales, above North and South, with a seller's rights.
    Lead,
    /// May read everything.
    Reader,
    /// Administrator of the other organization.
    Foreigner,
}

impl Person {
    /// Everybody.
    pub const ALL: [Self; 8] = [
        Self::Admin,
        Self::Manager,
        Self::Seller,
        Self::Colleague,
        Self::Stranger,
        Self::Lead,
        Self::Reader,
        Self::Foreigner,
    ];

    /// What they sign in with.
    pub fn email(self) -> String {
        format!("{self:?}@perennial.test").to_lowercase()
    }

    fn role(self) -> StandardRole {
        match self {
            Self::Admin | Self::Foreigner => StandardRole::Admin,
            Self::Manager => StandardRole::Manager,
            Self::Reader => StandardRole::Reader,
            Self::Seller | Self::Colleague | Self::Stranger | Self::Lead => StandardRole::Seller,
        }
    }

    fn organization(self) -> &'static str {
        if self == Self::Foreigner {
            "Elsewhere"
        } else {
            "Northwind"
        }
    }

    fn team(self) -> Option<&'static str> {
        match self {
            Self::Seller | Self::Colleague => Some("North"),
            Self::Stranger => Some("South"),
            Self::Lead => Some("Sales"),
            _ => None,
        }
    }
}

/// The moment that the company was founded: before every test.
fn founded() -> Instant {
    Instant::from_micros(1_700_000_000_000_000)
}

/// The hash of everybody's password, made once a process: it is slow on purpose.
fn password_hash() -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    let make = || perennial_api::sign_in::password::hashed(PASSWORD).expect("a hash");
    HASH.get_or_init(make).clone()
}

/// Fills an empty database with both organizations.
pub fn found(store: &Store) {
    for name in ["Northwind", "Elsewhere"] {
        let new = NewOrganization {
            name: name.into(),
            currency: "CNY".parse().expect("a currency"),
            zone: "Asia/Shanghai".into(),
            language: Language::En,
            country: "CN".into(),
        };
        store
            .create_organization(&new, founded())
            .expect("an organization");
    }
    for person in Person::ALL {
        let user = FirstUser {
            name: format!("{person:?}"),
            email: person.email(),
            password_hash: password_hash(),
        };
        let made = store.create_user(person.organization(), person.role(), user, founded());
        made.expect("a user");
    }
    let admin = store
        .scope_of_email(&Person::Admin.email(), founded())
        .expect("an admin");
    store
        .write(&admin, |tx| {
            let team = |name: &str, parent: Option<Id<Team>>| NewTeam {
                name: name.into(),
                parent_id: parent,
            };
            let sales = resource::create::<Team>(tx, &[team("Sales", None)])?[0].id;
            let below = [team("North", Some(sales)), team("South", Some(sales))];
            resource::create::<Team>(tx, &below)
        })
        .expect("teams");
    for person in Person::ALL {
        let Some(team) = person.team() else { continue };
        let account = sessions::account(store, &person.email()).expect("a user");
        let user: Id<User> = account.expect("a user").user;
        store
            .write(&admin, move |tx| {
                let teams = resource::list::<Team>(
                    tx,
                    &perennial_domain::query::ListQuery::first::<Team>(10),
                )?;
                let team = teams
                    .data
                    .iter()
                    .find(|known| known.name == team)
                    .map(|team| team.id);
                let change = Change {
                    id: user,
                    version: 1,
                    patch: json!({ "team_ids": [team] }),
                };
                resource::update::<User>(tx, &[change])
            })
            .expect("a member");
    }
}
