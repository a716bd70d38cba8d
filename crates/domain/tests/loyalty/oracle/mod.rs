//! The rules again, told of single points: each point is a thing of its own that lies somewhere. Slow, and without lots,
//! queues, sums or entries.

use perennial_domain::Date;
use perennial_domain::loyalty::{
    Expiry, ExpiryPolicy, Moment, Programme, Refusal, Standing, Version,
};

mod moves;
mod reversals;

/// Where a point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Free,
    Held(usize),
    Spent,
    Lapsed { forgiven: bool },
    Gone,
}

/// One point.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub(crate) owner: usize,
    /// It came in together with those of the same number; lower ones came earlier.
    came: usize,
    /// The earning of its owner's that it comes from.
    earning: Option<usize>,
    active_from: Date,
    expiry: Expiry,
    pub(crate) state: State,
    /// Where it was before merges: owner, arrival, earning, and the merge.
    before: Vec<(usize, usize, Option<usize>, usize)>,
}

pub(crate) struct Earned {
    owner: usize,
    /// Quantity, points and what came back, of each line.
    lines: Vec<(i64, i64, i64)>,
    taken: i64,
}

pub(crate) struct Burnt {
    owner: usize,
    /// The points in the order in which they went, then what was borrowed.
    points: Vec<usize>,
    borrowed: usize,
}

pub(crate) struct Kept {
    owner: usize,
    until: i64,
    points: Vec<usize>,
    is_open: bool,
}

#[derive(Default)]
pub(crate) struct Member {
    pub(crate) debt: i64,
    active_on: Date,
    /// Into whom, which merge, and how much debt went along.
    merged: Option<(usize, usize)>,
    debt_gone: i64,
}

pub(crate) struct Oracle {
    programme: Programme,
    pub(crate) now: Moment,
    pub(crate) members: Vec<Member>,
    pub(crate) points: Vec<Point>,
    pub(crate) earned: Vec<Earned>,
    pub(crate) burnt: Vec<Burnt>,
    pub(crate) kept: Vec<Kept>,
    arrivals: usize,
    merges: usize,
}

type Outcome = Result<(), Refusal>;
const MOST: i64 = 1_000_000_000_000;

impl Oracle {
    pub(crate) fn new(programme: Programme, members: usize) -> Self {
        Self {
            programme,
            now: Moment::default(),
            members: (0..members).map(|_| Member::default()).collect(),
            points: Vec::new(),
            earned: Vec::new(),
            burnt: Vec::new(),
            kept: Vec::new(),
            arrivals: 0,
            merges: 0,
        }
    }

    pub(crate) fn version(&self) -> Version {
        self.programme.on(self.now.on).unwrap().clone()
    }

    fn last_day(&self, point: &Point) -> Date {
        let far = Date::of(9999, 12, 31).unwrap();
        match point.expiry {
            Expiry::Never => far,
            Expiry::On(day) => day,
            Expiry::Idle { months } => {
                let last = self.members[point.owner].active_on;
                match (ExpiryPolicy::After { months }).counted_from(last) {
                    Expiry::On(day) => day,
                    _ => far,
                }
            }
        }
    }

    /// Free points of a member, active ones in the order of spending, then those that are not active yet.
    fn in_order(&self, who: usize) -> (Vec<usize>, Vec<usize>) {
        let free = |at: &usize| {
            let point = &self.points[*at];
            point.owner == who && point.state == State::Free
        };
        let all = (0..self.points.len()).filter(free);
        let (mut active, mut waiting): (Vec<_>, Vec<_>) =
            all.partition(|at| self.points[*at].active_from <= self.now.on);
        active.sort_by_key(|at| {
            let point = &self.points[*at];
            (self.last_day(point), point.active_from, point.came)
        });
        waiting.sort_by_key(|at| (self.points[*at].active_from, self.points[*at].came));
        (active, waiting)
    }

    fn free(&self, who: usize) -> i64 {
        self.in_order(who).0.len() as i64
    }

    pub(crate) fn balance(&self, who: usize) -> i64 {
        let has = |point: &&Point| {
            point.owner == who && matches!(point.state, State::Free | State::Held(_))
        };
        self.points.iter().filter(has).count() as i64 - self.members[who].debt
    }

