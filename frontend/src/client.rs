//! The only file that does HTTP: one way to call the API, with the session's token and its renewal.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_net::http::{Method, RequestBuilder};
use js_sys::{Date, Function, Object, Promise, Reflect};
use perennial_domain::problem::Problem;
use perennial_domain::session::AccessToken;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use yew::Callback;

/// What came, or what went wrong: the server's problem, or `offline` where no answer came.
pub type Outcome<T> = Result<T, Problem>;

/// Renew this long before a token expires.
const MARGIN_MS: f64 = 30_000.0;

/// Calls the API. Clones are the same client.
#[derive(Clone, Default)]
pub struct Client(Rc<Inner>);

#[derive(Default)]
struct Inner {
    token: RefCell<Option<(String, f64)>>,
    renewing: RefCell<Option<Promise>>,
    ended: RefCell<Callback<()>>,
}

impl PartialEq for Client {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// One call of the API.
#[derive(Clone, Default)]
struct Call {
    method: Method,
    path: String,
    body: Option<Value>,
    /// `If-Match`: the version that was read.
    version: Option<i64>,
    /// `Idempotency-Key`.
    key: Option<String>,
}

impl Client {
    /// Whom to tell when the session has ended although we thought it lasted.
    pub fn on_end(&self, callback: Callback<()>) {
        *self.0.ended.borrow_mut() = callback;
    }

    /// `GET path`.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Outcome<T> {
        self.call(Call {
            path: path.into(),
            ..Call::default()
        })
        .await
        .and_then(read)
    }

    /// `POST path`. The same `key` twice does it once.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: impl Serialize,
        key: &str,
    ) -> Outcome<T> {
        let body = serde_json::to_value(body).ok();
        self.call(Call {
            method: Method::POST,
            path: path.into(),
            body,
            key: Some(key.into()),
            ..Call::default()
        })
        .await
        .and_then(read)
    }

    /// `PATCH path` with a merge patch of the version that was read.
    pub async fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        version: i64,
        patch: Value,
    ) -> Outcome<T> {
        let call = Call {
            method: Method::PATCH,
            path: path.into(),
            body: Some(patch),
            version: Some(version),
            key: None,
        };
        self.call(call).await.and_then(read)
    }

    /// `DELETE path` of the version that was read.
    pub async fn delete(&self, path: &str, version: i64) -> Outcome<()> {
        let call = Call {
            method: Method::DELETE,
            path: path.into(),
            version: Some(version),
            ..Call::default()
        };
        self.call(call).await.map(drop)
    }

    /// Signs in, sets up or changes the password: whatever answers with a token.
    pub async fn authenticate(&self, path: &str, body: impl Serialize) -> Outcome<()> {
        let token: AccessToken = self.post(path, body, &new_key()).await?;
        self.keep(token);
        Ok(())
    }

    /// Ends this session, or with `everywhere` all of the user's.
    pub async fn sign_out(&self, everywhere: bool) -> Outcome<()> {
        let path = if everywhere {
            "auth/sign-out-everywhere"
        } else {
            "auth/sign-out"
        };
        let outcome = self.post::<Value>(path, json!({}), &new_key()).await;
        *self.0.token.borrow_mut() = None;
        outcome.map(drop)
    }

    /// Renews the token by the refresh cookie; one renewal at a time, in all tabs.
    pub async fn renew(&self) -> Outcome<()> {
        let running = self.0.renewing.borrow().clone();
        let promise = running.unwrap_or_else(|| {
            let client = self.clone();
            let promise = one_tab_at_a_time(move || {
                future_to_promise(async move { client.ask_for_token().await })
            });
            *self.0.renewing.borrow_mut() = Some(promise.clone());
            promise
        });
        let outcome = JsFuture::from(promise.clone()).await;
        self.0
            .renewing
            .borrow_mut()
            .take_if(|running| Object::is(running, &promise));
        outcome
            .map(drop)
            .map_err(|status| problem_of(status.as_f64().unwrap_or_default() as u16))
    }

    /// The promise's own errors are HTTP statuses.
    async fn ask_for_token(&self) -> Result<JsValue, JsValue> {
        let call = Call {
            method: Method::POST,
            path: "auth/refresh".into(),
            ..Call::default()
        };
        match self.once(&call).await.and_then(read) {
            Ok(token) => self.keep(token),
            Err(problem) => return Err(problem.status.into()),
        }
        Ok(JsValue::NULL)
    }

    fn keep(&self, token: AccessToken) {
        let until = Date::now() + token.expires_in as f64 * 1000.0 - MARGIN_MS;
        *self.0.token.borrow_mut() = Some((token.access_token, until));
    }

    /// Sends a call; renews the token before it expires, and once if it is refused all the same.
    async fn call(&self, call: Call) -> Outcome<Value> {
        let due = self
            .0
            .token
            .borrow()
            .as_ref()
            .map(|(_, until)| *until < Date::now());
        if due == Some(true) {
            let _ = self.renew().await;
        }
        let used = self.0.token.borrow().clone();
        let answer = self.once(&call).await;
        if due.is_none() || !matches!(&answer, Err(problem) if problem.status == 401) {
            return answer;
        }
        // Another call may have renewed the token while this one was on its way.
        if *self.0.token.borrow() == used {
            match self.renew().await {
                Ok(()) => {}
                Err(problem) if problem.status == 401 => {
                    self.0.ended.borrow().emit(());
                    return answer;
                }
                // Whether the session has ended is not known: only the server can say so.
                Err(problem) => return Err(problem),
            }
        }
        self.once(&call).await
    }

    async fn once(&self, call: &Call) -> Outcome<Value> {
        let mut request = RequestBuilder::new(&address(&call.path)).method(call.method.clone());
        if let Some((token, _)) = &*self.0.token.borrow() {
            request = request.header("Authorization", &format!("Bearer {token}"));
        }
        if let Some(version) = call.version {
            request = request.header("If-Match", &format!("\"v{version}.f0\""));
        }
        if let Some(key) = &call.key {
            request = request.header("Idempotency-Key", key);
        }
        let sent = match &call.body {
            Some(body) => {
                let patch = call.method == Method::PATCH;
                let kind = if patch {
                    "application/merge-patch+json"
                } else {
                    "application/json"
                };
                request.header("Content-Type", kind).body(body.to_string())
            }
            None => request.build(),
        };
        let offline = |_| problem_of(0);
        let answer = sent.map_err(offline)?.send().await.map_err(offline)?;
        let text = answer.text().await.map_err(offline)?;
        if answer.ok() {
            return if text.is_empty() {
                Ok(Value::Null)
            } else {
                serde_json::from_str(&text).map_err(|_| problem_of(500))
            };
        }
        Err(serde_json::from_str(&text).unwrap_or_else(|_| problem_of(answer.status())))
    }
}

