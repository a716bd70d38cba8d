//! An explanation in words: `1 h 10 min of 4 h: 2026-11-23 09:00–10:10, paused 10:10–11:00 (customer)`.

use chrono::{DateTime, LocalResult, NaiveDate, TimeZone};
use chrono_tz::Tz;

use super::duration::Duration;
use super::reading::{Explanation, Piece, PieceKind};
use crate::Instant;
use crate::text::{Key, Language};

impl Explanation {
    /// The sentence, with the wall clock of [`Explanation::zone`]; a day is named where it is another than before, and what the clock
    /// is ahead of UTC where it shows a time twice.
    pub fn text(&self, language: Language) -> String {
        let elapsed = self.elapsed.text(language);
        let head = match self.target {
            Some(target) => {
                let target = target.text(language);
                let parameters: [(&str, &dyn std::fmt::Display); 2] =
                    [("elapsed", &elapsed), ("target", &target)];
                Key::ExplanationOf.format(language, &parameters)
            }
            None => Key::ExplanationAlone.format(language, &[("elapsed", &elapsed)]),
        };
        let mut wall = WallClock {
            zone: self.zone.parse().unwrap_or_default(),
            day: None,
        };
        let pieces = self.pieces.iter().map(|piece| wall.piece(piece, language));
        let listed = pieces.reduce(|left, right| {
            Key::ExplanationAnd.format(language, &[("left", &left), ("right", &right)])
        });
        match listed {
            Some(pieces) => {
                Key::ExplanationListed.format(language, &[("head", &head), ("pieces", &pieces)])
            }
            None => head,
        }
    }
}

impl Duration {
    /// `2 h 10 min`, without what is left of the last minute; below zero `-2 h 10 min`.
    pub fn text(self, language: Language) -> String {
        let (hours, minutes) = (self.minutes() / 60, self.minutes() % 60);
        let minutes = if hours < 0 { -minutes } else { minutes };
        match (hours, minutes) {
            (0, _) => Key::DurationMinutes.format(language, &[("minutes", &minutes)]),
            (_, 0) => Key::DurationHours.format(language, &[("hours", &hours)]),
            _ => {
                let parameters: [(&str, &dyn std::fmt::Display); 2] =
                    [("hours", &hours), ("minutes", &minutes)];
                Key::DurationHoursMinutes.format(language, &parameters)
            }
        }
    }
}

/// A wall clock, and the day that was named last.
struct WallClock {
    zone: Tz,
    day: Option<NaiveDate>,
}

impl WallClock {
    fn piece(&mut self, piece: &Piece, language: Language) -> String {
        let (from, until) = (self.time(piece.from), self.time(piece.until));
        let (key, reason) = match piece.kind {
            PieceKind::Counted => (Key::ExplanationCounted, ""),
            PieceKind::Paused(wait) => (Key::ExplanationPaused, wait.label().text(language)),
            PieceKind::Stopped => (Key::ExplanationStopped, ""),
            PieceKind::Untimed => (Key::ExplanationUntimed, ""),
        };
        key.format(
            language,
            &[("from", &from), ("until", &until), ("reason", &reason)],
        )
    }

    fn time(&mut self, moment: Instant) -> String {
        let utc = DateTime::from_timestamp_micros(moment.micros()).unwrap_or_default();
        let local = utc.with_timezone(&self.zone);
        let date = local.date_naive();
        let day = if self.day.replace(date) == Some(date) {
            ""
        } else {
            "%Y-%m-%d "
        };
        let is_shown_twice = matches!(
            self.zone.from_local_datetime(&local.naive_local()),
            LocalResult::Ambiguous(..)
        );
        let ahead = if is_shown_twice { "%:z" } else { "" };
        local.format(&format!("{day}%H:%M{ahead}")).to_string()
    }
}
