//! How names are read: each character's usual readings, the most usual in its place first.

use pinyin::ToPinyinMulti;

/// How many readings of a character are taken: those behind are of old books.
const READINGS: usize = 3;

/// Characters of which all but the first reading are rare, and that stand in too many names for that.
const PLAIN: &str = "有限司家大不上广台技科奇亚黑哈能么叶余海和";

/// Characters whose most usual reading in names is not the first that dictionaries give.
const USUAL: [(char, &str); 4] = [('佛', "fo"), ('长', "chang"), ('翟', "zhai"), ('卜', "bu")];

/// Words in which a character is read in its own way.
const WORDS: [(&str, &[&str]); 44] = [
    ("重庆", &["chong", "qing"]),
    ("重阳", &["chong", "yang"]),
    ("银行", &["yin", "hang"]),
    ("商行", &["shang", "hang"]),
    ("车行", &["che", "hang"]),
    ("洋行", &["yang", "hang"]),
    ("器行", &["qi", "hang"]),
    ("行业", &["hang", "ye"]),
    ("总行", &["zong", "hang"]),
    ("分行", &["fen", "hang"]),
    ("支行", &["zhi", "hang"]),
    ("工行", &["gong", "hang"]),
    ("农行", &["nong", "hang"]),
    ("建行", &["jian", "hang"]),
    ("厦门", &["xia", "men"]),
    ("音乐", &["yin", "yue"]),
    ("乐器", &["yue", "qi"]),
    ("乐团", &["yue", "tuan"]),
    ("乐清", &["yue", "qing"]),
    ("会计", &["kuai", "ji"]),
    ("成都", &["cheng", "du"]),
    ("首都", &["shou", "du"]),
    ("京都", &["jing", "du"]),
    ("新都", &["xin", "du"]),
    ("都市", &["du", "shi"]),
    ("成长", &["cheng", "zhang"]),
    ("家长", &["jia", "zhang"]),
    ("长孙", &["zhang", "sun"]),
    ("空调", &["kong", "tiao"]),
    ("调味", &["tiao", "wei"]),
    ("西藏", &["xi", "zang"]),
    ("人参", &["ren", "shen"]),
    ("海参", &["hai", "shen"]),
    ("六安", &["lu", "an"]),
    ("东莞", &["dong", "guan"]),
    ("番禺", &["pan", "yu"]),
    ("铅山", &["yan", "shan"]),
    ("单县", &["shan", "xian"]),
    ("单车", &["dan", "che"]),
    ("区块", &["qu", "kuai"]),
    ("解放", &["jie", "fang"]),
    ("尉迟", &["yu", "chi"]),
    ("万俟", &["mo", "qi"]),
    ("单于", &["chan", "yu"]),
];

/// Characters that are read in another way as surnames, and that few other names begin with.
const SURNAMES: [(char, &str); 13] = [
    ('单', "shan"),
    ('曾', "zeng"),
    ('解', "xie"),
    ('查', "zha"),
    ('仇', "qiu"),
    ('区', "ou"),
    ('朴', "piao"),
    ('覃', "qin"),
    ('缪', "miao"),
    ('乜', "nie"),
    ('阚', "kan"),
    ('牟', "mu"),
    ('藏', "zang"),
];

/// A character of a name.
pub(crate) enum Spelled {
    /// One that is read: its readings, without tones, `ü` both as `v` and as `u`.
    Syllable(Vec<String>),
    /// Any other.
    Other(char),
}

/// The characters of a name, as they are read.
pub(crate) fn spelled(name: &str) -> Vec<Spelled> {
    let person = (2..=4).contains(&name.chars().count())
        && name
            .chars()
            .all(|character| character.to_pinyin_multi().is_some());
    let (mut parts, mut word) = (Vec::new(), [].iter());
    for (at, character) in name.char_indices() {
        let rest = name.get(at..).unwrap_or_default();
        if word.len() == 0
            && let Some((_, readings)) = WORDS.iter().find(|(known, _)| rest.starts_with(known))
        {
            word = readings.iter();
        }
        let alone = |table: &[(char, &'static str)]| {
            let known = table.iter().find(|(known, _)| *known == character);
            known.map(|(_, reading)| *reading)
        };
        let first = word
            .next()
            .copied()
            .or_else(|| alone(&SURNAMES).filter(|_| person && at == 0))
            .or_else(|| alone(&USUAL));
        parts.push(match character.to_pinyin_multi() {
            None => Spelled::Other(character),
            Some(known) => {
                let known = known.into_iter().map(pinyin::Pinyin::plain);
                let most = if PLAIN.contains(character) {
                    1
                } else {
                    READINGS
                };
                let mut readings: Vec<&str> = Vec::new();
                for reading in first.into_iter().chain(known) {
                    if readings.len() < most && !readings.contains(&reading) {
                        readings.push(reading);
                    }
                }
                Spelled::Syllable(readings.into_iter().flat_map(typed).collect())
            }
        });
    }
    parts
}

/// What people type for a syllable: `ü` has no key of its own.
fn typed(reading: &str) -> Vec<String> {
    if reading.contains('ü') {
        ["v", "u"].map(|letter| reading.replace('ü', letter)).into()
    } else {
        vec![reading.to_owned()]
    }
}
