//! Whether rules can be kept to: what makes a programme of versions, and what does not.

use chrono::Datelike as _;

use super::earning::{Campaign, ONE, Rate, Rule};
use super::programme::{ExpiryPolicy, Programme, Restoring, Version};
use super::spending::MOST;
use crate::{Date, Decimal};

/// Why versions make no programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAProgramme {
    /// There are none.
    Empty,
    /// They do not ascend in number and first day.
    Order,
    /// A first day outside the years 1 to 9999.
    FirstDay,
    /// A zone that is none.
    Zone,
    /// Days of activation or grace or an expiry beyond a hundred years, or points that expire after no idle month.
    Days,
    /// A limit of overdrawing below zero or above a trillion points.
    Limit,
    /// A rate below zero or above a trillion points, or for no amount.
    Rate,
    /// A campaign that ends before it begins, lies outside the calendar, or does not multiply by more than one.
    Campaign,
    /// A cap below zero.
    Cap,
    /// Tiers whose thresholds are not above zero and ascending, or whose period has no month.
    Tiers,
    /// A tier's multiplier below zero, or of a tier that there is not.
    Multiplier,
}

impl std::fmt::Display for NotAProgramme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Empty => "a programme has a version",
            Self::Order => "versions ascend in number and first day",
            Self::FirstDay => "a version begins on a day of the years 1 to 9999",
            Self::Zone => "a version has a time zone",
            Self::Days => "nothing waits or is kept for more than a hundred years, and points expire after at least one idle month",
            Self::Limit => "a limit lies between 0 and a trillion points",
            Self::Rate => "a rate is of 0 to a trillion points, for an amount above 0",
            Self::Campaign => "a campaign ends after it begins and multiplies by more than 1",
            Self::Cap => "a cap is not below 0",
            Self::Tiers => "thresholds of tiers are above 0 and ascend, and periods have a month",
            Self::Multiplier => "a multiplier is not below 0 and is that of a tier",
        })
    }
}

impl std::error::Error for NotAProgramme {}

/// For how long anything waits or is kept at most: a hundred years, so that days stay within the calendar.
const MOST_DAYS: u32 = 36_500;
const MOST_MONTHS: u32 = 1_200;

impl TryFrom<Vec<Version>> for Programme {
    type Error = NotAProgramme;

    fn try_from(versions: Vec<Version>) -> Result<Self, NotAProgramme> {
        if versions.is_empty() {
            return Err(NotAProgramme::Empty);
        }
        let in_order = versions.windows(2).all(
            |pair| matches!(pair, [a, b] if a.number < b.number && a.valid_from < b.valid_from),
        );
        if !in_order {
            return Err(NotAProgramme::Order);
        }
        versions.iter().try_for_each(Version::check)?;
        Ok(Self(versions))
    }
}