    pub(crate) fn standing(&self, who: usize) -> Standing {
        let mut standing = Standing {
            balance: self.balance(who),
            arrears: self.members[who].debt,
            ..Standing::default()
        };
        for point in self.points.iter().filter(|point| point.owner == who) {
            match point.state {
                State::Held(hold) if self.kept[hold].until > self.now.at.micros() => {
                    standing.held += 1;
                }
                State::Free | State::Held(_) => {
                    if self.last_day(point) < self.now.on {
                        standing.overdue += 1;
                    } else if point.active_from > self.now.on {
                        standing.pending += 1;
                    } else {
                        standing.spendable += 1;
                    }
                }
                _ => {}
            }
        }
        standing.spendable = 0.max(standing.spendable - standing.arrears);
        standing
    }

    /// Free points by expiry and first day, with how many.
    pub(crate) fn lots(&self, who: usize) -> Vec<(Expiry, Date, i64)> {
        let (active, waiting) = self.in_order(who);
        let mut lots = std::collections::BTreeMap::new();
        for at in active.into_iter().chain(waiting) {
            let point = &self.points[at];
            *lots.entry((point.expiry, point.active_from)).or_insert(0) += 1;
        }
        lots.into_iter()
            .map(|((expiry, from), count)| (expiry, from, count))
            .collect()
    }

    pub(crate) fn lapse(&mut self, who: usize) {
        for hold in 0..self.kept.len() {
            let kept = &self.kept[hold];
            if kept.owner == who && kept.is_open && kept.until <= self.now.at.micros() {
                self.free_hold(hold);
            }
        }
        for at in self.in_order(who).0 {
            if self.last_day(&self.points[at]) < self.now.on {
                self.points[at].state = State::Lapsed { forgiven: false };
            }
        }
    }

    fn free_hold(&mut self, hold: usize) {
        self.kept[hold].is_open = false;
        for at in self.kept[hold].points.clone() {
            self.points[at].state = State::Free;
        }
    }

    /// New points, after debts are paid. They came in together.
    fn add(&mut self, who: usize, count: i64, from: Date, expiry: Expiry, earning: Option<usize>) {
        let paid = count.min(self.members[who].debt);
        self.members[who].debt -= paid;
        self.put(who, count - paid, from, expiry, earning);
    }

    fn put(&mut self, who: usize, count: i64, from: Date, expiry: Expiry, earning: Option<usize>) {
        self.arrivals += 1;
        for _ in 0..count {
            self.members[who].active_on = self.now.on;
            self.points.push(Point {
                owner: who,
                came: self.arrivals,
                earning,
                active_from: from,
                expiry,
                state: State::Free,
                before: Vec::new(),
            });
        }
    }

    fn fresh_days(&self) -> (Date, Expiry) {
        let version = self.version();
        let from = self.now.on.plus_days(version.activation_days.into());
        (from, version.expiry.counted_from(from))
    }

    fn unmerged(&self, who: usize, name: impl Fn(usize) -> uuid::Uuid) -> Outcome {
        match self.members[who].merged {
            Some((into, _)) => Err(Refusal::Merged { into: name(into) }),
            None => Ok(()),
        }
    }

    /// Begins: the members concerned are who asks, all that it was merged into, and the other side.
    fn begin(&mut self, who: usize, other: Option<usize>) -> Vec<usize> {
        let mut concerned = vec![who];
        while let Some((into, _)) = self.members[concerned[concerned.len() - 1]].merged {
            concerned.push(into);
        }
        concerned.extend(other);
        for member in concerned.clone() {
            self.lapse(member);
        }
        concerned
    }

    fn finish(&mut self, concerned: Vec<usize>) -> Outcome {
        for member in concerned {
            self.lapse(member);
        }
        Ok(())
    }

