//! What a monitoring system asks: how many requests, how long they took, what the process holds. In OpenMetrics' text format, on a
//! port of its own, which is for the operator alone.
//!
//! Routes are named by their templates, so that there are as many series as operations and no more.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server as Running;
use actix_web::http::{Method, StatusCode};
use actix_web::{App, HttpResponse, HttpServer, web};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::problem::Problem;
use crate::server::Server;

/// The media type of the answer.
const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Upper bounds of the durations that are told apart, in seconds.
const BOUNDS: [f64; 13] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 10.0, 30.0,
];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: String,
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct State {
    state: &'static str,
}

/// What is counted while requests are answered.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
    memory: Gauge,
    descriptors: Gauge,
    connections: Family<State, Gauge>,
}

/// A request that is being answered, until it is dropped.
pub(crate) struct InFlight<'a>(&'a Gauge);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::default();
        let requests = Family::default();
        let durations =
            Family::new_with_constructor((|| Histogram::new(BOUNDS)) as fn() -> Histogram);
        let (in_flight, memory, descriptors) =
            (Gauge::default(), Gauge::default(), Gauge::default());
        let connections = Family::default();
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("perennial_build", "What runs here", version);
        registry.register(
            "http_requests",
            "Requests that were answered",
            requests.clone(),
        );
        registry.register_with_unit(
            "http_request_duration",
            "From a request's head to the head of its answer",
            Unit::Seconds,
            durations.clone(),
        );
        registry.register(
            "http_requests_in_flight",
            "Requests that are being answered",
            in_flight.clone(),
        );
        registry.register(
            "database_connections",
            "Connections of the pool",
            connections.clone(),
        );
        registry.register_with_unit(
            "process_resident_memory",
            "Memory that the process holds",
            Unit::Bytes,
            memory.clone(),
        );
        registry.register(
            "process_open_fds",
            "Files and sockets that the process holds",
            descriptors.clone(),
        );
        Self {
            registry,
            requests,
            durations,
            in_flight,
            memory,
            descriptors,
            connections,
        }
    }
}

impl Metrics {
    /// Notes that a request has come.
    pub(crate) fn begin(&self) -> InFlight<'_> {
        self.in_flight.inc();
        InFlight(&self.in_flight)
    }

    /// Notes that a request was answered.
    pub(crate) fn answered(
        &self,
        method: &Method,
        route: &str,
        status: StatusCode,
        took: Duration,
    ) {
        // A method is a client's word: those that nobody knows are one.
        let method = if is_known(method) {
            method.as_str()
        } else {
            "other"
        }
        .to_owned();
        let labels = Answered {
            method: method.clone(),
            route: route.to_owned(),
            status: status.as_u16(),
        };
        self.requests.get_or_create(&labels).inc();
        self.durations
            .get_or_create(&Route {
                method,
                route: route.to_owned(),
            })
            .observe(took.as_secs_f64());
    }

    /// Everything there is to tell at this moment.
    ///
    /// # Errors
    /// A fault of ours.
    fn text(&self, server: &Server) -> Result<String, Problem> {
        let (open, idle) = server.store().connections();
        self.connections
            .get_or_create(&State { state: "idle" })
            .set(i64::from(idle));
        self.connections
            .get_or_create(&State { state: "used" })
            .set(i64::from(open.saturating_sub(idle)));
        self.memory.set(resident_bytes());
        self.descriptors.set(open_descriptors());
        let mut text = String::new();
        encode(&mut text, &self.registry).map_err(Problem::internal)?;
        Ok(text)
    }
}

fn is_known(method: &Method) -> bool {
    [
        Method::GET,
        Method::POST,
        Method::PATCH,
        Method::DELETE,
        Method::PUT,
        Method::HEAD,
        Method::OPTIONS,
    ]
    .contains(method)
}

/// Linux tells a process about itself in files; elsewhere this is 0.
fn resident_bytes() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<i64>().ok());
    kilobytes.unwrap_or_default() * 1024
}

fn open_descriptors() -> i64 {
    let count = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    count.try_into().unwrap_or_default()
}

/// Serves `/metrics`.
///
/// # Errors
/// Those of the operating system.
pub(crate) fn serve(server: Server, listener: TcpListener) -> io::Result<Running> {
    let server = web::Data::new(server);
    let http = HttpServer::new(move || {
        App::new()
            .app_data(server.clone())
            .route("/metrics", web::get().to(tell))
    });
    Ok(http.workers(1).disable_signals().listen(listener)?.run())
}

async fn tell(server: web::Data<Server>) -> Result<HttpResponse, Problem> {
    let text = server.metrics().text(&server)?;
    Ok(HttpResponse::Ok().content_type(MEDIA_TYPE).body(text))
}
