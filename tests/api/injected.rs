//! Hostile strings in every string of every body: kept byte for byte and found again, or refused in their place.

use perennial_api::clock;
use perennial_domain::field::{Field, Kind};
use perennial_domain::resources::{About, RESOURCES};
use perennial_domain::rights::Area;
use perennial_tests::app::TestApp;
use perennial_tests::client::{Client, encoded};
use serde_json::{Value, json};

use crate::hostile;
use crate::probes::Matrix;
use crate::samples::World;

/// Why a text may be refused.
const REASONS: &[&str] = &[
    "length",
    "required",
    "control_character",
    "line_break",
    "email",
    "not_allowed",
    "zone",
    "country",
    "duplicate",
];

/// A string in a body: where, and whether it is any text or one of a form.
#[derive(Debug)]
struct Leaf {
    pointer: String,
    free: bool,
}

impl Leaf {
    /// The field that it is in.
    fn field(&self) -> &str {
        self.pointer.split('/').nth(1).unwrap()
    }

    /// Whether it is a field of its own.
    fn is_field(&self) -> bool {
        self.pointer == format!("/{}", self.field())
    }
}

/// Every string that a schema of the contract lets a client write.
fn leaves(contract: &Value, schema: &Value, pointer: &str, named: bool, found: &mut Vec<Leaf>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let schema = contract.pointer(&reference[1..]).unwrap();
        return leaves(contract, schema, pointer, true, found);
    }
    for one in schema["oneOf"].as_array().into_iter().flatten() {
        leaves(contract, one, pointer, named, found);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        leaves(
            contract,
            property,
            &format!("{pointer}/{name}"),
            false,
            found,
        );
    }
    if schema["items"].is_object() {
        leaves(
            contract,
            &schema["items"],
            &format!("{pointer}/0"),
            false,
            found,
        );
    }
    let is_string = schema["type"] == "string" || schema["type"][0] == "string";
    if is_string {
        let free = !named && schema["format"].is_null() && schema["enum"].is_null();
        found.push(Leaf {
            pointer: pointer.to_owned(),
            free,
        });
    }
}

/// Puts a text in a place.
pub fn put(body: &mut Value, pointer: &str, text: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match body.pointer_mut(parent) {
        Some(Value::Array(items)) => *items = vec![json!(text)],
        Some(object) => object[name] = json!(text),
        None => panic!("no place for {pointer} in {body}"),
    }
}

/// How many records of each kind somebody has.
fn counts(client: &Client, but: &About) -> Vec<String> {
    let others = RESOURCES.iter().filter(|about| about.plural != but.plural);
    others
        .map(|about| {
            let page = client.get(&format!("/{}?limit=1&include_total=true", about.path()));
            format!("{} {}", about.plural, page.expect(200)["page"]["total"])
        })
        .collect()
}

/// A record that was written, and what it was asked to keep its text in.
struct Kept<'a> {
    id: String,
    text: String,
    leaves: Vec<&'a Leaf>,
}

/// What became of one operation: the record's id, or each fault's pointer in what was written, and its code.
type Outcome = Result<String, Vec<(String, String)>>;

/// A resource that is written to.
struct Writing<'a> {
    matrix: &'a Matrix,
    world: &'a World,
    about: &'a About,
    admin: Client,
    /// A good draft.
    one: Value,
}

