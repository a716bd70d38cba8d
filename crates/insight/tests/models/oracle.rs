//! The formulas as their papers print them, without care for speed or for what overflows.

use perennial_insight::history::History;
use special::Gamma;

fn ln_gamma(of: f64) -> f64 {
    Gamma::ln_gamma(of).0
}

/// 2F1 by Gauss's series.
pub(crate) fn hypergeometric(a: f64, b: f64, c: f64, z: f64) -> f64 {
    assert!((0.0..1.0).contains(&z), "{z}");
    let (mut term, mut sum, mut n) = (1.0_f64, 1.0_f64, 0.0);
    while term.abs() > 1e-17 * sum.abs() || n < (a.abs() + b.abs()) {
        term *= (a + n) * (b + n) / ((c + n) * (n + 1.0)) * z;
        sum += term;
        n += 1.0;
    }
    sum
}

/// Fader, Hardie, Lee 2005, equation 10, with 2F1.
pub(crate) fn bg_nbd_expected([r, alpha, a, b]: [f64; 4], history: &History, t: f64) -> f64 {
    let (x, age) = (f64::from(history.frequency()), history.age());
    let f = hypergeometric(r + x, b + x, a + b + x - 1.0, t / (alpha + age + t));
    let share = ((alpha + age) / (alpha + age + t)).powf(r + x);
    let silence = ((alpha + age) / (alpha + history.recency())).powf(r + x);
    let stopped = if history.frequency() > 0 {
        a / (b + x - 1.0) * silence
    } else {
        0.0
    };
    (a + b + x - 1.0) / (a - 1.0) * (1.0 - share * f) / (1.0 + stopped)
}

/// The same paper's likelihood of one buyer.
pub(crate) fn bg_nbd_likelihood([r, alpha, a, b]: [f64; 4], history: &History) -> f64 {
    let x = f64::from(history.frequency());
    let ln_beta = |a: f64, b: f64| ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    let alive = (alpha + history.age()).powf(-(r + x));
    let stopped = (alpha + history.recency()).powf(-(r + x)) * a / (b + x - 1.0);
    let times = if history.frequency() > 0 {
        alive + stopped
    } else {
        alive
    };
    ln_gamma(r + x) - ln_gamma(r) + r * alpha.ln() + ln_beta(a, b + x) - ln_beta(a, b) + times.ln()
}

/// Fader, Hardie 2005, A note on deriving the Pareto/NBD model: the likelihood of one buyer, with two 2F1.
pub(crate) fn pareto_nbd_likelihood([r, alpha, s, beta]: [f64; 4], history: &History) -> f64 {
    let (x, t_x, age) = (
        f64::from(history.frequency()),
        history.recency(),
        history.age(),
    );
    let (most, b) = if alpha >= beta {
        (alpha, s + 1.0)
    } else {
        (beta, r + x)
    };
    let part = |t: f64| {
        let f = hypergeometric(
            r + s + x,
            b,
            r + s + x + 1.0,
            (alpha - beta).abs() / (most + t),
        );
        f / (most + t).powf(r + s + x)
    };
    let alive = (alpha + age).powf(-(r + x)) * (beta + age).powf(-s);
    let times = alive + s / (r + s + x) * (part(t_x) - part(age));
    ln_gamma(r + x) - ln_gamma(r) + r * alpha.ln() + s * beta.ln() + times.ln()
}

/// Fader, Hardie 2013: the likelihood of one mean amount m of x purchases.
pub(crate) fn gamma_gamma_likelihood([p, q, v]: [f64; 3], x: u32, m: f64) -> f64 {
    let x = f64::from(x);
    ln_gamma(p * x + q) - ln_gamma(p * x) - ln_gamma(q)
        + q * v.ln()
        + (p * x - 1.0) * m.ln()
        + p * x * x.ln()
        - (p * x + q) * (v + m * x).ln()
}
