//! MAN: does a lead have the money, the authority and the need?
//!
//! Each is yes, no or not known. How many yes there are is the verdict, and which ones says what to do. As long as one is not known the
//! next step is to ask: first the need, for without one there is nothing to talk about and anybody there can tell it; then who decides, who is
//! also the one to ask about money; money last (this order is ours).
//!
//! Does not know willingness and reachability, which are kept beside it and change no verdict, nor how good the evidence is.

use serde::{Deserialize, Serialize};

use super::{Answer, Range};
use crate::choice;

choice! {
    /// What a lead is, from the least to the most promising.
    ManVerdict: "man_verdict" { NotACustomer = "not_a_customer", Watch = "watch", Promising = "promising", Ideal = "ideal" }
}

choice! {
    /// What to ask about a lead.
    ManQuestion: "man_question" { Need = "need", Authority = "authority", Money = "money" }
}

choice! {
    /// What to do with a lead.
    ManAdvice: "man_advice" {
        LetGo = "let_go", Nurture = "nurture", FollowAndNurture = "follow_and_nurture", Follow = "follow", OfferTerms = "offer_terms",
        FindDecider = "find_decider", KeepInTouch = "keep_in_touch", SellNow = "sell_now",
    }
}

/// What is known of a lead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Man {
    /// Whether it can pay.
    pub money: Answer,
    /// Whether who we talk to decides.
    pub authority: Answer,
    /// Whether it needs what we offer.
    pub need: Answer,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NextStep {
    /// Something is not known yet.
    Ask(ManQuestion),
    /// Everything is.
    Do(ManAdvice),
}

impl Man {
    /// The verdict, once all three are known: no two verdicts have as many yes.
    pub fn verdict(self) -> Option<ManVerdict> {
        self.verdicts().only()
    }

    /// The worst and the best verdict that what is known leaves.
    pub fn verdicts(self) -> Range<ManVerdict> {
        let all = [self.money, self.authority, self.need];
        let verdict = |unknown| {
            let yes = all.map(|answer| answer.taken(unknown) == Answer::Yes);
            match yes.into_iter().filter(|&is_yes| is_yes).count() {
                0 => ManVerdict::NotACustomer,
                1 => ManVerdict::Watch,
                2 => ManVerdict::Promising,
                _ => ManVerdict::Ideal,
            }
        };
        Range {
            worst: verdict(Answer::No),
            best: verdict(Answer::Yes),
        }
    }

    /// What to ask, or what to do.
    pub const fn next_step(self) -> NextStep {
        use Answer::{No, Unknown, Yes};
        match (self.money, self.authority, self.need) {
            (_, _, Unknown) => NextStep::Ask(ManQuestion::Need),
            (_, Unknown, _) => NextStep::Ask(ManQuestion::Authority),
            (Unknown, _, _) => NextStep::Ask(ManQuestion::Money),
            (Yes, Yes, Yes) => NextStep::Do(ManAdvice::SellNow),
            (Yes, Yes, No) => NextStep::Do(ManAdvice::KeepInTouch),
            (Yes, No, Yes) => NextStep::Do(ManAdvice::FindDecider),
            (No, Yes, Yes) => NextStep::Do(ManAdvice::OfferTerms),
            (No, No, Yes) => NextStep::Do(ManAdvice::Follow),
            (Yes, No, No) => NextStep::Do(ManAdvice::FollowAndNurture),
            (No, Yes, No) => NextStep::Do(ManAdvice::Nurture),
            (No, No, No) => NextStep::Do(ManAdvice::LetGo),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Money, authority, need as y, n or ?; the worst and the best verdict; the next step's word.
    const TABLE: [(&str, &str, &str, &str); 27] = [
        ("yyy", "ideal", "ideal", "sell_now"),
        ("yyn", "promising", "promising", "keep_in_touch"),
        ("yny", "promising", "promising", "find_decider"),
        ("nyy", "promising", "promising", "offer_terms"),
        ("nny", "watch", "watch", "follow"),
        ("ynn", "watch", "watch", "follow_and_nurture"),
        ("nyn", "watch", "watch", "nurture"),
        ("nnn", "not_a_customer", "not_a_customer", "let_go"),
        ("yy?", "promising", "ideal", "ask need"),
        ("yn?", "watch", "promising", "ask need"),
        ("ny?", "watch", "promising", "ask need"),
        ("nn?", "not_a_customer", "watch", "ask need"),
        ("y?y", "promising", "ideal", "ask authority"),
        ("y?n", "watch", "promising", "ask authority"),
        ("n?y", "watch", "promising", "ask authority"),
        ("n?n", "not_a_customer", "watch", "ask authority"),
        ("?yy", "promising", "ideal", "ask money"),
        ("?yn", "watch", "promising", "ask money"),
        ("?ny", "watch", "promising", "ask money"),
        ("?nn", "not_a_customer", "watch", "ask money"),
        ("y??", "watch", "ideal", "ask need"),
        ("n??", "not_a_customer", "promising", "ask need"),
        ("?y?", "watch", "ideal", "ask need"),
        ("?n?", "not_a_customer", "promising", "ask need"),
        ("??y", "watch", "ideal", "ask authority"),
        ("??n", "not_a_customer", "promising", "ask authority"),
        ("???", "not_a_customer", "ideal", "ask need"),
    ];

    fn read(letters: &str) -> Man {
        let answers: Vec<Answer> = letters
            .chars()
            .map(|letter| match letter {
                'y' => Answer::Yes,
                'n' => Answer::No,
                _ => Answer::Unknown,
            })
            .collect();
        let [money, authority, need] = answers[..] else {
            panic!("three letters")
        };
        Man {
            money,
            authority,
            need,
        }
    }

    #[test]
    fn every_combination_has_its_verdict_and_next_step() {
        let mut seen = std::collections::HashSet::new();
        for (letters, worst, best, step) in TABLE {
            let man = read(letters);
            assert!(seen.insert(man), "{letters} stands there twice");
            let verdicts = (ManVerdict::parse(worst), ManVerdict::parse(best));
            let Range {
                worst: least,
                best: most,
            } = man.verdicts();
            assert_eq!((Some(least), Some(most)), verdicts, "{letters}");
            let known = !letters.contains('?');
            assert_eq!(man.verdict(), known.then_some(most), "{letters}");
            let told = match man.next_step() {
                NextStep::Ask(question) => format!("ask {}", question.as_str()),
                NextStep::Do(advice) => advice.as_str().to_owned(),
            };
            assert_eq!(told, step, "{letters}");
        }
        assert_eq!(seen.len(), 27);
    }

    #[test]
    fn an_answer_never_leads_out_of_what_was_possible() {
        for (letters, ..) in TABLE {
            let Range { worst, best } = read(letters).verdicts();
            assert!(worst <= best);
            for answer in ["y", "n"] {
                let left = read(&letters.replacen('?', answer, 1)).verdicts();
                assert!(
                    worst <= left.worst && left.best <= best,
                    "{letters} {answer}"
                );
            }
        }
    }
}
