//! Strings that mean something to somebody: to a database, a search, a shell, a template, a parser. To us they are words.

/// What databases, searches, file systems, formats and templates would take for more than a text.
const WORDS: &[&str] = &[
    // SQL.
    "'",
    "\"",
    "' OR '1'='1",
    "'; DROP TABLE customers; --",
    "1) OR 1=1 --",
    "x' UNION SELECT password_hash FROM users --",
    "1; SELECT pg_sleep(9); --",
    "1 AND randomblob(999999999)",
    "\\'; --",
    "E'\\x27'",
    "$$; SELECT 1; $$",
    "/* x */",
    "`customers`",
    "$1",
    "?1",
    ":name",
    "@@version",
    "01890000-0000-7000-8000-000000000000') --",
    // Full text: SQLite's and PostgreSQL's.
    "\"open",
    "name:x",
    "NEAR(a b, 5)",
    "^a*",
    "{name id} : x",
    "a AND",
    "NOT x OR y",
    "(((",
    "*",
    "-x +y",
    "a & !b | c",
    "a <-> b",
    "a:*ABCD",
    "!!",
    "a \\",
    // Patterns.
    "%",
    "_",
    "100%_\\%",
    "[a-z]%",
    "^(a+)+$",
    // Control characters, ends of lines, ends of texts.
    "\u{0}",
    "a\u{0}b",
    "\u{1b}[31m",
    "a\r\nSet-Cookie: perennial_refresh=x\r\n\r\n<html>",
    "a\u{2028}b",
    // Formats and templates.
    "%s%s%n%x",
    "{0} {}",
    "{{7*7}}",
    "<%= 7*7 %>",
    "${jndi:ldap://127.0.0.1/x}",
    "#{7*7}",
    // Paths and shells.
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "%2e%2e%2fetc%2fpasswd",
    "file:///etc/passwd",
    ".",
    "$(reboot); `reboot` | reboot",
    // JSON and other languages.
    "{\"$gt\": \"\"}",
    "[]",
    "null",
    "true",
    "\"}], \"x\": [{",
    "\\u0000",
    "<script>alert(1)</script>",
    "=HYPERLINK(\"http://127.0.0.1\")",
    // Numbers.
    "-0",
    "1e400",
    "NaN",
    "-9223372036854775809",
    "99999999999999999999999999999999999999999",
    "0x7fffffff",
    "292277026597-01-01",
    // Letters.
    "\u{202e}gpj.exe",
    "\u{feff}x",
    "e\u{301}",
    "İ",
    "\u{ffff}",
    "\u{10ffff}",
    "\u{e000}o1",
    " x ",
    "",
];

/// Every one of them, and two that are long. No two are the same.
pub fn texts() -> Vec<String> {
    let long = ["(".repeat(300), "x".repeat(11_000)];
    WORDS
        .iter()
        .map(|word| (*word).to_owned())
        .chain(long)
        .collect()
}

/// Every eighth of them, others each round: what is read by one piece of code for many names meets all of them.
pub fn some(round: &mut usize) -> Vec<String> {
    *round += 1;
    texts().into_iter().skip(*round % 8).step_by(8).collect()
}
