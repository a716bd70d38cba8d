//! How to reach a party: identifiers, addresses, consents. Shared by customers and contacts.

use serde::{Deserialize, Serialize};

use crate::{Instant, choice, parts};

choice! {
    /// What an identifier is.
    IdentifierKind: "identifier_kind" { Email = "email", Mobile = "mobile", Phone = "phone", Fax = "fax", External = "external" }
}

/// Anything that tells who a party is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, validator::Validate))]
#[serde(default, deny_unknown_fields)]
pub struct Identifier {
    /// What it is.
    pub kind: IdentifierKind,
    /// The system that an external id belongs to; empty for every other kind.
    #[cfg_attr(
        feature = "server",
        validate(length(max = 60)),
        schema(max_length = 60)
    )]
    pub system: String,
    /// As it was written.
    #[cfg_attr(
        feature = "server",
        validate(
            length(min = 1, max = 200),
            custom(function = crate::validation::visible)
        ),
        schema(required, min_length = 1, max_length = 200)
    )]
    pub value: String,
}

choice! {
    /// What an address is for.
    AddressKind: "address_kind" { Office = "office", Billing = "billing", Shipping = "shipping", Home = "home" }
}

/// A postal address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, validator::Validate))]
#[serde(default, deny_unknown_fields)]
pub struct Address {
    /// What it is for.
    pub kind: AddressKind,
    /// Street, house, floor.
    #[cfg_attr(
        feature = "server",
        validate(length(max = 300)),
        schema(max_length = 300)
    )]
    pub street: String,
    /// City.
    #[cfg_attr(
        feature = "server",
        validate(length(max = 100)),
        schema(max_length = 100)
    )]
    pub city: String,
    /// Province, state or region.
    #[cfg_attr(
        feature = "server",
        validate(length(max = 100)),
        schema(max_length = 100)
    )]
    pub region: String,
    /// Postal code, as text: it has letters and leading zeros.
    #[cfg_attr(
        feature = "server",
        validate(length(max = 20)),
        schema(max_length = 20)
    )]
    pub postal_code: String,
    /// Country.
    #[cfg_attr(
        feature = "server",
        validate(length(max = 100)),
        schema(max_length = 100)
    )]
    pub country: String,
}

choice! {
    /// A way to be addressed that needs consent.
    Channel: "channel" { Email = "email", Phone = "phone", Sms = "sms", Letter = "letter", Profiling = "profiling" }
}

/// Whether the party agreed to be addressed by a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, validator::Validate))]
#[serde(default, deny_unknown_fields)]
pub struct Consent {
    /// By which channel.
    pub channel: Channel,
    /// Given, or refused.
    pub granted: bool,
    /// When it was given or refused.
    pub at: Option<Instant>,
    /// How we know: a form, a call, a letter.
    #[cfg_attr(
        feature = "server",
        validate(length(max = 200)),
        schema(max_length = 200)
    )]
    pub source: String,
}

parts!(Identifier, Address, Consent);

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
