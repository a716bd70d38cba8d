//! Text as the search index holds it, and the keys that names sort by.
//!
//! One code path for both databases: NFKC, lower case, words split at anything that is neither letter nor digit, runs of
//! CJK as overlapping pairs, and for names the pinyin and its initials. A query's terms are made the same way.

use crate::pinyin::{Spelled, spelled};
use unicode_normalization::UnicodeNormalization;

/// Longest key that a name sorts by, in characters.
const SORT_KEY: usize = 200;
/// How much of a name is indexed by its sound: syllables, and letters of each word made of them.
const SYLLABLES: usize = 24;
const PINYIN: usize = 24;
const INITIALS: usize = 8;
/// How many words the readings of a part of a name make at most.
const VARIANTS: usize = 8;

/// The words of a document: names first (with pinyin), then other texts. Space-separated, each once or more.
pub fn document(names: &[&str], texts: &[&str]) -> String {
    let mut words = Vec::new();
    for name in names {
        split(name, &mut |piece| index(piece, &mut words));
        words.extend(pinyin_words(name));
    }
    for text in texts {
        split(text, &mut |piece| index(piece, &mut words));
        // A number is found however its digits are grouped.
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if digits.len() >= 5 {
            words.push(digits);
        }
    }
    words.sort_unstable();
    words.dedup();
    words.join(" ")
}

/// One term of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The word, of letters and digits alone.
    pub word: String,
    /// Whether longer words that begin with it match too.
    pub prefix: bool,
}

/// The terms that a document must hold all of. Empty where the text has neither letter nor digit.
pub fn terms(query: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    split(query, &mut |piece| match piece {
        Piece::Word(word) => terms.push(Term { word, prefix: true }),
        Piece::Cjk(run) => match run.as_slice() {
            [single] => terms.push(Term {
                word: single.to_string(),
                prefix: true,
            }),
            run => terms.extend(run.windows(2).map(|pair| Term {
                word: pair.iter().collect(),
                prefix: false,
            })),
        },
    });
    terms.truncate(16);
    terms
}

/// The key that a name sorts by: pinyin for Chinese, lower case for the rest, then the name itself.
pub fn sort_key(name: &str) -> String {
    let shown: String = name
        .nfkc()
        .flat_map(char::to_lowercase)
        .filter(|character| !character.is_control())
        .collect();
    let mut key = String::new();
    for part in spelled(&shown) {
        match part {
            Spelled::Syllable(readings) => {
                key.extend(readings.first().map(String::as_str));
                key.push(' ');
            }
            Spelled::Other(character) => key.push(character),
        }
    }
    key.push(' ');
    key.push_str(name);
    key.chars().take(SORT_KEY).collect()
}

enum Piece {
    Word(String),
    Cjk(Vec<char>),
}

fn index(piece: Piece, words: &mut Vec<String>) {
    match piece {
        Piece::Word(word) => words.push(word),
        Piece::Cjk(run) => {
            words.extend(run.windows(2).map(|pair| pair.iter().collect()));
            // So that the last character of a run is found alone too.
            words.extend(run.last().map(char::to_string));
        }
    }
}

/// Calls `each` with every word and every run of CJK of a text.
fn split(text: &str, each: &mut dyn FnMut(Piece)) {
    let (mut word, mut run) = (String::new(), Vec::new());
    // Marks go, so that `Koniglich` finds `Königlich`.
    let bare = text
        .nfkd()
        .filter(|character| !('\u{300}'..='\u{36f}').contains(character))
        .nfc();
    for character in bare.flat_map(char::to_lowercase).chain([' ']) {
        let cjk = is_cjk(character);
        if (cjk || !character.is_alphanumeric()) && !word.is_empty() {
            each(Piece::Word(
                std::mem::take(&mut word).chars().take(60).collect(),
            ));
        }
        if !cjk && !run.is_empty() {
            each(Piece::Cjk(std::mem::take(&mut run)));
        }
        match character {
            character if cjk => run.push(character),
            character if character.is_alphanumeric() => word.push(character),
            _ => {}
        }
    }
}

