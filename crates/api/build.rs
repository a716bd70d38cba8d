//! Builds the program anew when the browser application inside it has changed.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_EMBED_FRONTEND").is_some() {
        println!("cargo::rerun-if-changed=../../frontend/dist");
    }
}
