//! Every filter and operator against an oracle in memory that reads the same field table.

use std::collections::BTreeSet;

use perennial_domain::contact::Contact;
use perennial_domain::customer::Customer;
use perennial_domain::field::{Field, Kind, Resource};

use perennial_domain::purchase::Purchase;
use perennial_domain::query::{Operator, compares, parameters};
use perennial_domain::search::sort_key;
use perennial_domain::{Decimal, Instant};
use perennial_tests::app::TestApp;
use perennial_tests::client::{Answer, Client, Record, encoded};
use perennial_tests::company::Person;
use serde_json::{Value, json};

use crate::lists::orders;
use crate::purchases::back;

/// The same numbers each time: SplitMix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }
}

/// A field with an operator and the text it is compared with.
#[derive(Clone, Debug)]
struct Condition {
    field: &'static Field,
    operator: Operator,
    value: String,
}

impl Condition {
    /// Whether a row meets it.
    fn holds(&self, row: &Value) -> bool {
        let cell = &row[self.field.name];
        let one_of = |text: &str| self.value.split(',').any(|value| value == text);
        match (self.operator, self.field.kind) {
            (Operator::IsNull, _) => cell.is_null() == (self.value == "true"),
            (_, _) if cell.is_null() => false,
            (_, Kind::Choices(_) | Kind::References(_)) => cell
                .as_array()
                .unwrap()
                .iter()
                .any(|item| one_of(item.as_str().unwrap())),
            (
                Operator::Eq | Operator::In,
                Kind::Text | Kind::Choice(_) | Kind::Reference(_) | Kind::Date,
            ) => one_of(cell.as_str().unwrap()),
            (Operator::Eq | Operator::In, Kind::Flag) => one_of(&cell.to_string()),
            (operator, _) => {
                let (cell, value) = (
                    number(self.field, cell),
                    number(self.field, &json!(self.value)),
                );
                match operator {
                    Operator::Gte => cell >= value,
                    Operator::Lte => cell <= value,
                    _ => cell == value,
                }
            }
        }
    }

    fn clause(&self) -> Value {
        json!({ "field": self.field.name, "operator": self.operator, "value": self.value })
    }

    /// The same with a value as JSON has it.
    fn typed(&self) -> Value {
        let one = |text: &str| match (self.operator, self.field.kind) {
            (Operator::IsNull, _)
            | (_, Kind::Flag | Kind::Integer | Kind::Decimal | Kind::Money) => {
                serde_json::from_str(text).unwrap()
            }
            _ => json!(text),
        };
        let value = match self.operator {
            Operator::In => self.value.split(',').map(one).collect(),
            _ => one(&self.value),
        };
        json!({ "field": self.field.name, "operator": self.operator, "value": value })
    }
}

/// A value of what is compared by size.
fn number(field: &Field, value: &Value) -> i64 {
    let amount = value.get("amount").unwrap_or(value);
    let text = amount
        .as_str()
        .map_or_else(|| amount.to_string(), str::to_owned);
    match field.kind {
        Kind::Integer => text.parse().unwrap(),
        Kind::Decimal | Kind::Money => text.parse::<Decimal>().unwrap().ten_thousandths(),
        Kind::Date => text.replace('-', "").parse().unwrap(),
        Kind::Instant => text.parse::<Instant>().unwrap().micros(),
        kind => panic!("{kind:?} is not compared by size"),
    }
}

/// A tree of conditions.
#[derive(Clone, Debug)]
enum Tree {
    Leaf(Condition),
    All(Vec<Tree>),
    Any(Vec<Tree>),
}

impl Tree {
    fn grow(dice: &mut Dice, leaves: &[Condition], depth: usize) -> Self {
        let branches = |dice: &mut Dice| {
            (0..dice.roll(4))
                .map(|_| Self::grow(dice, leaves, depth - 1))
                .collect()
        };
        match dice.roll(if depth == 0 { 1 } else { 3 }) {
            0 => Self::Leaf(dice.pick(leaves).clone()),
            1 => Self::All(branches(dice)),
            _ => Self::Any(branches(dice)),
        }
    }