impl Version {
    fn check(&self) -> Result<(), NotAProgramme> {
        let Self { earning, .. } = self;
        let tiers = self.tiers.as_ref();
        let thresholds = tiers.map_or(&[][..], |tiers| &tiers.thresholds);
        let in_calendar = |day: Date| (1..=9999).contains(&day.naive().year());
        let grace = match self.restoring {
            Restoring::Dead => 0,
            Restoring::Grace { days } => days,
        };
        let grace = grace.max(tiers.map_or(0, |tiers| tiers.grace_days));
        let expires = match self.expiry {
            ExpiryPolicy::Never => true,
            ExpiryPolicy::After { months } => months <= MOST_MONTHS,
            ExpiryPolicy::Idle { months } => (1..=MOST_MONTHS).contains(&months),
            ExpiryPolicy::YearEnd { years } => years <= MOST_MONTHS / 12,
        };
        let is_rate = |rule: &Rule| match rule.rate {
            Rate::Money { points, per } => (0..=MOST).contains(&points) && per > Decimal::default(),
            Rate::Piece { points } => (0..=MOST).contains(&points),
        };
        let is_campaign = |campaign: &Campaign| {
            let days = [campaign.first, campaign.last];
            days.is_sorted() && days.into_iter().all(in_calendar) && campaign.times > ONE
        };
        let caps = [earning.caps.purchase, earning.caps.day, earning.caps.month];
        let checks = [
            (in_calendar(self.valid_from), NotAProgramme::FirstDay),
            (is_zone(&self.zone), NotAProgramme::Zone),
            (
                self.activation_days.max(grace) <= MOST_DAYS && expires,
                NotAProgramme::Days,
            ),
            (
                (0..=MOST).contains(&self.negative_limit),
                NotAProgramme::Limit,
            ),
            (earning.rules.iter().all(is_rate), NotAProgramme::Rate),
            (
                earning.campaigns.iter().all(is_campaign),
                NotAProgramme::Campaign,
            ),
            (
                caps.into_iter().flatten().all(|cap| cap >= 0),
                NotAProgramme::Cap,
            ),
            (
                thresholds.first().is_none_or(|first| *first > 0)
                    && thresholds.is_sorted_by(|lower, upper| lower < upper)
                    && tiers.is_none_or(|tiers| tiers.months > 0),
                NotAProgramme::Tiers,
            ),
            (
                earning.tiers.iter().all(|(tier, times)| {
                    *tier as usize <= thresholds.len() && *times >= Decimal::default()
                }),
                NotAProgramme::Multiplier,
            ),
        ];
        let fault = checks.into_iter().find(|(is_right, _)| !is_right);
        fault.map_or(Ok(()), |(_, fault)| Err(fault))
    }
}

/// Whether this is an IANA time zone.
#[cfg(feature = "server")]
fn is_zone(name: &str) -> bool {
    crate::time::is_zone(name)
}

/// Whether this may be a time zone: only the server knows them all.
#[cfg(not(feature = "server"))]
const fn is_zone(name: &str) -> bool {
    !name.is_empty()
}

#[cfg(test)]
mod tests {
    use super::super::earning::{Caps, Scope};
    use super::super::tier::{Anchor, Downgrade, LateReturns, TierRules};
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> Date {
        Date::of(year, month, day).unwrap()
    }

    /// A version with a change is refused for that reason, both when it is made and when it is read.
    fn refused(change: impl FnOnce(&mut Version)) -> Option<NotAProgramme> {
        let mut version = Version {
            number: 1,
            valid_from: day(2027, 1, 1),
            zone: "Asia/Shanghai".to_owned(),
            ..Version::default()
        };
        change(&mut version);
        let text = serde_json::to_string(&[&version]).unwrap();
        let made = Programme::try_from(vec![version]);
        let read = serde_json::from_str::<Programme>(&text);
        if let Err(reason) = made {
            let read = read.unwrap_err().to_string();
            // A day that is none is refused as a day already.
            assert!(reason == NotAProgramme::FirstDay || read.contains(&reason.to_string()));
            return Some(reason);
        }
        assert_eq!(read.unwrap(), made.unwrap());
        None
    }

    #[test]
    fn a_rule_that_cannot_be_kept_to_is_no_rule() {
        use NotAProgramme as Not;
        let per = |text: &str| text.parse::<Decimal>().unwrap();
        let rule = |rate| Rule {
            scope: Scope::Everything,
            rate,
        };
        let money = |points, text| {
            rule(Rate::Money {
                points,
                per: per(text),
            })
        };
        let piece = |points| rule(Rate::Piece { points });
        for right in [money(0, "1"), money(MOST, "0.0001"), piece(0)] {
            assert_eq!(refused(|version| version.earning.rules.push(right)), None);
        }
        let wrong = [
            money(-1, "1"),
            money(1, "0"),
            money(1, "-1"),
            money(MOST + 1, "1"),
        ];
        for wrong in wrong.into_iter().chain([piece(-1), piece(i64::MAX)]) {
            let rules = vec![piece(1), wrong];
            assert_eq!(
                refused(|version| version.earning.rules = rules),
                Some(Not::Rate)
            );
        }
        for cap in [-1, i64::MIN] {
            let caps: [fn(&mut Caps) -> &mut Option<i64>; 3] = [
                |caps| &mut caps.purchase,
                |caps| &mut caps.day,
                |caps| &mut caps.month,
            ];
            for of in caps {
                let change = |version: &mut Version| *of(&mut version.earning.caps) = Some(cap);
                assert_eq!(refused(change), Some(Not::Cap));
            }
        }
        for limit in [-1, MOST + 1] {
            let change = |version: &mut Version| version.negative_limit = limit;
            assert_eq!(refused(change), Some(Not::Limit));
        }
    }

