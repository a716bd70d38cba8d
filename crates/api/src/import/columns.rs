//! What each column of a file means.

use std::collections::BTreeSet;

use perennial_domain::customer::Customer;
use perennial_domain::field::{Field, Kind, Resource};
use perennial_domain::rights::FieldAccess;
use perennial_domain::text::Language;
use perennial_domain::touch::IdentifierKind;
use perennial_store::Scope;
use serde_json::{Map, Value};

use super::Options;

/// A part of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressPart {
    /// Street, house, floor.
    Street,
    /// City.
    City,
    /// Province, state or region.
    Region,
    /// Postal code.
    PostalCode,
    /// Country.
    Country,
}

/// What a column means.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// A field of the record.
    Field(&'static Field),
    /// Identifiers of a kind.
    Identifier(IdentifierKind),
    /// A part of the first address.
    Address(AddressPart),
    /// The customer at which a contact works: its code or its exact name.
    Customer,
    /// The title of a contact's post there.
    Title,
}

/// Targets that are no field of their own, with the names that a file may use. Those of identifiers are shared.
const IDENTIFIERS: [(Target, &[&str]); 5] = [
    (
        Target::Identifier(IdentifierKind::Email),
        &["email", "mail", "email address", "邮箱", "电子邮件"],
    ),
    (
        Target::Identifier(IdentifierKind::Mobile),
        &["mobile", "mobile phone", "cell", "cell phone", "手机"],
    ),
    (
        Target::Identifier(IdentifierKind::Phone),
        &["phone", "telephone", "tel", "电话"],
    ),
    (Target::Identifier(IdentifierKind::Fax), &["fax", "传真"]),
    (
        Target::Identifier(IdentifierKind::External),
        &["external id", "外部编号"],
    ),
];
const OF_CUSTOMERS: [(Target, &[&str]); 5] = [
    (
        Target::Address(AddressPart::Street),
        &["address", "street", "street address", "地址", "街道"],
    ),
    (
        Target::Address(AddressPart::City),
        &["city", "town", "城市"],
    ),
    (
        Target::Address(AddressPart::Region),
        &["region", "state", "province", "省", "省份", "地区"],
    ),
    (
        Target::Address(AddressPart::PostalCode),
        &[
            "postal code",
            "post code",
            "zip",
            "zip code",
            "邮编",
            "邮政编码",
        ],
    ),
    (Target::Address(AddressPart::Country), &["country", "国家"]),
];
const OF_CONTACTS: [(Target, &[&str]); 2] = [
    (
        Target::Customer,
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
        Target::Title,
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

impl Target {
    /// The field that holds it.
    fn field<R: Resource>(self) -> Option<&'static Field> {
        match self {
            Self::Field(field) => Some(field),
            Self::Identifier(_) => R::field("identifiers"),
            Self::Address(_) => R::field("addresses"),
            Self::Customer | Self::Title => R::field("positions"),
        }
    }

    /// Whether two columns may mean it: of phone numbers and e-mail addresses there may be several.
    fn is_repeatable(self) -> bool {
        matches!(self, Self::Identifier(kind) if kind != IdentifierKind::External)
    }

    /// Whether it holds what `pointer` points at in a body.
    fn holds(self, pointer: &[&str], body: &Map<String, Value>) -> bool {
        let at = |list: &str, index: &str, member: &str| {
            let part = body.get(list)?.get(index.parse::<usize>().ok()?)?;
            part.get(member)?.as_str().map(str::to_owned)
        };
        match (self, pointer) {
            (Self::Field(field), [name, ..]) => field.name == *name,
            (Self::Identifier(kind), ["identifiers", index, ..]) => {
                at("identifiers", index, "kind").is_some_and(|word| word == kind.as_str())
            }
            (Self::Identifier(kind), ["identifiers"]) => kind == IdentifierKind::External,
            (Self::Address(AddressPart::Street), ["addresses", _, "street"])
            | (Self::Address(AddressPart::City), ["addresses", _, "city"])
            | (Self::Address(AddressPart::Region), ["addresses", _, "region"])
            | (Self::Address(AddressPart::PostalCode), ["addresses", _, "postal_code"])
            | (Self::Address(AddressPart::Country), ["addresses", _, "country"])
            | (Self::Title, ["positions", _, "title"])
            | (Self::Customer, ["positions", _, "customer_id"]) => true,
            _ => false,
        }
    }
}

/// One column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its heading.
    pub heading: String,
    /// What it means; none where it is left out.
    pub target: Option<Target>,
}

/// The columns of a file, in its order.
#[derive(Clone, Debug)]
pub struct Columns {
    /// Each of them.
    pub all: Vec<Column>,
    /// The system that external ids belong to.
    pub system: String,
}

impl Columns {
    /// Finds out what each column means.
    ///
    /// # Errors
    /// A sentence with everything that has to be settled before anything is written.
    pub fn of<R: Resource>(
        header: &[String],
        options: &Options,
        scope: &Scope,
    ) -> Result<Self, String> {
        let mut faults = Vec::new();
        let mut map: Vec<(String, &str)> = options
            .map
            .iter()
            .map(|(theirs, ours)| (plain(theirs), ours.as_str()))
            .collect();
        let (mut all, mut unknown) = (Vec::new(), Vec::new());
        for heading in header {
            let mapped = map
                .iter()
                .position(|(theirs, _)| *theirs == plain(heading))
                .map(|at| map.remove(at).1);
            let target = target::<R>(mapped.unwrap_or(heading));
            match mapped {
                Some(ours) if target.is_none() && !ours.is_empty() => faults.push(format!(
                    "--map {heading}={ours}: {} have no {ours}",
                    R::PLURAL
                )),
                // Spreadsheets leave such columns behind.
                None if target.is_none() && !heading.is_empty() => unknown.push(heading.as_str()),
                _ => {}
            }
            all.push(Column {
                heading: heading.clone(),
                target,
            });
        }
        if !unknown.is_empty() {
            let example = unknown.first().copied().unwrap_or_default();
            faults.push(format!("unknown columns: {}. Say what they are with --map {example}=FIELD, or leave them out with --map {example}=", unknown.join(", ")));
        }
        faults.extend(
            map.iter()
                .map(|(theirs, _)| format!("--map {theirs}: the file has no such column")),
        );
        let columns = Self {
            all,
            system: options.system.clone().unwrap_or_default(),
        };
        columns.check::<R>(scope, &mut faults);
        if faults.is_empty() {
            Ok(columns)
        } else {
            Err(faults.join("\n"))
        }
    }

