//! Exact decimals: amounts, quantities and currencies. No floating point anywhere.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many ten-thousandths make one.
const UNIT: i64 = 10_000;

/// An exact decimal with up to four places, held in ten-thousandths.
///
/// Amounts of money and quantities of goods. On the wire a string: `"1234.50"`, at least the places that are not zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(i64);

impl Decimal {
    /// The decimal of so many ten-thousandths.
    pub const fn from_ten_thousandths(value: i64) -> Self {
        Self(value)
    }

    /// This decimal in ten-thousandths.
    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// The sum; none where it is too large to be kept.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The sum of several; none where it is too large to be kept.
    pub fn sum(decimals: impl IntoIterator<Item = Self>) -> Option<Self> {
        decimals.into_iter().try_fold(Self(0), Self::plus)
    }

    /// `self × numerator ÷ denominator`, rounded half away from zero once; none where that is too large to be kept, or the
    /// denominator is not positive.
    pub fn scaled(self, numerator: i128, denominator: i128) -> Option<Self> {
        let product = i128::from(self.0).checked_mul(numerator)?;
        rounded(product, denominator).map(Self)
    }

    /// Rounded half away from zero to so many places, four at most.
    pub fn rounded_to(self, places: u32) -> Option<Self> {
        let step = 10_i128.pow(4_u32.saturating_sub(places));
        rounded(i128::from(self.0), step)?
            .checked_mul(i64::try_from(step).ok()?)
            .map(Self)
    }
}

/// A quotient rounded half away from zero.
fn rounded(numerator: i128, denominator: i128) -> Option<i64> {
    if denominator <= 0 {
        return None;
    }
    let half = denominator / 2 * numerator.signum();
    i64::try_from((numerator.checked_add(half)?) / denominator).ok()
}

impl std::ops::Neg for Decimal {
    type Output = Self;

    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

/// A text that is not a decimal with at most four places within ±100 trillion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADecimal;

impl fmt::Display for NotADecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal number with at most 4 places")
    }
}

impl FromStr for Decimal {
    type Err = NotADecimal;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) || fraction.len() > 4 || whole.len() > 14 {
            return Err(NotADecimal);
        }
        let whole: i64 = whole.parse().map_err(|_| NotADecimal)?;
        let fraction: i64 = format!("{fraction:0<4}").parse().map_err(|_| NotADecimal)?;
        let value = whole
            .checked_mul(UNIT)
            .and_then(|units| units.checked_add(fraction))
            .ok_or(NotADecimal)?;
        Ok(Self(if negative { -value } else { value }))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, fraction) = (
            self.0.unsigned_abs() / 10_000,
            self.0.unsigned_abs() % 10_000,
        );
        let fraction = format!("{fraction:04}");
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            places => write!(f, "{sign}{whole}.{places:0<2}"),
        }
    }
}
impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A currency by its ISO 4217 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The code: three capital letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many places its amounts are paid in: 2 for the yuan, 0 for the yen.
    #[cfg(feature = "server")]
    pub fn places(&self) -> u32 {
        iso_currency::Currency::from_code(self.code())
            .and_then(|currency| currency.exponent())
            .map_or(2, u32::from)
    }
}
impl Default for Currency {
    fn default() -> Self {
        Self(*b"CNY")
    }
}
impl FromStr for Currency {
    type Err = NotACurrency;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) && is_in_use(text) => {
                Ok(Self(code))
            }
            _ => Err(NotACurrency),
        }
    }
}

/// Whether ISO 4217 has a code. The browser asks the server, and is spared the list.
#[cfg(feature = "server")]
fn is_in_use(code: &str) -> bool {
    iso_currency::Currency::from_code(code).is_some()
}
#[cfg(not(feature = "server"))]
const fn is_in_use(_code: &str) -> bool {
    true
}

/// A text that is no code of ISO 4217.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACurrency;

impl fmt::Display for NotACurrency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an ISO 4217 currency code of three capital letters")
    }
}
impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}
impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// An amount in a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Decimal string with up to four places.
    pub amount: Decimal,
    /// ISO 4217 code.
    pub currency: Currency,
}

#[cfg(feature = "server")]
mod schema {
    use std::sync::LazyLock;

    use utoipa::openapi::RefOr;
    use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

    use super::{Currency, Decimal};

    fn text(pattern: &str, example: &str, description: &str) -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(pattern))
            .examples([example])
            .description(Some(description))
            .into()
    }
    /// Every code there is. It is asked for by each schema with an amount in it, and found by trying all words of three letters.
    static PATTERN: LazyLock<String> = LazyLock::new(|| {
        let letters = || 'A'..='Z';
        let codes = letters().flat_map(|first| {
            letters().flat_map(move |second| {
                letters().map(move |third| [first, second, third].iter().collect::<String>())
            })
        });
        let codes: Vec<String> = codes.filter(|code| super::is_in_use(code)).collect();
        format!("^({})$", codes.join("|"))
    });

    impl utoipa::PartialSchema for Decimal {
        fn schema() -> RefOr<Schema> {
            text(
                r"^-?\d{1,14}(\.\d{1,4})?$",
                "1234.50",
                "An exact decimal with up to four places.",
            )
        }
    }
    impl utoipa::ToSchema for Decimal {}
    impl utoipa::PartialSchema for Currency {
        fn schema() -> RefOr<Schema> {
            text(&PATTERN, "CNY", "ISO 4217 currency code.")
        }
    }
    impl utoipa::ToSchema for Currency {}
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_decimal_reads_back_what_it_writes(value in -999_999_999_999_999_999i64..=999_999_999_999_999_999) {
            let decimal = Decimal::from_ten_thousandths(value);
            prop_assert_eq!(decimal.to_string().parse(), Ok(decimal));
        }
    }

    #[test]
    fn decimals_are_written_with_two_places_or_none() {
        let written = |value| Decimal::from_ten_thousandths(value).to_string();
        assert_eq!(written(12_345_000), "1234.50");
        assert_eq!(written(12_340_000), "1234");
        assert_eq!(written(-1), "-0.0001");
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        let decimal = Decimal::from_ten_thousandths;
        assert_eq!(decimal(5).scaled(1, 2), Some(decimal(3)));
        assert_eq!(decimal(-5).scaled(1, 2), Some(decimal(-3)));
        assert_eq!(decimal(4).scaled(1, 3), Some(decimal(1)));
        assert_eq!(decimal(i64::MAX).scaled(2, 1), None);
        assert_eq!(decimal(10_050).rounded_to(2), Some(decimal(10_100)));
        assert_eq!(decimal(-10_049).rounded_to(2), Some(decimal(-10_000)));
        assert_eq!(decimal(15_000).rounded_to(0), Some(decimal(20_000)));
        assert_eq!(decimal(15_001).rounded_to(4), Some(decimal(15_001)));
        assert_eq!(Decimal::sum([decimal(i64::MAX), decimal(1)]), None);
    }

    #[test]
    fn what_is_not_a_decimal_is_refused() {
        for text in [
            "",
            "-",
            "1.",
            ".5",
            "1e3",
            "1,5",
            "0.12345",
            "９",
            "+1",
            "100000000000000",
        ] {
            let outcome: Result<Decimal, _> = text.parse();
            assert!(outcome.is_err(), "{text} was read as {outcome:?}");
        }
    }
}
