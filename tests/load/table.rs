//! What was measured, as a table for people and as JSON for the next time.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::wire::Tally;

/// One line.
pub struct Line {
    /// Which database.
    pub database: &'static str,
    /// Which operation.
    pub operation: &'static str,
    /// How many clients at once.
    pub clients: usize,
    /// How many statements a request runs, in the mean.
    pub statements: f64,
    /// What the server answered.
    pub served: Tally,
    /// How often in a second its statements alone run.
    pub sql: f64,
    /// How often in a second an answer of that size alone is given.
    pub plain: f64,
}

impl Line {
    /// What would be reached if nothing but the database and HTTP took time.
    fn ceiling(&self) -> f64 {
        1.0 / (1.0 / self.sql + 1.0 / self.plain)
    }

    fn ratio(&self) -> f64 {
        self.served.rate() / self.ceiling()
    }

    fn key(&self) -> String {
        format!("{}/{}/{}", self.database, self.operation, self.clients)
    }

    fn json(&self) -> Value {
        let served = &self.served;
        json!({
            "key": self.key(), "statements": self.statements, "bytes": served.bytes(), "rate": served.rate(),
            "p50": served.percentile(0.5), "p99": served.percentile(0.99),
            "sql": self.sql, "plain": self.plain, "ceiling": self.ceiling(), "ratio": self.ratio(),
        })
    }

    /// As it stands in the table; `before` is the ratio of the last time.
    pub fn text(&self, before: Option<f64>) -> String {
        let Self {
            database,
            operation,
            clients,
            statements,
            served,
            sql,
            plain,
        } = self;
        let (rate, p50, p99) = (
            served.rate(),
            served.percentile(0.5),
            served.percentile(0.99),
        );
        let (ceiling, ratio, bytes) = (self.ceiling(), self.ratio(), served.bytes());
        let changed = before.map_or(String::new(), |before| format!("{:+.2}", ratio - before));
        format!(
            "{database:<10} {operation:<6} {clients:>7} {rate:>10.0} {p50:>8.2} {p99:>8.2} {sql:>10.0} {plain:>10.0} \
             {ceiling:>8.0} {ratio:>6.2} {changed:>7} {statements:>10.1} {bytes:>7}"
        )
    }
}

/// The heads of the columns.
pub const HEAD: &str = "database   what   clients requests/s   p50 ms   p99 ms  a: SQL /s b: HTTP /s  ceiling  ratio changed statements   bytes";

/// The ratios of the last time, from the file that [`write`] left.
pub struct Before(Value);

impl Before {
    /// What a folder holds.
    pub fn read(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join("load.json")).unwrap_or_default();
        Self(serde_json::from_str(&text).unwrap_or_default())
    }

    /// A line's ratio.
    pub fn ratio(&self, line: &Line) -> Option<f64> {
        let mut lines = self.0["lines"].as_array()?.iter();
        lines.find(|known| known["key"] == line.key())?["ratio"].as_f64()
    }
}

/// Keeps the result: `load.json` and `load.txt`; those of the last time become `load.before.*`.
pub fn write(folder: &Path, machine: &Value, lines: &[Line], before: &Before) {
    fs::create_dir_all(folder).expect("a folder");
    for kind in ["json", "txt"] {
        drop(fs::rename(
            folder.join(format!("load.{kind}")),
            folder.join(format!("load.before.{kind}")),
        ));
    }
    let all =
        json!({ "machine": machine, "lines": lines.iter().map(Line::json).collect::<Vec<_>>() });
    let rows: Vec<String> = lines
        .iter()
        .map(|line| line.text(before.ratio(line)))
        .collect();
    let text = format!("{machine:#}\n\n{HEAD}\n{}\n", rows.join("\n"));
    fs::write(folder.join("load.json"), format!("{all:#}")).expect("a file");
    fs::write(folder.join("load.txt"), text).expect("a file");
}
