//! Operations: what can be asked of the API. Route, contract and `operations.txt` come from one registration.
//!
//! A handler's first argument says who may call it ([`Allowed`](guard::Allowed), [`SignedIn`](guard::SignedIn) …); one that
//! says nothing does not compile. From that and from the handler's description follow the security requirement, the
//! permission and every problem that can be answered. Operations of one path become one actix resource that answers other
//! methods with 405.
//!
//! This stands in the place of utoipa-actix-web: that collects what `.service(…)` mounts, but knows neither permissions nor
//! handlers that are generic over a resource, and everything it collects would have to be said a second time for them.

mod document;
pub mod guard;
pub(crate) mod parameters;
mod problems;
pub mod resource;
mod schemas;

use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::{Condition, Next, from_fn};
use actix_web::{FromRequest, Handler, Responder, Route, web};
use serde_json::Value;
use utoipa::__dev::{SchemaReferences, Tags};
use utoipa::openapi::{RefOr, Schema};

use crate::caller::introduce;
use crate::limits::within;
use crate::problem::Problem;
use guard::{Guard, Guarded};

pub use schemas::Schemas;

/// The operations that a caller may use so often and no more; whether a server lives may be asked at any time.
const COUNTED: &str = "/api/v1/";

/// What can be asked of the API.
#[derive(Default)]
pub struct Operations {
    base: &'static str,
    list: Vec<Operation>,
    schemas: Schemas,
}

/// One thing that can be asked.
pub struct Operation {
    /// Its name: the handler's.
    pub id: String,
    /// Its method.
    pub method: Method,
    /// The template of its path.
    pub path: String,
    /// Who may ask it.
    pub guard: Guard,
    /// What the contract says of it.
    pub description: Value,
    /// The handler's path in this crate.
    pub handler: &'static str,
    route: Box<dyn Fn() -> Route + Send + Sync>,
}

/// What a handler says of itself for the contract.
pub struct Description {
    /// Its method.
    pub method: Method,
    /// The template of its path, below the base.
    pub path: String,
    /// An OpenAPI operation object.
    pub operation: Value,
    /// The schemas that it speaks of.
    pub schemas: Vec<(String, RefOr<Schema>)>,
}

impl Description {
    /// What `#[utoipa::path]` made of a handler.
    fn of<P: utoipa::Path + SchemaReferences + for<'t> Tags<'t>>() -> Self {
        let mut schemas = Vec::new();
        P::schemas(&mut schemas);
        let method = P::methods()
            .into_iter()
            .next()
            .and_then(|method| serde_json::to_value(method).ok());
        let method = method
            .as_ref()
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_uppercase();
        let mut operation = serde_json::to_value(P::operation()).unwrap_or_default();
        if let Some(operation) = operation.as_object_mut() {
            operation.insert("tags".into(), P::tags().into());
        }
        Self {
            method: Method::from_bytes(method.as_bytes()).unwrap_or(Method::GET),
            path: P::path(),
            operation,
            schemas,
        }
    }
}

impl Operations {
    /// None yet; the paths of those that follow are below `base`.
    pub fn new(base: &'static str) -> Self {
        Self {
            base,
            ..Self::default()
        }
    }

    /// The paths of those that follow are below `base`.
    #[must_use]
    pub fn below(mut self, base: &'static str) -> Self {
        self.base = base;
        self
    }

    /// Those that `more` adds.
    #[must_use]
    pub fn with(self, more: impl FnOnce(Self) -> Self) -> Self {
        more(self)
    }

