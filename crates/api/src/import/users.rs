//! Users: people who work for the organization, with or without signing in.

use perennial_domain::field::Resource;
use perennial_domain::rights::StandardRole;
use perennial_domain::search::is_cjk;
use perennial_domain::user::{Role, User};
use perennial_store::Read;
use serde_json::{Value, json};

use super::called::Called;
use super::columns::Columns;
use super::plan::Body;
use super::row::Row;
use super::sheet::{Part, Sheet};
use super::{Failure, Options};

/// Files of users. Unless a row says otherwise, a new one does not sign in.
#[derive(Debug)]
pub enum Users {}

impl Sheet for Users {
    type Record = User;
    const KNOWN_BY: &'static [&'static str] = &["code", "email"];
    const TOLD_BY: &'static str = "a code or an e-mail address";
    const PARTS: &'static [Part] = &[
        ("name.first", &["first name", "given name", "名"]),
        ("name.last", &["last name", "family name", "surname", "姓"]),
    ];
    const LEFT_OUT: &'static [&'static str] = &[
        "reports to",
        "manager",
        "city",
        "country",
        "上级",
        "城市",
        "国家",
    ];

    /// New users have the role that was asked for, else the seller's.
    fn defaults(read: &mut Read<'_>, options: &Options) -> Result<Body, Failure> {
        let seller = StandardRole::Seller.as_str();
        let name = options.role.as_deref().unwrap_or(seller);
        let found = Called::find(read, "", [(Role::PLURAL, name)].into_iter())?;
        let role = found.one(Role::PLURAL, name);
        let role = role.map_err(|fault| format!("--role: {}", fault.detail))?;
        Ok(Body::from_iter([("role_id".to_owned(), json!(role))]))
    }

    /// A name in two columns becomes one, and e-mail addresses are spelled as they are kept.
    fn read(_: &Columns, row: &mut Row) {
        let text = |part| row.part("name", part).and_then(Value::as_str).unwrap_or("");
        let (first, last) = (text("first"), text("last"));
        let name = if format!("{first}{last}").chars().all(is_cjk) {
            format!("{last}{first}")
        } else {
            format!("{first} {last}").trim().to_owned()
        };
        if !name.is_empty() && row.name().is_none() {
            row.fields.insert("name".into(), name.into());
        }
        if let Some(email) = row.text("email").map(str::to_lowercase) {
            row.fields.insert("email".into(), email.into());
        }
    }
}
