//! What is learned from CDNOW is kept as JSON and read back: the same bits, and the same errors of what it says.

use perennial_insight::bg_nbd::BgNbd;
use perennial_insight::fit::{Fit, Parametric};
use perennial_insight::gamma_gamma::GammaGamma;
use perennial_insight::grouped::Grouped;
use perennial_insight::history::{History, Spend};
use perennial_insight::holdout::{Comparison, rolling};
use perennial_insight::interval::Confidence;
use perennial_insight::pareto_nbd::ParetoNbd;
use perennial_insight::prediction::PurchaseModel;
use perennial_insight::regularity::Regularity;
use perennial_insight::value::Convention;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ONE;
use crate::cdnow::{days, shop, summaries};

fn again<T: Serialize + DeserializeOwned>(kept: &T) -> T {
    let text = serde_json::to_string(kept).expect("JSON");
    serde_json::from_str(&text).expect("what was kept")
}

fn assert_same<M, const N: usize>(fit: &Fit<M, N>, number: impl Fn(&M) -> f64)
where
    M: Parametric<N> + Serialize + DeserializeOwned,
    [[f64; N]; N]: Serialize + DeserializeOwned,
{
    let read = again(fit);
    let bits = |fit: &Fit<M, N>| {
        let error = fit.standard_error_of(&number).expect("an error");
        assert!(error > 0.0);
        let mut numbers = vec![number(&fit.model), error, fit.log_likelihood];
        for (parameter, name) in fit.parameters().into_iter().zip(M::PARAMETERS) {
            assert_eq!(parameter.name, name);
            numbers.extend([parameter.value, parameter.standard_error]);
        }
        numbers.extend(fit.covariance.as_flattened());
        numbers.into_iter().map(f64::to_bits).collect::<Vec<_>>()
    };
    assert_eq!(bits(&read), bits(fit));
    assert_eq!(read.buyers, fit.buyers);
}

#[test]
fn a_fit_that_was_kept_says_the_same_and_is_as_sure_of_it() {
    let summaries = summaries(&shop());
    let histories: Grouped<_> = summaries.iter().map(|summary| summary.history).collect();
    let spends = summaries.iter().filter_map(|summary| summary.spend);
    let spends: Grouped<Spend> = spends.collect();
    let somebody = History::new(3, 20.0, 31.0).expect("a history");
    let bg = BgNbd::fit(&histories, ONE).expect("a fit");
    assert_same(&bg, |model| model.probability_of_purchase(&somebody, 26.0));
    let pareto = ParetoNbd::fit(&histories, ONE).expect("a fit");
    assert_same(&pareto, |model| model.expected_purchases(&somebody, 26.0));
    let amounts = GammaGamma::fit(&spends, ONE).expect("a fit");
    assert_same(&amounts, |model| model.expected_spend(None));
    // A fit of three parameters is none of four.
    let text = serde_json::to_string(&amounts).expect("JSON");
    assert!(serde_json::from_str::<Fit<BgNbd, 4>>(&text).is_err());
}

#[test]
fn conventions_comparisons_and_regularities_are_read_as_they_were_kept() {
    for convention in [Convention::months(36, 0.1), Convention::new(52, 1.0, 0.0)] {
        let convention = convention.expect("a convention");
        assert_eq!(again(&convention), convention);
    }
    for wrong in [
        r#"{"steps":0,"weeks":1.0,"rate":0.1}"#,
        r#"{"steps":1,"weeks":-1.0,"rate":0.1}"#,
        r#"{"steps":1,"weeks":1.0,"rate":-0.1}"#,
        r#"{"steps":1,"weeks":1.0}"#,
    ] {
        assert!(
            serde_json::from_str::<Convention>(wrong).is_err(),
            "{wrong}"
        );
    }
    let fit = |buyers: &Grouped<_>| BgNbd::fit(buyers, ONE).map(|fit| fit.model);
    let found = rolling(&days(&shop()), &[272], 91, Confidence::USUAL, fit).remove(0);
    let found: Comparison = found.expect("a comparison");
    assert_eq!(again(&found), found);
    let gaps = (0..200).map(|n| (1.0 + f64::from(n % 7), 2.0 + f64::from(n % 3)));
    let regularity = Regularity::of(gaps).expect("a regularity");
    assert_eq!(again(&regularity), regularity);
}
