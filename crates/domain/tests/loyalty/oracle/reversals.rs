//! Taking back and giving back.

use std::cmp::Reverse;

use perennial_domain::loyalty::{Expiry, Refusal, Restoring, TakingBack};

use super::{MOST, Oracle, Outcome, Point, State};

impl Oracle {
    /// `returned`: the line and how much of it; none for all that is left.
    pub(crate) fn reverse_earn(
        &mut self,
        earning: usize,
        returned: Option<(usize, i64)>,
    ) -> Outcome {
        const FINE: i128 = 1_000_000_000_000;
        let who = self.earned[earning].owner;
        let concerned = self.begin(who, None);
        let earned = &mut self.earned[earning];
        match returned {
            Some((line, quantity)) => {
                let line = &mut earned.lines[line];
                if quantity > line.0 - line.2 {
                    return Err(Refusal::NotBought);
                }
                line.2 += quantity;
            }
            None if earned.lines.iter().all(|line| line.0 == line.2) => {
                return Err(Refusal::MoreThanLeft { left: 0 });
            }
            None => earned.lines.iter_mut().for_each(|line| line.2 = line.0),
        }
        let shares = earned.lines.iter().map(|(quantity, points, back)| {
            let product = i128::from(*points) * i128::from(*back) * FINE;
            let whole = i128::from(*quantity);
            (product + whole - 1) / whole
        });
        let now = (shares.sum::<i128>() / FINE) as i64;
        let mut left = now - earned.taken;
        earned.taken = now;

        let is_own = |point: &Point| point.owner == who && point.earning == Some(earning);
        let mut own: Vec<usize> = (0..self.points.len())
            .filter(|at| is_own(&self.points[*at]) && self.points[*at].state == State::Free)
            .collect();
        own.sort_by_key(|at| self.points[*at].came);
        for at in own {
            if left > 0 {
                self.points[at].state = State::Gone;
                left -= 1;
            }
        }
        for point in self.points.iter_mut().filter(|point| is_own(point)) {
            if left > 0 && point.state == (State::Lapsed { forgiven: false }) {
                point.state = State::Lapsed { forgiven: true };
                left -= 1;
            }
        }
        if self.version().taking_back == TakingBack::OtherLots {
            let (active, waiting) = self.in_order(who);
            for at in active.into_iter().chain(waiting) {
                if left > 0 {
                    self.points[at].state = State::Gone;
                    left -= 1;
                }
            }
        }
        self.members[who].debt += left;
        self.pass_on(&concerned);
        self.finish(concerned)
    }

    pub(crate) fn reverse_burn(&mut self, burn: usize, count: i64) -> Outcome {
        let who = self.burnt[burn].owner;
        let concerned = self.begin(who, None);
        let left = (self.burnt[burn].points.len() + self.burnt[burn].borrowed) as i64;
        if !(1..=MOST).contains(&count) {
            return Err(Refusal::Amount);
        }
        if count > left {
            return Err(Refusal::MoreThanLeft { left });
        }
        let borrowed = count.min(self.burnt[burn].borrowed as i64);
        self.burnt[burn].borrowed -= borrowed as usize;
        let (from, expiry) = self.fresh_days();
        let cancelled = borrowed.min(self.members[who].debt);
        self.members[who].debt -= cancelled;
        let before = self.burnt[burn].points.len() - (count - borrowed) as usize;
        let back = self.burnt[burn].points.split_off(before);
        let expired: Vec<usize> = back
            .iter()
            .copied()
            .filter(|at| self.last_day(&self.points[*at]) < self.now.on)
            .collect();
        self.put(who, borrowed - cancelled, from, expiry, None);
        for at in back.iter().rev() {
            self.points[*at].state = State::Free;
        }
        if let Restoring::Grace { days } = self.version().restoring {
            let last = Expiry::On(self.now.on.plus_days(days.into()));
            let mut came = expired;
            came.sort_by_key(|at| Reverse(back.iter().position(|other| other == at)));
            let mut of = None;
            for at in came {
                if of != Some(self.points[at].came) {
                    of = Some(self.points[at].came);
                    self.arrivals += 1;
                }
                self.points[at].state = State::Gone;
                self.members[who].active_on = self.now.on;
                self.points.push(Point {
                    came: self.arrivals,
                    active_from: self.now.on,
                    expiry: last,
                    state: State::Free,
                    before: Vec::new(),
                    ..self.points[at].clone()
                });
            }
        }
        self.pass_on(&concerned);
        self.finish(concerned)
    }
}