    fn holds(&self, row: &Value) -> bool {
        match self {
            Self::Leaf(condition) => condition.holds(row),
            Self::All(trees) => trees.iter().all(|tree| tree.holds(row)),
            Self::Any(trees) => trees.iter().any(|tree| tree.holds(row)),
        }
    }

    fn clause(&self) -> Value {
        let each = |trees: &[Self]| trees.iter().map(Self::clause).collect::<Vec<_>>();
        match self {
            Self::Leaf(condition) => condition.clause(),
            Self::All(trees) => json!({ "all": each(trees) }),
            Self::Any(trees) => json!({ "any": each(trees) }),
        }
    }
}

/// Every field with every operator it has, compared with values that rows hold and with ones they do not.
fn conditions<R: Resource>(rows: &[Value], dice: &mut Dice) -> Vec<Condition> {
    let mut conditions = Vec::new();
    for field in R::FIELDS {
        for operator in parameters()
            .map(|(_, operator)| operator)
            .into_iter()
            .filter(|operator| compares(field, *operator))
        {
            let values: Vec<String> = rows
                .iter()
                .flat_map(|row| texts(field, &row[field.name]))
                .filter(|text| !text.contains(','))
                .collect();
            let other = absent(field);
            let pick = |dice: &mut Dice| {
                if values.is_empty() {
                    other.clone()
                } else {
                    dice.pick(&values).clone()
                }
            };
            let value = match operator {
                Operator::IsNull => vec!["true".to_owned(), "false".to_owned()],
                Operator::In => vec![format!("{},{},{other}", pick(dice), pick(dice)), pick(dice)],
                _ => vec![pick(dice), pick(dice), other.clone()],
            };
            conditions.extend(value.into_iter().map(|value| Condition {
                field,
                operator,
                value,
            }));
        }
    }
    conditions
}

fn texts(field: &Field, cell: &Value) -> Vec<String> {
    match (field.kind, cell) {
        (_, Value::Null) => Vec::new(),
        (Kind::Money, cell) => vec![cell["amount"].as_str().unwrap().to_owned()],
        (_, Value::Array(items)) => items
            .iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect(),
        (_, Value::String(text)) => vec![text.clone()],
        (_, other) => vec![other.to_string()],
    }
}

/// A good value that no row has.
fn absent(field: &Field) -> String {
    match field.kind {
        Kind::Text => "nothing is called so".into(),
        Kind::Flag => "true".into(),
        Kind::Integer => "77".into(),
        Kind::Decimal | Kind::Money => "77.0001".into(),
        Kind::Date => "1999-12-31".into(),
        Kind::Instant => "2001-01-01T00:00:00+08:00".into(),
        Kind::Choice(choices) | Kind::Choices(choices) => choices[0].value.into(),
        Kind::Reference(_) | Kind::References(_) => "01890000-0000-7000-8000-000000000000".into(),
        Kind::Parts(_) | Kind::Key | Kind::Figures => String::new(),
    }
}

fn found(answer: Answer) -> BTreeSet<String> {
    answer.expect(200).ids().into_iter().collect()
}