    #[test]
    fn days_and_zones_are_those_of_a_calendar() {
        use NotAProgramme as Not;
        let first_day = |valid_from| refused(|version| version.valid_from = valid_from);
        assert_eq!(first_day(Date::default()), Some(Not::FirstDay));
        assert_eq!(first_day(day(9999, 12, 31)), None);
        let zone = |zone: &str| refused(|version| version.zone = zone.to_owned());
        assert_eq!((zone("UTC"), zone("")), (None, Some(Not::Zone)));
        #[cfg(feature = "server")]
        assert_eq!(zone("Mars/Olympus"), Some(Not::Zone));
        let activation = |days| refused(|version| version.activation_days = days);
        assert_eq!(
            (activation(36_500), activation(36_501)),
            (None, Some(Not::Days))
        );
        let grace = |days| refused(|version| version.restoring = Restoring::Grace { days });
        assert_eq!((grace(36_500), grace(u32::MAX)), (None, Some(Not::Days)));
        let idle = |months| refused(|version| version.expiry = ExpiryPolicy::Idle { months });
        assert_eq!((idle(1), idle(0)), (None, Some(Not::Days)));
        let after = |months| refused(|version| version.expiry = ExpiryPolicy::After { months });
        assert_eq!((after(0), after(1_201)), (None, Some(Not::Days)));
        let year_end = |years| refused(|version| version.expiry = ExpiryPolicy::YearEnd { years });
        assert_eq!((year_end(0), year_end(101)), (None, Some(Not::Days)));
        let campaign = |first, last, times: &str| {
            let (id, times) = (uuid::Uuid::nil(), times.parse().unwrap());
            let scope = Scope::Everything;
            let campaign = Campaign {
                id,
                scope,
                first,
                last,
                times,
            };
            refused(|version| version.earning.campaigns.push(campaign))
        };
        let (may, june) = (day(2027, 5, 1), day(2027, 6, 1));
        assert_eq!(
            (campaign(may, june, "2"), campaign(may, may, "1.5")),
            (None, None)
        );
        for (first, last, times) in [(june, may, "2"), (may, june, "1"), (may, june, "-2")] {
            assert_eq!(campaign(first, last, times), Some(Not::Campaign));
        }
    }

    #[test]
    fn tiers_ask_for_more_and_more() {
        use NotAProgramme as Not;
        let rules = |thresholds: &[i64]| TierRules {
            thresholds: thresholds.to_vec(),
            anchor: Anchor::default(),
            months: 12,
            grace_days: 0,
            downgrade: Downgrade::default(),
            late_returns: LateReturns::default(),
        };
        let with = |rules| refused(|version| version.tiers = Some(rules));
        for right in [&[][..], &[1], &[50, 100]] {
            assert_eq!(with(rules(right)), None);
        }
        for wrong in [[0, 100], [100, 50], [50, 50]] {
            assert_eq!(with(rules(&wrong)), Some(Not::Tiers));
        }
        let endless = TierRules {
            months: 0,
            ..rules(&[1])
        };
        assert_eq!(with(endless), Some(Not::Tiers));
        let patient = TierRules {
            grace_days: u32::MAX,
            ..rules(&[1])
        };
        assert_eq!(with(patient), Some(Not::Days));
        let times = |tier, times: i64| {
            refused(|version| {
                version.tiers = Some(rules(&[50, 100]));
                version.earning.tiers = [(tier, Decimal::from_ten_thousandths(times))].into();
            })
        };
        assert_eq!((times(0, 0), times(2, 15_000)), (None, None));
        assert_eq!(
            (times(1, -1), times(3, 1)),
            (Some(Not::Multiplier), Some(Not::Multiplier))
        );
    }
}
