//! Bodies that are made to hurt: the process stays small. What each is answered stands in the API's suite.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use perennial_tests::program::Program;

use crate::ground::{company, serve};

const CLIENTS: usize = 8;
const TURNS: usize = 4;
/// How much the process may grow, in kilobytes: a body has 1 MB, and each of the clients sends one at a time.
const GROWTH: u64 = 96 * 1024;

/// Sends a whole request as it is, endless bodies until the server hangs up; the status, if one came.
fn status(program: &Program, head: &str, body: &[u8], times: usize) -> Option<u16> {
    let mut stream = TcpStream::connect(("127.0.0.1", program.port)).expect("a connection");
    let patience = Some(Duration::from_secs(30));
    stream.set_read_timeout(patience).expect("an option");
    stream.set_write_timeout(patience).expect("an option");
    // The server may answer, and hang up, before it has read everything.
    let mut sent = stream.write_all(head.as_bytes());
    for _ in 0..times {
        sent = sent.and_then(|()| stream.write_all(body));
    }
    drop(sent);
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    while !answer.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => break,
            Ok(length) => answer.extend(&piece[..length]),
        }
    }
    std::str::from_utf8(answer.get(9..12)?).ok()?.parse().ok()
}

/// What is sent: a name, more of the head, the body, how often it is repeated.
fn bodies() -> Vec<(&'static str, String, Vec<u8>, usize)> {
    let plain = |name, body: Vec<u8>| {
        let length = format!("Content-Length: {}\r\n", body.len());
        (name, length, body, 1)
    };
    let letters: Vec<char> = ('a'..='z').chain('0'..='9').collect();
    let name = |at: usize| {
        let letter = |power: u32| letters[at / 36_usize.pow(power) % 36];
        format!("\"{}{}{}{}\":1", letter(3), letter(2), letter(1), letter(0))
    };
    let keys = (0..100_000).map(name).collect::<Vec<_>>().join(",");
    let twice = vec!["\"name\":\"A\""; 80_000].join(",");
    let mebibyte = vec![b' '; 1 << 20];
    let chunk = [b"100000\r\n", &mebibyte[..], b"\r\n"].concat();
    let gzip = "Content-Encoding: gzip\r\n";
    vec![
        plain("deep lists", "[".repeat(900_000).into_bytes()),
        plain("deep objects", "{\"a\":".repeat(180_000).into_bytes()),
        plain("many keys", format!("{{{keys}}}").into_bytes()),
        plain("one key many times", format!("{{{twice}}}").into_bytes()),
        plain("NUL", vec![0; 1_000_000]),
        plain(
            "lone surrogates",
            format!("{{\"name\":\"{}\"}}", "\\ud800".repeat(150_000)).into_bytes(),
        ),
        plain(
            "numbers without end",
            format!("{{\"employees\":1e400,\"name\":{}}}", "9".repeat(900_000)).into_bytes(),
        ),
        (
            "more than is said to be too much",
            "Content-Length: 10000000000\r\n".into(),
            mebibyte.clone(),
            32,
        ),
        (
            "more in chunks",
            "Transfer-Encoding: chunked\r\n".into(),
            chunk,
            32,
        ),
        (
            "a bomb",
            format!("{gzip}Content-Length: 900000\r\n"),
            bomb(),
            1,
        ),
    ]
}

/// 900 kB that become 900 MB: zeros that gzip has made a thousand times smaller, over and over.
fn bomb() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(&vec![0; 10_000_000])
        .expect("it takes zeros");
    let mut bytes = encoder.finish().expect("it ends").repeat(100);
    bytes.resize(900_000, 0);
    bytes
}

#[test]
fn bodies_that_are_made_to_hurt_are_refused_and_leave_the_process_small() {
    let database = company();
    let program = serve(&database);
    let admin = program.as_admin();
    admin.create_customer("Acme");
    let head = format!(
        "POST /api/v1/customers HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nAuthorization: Bearer {}\r\n",
        admin.token()
    );
    let send = |(name, more, body, times): &(&str, String, Vec<u8>, usize)| {
        let heard = status(&program, &format!("{head}{more}\r\n"), body, *times);
        // Who sends on after the answer may find the connection gone, and the answer with it.
        let gone = *times > 1 && heard.is_none();
        assert!(
            gone || heard.is_some_and(|status| (400..500).contains(&status)),
            "{name}: {heard:?}"
        );
    };
    let bodies = bodies();
    bodies.iter().for_each(send);
    let before = program.resident();
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| (0..TURNS).for_each(|_| bodies.iter().for_each(send)));
        }
    });
    let after = program.resident();
    println!("{before} kB before, {after} kB after");
    assert!(after < before + GROWTH, "{before} kB, then {after} kB");
    admin.create_customer("Bolt");
    assert_eq!(admin.walk("/customers").len(), 2);
}