/// A fresh idempotency key: 128 random bits.
pub fn new_key() -> String {
    let mut bytes = [0; 16];
    let crypto = web_sys::window().and_then(|window| window.crypto().ok());
    let _ = crypto.map(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read<T: DeserializeOwned>(value: Value) -> Outcome<T> {
    serde_json::from_value(value).map_err(|_| problem_of(500))
}

/// The problem of an answer that does not say its own.
fn problem_of(status: u16) -> Problem {
    let code = match status {
        0 => "offline",
        401 => "unauthenticated",
        403 => "forbidden",
        404 => "not_found",
        413 => "too_large",
        429 => "too_many_requests",
        502..=504 => "unavailable",
        _ => "internal",
    };
    Problem {
        status,
        code: code.into(),
        ..Problem::default()
    }
}

/// Runs `work` while no other tab runs its own (`navigator.locks`): a refresh token used twice would end the session.
fn one_tab_at_a_time(work: impl FnOnce() -> Promise + 'static) -> Promise {
    let locks = web_sys::window()
        .and_then(|window| Reflect::get(&window.navigator(), &"locks".into()).ok())
        .filter(JsValue::is_object);
    let request = locks.as_ref().and_then(|locks| {
        Reflect::get(locks, &"request".into())
            .ok()?
            .dyn_into::<Function>()
            .ok()
    });
    match (locks, request) {
        (Some(locks), Some(request)) => {
            let work = Closure::once_into_js(move |_: JsValue| work());
            request
                .call2(&locks, &"perennial-renewal".into(), &work)
                .map_or_else(|error| Promise::reject(&error), JsValue::unchecked_into)
        }
        _ => work(),
    }
}

/// Where what is asked of a resource is below the API's root.
fn address(path: &str) -> String {
    let (resource, rest) = path.split_at(path.find(['/', '?']).unwrap_or(path.len()));
    format!("/api/v1/{}{rest}", perennial_domain::field::path(resource))
}