    fn check<R: Resource>(&self, scope: &Scope, faults: &mut Vec<String>) {
        let mut seen: Vec<(String, &str)> = Vec::new();
        let mut locked = BTreeSet::new();
        for column in &self.all {
            let Some(target) = column.target else {
                continue;
            };
            let meaning = format!("{target:?}");
            match seen.iter().find(|(known, _)| *known == meaning) {
                Some((_, first)) if !target.is_repeatable() => faults.push(format!(
                    "the columns {first} and {} mean the same",
                    column.heading
                )),
                _ => seen.push((meaning, &column.heading)),
            }
            let class = target.field::<R>().and_then(|field| field.class);
            if class.is_some_and(|class| scope.access(class) < FieldAccess::Write) {
                locked.insert(column.heading.as_str());
            }
        }
        if !locked.is_empty() {
            let locked: Vec<&str> = locked.into_iter().collect();
            faults.push(format!(
                "this user may not write the columns {}",
                locked.join(", ")
            ));
        }
        if self.has(IdentifierKind::External) && self.system.is_empty() {
            faults.push(
                "external ids need to know which system they belong to: --system NAME".to_owned(),
            );
        }
        let tells = |column: &Column| matches!(column.target, Some(Target::Field(field)) if field.name == "name" || field.name == "code");
        if !self.has(IdentifierKind::External) && !self.all.iter().any(tells) {
            faults.push(format!(
                "no column names the {}: there must be a name, a code or an external id",
                R::PLURAL
            ));
        }
    }

    fn has(&self, kind: IdentifierKind) -> bool {
        self.all
            .iter()
            .any(|column| matches!(column.target, Some(Target::Identifier(of)) if of == kind))
    }

    /// The heading of the column that what `pointer` points at in a body came from; our own name where none is known.
    pub fn heading(&self, pointer: &str, body: &Map<String, Value>) -> Option<String> {
        let path: Vec<&str> = pointer.split('/').skip(1).collect();
        let holds = |column: &&Column| {
            column
                .target
                .is_some_and(|target| target.holds(&path, body))
        };
        let named = path.first().map(|name| (*name).to_owned());
        self.all
            .iter()
            .find(holds)
            .map(|column| column.heading.clone())
            .or(named)
    }

    /// The heading of the column that means `target`.
    pub fn heading_of(&self, is: impl Fn(Target) -> bool) -> Option<String> {
        self.all
            .iter()
            .find(|column| column.target.is_some_and(&is))
            .map(|column| column.heading.clone())
    }
}

/// What a name means: a part, or a field by its name, its other names or its label in either language.
fn target<R: Resource>(name: &str) -> Option<Target> {
    let name = plain(name);
    let of_kind: &[(Target, &[&str])] = if R::PLURAL == Customer::PLURAL {
        &OF_CUSTOMERS
    } else {
        &OF_CONTACTS
    };
    let part = IDENTIFIERS
        .iter()
        .chain(of_kind)
        .find(|(_, names)| names.iter().any(|known| plain(known) == name));
    if let Some((target, _)) = part {
        return Some(*target);
    }
    let fields = || {
        R::FIELDS
            .iter()
            .filter(|field| field.written && !matches!(field.kind, Kind::Parts(_) | Kind::Figures))
    };
    let known = |field: &&Field| {
        plain(field.name) == name || field.aliases.iter().any(|alias| plain(alias) == name)
    };
    let shown = |field: &&Field| {
        Language::ALL
            .iter()
            .any(|language| plain(field.label.text(*language)) == name)
    };
    fields()
        .find(known)
        .or_else(|| fields().find(shown))
        .map(Target::Field)
}

/// A name without case, spaces, underscores and dashes.
fn plain(name: &str) -> String {
    let letters = name
        .chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, '_' | '-'));
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use perennial_domain::contact::Contact;

    use super::*;

    fn meaning<R: Resource>(name: &str) -> String {
        match target::<R>(name) {
            Some(Target::Field(field)) => field.name.to_owned(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn columns_are_found_by_every_name() {
        for name in [
            "name",
            "Company Name",
            "company_name",
            "客户名称",
            "COMPANY",
        ] {
            assert_eq!(meaning::<Customer>(name), "name");
        }
        assert_eq!(meaning::<Customer>("customer-code"), "code");
        assert_eq!(
            meaning::<Customer>("Postal Code"),
            "Some(Address(PostalCode))"
        );
        assert_eq!(meaning::<Customer>("E-Mail"), "Some(Identifier(Email))");
        assert_eq!(meaning::<Contact>("customer_code"), "Some(Customer)");
        assert_eq!(meaning::<Contact>("contact_title"), "Some(Title)");
        assert_eq!(meaning::<Contact>("contact_name"), "name");
        assert_eq!(meaning::<Customer>("positions"), "None");
        assert_eq!(meaning::<Customer>("identifiers"), "None");
    }
}
