//! A real server on a free port, in a thread of this process, over a database of its own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant as Moment};

use actix_web::dev::ServerHandle;
use perennial_api::sign_in::token::Tokens;
use perennial_api::{Application, Config, clock};
use perennial_domain::user::User;
use perennial_domain::{Id, Instant};
use perennial_store::{Store, sessions};

use crate::client::{Answer, Client};
use crate::company::{self, PASSWORD, Person};
use crate::database::Database;

/// A server, its database, and the company in it.
pub struct TestApp {
    server: Server,
    tokens: Tokens,
    /// Its database.
    pub database: Database,
}

/// A server that runs.
pub struct Server {
    handle: ServerHandle,
    /// The port it listens on.
    pub port: u16,
    /// The one-time token of the first start, if it has not been set up.
    pub setup_token: Option<String>,
    /// Where it tells its metrics, if it does.
    pub metrics_port: Option<u16>,
    /// What it remembers with.
    pub store: Store,
}

impl Server {
    /// Starts one.
    pub fn start(config: Config) -> Self {
        let (sender, receiver) = mpsc::channel();
        let serve = move || {
            actix_web::rt::System::new().block_on(async move {
                let application = Application::build(&config).expect("the server starts");
                let server = Self {
                    handle: application.handle(),
                    port: application.port(),
                    setup_token: application.setup_token().map(str::to_owned),
                    metrics_port: application.metrics_port(),
                    store: application.store().clone(),
                };
                sender.send(server).expect("somebody waits for it");
                application.run().await.expect("the server ends well");
            });
        };
        std::thread::Builder::new()
            .name("server".into())
            .spawn(serve)
            .expect("a thread");
        receiver.recv().expect("the server starts")
    }

    /// Somebody who talks to it.
    pub fn client(&self) -> Client {
        Client::new(self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Sent at once; that it has stopped nobody needs to know.
        drop(self.handle.stop(false));
    }
}

impl TestApp {
    /// A server over the company's own database.
    pub fn start() -> Self {
        Self::over(Database::copy_of("company", company::found))
    }

    /// The same, with its database under watch: see [`perennial_store::watch`].
    pub fn watched() -> Self {
        let database = Database::copy_of("company", company::found);
        perennial_store::watch::start(&database.url);
        Self::over(database)
    }

    /// What its database was told since this was asked last.
    pub fn statements(&self) -> Vec<String> {
        perennial_store::watch::take(&self.database.url)
    }

    /// A server that waits for its first administrator.
    pub fn fresh() -> Self {
        Self::over(Database::new())
    }

    /// A server over a database.
    pub fn over(database: Database) -> Self {
        Self::configured(database, |_| {})
    }

    /// A server over the company's own database that is told something else than tests usually are.
    pub fn told(change: impl FnOnce(&mut Config)) -> Self {
        Self::configured(Database::copy_of("company", company::found), change)
    }

    fn configured(database: Database, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Self::config(&database);
        change(&mut config);
        let tokens = config.jwt_secret.clone().unwrap_or_default();
        Self {
            tokens: Tokens::new(&[tokens]).expect("a good secret"),
            server: Server::start(config),
            database,
        }
    }

    fn config(database: &Database) -> Config {
        Config::local(&database.url, database.folder.path().to_owned())
    }

    /// A second server over the same database.
    pub fn second_server(&self) -> Server {
        Server::start(Self::config(&self.database))
    }

    /// The server's own store.
    pub fn store(&self) -> &Store {
        &self.server.store
    }

    /// What it tells a monitoring system.
    pub fn metrics(&self) -> String {
        let port = self.server.metrics_port.expect("it tells its metrics");
        let mut answer = ureq::get(format!("http://127.0.0.1:{port}/metrics"))
            .call()
            .expect("an answer");
        answer.body_mut().read_to_string().expect("text")
    }

    /// The one-time token of the first start.
    pub fn setup_token(&self) -> Option<&str> {
        self.server.setup_token.as_deref()
    }

    /// Nobody in particular.
    pub fn anonymous(&self) -> Client {
        self.server.client()
    }

    /// Somebody of the company, with an access token.
    pub fn person(&self, person: Person) -> Client {
        self.of_email(&person.email())
    }

    /// The user of that address, with an access token.
    pub fn of_email(&self, email: &str) -> Client {
        let (user, version) = self.account(email);
        self.anonymous()
            .with_token(&self.token(user, version, clock::now()))
    }

    /// An access token as the server would have signed it at that moment.
    pub fn token(&self, user: Id<User>, session_version: i64, at: Instant) -> String {
        self.tokens
            .sign(user, session_version, at)
            .expect("a token")
    }

    /// Id and session version of the user of that address.
    pub fn account(&self, email: &str) -> (Id<User>, i64) {
        let account = sessions::account(self.store(), email).expect("the database answers");
        let account = account.unwrap_or_else(|| panic!("nobody has the address {email}"));
        (account.user, account.session_version)
    }

    /// The user's id.
    pub fn id_of(&self, person: Person) -> String {
        self.account(&person.email()).0.to_string()
    }

    /// Signs in with the password that everybody has.
    pub fn sign_in(&self, person: Person) -> Answer {
        let credentials = serde_json::json!({ "email": person.email(), "password": PASSWORD });
        self.anonymous().post("/auth/sign-in", credentials)
    }

    /// May do everything.
    pub fn as_admin(&self) -> Client {
        self.person(Person::Admin)
    }

    /// May do everything with customers and contacts.
    pub fn as_manager(&self) -> Client {
        self.person(Person::Manager)
    }

    /// Sees the team's customers, changes own ones.
    pub fn as_seller(&self) -> Client {
        self.person(Person::Seller)
    }

    /// May read everything.
    pub fn as_reader(&self) -> Client {
        self.person(Person::Reader)
    }

    /// Administrator of another organization.
    pub fn as_foreigner(&self) -> Client {
        self.person(Person::Foreigner)
    }
}

/// Waits until something holds, ten seconds at most.
#[track_caller]
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Moment::now() + Duration::from_secs(10);
    while !holds() {
        assert!(Moment::now() < deadline, "still not: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Says that it is over when dropped, also where a test fails: who goes on until then ends as well.
pub struct Finally<'a>(pub &'a AtomicBool);

impl Drop for Finally<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Asks so often at once.
pub fn at_once(times: usize, ask: impl Fn(usize) -> Answer + Sync) -> Vec<Answer> {
    std::thread::scope(|scope| {
        let ask = &ask;
        let asked: Vec<_> = (0..times).map(|at| scope.spawn(move || ask(at))).collect();
        asked
            .into_iter()
            .map(|one| one.join().expect("an answer"))
            .collect()
    })
}
