//! HTTP as cheap as it can be had: whole requests as bytes over kept connections, one thread a client.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Barrier;
use std::time::{Duration, Instant};

/// A connection that is kept.
struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Wire {
    fn to(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
        stream.set_nodelay(true).expect("an option");
        let buffer = vec![0; 1 << 20];
        Self { stream, buffer }
    }

    /// Sends a request and reads its answer: status and length of the body.
    fn ask(&mut self, request: &[u8]) -> (u16, usize) {
        self.stream.write_all(request).expect("the server reads");
        let (mut read, mut wanted) = (0, usize::MAX);
        let mut length = 0;
        while read < wanted {
            let more = self
                .stream
                .read(&mut self.buffer[read..])
                .expect("the server answers");
            assert!(more > 0, "the server hung up");
            read += more;
            if wanted == usize::MAX
                && let Some(head) = find(&self.buffer[..read], b"\r\n\r\n")
            {
                length = content_length(&self.buffer[..head + 2]);
                wanted = head + 4 + length;
            }
        }
        let status = std::str::from_utf8(&self.buffer[9..12])
            .ok()
            .and_then(|text| text.parse().ok());
        (status.expect("a status"), length)
    }
}

fn find(within: &[u8], sought: &[u8]) -> Option<usize> {
    within
        .windows(sought.len())
        .position(|window| window == sought)
}

fn content_length(head: &[u8]) -> usize {
    let head = std::str::from_utf8(head).expect("headers are ASCII");
    let value = head.split("\r\n").filter_map(|line| line.split_once(": "));
    let mut value = value.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = value.next().and_then(|(_, value)| value.parse().ok());
    length.unwrap_or_else(|| panic!("no content-length in {head}"))
}

/// A request as it goes over the wire.
pub fn request(method: &str, path: &str, token: &str, body: &str) -> Vec<u8> {
    let mut text =
        format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\n");
    if !body.is_empty() {
        text += &format!(
            "content-type: application/json\r\ncontent-length: {}\r\n",
            body.len()
        );
    }
    format!("{text}\r\n{body}").into_bytes()
}

/// A line of what Linux tells about a process's memory, `VmRSS:` say, in megabytes.
pub fn megabytes(process: u32, line: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let value = status.lines().find_map(|text| text.strip_prefix(line))?;
    let kilobytes: f64 = value.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes / 1024.0)
}

/// What was answered, and how fast.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How long each answer took, in microseconds.
    lasted: Vec<u32>,
    /// Length of the answers' bodies.
    bytes: usize,
    /// How long was measured.
    time: Duration,
}

impl Tally {
    /// Adds what was measured later.
    pub fn add(&mut self, other: Self) {
        self.lasted.extend(other.lasted);
        self.bytes += other.bytes;
        self.time += other.time;
    }

    /// How many in a second.
    pub fn rate(&self) -> f64 {
        self.lasted.len() as f64 / self.time.as_secs_f64()
    }

    /// Milliseconds that this part of the answers was given in.
    pub fn percentile(&self, part: f64) -> f64 {
        let mut lasted = self.lasted.clone();
        lasted.sort_unstable();
        let at = (lasted.len() as f64 * part) as usize;
        f64::from(lasted.get(at).copied().unwrap_or_default()) / 1000.0
    }

    /// Mean length of a body.
    pub fn bytes(&self) -> usize {
        self.bytes / self.lasted.len().max(1)
    }
}

/// How long to measure: first for nothing, then in earnest.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// For nothing.
    pub warm: Duration,
    /// In earnest.
    pub measured: Duration,
}

/// Lets clients ask one request after the other, each answered with `status`; `make` gets a number no other call gets.
pub fn load(
    port: u16,
    clients: usize,
    span: Span,
    status: u16,
    make: impl Fn(usize) -> Vec<u8> + Sync,
) -> Tally {
    let barrier = Barrier::new(clients);
    let client = |number: usize| {
        let mut wire = Wire::to(port);
        let mut tally = Tally::default();
        barrier.wait();
        let start = Instant::now();
        for turn in 0.. {
            let request = make(turn * clients + number);
            let asked = Instant::now();
            let (got, length) = wire.ask(&request);
            let done = Instant::now();
            assert_eq!(
                got,
                status,
                "{}",
                String::from_utf8_lossy(&wire.buffer[..2000])
            );
            if done - start > span.warm + span.measured {
                break;
            }
            if asked - start > span.warm {
                tally
                    .lasted
                    .push(u32::try_from((done - asked).as_micros()).unwrap_or(u32::MAX));
                tally.bytes += length;
            }
        }
        tally
    };
    let mut all = Tally::default();
    std::thread::scope(|scope| {
        let client = &client;
        let clients: Vec<_> = (0..clients)
            .map(|number| scope.spawn(move || client(number)))
            .collect();
        clients
            .into_iter()
            .for_each(|client| all.add(client.join().expect("a client ends well")));
    });
    all.time = span.measured;
    all
}
