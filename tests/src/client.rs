//! A small HTTP client: whatever the status, there is an answer to look at.

use std::fmt;
use std::ops::Index;
use std::time::Duration;

use serde_json::{Value, json};
use ureq::http;

/// Somebody who talks to a server.
#[derive(Clone, Debug)]
pub struct Client {
    agent: ureq::Agent,
    base: String,
    token: Option<String>,
}

/// A request that is being written.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    client: &'a Client,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

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

impl Client {
    /// Somebody who talks to the server on that port.
    pub fn new(port: u16) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        Self {
            agent: config.new_agent(),
            base: format!("http://127.0.0.1:{port}"),
            token: None,
        }
    }

    /// The same with an access token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// The same without one.
    #[must_use]
    pub fn anonymous(&self) -> Self {
        Self {
            token: None,
            ..self.clone()
        }
    }

    /// The access token.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// Host and port.
    pub fn authority(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// A request; `path` is below `/api/v1` unless it begins with `/api`, `/health` or `/version`.
    pub fn request(&self, method: &str, path: &str) -> Request<'_> {
        let whole = ["/api", "/health", "/version"];
        let outside = path == "/" || whole.iter().any(|start| path.starts_with(start));
        let path = if outside { path.to_owned() } else { format!("/api/v1{path}") };
        let request = Request {
            client: self,
            method: method.to_owned(),
            path,
            headers: Vec::new(),
            body: None,
        };
        match &self.token {
            Some(token) => request.header("authorization", &format!("Bearer {token}")),
            None => request,
        }
    }

    /// GET.
    pub fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send()
    }

    /// POST with a JSON body.
    pub fn post(&self, path: &str, body: Value) -> Answer {
        self.request("POST", path).json(&body).send()
    }

    /// PATCH of the version that `etag` names.
    pub fn patch(&self, path: &str, etag: &str, body: Value) -> Answer {
        self.request("PATCH", path).if_match(etag).json(&body).send()
    }

    /// DELETE of the version that `etag` names.
    pub fn delete(&self, path: &str, etag: &str) -> Answer {
        self.request("DELETE", path).if_match(etag).send()
    }

    /// A new record: `create("customers", …)`.
    pub fn create(&self, resource: &str, body: Value) -> Record {
        self.post(&format!("/{resource}"), body).expect(201).record()
    }

    /// A new customer of that name.
    pub fn create_customer(&self, name: &str) -> Record {
        self.create("customers", json!({ "name": name }))
    }

    /// A new contact who works at these customers.
    pub fn create_contact(&self, name: &str, at: &[&Record]) -> Record {
        let positions: Vec<Value> = at.iter().map(|customer| json!({ "customer_id": customer.id() })).collect();
        self.create("contacts", json!({ "name": name, "positions": positions }))
    }

    /// A new tag.
    pub fn create_tag(&self, name: &str) -> Record {
        self.create("tags", json!({ "name": name }))
    }

    /// Changes the version that was read.
    pub fn change(&self, record: &Record, patch: Value) -> Answer {
        self.patch(&record.path, &record.etag, patch)
    }

    /// Deletes the version that was read.
    pub fn remove(&self, record: &Record) -> Answer {
        self.delete(&record.path, &record.etag)
    }

    /// Brings a deleted record back.
    pub fn restore(&self, record: &Record) -> Answer {
        self.request("POST", &format!("{}/restore", record.path)).send()
    }

    /// The record as it is now.
    pub fn read(&self, record: &Record) -> Record {
        self.get(&record.path).expect(200).record()
    }

    /// Every row of a list, page by page.
    pub fn walk(&self, path: &str) -> Vec<Value> {
        let (mut rows, mut cursor) = (Vec::new(), None::<String>);
        let joint = if path.contains('?') { '&' } else { '?' };
        loop {
            let page = match &cursor {
                Some(cursor) => self.get(&format!("{path}{joint}cursor={cursor}")),
                None => self.get(path),
            };
            let page = page.expect(200).body;
            rows.extend(page["data"].as_array().expect("rows").iter().cloned());
            cursor = page["page"]["next_cursor"].as_str().map(str::to_owned);
            assert_eq!(page["page"]["has_more"], cursor.is_some());
            if cursor.is_none() {
                return rows;
            }
        }
    }
}

impl Request<'_> {
    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With the version it is meant for.
    #[must_use]
    pub fn if_match(self, etag: &str) -> Self {
        self.header("if-match", etag)
    }

    /// With the client's own name for it.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// With the refresh token's cookie.
    #[must_use]
    pub fn cookie(self, token: &str) -> Self {
        self.header("cookie", &format!("perennial_refresh={token}"))
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.bytes("application/json", body.to_string())
    }

    /// With any body.
    #[must_use]
    pub fn bytes(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", media_type)
    }

    /// Sends it.
    pub fn send(self) -> Answer {
        let asked = format!("{} {}", self.method, self.path);
        let uri = format!("{}{}", self.client.base, self.path);
        let mut request = http::Request::builder().method(self.method.as_str()).uri(&uri);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let agent = &self.client.agent;
        let sent = match self.body {
            Some(body) => agent.run(request.body(body).expect(&asked)),
            None => agent.run(request.body(()).expect(&asked)),
        };
        let sent = sent.unwrap_or_else(|error| panic!("{asked}: {error}"));
        let (parts, mut body) = sent.into_parts();
        let bytes = body.read_to_vec().unwrap_or_else(|error| panic!("{asked}: {error}"));
        let answer = Answer {
            asked,
            status: parts.status.as_u16(),
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
            headers: parts.headers,
            bytes,
        };
        answer.check();
        answer
    }
}

impl Answer {
    /// What holds of every answer: what went wrong is a problem, and nothing tells what broke inside.
    fn check(&self) {
        assert!(self.status < 500 || self.status == 503, "{self}");
        assert!(self.header("x-request-id").is_some(), "no request id: {self}");
        if self.status >= 400 {
            assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self}");
            assert_eq!(self.body["status"], self.status, "{self}");
            assert_eq!(self.body["type"], format!("/problems/{}", self.code()), "{self}");
            assert_eq!(self.body["instance"].as_str(), self.header("x-request-id"), "{self}");
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
        assert!(self.faults().contains(&(pointer, code)), "not {pointer} {code}: {self}");
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
        self.header("etag").unwrap_or_else(|| panic!("no ETag: {self}")).to_owned()
    }

    /// The record that it carries.
    #[track_caller]
    pub fn record(self) -> Record {
        let path = match self.header("location") {
            Some(location) => location.to_owned(),
            None => self.asked.split_once(' ').map(|(_, path)| path.to_owned()).unwrap_or_default(),
        };
        let path = path.trim_start_matches("/api/v1").trim_end_matches("/restore").to_owned();
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
        let cookie = self.header("set-cookie").unwrap_or_else(|| panic!("no cookie: {self}"));
        let value = cookie.split([';', '=']).nth(1);
        value.unwrap_or_default().to_owned()
    }
}

/// The ids of rows.
pub fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| row["id"].as_str().unwrap_or_default().to_owned()).collect()
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
