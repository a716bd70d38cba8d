//! The command line: what it makes of the environment, and what it says.

use std::process::Output;

use perennial_tests::database::Database;
use perennial_tests::program::{Program, command};

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_empty_variable_says_as_little_as_one_that_is_not_set() {
    let database = Database::new();
    let folder = database.folder.path();
    let run = |argument: &str| {
        let mut command = command(&database.url, folder);
        command.current_dir(folder).arg(argument);
        command
    };
    let help = run("--help").output().expect("the program runs");
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let variables = help.split("[env: ").skip(1);
    let variables: Vec<&str> = variables
        .filter_map(|rest| Some(rest.split_once(['=', ']'])?.0))
        .collect();
    assert!(variables.len() >= 12, "{help}");
    for variable in &variables {
        let output = run("openapi").env(variable, "").output();
        let output = output.expect("the program runs");
        assert!(output.status.success(), "{variable}: {}", said(&output));
    }
    // And a server that is told nothing else serves.
    let needed = [
        "PERENNIAL_DATABASE_URL",
        "PERENNIAL_DATA",
        "PERENNIAL_JWT_SECRET",
    ];
    let mut command = command(&database.url, folder);
    let others = variables.iter().filter(|name| !needed.contains(name));
    command
        .envs(others.map(|name| (name, "")))
        .env("PERENNIAL_LOG", "");
    let server = Program::run(command);
    server.client().get("/health/ready").expect(200);
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

#[test]
fn a_file_that_is_not_the_backup_that_was_written_is_not_restored() {
    let (source, target) = (
        Database::copy_of("company", perennial_tests::company::found),
        Database::new(),
    );
    let folder = source.folder.path();
    let run = |url: &str, arguments: [&str; 2]| {
        let mut command = command(url, folder);
        command.current_dir(folder).args(arguments);
        command.output().expect("the program runs")
    };
    let backup = run(&source.url, ["backup", "kept"]);
    assert!(backup.status.success(), "{}", said(&backup));
    let whole = std::fs::read(folder.join("kept")).expect("the file");
    // The last eight bytes are the sum and the length of what was compressed.
    let mut altered = whole.clone();
    altered[whole.len() - 8] ^= 1;
    let cut = &whole[..whole.len() - 1];
    let twice = whole.repeat(2);
    for (name, bytes) in [("altered", &altered[..]), ("cut", cut), ("twice", &twice)] {
        std::fs::write(folder.join(name), bytes).expect("a file");
        let restored = run(&target.url, ["restore", name]);
        assert!(!restored.status.success(), "{name}: {}", said(&restored));
    }
    let restored = run(&target.url, ["restore", "kept"]);
    assert!(restored.status.success(), "{}", said(&restored));
}
