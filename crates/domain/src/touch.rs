//! How to reach a party: identifiers, addresses, consents. Shared by customers and contacts.

use crate::{Instant, choice, part};

choice! {
    /// What an identifier is.
    IdentifierKind: "identifier_kind" { Email = "email", Mobile = "mobile", Phone = "phone", Fax = "fax", External = "external" }
}

part! {
    /// Anything that tells who a party is.
    Identifier
    needs {
        /// What it is.
        kind: IdentifierKind;
        /// As it was written.
        value: String, length 1..=200;
    }
    may {
        /// The system that an external id belongs to; empty for every other kind.
        system: String, length 0..=60;
    }
}

choice! {
    /// What an address is for.
    AddressKind: "address_kind" { Office = "office", Billing = "billing", Shipping = "shipping", Home = "home" }
}

part! {
    /// A postal address.
    Address
    may {
        /// What it is for.
        kind: AddressKind;
        /// Street, house, floor.
        street: String, length 0..=300;
        /// City.
        city: String, length 0..=100;
        /// Province, state or region.
        region: String, length 0..=100;
        /// Postal code, as text: it has letters and leading zeros.
        postal_code: String, length 0..=20;
        /// Country.
        country: String, length 0..=100;
    }
}

choice! {
    /// A way to be addressed that needs consent.
    Channel: "channel" { Email = "email", Phone = "phone", Sms = "sms", Letter = "letter", Profiling = "profiling" }
}

part! {
    /// Whether the party agreed to be addressed by a channel.
    Consent
    needs {
        /// By which channel.
        channel: Channel;
    }
    may {
        /// Given, or refused.
        granted: bool;
        /// When it was given or refused.
        at: Option<Instant>;
        /// How we know: a form, a call, a letter.
        source: String, length 0..=200;
    }
}

/// Rules that hold for any party's identifiers: an external id names its system, no other kind does.
pub fn check_identifiers(identifiers: &[Identifier], report: &mut dyn FnMut(String, &'static str)) {
    for (at, identifier) in identifiers.iter().enumerate() {
        let external = identifier.kind == IdentifierKind::External;
        if external == identifier.system.is_empty() {
            report(
                format!("/identifiers/{at}/system"),
                if external { "required" } else { "not_allowed" },
            );
        }
        if identifier.kind == IdentifierKind::Email && !looks_like_email(&identifier.value) {
            report(format!("/identifiers/{at}/value"), "email");
        }
    }
}

/// Whether a text has the outer form of an e-mail address: one `@` with something before and a host after it.
pub fn looks_like_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty()
            && !host.contains('@')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && host.contains('.')
            && !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == ',' || c == ';')
    })
}
