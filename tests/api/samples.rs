//! A good value for every field that a client may write, by the resource's field table.

use perennial_domain::field::{Field, Kind};
use perennial_tests::client::{Client, Record};
use serde_json::{Value, json};

/// Records that samples refer to.
pub struct World {
    pub customer: Record,
    pub category: Record,
    pub tag: Record,
    pub team: Record,
    pub role: Record,
    pub user: Record,
}

impl World {
    /// Made by somebody who may do everything.
    pub fn new(admin: &Client) -> Self {
        let role = admin.create("roles", json!({ "name": "Sampled" }));
        let user =
            json!({ "name": "Sampled", "email": "sampled@perennial.test", "role_id": role.id() });
        Self {
            customer: admin.create_customer("Sampled"),
            category: admin.create("product-categories", json!({ "name": "Sampled" })),
            tag: admin.create_tag("Sampled"),
            team: admin.create("teams", json!({ "name": "Sampled" })),
            user: admin.create("users", user),
            role,
        }
    }

    fn id_in(&self, resource: &str) -> String {
        match resource {
            "customers" => self.customer.id(),
            "product_categories" => self.category.id(),
            "tags" => self.tag.id(),
            "teams" => self.team.id(),
            "roles" => self.role.id(),
            "users" => self.user.id(),
            other => panic!("no sample of {other}"),
        }
    }

    /// A value that a field takes and that is not what it has by default.
    pub fn sample(&self, field: &Field) -> Value {
        let (least, greatest) = field.bounds.unwrap_or((0, 10));
        match field.kind {
            Kind::Text => text(field),
            Kind::Flag => json!(true),
            Kind::Integer => json!((least + 1).min(greatest)),
            Kind::Decimal => json!("12.34"),
            Kind::Date => json!("2024-02-29"),
            Kind::Instant => json!("2024-02-29T12:00:00.000001Z"),
            Kind::Money => json!({ "amount": "1234.5678", "currency": "CNY" }),
            Kind::Choice(choices) => json!(choices[choices.len() - 1].value),
            Kind::Choices(choices) => json!([choices[0].value, choices[choices.len() - 1].value]),
            Kind::Reference(resource) => json!(self.id_in(resource)),
            Kind::References(resource) => json!([self.id_in(resource)]),
            Kind::Parts(_) => self.parts(field.name),
            Kind::Key | Kind::Figures => panic!("only the server writes {}", field.name),
        }
    }

    fn parts(&self, name: &str) -> Value {
        let customer = self.customer.id();
        match name {
            "influences" => json!([{ "customer_id": customer, "note": "recommends us" }]),
            "identifiers" => json!([
                { "kind": "external", "system": "erp", "value": "4711" },
                { "kind": "email", "system": "", "value": "someone@example.com" },
                { "kind": "mobile", "system": "", "value": "138 0013 8000" },
            ]),
            "addresses" => {
                json!([{ "kind": "billing", "street": "南京路 1", "city": "上海", "region": "上海市", "postal_code": "200001", "country": "中国" }])
            }
            "occasions" => json!([{ "kind": "founded", "on": "1987-09-15", "note": "party" }]),
            "switching_costs" => {
                json!([{ "kind": "relational", "amount": { "amount": "10", "currency": "CNY" }, "note": "" }])
            }
            "consumption" => {
                json!([{ "item": "paper", "unit": "kg", "per_month": "2.50", "on_hand": null, "as_of": "2024-01-31" }])
            }
            "lines" => json!([{ "description": "paper", "quantity": "2", "amount": "5" }]),
            "payments" => json!([{ "on": "2024-01-31", "amount": "1", "note": "cash" }]),
            "prices" => {
                json!([{ "amount": { "amount": "12.50", "currency": "USD" }, "since": "2024-01-31" }])
            }
            "consents" => {
                json!([{ "channel": "sms", "granted": true, "at": "2024-01-31T00:00:00.000000Z", "source": "form" }])
            }
            "positions" => {
                json!([{ "customer_id": customer, "title": "Buyer", "buying_role": "payer", "since": "2020-01-01", "until": null }])
            }
            "permissions" => json!([{ "area": "customers", "action": "read", "level": "team" }]),
            "field_rules" => json!([{ "class": "credit", "access": "mask" }]),
            other => panic!("no sample of {other}: add one"),
        }
    }
}

fn text(field: &Field) -> Value {
    match field.name {
        "email" => json!("somebody.else@perennial.test"),
        "zone" => json!("Europe/Berlin"),
        "country" => json!("DE"),
        "currency" => json!("EUR"),
        "code" => json!("X-1"),
        name => json!(format!("a good {name}")),
    }
}
