//! The CDNOW sample: every purchase of 2,357 people at a shop for music in eighteen months.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The file, out of the package among the tests' others. Its licence for the data is nobody's to give, so it is not here.
pub(crate) fn sample() -> String {
    let mut above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let script = above
        .find_map(|folder| Some(folder.join("scripts/python.sh")).filter(|script| script.exists()));
    let output = Command::new(script.expect("scripts/python.sh")).output();
    let output = output.expect("scripts/python.sh runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "scripts/python.sh: {told}");
    let environment = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    let versions = std::fs::read_dir(environment.join("lib")).expect("an environment");
    let file = |version: std::fs::DirEntry| {
        let packages = version.path().join("site-packages");
        packages.join("lifetimes/datasets/CDNOW_sample.txt")
    };
    let mut files = versions.flatten().map(file);
    let file = files.find(|file| file.exists()).expect("CDNOW_sample.txt");
    std::fs::read_to_string(file).expect("a text")
}
