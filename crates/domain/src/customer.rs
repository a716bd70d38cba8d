//! Customers: parties that buy, or may buy, from us. One party, one code, several roles at once.

use serde::{Deserialize, Serialize};
#[cfg(feature = "server")]
use validator::Validate as _;

use crate::field::Draft;
use crate::tag::Tag;
use crate::touch::{Address, Consent, Identifier, check_identifiers};
use crate::user::User;
use crate::{Date, Decimal, Id, Money, choice, part, resource};

choice! {
    /// A person or a company.
    CustomerKind: "customer_kind" { Company = "company", Person = "person" }
}

choice! {
    /// What a party is to us; several at once are normal.
    CustomerRole: "customer_role" {
        EndBuyer = "end_buyer", Channel = "channel", Internal = "internal", Supplier = "supplier",
        Competitor = "competitor", Partner = "partner", Authority = "authority", Media = "media",
    }
}

choice! {
    /// How close the relationship is, from a fair one-off exchange to common steps.
    RelationshipType: "relationship_type" {
        Transactional = "transactional", PreferredSupplier = "preferred_supplier", Partnership = "partnership",
        StrategicAlliance = "strategic_alliance",
    }
}

choice! {
    /// What binds the customer: the higher, the harder to leave.
    BondLevel: "bond_level" { Financial = "financial", Social = "social", Structural = "structural" }
}

choice! {
    /// Where a customer came from: push (we went) and pull (they came).
    LeadSource: "lead_source" {
        DoorToDoor = "door_to_door", Meeting = "meeting", Club = "club", FriendsFamily = "friends_family",
        Directory = "directory", Consultancy = "consultancy", Agent = "agent", ChainReferral = "chain_referral",
        CentreOfInfluence = "centre_of_influence", Phone = "phone", Letter = "letter", Sms = "sms", Web = "web",
        Competitor = "competitor", Observation = "observation", Advertising = "advertising",
        PublicRelations = "public_relations", SalesPromotion = "sales_promotion", SocialMedia = "social_media",
        Event = "event", Partner = "partner", MarketResearch = "market_research",
    }
}

choice! {
    /// What a customer would lose by leaving.
    SwitchingCostKind: "switching_cost_kind" {
        Procedural = "procedural", Financial = "financial", Relational = "relational",
    }
}

choice! {
    /// A day worth remembering.
    OccasionKind: "occasion_kind" {
        Birthday = "birthday", Founded = "founded", Anniversary = "anniversary", Contract = "contract", Other = "other",
    }
}

part! {
    /// A customer whose profit this one influences.
    Influence
    needs {
        /// Whom it influences.
        customer_id: Id<Customer>;
    }
    may {
        /// How.
        note: String, length 0..=300;
    }
}

part! {
    /// What one kind of leaving would cost the customer.
    SwitchingCost
    may {
        /// Time and trouble, money, or people.
        kind: SwitchingCostKind;
        /// How much, as the customer would see it.
        amount: Option<Money>;
        /// What it consists of.
        note: String, length 0..=300;
    }
}

part! {
    /// Something that a customer uses up, so that we can be there just before it runs out.
    Consumption
    needs {
        /// What is used.
        item: String, length 1..=200;
    }
    may {
        /// The unit both quantities are counted in.
        unit: String, length 0..=40;
        /// How much is used in a month.
        per_month: Option<Decimal>;
        /// How much was there on the day `as_of`.
        on_hand: Option<Decimal>;
        /// The day on which that was so.
        as_of: Option<Date>;
    }
}

part! {
    /// A day worth remembering.
    Occasion
    needs {
        /// What happened on it.
        kind: OccasionKind;
        /// The day.
        on: Date;
    }
    may {
        /// More about it.
        note: String, length 0..=200;
    }
}

/// What is derived from other records; kept up in the transaction that changes them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct CustomerFigures {
    /// How often the figures were written.
    pub version: i64,
    /// How many people we know there now.
    pub contacts: i64,
    /// What it bought; absent for whoever may read no purchases.
    pub sales: Option<Sales>,
}

