//! The command line: what it makes of the environment, and what it says.

use std::process::Output;

use perennial_tests::program::command;

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn every_command_says_what_the_store_says_as_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in [
        "serve",
        "demo",
        "check",
        "backup there",
        "import customers there --as nobody@example.com",
    ] {
        let mut command = command("mysql://there", folder.path());
        let output = command.args(arguments.split(' ')).output();
        let output = output.expect("the program runs");
        assert_eq!(
            said(&output),
            "perennial: the database's address must begin with sqlite: or postgres://\n",
            "{arguments}"
        );
    }
}
