//! How wide the columns of a list are: by what they hold, so that nothing is cut where there is room.

use perennial_domain::field::{Choice, Kind};

use crate::shape::{FieldRef, Shape};
use crate::texts::Texts;

/// The class of a column's cells.
pub fn class(shape: &Shape, field: FieldRef) -> Option<&'static str> {
    match field.kind {
        _ if field.name == shape.title => Some("col-name"),
        Kind::Integer | Kind::Decimal | Kind::Money => Some("col-number"),
        _ => None,
    }
}

/// How wide a column is at least, in half rems: by what it holds, but not below its head.
pub fn width(texts: &Texts, shape: &Shape, field: FieldRef) -> u32 {
    let longest = |choices: &[Choice]| {
        let labels = choices.iter().map(|choice| texts.text(choice.label));
        labels.map(letters).max().unwrap_or_default()
    };
    let held = match field.kind {
        _ if field.name == shape.title && shape.is_named() => 28,
        _ if field.name == "email" => 23,
        Kind::Choice(choices) => longest(choices) * 3 / 4 + 5,
        // A pill, and how many more there are.
        Kind::Choices(choices) => longest(choices) * 4 / 5 + 8,
        Kind::Flag => 6,
        Kind::Integer | Kind::Decimal => 9,
        // Names of companies and products are longer than people's.
        Kind::Reference("customers" | "products") => 22,
        Kind::Text | Kind::Date | Kind::Reference(_) => 12,
        Kind::Instant | Kind::Money => 13,
        Kind::References(_) => 15,
        // Such as a customer, a post and a part played there.
        Kind::Parts(_) | Kind::Key | Kind::Figures => 40,
    };
    let mark = if field.sorted { 2 } else { 0 };
    held.max(letters(texts.text(field.label)) * 4 / 5 + 3 + mark)
}

/// How many Latin letters a text is as wide as.
fn letters(text: &str) -> u32 {
    text.chars()
        .map(|letter| if letter.is_ascii() { 1 } else { 2 })
        .sum()
}
