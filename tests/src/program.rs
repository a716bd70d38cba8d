//! The program itself, `perennial`, as a process of its own.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use perennial_api::Config;
use serde_json::json;

use crate::client::Client;
use crate::company::{PASSWORD, Person};

/// How long a start may take.
const START: Duration = Duration::from_secs(20);

/// The program, serving.
pub struct Program {
    process: Child,
    /// Where it listens.
    pub port: u16,
}

/// `PERENNIAL_PROGRAM`, else what was built beside this test.
fn path() -> PathBuf {
    let built = || {
        let test = std::env::current_exe().expect("a program knows its file");
        let deps = test.parent().expect("it lies in a folder");
        deps.with_file_name("perennial")
    };
    let path = std::env::var("PERENNIAL_PROGRAM").map_or_else(|_| built(), PathBuf::from);
    assert!(path.is_file(), "{} is not built", path.display());
    path
}

/// What its tokens are signed with.
pub fn secret() -> String {
    let config = Config::local("", PathBuf::new());
    config.jwt_secret.unwrap_or_default()
}

/// A command of the program over a database; `folder` is for what is kept beside it.
pub fn command(url: &str, folder: &Path) -> Command {
    let mut command = Command::new(path());
    command
        .env("PERENNIAL_DATABASE_URL", url)
        .env("PERENNIAL_DATA", folder)
        .env("PERENNIAL_JWT_SECRET", secret())
        .env("PERENNIAL_RATE_LIMIT", "0")
        .env("PERENNIAL_LOG", "warn");
    command
}

/// `perennial check`, which must find nothing.
#[track_caller]
pub fn check(url: &str, folder: &Path) {
    let output = command(url, folder).arg("check").output();
    let output = output.expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "perennial check: {said}");
}

impl Program {
    /// Serves a database.
    pub fn start(url: &str, folder: &Path) -> Self {
        Self::run(command(url, folder))
    }

    /// Serves as a command says, on a free port.
    pub fn run(mut command: Command) -> Self {
        command.arg("serve");
        // Somebody else may take the port before the program does: then on another.
        let mut starts = (0..3).filter_map(|_| Self::listen(&mut command));
        starts.next().expect("the server starts")
    }

    fn listen(command: &mut Command) -> Option<Self> {
        let free = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        command.env("PERENNIAL_LISTEN", format!("127.0.0.1:{port}"));
        let process = command.spawn().expect("the program runs");
        let mut started = Self { process, port };
        let deadline = Instant::now() + START;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if started.status().is_some() {
                return None;
            }
            assert!(Instant::now() < deadline, "the server does not start");
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(started)
    }

    /// Nobody in particular.
    pub fn client(&self) -> Client {
        Client::new(self.port)
    }

    /// Somebody of the company, signed in.
    pub fn person(&self, person: Person) -> Client {
        let credentials = json!({ "email": person.email(), "password": PASSWORD });
        let answer = self.client().post("/auth/sign-in", credentials);
        let token = answer.expect(200)["access_token"].clone();
        self.client()
            .with_token(token.as_str().expect("an access token"))
    }

    /// May do everything.
    pub fn as_admin(&self) -> Client {
        self.person(Person::Admin)
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let mut kill = Command::new("kill");
        kill.args(["-s", name, &self.process.id().to_string()]);
        assert!(kill.status().expect("kill runs").success(), "{name}");
    }

    /// Ends it without warning.
    pub fn kill(&mut self) {
        self.process.kill().expect("it can be killed");
        self.process.wait().expect("it ends");
    }

    /// How it ended, if it has.
    pub fn status(&mut self) -> Option<ExitStatus> {
        self.process.try_wait().expect("a child")
    }

    /// How much of it is in memory, in kilobytes.
    pub fn resident(&self) -> u64 {
        let status = fs::read_to_string(self.proc("status")).expect("a process");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        number.expect("a number of kilobytes")
    }

    /// How many files and sockets it has open.
    pub fn descriptors(&self) -> usize {
        fs::read_dir(self.proc("fd")).expect("a process").count()
    }

    fn proc(&self, name: &str) -> String {
        format!("/proc/{}/{name}", self.process.id())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
