//! What each column of a file means.

use std::collections::BTreeSet;

use perennial_domain::field::{Field, Kind, Resource};
use perennial_domain::rights::FieldAccess;
use perennial_domain::text::Language;
use perennial_domain::touch::IdentifierKind;
use perennial_store::Scope;

use super::Options;
use super::plan::Body;
use super::sheet::Sheet;

/// What a column means.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The field that holds it.
    pub field: &'static Field,
    /// Which part of the field; empty where it is the whole.
    pub part: &'static str,
    /// That part, where it has a field of its own.
    member: Option<&'static Field>,
}

impl Target {
    /// A field or, as `field.part`, a part of it.
    fn of<R: Resource>(path: &'static str) -> Option<Self> {
        let (name, part) = path.split_once('.').unwrap_or((path, ""));
        let field = R::field(name)?;
        let member = match field.kind {
            Kind::Parts(members) => members.iter().find(|member| member.name == part),
            _ => None,
        };
        Some(Self {
            field,
            part,
            member,
        })
    }

    /// The field that says how its text is read.
    pub fn value(self) -> &'static Field {
        self.member.unwrap_or(self.field)
    }

    /// Whether both mean the same.
    pub fn is(self, other: Self) -> bool {
        self.field.name == other.field.name && self.part == other.part
    }

    /// Whether it is an id in another system.
    fn is_external(self) -> bool {
        self.part == IdentifierKind::External.as_str()
    }

    /// Whether one cell may hold several, and two columns may mean it: phone numbers and e-mail addresses.
    pub fn is_repeatable(self) -> bool {
        self.is_list() && self.member.is_none() && !self.is_external()
    }

    fn is_list(self) -> bool {
        matches!(self.field.kind, Kind::Parts(_))
    }

    /// Whether it holds what `pointer` points at in a body.
    fn holds(self, pointer: &[&str], body: &Body) -> bool {
        match pointer {
            [name, ..] if self.field.name != *name => false,
            // Of identifiers, two records have an external one in common.
            [_] if self.is_list() => self.is_external(),
            [name, index, rest @ ..] if self.is_list() => {
                let part = || body.get(*name)?.get(index.parse::<usize>().ok()?);
                let kind = || part()?.get("kind")?.as_str();
                match self.member {
                    Some(member) => rest.first() == Some(&member.name),
                    None => kind() == Some(self.part),
                }
            }
            _ => true,
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
    /// What a new record has unless its row says otherwise.
    pub defaults: Body,
    /// Headings of columns that there is no place for.
    pub left_out: Vec<String>,
}

impl Columns {
    /// Finds out what each column means.
    ///
    /// # Errors
    /// A sentence with everything that has to be settled before anything is written.
    pub fn of<S: Sheet>(
        header: &[String],
        options: &Options,
        defaults: Body,
        scope: &Scope,
    ) -> Result<Self, String> {
        let mut faults = Vec::new();
        let mut map: Vec<(String, &str)> = options
            .map
            .iter()
            .map(|(theirs, ours)| (plain(theirs), ours.as_str()))
            .collect();
        let (mut all, mut unknown, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        for heading in header {
            let mapped = map
                .iter()
                .position(|(theirs, _)| *theirs == plain(heading))
                .map(|at| map.remove(at).1);
            let target = target::<S>(mapped.unwrap_or(heading));
            match mapped {
                Some(ours) if target.is_none() && !ours.is_empty() => faults.push(format!(
                    "--map {heading}={ours}: {} have no {ours}",
                    S::Record::PLURAL
                )),
                None if target.is_none() && is_among(S::LEFT_OUT, heading) => {
                    left_out.push(heading.clone());
                }
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
            faults.push(format!("unknown columns: {}. Say what they are with --map {example}=FIELD, or leave them out with --map {example}=. Fields of {} are {}", unknown.join(", "), S::Record::PLURAL, names::<S>().join(", ")));
        }
        faults.extend(
            map.iter()
                .map(|(theirs, _)| format!("--map {theirs}: the file has no such column")),
        );
        let columns = Self {
            all,
            system: options.system.clone().unwrap_or_default(),
            defaults,
            left_out,
        };
        columns.check::<S>(scope, &mut faults);
        if faults.is_empty() {
            Ok(columns)
        } else {
            Err(faults.join("\n"))
        }
    }

    fn check<S: Sheet>(&self, scope: &Scope, faults: &mut Vec<String>) {
        let mut locked = BTreeSet::new();
        let targets = || {
            self.all
                .iter()
                .filter_map(|column| Some((column, column.target?)))
        };
        for (place, (column, target)) in targets().enumerate() {
            let known = targets().take(place).find(|(_, known)| known.is(target));
            if let Some((first, _)) = known.filter(|_| !target.is_repeatable()) {
                faults.push(format!(
                    "the columns {} and {} mean the same",
                    first.heading, column.heading
                ));
            }
            let class = target.field.class;
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
        let has = |name: &str| targets().any(|(_, target)| target.field.name == name);
        let external = targets().any(|(_, target)| target.is_external())
            || (has("external_id") && !has("external_system"));
        if external && self.system.is_empty() {
            faults.push(
                "external ids need to know which system they belong to: --system NAME".to_owned(),
            );
        }
        let tells = |target: Target| {
            target.field.name == "name" || S::KNOWN_BY.contains(&target.field.name)
        };
        if !external && !targets().any(|(_, target)| tells(target)) {
            let name = S::Record::field("name").map_or("", |_| " or a name");
            faults.push(format!(
                "no column names the {}: there must be {}{name}",
                S::Record::PLURAL,
                S::TOLD_BY
            ));
        }
    }

    /// The heading of the column that what `pointer` points at in a body came from; our own name where none is known.
    pub fn heading(&self, pointer: &str, body: &Body) -> Option<String> {
        let path: Vec<&str> = pointer.split('/').skip(1).collect();
        let named = path.first().map(|name| (*name).to_owned());
        self.heading_of(|target| target.holds(&path, body))
            .or(named)
    }

    /// The heading of the column that means that.
    pub fn heading_of(&self, is: impl Fn(Target) -> bool) -> Option<String> {
        self.all
            .iter()
            .find(|column| column.target.is_some_and(&is))
            .map(|column| column.heading.clone())
    }
}

/// What a name means: a part, or a field by its name, its other names or its label in either language.
fn target<S: Sheet>(name: &str) -> Option<Target> {
    let part = S::PARTS.iter().find(|(_, names)| is_among(names, name));
    if let Some((path, _)) = part {
        return Target::of::<S::Record>(path);
    }
    let name = plain(name);
    let known = |field: &&Field| plain(field.name) == name || is_among(field.aliases, &name);
    let shown = |field: &&Field| {
        Language::ALL
            .iter()
            .any(|language| plain(field.label.text(*language)) == name)
    };
    fields::<S>()
        .find(known)
        .or_else(|| fields::<S>().find(shown))
        .and_then(|field| Target::of::<S::Record>(field.name))
}

/// The fields that a column can be by itself.
fn fields<S: Sheet>() -> impl Iterator<Item = &'static Field> {
    S::Record::FIELDS.iter().filter(|field| {
        field.written
            && S::takes(field.name)
            && !matches!(field.kind, Kind::Parts(_) | Kind::Figures)
    })
}

/// What a column can be called, one name for each meaning.
fn names<S: Sheet>() -> Vec<&'static str> {
    let parts = S::PARTS.iter().filter_map(|(_, names)| names.first());
    fields::<S>()
        .map(|field| field.name)
        .chain(parts.copied())
        .collect()
}

/// Whether a name is one of those, however it is spelled.
fn is_among(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| plain(known) == plain(name))
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
    use crate::import::party::{Contacts, Customers};
    use crate::import::products::Products;
    use crate::import::purchases::{PurchaseLines, Purchases};
    use crate::import::users::Users;

    use super::*;

    fn meaning<S: Sheet>(name: &str) -> String {
        target::<S>(name).map_or_else(String::new, |target| {
            let path = [target.field.name, target.part];
            path.join(".").trim_end_matches('.').to_owned()
        })
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
            assert_eq!(meaning::<Customers>(name), "name");
        }
        assert_eq!(meaning::<Customers>("customer-code"), "code");
        assert_eq!(meaning::<Customers>("Postal Code"), "addresses.postal_code");
        assert_eq!(meaning::<Customers>("E-Mail"), "identifiers.email");
        assert_eq!(
            meaning::<Contacts>("customer_code"),
            "positions.customer_id"
        );
        assert_eq!(meaning::<Contacts>("contact_title"), "positions.title");
        assert_eq!(meaning::<Contacts>("contact_name"), "name");
        assert_eq!(meaning::<Customers>("positions"), "");
        assert_eq!(meaning::<Customers>("identifiers"), "");
        assert_eq!(meaning::<Users>("employee_id"), "code");
        assert_eq!(meaning::<Users>("工号"), "code");
        assert_eq!(meaning::<Users>("hire_date"), "in_post_since");
        assert_eq!(meaning::<Users>("姓"), "name.last");
        assert_eq!(meaning::<Products>("unit_price"), "prices.amount");
        assert_eq!(meaning::<Products>("product_id"), "code");
        assert_eq!(meaning::<Purchases>("order_date"), "purchased_on");
        assert_eq!(meaning::<Purchases>("employee_id"), "seller_id");
        assert_eq!(meaning::<Purchases>("reverses_id"), "");
        assert_eq!(meaning::<PurchaseLines>("order_id"), "code");
        assert_eq!(meaning::<PurchaseLines>("product_id"), "lines.product_id");
        assert_eq!(meaning::<PurchaseLines>("freight"), "");
    }

    fn check<S: Sheet>() {
        for (path, _) in S::PARTS {
            let target = Target::of::<S::Record>(path).expect(path);
            let identifier = IdentifierKind::parse(target.part).is_some();
            assert!(
                !target.is_list() || identifier || target.member.is_some(),
                "{path}"
            );
        }
        for (field, _) in S::MADE {
            let field = S::Record::field(field).expect(field);
            assert!(matches!(field.kind, Kind::Reference(_)), "{}", field.name);
        }
        assert!(
            S::KNOWN_BY
                .iter()
                .all(|field| S::Record::field(field).is_some())
        );
    }

    #[test]
    fn what_a_sheet_names_is_there() {
        check::<Customers>();
        check::<Contacts>();
        check::<Users>();
        check::<Products>();
        check::<Purchases>();
        check::<PurchaseLines>();
    }
}
