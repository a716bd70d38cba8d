//! What the numbers were measured on.

use std::fs;

use serde_json::{Value, json};

/// Cores, memory, processor, kernel, compiler.
pub fn description() -> Value {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let compiler = std::process::Command::new("rustc")
        .arg("--version")
        .output();
    let compiler = compiler.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    json!({
        "cores": cores,
        "memory": line("/proc/meminfo", "MemTotal"),
        "processor": line("/proc/cpuinfo", "model name"),
        "kernel": fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim(),
        "compiler": compiler.unwrap_or_default(),
    })
}

/// How busy it is: waiting and running processes in the last minute, and how many run now.
pub fn busy() -> String {
    fs::read_to_string("/proc/loadavg")
        .unwrap_or_default()
        .split(' ')
        .take(1)
        .collect()
}

fn line(file: &str, name: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text
        .lines()
        .find(|line| line.starts_with(name))
        .unwrap_or_default();
    line.split_once(':')
        .map(|(_, value)| value.trim().to_owned())
        .unwrap_or_default()
}
