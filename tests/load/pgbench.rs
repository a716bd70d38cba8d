//! The recorded statements again on PostgreSQL: one script for each recorded operation, run by `pgbench -M prepared`.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::record::{Statement, Value};

/// Where pgbench is, if it is there.
fn program() -> Option<String> {
    let folders = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let packaged = folders
        .map(|folder| folder.path().join("bin/pgbench"))
        .filter(|path| path.exists())
        .max();
    let found = packaged.map(|path| path.display().to_string());
    found.or_else(|| {
        Command::new("pgbench")
            .arg("--version")
            .output()
            .ok()
            .map(|_| "pgbench".into())
    })
}

/// Writes a script for each operation into a folder.
pub fn write(folder: &Path, operations: &[Vec<Statement>], writes: bool) -> Vec<String> {
    std::fs::create_dir_all(folder).expect("a folder");
    let script = |(at, statements): (usize, &Vec<Statement>)| {
        let mut text = String::from("\\set n :n + 1\n");
        let lines: String = statements.iter().map(line).collect();
        match writes {
            true => write!(text, "BEGIN;\n{lines}COMMIT;\n").expect("a text grows"),
            false => text += &lines,
        }
        let path = folder.join(format!("{at}.sql"));
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    operations.iter().enumerate().map(script).collect()
}

/// How often in a second the scripts run, by so many clients at once; `run` is a number that no other run has.
pub fn run(url: &str, scripts: &[String], clients: usize, time: Duration, run: usize) -> f64 {
    let mut command = Command::new(program().expect("pgbench: it comes with PostgreSQL"));
    command.args(["--no-vacuum", "--protocol=prepared"]);
    command
        .arg(format!("--client={clients}"))
        .arg(format!("--jobs={}", clients.min(2)));
    command
        .arg(format!("--time={}", time.as_secs_f64().ceil()))
        .arg(format!("--define=n={}", run * 1_000_000));
    command
        .args(scripts.iter().map(|script| format!("--file={script}")))
        .arg(url);
    let output = command.output().expect("pgbench runs");
    let (told, failed) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    let rate = told
        .lines()
        .find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    rate.filter(|_| output.status.success())
        .unwrap_or_else(|| panic!("pgbench: {told}{failed}"))
}

fn line(statement: &Statement) -> String {
    let mut line = statement.texts[0].clone();
    for (value, text) in statement.values.iter().zip(&statement.texts[1..]) {
        line += &literal(value);
        line += text;
    }
    line + ";\n"
}

/// A number that no event and no code has had.
const NEW: &str = "(:client_id * 1000000000000000 + 1000000000 + :n)";

fn literal(value: &Value) -> String {
    let text = |text: &str| literal(&Value::Text(text.to_owned()));
    match value {
        Value::Null => "NULL".into(),
        Value::Integer(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        // pgbench looks for `:name` inside quotes too.
        Value::Text(text) => format!(
            "E'{}'",
            text.replace('\\', "\\\\")
                .replace('\'', "\\'")
                .replace(':', "\\072")
                .replace('\n', "\\n")
        ),
        Value::Instant(text) => format!("TIMESTAMP '{text}'"),
        Value::Day(text) => format!("DATE '{text}'"),
        Value::Key(key) => format!("BYTEA '\\x{}'", key.simple()),
        Value::NewKey(at) => format!(
            "(int8send({at}::int8 + 9000000000000000000) || int8send(:client_id * 1000000000000000 + :n))"
        ),
        Value::NewEvent => NEW.into(),
        Value::NewNumber(before, behind) => {
            format!(
                "({} || CAST({NEW} AS text) || {})",
                text(before),
                text(behind)
            )
        }
    }
}
