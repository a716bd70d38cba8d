//! Service clocks: how long a complaint has waited in business time, when its time is up, and why.
//!
//! # What it promises
//!
//! A clock is a pure function of three values: the [`Log`] of what happened, [`Calendar`]s in versions, [`Policy`]s in versions. Nothing
//! is counted up and stored, so nothing goes stale. The way of the data:
//!
//! ```text
//! Log, Policy ── progress ──► cycles: what each clock did since when (runs, is paused, stands)
//! Calendar ──── Timetable ──► intervals of UTC when we are open, with a running sum
//! both ──────── reckon ─────► Reading (elapsed, deadline, state, breach, escalations), Explanation (pieces that add up to it)
//! ```
//!
//! - What has elapsed is the time we were open since the start, less pauses, to the microsecond; the parts of a time add up to the whole.
//! - From start to deadline exactly the target is open time, on the days when a zone changes its clock as on all others.
//! - A pause moves the deadline by the business time in it. A change of policy or priority forgets nothing: what was counted stays
//!   counted, by the hours that held then; from the change on the new hours count against the new target.
//! - Between the end of a complaint and its reopening no clock runs; then each follows its own rule, [`Reopen`].
//! - A promise that was broken stays broken, whatever is changed afterwards; once [`What::Breached`] is recorded, even if hours that had
//!   been in force are altered. In time is who stops the clock at the deadline or before, by the moment: a deadline of 17:00, the closing time,
//!   is over at 17:01, although no business time has passed since.
//! - Only a clock that runs escalates; a level fires once in a cycle, inside hours if it is to.
//! - What was recorded of a cycle stays with it when something that happened before is written later. A cycle is named by the
//!   event that began it, [`Event::id`]; an event that finds it going on, and would have begun it else, names it as well. So a
//!   message of the customer that comes to light as the first one moves the start, and nobody is told again; an answer that comes to
//!   light cuts a wait in two, and what was told of the first says nothing of the second.
//!
//! # What each clock measures
//!
//! The *first response* clock runs from the opening to our first answer. The *next response* clock begins when the customer speaks again
//! after we had answered, once however often they do, and ends with our answer. The *resolution* clock runs from the opening to the end. The end of a
//! complaint, resolved or closed, stops all three. Of two complaints that are merged, what both still owe is owed since the earlier
//! start, with the pauses of that one until the survivor's start and the survivor's own from then on; what only the absorbed one owes becomes
//! a cycle more; what the survivor has answered stays answered. A survivor that is over owes nothing itself: what it takes over stands
//! from the merging on, by the terms of the absorbed complaint, until the survivor is reopened, and then follows the rule of its clock.
//!
//! # What it does not know
//!
//! Who is on duty, who is to be told, what time it is now. Years before 1970 and after 2099 (closed): zones are known as `chrono-tz`
//! lists them, by the rules of its release, up to 2099. Deadlines more than ten years ahead (none). Time without a policy: nothing was promised, so
//! nothing counts. While a clock is paused its deadline is not known, only what remains. What was recorded of a cycle that, as later
//! came to light, never was, is kept in the log and counts for none.
//!
//! # An example by hand
//!
//! Open Monday to Friday 09:00–12:00 and 13:00–17:00; 4 h to resolve, not while we wait for the customer. Opened on Friday at 16:10:
//! 50 min until 17:00. On Monday 09:00–10:30, 1 h 30 min; then we wait for the customer until 13:30. At 14:00 it is 50 + 90 + 30 min = 2 h 50 min
//! of 4 h. What remains, 1 h 10 min, is over at 15:10. Without the pause it would have been 13:10: the pause lasted three hours, of which
//! 10:30–12:00 and 13:00–13:30, two hours, were business time. (`tests/clock/worked.rs` counts it.)
//!
//! Source of the states and rules: the invariants that service desks break, each of which is a test in `tests/clock`.

mod calendar;
mod duration;
mod log;
mod policy;
mod reading;

#[cfg(feature = "server")]
mod progress;
#[cfg(feature = "server")]
mod reckon;
#[cfg(feature = "server")]
mod render;
#[cfg(feature = "server")]
mod rules;
#[cfg(feature = "server")]
mod timetable;

pub use calendar::{Calendar, CalendarFault, CalendarVersion, Opening, SpecialDay, TimeOfDay};
pub use duration::Duration;
pub use log::{Breach, Event, Log, What};
pub use policy::{Clock, Goal, Level, Policy, PolicyVersion, Priority, Reopen, Terms, Wait};
pub use reading::{Escalation, Explanation, Piece, PieceKind, Reading, State};

#[cfg(feature = "server")]
pub use rules::{Rules, RulesFault, UnknownPolicy};
#[cfg(feature = "server")]
pub use timetable::Timetable;
