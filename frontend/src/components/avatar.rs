//! A coloured square with the first letter of a name.

use yew::prelude::*;

/// How many colours there are; `.avatar-0` … in the sheet.
const COLOURS: u32 = 8;

/// Properties of [`Avatar`].
#[derive(Properties, PartialEq)]
pub struct AvatarProps {
    /// The name.
    pub name: AttrValue,
    /// Twice the size.
    #[prop_or_default]
    pub large: bool,
}

/// A coloured square with the first letter of a name; the colour follows from the name.
#[component]
pub fn Avatar(props: &AvatarProps) -> Html {
    let colour = props.name.bytes().fold(0_u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    }) % COLOURS;
    let class = classes!(
        "avatar",
        format!("avatar-{colour}"),
        props.large.then_some("large")
    );
    html! { <span {class} aria-hidden="true">{ initials(&props.name) }</span> }
}

/// "苏" of 苏州云岭, "LX" of Lin Xiao.
fn initials(name: &str) -> String {
    let mut words = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next().unwrap_or('·');
    let second = words.next().filter(|_| first.is_ascii_alphabetic());
    first
        .to_uppercase()
        .chain(second.into_iter().flat_map(char::to_uppercase))
        .collect()
}
