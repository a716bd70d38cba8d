//! The customers that are made and asked for: Chinese and Latin names, some words in many of them, most in few.

use perennial_domain::customer::{Customer, NewCustomer};
use perennial_domain::tag::{NewTag, Tag};
use perennial_store::{Store, resource};
use serde_json::{Value, json};

use crate::callers;

/// How many go into the database at once.
const SLICE: usize = 500;

const CITIES: [&str; 8] = [
    "深圳市",
    "上海",
    "杭州",
    "成都",
    "武汉",
    "广州",
    "苏州",
    "北京",
];
const SIGNS: &str = "安博昌达德鼎东方丰福高光海航和恒宏华辉汇佳建金京凯康乐力联龙隆美明南宁平启荣瑞山盛泰天通万伟祥新信兴旭亚阳";
const TRADES: [&str; 8] = [
    "科技", "电子", "机械", "贸易", "食品", "医疗", "物流", "纺织",
];
const FIRST: [&str; 24] = [
    "Kestrel", "Amber", "Boreal", "Cobalt", "Delphi", "Ember", "Falcon", "Garnet", "Halcyon",
    "Indigo", "Juniper", "Koenig", "Lumen", "Meridian", "Nimbus", "Orchard", "Pinnacle", "Quarry",
    "Raven", "Sable", "Tundra", "Umbra", "Vertex", "Willow",
];
const SECOND: [&str; 24] = [
    "Harbour",
    "Bridge",
    "Castle",
    "Dynamics",
    "Engines",
    "Forge",
    "Garden",
    "House",
    "Instruments",
    "Junction",
    "Kiln",
    "Labs",
    "Mills",
    "Nautical",
    "Optics",
    "Paper",
    "Quilts",
    "Robotics",
    "Supply",
    "Textiles",
    "Union",
    "Valves",
    "Works",
    "Yards",
];

/// The part of a customer's name that few others share: it is searched for.
pub fn rare(number: usize) -> String {
    let signs: Vec<char> = SIGNS.chars().collect();
    let sign = |salt| signs[mixed(number, salt) % signs.len()];
    match is_chinese(number) {
        true => [sign(1), sign(2), sign(3)].into_iter().collect(),
        false => format!(
            "{} {}",
            FIRST[mixed(number, 1) % 24],
            SECOND[mixed(number, 2) % 24]
        ),
    }
}

/// A word that stands in more than a tenth of the names.
pub fn common(number: usize) -> &'static str {
    ["有限公司", "Trading"][number % 2]
}

fn name(number: usize) -> String {
    match is_chinese(number) {
        true => format!(
            "{}{}{}有限公司",
            CITIES[mixed(number, 4) % 8],
            rare(number),
            TRADES[mixed(number, 5) % 8]
        ),
        false => format!(
            "{} {}",
            rare(number),
            ["Trading", "Trading Ltd", "Industries"][mixed(number, 4) % 3]
        ),
    }
}

fn is_chinese(number: usize) -> bool {
    mixed(number, 0) % 5 < 3
}

/// The finalizer of SplitMix64: the same number for the same customer, each time.
fn mixed(number: usize, salt: usize) -> usize {
    let mut bits = (number as u64 * 8 + salt as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((bits ^ (bits >> 31)) >> 1) as usize
}

/// A customer as a client sends it.
pub fn body(number: usize) -> Value {
    let role = ["end_buyer", "channel", "partner"][number % 3];
    json!({
        "name": name(number),
        "roles": [role],
        "industry": TRADES[number % 8],
        "employees": number % 5000,
        "relationship_type": "transactional",
        "identifiers": [
            { "kind": "email", "value": format!("office{number}@example.com") },
            { "kind": "mobile", "value": format!("138{:08}", number % 100_000_000) },
        ],
        "addresses": [{ "kind": "office", "street": format!("{} 路", number % 900), "city": CITIES[number % 8], "country": "CN" }],
    })
}

/// Fills an empty database: the company of the tests with those who ask, and so many customers.
pub fn fill(store: &Store, count: usize) {
    store.take_room().expect("room");
    let owners = callers::found(store);
    let admin = callers::admin(store);
    let tags: Vec<NewTag> = TRADES
        .iter()
        .map(|trade| NewTag {
            name: (*trade).to_owned(),
            ..NewTag::default()
        })
        .collect();
    let tags = store
        .write(&admin, move |tx| resource::create::<Tag>(tx, &tags))
        .expect("tags");
    for first in (0..count).step_by(SLICE) {
        let draft = |number: usize| NewCustomer {
            owner_id: Some(owners.of(number, mixed(number, 6))),
            tag_ids: vec![tags[number % 3].id, tags[3 + number % 5].id],
            ..serde_json::from_value(body(number)).expect("a draft")
        };
        let drafts: Vec<NewCustomer> = (first..count.min(first + SLICE)).map(draft).collect();
        // A slice a minute: people's lists are hardly ever full of one moment.
        let slices = i64::try_from((count - first) / SLICE).expect("few");
        let then = admin.at(admin.now.plus_seconds(-60 * slices));
        store
            .write(&then, move |tx| {
                resource::add::<Customer>(tx, &drafts).map(drop)
            })
            .expect("customers");
        // PostgreSQL plans for what it knows of.
        if (first / SLICE).is_power_of_two() {
            store.note_growth().expect("statistics");
        }
    }
}