    pub(crate) fn earn(&mut self, who: usize, lines: &[(i64, i64)]) -> Outcome {
        let concerned = self.begin(who, None);
        self.unmerged(who, crate::shop::member)?;
        let (from, expiry) = self.fresh_days();
        self.earned.push(Earned {
            owner: who,
            lines: lines
                .iter()
                .map(|(quantity, points)| (*quantity, *points, 0))
                .collect(),
            taken: 0,
        });
        let total = lines.iter().map(|(_, points)| points).sum();
        self.add(who, total, from, expiry, Some(self.earned.len() - 1));
        self.members[who].active_on = self.now.on;
        self.finish(concerned)
    }

    fn enough(&self, who: usize, points: i64, limit: i64) -> Outcome {
        if !(1..=MOST).contains(&points) {
            return Err(Refusal::Amount);
        }
        let available = 0.max(self.free(who) - self.members[who].debt + limit);
        (points <= available)
            .then_some(())
            .ok_or(Refusal::NotEnough { available })
    }

    fn spend(&mut self, who: usize, count: i64, state: State) -> Vec<usize> {
        let mut order = self.in_order(who).0;
        order.truncate(count as usize);
        for at in &order {
            self.points[*at].state = state;
        }
        order
    }

    pub(crate) fn burn(&mut self, who: usize, points: i64) -> Outcome {
        let concerned = self.begin(who, None);
        self.unmerged(who, crate::shop::member)?;
        self.enough(who, points, self.version().negative_limit)?;
        let spent = self.spend(who, points, State::Spent);
        let borrowed = points as usize - spent.len();
        self.members[who].debt += borrowed as i64;
        self.members[who].active_on = self.now.on;
        self.burnt.push(Burnt {
            owner: who,
            points: spent,
            borrowed,
        });
        self.finish(concerned)
    }

    pub(crate) fn hold(&mut self, who: usize, points: i64, until: i64) -> Outcome {
        let concerned = self.begin(who, None);
        self.unmerged(who, crate::shop::member)?;
        self.enough(who, points, 0)?;
        let points = self.spend(who, points, State::Held(self.kept.len()));
        self.kept.push(Kept {
            owner: who,
            until,
            points,
            is_open: true,
        });
        self.finish(concerned)
    }

    pub(crate) fn capture(&mut self, hold: usize, points: i64) -> Outcome {
        let who = self.kept[hold].owner;
        let concerned = self.begin(who, None);
        self.unmerged(who, crate::shop::member)?;
        if !(1..=MOST).contains(&points) {
            return Err(Refusal::Amount);
        }
        if !self.kept[hold].is_open {
            return Err(Refusal::NoSuchHold);
        }
        let available = self.kept[hold].points.len() as i64;
        if points > available {
            return Err(Refusal::NotEnough { available });
        }
        self.free_hold(hold);
        let spent = self.kept[hold].points[..points as usize].to_vec();
        for at in &spent {
            self.points[*at].state = State::Spent;
        }
        self.members[who].active_on = self.now.on;
        self.burnt.push(Burnt {
            owner: who,
            points: spent,
            borrowed: 0,
        });
        self.finish(concerned)
    }

    pub(crate) fn release(&mut self, hold: usize) -> Outcome {
        let who = self.kept[hold].owner;
        let concerned = self.begin(who, None);
        self.unmerged(who, crate::shop::member)?;
        if !self.kept[hold].is_open {
            return Err(Refusal::NoSuchHold);
        }
        self.free_hold(hold);
        self.finish(concerned)
    }

    pub(crate) fn adjust(&mut self, who: usize, points: i64) -> Outcome {
        let concerned = self.begin(who, None);
        self.unmerged(who, crate::shop::member)?;
        if points > 0 {
            let (from, expiry) = self.fresh_days();
            self.add(who, points, from, expiry, None);
        } else {
            self.enough(who, -points, 0)?;
            self.spend(who, -points, State::Gone);
        }
        self.finish(concerned)
    }

    pub(crate) fn forfeit(&mut self, who: usize) -> Outcome {
        let concerned = self.begin(who, None);
        self.unmerged(who, crate::shop::member)?;
        let (active, waiting) = self.in_order(who);
        for at in active.into_iter().chain(waiting) {
            self.points[at].state = State::Lapsed { forgiven: false };
        }
        self.finish(concerned)
    }
}
