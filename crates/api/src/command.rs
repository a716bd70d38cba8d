//! The command line of `perennial`.

use std::env;
use std::ffi::OsStr;
use std::io::{self, IsTerminal, Read, Write};

use clap::builder::Resettable;
use clap::{Arg, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use perennial_domain::organization::NewOrganization;
use perennial_domain::rights::StandardRole;
use perennial_domain::text::Language;
use perennial_domain::touch::looks_like_email;
use perennial_store::organizations::FirstUser;
use perennial_store::{Error, Store};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::application::Application;
use crate::config::{Config, LogFormat};
use crate::sign_in::password;
use crate::{clock, demo, import, routes, upkeep};

/// Customer relationships that last.
#[derive(Parser)]
#[command(name = "perennial", version)]
pub struct Command {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand)]
enum Action {
    /// Serve the application and its API (what happens unless another command is given)
    Serve,
    /// Print the contract
    Openapi {
        /// One line per operation: id, method, path, permission
        #[arg(long)]
        operations: bool,
    },
    /// Make organizations
    #[command(subcommand)]
    Organization(Organization),
    /// Make users
    #[command(subcommand)]
    User(User),
    /// Import records from a CSV file
    Import(import::Arguments),
    /// Write everything into one file, while the server runs
    Backup(upkeep::Backup),
    /// Look whether sums, references, search and figures are what they should be
    Check(upkeep::Check),
    /// Fill an empty database, SQLite or PostgreSQL, from such a file
    Restore(upkeep::Restore),
    /// Fill an empty database with a small company to look at
    Demo(demo::Arguments),
}

#[derive(Subcommand)]
enum Organization {
    /// Make an organization with the standard roles
    Create(NewOne),
}

#[derive(Args)]
struct NewOne {
    /// What it is called
    #[arg(long)]
    name: String,
    /// ISO 4217 code of its base currency
    #[arg(long)]
    currency: String,
    /// IANA zone that its business days are counted in
    #[arg(long)]
    zone: String,
    /// Language of its users: zh-CN or en
    #[arg(long, default_value = "zh-CN")]
    language: String,
    /// ISO 3166 code of the country that phone numbers without a prefix belong to
    #[arg(long, default_value = "CN")]
    country: String,
}

#[derive(Subcommand)]
enum User {
    /// Make a user who can sign in
    Create(NewUser),
}

#[derive(Args)]
struct NewUser {
    /// Signs in with it
    #[arg(long)]
    email: String,
    /// Name of the organization, or its id where several have that name
    #[arg(long)]
    organization: String,
    /// admin, manager, seller or reader
    #[arg(long)]
    role: String,
    /// Full name; the e-mail address unless given
    #[arg(long)]
    name: Option<String>,
    /// Read the password from standard input
    #[arg(long, required = true)]
    password_stdin: bool,
}

/// Does what the command line says.
///
/// # Errors
/// A sentence for whoever typed it.
pub fn run() -> Result<(), String> {
    let Command { config, action } = parsed();
    log(config.log_format);
    let open = || Store::open(&config.database_url).map_err(|error| error.to_string());
    match action.unwrap_or(Action::Serve) {
        Action::Serve => serve(&config),
        Action::Openapi { operations: true } => print(&routes::operations().table()),
        Action::Openapi { operations: false } => print(&routes::contract::TEXT),
        Action::Organization(Organization::Create(new)) => create_organization(&open()?, new),
        Action::User(User::Create(new)) => create_user(&open()?, new),
        Action::Import(arguments) => import::run(&open()?, arguments),
        Action::Backup(arguments) => print(&upkeep::backup(&open()?, &arguments)?),
        Action::Check(arguments) => print(&upkeep::check(&open()?, &arguments)?),
        Action::Restore(arguments) => print(&upkeep::restore(&open()?, &arguments)?),
        Action::Demo(arguments) => demo::run(&open()?, &config, arguments),
    }
}

/// What was typed and what the environment says, where a variable that is empty says as little as one that is not set.
fn parsed() -> Command {
    let is_empty = |name: &OsStr| env::var_os(name).is_some_and(|value| value.is_empty());
    let told = |argument: Arg| match argument.get_env().is_some_and(is_empty) {
        true => argument.env(Resettable::Reset),
        false => argument,
    };
    let matches = Command::command().mut_args(told).get_matches();
    Command::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

fn serve(config: &Config) -> Result<(), String> {
    let system = actix_web::rt::System::new();
    system.block_on(async {
        let application = Application::build(config)?;
        let address = format!("http://{}:{}", config.listen.ip(), application.port());
        tracing::info!(%address, "serving");
        if let Some(port) = application.metrics_port() {
            tracing::info!(port, "metrics");
        }
        if let Some(token) = application.setup_token() {
            print(&format!("Nobody can sign in yet. Set Perennial up at {address}/setup with this one-time token:\n\n    {token}\n\n"))?;
        }
        if let Some(demo) = demo::SignIn::kept(config) {
            print(&format!("{demo}\n    {address}\n\n"))?;
        }
        application.run().await.map_err(|error| error.to_string())
    })
}

fn create_organization(store: &Store, new: NewOne) -> Result<(), String> {
    let draft = NewOrganization {
        name: new.name,
        currency: new
            .currency
            .parse()
            .map_err(|error| format!("--currency: {error}"))?,
        zone: new.zone,
        language: Language::of_tag(&new.language),
        country: new.country,
    };
    let id = store
        .create_organization(&draft, clock::now())
        .map_err(|error| error.to_string())?;
    print(&format!("{id}\n"))
}

fn create_user(store: &Store, new: NewUser) -> Result<(), String> {
    let role = StandardRole::parse(&new.role).ok_or("--role: admin, manager, seller or reader")?;
    if !looks_like_email(&new.email) {
        return Err("--email: this is not an e-mail address".into());
    }
    if io::stdin().is_terminal() {
        print("Password: ")?;
    }
    let mut password = String::new();
    io::stdin()
        .read_to_string(&mut password)
        .map_err(|error| error.to_string())?;
    let password = password.trim_end_matches(['\r', '\n']);
    if !(10..=200).contains(&password.chars().count()) {
        return Err("the password must have 10 to 200 characters".into());
    }
    let password_hash = password::hashed(password).map_err(|problem| problem.to_string())?;
    let user = FirstUser {
        name: new.name.unwrap_or_else(|| new.email.clone()),
        email: new.email,
        password_hash,
    };
    let id = store
        .create_user(&new.organization, role, user, clock::now())
        .map_err(|error| match error {
            Error::NotFound => "there is no such organization or role".to_owned(),
            error => error.to_string(),
        })?;
    print(&format!("{id}\n"))
}

fn print(text: &str) -> Result<(), String> {
    match io::stdout()
        .write_all(text.as_bytes())
        .and_then(|()| io::stdout().flush())
    {
        // `perennial openapi | head` is no fault.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}

/// The log goes to standard error: what a command answers is on standard output alone.
fn log(format: LogFormat) {
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .with_env_var("PERENNIAL_LOG")
        .from_env_lossy();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    let outcome = match format {
        LogFormat::Plain => subscriber.try_init(),
        LogFormat::Json => subscriber.json().try_init(),
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "somebody else keeps the log");
    }
}
