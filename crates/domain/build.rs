//! Makes the texts of both languages into an enum and two arrays, so that a missing text does not compile.
//!
//! A locale file has one `key = text` per line; `#` starts a comment. Both files must hold the same keys in the same
//! order, and each text the same `{parameters}` as its counterpart.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a build script that cannot go on says so and stops the build"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=locales");
    let en = read("locales/en.txt");
    let zh = read("locales/zh-CN.txt");
    let mut seen = BTreeSet::new();
    for (key, _) in &en {
        assert!(seen.insert(key), "locales/en.txt: `{key}` is there twice");
    }
    let keys =
        |texts: &[(String, String)]| texts.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>();
    let (en_keys, zh_keys) = (keys(&en), keys(&zh));
    for (at, key) in en_keys.iter().enumerate() {
        assert!(
            zh_keys.get(at) == Some(key),
            "locales/zh-CN.txt: `{key}` is missing or not in the same place as in en.txt"
        );
    }
    assert!(
        zh_keys.len() == en_keys.len(),
        "locales/zh-CN.txt has keys that en.txt lacks: {:?}",
        &zh_keys[en_keys.len()..]
    );
    for ((key, en), (_, zh)) in en.iter().zip(&zh) {
        assert!(
            parameters(en) == parameters(zh),
            "locales: `{key}` has other {{parameters}} in zh-CN than in en"
        );
    }

    let mut code = String::from(
        "/// A text of the product, in every language.\n#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]\n#[repr(u16)]\npub enum Key {\n",
    );
    for (key, text) in &en {
        let _ = writeln!(
            code,
            "    /// {}\n    {},",
            text.replace('[', "\\[").replace('<', "\\<"),
            variant(key)
        );
    }
    code += "}\n";
    let array = |name: &str, values: &mut dyn Iterator<Item = &String>| {
        let mut code = format!("static {name}: [&str; {}] = [\n", en.len());
        for value in values {
            let _ = writeln!(code, "    {value:?},");
        }
        code + "];\n"
    };
    code += &array("EN", &mut en.iter().map(|(_, text)| text));
    code += &array("ZH_CN", &mut zh.iter().map(|(_, text)| text));
    let _ = writeln!(code, "static NAMES: [(&str, Key); {}] = [", en.len());
    for (key, _) in &en {
        let _ = writeln!(code, "    ({key:?}, Key::{}),", variant(key));
    }
    code += "];\n";
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("texts.rs"), code).expect("the build folder can be written");
}

/// The `key = text` lines of a locale file, in order.
fn read(path: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (key, text) = line
                .split_once('=')
                .unwrap_or_else(|| panic!("{path}: `{line}` is not `key = text`"));
            (key.trim().to_owned(), text.trim().to_owned())
        })
        .collect()
}

/// `customers.owner_id` as the enum names it: `CustomersOwnerId`.
fn variant(key: &str) -> String {
    key.split(['.', '_', '-'])
        .map(|word| word[..1].to_uppercase() + &word[1..])
        .collect()
}

/// The names in braces.
fn parameters(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .collect()
}
