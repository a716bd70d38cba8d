//! Who is calling, and the store on their behalf.

use std::future::Future;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, web};
use perennial_domain::rights::Area;
use perennial_store::{Answer, Error, IdempotencyKey, Read, Scope, Tx};

use crate::clock;
use crate::problem::Problem;
use crate::server::Server;
use crate::sign_in::token::Claims;

/// Somebody who is signed in.
#[derive(Clone)]
pub struct Caller {
    server: Server,
    scope: Scope,
}

/// Who sent a request, as it was found before the request was read.
#[derive(Clone)]
struct Known(Result<Caller, Problem>);

/// What the access token of a request says, read once.
#[derive(Clone)]
struct Told(Result<Claims, Problem>);

/// What the access token of a request says, if it is good.
pub(crate) fn claims(request: &HttpRequest) -> Result<Claims, Problem> {
    let told = request.extensions().get::<Told>().cloned();
    let told = told.unwrap_or_else(|| {
        let told = Told(read(request));
        request.extensions_mut().insert(told.clone());
        told
    });
    told.0
}

fn read(request: &HttpRequest) -> Result<Claims, Problem> {
    let server = request
        .app_data::<web::Data<Server>>()
        .ok_or_else(|| Problem::internal("the server is not configured"))?;
    let authorization = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let token = authorization
        .and_then(bearer)
        .ok_or_else(Problem::unauthenticated)?;
    server.tokens().read(token, clock::now())
}

/// Finds out who is calling before anything else of a request is read: whoever may not ask is not told what is wrong with
/// the question.
pub(crate) async fn introduce(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let known = Caller::of(request.request()).await;
    request.extensions_mut().insert(Known(known));
    next.call(request).await
}

impl Caller {
    /// Who sent a request, by its access token.
    pub(crate) fn of(
        request: &HttpRequest,
    ) -> impl Future<Output = Result<Self, Problem>> + 'static {
        let known = request.extensions().get::<Known>().cloned();
        let server = request
            .app_data::<web::Data<Server>>()
            .map(|server| server.get_ref().clone());
        let claims = claims(request);
        async move {
            if let Some(Known(known)) = known {
                return known;
            }
            let server = server.ok_or_else(|| Problem::internal("the server is not configured"))?;
            let (claims, now) = (claims?, clock::now());
            let (user, version) = (claims.user()?, claims.session_version);
            if let Some(scope) = server.scopes().get(user, version, now) {
                return Ok(Self { server, scope });
            }
            let scope = server
                .blocking(move |store| store.scope(user, version, now))
                .await?;
            server.scopes().put(version, &scope);
            Ok(Self { server, scope })
        }
    }

    /// What every request shares.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// On whose behalf, and what they may see and do.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Reads on the caller's behalf.
    ///
    /// # Errors
    /// What `read` returns.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl Fn(&mut Read<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let scope = self.scope.clone();
        self.server
            .blocking(move |store| store.read(&scope, read))
            .await
    }

    /// Writes on the caller's behalf, in one transaction.
    ///
    /// # Errors
    /// What `write` returns.
    pub async fn write<T: Send + 'static>(
        &self,
        area: Area,
        write: impl Fn(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let scope = self.scope.clone();
        let outcome = self
            .server
            .blocking(move |store| store.write(&scope, write))
            .await;
        self.wrote(area);
        outcome
    }

    /// Writes on the caller's behalf, in one transaction, once for each key.
    ///
    /// # Errors
    /// What `write` returns.
    pub async fn write_once(
        &self,
        area: Area,
        key: Option<IdempotencyKey>,
        write: impl Fn(&mut Tx<'_>) -> Result<Answer, Error> + Send + 'static,
    ) -> Result<Answer, Problem> {
        let scope = self.scope.clone();
        let outcome = self
            .server
            .blocking(move |store| store.write_once(&scope, key, write))
            .await;
        self.wrote(area);
        outcome
    }

    /// What users may do follows from these areas: the caller sees the effect of its own writes at once.
    fn wrote(&self, area: Area) {
        if matches!(
            area,
            Area::Users | Area::Teams | Area::Roles | Area::Organization
        ) {
            self.server.scopes().clear();
        }
    }
}

/// The token of `Bearer …`.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim())
        .filter(|token| !token.is_empty())
}
