//! What statements an operation runs, and with which values: heard from the connections of a server in this process.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use uuid::Uuid;

static LISTENING: AtomicBool = AtomicBool::new(false);
static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A value that was bound.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// None.
    Null,
    /// A number.
    Integer(i64),
    /// Yes or no.
    Flag(bool),
    /// A text.
    Text(String),
    /// A record's key.
    Key(Uuid),
    /// An instant, `2026-01-31 23:59:59.123456`.
    Instant(String),
    /// A day, `2026-01-31`.
    Day(String),
    /// A key that the operation made: the same number, the same key; new each time that it is replayed.
    NewKey(usize),
    /// An event's number: new each time that it is replayed.
    NewEvent,
    /// A text in which the number of a new customer's code stands, and what stands before and behind: a new number each time
    /// that it is replayed. That is the code and, so that the customer is found by it, its words for the search.
    NewNumber(String, String),
}

/// A statement: the texts between its values, and the values.
#[derive(Clone, Debug)]
pub struct Statement {
    /// One more than values.
    pub texts: Vec<String>,
    /// In their order.
    pub values: Vec<Value>,
}

struct Ear;

impl Instrumentation for Ear {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if LISTENING.load(Ordering::Relaxed)
            && let InstrumentationEvent::StartQuery { query, .. } = event
        {
            HEARD.lock().expect("nobody broke").push(query.to_string());
        }
    }
}

/// Listens to every connection opened from now on, once it is asked to.
pub fn prepare() {
    set_default_instrumentation(|| Some(Box::new(Ear))).expect("nobody else listens");
}

/// What `operation` runs. How a transaction begins and ends is left out, and what the thread beside does to the log.
pub fn statements(operation: impl FnOnce()) -> Vec<Statement> {
    HEARD.lock().expect("nobody broke").clear();
    LISTENING.store(true, Ordering::Relaxed);
    operation();
    LISTENING.store(false, Ordering::Relaxed);
    let heard = std::mem::take(&mut *HEARD.lock().expect("nobody broke"));
    heard.iter().filter_map(|text| parsed(text)).collect()
}

/// Finds what must be new each time that a creation is replayed: keys made since `start`, its event's number, its code.
pub fn renew(statements: &mut [Statement], start: u64, event: i64, code: &str) {
    let mut keys: Vec<Uuid> = Vec::new();
    for value in statements
        .iter_mut()
        .flat_map(|statement| &mut statement.values)
    {
        match value {
            Value::Key(key) if key.get_timestamp().is_some_and(|time| made(time) >= start) => {
                let at = keys.iter().position(|known| known == key);
                let at = at.unwrap_or_else(|| {
                    keys.push(*key);
                    keys.len() - 1
                });
                *value = Value::NewKey(at);
            }
            Value::Integer(number) if *number == event => *value = Value::NewEvent,
            Value::Text(text) => {
                if let Some((before, behind)) = around(text, code) {
                    *value = Value::NewNumber(before, behind);
                }
            }
            _ => {}
        }
    }
}

/// What stands before and behind the number of a code, `C-00001`, in the code itself or between other words.
fn around(text: &str, code: &str) -> Option<(String, String)> {
    let (letter, number) = code.split_once('-')?;
    if text == code {
        return Some((format!("{letter}-"), String::new()));
    }
    let (before, behind) = text.split_once(&format!(" {number} "))?;
    Some((format!("{before} "), format!(" {behind}")))
}

/// In milliseconds.
fn made(time: uuid::Timestamp) -> u64 {
    let (seconds, nanos) = time.to_unix();
    seconds * 1000 + u64::from(nanos) / 1_000_000
}

fn parsed(heard: &str) -> Option<Statement> {
    let (text, bound) = heard.rsplit_once(" -- binds: ").unwrap_or((heard, "[]"));
    let ends = ["BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SET ", "PRAGMA"];
    if ends.iter().any(|end| text.starts_with(end)) {
        return None;
    }
    let values = values(bound);
    let texts = split(text);
    assert_eq!(texts.len(), values.len() + 1, "{heard}");
    Some(Statement { texts, values })
}

/// The texts between `?`, or between `$1`, `$2` and so on.
fn split(text: &str) -> Vec<String> {
    let mut texts = vec![String::new()];
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let numbered = character == '$' && characters.peek().is_some_and(char::is_ascii_digit);
        if numbered || character == '?' {
            while numbered && characters.next_if(char::is_ascii_digit).is_some() {}
            texts.push(String::new());
        } else if let Some(last) = texts.last_mut() {
            last.push(character);
        }
    }
    texts
}

/// The values as `Debug` writes them: `[1, Some(W(EndBuyer)), Key(…), None, "text"]`.
fn values(bound: &str) -> Vec<Value> {
    let inside = bound.trim_start_matches('[').trim_end_matches(']');
    let (mut parts, mut part, mut quoted, mut depth) = (Vec::new(), String::new(), false, 0);
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' if quoted => part.extend([Some('\\'), characters.next()].into_iter().flatten()),
            ',' if !quoted && depth == 0 => parts.push(std::mem::take(&mut part)),
            _ => {
                quoted ^= character == '"';
                depth += i32::from(!quoted && "([".contains(character));
                depth -= i32::from(!quoted && ")]".contains(character));
                part.push(character);
            }
        }
    }
    parts.push(part);
    parts
        .iter()
        .map(|part| part.trim())
        .filter(|part| !part.is_empty())
        .map(value)
        .collect()
}

fn value(part: &str) -> Value {
    let inner = |name: &str| {
        part.strip_prefix(name)?
            .strip_prefix('(')?
            .strip_suffix(')')
    };
    if let Some(inner) = inner("Some") {
        return value(inner);
    }
    if let Some(word) = inner("W") {
        return Value::Text(snake_case(word));
    }
    if let Some(key) = inner("Key")
        .unwrap_or(part)
        .parse()
        .ok()
        .filter(|_| part.len() >= 36)
    {
        return Value::Key(key);
    }
    if part.starts_with('"') {
        return Value::Text(unquoted(part));
    }
    match part {
        "None" => Value::Null,
        "true" | "false" => Value::Flag(part == "true"),
        _ if part.len() == 10 && part.matches('-').count() == 2 => Value::Day(part.to_owned()),
        _ if part.contains('T') => Value::Instant(part.replacen('T', " ", 1)),
        _ => Value::Integer(
            part.parse()
                .unwrap_or_else(|_| panic!("a value of no known kind: {part}")),
        ),
    }
}

fn snake_case(word: &str) -> String {
    let mut text = String::new();
    for character in word.chars() {
        if character.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(character.to_lowercase());
    }
    text
}

/// What `Debug` makes of a text, undone.
fn unquoted(quoted: &str) -> String {
    let mut text = String::new();
    let mut characters = quoted[1..quoted.len() - 1].chars();
    while let Some(character) = characters.next() {
        match (character, character == '\\') {
            (_, false) => text.push(character),
            _ => match characters.next() {
                Some('n') => text.push('\n'),
                Some('u') => {
                    let code: String = characters
                        .by_ref()
                        .skip(1)
                        .take_while(|digit| *digit != '}')
                        .collect();
                    let code = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
                    text.push(code.expect("a character"));
                }
                other => text.extend(other),
            },
        }
    }
    text
}
