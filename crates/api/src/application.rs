//! The server: built, then run. Tests build one on a free port in their own process.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server as Running, ServerHandle};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, HttpRequest, HttpServer, rt, web};
use perennial_store::{Store, setup};

use crate::assets::Assets;
use crate::config::Config;
use crate::problem::Problem;
use crate::server::Server;
use crate::sign_in::secret;
use crate::sign_in::token::Tokens;
use crate::{background, metrics, requests, routes, unread};

/// How long a server that is going to stop still takes requests: whoever asks whether it is ready learns of it.
const NOTICE: Duration = Duration::from_secs(1);

/// A server that is bound to its port.
pub struct Application {
    port: u16,
    setup_token: Option<String>,
    store: Store,
    jobs: bool,
    running: Running,
    metrics: Option<(u16, Running)>,
    server: Server,
}

impl Application {
    /// Opens the database and binds the port.
    ///
    /// # Errors
    /// Says what is missing: the database, a secret, the port.
    pub fn build(config: &Config) -> Result<Self, String> {
        let store = Store::open(&config.database_url).map_err(|error| error.to_string())?;
        let tokens = Tokens::new(&config.secrets(&store)?)?;
        let setup_token = offered(&store)?;
        let server = Server::new(store.clone(), tokens, config);
        let (port, listener) = bound(config.listen)?;
        let assets = Arc::new(Assets::new(&config.frontend));
        let running = start(server.clone(), assets, listener, config.workers)
            .map_err(|error| error.to_string())?;
        let metrics = match config.metrics {
            None => None,
            Some(address) => {
                let (port, listener) = bound(address)?;
                let running = metrics::serve(server.clone(), listener);
                Some((port, running.map_err(|error| error.to_string())?))
            }
        };
        Ok(Self {
            server,
            metrics,
            port,
            setup_token,
            store,
            jobs: config.jobs,
            running,
        })
    }

    /// The port it is bound to.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The port that metrics are told on, if they are.
    pub fn metrics_port(&self) -> Option<u16> {
        self.metrics.as_ref().map(|(port, _)| *port)
    }

    /// The one-time token of the first start, while nobody has set this installation up.
    pub fn setup_token(&self) -> Option<&str> {
        self.setup_token.as_deref()
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Stops it from elsewhere.
    pub fn handle(&self) -> ServerHandle {
        self.running.handle()
    }

    /// Serves until it is stopped or the process is told to end. Asked to terminate, it says for a moment that it is not ready,
    /// takes nobody new any more and finishes what is under way.
    ///
    /// # Errors
    /// Those of the operating system.
    pub async fn run(self) -> io::Result<()> {
        if self.jobs {
            background::start(self.store);
        }
        stop_when_told(self.server.clone(), &self.running.handle());
        if let Some((_, metrics)) = self.metrics {
            rt::spawn(metrics);
        }
        let server = self.server;
        rt::spawn(async move {
            let mut interval = rt::time::interval(FORGET);
            loop {
                interval.tick().await;
                server.limits().forget();
            }
        });
        self.running.await
    }
}

/// How often callers are forgotten that have all of their requests left again.
const FORGET: Duration = Duration::from_secs(60);

/// How long an answer waits for a client that takes nothing of it.
#[cfg(target_os = "linux")]
const UNREAD: Duration = Duration::from_secs(60);

fn bound(address: SocketAddr) -> Result<(u16, TcpListener), String> {
    let listener = TcpListener::bind(address).map_err(|error| format!("{address}: {error}"))?;
    // Connections have it from the listener. Without it an answer would be held for as long as nobody reads it.
    #[cfg(target_os = "linux")]
    if let Err(error) = socket2::SockRef::from(&listener).set_tcp_user_timeout(Some(UNREAD)) {
        tracing::warn!(%address, %error, "who reads no answer is not cut off");
    }
    let port = listener
        .local_addr()
        .map_err(|error| error.to_string())?
        .port();
    Ok((port, listener))
}

/// SIGTERM is obeyed with notice, an interrupt from the keyboard at once.
fn stop_when_told(server: Server, running: &ServerHandle) {
    let interrupted = running.clone();
    rt::spawn(async move {
        if rt::signal::ctrl_c().await.is_ok() {
            interrupted.stop(false).await;
        }
    });
    #[cfg(unix)]
    match rt::signal::unix::signal(rt::signal::unix::SignalKind::terminate()) {
        Err(error) => tracing::error!(%error, "the server cannot be told to stop"),
        Ok(mut terminated) => {
            let running = running.clone();
            rt::spawn(async move {
                terminated.recv().await;
                tracing::info!("stopping");
                server.announce_stop();
                rt::time::sleep(NOTICE).await;
                let stopped = running.stop(true);
                rt::spawn(async move {
                    terminated.recv().await;
                    tracing::warn!("told twice to stop: what is under way is left");
                    std::process::exit(1);
                });
                stopped.await;
            });
        }
    }
}

/// A new one-time token for an installation without users.
fn offered(store: &Store) -> Result<Option<String>, String> {
    let open = setup::is_open(store).map_err(|error| error.to_string())?;
    if !open {
        return Ok(None);
    }
    let token = secret::token();
    let offered = setup::offer(store, secret::hash(&token)).map_err(|error| error.to_string())?;
    Ok(offered.then_some(token))
}

fn start(
    server: Server,
    assets: Arc<Assets>,
    listener: TcpListener,
    workers: Option<usize>,
) -> io::Result<Running> {
    let server = web::Data::new(server);
    let assets = web::Data::from(assets);
    let operations = Arc::new(routes::operations());
    let http = HttpServer::new(move || {
        let operations = Arc::clone(&operations);
        App::new()
            .app_data(server.clone())
            .app_data(assets.clone())
            .wrap(Compress::default())
            .wrap(from_fn(requests::around))
            .wrap(from_fn(unread::hang_up))
            .configure(move |application| operations.mount(application))
            .configure(routes::contract::page)
            .default_service(web::to(otherwise))
    });
    let http = match workers {
        Some(workers) => http.workers(workers),
        None => http,
    };
    let http = http
        .disable_signals()
        .client_request_timeout(Duration::from_secs(10))
        .shutdown_timeout(30);
    Ok(http.listen(listener)?.run())
}

/// What is no operation is a file of the browser application, or nothing.
async fn otherwise(
    request: HttpRequest,
    assets: web::Data<Assets>,
) -> Result<actix_web::HttpResponse, Problem> {
    assets.answer(&request)
}
