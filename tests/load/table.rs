//! What was measured, as a table for people and as JSON for the next time.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::wire::Tally;

/// One line.
pub struct Line {
    /// Which database.
    pub database: &'static str,
    /// How much is in it.
    pub size: &'static str,
    /// Which operation.
    pub operation: &'static str,
    /// Who asks.
    pub caller: &'static str,
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
        self.key_in(self.size)
    }

    fn key_in(&self, size: &str) -> String {
        let (database, operation, caller) = (self.database, self.operation, self.caller);
        format!("{database}/{size}/{operation}/{caller}/{}", self.clients)
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
            size,
            operation,
            caller,
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
            "{database:<10} {size:<5} {operation:<9} {caller:<4} {clients:>7} {rate:>10.0} {p50:>8.2} {p99:>8.2} {sql:>10.0} {plain:>10.0} \
             {ceiling:>8.0} {ratio:>6.2} {changed:>7} {statements:>10.1} {bytes:>7}"
        )
    }
}

/// The heads of the columns.
pub const HEAD: &str = "database   size  what      who  clients requests/s   p50 ms   p99 ms  a: SQL /s b: HTTP /s  ceiling  ratio changed statements   bytes";

/// Something else that was measured.
pub struct Fact {
    what: String,
    value: f64,
    aim: String,
}

impl Fact {
    /// What it is, with its unit, and the value.
    pub fn new(what: String, value: f64) -> Self {
        let aim = String::new();
        Self { what, value, aim }
    }

    /// What it should not be more than.
    #[must_use]
    pub fn at_most(self, aim: f64) -> Self {
        let reached = self.value <= aim;
        self.aiming(reached, "at most", aim)
    }

    /// What it should not be less than.
    #[must_use]
    pub fn at_least(self, aim: f64) -> Self {
        let reached = self.value >= aim;
        self.aiming(reached, "at least", aim)
    }

    fn aiming(self, reached: bool, word: &str, aim: f64) -> Self {
        let missed = if reached { "" } else { "MISSED: " };
        Self {
            aim: format!("{missed}{word} {aim}"),
            ..self
        }
    }

    /// As it stands below the table; `before` is what it was the last time.
    pub fn text(&self, before: Option<f64>) -> String {
        let Self { what, value, aim } = self;
        let before = before.map_or(String::new(), |before| format!("before {before:.2}"));
        format!("{what:<52} {value:>10.2}  {aim:<24} {before}")
    }
}

/// How much longer a request takes on the large base than on the small one.
pub fn growth(lines: &[Line]) -> Vec<Fact> {
    let large = lines.iter().filter(|line| line.size == "large");
    let growth = |large: &Line| {
        let small = lines
            .iter()
            .find(|line| line.key() == large.key_in("small"))?;
        let growth = small.served.rate() / large.served.rate();
        let what = format!("growth of {}", large.key());
        let fact = Fact::new(what, growth);
        Some(match large.operation {
            "search" => fact,
            _ => fact.at_most(1.5),
        })
    };
    large.filter_map(growth).collect()
}

/// What was measured the last time, from the file that [`write`] left.
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

    /// A fact's value.
    pub fn value(&self, fact: &Fact) -> Option<f64> {
        self.0["facts"][&fact.what].as_f64()
    }
}

/// Keeps the result: `load.json` and `load.txt`; those of the last time become `load.before.*`. What was not measured this
/// time stays as it was the last time, in the first alone.
pub fn write(folder: &Path, machine: &Value, lines: &[Line], facts: &[Fact], before: &Before) {
    fs::create_dir_all(folder).expect("a folder");
    for kind in ["json", "txt"] {
        drop(fs::rename(
            folder.join(format!("load.{kind}")),
            folder.join(format!("load.before.{kind}")),
        ));
    }
    let mut kept: Vec<Value> = lines.iter().map(Line::json).collect();
    let known = before.0["lines"].as_array().cloned().unwrap_or_default();
    let anew = |old: &Value| !lines.iter().any(|line| old["key"] == line.key());
    kept.extend(known.into_iter().filter(anew));
    let mut values = before.0["facts"].as_object().cloned().unwrap_or_default();
    values.extend(
        facts
            .iter()
            .map(|fact| (fact.what.clone(), json!(fact.value))),
    );
    let all = json!({ "machine": machine, "lines": kept, "facts": values });
    let rows = lines.iter().map(|line| line.text(before.ratio(line)));
    let below = facts.iter().map(|fact| fact.text(before.value(fact)));
    let (rows, below): (Vec<String>, Vec<String>) = (rows.collect(), below.collect());
    let (rows, below) = (rows.join("\n"), below.join("\n"));
    let text = format!("{machine:#}\n\n{HEAD}\n{rows}\n\n{below}\n");
    fs::write(folder.join("load.json"), format!("{all:#}")).expect("a file");
    fs::write(folder.join("load.txt"), text).expect("a file");
}
