//! A small HTTP client: whatever the status, there is an answer to look at.

use std::time::Duration;

use serde_json::{Value, json};
use ureq::http;

pub use crate::answer::{Answer, Record, ids};

/// Somebody who talks to a server.
#[derive(Clone, Debug)]
pub struct Client {
    agent: ureq::Agent,
    base: String,
    token: Option<String>,
}

/// A text as it stands in an address: every byte encoded.
pub fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
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
        let path = if outside {
            path.to_owned()
        } else {
            format!("/api/v1{path}")
        };
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
        self.request("PATCH", path)
            .if_match(etag)
            .json(&body)
            .send()
    }

    /// DELETE of the version that `etag` names.
    pub fn delete(&self, path: &str, etag: &str) -> Answer {
        self.request("DELETE", path).if_match(etag).send()
    }

    /// A new record: `create("customers", …)`.
    pub fn create(&self, resource: &str, body: Value) -> Record {
        self.post(&format!("/{resource}"), body)
            .expect(201)
            .record()
    }

    /// A new customer of that name.
    pub fn create_customer(&self, name: &str) -> Record {
        self.create("customers", json!({ "name": name }))
    }

    /// A new contact who works at these customers.
    pub fn create_contact(&self, name: &str, at: &[&Record]) -> Record {
        let positions: Vec<Value> = at
            .iter()
            .map(|customer| json!({ "customer_id": customer.id() }))
            .collect();
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
        self.request("POST", &format!("{}/restore", record.path))
            .send()
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
        self.attempt()
            .unwrap_or_else(|error| panic!("{asked}: {error}"))
    }

    /// Sends it to a server that may be gone.
    ///
    /// # Errors
    /// Those of the connection.
    pub fn attempt(self) -> Result<Answer, ureq::Error> {
        let asked = format!("{} {}", self.method, self.path);
        let uri = format!("{}{}", self.client.base, self.path);
        let mut request = http::Request::builder()
            .method(self.method.as_str())
            .uri(&uri);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let agent = &self.client.agent;
        let sent = match self.body {
            Some(body) => agent.run(request.body(body).expect(&asked)),
            None => agent.run(request.body(()).expect(&asked)),
        };
        let (parts, mut body) = sent?.into_parts();
        let bytes = body.read_to_vec()?;
        let answer = Answer {
            asked,
            status: parts.status.as_u16(),
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
            headers: parts.headers,
            bytes,
        };
        answer.check();
        Ok(answer)
    }
}
