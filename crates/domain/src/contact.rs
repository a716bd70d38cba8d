//! Contacts: people at customers.

#[cfg(feature = "server")]
use validator::Validate as _;

use crate::customer::Customer;
use crate::field::Draft;
use crate::touch::{Consent, Identifier, check_identifiers};
use crate::{Date, Id, choice, part, resource};

choice! {
    /// The part a person plays in a purchase.
    BuyingRole: "buying_role" {
        Unknown = "unknown", DecisionMaker = "decision_maker", Influencer = "influencer", User = "user",
        Gatekeeper = "gatekeeper", Payer = "payer",
    }
}

choice! {
    /// How a person behaves in a conversation; each has a card of advice.
    ContactType: "contact_type" {
        Rational = "rational", Impulsive = "impulsive", Stubborn = "stubborn", Combative = "combative",
        Indecisive = "indecisive", Aloof = "aloof", Overbearing = "overbearing", Suspicious = "suspicious",
        Silent = "silent", Haggling = "haggling",
    }
}

part! {
    /// A person's time at a customer. Several over time, or at once, are normal.
    Position
    needs {
        /// At which customer.
        customer_id: Id<Customer>;
    }
    may {
        /// Title of the post.
        title: String, length 0..=200;
        /// The part played in a purchase.
        buying_role: BuyingRole;
        /// First day in the post, if known.
        since: Option<Date>;
        /// Last day in the post; none while it lasts.
        until: Option<Date>;
    }
}

resource! {
    /// A person at one or more customers.
    Contact / NewContact: "contacts", "contact", Contacts;
    write {
        /// The full name, in one field.
        name: String, length 1..=200 => required filtered sorted column stored("name_sort") aliases(&["contact_name", "姓名", "联系人"]);
        /// Where the person works and worked.
        positions: Vec<Position>, nested 0..=50 => column;
        /// E-mail addresses, phone numbers and the ids the person has in other systems.
        identifiers: Vec<Identifier>, nested 0..=50 => column class("contact_details");
        /// How the person behaves in a conversation.
        contact_type: Option<ContactType> => filtered column;
        /// Year of birth.
        birth_year: Option<i64>, range 1900..=2100 => class("profile");
        /// Who lives in the household.
        household: Option<String>, length 1..=200 => class("profile");
        /// What the person does for a living.
        occupation: Option<String>, length 1..=100 => class("profile");
        /// Income, in the organization's own bands.
        income_band: Option<String>, length 1..=60 => class("profile");
        /// What the person likes and dislikes.
        preferences: Option<String>, length 1..=4000 => long class("profile");
        /// By which channels the person may be addressed, and whether a profile may be kept.
        consents: Vec<Consent>, nested 0..=20;
        /// Anything else.
        note: Option<String>, length 1..=10000 => long;
    }
    read {
    }
}

impl Draft for NewContact {
    fn check(&self, report: &mut dyn FnMut(String, &'static str)) {
        check_identifiers(&self.identifiers, report);
        for (at, position) in self.positions.iter().enumerate() {
            if let (Some(since), Some(until)) = (position.since, position.until)
                && until < since
            {
                report(format!("/positions/{at}/until"), "before_since");
            }
        }
    }
}
