//! What went wrong, where it went wrong.

use std::rc::Rc;

use perennial_domain::problem::Problem;
use perennial_domain::text::Key;
use yew::prelude::*;

use crate::components::icon::{Mark, icon};
use crate::texts::use_texts;

/// Properties of [`ProblemNote`].
#[derive(Properties, PartialEq)]
pub struct ProblemProps {
    /// What went wrong; nothing is shown without.
    pub problem: Option<Rc<Problem>>,
    /// What to say instead of the problem's own text.
    #[prop_or_default]
    pub text: Option<String>,
    /// What to do about it.
    #[prop_or_default]
    pub retry: Option<Callback<()>>,
}

/// What of a problem the fields of a form do not tell: the whole of one that names no field, else what it says of fields that
/// are not there.
pub fn untold(
    problem: &Option<Rc<Problem>>,
    is_there: impl Fn(&str) -> bool,
) -> Option<Rc<Problem>> {
    let mut rest = Problem::clone(problem.as_ref()?);
    if rest.errors.is_empty() {
        return problem.clone();
    }
    let field = |pointer: &str| {
        pointer
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    rest.errors
        .retain(|error| !is_there(&field(&error.pointer)));
    (!rest.errors.is_empty()).then(|| Rc::new(rest))
}

/// A note of what went wrong, read out at once; with a way to try again.
#[component]
pub fn ProblemNote(props: &ProblemProps) -> Html {
    let texts = use_texts();
    let Some(problem) = &props.problem else {
        return Html::default();
    };
    let retry = props.retry.clone().map(|retry| {
        html! { <button type="button" class="pf-v6-c-button pf-m-link pf-m-inline" onclick={move |_| retry.emit(())}>{ texts.text(Key::ActRetry) }</button> }
    });
    let said = || match problem.errors.as_slice() {
        [] => texts.problem(problem),
        errors => texts.list(
            &errors
                .iter()
                .map(|error| texts.fault(error))
                .collect::<Vec<_>>(),
        ),
    };
    html! {
        <div class="note bad" role="alert">
            { icon(Mark::Warning) }
            <span>{ props.text.clone().unwrap_or_else(said) }</span>
            { retry }
        </div>
    }
}
