//! Query strings: pairs, percent-decoded, nothing overlooked.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::{FromRequest, HttpRequest, dev};
use perennial_domain::problem::{FieldError, Invalid};

use crate::problem::Problem;

/// The parameters of a query string, in order.
#[derive(Clone, Debug, Default)]
pub struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// All of them.
    pub fn all(&self) -> &[(String, String)] {
        &self.0
    }

    /// All of them, lists that were given as repeated parameters joined by commas: some generated clients write them so.
    pub fn joined(self) -> Vec<(String, String)> {
        let mut joined: Vec<(String, String)> = Vec::with_capacity(self.0.len());
        for (name, value) in self.0 {
            let is_list = name == "fields" || name.ends_with("_in");
            match joined
                .iter_mut()
                .find(|(known, _)| is_list && *known == name)
            {
                Some((_, values)) => *values = format!("{values},{value}"),
                None => joined.push((name, value)),
            }
        }
        joined
    }

    /// Takes the value of a parameter that is given at most once.
    ///
    /// # Errors
    /// A value that is none of a `T`, or a parameter given twice.
    pub fn take<T: FromStr>(&mut self, name: &str) -> Result<Option<T>, Problem> {
        let (named, others) = std::mem::take(&mut self.0)
            .into_iter()
            .partition(|(known, _)| known == name);
        self.0 = others;
        match named {
            values if values.len() > 1 => Err(Problem::bad_parameter(Invalid::new(name, "twice"))),
            values => {
                let value = values.first().map(|(_, value)| {
                    value
                        .parse()
                        .map_err(|_| Problem::bad_parameter(Invalid::new(name, "value")))
                });
                value.transpose()
            }
        }
    }

    /// Takes `limit`: 1 to 200, 50 unless given.
    ///
    /// # Errors
    /// A number outside of that.
    pub fn limit(&mut self) -> Result<usize, Problem> {
        let limit = self.take::<String>("limit")?;
        match limit.map_or(Ok(50), |limit| limit.parse()) {
            Ok(limit @ 1..=200) => Ok(limit),
            _ => Err(Problem::bad_parameter(Invalid(vec![
                FieldError::new("limit", "range")
                    .with("min", 1)
                    .with("max", 200),
            ]))),
        }
    }

    /// Refuses what is left.
    ///
    /// # Errors
    /// Every parameter that nobody took.
    pub fn finish(self) -> Result<(), Problem> {
        if self.0.is_empty() {
            return Ok(());
        }
        let unknown = |(name, _): (String, String)| FieldError::new(name, "unknown_parameter");
        Err(Problem::bad_parameter(Invalid(
            self.0.into_iter().map(unknown).collect(),
        )))
    }

    fn parse(query: &str) -> Option<Self> {
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, decode(value)?))
        };
        // An empty cursor is none: the first page.
        let said = |pair: &&str| !pair.is_empty() && *pair != "cursor=";
        query
            .split('&')
            .filter(said)
            .map(pair)
            .collect::<Option<_>>()
            .map(Self)
    }
}

/// Percent-decodes; `+` is a blank. None where the outcome is not UTF-8, or a `%` has no two digits after it.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

impl FromRequest for Pairs {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(
            Self::parse(request.query_string()).ok_or_else(|| {
                Problem::bad_request("The query string is not percent-encoded UTF-8.")
            }),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded() {
        let pairs = Pairs::parse("q=%E5%8D%8E%E4%B8%BA+a%2Bb&&sort=-name&flag").expect("good");
        assert_eq!(
            pairs.all(),
            [("q", "华为 a+b"), ("sort", "-name"), ("flag", "")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn lists_may_be_given_one_by_one_and_nothing_else() {
        let pairs = Pairs::parse("kind_in=a&limit=1&kind_in=b&limit=2")
            .expect("good")
            .joined();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            pairs,
            [
                pair("kind_in", "a,b"),
                pair("limit", "1"),
                pair("limit", "2")
            ]
        );
    }

    #[test]
    fn what_is_not_text_is_refused() {
        for query in ["a=%FF", "a=%2", "a=%zz", "%=1"] {
            assert!(Pairs::parse(query).is_none(), "{query}");
        }
    }

    #[test]
    fn what_nobody_takes_is_refused() {
        let mut pairs = Pairs::parse("limit=20&colour=red").expect("good");
        assert_eq!(pairs.limit().expect("good"), 20);
        assert!(pairs.finish().is_err());
    }
}
