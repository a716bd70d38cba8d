//! The company itself: organization, people, teams, labels.

use perennial_domain::organization::NewOrganization;
use perennial_domain::product::{NewProduct, NewProductCategory, Price, Product, ProductCategory};
use perennial_domain::query::ListQuery;
use perennial_domain::rights::StandardRole;
use perennial_domain::tag::{NewTag, Tag};
use perennial_domain::team::{NewTeam, Team};
use perennial_domain::text::Language;
use perennial_domain::user::{NewUser, Role, User};
use perennial_domain::{Id, Instant, Money};
use perennial_store::organizations::FirstUser;
use perennial_store::{Change, Error, Store, Tx, resource};
use serde_json::json;

use super::story::{Actor, MANAGER};
use super::words::{Employee, Good, Words};

/// What was founded.
pub(super) struct Founded {
    /// The employees, in the order of the words.
    pub(super) actors: Vec<Actor>,
    /// The labels.
    pub(super) tags: Vec<Id<Tag>>,
}

/// Founds the company at a moment, with an administrator who can sign in.
///
/// # Errors
/// Whatever the database says.
pub(super) fn found(
    store: &Store,
    words: &'static Words,
    language: Language,
    password_hash: String,
    moment: Instant,
) -> Result<Founded, Error> {
    let organization = NewOrganization {
        name: words.name.to_owned(),
        currency: words.currency.parse().unwrap_or_default(),
        zone: words.zone.to_owned(),
        language,
        country: words.country_code.to_owned(),
    };
    store.create_organization(&organization, moment)?;
    let [administrator, ..] = &words.employees;
    let first = FirstUser {
        name: administrator.name.to_owned(),
        email: email(administrator),
        password_hash,
    };
    store.create_user(words.name, StandardRole::Admin, first, moment)?;
    let scope = store.scope_of_email(&email(administrator), moment)?;
    let tags = store.write(&scope, move |tx| staff(tx, words, language))?;
    let actor = |employee: &Employee| {
        let scope = store.scope_of_email(&email(employee), moment)?;
        Ok(Actor {
            id: scope.user,
            scope,
            team: employee.team,
        })
    };
    let actors: Result<Vec<Actor>, Error> = words.employees.iter().map(actor).collect();
    Ok(Founded {
        actors: actors?,
        tags,
    })
}

/// What the company sells.
fn stock(tx: &mut Tx<'_>, words: &Words) -> Result<(), Error> {
    let category = |(name, _): &(&str, _)| NewProductCategory {
        name: (*name).to_owned(),
        parent_id: None,
    };
    let categories: Vec<NewProductCategory> = words.shelves.iter().map(category).collect();
    let categories = resource::create::<ProductCategory>(tx, &categories)?;
    let currency = tx.scope.currency();
    let money = |amount: &str| amount.parse().ok().map(|amount| Money { amount, currency });
    let shelves = categories.iter().zip(words.shelves);
    let goods =
        shelves.flat_map(|(category, (_, goods))| goods.iter().map(|good| (category.id, good)));
    let product = |(category, (name, unit, price, cost)): (_, &Good)| NewProduct {
        name: (*name).to_owned(),
        category_id: Some(category),
        unit: Some((*unit).to_owned()),
        prices: money(price)
            .map(|amount| Price {
                amount,
                since: None,
            })
            .into_iter()
            .collect(),
        cost: money(cost),
        ..NewProduct::default()
    };
    let products: Vec<NewProduct> = goods.map(product).collect();
    resource::create::<Product>(tx, &products)?;
    Ok(())
}

fn email(employee: &Employee) -> String {
    format!("{}@example.com", employee.email)
}

fn staff(
    tx: &mut Tx<'_>,
    words: &'static Words,
    language: Language,
) -> Result<Vec<Id<Tag>>, Error> {
    let [first, second, above] = words.teams;
    let team = |name: &str, parent_id| NewTeam {
        name: name.to_owned(),
        parent_id,
    };
    let sales = resource::create::<Team>(tx, &[team(above, None)])?;
    let top = sales.first().map(|team| team.id);
    let teams = resource::create::<Team>(tx, &[team(first, top), team(second, top)])?;
    let teams: Vec<Id<Team>> = teams.iter().map(|team| team.id).chain(top).collect();
    let team_ids = |employee: &Employee| teams.get(employee.team).copied().into_iter().collect();
    let since = |years: i64| tx.scope.now.plus_seconds(-years * 31_556_952).day();

    let query = ListQuery::parse::<Role>(&[]).map_err(Error::from)?;
    let [administrator, others @ ..] = &words.employees;
    let in_post = since(6);
    let seniority: Vec<_> = (1..).map(since).take(others.len()).collect();
    let roles = resource::list::<Role>(tx, &query)?.data;
    let role = |standard: StandardRole| {
        roles
            .iter()
            .find(|role| role.name == standard.label().text(language))
            .map(|role| role.id)
            .unwrap_or_default()
    };
    let user =
        |(place, (employee, since)): (usize, (&Employee, &perennial_domain::Date))| NewUser {
            name: employee.name.to_owned(),
            code: String::new(),
            email: Some(email(employee)),
            role_id: role(if place + 1 == MANAGER {
                StandardRole::Manager
            } else {
                StandardRole::Seller
            }),
            team_ids: team_ids(employee),
            title: Some(employee.title.to_owned()),
            in_post_since: Some(*since),
            language,
            zone: None,
            active: true,
        };
    let users: Vec<NewUser> = others
        .iter()
        .zip(&seniority)
        .enumerate()
        .map(user)
        .collect();
    resource::create::<User>(tx, &users)?;
    let own: Vec<Id<Team>> = team_ids(administrator);
    let patch = json!({ "title": administrator.title, "team_ids": own, "in_post_since": in_post });
    let administrator = Change {
        id: tx.scope.user,
        version: 1,
        patch,
    };
    resource::update::<User>(tx, &[administrator])?;

    stock(tx, words)?;

    let tag = |(name, colour): &(&str, _)| NewTag {
        name: (*name).to_owned(),
        colour: *colour,
    };
    let tags: Vec<NewTag> = words.tags.iter().map(tag).collect();
    Ok(resource::create::<Tag>(tx, &tags)?
        .iter()
        .map(|tag| tag.id)
        .collect())
}
