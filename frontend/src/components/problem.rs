//! What went wrong, where it went wrong.

use std::rc::Rc;

use perennial_domain::problem::{FieldError, Problem};
use perennial_domain::text::Key;
use yew::prelude::*;

use crate::components::icon::{Mark, icon};
use crate::shape::Shape;
use crate::texts::use_texts;

/// Properties of [`ProblemNote`].
#[derive(Properties, PartialEq)]
pub struct ProblemProps {
    /// What went wrong; nothing is shown without.
    pub problem: Option<Rc<Problem>>,
    /// What to say instead of the problem's own text.
    #[prop_or_default]
    pub text: Option<String>,
    /// Whose fields its errors are about.
    #[prop_or_default]
    pub shape: Option<&'static Shape>,
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
    rest.errors.retain(|error| !is_there(field_of(error)));
    (!rest.errors.is_empty()).then(|| Rc::new(rest))
}

/// The name of the field that an error is about.
fn field_of(error: &FieldError) -> &str {
    let path = error.pointer.trim_start_matches('/');
    path.split('/').next().unwrap_or_default()
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
    let sentence = |error: &FieldError| {
        let field = props.shape.and_then(|shape| shape.field(field_of(error)));
        let label = field.map(|field| texts.text(field.label));
        let words = label
            .into_iter()
            .map(str::to_owned)
            .chain([texts.fault(error)]);
        words.collect::<Vec<_>>().join(" ")
    };
    let said = || match problem.errors.as_slice() {
        [] => texts.problem(problem),
        errors => texts.list(&errors.iter().map(sentence).collect::<Vec<_>>()),
    };
    html! {
        <div class="note bad" role="alert">
            { icon(Mark::Warning) }
            <span>{ props.text.clone().unwrap_or_else(said) }</span>
            { retry }
        </div>
    }
}
