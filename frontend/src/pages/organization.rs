//! The organization's own settings.

use perennial_domain::organization::Organization;
use perennial_domain::text::Key;
use yew::prelude::*;

use crate::components::problem::ProblemNote;
use crate::components::skeleton::skeleton;
use crate::frame::page::use_title;
use crate::record::about::About;
use crate::record::editing::use_editing;
use crate::session::use_session;
use crate::shape::Shape;
use crate::texts::use_texts;

/// The organization's settings, edited in place; the pages follow at once.
#[component]
pub fn OrganizationPage() -> Html {
    let (texts, session) = (use_texts(), use_session());
    let shape = Shape::of::<Organization>();
    let editing = use_editing(shape, "organization");
    use_title(texts.text(Key::OrganizationTitle));
    use_effect_with(editing.record.as_ref().map(|record| record.version()), {
        let stale = session.me().map(|me| me.organization.version);
        move |version| {
            if version.is_some() && *version != stale {
                session.reload();
            }
        }
    });
    html! {
        <>
            <h1>{ texts.text(Key::OrganizationTitle) }</h1>
            <div class="card padded">
                if let Some(record) = editing.record { <About {shape} {record} save={editing.save}/> }
                else if editing.problem.is_some() { <ProblemNote problem={editing.problem} retry={editing.reload}/> }
                else { { skeleton(&texts, 3) } }
            </div>
            { editing.conflict }
        </>
    }
}
