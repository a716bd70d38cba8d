//! The organization: the tenant to which all data belongs, and its settings.

use crate::field::Draft;
use crate::text::Language;
use crate::{Currency, resource};

impl crate::field::FieldType for Currency {
    const KIND: crate::field::Kind = crate::field::Kind::Text;
}

resource! {
    /// One company that uses Perennial.
    Organization / NewOrganization: "organization", "organization", Organization;
    write {
        /// What it is called.
        name: String, length 1..=200 => required;
        /// Its base currency; fixed after the first amount.
        currency: Currency;
        /// IANA zone that its business days are counted in.
        zone: String, length 1..=60 => required;
        /// The language of new users.
        language: Language;
        /// Country that phone numbers without a prefix belong to: ISO 3166 alpha-2.
        country: String, length 2..=2 => required;
    }
    read {
    }
}

impl Draft for NewOrganization {
    #[cfg(feature = "server")]
    fn check(&self, report: &mut dyn FnMut(String, &'static str)) {
        if !crate::time::is_zone(&self.zone) {
            report("/zone".into(), "zone");
        }
    }
}