impl Writing<'_> {
    /// A good draft. Contacts and purchases stand at a customer of their own: one is enough.
    fn draft(&self) -> Value {
        match self.about.area {
            Area::Contacts | Area::Purchases => self.one.clone(),
            _ => self.matrix.draft(self.about),
        }
    }

    fn field(&self, leaf: &Leaf) -> &'static Field {
        let fields = self.about.fields.iter();
        fields
            .into_iter()
            .find(|field| field.name == leaf.field())
            .unwrap()
    }

    /// A body with a text in every one of these places.
    fn filled(&self, mut body: Value, leaves: &[&Leaf], text: &str) -> Value {
        for leaf in leaves.iter().filter(|leaf| !leaf.is_field()) {
            body[leaf.field()] = self.world.sample(self.field(leaf));
        }
        // These two come together.
        let pair = ["/external_id", "/external_system"];
        if leaves
            .iter()
            .any(|leaf| pair.contains(&leaf.pointer.as_str()))
        {
            pair.iter()
                .for_each(|pointer| body[&pointer[1..]] = json!("erp"));
        }
        leaves
            .iter()
            .for_each(|leaf| put(&mut body, &leaf.pointer, text));
        body
    }

    /// Does every operation that can be done.
    fn done(&self, operations: &[Value]) -> Vec<Outcome> {
        let path = format!("/{}/batch", self.about.path());
        let body = json!({ "mode": "best_effort", "operations": operations });
        let answer = self.admin.post(&path, body);
        let results = answer.body["results"]
            .as_array()
            .unwrap_or_else(|| panic!("{answer}"));
        let told = results.iter().map(|result| {
            if let Some(id) = result["id"].as_str() {
                return Ok(id.to_owned());
            }
            let refused = [409, 412, 422].contains(&result["status"].as_i64().unwrap());
            assert!(refused, "{result}");
            let faults = result["problem"]["errors"].as_array().unwrap();
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let told = faults.iter().map(|fault| {
                let pointer = text(&fault["pointer"]);
                let start = format!("/operations/{}", result["index"]);
                let inner = pointer.strip_prefix(&start).unwrap();
                let inner = ["/create", "/update/patch"]
                    .iter()
                    .find_map(|written| inner.strip_prefix(written));
                (
                    inner.unwrap_or_else(|| panic!("{result}")).to_owned(),
                    text(&fault["code"]),
                )
            });
            Err(told.collect())
        });
        told.collect()
    }

    /// Writes each text wherever it is not refused.
    fn keep<'a>(
        &self,
        leaves: &[&'a Leaf],
        texts: &[String],
        operation: impl Fn(usize, &[&Leaf], &str) -> Value,
    ) -> Vec<Kept<'a>> {
        let mut kept = Vec::new();
        let mut waiting: Vec<(usize, Vec<&Leaf>)> =
            (0..texts.len()).map(|at| (at, leaves.to_vec())).collect();
        while !waiting.is_empty() {
            let operations = waiting
                .iter()
                .map(|(at, leaves)| operation(*at, leaves, &texts[*at]));
            let done = self.done(&operations.collect::<Vec<_>>());
            for ((at, mut leaves), outcome) in std::mem::take(&mut waiting).into_iter().zip(done) {
                match outcome {
                    Ok(id) => kept.push(Kept {
                        id,
                        text: texts[at].clone(),
                        leaves,
                    }),
                    Err(faults) => {
                        let before = leaves.len();
                        for (pointer, code) in &faults {
                            assert!(
                                REASONS.contains(&code.as_str()),
                                "{pointer} {code} {:.80}",
                                texts[at]
                            );
                            leaves.retain(|leaf| !leaf.pointer.starts_with(pointer.as_str()));
                        }
                        assert!(leaves.len() < before, "{faults:?} {:.80}", texts[at]);
                        waiting.push((at, leaves));
                    }
                }
            }
        }
        kept
    }

    /// Asserts that each record holds its text, byte for byte.
    fn holds(&self, kept: &[Kept]) {
        let ids: Vec<&str> = kept.iter().map(|one| one.id.as_str()).collect();
        let path = format!("/{}?limit=200&id_in={}", self.about.path(), ids.join(","));
        let page = self.admin.get(&path).expect(200);
        let rows = page["data"].as_array().unwrap();
        assert_eq!(rows.len(), kept.len());
        for Kept { id, text, leaves } in kept {
            let row = rows.iter().find(|row| row["id"] == **id).unwrap();
            // Without a code of its own a record is given one.
            for leaf in leaves
                .iter()
                .filter(|leaf| !(text.is_empty() && leaf.pointer == "/code"))
            {
                assert_eq!(row.pointer(&leaf.pointer), Some(&json!(text)), "{leaf:?}");
            }
        }
    }

    /// Asserts that each text finds its record alone, by each filter and by all at once.
    fn finds(&self, kept: &[Kept]) {
        let path = self.about.path();
        for Kept { id, text, leaves } in kept.iter().filter(|one| !one.text.is_empty()) {
            let own = leaves
                .iter()
                .filter(|leaf| leaf.is_field())
                .map(|leaf| self.field(leaf));
            let filters = own.filter(|field| field.filtered && matches!(field.kind, Kind::Text));
            let names: Vec<&str> = filters.map(|field| field.name).collect();
            let mut clauses = Vec::new();
            for name in &names {
                let listed = self.admin.get(&format!("/{path}?{name}={}", encoded(text)));
                assert_eq!(listed.expect(200).ids(), [id.as_str()], "{name} {text:.80}");
                clauses.push(json!({ "field": name, "value": text }));
                clauses.push(json!({ "field": name, "operator": "in", "value": [text] }));
            }
            for of in ["any", "all"].iter().filter(|_| !names.is_empty()) {
                let body = json!({ "where": { *of: clauses } });
                let searched = self.admin.post(&format!("/{path}/search"), body);
                assert_eq!(
                    searched.expect(200).ids(),
                    [id.as_str()],
                    "{names:?} {text:.80}"
                );
            }
        }
    }

    /// Writes texts into new records, looks for them, and changes them to others that are no less hostile.
    fn write(&self, leaves: &[&Leaf]) {
        let texts = hostile::texts();
        let create = |_: usize, leaves: &[&Leaf], text: &str| json!({ "create": self.filled(self.draft(), leaves, text) });
        let made = self.keep(leaves, &texts, create);
        self.holds(&made);
        self.finds(&made);
        let any = |leaf: &&&Leaf| !["/email", "/zone"].contains(&leaf.pointer.as_str());
        for leaf in leaves.iter().filter(any) {
            let count = made
                .iter()
                .filter(|one| one.leaves.iter().any(|kept| kept.pointer == leaf.pointer))
                .count();
            assert!(
                count > 50,
                "{} keeps {count} in {leaf:?}",
                self.about.plural
            );
        }
        let quoted: Vec<String> = made.iter().map(|one| format!("'{}", one.text)).collect();
        let update = |at: usize, leaves: &[&Leaf], text: &str| {
            let patch = self.filled(json!({}), leaves, text);
            json!({ "update": { "id": made[at].id, "version": 1, "patch": patch } })
        };
        let changed = self.keep(leaves, &quoted, update);
        assert_eq!(changed.len(), made.len());
        self.holds(&changed);
    }

    /// Writes texts into a string of a form: it is refused in its place, or good.
    fn misfit(&self, leaf: &Leaf, texts: &[String]) {
        let record = self.admin.create(&self.about.path(), self.draft());
        let operations = texts.iter().flat_map(|text| {
            let patch = self.filled(json!({}), &[leaf], text);
            let update = json!({ "id": record.id(), "version": record.version(), "patch": patch });
            [
                json!({ "create": self.filled(self.draft(), &[leaf], text) }),
                json!({ "update": update }),
            ]
        });
        for outcome in self.done(&operations.collect::<Vec<_>>()) {
            let faults = outcome.err().unwrap_or_default();
            let place = format!("/{}", leaf.field());
            // One of the changes may have been good.
            let in_place = faults
                .iter()
                .all(|(pointer, code)| pointer.starts_with(&place) || code == "stale");
            assert!(in_place, "{leaf:?}: {faults:?}");
        }
    }
}

