//! The example of the module's page, in both languages.

use perennial_domain::clock::{Clock, Duration, State, Terms, Wait, What};
use perennial_domain::text::Language;

use super::given::{
    at, calendar, goal, hours, log, monday, reading, resolution, rules, under, version, weekdays,
};

#[test]
fn the_example_by_hand() {
    let mut resolution = goal(Clock::Resolution, 4);
    resolution.pauses = vec![Wait::Customer];
    let rules = rules(weekdays("09:00-12:00 13:00-17:00"), vec![resolution]);
    let log = log([
        (at("2026-11-20T16:10"), What::Opened(under(1))),
        (monday("10:30"), What::Paused(Wait::Customer)),
        (monday("13:30"), What::CustomerReplied),
    ]);

    let before = reading(&rules, &log, Clock::Resolution, monday("10:29"));
    assert_eq!(before.deadline, Some(monday("13:10")));
    let paused = reading(&rules, &log, Clock::Resolution, monday("13:00"));
    assert_eq!(
        (paused.state, paused.wait),
        (State::Paused, Some(Wait::Customer))
    );
    assert_eq!((paused.elapsed.minutes(), paused.deadline), (140, None));

    let now = monday("14:00");
    let shown = reading(&rules, &log, Clock::Resolution, now);
    assert_eq!(
        (shown.state, shown.elapsed.minutes()),
        (State::Running, 170)
    );
    assert_eq!(shown.remaining(), Some(Duration::from_minutes(70)));
    assert_eq!(shown.deadline, Some(monday("15:10")));
    assert_eq!(shown.breach, None);

    let explanation = rules
        .explain(&log, Clock::Resolution, shown.cycle, now)
        .expect("known policies")
        .expect("a cycle");
    let pause = &explanation.pieces[2];
    assert_eq!(pause.time, Duration::from_hours(2));
    assert_eq!(
        explanation.text(Language::En),
        "2 h 50 min of 4 h: 2026-11-20 16:10–17:00, 2026-11-23 09:00–10:30, \
         paused 10:30–13:30 (waiting for the customer), 13:30–14:00"
    );
    assert_eq!(
        explanation.text(Language::ZhCn),
        "已用 2 小时 50 分钟，时限 4 小时：2026-11-20 16:10–17:00，2026-11-23 09:00–10:30，\
         10:30–13:30 暂停（等待客户），13:30–14:00"
    );

    let late = reading(&rules, &log, Clock::Resolution, monday("15:11"));
    let breach = late.breach.expect("a breach");
    assert_eq!(
        (breach.at, breach.target),
        (monday("15:10"), Duration::from_hours(4))
    );
    assert_eq!(
        (breach.policy, breach.calendar_version),
        (super::given::key(1), 1)
    );
}

#[test]
fn where_the_wall_clock_shows_a_time_twice_the_explanation_says_which() {
    let mut nights = version("Europe/Berlin", "");
    nights.week = std::array::from_fn(|_| hours("01:00-02:45"));
    let rules = rules(calendar(vec![nights]), vec![goal(Clock::Resolution, 4)]);
    // On 25 October 2026 it is 02:00 to 03:00 in summer time until 01:00 UTC, and once more in winter time.
    let moment = |time: &str| {
        let text = format!("2026-10-25T{time}:00Z");
        text.parse::<perennial_domain::Instant>().expect("a moment")
    };
    let log = log([
        (moment("00:30"), What::Opened(under(1))),
        (moment("01:10"), What::Paused(Wait::Customer)),
    ]);
    let (reading, text) = resolution(&rules, &log, moment("02:30"));
    assert_eq!(reading.elapsed.minutes(), 25);
    assert_eq!(
        text,
        "25 min of 4 h: 2026-10-25 02:30+02:00–02:45+02:00, 02:00+01:00–02:10+01:00, \
         paused 02:10+01:00–03:30 (waiting for the customer)"
    );
}

#[test]
fn a_length_of_time_is_written_in_hours_and_minutes() {
    for (minutes, en, zh) in [
        (0, "0 min", "0 分钟"),
        (59, "59 min", "59 分钟"),
        (60, "1 h", "1 小时"),
        (130, "2 h 10 min", "2 小时 10 分钟"),
        (-10, "-10 min", "-10 分钟"),
        (-60, "-1 h", "-1 小时"),
        (-70, "-1 h 10 min", "-1 小时 10 分钟"),
    ] {
        let length = Duration::from_minutes(minutes);
        let texts = [Language::En, Language::ZhCn].map(|language| length.text(language));
        assert_eq!(texts, [en, zh]);
    }
}

#[test]
fn an_explanation_in_chinese_says_what_one_in_english_says() {
    let rules = rules(
        weekdays("09:00-12:00 13:00-17:00"),
        vec![goal(Clock::Resolution, 4)],
    );
    let log = log([
        (monday("08:00"), What::Opened(Terms::default())),
        (monday("09:00"), What::TermsChanged(under(1))),
        (monday("10:00"), What::Resolved),
        (monday("14:00"), What::Reopened),
    ]);
    let now = monday("15:00");
    let shown = reading(&rules, &log, Clock::Resolution, now);
    let explanation = rules.explain(&log, Clock::Resolution, shown.cycle, now);
    let explanation = explanation.expect("known policies").expect("a cycle");
    let texts = [Language::En, Language::ZhCn].map(|language| explanation.text(language));
    assert_eq!(
        texts,
        [
            "2 h of 4 h: without a target 2026-11-23 08:00–09:00, 09:00–10:00, closed 10:00–14:00, 14:00–15:00",
            "已用 2 小时，时限 4 小时：2026-11-23 08:00–09:00 无时限，09:00–10:00，10:00–14:00 已关闭，14:00–15:00",
        ]
    );
}