/// The pinyin of a name and its initials, from each of its characters on: a name is known by any part of it, and by every
/// usual reading.
fn pinyin_words(name: &str) -> Vec<String> {
    let shown: String = name.nfkc().collect();
    let syllables: Vec<Vec<String>> = spelled(&shown)
        .into_iter()
        .filter_map(|part| match part {
            Spelled::Syllable(readings) => Some(readings),
            Spelled::Other(_) => None,
        })
        .take(SYLLABLES)
        .collect();
    let initial = |reading: &String| reading.chars().take(1).collect();
    let initials: Vec<Vec<String>> = syllables
        .iter()
        .map(|readings| {
            let mut initials: Vec<String> = readings.iter().map(initial).collect();
            initials.dedup();
            initials
        })
        .collect();
    let mut words = Vec::new();
    for at in 0..syllables.len() {
        words.extend(variants(syllables.iter().skip(at), PINYIN));
        words.extend(variants(initials.iter().skip(at), INITIALS));
    }
    words
}

/// The words that syllables of several readings make, up to so many letters; where they are too many, later syllables
/// are read in the most usual way alone.
fn variants<'a>(syllables: impl Iterator<Item = &'a Vec<String>>, letters: usize) -> Vec<String> {
    let mut words = vec![String::new()];
    for readings in syllables {
        if words.iter().all(|word| word.len() >= letters) {
            break;
        }
        let most = if words.len() * readings.len() > VARIANTS {
            1
        } else {
            readings.len()
        };
        let longer = |word: &String| {
            let readings = readings.iter().take(most);
            let longer = readings.map(|reading| format!("{word}{reading}"));
            longer.collect::<Vec<_>>()
        };
        words = words.iter().flat_map(longer).collect();
    }
    let cut = |word: String| word.chars().take(letters).collect();
    words.into_iter().map(cut).collect()
}

/// Whether a character is one of those that are written without spaces between words.
pub fn is_cjk(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(document: &str, query: &str) -> bool {
        let words: Vec<&str> = document.split(' ').collect();
        let terms = terms(query);
        !terms.is_empty()
            && terms.iter().all(|term| {
                words.iter().any(|word| {
                    if term.prefix {
                        word.starts_with(&term.word)
                    } else {
                        *word == term.word
                    }
                })
            })
    }

    #[test]
    fn a_name_is_found_by_any_part_by_pinyin_and_by_initials() {
        let huawei = document(
            &["深圳市华为技术有限公司"],
            &["+86 755 2878 0808", "C-00418"],
        );
        for query in [
            "华为",
            "华为技术",
            "有限公司",
            "司",
            "szshw",
            "hw",
            "hwjs",
            "huaweijishu",
            "shenzhenshihuawei",
            "8675528780808",
            "c-00418",
            "ＣＯＭ".replace("ＣＯＭ", "深圳").as_str(),
        ] {
            assert!(finds(&huawei, query), "{query} in {huawei}");
        }
        for query in ["华技", "beijing", "", "-"] {
            assert!(!finds(&huawei, query), "{query}");
        }
    }

    #[test]
    fn a_name_is_found_by_every_usual_reading() {
        for (name, queries) in [
            ("佛山照明", "foshan fszm fushan"),
            (
                "重庆长安汽车股份有限公司",
                "chongqingchangan cqca changanqiche zhongqing",
            ),
            ("长沙银行", "changsha yinhang csyh"),
            ("中国银行", "zhongguoyinhang zgyh"),
            ("国贸大厦", "dasha daxia gmdx gmds"),
            ("绿地控股", "lvdi ludi ld"),
            ("女友", "nvyou nuyou"),
            ("单雄信", "shanxiong danxiong sxx"),
            ("乐清乐器行", "yueqing leqing yueqihang"),
        ] {
            let words = document(&[name], &[]);
            for query in queries.split(' ') {
                assert!(finds(&words, query), "{query} in {words}");
            }
        }
        let long = document(&["重行长乐曾单解查"], &[]);
        assert!(long.split(' ').count() < 200, "{long}");
    }

    #[test]
    fn names_sort_by_their_usual_reading() {
        for (name, key) in [
            ("佛山", "fo shan"),
            ("重庆", "chong qing"),
            ("长沙", "chang sha"),
            ("中国银行", "zhong guo yin hang"),
            ("厦门大厦", "xia men da sha"),
            ("单雄信", "shan xiong xin"),
            ("曾国藩", "zeng guo fan"),
            ("解放", "jie fang"),
            ("绿", "lv"),
        ] {
            assert!(sort_key(name).starts_with(key), "{}", sort_key(name));
        }
    }

    #[test]
    fn names_sort_by_pinyin_with_latin_among_them() {
        let mut names = ["张三", "Alfreds", "李四", "Bosch", "安踏"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(names, ["Alfreds", "安踏", "Bosch", "李四", "张三"]);
    }
}
