//! Phone numbers in E.164.

use std::panic::catch_unwind;

/// The number in E.164, where `raw` is one: national numbers are read as `country`'s (ISO 3166 alpha-2).
///
/// A number that cannot be read is kept as it was written; this is never an error.
pub fn e164(raw: &str, country: &str) -> Option<String> {
    let (raw, country) = (raw.to_owned(), country.parse().ok());
    // The parser has panicked on odd input in the past; a name nobody can call is no reason to refuse a customer.
    catch_unwind(move || {
        let number = phonenumber::parse(country, raw).ok()?;
        phonenumber::is_valid(&number)
            .then(|| number.format().mode(phonenumber::Mode::E164).to_string())
    })
    .unwrap_or(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn national_numbers_are_read_as_the_countrys() {
        assert_eq!(
            e164("138 0013 8000", "CN").as_deref(),
            Some("+8613800138000")
        );
        assert_eq!(e164("+49 30 901820", "CN").as_deref(), Some("+4930901820"));
        assert_eq!(e164("ask reception", "CN"), None);
    }
}
