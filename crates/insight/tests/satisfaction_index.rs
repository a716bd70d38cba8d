//! The satisfaction index against surveys whose truth is known because they were made from it.

use perennial_insight::Refusal;
use perennial_insight::interval::Confidence;
use perennial_insight::satisfaction::index::{Index, Latent, Path, Question};

/// Numbers between 0 and 1 that repeat only after very long, the same in every run.
struct Dice(u64);

impl Dice {
    fn even(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// About normal, mean 0 and deviation 1: twelve even ones.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.even()).sum::<f64>() - 6.0
    }
}

/// What acts on what in the surveys made here, in the order in which the index tells it.
const TRUTH: [f64; 9] = [0.5, 0.2, 0.6, 0.1, 0.5, 0.3, -0.4, 0.7, -0.2];

/// The six things of one respondent, 50 on average, with errors that grow with what was expected.
fn respondent(dice: &mut Dice) -> [f64; 6] {
    let expectation = 10.0 * dice.normal();
    let mut error = || (5.0 + 0.2 * expectation.abs()) * dice.normal();
    let quality = TRUTH[0] * expectation + error();
    let value = TRUTH[1] * expectation + TRUTH[2] * quality + error();
    let satisfaction = TRUTH[3] * expectation + TRUTH[4] * quality + TRUTH[5] * value + error();
    let complaints = TRUTH[6] * satisfaction + error();
    let loyalty = TRUTH[7] * satisfaction + TRUTH[8] * complaints + error();
    [
        expectation,
        quality,
        value,
        satisfaction,
        complaints,
        loyalty,
    ]
}

/// A question about something on a scale of points that nothing reaches the end of.
fn question(about: Latent) -> Question {
    Question {
        about,
        least: -500.0,
        most: 500.0,
    }
}

fn usual(questions: &[Question], rows: &[Vec<Option<f64>>]) -> Result<Index, Refusal> {
    Index::of(questions, rows, Confidence::USUAL)
}

fn told(index: &Index) -> Vec<Path> {
    let paths = index.paths.iter();
    paths
        .flat_map(|(_, paths)| paths.iter().flatten().copied())
        .collect()
}

#[test]
fn planted_effects_lie_in_their_intervals_as_often_as_promised() {
    let questions = Latent::ALL.map(question);
    let (mut dice, mut held, surveys) = (Dice(11), [0; 9], 400);
    for _ in 0..surveys {
        let rows: Vec<_> = (0..120)
            .map(|_| respondent(&mut dice).map(Some).to_vec())
            .collect();
        let index = usual(&questions, &rows).expect("an index");
        assert_eq!(index.respondents, 120);
        assert_eq!(told(&index).len(), 9, "no effect is refused");
        for ((path, truth), held) in told(&index).iter().zip(TRUTH).zip(&mut held) {
            *held += i32::from(path.effect.interval.holds(truth));
            assert!(path.effect.standard_error > 0.0 && path.effect.n == 120);
        }
    }
    for (at, held) in held.into_iter().enumerate() {
        let share = f64::from(held) / f64::from(surveys);
        assert!((0.92..0.985).contains(&share), "effect {at}: {share}");
    }
}

/// Three questions a thing, the first exact and the others less and less so.
fn several() -> (Vec<Question>, impl Fn(&mut Dice) -> Vec<Option<f64>>) {
    let questions = Latent::ALL.iter().flat_map(|&about| [question(about); 3]);
    let answers = |dice: &mut Dice| {
        let things = respondent(dice);
        let answers = things
            .iter()
            .flat_map(|thing| [0.0, 4.0, 12.0].map(|error| thing + error * dice.normal()));
        answers.map(Some).collect()
    };
    (questions.collect(), answers)
}

#[test]
fn questions_weigh_by_what_they_have_in_common_where_there_are_enough() {
    let (questions, answers) = several();
    let mut dice = Dice(5);
    let rows: Vec<_> = (0..3_000).map(|_| answers(&mut dice)).collect();
    let index = usual(&questions, &rows).expect("an index");
    for score in &index.scores {
        assert_eq!(score.equal_because, None);
        let [exact, near, far] = score.weights[..] else {
            panic!("three questions")
        };
        assert!((exact + near + far - 1.0).abs() < 1e-12);
        assert!(exact > near && near > far && far > 0.0, "{score:?}");
        assert!(score.level.interval.holds(50.0) || (score.level.value - 50.0).abs() < 0.1);
    }
    let satisfaction = index.satisfaction().expect("the index");
    assert_eq!(satisfaction.n, 3_000);
    // Errors in the questions draw effects towards zero, but the greater stay the greater.
    let effects: Vec<f64> = told(&index).iter().map(|path| path.effect.value).collect();
    assert!(
        effects[4] > effects[3] && effects[7] > 0.4 && effects[6] < 0.0,
        "{effects:?}"
    );
}

