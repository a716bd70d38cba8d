//! Access tokens that are not ours, or not any more.

use std::net::TcpListener;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::sign;
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

    /// Signs whatever header and claims, with our own secret.
    fn sealed(&self, header: &str, claims: &str) -> String {
        let message = [header, claims]
            .map(|part| URL_SAFE_NO_PAD.encode(part))
            .join(".");
        let key = EncodingKey::from_secret(SECRET.as_bytes());
        let seal = sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
        format!("{message}.{seal}")
    }

    /// The header of a good token with more in it, or something else.
    fn header(&self, name: &str, value: Value) -> String {
        let mut header = json!({ "alg": "HS256", "typ": "JWT", "kid": self.kid });
        header[name] = value;
        header.to_string()
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
    let sealed = forge.sealed(
        &forge.header("cty", json!("JWT")),
        &forge.claims.to_string(),
    );
    forge
        .app
        .anonymous()
        .with_token(&sealed)
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
    // Signed well by our one algorithm, and says that it was another.
    for algorithm in [
        "RS256", "PS256", "ES256", "EdDSA", "HS384", "HS512", "hs256", "dir", "none",
    ] {
        let header = forge.header("alg", json!(algorithm));
        forge.refused(&forge.sealed(&header, &forge.claims.to_string()));
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

#[test]
fn a_header_does_not_say_how_it_is_to_be_believed() {
    let forge = Forge::new();
    let claims = forge.claims.to_string();
    for (name, value) in [
        ("typ", Value::Null),
        ("typ", json!("at+jwt")),
        ("typ", json!("refresh")),
        ("typ", json!(["JWT"])),
        ("crit", json!(["exp"])),
        ("crit", json!(["b64"])),
        ("crit", json!([])),
        ("crit", json!("exp")),
        ("kid", json!([forge.kid])),
        ("kid", json!({ "id": forge.kid })),
        ("kid", json!(0)),
        ("kid", json!("x".repeat(3_000))),
    ] {
        forge.refused(&forge.sealed(&forge.header(name, value), &claims));
    }
    // Twice the same: whichever counts, the other was meant.
    let kid = forge.kid.as_deref().unwrap();
    let twice = format!(r#"{{"alg":"HS256","alg":"none","typ":"JWT","kid":"{kid}"}}"#);
    forge.refused(&forge.sealed(&twice, &claims));
}

#[test]
fn a_key_that_a_token_brings_along_is_not_looked_at() {
    let forge = Forge::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let there = format!("http://{}/keys", listener.local_addr().unwrap());
    let secret = "a key that somebody else has made up";
    let jwk = json!({ "kty": "oct", "alg": "HS256", "k": URL_SAFE_NO_PAD.encode(secret) });
    for (name, value) in [
        ("jwk", jwk),
        ("jku", json!(there)),
        ("x5u", json!(there)),
        ("kid", json!(there)),
        ("x5c", json!([URL_SAFE_NO_PAD.encode(secret)])),
    ] {
        let header = forge.header(name, value);
        let message = [header, forge.claims.to_string()]
            .map(|part| URL_SAFE_NO_PAD.encode(part))
            .join(".");
        let key = EncodingKey::from_secret(secret.as_bytes());
        let seal = sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
        forge.refused(&format!("{message}.{seal}"));
    }
    assert!(listener.accept().is_err(), "nobody was asked for a key");
}

#[test]
fn a_claim_means_one_thing() {
    let forge = Forge::new();
    let header = forge.header("alg", json!("HS256"));
    let good = forge.claims.to_string();
    let (other, _) = forge.app.account(&Person::Reader.email());
    for more in [
        format!("\"sub\":\"{other}\""),
        "\"ver\":0".into(),
        "\"exp\":9999999999".into(),
        "\"aud\":\"another-api\"".into(),
    ] {
        forge.refused(&forge.sealed(&header, &format!("{{{more},{}", &good[1..])));
    }
    for (name, value) in [
        ("aud", json!(["perennial-api", "another-api"])),
        ("iss", json!(["perennial"])),
        ("sub", json!([forge.claims["sub"]])),
        ("sub", json!(1)),
        ("ver", json!("1")),
        ("ver", json!(1.5)),
        ("exp", json!(-1)),
        ("exp", json!(1e300)),
        ("exp", json!(true)),
        ("nbf", json!("now")),
        ("nbf", json!(1e300)),
        ("iat", json!({})),
    ] {
        forge.refused(&forge.with(name, value));
    }
    for claims in ["", "null", "[]", "\"x\"", "{}", "{", &"[".repeat(2_000)] {
        forge.refused(&forge.sealed(&header, claims));
    }
}

#[test]
fn a_token_is_good_for_one_use_and_in_one_spelling() {
    let forge = Forge::new();
    let app = &forge.app;
    let refresh = app.sign_in(Person::Seller).refresh_token();
    let offer = format!("/users/{}/password-reset", app.id_of(Person::Seller));
    let reset = app.as_admin().post(&offer, json!({})).body["token"]
        .as_str()
        .unwrap()
        .to_owned();
    for other in [&refresh, &reset] {
        forge.refused(other);
    }
    let good = app.as_admin().token().to_owned();
    let cookie = |token: &str| {
        app.anonymous()
            .request("POST", "/auth/refresh")
            .cookie(token)
            .send()
    };
    for other in [&good, &reset] {
        cookie(other).refused(401, "session_expired");
    }
    let body = json!({ "token": refresh, "new_password": "a good password" });
    app.anonymous()
        .post("/auth/password-reset", body)
        .refused(401, "bad_credentials");
    // Neither an address nor a cookie carries an access token.
    app.anonymous()
        .get(&format!("/me?access_token={good}"))
        .refused(401, "unauthenticated");
    let named = format!("access_token={good}; perennial_refresh={good}");
    let request = app.anonymous();
    request
        .request("GET", "/me")
        .header("cookie", &named)
        .send()
        .refused(401, "unauthenticated");
    // The last letter of 43 holds two bits that say nothing.
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = letters
        .iter()
        .position(|letter| good.ends_with(char::from(*letter)))
        .unwrap();
    let respelt = format!(
        "{}{}",
        &good[..good.len() - 1],
        char::from(letters[last ^ 1])
    );
    for token in [
        respelt,
        format!("{good}="),
        format!("{good}."),
        format!("{good}.x"),
        format!(".{good}"),
        good.to_uppercase(),
    ] {
        forge.refused(&token);
    }
    for size in [7_000, 30_000, 100_000] {
        let huge = app.anonymous().with_token(&"x".repeat(size)).get("/me");
        assert!(
            [400, 401, 413, 431].contains(&huge.status),
            "{size}: {huge}"
        );
    }
}
