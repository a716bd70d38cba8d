//! Access tokens: JWT, one fixed algorithm, 15 minutes.

use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
};
use perennial_domain::user::User;
use perennial_domain::{Id, Instant};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::secret;
use crate::problem::Problem;

/// How long an access token is good for, in seconds.
pub const SECONDS: i64 = 15 * 60;
/// Who issues them, and for whom.
const ISSUER: &str = "perennial";
const AUDIENCE: &str = "perennial-api";
/// What kind of token they are, in the header.
const TYPE: &str = "JWT";
/// The shortest secret: 256 bits of hexadecimal or base64 are longer.
const SHORTEST: usize = 32;

/// What an access token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    iss: String,
    aud: String,
    sub: String,
    /// How often the user had signed out everywhere.
    #[serde(rename = "ver")]
    pub session_version: i64,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: String,
}

impl Claims {
    /// Whose it is.
    ///
    /// # Errors
    /// 401 where that is nobody.
    pub fn user(&self) -> Result<Id<User>, Problem> {
        self.sub.parse().map_err(|_| Problem::unauthenticated())
    }
}

/// Signs and reads access tokens. The first secret signs, all of them are believed: so they rotate.
pub struct Tokens(Vec<Key>);

struct Key {
    id: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl Tokens {
    /// Tokens signed with the first of these secrets.
    ///
    /// # Errors
    /// Says which secret is too short.
    pub fn new(secrets: &[String]) -> Result<Self, String> {
        if secrets.is_empty() || secrets.iter().any(|secret| secret.len() < SHORTEST) {
            return Err(format!(
                "a secret of PERENNIAL_JWT_SECRET needs at least {SHORTEST} characters"
            ));
        }
        let key = |secret: &String| Key {
            id: Uuid::from_slice(&secret::hash(secret)[..16])
                .unwrap_or_default()
                .simple()
                .to_string(),
            encoding: EncodingKey::from_secret(secret.as_bytes()),
            decoding: DecodingKey::from_secret(secret.as_bytes()),
        };
        Ok(Self(secrets.iter().map(key).collect()))
    }

    /// A token for a user.
    ///
    /// # Errors
    /// A fault of ours.
    pub fn sign(
        &self,
        user: Id<User>,
        session_version: i64,
        now: Instant,
    ) -> Result<String, Problem> {
        let key = self
            .0
            .first()
            .ok_or_else(|| Problem::internal("no secret"))?;
        let seconds = now.micros() / 1_000_000;
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user.to_string(),
            session_version,
            iat: seconds,
            nbf: seconds,
            exp: seconds + SECONDS,
            jti: Uuid::now_v7().to_string(),
        };
        let header = Header {
            typ: Some(TYPE.to_owned()),
            kid: Some(key.id.clone()),
            ..Header::new(Algorithm::HS256)
        };
        encode(&header, &claims, &key.encoding).map_err(Problem::internal)
    }

    /// What a token says, if it is ours and good at that moment.
    ///
    /// # Errors
    /// 401, `session_expired` where it was good once.
    pub fn read(&self, token: &str, now: Instant) -> Result<Claims, Problem> {
        let header = decode_header(token).map_err(|_| Problem::unauthenticated())?;
        // RFC 8725, 3.11 and RFC 7515, 4.1.11: of our type, and with no extension that we would have to understand.
        if header.typ.as_deref() != Some(TYPE) || header.crit.is_some() {
            return Err(Problem::unauthenticated());
        }
        let key = self
            .0
            .iter()
            .find(|key| Some(&key.id) == header.kid.as_ref())
            .ok_or_else(Problem::unauthenticated)?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
        // The moment is given, not read from the clock a second time.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let claims = decode::<Claims>(token, &key.decoding, &validation)
            .map_err(|_| Problem::unauthenticated())?
            .claims;
        let seconds = now.micros() / 1_000_000;
        // Another server's clock may be a few seconds ahead.
        if claims.nbf > seconds + 5 {
            return Err(Problem::unauthenticated());
        }
        if claims.exp <= seconds {
            Err(Problem::session_expired())
        } else {
            Ok(claims)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000_000;

    fn tokens(secrets: &[&str]) -> Tokens {
        Tokens::new(
            &secrets
                .iter()
                .map(|secret| secret.repeat(32))
                .collect::<Vec<_>>(),
        )
        .expect("long enough")
    }

    fn signed(tokens: &Tokens) -> String {
        tokens
            .sign(Id::new(Uuid::from_u128(7)), 3, Instant::from_micros(NOW))
            .expect("signed")
    }

    #[test]
    fn a_token_is_good_for_fifteen_minutes() {
        let tokens = tokens(&["a"]);
        let token = signed(&tokens);
        let at =
            |seconds: i64| tokens.read(&token, Instant::from_micros(NOW).plus_seconds(seconds));
        let claims = at(0).expect("good");
        assert_eq!(
            (claims.user().expect("a user"), claims.session_version),
            (Id::new(Uuid::from_u128(7)), 3)
        );
        assert!(at(899).is_ok() && at(900).is_err() && at(-10).is_err());
    }

    #[test]
    fn secrets_rotate() {
        let token = signed(&tokens(&["a"]));
        let now = Instant::from_micros(NOW);
        assert!(tokens(&["b", "a"]).read(&token, now).is_ok());
        assert!(tokens(&["b"]).read(&token, now).is_err());
    }

    #[test]
    fn another_algorithm_is_refused() {
        let tokens = tokens(&["a"]);
        let token = signed(&tokens);
        let (_, rest) = token.split_once('.').expect("three parts");
        use base64::Engine;
        let none = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!(
            r#"{{"alg":"none","typ":"JWT","kid":"{}"}}"#,
            tokens.0[0].id
        ));
        assert!(
            tokens
                .read(&format!("{none}.{rest}"), Instant::from_micros(NOW))
                .is_err()
        );
    }
}
