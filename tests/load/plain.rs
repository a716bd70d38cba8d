//! A server that knows one answer by heart: as fast as actix can be.

use std::net::TcpListener;
use std::sync::mpsc;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::{App, HttpResponse, HttpServer, rt, web};

/// Starts one, with a worker for each core as the real one has.
pub fn start(status: u16, bytes: usize) -> (ServerHandle, u16) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let status = StatusCode::from_u16(status).expect("a status");
        let body = web::Bytes::from(vec![b'x'; bytes]);
        rt::System::new().block_on(async move {
            let answer = move |_: web::Bytes| {
                let body = body.clone();
                async move {
                    HttpResponse::build(status)
                        .content_type("application/json")
                        .body(body)
                }
            };
            let server =
                HttpServer::new(move || App::new().default_service(web::to(answer.clone())));
            let server = server.listen(listener).expect("it listens").run();
            sender.send(server.handle()).expect("somebody waits for it");
            server.await.expect("it ends well");
        });
    });
    (receiver.recv().expect("it starts"), port)
}