#[test]
fn a_text_is_kept_as_it_was_and_found_by_itself_alone() {
    let matrix = Matrix::new(TestApp::start());
    let admin = matrix.app.as_admin();
    let world = World::new(&admin);
    let contract = admin.get("/api/openapi.json").expect(200).body;
    let (mut free, mut formed) = (0, 0);
    for about in RESOURCES {
        let mut found = Vec::new();
        let schema = &contract["components"]["schemas"][format!("New{}", about.name)];
        leaves(&contract, schema, "", false, &mut found);
        let writing = Writing {
            matrix: &matrix,
            world: &world,
            about,
            admin: admin.clone(),
            one: matrix.draft(about),
        };
        let everybody = [admin.clone(), matrix.app.as_foreigner()];
        let elsewhere = || everybody.each_ref().map(|client| counts(client, about));
        let before = elsewhere();
        let texts: Vec<&Leaf> = found.iter().filter(|leaf| leaf.free).collect();
        if !texts.is_empty() {
            writing.write(&texts);
        }
        free += texts.len();
        for leaf in found.iter().filter(|leaf| !leaf.free) {
            writing.misfit(leaf, &hostile::some(&mut formed));
        }
        assert_eq!(elsewhere(), before, "{} made something else", about.plural);
    }
    assert!(free > 40 && formed > 40, "{free} {formed}");
    assert_eq!(matrix.app.store().check(false, clock::now()).unwrap(), []);
}
