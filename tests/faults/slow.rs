//! Clients that send a byte a second.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use perennial_tests::app::eventually;
use perennial_tests::client::Client;
use perennial_tests::program::Program;

use crate::ground::{company, serve};

const SOCKETS: usize = 100;
/// In which a head must be here, and a body: the server's ten and thirty seconds, and some for a busy machine.
const HEADS: Duration = Duration::from_secs(20);
const BODIES: Duration = Duration::from_secs(40);

/// A socket that dribbles.
struct Slow {
    stream: TcpStream,
    /// After how long it was cut off.
    cut: Option<Duration>,
    answer: Vec<u8>,
    limit: Duration,
}

impl Slow {
    fn new(program: &Program, begin: &str, limit: Duration) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", program.port)).expect("a connection");
        stream.write_all(begin.as_bytes()).expect("it is taken");
        stream.set_nonblocking(true).expect("an option");
        Self {
            stream,
            cut: None,
            answer: Vec::new(),
            limit,
        }
    }

    /// Sends one byte more, and looks whether the server still wants any.
    fn dribble(&mut self, since: Instant) {
        if self.cut.is_some() {
            return;
        }
        let sent = self.stream.write(b" ");
        let mut piece = [0; 1024];
        let heard = self.stream.read(&mut piece);
        let is_over = match (&sent, &heard) {
            (_, Ok(0)) => true,
            (_, Ok(length)) => {
                self.answer.extend(&piece[..*length]);
                false
            }
            (Ok(_), Err(error)) => error.kind() != ErrorKind::WouldBlock,
            (Err(_), Err(_)) => true,
        };
        if is_over {
            self.cut = Some(since.elapsed());
        }
        assert!(
            self.cut.is_some() || since.elapsed() < self.limit,
            "still open: {}",
            String::from_utf8_lossy(&self.answer)
        );
    }
}

/// How long all but one of a hundred answers took at most.
fn p99(client: &Client) -> Duration {
    let mut took: Vec<Duration> = (0..200)
        .map(|_| {
            let began = Instant::now();
            client.get("/customers?limit=10").expect(200);
            began.elapsed()
        })
        .collect();
    took.sort();
    took[197]
}

#[test]
fn whoever_sends_a_byte_a_second_is_cut_off_and_others_do_not_notice() {
    let database = company();
    let program = serve(&database);
    let admin = program.as_admin();
    for number in 0..20 {
        admin.create_customer(&format!("Acme {number}"));
    }
    let before = p99(&admin);
    let free = program.descriptors();
    let post = "POST /api/v1/customers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n";
    let begins = [
        ("GET /api/v1/customers HTTP/1.1\r\nHost: x\r\nX-Slow: ".to_owned(), HEADS),
        (
            format!("{post}Authorization: Bearer {}\r\n\r\n{{", admin.token()),
            BODIES,
        ),
        (format!("{post}\r\n{{"), BODIES),
        ("POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n{".to_owned(), BODIES),
    ];
    let began = Instant::now();
    let mut sockets: Vec<Slow> = (0..SOCKETS)
        .map(|number| {
            let (begin, limit) = &begins[number % begins.len()];
            Slow::new(&program, begin, *limit)
        })
        .collect();
    let during = std::thread::scope(|scope| {
        let other = scope.spawn(|| (0..5).map(|_| p99(&admin)).min().unwrap_or_default());
        while sockets.iter().any(|socket| socket.cut.is_none()) {
            sockets.iter_mut().for_each(|socket| socket.dribble(began));
            std::thread::sleep(Duration::from_secs(1));
        }
        other.join().expect("nobody is harmed")
    });
    for kind in 0..begins.len() {
        let cut: Vec<_> = sockets.iter().skip(kind).step_by(begins.len()).collect();
        let longest = cut.iter().filter_map(|socket| socket.cut).max();
        let answer = String::from_utf8_lossy(&cut[0].answer).into_owned();
        println!("{:?}: {:.60}", longest.unwrap_or_default(), answer);
    }
    println!("p99 {before:?} before, {during:?} beside them");
    assert!(
        during < before * 10 + Duration::from_millis(100),
        "{during:?} against {before:?}"
    );
    eventually("their sockets are free", || {
        program.descriptors() <= free + 2
    });
}

/// As many answers as no buffers of two sockets have room for.
const ANSWERS: usize = 400;
/// In which part of an answer must have been taken: the server's minute, and some for a busy machine.
const UNREAD: Duration = Duration::from_secs(100);

#[test]
fn whoever_reads_no_answer_is_cut_off() {
    let database = company();
    let program = serve(&database);
    let mut stream = TcpStream::connect(("127.0.0.1", program.port)).expect("a connection");
    let ask = "GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n";
    stream
        .write_all(ask.repeat(ANSWERS).as_bytes())
        .expect("it is taken");
    let began = Instant::now();
    // Whoever was cut off learns it with the next bytes.
    while stream.write_all(b"\r\n").is_ok() {
        assert!(began.elapsed() < UNREAD, "its answers are held");
        std::thread::sleep(Duration::from_millis(500));
    }
    let mut taken = Vec::new();
    // What was under way is still here, and then nothing or an error.
    let _ = stream.read_to_end(&mut taken);
    let answers = String::from_utf8_lossy(&taken)
        .matches("HTTP/1.1 200")
        .count();
    assert!(answers < ANSWERS, "all {answers} answers were taken");
}
