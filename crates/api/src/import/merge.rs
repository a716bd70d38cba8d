//! What a row says, laid over what is there.

use perennial_domain::Id;
use perennial_domain::contact::Position;
use perennial_domain::customer::Customer;
use perennial_domain::touch::{Address, Identifier};

/// Identifiers of a kind (external ids: of a system) take the place of those that are there; others stay.
pub fn identifiers(known: &[Identifier], given: &[Identifier]) -> Vec<Identifier> {
    let alike =
        |one: &Identifier, other: &Identifier| one.kind == other.kind && one.system == other.system;
    let mut merged: Vec<Identifier> = Vec::with_capacity(known.len() + given.len());
    for old in known {
        let replaced = given.iter().any(|new| alike(new, old));
        if !replaced {
            merged.push(old.clone());
        } else if !merged.iter().any(|placed| alike(placed, old)) {
            merged.extend(given.iter().filter(|new| alike(new, old)).cloned());
        }
    }
    merged.extend(
        given
            .iter()
            .filter(|new| !known.iter().any(|old| alike(new, old)))
            .cloned(),
    );
    merged
}

/// The parts that are given, of the first address, by their fields' names.
pub fn addresses(known: &[Address], given: &[(&str, &str)]) -> Vec<Address> {
    let mut merged = known.to_vec();
    if given.is_empty() {
        return merged;
    }
    let mut first = merged.first().cloned().unwrap_or_default();
    for (part, text) in given {
        let place = match *part {
            "street" => &mut first.street,
            "city" => &mut first.city,
            "region" => &mut first.region,
            "postal_code" => &mut first.postal_code,
            "country" => &mut first.country,
            _ => continue,
        };
        // Other programs write a street in several lines.
        *place = text.lines().map(str::trim).collect::<Vec<_>>().join(", ");
    }
    match merged.first_mut() {
        Some(seat) => *seat = first,
        None => merged.push(first),
    }
    merged
}

/// The title of the post that a contact has at a customer now; a post there, if there was none.
pub fn positions(
    known: &[Position],
    customer_id: Id<Customer>,
    title: Option<&str>,
) -> Vec<Position> {
    let mut merged = known.to_vec();
    let is_now =
        |position: &&mut Position| position.customer_id == customer_id && position.until.is_none();
    match (merged.iter_mut().find(is_now), title) {
        (Some(position), Some(title)) => title.clone_into(&mut position.title),
        (Some(_), None) => {}
        (None, title) => merged.push(Position {
            customer_id,
            title: title.unwrap_or_default().to_owned(),
            ..Position::default()
        }),
    }
    merged
}

#[cfg(test)]
mod tests {
    use perennial_domain::touch::IdentifierKind::{self, Email, External, Fax, Phone};

    use super::*;

    fn identifier(kind: IdentifierKind, system: &str, value: &str) -> Identifier {
        Identifier {
            kind,
            system: system.to_owned(),
            value: value.to_owned(),
        }
    }

    #[test]
    fn kinds_in_the_file_replace_their_like_and_others_stay() {
        let known = [
            identifier(Phone, "", "1"),
            identifier(Email, "", "a@example.com"),
            identifier(Phone, "", "2"),
            identifier(External, "crm", "7"),
        ];
        let given = [
            identifier(Fax, "", "9"),
            identifier(External, "erp", "7"),
            identifier(Phone, "", "3"),
        ];
        let expected = [
            identifier(Phone, "", "3"),
            identifier(Email, "", "a@example.com"),
            identifier(External, "crm", "7"),
            identifier(Fax, "", "9"),
            identifier(External, "erp", "7"),
        ];
        assert_eq!(identifiers(&known, &given), expected);
        assert_eq!(identifiers(&expected, &given), expected);
    }

    #[test]
    fn an_address_keeps_the_parts_that_a_file_does_not_have() {
        let seat = Address {
            city: "上海".into(),
            country: "中国".into(),
            ..Address::default()
        };
        let other = Address {
            city: "苏州".into(),
            ..Address::default()
        };
        let merged = addresses(&[seat.clone(), other.clone()], &[("city", "杭州")]);
        assert_eq!(
            merged,
            [
                Address {
                    city: "杭州".into(),
                    ..seat
                },
                other
            ]
        );
        assert_eq!(addresses(&[], &[("city", "杭州")]).len(), 1);
        assert!(addresses(&[], &[]).is_empty());
    }
}
