//! `perennial demo`: a small company to look at, the same each time.
//!
//! [`founding`] makes the company and its people, [`story`] two years of their work, with customers made up by [`parties`],
//! contacts by [`people`] and purchases by [`trade`] from the [`words`] of a language. All of it is written through the store's ordinary
//! functions, as the user and at the moment that the story tells.

mod founding;
mod parties;
mod people;
mod random;
mod sign_in;
mod story;
mod trade;
mod words;

use std::io::Write;

use perennial_domain::Instant;
use perennial_domain::product::Product;
use perennial_domain::query::ListQuery;
use perennial_domain::text::Language;
use perennial_store::{Error, Store, resource};

use crate::clock;
use crate::config::Config;
use crate::sign_in::{password, secret};

pub use sign_in::SignIn;

/// The administrator's e-mail address.
pub const EMAIL: &str = "demo@example.com";

/// What the command line says.
#[derive(clap::Args)]
pub struct Arguments {
    /// zh-CN or en; the language of this terminal unless said
    #[arg(long)]
    language: Option<String>,
    /// How many customers
    #[arg(long, default_value_t = 240)]
    customers: usize,
}

/// Fills an empty database. Does nothing where it was filled before.
///
/// # Errors
/// A sentence for whoever typed it.
pub fn run(store: &Store, config: &Config, arguments: Arguments) -> Result<(), String> {
    match store.scope_of_email(EMAIL, clock::now()) {
        Ok(_) | Err(Error::Unauthenticated) => {
            return say("The demonstration company is there already.");
        }
        Err(Error::NotFound) => {}
        Err(error) => return Err(error.to_string()),
    }
    if store
        .has_organizations()
        .map_err(|error| error.to_string())?
    {
        return Err("this database holds an organization already: the demonstration company wants an empty one".to_owned());
    }
    let language = match arguments.language {
        Some(tag) => Language::of_tag(&tag),
        None => of_terminal(),
    };
    let sign_in = SignIn {
        email: EMAIL.to_owned(),
        password: secret::token().chars().take(20).collect(),
    };
    sign_in.keep(config)?;
    let hash = password::hashed(&sign_in.password).map_err(|problem| problem.to_string())?;
    fill(store, language, hash, arguments.customers, clock::now())
        .map_err(|error| error.to_string())?;
    let name = words::of(language).name;
    say(&format!(
        "{name} is there: {} customers.\n{sign_in}",
        arguments.customers
    ))
}

/// Fills an empty database with a company of so many customers, as it stands now.
///
/// # Errors
/// Whatever the database says.
pub fn fill(
    store: &Store,
    language: Language,
    password_hash: String,
    customers: usize,
    now: Instant,
) -> Result<(), Error> {
    let words = words::of(language);
    let monday = monday(now).plus_seconds(-story::WEEKS * 7 * 86_400);
    let company = founding::found(
        store,
        words,
        language,
        password_hash,
        monday.plus_seconds(-3 * 86_400),
    )?;
    let Some(first) = company.actors.first() else {
        return Err(Error::NotFound);
    };
    store.write(&first.scope.clone(), move |tx| {
        tx.history = true;
        let mut maker = parties::Maker::new(words, company.tags.clone());
        let goods = resource::list::<Product>(tx, &ListQuery::first::<Product>(200))?.data;
        let today = now.day_in(words.zone);
        let mut shop = trade::Shop::new(goods, tx.scope.currency(), today);
        story::tell(
            tx,
            &mut maker,
            &mut shop,
            &company.actors,
            monday,
            customers,
        )
    })
}

/// The beginning of a moment's week, in UTC.
fn monday(now: Instant) -> Instant {
    const DAY: i64 = 86_400_000_000;
    let days = now.micros().div_euclid(DAY);
    // The first of January 1970 was a Thursday.
    Instant::from_micros((days - (days + 3).rem_euclid(7)) * DAY)
}

/// The language that the environment asks for; Chinese where it asks for none.
fn of_terminal() -> Language {
    let asked = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    match asked
        .as_deref()
        .map(|tag| tag.split(['.', '@']).next().unwrap_or_default())
    {
        None | Some("C" | "POSIX") => Language::ZhCn,
        Some(tag) => Language::of_tag(tag),
    }
}

fn say(text: &str) -> Result<(), String> {
    writeln!(std::io::stdout(), "{text}").map_err(|error| error.to_string())
}
