//! Access tokens that are not ours, or not any more.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, decode_header, encode};
use perennial_api::clock;
use perennial_tests::app::TestApp;
use perennial_tests::company::Person;
use serde_json::{Value, json};

/// The secret of every test server.
const SECRET: &str = "a secret for tests of enough characters";

struct Forge {
    app: TestApp,
    kid: Option<String>,
    claims: Value,
}

impl Forge {
    fn new() -> Self {
        let app = TestApp::start();
        let (user, version) = app.account(&Person::Admin.email());
        let good = app.token(user, version, clock::now());
        let claims = good
            .split('.')
            .nth(1)
            .and_then(|part| URL_SAFE_NO_PAD.decode(part).ok())
            .unwrap();
        Self {
            kid: decode_header(&good).unwrap().kid,
            claims: serde_json::from_slice(&claims).unwrap(),
            app,
        }
    }

    fn signed(
        &self,
        algorithm: Algorithm,
        kid: Option<&str>,
        secret: &str,
        claims: &Value,
    ) -> String {
        let header = Header {
            kid: kid.map(str::to_owned),
            ..Header::new(algorithm)
        };
        encode(
            &header,
            claims,
            &EncodingKey::from_secret(secret.as_bytes()),
        )
        .unwrap()
    }

    fn with(&self, name: &str, value: Value) -> String {
        let mut claims = self.claims.clone();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value;
        }
        self.signed(Algorithm::HS256, self.kid.as_deref(), SECRET, &claims)
    }

    #[track_caller]
    fn refused(&self, token: &str) {
        let answer = self
            .app
            .anonymous()
            .with_token(token)
            .get("/me")
            .expect(401);
        assert_eq!(
            answer.header("www-authenticate"),
            Some("Bearer realm=\"perennial\""),
            "{answer}"
        );
    }
}

#[test]
fn the_forge_can_make_a_good_token() {
    let forge = Forge::new();
    let good = forge.with("jti", json!("another"));
    forge
        .app
        .anonymous()
        .with_token(&good)
        .get("/me")
        .expect(200);
}

#[test]
fn another_algorithm_is_refused() {
    let forge = Forge::new();
    let payload = URL_SAFE_NO_PAD.encode(forge.claims.to_string());
    for algorithm in ["none", "None", "NONE", "nOnE", ""] {
        let header = URL_SAFE_NO_PAD
            .encode(json!({ "alg": algorithm, "typ": "JWT", "kid": forge.kid }).to_string());
        forge.refused(&format!("{header}.{payload}."));
        forge.refused(&format!("{header}.{payload}"));
    }
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        forge.refused(&forge.signed(algorithm, forge.kid.as_deref(), SECRET, &forge.claims));
    }
}

#[test]
fn another_key_is_refused() {
    let forge = Forge::new();
    let kid = forge.kid.as_deref();
    forge.refused(&forge.signed(
        Algorithm::HS256,
        kid,
        "another secret of quite enough characters",
        &forge.claims,
    ));
    forge.refused(&forge.signed(Algorithm::HS256, kid, "", &forge.claims));
    for kid in [
        None,
        Some(""),
        Some("../../../../dev/null"),
        Some("/dev/null"),
        Some("' OR 1=1 --"),
        Some("0"),
    ] {
        forge.refused(&forge.signed(Algorithm::HS256, kid, SECRET, &forge.claims));
        forge.refused(&forge.signed(Algorithm::HS256, kid, "", &forge.claims));
    }
}

#[test]
fn a_token_for_somebody_else_or_by_somebody_else_is_refused() {
    let forge = Forge::new();
    for name in ["iss", "aud", "sub", "exp", "nbf", "ver"] {
        forge.refused(&forge.with(name, Value::Null));
    }
    for (name, value) in [
        ("iss", json!("somebody")),
        ("aud", json!("another-api")),
        ("aud", json!([])),
        ("sub", json!("01890000-0000-7000-8000-000000000000")),
        ("sub", json!("admin")),
        ("ver", json!(0)),
        ("ver", json!(999)),
        ("exp", json!(1)),
        ("exp", json!("9999999999")),
        ("nbf", json!(9_999_999_999_i64)),
    ] {
        forge.refused(&forge.with(name, value));
    }
}

#[test]
fn a_token_is_good_for_fifteen_minutes() {
    let forge = Forge::new();
    let (user, version) = forge.app.account(&Person::Admin.email());
    let at = |seconds: i64| {
        forge.app.anonymous().with_token(&forge.app.token(
            user,
            version,
            clock::now().plus_seconds(seconds),
        ))
    };
    at(-890).get("/me").expect(200);
    at(-900).get("/me").refused(401, "session_expired");
    at(60).get("/me").refused(401, "unauthenticated");
}

#[test]
fn what_is_no_token_is_refused() {
    let forge = Forge::new();
    for token in [
        "",
        " ",
        "x",
        "a.b.c",
        "..",
        "e30.e30.e30",
        &"x".repeat(7000),
    ] {
        forge.refused(token);
    }
    let good = forge.app.as_admin().token().to_owned();
    for header in [
        good.clone(),
        format!("Basic {good}"),
        format!("Bearer{good}"),
        "Bearer".into(),
    ] {
        let answer = forge
            .app
            .anonymous()
            .request("GET", "/me")
            .header("authorization", &header)
            .send();
        answer.refused(401, "unauthenticated");
    }
    forge
        .app
        .anonymous()
        .request("GET", "/me")
        .header("authorization", &format!("bearer {good}"))
        .send()
        .expect(200);
    let (head, signature) = good.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    forge.refused(&format!("{head}.{flipped}{}", &signature[1..]));
}
