//! What a server said.

use std::fmt;
use std::ops::Index;

use serde_json::Value;
use ureq::http;

/// What only somebody who looks inside would say.
const INTERNALS: &[&str] = &[
    "SELECT ",
    "INSERT ",
    "UPDATE ",
    "DELETE ",
    "FROM ",
    "WHERE ",
    "constraint",
    "syntax error",
    "diesel",
    "sqlite",
    "SQLite",
    "SQLITE",
    "postgres",
    "Postgres",
    "actix",
    "serde",
    "tokio",
    "panicked",
    "unwrap",
    "backtrace",
    "struct ",
    "enum ",
    "tuple ",
    "newtype ",
    "::",
    ".rs",
    "/src/",
    "/root",
    "/home",
    "/tmp",
];

/// What the server said.
#[derive(Clone)]
pub struct Answer {
    /// The request, for people who read what failed.
    pub asked: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: http::HeaderMap,
    /// The body as it came.
    pub bytes: Vec<u8>,
    /// The body as JSON; null where it is none.
    pub body: Value,
}

/// A record as it was read last.
#[derive(Clone, Debug)]
pub struct Record {
    /// Below the base: `/customers/…`.
    pub path: String,
    /// Its entity tag.
    pub etag: String,
    /// What it holds.
    pub body: Value,
}

impl Answer {
    /// What holds of every answer: what went wrong is a problem, and nothing tells what broke inside.
    pub(crate) fn check(&self) {
        assert!(
            self.status < 500 || [503, 507].contains(&self.status),
            "{self}"
        );
        assert!(
            self.header("x-request-id").is_some(),
            "no request id: {self}"
        );
        if self.status >= 400 {
            assert_eq!(
                self.header("content-type"),
                Some("application/problem+json"),
                "{self}"
            );
            assert_eq!(self.body["status"], self.status, "{self}");
            assert_eq!(
                self.body["type"],
                format!("/problems/{}", self.code()),
                "{self}"
            );
            assert_eq!(
                self.body["instance"].as_str(),
                self.header("x-request-id"),
                "{self}"
            );
            self.tells_no_internals();
        }
    }

    /// What we say in a problem names neither SQL nor code, files or what we are built of.
    fn tells_no_internals(&self) {
        let errors = self.body["errors"].as_array().into_iter().flatten();
        let said = errors.map(|error| &error["detail"]);
        let said = said.chain([&self.body["detail"], &self.body["title"]]);
        for text in said.filter_map(Value::as_str) {
            // serde tells what it was given: what a client wrote is no secret of ours.
            let ours = text.replace('\\', "");
            let mut ours: String = ours.split('`').step_by(2).collect();
            if let (Some(from), Some(to)) = (ours.find('"'), ours.rfind('"')) {
                ours.replace_range(from..=to, "");
            }
            for word in INTERNALS {
                assert!(!ours.contains(word), "tells of {word}: {self}");
            }
        }
    }

    /// The same answer, if it has that status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// The same answer, if it is that problem.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.code()), (status, code), "{self}");
        self
    }

    /// The same answer, if it blames that place for that reason.
    #[track_caller]
    pub fn blames(self, pointer: &str, code: &str) -> Self {
        assert!(
            self.faults().contains(&(pointer, code)),
            "not {pointer} {code}: {self}"
        );
        self
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The problem's code.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// Pointer and code of every fault.
    pub fn faults(&self) -> Vec<(&str, &str)> {
        let errors = self.body["errors"].as_array().into_iter().flatten();
        errors
            .map(|error| {
                let of = |name: &str| error[name].as_str().unwrap_or_default();
                (of("pointer"), of("code"))
            })
            .collect()
    }

    /// The entity tag.
    #[track_caller]
    pub fn etag(&self) -> String {
        self.header("etag")
            .unwrap_or_else(|| panic!("no ETag: {self}"))
            .to_owned()
    }

    /// The record that it carries.
    #[track_caller]
    pub fn record(self) -> Record {
        let path = match self.header("location") {
            Some(location) => location.to_owned(),
            None => self
                .asked
                .split_once(' ')
                .map(|(_, path)| path.to_owned())
                .unwrap_or_default(),
        };
        let path = path
            .trim_start_matches("/api/v1")
            .trim_end_matches("/restore")
            .to_owned();
        Record {
            path,
            etag: self.etag(),
            body: self.body,
        }
    }

    /// The ids of a list's rows.
    pub fn ids(&self) -> Vec<String> {
        ids(self.body["data"].as_array().expect("rows"))
    }

    /// The refresh token that a cookie brings.
    #[track_caller]
    pub fn refresh_token(&self) -> String {
        let cookie = self
            .header("set-cookie")
            .unwrap_or_else(|| panic!("no cookie: {self}"));
        let value = cookie.split([';', '=']).nth(1);
        value.unwrap_or_default().to_owned()
    }
}

/// The ids of rows.
pub fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter()
        .map(|row| row["id"].as_str().unwrap_or_default().to_owned())
        .collect()
}

impl Index<&str> for Answer {
    type Output = Value;

    fn index(&self, name: &str) -> &Value {
        &self.body[name]
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = String::from_utf8_lossy(&self.bytes);
        write!(f, "{} answered {}: {text:.2000}", self.asked, self.status)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Record {
    /// Its id.
    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_default().to_owned()
    }

    /// The number of its version.
    pub fn version(&self) -> i64 {
        self.body["version"].as_i64().unwrap_or_default()
    }
}

impl Index<&str> for Record {
    type Output = Value;

    fn index(&self, name: &str) -> &Value {
        &self.body[name]
    }
}
