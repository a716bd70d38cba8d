//! What happened with a customer, newest first: sentences made here from a code and its parameters.

use std::rc::Rc;

use perennial_domain::event::TimelineEntry;
use perennial_domain::page::Page;
use perennial_domain::text::Key;
use serde_json::Value;
use yew::prelude::*;

use crate::components::icon::{Mark, icon};
use crate::components::link::Link;
use crate::components::name::Name;
use crate::components::problem::ProblemNote;
use crate::components::skeleton::skeleton;
use crate::components::time::time;
use crate::load::use_load;
use crate::routes::record_path;
use crate::shape::Shape;
use crate::texts::{Texts, use_texts};

/// Entries of one page.
const LIMIT: usize = 30;

/// Properties of [`Timeline`].
#[derive(Properties, PartialEq)]
pub struct TimelineProps {
    /// The customer.
    pub customer: String,
    /// Its version: the timeline is read again when it changes.
    pub version: i64,
}

/// What happened with a customer.
#[component]
pub fn Timeline(props: &TimelineProps) -> Html {
    let texts = use_texts();
    html! {
        <section class="card timeline" aria-label={texts.text(Key::TimelineTitle)}>
            <h2>{ texts.text(Key::TimelineTitle) }</h2>
            <ol><Stretch customer={props.customer.clone()} version={props.version} cursor=""/></ol>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct StretchProps {
    customer: String,
    version: i64,
    cursor: String,
}

/// One page of the timeline, and the next one once it is asked for.
#[component]
fn Stretch(props: &StretchProps) -> Html {
    let texts = use_texts();
    let further = use_state_eq(|| false);
    let of = (props.customer.clone(), props.cursor.clone(), props.version);
    let loaded = use_load(of, |client, (id, cursor, _)| async move {
        let place = if cursor.is_empty() {
            cursor
        } else {
            format!("&cursor={cursor}")
        };
        client
            .get::<Page<TimelineEntry>>(&format!("customers/{id}/timeline?limit={LIMIT}{place}"))
            .await
    });
    // What is there stays while it is read again.
    let kept = use_mut_ref(|| None::<Rc<Page<TimelineEntry>>>);
    if let Some(page) = loaded.data {
        kept.replace(Some(page));
    }
    let Some(page) = kept.borrow().clone() else {
        let problem = loaded.problem;
        return html! { <li>if problem.is_some() { <ProblemNote {problem} retry={loaded.reload}/> } else { { skeleton(&texts, 5) } }</li> };
    };
    let next = page.page.next_cursor.clone().filter(|_| page.page.has_more);
    let more = next.map(|cursor| {
        if *further {
            return html! { <Stretch customer={props.customer.clone()} version={props.version} {cursor}/> };
        }
        let further = further.setter();
        html! { <li><button type="button" class="pf-v6-c-button pf-m-link" onclick={move |_| further.set(true)}>{ texts.text(Key::TimelineMore) }</button></li> }
    });
    html! { <>{ for page.data.iter().map(|one| entry(&texts, one)) }{ more }</> }
}

/// One line: a mark, who did what with what, when.
fn entry(texts: &Texts, entry: &TimelineEntry) -> Html {
    let (plural, kind) = entry.kind.split_once('.').unwrap_or((&entry.kind, ""));
    let mark = match kind {
        "created" => Mark::Add,
        "deleted" => Mark::Trash,
        "restored" => Mark::Restore,
        _ => Mark::Pencil,
    };
    let shape = Shape::named(plural);
    let name = entry
        .params
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let sentence = Key::find(&format!("timeline.{}", entry.kind))
        .or_else(|| Key::find(&format!("event_kind.{kind}")));
    let sentence = sentence.map(|key| texts.text(key)).unwrap_or_default();
    let actor = match entry.actor_id {
        Some(id) => html! { <Name plural="users" id={id.to_string()}/> },
        None => html! { { texts.text(Key::TimelineProgram) } },
    };
    let about = match shape {
        Some(shape) if plural != "customers" => {
            html! { <Link to={record_path(shape, &entry.record_id.to_string())}>{ name }</Link> }
        }
        _ => html! { <b>{ name }</b> },
    };
    let fields = entry.params.get("fields").and_then(Value::as_array);
    let labels: Vec<String> = fields
        .into_iter()
        .flatten()
        .filter_map(|name| Some(texts.within(shape?.field(name.as_str()?)?.label)))
        .collect();
    html! {
        <li class="entry" key={entry.id.to_string()}>
            <span class={classes!("mark", kind.to_owned())}>{ icon(mark) }</span>
            <p>{ sentence_of(sentence, &actor, &about, &texts.list(&labels)) }</p>
            <span class="quiet">{ time(texts, &entry.occurred_at.to_string()) }</span>
        </li>
    }
}

/// A sentence with `{actor}`, `{name}` and `{fields}` replaced by what is shown for them.
fn sentence_of(sentence: &'static str, actor: &Html, about: &Html, fields: &str) -> Html {
    let pieces = sentence
        .split_inclusive('}')
        .map(|piece| match piece.split_once('{') {
            Some((before, "actor}")) => html! { <>{ before }{ actor.clone() }</> },
            Some((before, "name}")) => html! { <>{ before }{ about.clone() }</> },
            Some((before, "fields}")) => html! { <>{ before }<b>{ fields }</b></> },
            _ => html! { { piece } },
        });
    html! { <>{ for pieces }</> }
}
