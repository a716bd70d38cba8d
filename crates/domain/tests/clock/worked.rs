//! The example of the module's page, in both languages.

use perennial_domain::clock::{Clock, Duration, Progress, State, Wait, What};
use perennial_domain::text::Language;

use super::given::{at, goal, log, monday, reading, rules, under, weekdays};

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

    let progress = Progress::of(&log, &rules, now).expect("known policies");
    let explanation = progress
        .explain(Clock::Resolution, 0, &rules, now)
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
