//! A coloured square with the first letter of a name.

use yew::prelude::*;

/// How many colours there are; `.avatar-0` … in the sheet.
const COLOURS: u32 = 8;

/// A coloured square with the first letter of a name; the colour follows from the name.
pub fn avatar(name: &str, large: bool) -> Html {
    let sum = |sum: u32, byte: u8| sum.wrapping_mul(31).wrapping_add(byte.into());
    let colour = name.bytes().fold(0, sum) % COLOURS;
    let class = classes!(
        "avatar",
        format!("avatar-{colour}"),
        large.then_some("large")
    );
    html! { <span {class} aria-hidden="true">{ initials(name) }</span> }
}

/// "苏" of 苏州云岭, "LX" of Lin Xiao; the sheet makes them capitals.
fn initials(name: &str) -> String {
    let letter = |word: &str| word.chars().find(|letter| !letter.is_ascii_punctuation());
    let mut letters = name.split_whitespace().filter_map(letter);
    let first = letters.next().unwrap_or('·');
    let second = letters.next().filter(|_| first.is_ascii_alphabetic());
    [first].into_iter().chain(second).collect()
}
