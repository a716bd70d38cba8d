//! Customers and contacts: what they are reached by, where they are, and who works where.

use perennial_domain::Id;
use perennial_domain::contact::Contact;
use perennial_domain::customer::Customer;
use perennial_domain::touch::{Identifier, IdentifierKind};
use perennial_store::import::{self, Known};
use perennial_store::{Error, Read};
use serde_json::{Value, json};

use super::columns::Columns;
use super::plan::Body;
use super::row::Row;
use super::sheet::{Part, Sheet};
use super::{matching, merge};

const EMAIL: Part = (
    "identifiers.email",
    &["email", "mail", "email address", "邮箱", "电子邮件"],
);
const MOBILE: Part = (
    "identifiers.mobile",
    &["mobile", "mobile phone", "cell", "cell phone", "手机"],
);
const PHONE: Part = ("identifiers.phone", &["phone", "telephone", "tel", "电话"]);
const FAX: Part = ("identifiers.fax", &["fax", "传真"]);
const EXTERNAL: Part = ("identifiers.external", &["external id", "外部编号"]);

/// Files of customers.
#[derive(Debug)]
pub enum Customers {}

impl Sheet for Customers {
    type Record = Customer;
    const KNOWN_BY: &'static [&'static str] = &["code"];
    const TOLD_BY: &'static str = "a code or an external id";
    const PARTS: &'static [Part] = &[
        EMAIL,
        MOBILE,
        PHONE,
        FAX,
        EXTERNAL,
        (
            "addresses.street",
            &["address", "street", "street address", "地址", "街道"],
        ),
        ("addresses.city", &["city", "town", "城市"]),
        (
            "addresses.region",
            &["region", "state", "province", "省", "省份", "地区"],
        ),
        (
            "addresses.postal_code",
            &[
                "postal code",
                "post code",
                "zip",
                "zip code",
                "邮编",
                "邮政编码",
            ],
        ),
        ("addresses.country", &["country", "国家"]),
    ];

    fn identifiers(record: &Customer) -> &[Identifier] {
        &record.identifiers
    }

    fn complete(columns: &Columns, old: Option<&Customer>, rows: &mut [Row], body: &mut Body) {
        let Some(row) = rows.first() else { return };
        identifiers::<Self>(columns, old, row, body);
        let given = row.of("addresses");
        let given: Vec<(&str, &str)> = given
            .filter_map(|(part, value)| Some((part, value.as_str()?)))
            .collect();
        if !given.is_empty() {
            let known = old.map_or(&[][..], |customer| &customer.addresses);
            body.insert("addresses".into(), json!(merge::addresses(known, &given)));
        }
    }
}

/// Files of contacts, each with the customer at which the contact works.
#[derive(Debug)]
pub enum Contacts {}

impl Sheet for Contacts {
    type Record = Contact;
    const KNOWN_BY: &'static [&'static str] = &[];
    const TOLD_BY: &'static str = "an external id";
    const PARTS: &'static [Part] = &[
        EMAIL,
        MOBILE,
        PHONE,
        FAX,
        EXTERNAL,
        (
            "positions.customer_id",
            &[
                "customer",
                "customer code",
                "customer name",
                "company",
                "company name",
                "客户",
                "客户编号",
                "客户名称",
                "公司",
            ],
        ),
        (
            "positions.title",
            &[
                "title",
                "contact title",
                "job title",
                "position",
                "职务",
                "职位",
            ],
        ),
    ];

    fn identifiers(record: &Contact) -> &[Identifier] {
        &record.identifiers
    }

    /// One name may be many people's: only those who are where the rows say.
    fn namesakes(read: &mut Read<'_>, rows: &[&Row]) -> Result<Known, Error> {
        let names = matching::texts(rows.iter().filter_map(|row| row.name()));
        let customers: Vec<Id<Customer>> = rows.iter().filter_map(|row| customer(row)).collect();
        import::contacts_by_name(read, &names, &customers)
    }

    fn fits(record: &Contact, row: &Row) -> bool {
        let mut now = record
            .positions
            .iter()
            .filter(|position| position.until.is_none());
        match customer(row) {
            Some(customer) => now.any(|position| position.customer_id == customer),
            None => now.next().is_none(),
        }
    }

    fn complete(columns: &Columns, old: Option<&Contact>, rows: &mut [Row], body: &mut Body) {
        let Some(row) = rows.first() else { return };
        identifiers::<Self>(columns, old, row, body);
        if let Some(customer) = customer(row) {
            let known = old.map_or(&[][..], |contact| &contact.positions);
            let title = row.part("positions", "title").and_then(Value::as_str);
            let positions = merge::positions(known, customer, title);
            body.insert("positions".into(), json!(positions));
        }
    }
}

/// What a row's party is reached by and known by elsewhere.
fn identifiers<S: Sheet>(columns: &Columns, old: Option<&S::Record>, row: &Row, body: &mut Body) {
    let identifier = |(part, value): (&str, &Value)| {
        let kind = IdentifierKind::parse(part)?;
        let system = match kind {
            IdentifierKind::External => columns.system.clone(),
            _ => String::new(),
        };
        Some(Identifier {
            kind,
            system,
            value: value.as_str()?.to_owned(),
        })
    };
    let given: Vec<Identifier> = row.of("identifiers").filter_map(identifier).collect();
    if !given.is_empty() {
        let known = old.map_or(&[][..], S::identifiers);
        let merged = merge::identifiers(known, &given);
        body.insert("identifiers".into(), json!(merged));
    }
}

/// The customer at which a row's contact works.
fn customer(row: &Row) -> Option<Id<Customer>> {
    let id = row.part("positions", "customer_id")?.as_str()?;
    id.parse().ok()
}
