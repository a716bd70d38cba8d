//! Points that go to another account.

use perennial_domain::loyalty::Refusal;

use super::{Oracle, Outcome, Point, State};

impl Oracle {
    pub(crate) fn transfer(&mut self, who: usize, to: usize, points: i64) -> Outcome {
        if who == to {
            return Err(Refusal::SameAccount);
        }
        let concerned = self.begin(who, Some(to));
        self.unmerged(who, crate::shop::member)?;
        self.unmerged(to, crate::shop::member)?;
        self.enough(who, points, 0)?;
        let given = self.spend(who, points, State::Gone);
        let mut of = None;
        for at in given {
            let point = self.points[at].clone();
            if self.members[to].debt > 0 {
                self.members[to].debt -= 1;
                continue;
            }
            if of != Some(point.came) {
                of = Some(point.came);
                self.arrivals += 1;
            }
            self.members[to].active_on = self.now.on;
            self.points.push(Point {
                owner: to,
                came: self.arrivals,
                earning: None,
                state: State::Free,
                before: Vec::new(),
                ..point
            });
        }
        self.finish(concerned)
    }

    pub(crate) fn merge(&mut self, into: usize, from: usize) -> Outcome {
        if into == from {
            return Err(Refusal::SameAccount);
        }
        let concerned = self.begin(into, Some(from));
        self.unmerged(into, crate::shop::member)?;
        self.unmerged(from, crate::shop::member)?;
        if self
            .kept
            .iter()
            .any(|kept| kept.owner == from && kept.is_open)
        {
            return Err(Refusal::OpenHolds);
        }
        self.merges += 1;
        self.members[from].merged = Some((into, self.merges));
        self.members[from].debt_gone = 0;
        self.move_all(from, into, self.merges);
        self.finish(concerned)
    }

    fn move_all(&mut self, from: usize, into: usize, merge: usize) {
        let debt = std::mem::take(&mut self.members[from].debt);
        self.members[into].debt += debt;
        self.members[from].debt_gone += debt;
        let (active, waiting) = self.in_order(from);
        let mut of = None;
        for at in active.into_iter().chain(waiting) {
            self.members[into].active_on = self.now.on;
            let point = &mut self.points[at];
            if of != Some(point.came) {
                of = Some(point.came);
                self.arrivals += 1;
            }
            point.before.push((from, point.came, point.earning, merge));
            (point.owner, point.came, point.earning) = (into, self.arrivals, None);
        }
    }

    pub(super) fn pass_on(&mut self, concerned: &[usize]) {
        for pair in concerned.windows(2) {
            self.lapse(pair[0]);
            if let Some((into, merge)) = self.members[pair[0]].merged {
                self.move_all(pair[0], into, merge);
            }
        }
    }

    pub(crate) fn unmerge(&mut self, into: usize, from: usize) -> Outcome {
        if into == from {
            return Err(Refusal::SameAccount);
        }
        let concerned = self.begin(into, Some(from));
        self.unmerged(into, crate::shop::member)?;
        let Some((_, merge)) = self.members[from]
            .merged
            .filter(|(survivor, _)| *survivor == into)
        else {
            return Err(Refusal::NotMerged);
        };
        for point in &mut self.points {
            let came = point
                .before
                .last()
                .copied()
                .filter(|before| before.3 == merge);
            if let (State::Free, Some((owner, came, earning, _))) = (point.state, came) {
                point.before.pop();
                (point.owner, point.came, point.earning) = (owner, came, earning);
            }
        }
        let debt = self.members[from].debt_gone.min(self.members[into].debt);
        self.members[into].debt -= debt;
        self.members[from].debt += debt;
        self.members[from].merged = None;
        self.members[from].active_on = self.now.on;
        self.finish(concerned)
    }
}