#[test]
fn small_samples_weigh_equally_and_say_so() {
    let (questions, answers) = several();
    let mut dice = Dice(3);
    let rows: Vec<_> = (0..99).map(|_| answers(&mut dice)).collect();
    let index = usual(&questions, &rows).expect("an index");
    let few = |needed, found| Refusal::TooFew { needed, found };
    for score in &index.scores {
        assert_eq!(score.equal_because, Some(few(100, 99)));
        assert_eq!(score.weights, [1.0 / 3.0; 3]);
    }
    assert_eq!(told(&index).len(), 9, "effects need thirty");
    let index = usual(&questions, &rows[..29]).expect("an index");
    assert!(
        index
            .satisfaction()
            .is_some_and(|index| index.standard_error > 0.0)
    );
    for (_, paths) in &index.paths {
        assert_eq!(*paths, Err(few(30, 29)));
    }
    assert_eq!(usual(&questions, &rows[..1]), Err(few(2, 1)));
}

/// The survey of the page: two questions on 1 to 10 about satisfaction, and one about everything else.
fn page(satisfaction: [[f64; 2]; 3]) -> Result<Index, Refusal> {
    let on_ten = |about| Question {
        about,
        least: 1.0,
        most: 10.0,
    };
    let mut questions = Latent::ALL.map(on_ten).to_vec();
    questions.push(on_ten(Latent::Satisfaction));
    let row = |[first, second]: [f64; 2]| {
        let mut row = vec![Some(5.0); 7];
        row[3] = Some(first);
        row[6] = Some(second);
        row
    };
    usual(&questions, &satisfaction.map(row))
}

#[test]
fn the_page_s_example_holds() {
    let index = page([[10.0, 7.0], [7.0, 4.0], [4.0, 1.0]]).expect("an index");
    let satisfaction = index.satisfaction().expect("the index");
    assert!((satisfaction.value - 50.0).abs() < 1e-9);
    assert!((satisfaction.standard_error - 100.0 / 27.0f64.sqrt()).abs() < 1e-9);
    assert_eq!(
        (satisfaction.interval.low, satisfaction.interval.high),
        (0.0, 100.0)
    );
    assert_eq!(
        page([[11.0, 7.0], [7.0, 4.0], [4.0, 1.0]]),
        Err(Refusal::OffTheScale)
    );
    assert_eq!(
        page([[f64::NAN, 7.0], [7.0, 4.0], [4.0, 1.0]]),
        Err(Refusal::OffTheScale)
    );
}

#[test]
fn who_left_something_out_is_not_counted_but_told() {
    let questions = Latent::ALL.map(question);
    let mut dice = Dice(9);
    let mut rows: Vec<_> = (0..40)
        .map(|_| respondent(&mut dice).map(Some).to_vec())
        .collect();
    let without = usual(&questions, &rows[2..]).expect("an index");
    rows[0][2] = None;
    rows[1] = vec![None; 6];
    let index = usual(&questions, &rows).expect("an index");
    assert_eq!((index.respondents, index.left_out), (38, 2));
    assert_eq!(index.scores, without.scores);
    assert_eq!(index.paths, without.paths);
    rows[0].pop();
    assert_eq!(usual(&questions, &rows), Err(Refusal::Ragged));
    assert_eq!(usual(&questions[1..], &rows), Err(Refusal::NotAsked));
    let mut endless = questions;
    endless[0].most = endless[0].least;
    assert_eq!(usual(&endless, &rows[2..]), Err(Refusal::OffTheScale));
}

#[test]
fn a_thing_that_does_not_vary_costs_its_own_effects_only() {
    let questions = Latent::ALL.map(question);
    let mut dice = Dice(2);
    let nobody_complains = |mut things: [f64; 6]| {
        things[4] = 0.0;
        things.map(Some).to_vec()
    };
    let rows: Vec<_> = (0..150)
        .map(|_| nobody_complains(respondent(&mut dice)))
        .collect();
    let index = usual(&questions, &rows).expect("an index");
    for (to, paths) in &index.paths {
        let is_cut_off = matches!(to, Latent::Complaints | Latent::Loyalty);
        assert_eq!(
            paths.clone().err(),
            is_cut_off.then_some(Refusal::NoVariation),
            "{to:?}"
        );
    }
    assert_eq!(index.scores[4].equal_because, Some(Refusal::NoVariation));
    // A scale that runs the other way is turned by its ends.
    let mut turned = questions;
    (turned[1].least, turned[1].most) = (turned[1].most, turned[1].least);
    let turned = usual(&turned, &rows).expect("an index");
    assert!((turned.scores[1].level.value - (100.0 - index.scores[1].level.value)).abs() < 1e-9);
}
