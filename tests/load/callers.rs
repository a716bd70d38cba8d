//! Who asks: somebody who sees everything, somebody who sees a team's hundredth of it, somebody who sees an own thousandth.

use perennial_api::clock;
use perennial_api::sign_in::token::Tokens;
use perennial_domain::Id;
use perennial_domain::query::ListQuery;
use perennial_domain::rights::StandardRole;
use perennial_domain::team::Team;
use perennial_domain::text::Language;
use perennial_domain::user::{NewRole, NewUser, Role, User};
use perennial_store::{Change, Scope, Store, resource, sessions};
use perennial_tests::company::{self, Person};
use serde_json::json;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Sees everything.
    All,
    /// Sees what a team of ten has: a hundredth.
    Team,
    /// Sees what is their own: a thousandth.
    Own,
}

impl Caller {
    /// Each.
    pub const EACH: [Self; 3] = [Self::All, Self::Team, Self::Own];

    /// What the table calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Team => "team",
            Self::Own => "own",
        }
    }

    fn person(self) -> Person {
        match self {
            Self::All => Person::Admin,
            Self::Team => Person::Seller,
            Self::Own => Person::Colleague,
        }
    }

    /// An access token as the server would sign it now.
    pub fn token(self, store: &Store, secret: &str) -> String {
        let account = sessions::account(store, &self.person().email()).expect("the database");
        let account = account.expect("the company's");
        let tokens = Tokens::new(&[secret.to_owned()]).expect("a good secret");
        let token = tokens.sign(account.user, account.session_version, clock::now());
        token.expect("a token")
    }
}

/// The administrator.
pub fn admin(store: &Store) -> Scope {
    let scope = store.scope_of_email(&Person::Admin.email(), clock::now());
    scope.expect("an administrator")
}

/// Who has customers: ten in the team, each a thousandth of all, and ninety who share the rest.
pub struct Owners {
    team: Vec<Id<User>>,
    others: Vec<Id<User>>,
}

impl Owners {
    /// Whose customer this is.
    pub fn of(&self, number: usize, salt: usize) -> Id<User> {
        let others = || self.others[salt % self.others.len()];
        self.team.get(number % 1000).copied().unwrap_or_else(others)
    }
}

/// Founds the company of the tests, with those who ask and those who have customers.
pub fn found(store: &Store) -> Owners {
    company::found(store);
    let account = |person: Person| sessions::account(store, &person.email()).expect("a database");
    let user = |person| account(person).expect("a user").user;
    let (colleague, seller) = (user(Person::Colleague), user(Person::Seller));
    let own = own_role();
    let made = store.write(&admin(store), move |tx| {
        let teams = resource::list::<Team>(tx, &ListQuery::first::<Team>(10))?.data;
        let team = teams.iter().find(|team| team.name == "North");
        let team = team.map(|team| team.id);
        let roles = resource::list::<Role>(tx, &ListQuery::first::<Role>(10))?.data;
        let sells = |role: &&Role| role.standard == Some(StandardRole::Seller);
        let role_id = roles.iter().find(sells).map(|role| role.id);
        let new = |number: usize| NewUser {
            name: format!("Owner {number}"),
            role_id: role_id.unwrap_or_else(|| Id::new(uuid::Uuid::nil())),
            team_ids: team.into_iter().filter(|_| number < 8).collect(),
            language: Language::En,
            ..NewUser::default()
        };
        let drafts: Vec<NewUser> = (0..98).map(new).collect();
        let made = resource::create::<User>(tx, &drafts)?;
        let role = resource::create::<Role>(tx, std::slice::from_ref(&own))?;
        let change = Change::<User> {
            id: colleague,
            version: 2,
            patch: json!({ "role_id": role.first().map(|role| role.id) }),
        };
        resource::update(tx, &[change])?;
        Ok(made)
    });
    let made: Vec<Id<User>> = made.expect("users").iter().map(|user| user.id).collect();
    let (members, others) = made.split_at(8);
    Owners {
        team: [&[colleague, seller], members].concat(),
        others: others.to_vec(),
    }
}

/// Somebody who sees only what is their own.
fn own_role() -> NewRole {
    let may = |area: &str| json!({ "area": area, "action": "read", "level": "own" });
    let role = json!({ "name": "Own", "permissions": [may("customers"), may("purchases")] });
    serde_json::from_value(role).expect("a role")
}
