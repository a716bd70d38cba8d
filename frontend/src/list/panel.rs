//! The side panel over a list: a record in short.

use std::rc::Rc;

use perennial_domain::field::{Field, Kind};
use perennial_domain::rights::Action;
use perennial_domain::text::Key;
use yew::prelude::*;

use crate::components::avatar::avatar;
use crate::components::cell::cell;
use crate::components::icon::{Mark, icon};
use crate::components::link::Link;
use crate::components::problem::ProblemNote;
use crate::components::skeleton::skeleton;
use crate::load::use_load;
use crate::record::editing::read;
use crate::record::header::{badges, is_said, subtitle};
use crate::routes::record_path;
use crate::session::use_session;
use crate::shape::{FieldRef, Record, Shape, is_empty};
use crate::texts::use_texts;

/// Properties of [`Panel`].
#[derive(Properties, PartialEq)]
pub struct PanelProps {
    /// The resource.
    pub shape: &'static Shape,
    /// The record.
    pub id: String,
    /// What the list knows of it already.
    pub record: Option<Rc<Record>>,
    /// Told when it shall close.
    pub onclose: Callback<()>,
}

/// The side panel: what is filled of the record, and the way to its page.
#[component]
pub fn Panel(props: &PanelProps) -> Html {
    let texts = use_texts();
    let session = use_session();
    let shape = props.shape;
    let path = format!("{}/{}", shape.plural, props.id);
    let of = (path, session.may(shape.area, Action::Delete));
    let loaded = use_load(of, |client, (path, deleted)| read(client, path, deleted));
    let record = loaded.data.or_else(|| props.record.clone());
    let filled = |field: &&'static Field, record: &Record| {
        !is_empty(record.value(field.name))
            && !is_said(shape, field)
            && field.name != "created_at"
            && !matches!(field.kind, Kind::Figures)
            && session.sees(field)
    };
    html! {
        <aside class="panel card" aria-label={texts.text(Key::ListPanel)}>
            if let Some(record) = &record {
                <header class="panel-head">
                    if shape.is_named() { { avatar(shape.name(record), true) } }
                    <div class="grow">
                        <h2>{ shape.name(record) }</h2>
                        { subtitle(&texts, shape, record) }
                    </div>
                    <Link to={record_path(shape, &props.id)} class="quiet open-link">{ texts.text(Key::ActOpen) }</Link>
                    <button type="button" class="icon-button" aria-label={texts.text(Key::ActClose)} onclick={props.onclose.reform(|_| ())}>{ icon(Mark::Close) }</button>
                </header>
                { badges(&texts, &session, shape, record) }
                <dl class="facts">
                    { for shape.fields.iter().filter(|field| filled(field, record)).map(|field| html! {
                        <><dt>{ texts.text(field.label) }</dt><dd>{ cell(&texts, FieldRef(field), record.value(field.name), false) }</dd></>
                    }) }
                </dl>
            } else if loaded.problem.is_some() {
                <ProblemNote problem={loaded.problem} retry={loaded.reload}/>
            } else {
                { skeleton(&texts, 6) }
            }
        </aside>
    }
}