/// Asks each condition of a list, and trees of them of a search.
fn compare_with_oracle<R: Resource>(client: &Client, rows: &[Value]) {
    let mut dice = Dice(7);
    let conditions = conditions::<R>(rows, &mut dice);
    let expected = |holds: &dyn Fn(&Value) -> bool| -> BTreeSet<String> {
        rows.iter()
            .filter(|row| holds(row))
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    };
    for condition in &conditions {
        let holds = expected(&|row| condition.holds(row));
        if condition.field.filtered {
            let suffix = parameters()
                .into_iter()
                .find(|(_, operator)| *operator == condition.operator)
                .unwrap()
                .0;
            let path = format!(
                "/{}?limit=200&{}{suffix}={}",
                R::PLURAL,
                condition.field.name,
                encoded(&condition.value)
            );
            assert_eq!(found(client.get(&path)), holds, "{condition:?}");
        }
        for clause in [condition.clause(), condition.typed()] {
            let body = json!({ "limit": 200, "where": clause });
            assert_eq!(
                found(client.post(&format!("/{}/search", R::PLURAL), body)),
                holds,
                "{condition:?}"
            );
        }
    }
    let orders = orders::<R>();
    for _ in 0..120 {
        let (tree, order) = (Tree::grow(&mut dice, &conditions, 4), dice.pick(&orders));
        let body = json!({ "limit": 200, "where": tree.clause(), "sort": order });
        let found = client.post(&format!("/{}/search", R::PLURAL), body);
        let mut expected: Vec<&Value> = rows.iter().filter(|row| tree.holds(row)).collect();
        expected.sort_by_cached_key(|row| keys::<R>(row, order));
        if order.starts_with('-') {
            expected.reverse();
        }
        let expected: Vec<&str> = expected
            .iter()
            .filter_map(|row| row["id"].as_str())
            .collect();
        assert_eq!(found.expect(200).ids(), expected, "{order} {tree:?}");
    }
}

/// What a row is ordered by: numbers by their size, texts letter by letter, and its id at last.
fn keys<R: Resource>(row: &Value, order: &str) -> Vec<(i64, String)> {
    let names = order.split(',').map(|name| name.trim_start_matches('-'));
    let key = |name: &str| {
        let (field, cell) = (R::field(name).unwrap(), &row[name]);
        let text = || cell.as_str().unwrap().to_owned();
        match field.kind {
            Kind::Text if name == "name" => (0, sort_key(&text())),
            Kind::Text => (0, text()),
            _ => (number(field, cell), String::new()),
        }
    };
    let id = (0, row["id"].as_str().unwrap().to_owned());
    names.map(key).chain([id]).collect()
}

fn create_customers(app: &TestApp, dice: &mut Dice) -> Vec<Record> {
    let manager = app.as_manager();
    let tags: Vec<String> = ["Key", "VIP"]
        .map(|name| manager.create_tag(name).id())
        .into();
    let owners: Vec<Value> = [Person::Seller, Person::Stranger]
        .map(|person| json!(app.id_of(person)))
        .into_iter()
        .chain([Value::Null])
        .collect();
    let mut made: Vec<Record> = Vec::new();
    for at in 0..40 {
        let mut draft = json!({ "name": dice.pick(&["Acme", "Bolt", "阿里", "Acme Ltd"]), "code": format!("K{at}") });
        for field in Customer::FIELDS.iter().filter(|field| field.written) {
            if dice.roll(2) == 0 {
                continue;
            }
            let value = match field.kind {
                Kind::Choice(choices) => json!(dice.pick(&choices[..choices.len().min(3)]).value),
                Kind::Choices(choices) => {
                    json!([dice.pick(choices).value, dice.pick(choices).value])
                }
                Kind::Integer => json!(1 + dice.roll(5)),
                Kind::Money => {
                    json!({ "amount": format!("{}.{}", dice.roll(20), dice.roll(9)), "currency": "CNY" })
                }
                Kind::Text if field.name == "industry" => {
                    json!(dice.pick(&["Tea", "Coffee", "茶"]))
                }
                Kind::Reference("users") => dice.pick(&owners).clone(),
                Kind::Reference(_) => made.first().map_or(Value::Null, |first| json!(first.id())),
                Kind::References(_) => json!([dice.pick(&tags)]),
                Kind::Parts(_) if field.name == "addresses" => {
                    json!([{ "city": dice.pick(&["上海", "北京", ""]), "country": dice.pick(&["中国", ""]) }])
                }
                _ => continue,
            };
            draft[field.name] = value;
        }
        made.push(manager.create("customers", draft));
    }
    made
}

#[test]
fn every_filter_of_customers_finds_what_an_oracle_finds() {
    let app = TestApp::start();
    let made = create_customers(&app, &mut Dice(1));
    let rows: Vec<Value> = made.into_iter().map(|record| record.body).collect();
    compare_with_oracle::<Customer>(&app.as_manager(), &rows);
}