/// What a customer's purchases come to. What was wholly given back was not bought; amounts are in the base currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Sales {
    /// How many purchases it made.
    pub purchases: i64,
    /// On how many days.
    pub purchase_days: i64,
    /// What they came to without freight, less what was given back.
    pub revenue: Money,
    /// What it owes.
    pub open: Money,
    /// The day of the first.
    pub first_on: Option<Date>,
    /// The day of the last.
    pub last_on: Option<Date>,
    /// How many of those with a day to pay by are paid.
    pub paid: i64,
    /// How many of these were paid late.
    pub paid_late: i64,
    /// How many days late these were paid, together.
    pub days_late: i64,
}

impl crate::field::FieldType for CustomerFigures {
    const KIND: crate::field::Kind = crate::field::Kind::Figures;
}

resource! {
    /// A party that buys, or may buy, from us.
    Customer / NewCustomer: "customers", "customer", Customers;
    write {
        /// Its full name, in one field.
        name: String, length 1..=200 => required filtered sorted column stored("name_sort") aliases(&["company_name", "company", "客户名称", "名称"]);
        /// Our code for it; made by the server where none is given.
        code: String, length 0..=40 => filtered sorted column aliases(&["customer_code", "编号", "客户编号"]);
        /// A person or a company.
        kind: CustomerKind => filtered column;
        /// What it is to us.
        roles: Vec<CustomerRole>, length 0..=8 => filtered column;
        /// Who looks after it.
        owner_id: Option<Id<User>> => filtered column aliases(&["owner", "负责人"]);
        /// Labels of our own.
        tag_ids: Vec<Id<Tag>>, length 0..=50 => filtered column aliases(&["tag", "tags"]);
        /// The company it belongs to.
        parent_id: Option<Id<Customer>> => filtered aliases(&["parent", "parent_code", "上级客户"]);
        /// Whom it influences.
        influences: Vec<Influence>, nested 0..=50;
        /// E-mail addresses, phone numbers and the ids it has in other systems.
        identifiers: Vec<Identifier>, nested 0..=50 => class("contact_details");
        /// Where it is; the first one counts as its seat.
        addresses: Vec<Address>, nested 0..=20 => class("contact_details");
        /// Its trade.
        industry: Option<String>, length 1..=100 => filtered column;
        /// How many people work there.
        employees: Option<i64>, range 0..=10_000_000;
        /// Its birthday, founding day and others.
        occasions: Vec<Occasion>, nested 0..=20;
        /// How close the relationship is.
        relationship_type: Option<RelationshipType> => filtered column;
        /// What binds it.
        bond_level: Option<BondLevel> => filtered;
        /// What leaving would cost it.
        switching_costs: Vec<SwitchingCost>, nested 0..=10;
        /// How we mean to raise that, fairly.
        switching_plan: Option<String>, length 1..=4000 => long;
        /// What it likes and dislikes.
        preferences: Option<String>, length 1..=4000 => long;
        /// What it uses up.
        consumption: Vec<Consumption>, nested 0..=50;
        /// How it found us, or we it.
        acquisition_source: Option<LeadSource> => filtered;
        /// What winning it cost.
        acquisition_cost: Option<Money> => class("value") stored("acquisition_cost_base");
        /// By which channels it may be addressed.
        consents: Vec<Consent>, nested 0..=20;
        /// Days until payment is due.
        credit_days: Option<i64>, range 0..=3650 => class("credit");
        /// How much it may owe us.
        credit_limit: Option<Money> => class("credit") stored("credit_limit_base");
        /// Day of the month on which it pays.
        pay_day: Option<i64>, range 1..=31 => class("credit");
        /// Anything else.
        note: Option<String>, length 1..=10000 => long;
    }
    read {
        /// City of its seat.
        city: Option<String> => filtered column class("contact_details");
        /// Country of its seat.
        country: Option<String> => filtered class("contact_details");
        /// What is derived from other records.
        figures: CustomerFigures;
    }
    figures figures
}

impl Draft for NewCustomer {
    fn check(&self, report: &mut dyn FnMut(String, &'static str)) {
        check_identifiers(&self.identifiers, report);
        for (name, money) in [
            ("acquisition_cost", self.acquisition_cost),
            ("credit_limit", self.credit_limit),
        ] {
            if money.is_some_and(|money| money.amount < Decimal::default()) {
                report(format!("/{name}"), "negative");
            }
        }
    }
}
