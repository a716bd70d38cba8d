//! Buyers made up by the models' own stories, from a seed.

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every machine, for good.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// Uniform between 0 and 1, neither included.
    pub(crate) fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 12) as f64 / (1_u64 << 52) as f64 + 1.0 / (1_u64 << 53) as f64
    }

    /// Exponential with this rate.
    pub(crate) fn exponential(&mut self, rate: f64) -> f64 {
        -self.uniform().ln() / rate
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Gamma with this shape and rate (Marsaglia, Tsang 2000).
    pub(crate) fn gamma(&mut self, shape: f64, rate: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0, rate) * self.uniform().powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v / rate;
            }
        }
    }

    /// Beta.
    pub(crate) fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (a, b) = (self.gamma(a, 1.0), self.gamma(b, 1.0));
        a / (a + b)
    }
}

/// Weeks after the first purchase at which somebody bought again until `age`, who stops with probability `p` after each
/// purchase and at `end` at the latest.
pub(crate) fn purchases(dice: &mut Dice, rate: f64, p: f64, end: f64) -> Vec<f64> {
    let (mut at, mut times) = (0.0, Vec::new());
    while dice.uniform() >= p {
        at += dice.exponential(rate);
        if at > end {
            break;
        }
        times.push(at);
    }
    times
}

/// x, t_x and T of somebody who bought again at these weeks.
pub(crate) fn history(times: &[f64], age: f64) -> (u32, f64, f64) {
    (
        times.len() as u32,
        times.last().copied().unwrap_or(0.0),
        age,
    )
}

/// Somebody as BG/NBD tells it: x, t_x, T.
pub(crate) fn bg_nbd(dice: &mut Dice, [r, alpha, a, b]: [f64; 4], age: f64) -> (u32, f64, f64) {
    let (rate, p) = (dice.gamma(r, alpha), dice.beta(a, b));
    // The model lets nobody stop with the first purchase: the first repeat always comes, in time or not.
    let first = dice.exponential(rate);
    if first > age {
        return (0, 0.0, age);
    }
    let mut times = vec![first];
    times.extend(
        purchases(dice, rate, p, age - first)
            .iter()
            .map(|time| first + time),
    );
    history(&times, age)
}

/// The mean of x purchases as gamma-gamma tells it.
pub(crate) fn gamma_gamma(dice: &mut Dice, [p, q, v]: [f64; 3], x: u32) -> f64 {
    let rate = dice.gamma(q, v);
    dice.gamma(p * f64::from(x), rate) / f64::from(x)
}
