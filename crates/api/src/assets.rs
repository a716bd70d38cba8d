//! The browser application: its files as trunk built them, from inside the program or from a folder.
//!
//! Names with a hash never change and are kept for good; `index.html` is asked for each time. The policy allows our own
//! script, our own module and nothing else: trunk's inline module is allowed by its hash, computed here.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::problem::Problem;

/// Where the browser application's files are.
pub struct Assets {
    source: Source,
    policy: String,
}

enum Source {
    /// Inside the program.
    #[cfg(feature = "embed-frontend")]
    Embedded,
    /// In a folder.
    Folder(PathBuf),
    /// Not there: the API alone.
    None,
}

#[cfg(feature = "embed-frontend")]
#[derive(rust_embed::RustEmbed)]
#[folder = "../../frontend/dist"]
struct Embedded;

/// A file as it is sent.
struct File {
    bytes: Cow<'static, [u8]>,
    encoding: Option<&'static str>,
}

impl Assets {
    /// The files in the program if they are there, else those in `folder` if it exists.
    pub fn new(folder: &Path) -> Self {
        #[cfg(feature = "embed-frontend")]
        let source = if Embedded::get("index.html").is_some() {
            Source::Embedded
        } else {
            Source::of(folder)
        };
        #[cfg(not(feature = "embed-frontend"))]
        let source = Source::of(folder);
        let index = source.read("index.html").unwrap_or_default();
        Self {
            policy: policy(&String::from_utf8_lossy(&index)),
            source,
        }
    }

    /// Answers with a file, or with `index.html` where a person opens one of the application's own addresses.
    ///
    /// # Errors
    /// 404.
    pub fn answer(&self, request: &HttpRequest) -> Result<HttpResponse, Problem> {
        let path = request.path().trim_start_matches('/');
        if !matches!(*request.method(), Method::GET | Method::HEAD)
            || path == "api"
            || path.starts_with("api/")
        {
            return Err(Problem::not_found());
        }
        let (name, file) = match self.find(path, request) {
            Some(file) => (path, file),
            None if path.is_empty() || wants_page(request) => (
                "index.html",
                self.find("index.html", request)
                    .ok_or_else(Problem::not_found)?,
            ),
            None => return Err(Problem::not_found()),
        };
        let mut answer = HttpResponse::Ok();
        answer
            .content_type(media_type(name))
            .insert_header((header::CONTENT_SECURITY_POLICY, self.policy.as_str()));
        answer
            .insert_header((header::CACHE_CONTROL, caching(name)))
            .insert_header((header::VARY, "Accept-Encoding"));
        // Without an encoding of its own a file of images or fonts is sent as it is, anything else as the middleware sees fit.
        if let Some(encoding) = file.encoding {
            answer.insert_header((header::CONTENT_ENCODING, encoding));
        }
        Ok(answer.body(file.bytes.into_owned()))
    }

    /// A file in the best encoding that the reader takes.
    fn find(&self, name: &str, request: &HttpRequest) -> Option<File> {
        if name.is_empty()
            || name
                .split('/')
                .any(|part| part.is_empty() || part.starts_with('.'))
            || name.contains('\\')
        {
            return None;
        }
        let accepted = request
            .headers()
            .get(header::ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let takes = |encoding: &str| {
            accepted.split(',').any(|part| {
                part.split(';')
                    .next()
                    .is_some_and(|name| name.trim() == encoding)
                    && !part.contains("q=0,")
                    && !part.trim_end().ends_with("q=0")
            })
        };
        for (encoding, ending) in [("br", "br"), ("gzip", "gz")] {
            if takes(encoding)
                && let Some(bytes) = self.source.read(&format!("{name}.{ending}"))
            {
                return Some(File {
                    bytes,
                    encoding: Some(encoding),
                });
            }
        }
        self.source.read(name).map(|bytes| File {
            bytes,
            encoding: None,
        })
    }
}

impl Source {
    fn of(folder: &Path) -> Self {
        if folder.join("index.html").is_file() {
            Self::Folder(folder.to_owned())
        } else {
            Self::None
        }
    }

    fn read(&self, name: &str) -> Option<Cow<'static, [u8]>> {
        match self {
            #[cfg(feature = "embed-frontend")]
            Self::Embedded => Embedded::get(name).map(|file| file.data),
            Self::Folder(folder) => std::fs::read(folder.join(name)).ok().map(Cow::Owned),
            Self::None => None,
        }
    }
}

/// Whether a person opens an address, and not a program a file.
fn wants_page(request: &HttpRequest) -> bool {
    let accept = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    accept.contains("text/html")
}

/// trunk names what it built `name-0123456789abcdef.ending`; such a file never changes.
fn caching(name: &str) -> &'static str {
    let stem = name
        .rsplit('/')
        .next()
        .unwrap_or(name)
        .split('.')
        .next()
        .unwrap_or_default();
    let hashed = stem
        .split(['-', '_'])
        .any(|part| part.len() >= 15 && part.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if hashed {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// What the application may load: itself. Inline modules of `index` are allowed by their hashes.
fn policy(index: &str) -> String {
    let modules = inline_scripts(index)
        .map(|script| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script))))
        .collect::<String>();
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{modules}; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    )
}

/// The texts of the scripts that are written into a page.
fn inline_scripts(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (text, _) = rest.split_once("</script>")?;
        (!attributes.contains(" src=") && !text.is_empty()).then_some(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inline_module_is_allowed_by_its_hash() {
        let policy = policy(
            "<head><script src=\"/a.js\"></script><script type=\"module\">\nimport init from '/x.js';\n</script></head>",
        );
        let hash = STANDARD.encode(Sha256::digest("\nimport init from '/x.js';\n"));
        assert!(
            policy.contains(&format!("'wasm-unsafe-eval' 'sha256-{hash}';")),
            "{policy}"
        );
        assert_eq!(policy.matches("sha256").count(), 1);
    }

    #[test]
    fn only_hashed_names_are_kept_for_good() {
        assert!(caching("perennial-frontend-1f0a2b3c4d5e6f70_bg.wasm").contains("immutable"));
        for name in ["index.html", "favicon.svg", "patternfly.css"] {
            assert_eq!(caching(name), "no-cache", "{name}");
        }
    }
}