    /// One more: `P` is what `#[utoipa::path]` made beside the handler, `__path_` and its name.
    #[must_use]
    pub fn operation<P, F, Args>(self, handler: F) -> Self
    where
        P: utoipa::Path + SchemaReferences + for<'t> Tags<'t>,
        F: Handler<Args> + Send + Sync,
        Args: Guarded + FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.described(Description::of::<P>(), handler)
    }

    /// One more, described in code.
    #[must_use]
    pub fn described<F, Args>(mut self, description: Description, handler: F) -> Self
    where
        F: Handler<Args> + Send + Sync,
        Args: Guarded + FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let Description {
            method,
            path,
            mut operation,
            schemas,
        } = description;
        let guard = Args::guard();
        problems::complete(&mut operation, &guard, &method);
        self.schemas.extend(schemas);
        let id = operation
            .get("operationId")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let route_method = method.clone();
        let route = Box::new(move || web::method(route_method.clone()).to(handler.clone()));
        self.list.push(Operation {
            id,
            method,
            path: format!("{}{path}", self.base),
            guard,
            description: operation,
            handler: std::any::type_name::<F>(),
            route,
        });
        self
    }

    /// The schema of a type whose every member is always answered, also those that may be null.
    #[must_use]
    pub fn answers<T: utoipa::ToSchema>(mut self) -> Self {
        self.schemas.add::<T>();
        self.schemas.require_all(&T::name());
        self
    }

    /// The schemas of an entity whose operations are described one by one.
    #[must_use]
    pub fn entity<R: perennial_domain::field::Resource + utoipa::ToSchema>(mut self) -> Self {
        self.schemas.add_resource::<R>();
        self
    }

    /// Every operation, as added.
    pub fn list(&self) -> &[Operation] {
        &self.list
    }

    /// The contract: an OpenAPI 3.1 document.
    pub fn document(&self) -> Value {
        document::document(&self.list, &self.schemas)
    }

    /// One line per operation, by name: id, method, path, who may.
    pub fn table(&self) -> String {
        let line = |operation: &Operation| {
            format!(
                "{} {} {} {}\n",
                operation.id, operation.method, operation.path, operation.guard
            )
        };
        let mut lines: Vec<String> = self.list.iter().map(line).collect();
        lines.sort();
        lines.concat()
    }

    /// Mounts every operation.
    pub fn mount(&self, application: &mut web::ServiceConfig) {
        let mut paths: Vec<&str> = self
            .list
            .iter()
            .map(|operation| operation.path.as_str())
            .collect();
        // `{` sorts after every letter: what is spelled out is tried before what is a parameter.
        paths.sort_unstable();
        paths.dedup();
        for path in paths {
            let here = || self.list.iter().filter(|operation| operation.path == path);
            let methods: Vec<&str> = here().map(|operation| operation.method.as_str()).collect();
            let allow = methods.join(", ");
            let refuse = move || {
                let refused = not_allowed(&allow);
                async move { refused }
            };
            let resource = here().fold(web::resource(path), |resource, operation| {
                resource.route((operation.route)())
            });
            let guarded = here().any(|operation| {
                matches!(operation.guard, Guard::SignedIn | Guard::Permission(..))
            });
            application.service(
                resource
                    .default_service(web::to(refuse))
                    .wrap(Condition::new(guarded, from_fn(introduce)))
                    .wrap(Condition::new(path.starts_with(COUNTED), from_fn(within)))
                    .wrap(from_fn(survive)),
            );
        }
    }
}

/// 405: this path answers to other methods.
///
/// # Errors
/// Always.
pub fn not_allowed(allow: &str) -> Result<actix_web::HttpResponse, Problem> {
    let status = actix_web::http::StatusCode::METHOD_NOT_ALLOWED;
    Err(Problem::new(status, "method_not_allowed").with_header(header::ALLOW, allow))
}

/// A handler that panics is a fault of ours, answered like any other.
async fn survive(
    request: ServiceRequest,
    next: Next<impl actix_web::body::MessageBody>,
) -> Result<ServiceResponse<impl actix_web::body::MessageBody>, actix_web::Error> {
    let mut answer = Box::pin(next.call(request));
    let outcome = std::future::poll_fn(|context| {
        let poll = std::panic::AssertUnwindSafe(|| answer.as_mut().poll(context));
        match std::panic::catch_unwind(poll) {
            Ok(std::task::Poll::Pending) => std::task::Poll::Pending,
            Ok(std::task::Poll::Ready(outcome)) => std::task::Poll::Ready(Ok(outcome)),
            Err(_) => std::task::Poll::Ready(Err(Problem::internal("a handler panicked"))),
        }
    });
    outcome.await?
}