#[test]
fn every_filter_of_contacts_finds_what_an_oracle_finds() {
    let app = TestApp::start();
    let (manager, mut dice) = (app.as_manager(), Dice(2));
    let mut rows = Vec::new();
    for at in 0..20 {
        let mut draft = json!({ "name": dice.pick(&["Ann", "Ben", "王芳"]) });
        for field in Contact::FIELDS.iter().filter(|field| field.written) {
            draft[field.name] = match field.kind {
                Kind::Choice(choices) if at % 3 > 0 => json!(dice.pick(choices).value),
                Kind::Integer if at % 2 > 0 => json!(1950 + dice.roll(5)),
                Kind::Text if !field.required && !field.long && at % 4 > 0 => {
                    json!(dice.pick(&["one", "two"]))
                }
                _ => continue,
            };
        }
        rows.push(manager.create("contacts", draft).body);
    }
    compare_with_oracle::<Contact>(&manager, &rows);
}

#[test]
fn every_filter_of_purchases_finds_what_an_oracle_finds() {
    let app = TestApp::start();
    let (manager, mut dice) = (app.as_manager(), Dice(4));
    let customers = ["Acme", "Bolt", "阿里"].map(|name| manager.create_customer(name).id());
    let sellers = [Person::Seller, Person::Stranger].map(|person| app.id_of(person));
    for at in 0..40 {
        let mut draft = json!({
            "customer_id": dice.pick(&customers),
            "purchased_on": format!("2024-0{}-11", 1 + dice.roll(4)),
            "lines": [{ "quantity": format!("{}", 1 + dice.roll(3)), "price": format!("{}.5", dice.roll(12)) }],
        });
        for (name, value) in [
            ("seller_id", json!(dice.pick(&sellers))),
            ("due_on", json!(format!("2024-0{}-01", 5 + dice.roll(3)))),
            (
                "cost",
                json!({ "amount": format!("{}", dice.roll(9)), "currency": "CNY" }),
            ),
            ("payments", json!([{ "on": "2024-09-01", "amount": "5" }])),
            ("external_id", json!(format!("X{at}"))),
        ] {
            if dice.roll(2) == 0 {
                draft[name] = value;
            }
        }
        if draft["external_id"].is_string() {
            draft["external_system"] = json!("erp");
        }
        let made = manager.create("purchases", draft);
        if dice.roll(3) == 0 {
            manager.create("purchases", back(&made, &["-1"]));
        }
    }
    let rows = manager.walk("/purchases?limit=200");
    assert!(rows.len() > 45, "{}", rows.len());
    compare_with_oracle::<Purchase>(&manager, &rows);
}

#[test]
fn filters_hold_all_at_once_and_within_rights() {
    let app = TestApp::start();
    let made = create_customers(&app, &mut Dice(3));
    let seller = app.as_seller();
    let own = json!(app.id_of(Person::Seller));
    let mine: BTreeSet<String> = made
        .iter()
        .filter(|record| record["owner_id"] == own)
        .map(Record::id)
        .collect();
    assert_eq!(found(seller.get("/customers?limit=200")), mine);
    assert_eq!(
        found(seller.post(
            "/customers/search",
            json!({ "limit": 200, "where": { "any": [{ "all": [] }] } })
        )),
        mine
    );
    let companies: BTreeSet<String> = made
        .iter()
        .filter(|record| {
            record["owner_id"] == own && record["kind"] == "company" && record["name"] == "Acme"
        })
        .map(Record::id)
        .collect();
    assert_eq!(
        found(seller.get("/customers?limit=200&kind=company&name=Acme")),
        companies
    );
}

#[test]
fn a_value_with_a_comma_can_be_asked_for() {
    let app = TestApp::start();
    let seller = app.as_seller();
    let (one, other) = (
        seller.create_customer("Acme, Inc."),
        seller.create_customer("Bolt"),
    );
    seller.create_customer("Acme");
    let names = json!({ "field": "name", "operator": "in", "value": ["Acme, Inc.", "Bolt"] });
    let found = seller
        .post("/customers/search", json!({ "where": names }))
        .expect(200);
    assert_eq!(found.ids(), [one.id(), other.id()]);
}
