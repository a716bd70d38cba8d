//! What happened with a customer, newest first: sentences made here from a code and its parameters.

use std::rc::Rc;

use perennial_domain::Money;
use perennial_domain::event::TimelineEntry;
use perennial_domain::page::Page;
use perennial_domain::text::Key;
use serde_json::Value;
use yew::prelude::*;

use crate::components::cell::cell;
use crate::components::icon::{Mark, icon};
use crate::components::link::Link;
use crate::components::name::Name;
use crate::components::problem::ProblemNote;
use crate::components::skeleton::skeleton;
use crate::components::time::time;
use crate::load::use_load;
use crate::routes::record_path;
use crate::shape::{FieldRef, Shape};
use crate::texts::{Texts, use_texts};

/// Entries of one page.
const LIMIT: usize = 30;

/// Properties of [`Timeline`].
#[derive(Properties, PartialEq)]
pub struct TimelineProps {
    /// The customer.
    pub customer: String,
    /// Its version and that of its figures: the timeline is read again when they change.
    pub state: (i64, String),
}

/// What happened with a customer.
#[component]
pub fn Timeline(props: &TimelineProps) -> Html {
    let texts = use_texts();
    html! {
        <section class="card timeline" aria-label={texts.text(Key::TimelineTitle)}>
            <h2>{ texts.text(Key::TimelineTitle) }</h2>
            <ol><Stretch customer={props.customer.clone()} state={props.state.clone()} cursor=""/></ol>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct StretchProps {
    customer: String,
    state: (i64, String),
    cursor: String,
}

/// One page of the timeline, and the next one once it is asked for.
#[component]
fn Stretch(props: &StretchProps) -> Html {
    let texts = use_texts();
    let further = use_state_eq(|| false);
    let of = (
        props.customer.clone(),
        props.cursor.clone(),
        props.state.clone(),
    );
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
            return html! { <Stretch customer={props.customer.clone()} state={props.state.clone()} {cursor}/> };
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
    let fields = fields
        .into_iter()
        .flatten()
        .filter_map(|name| shape?.field(name.as_str()?));
    let changed = fields.enumerate().map(|(at, field)| {
        html! { <>if at > 0 { { texts.comma() } }{ change(texts, field, &entry.params) }</> }
    });
    let changed = html! { { for changed } };
    let amount = entry.params.get("amount").cloned();
    let amount = amount.and_then(|amount| serde_json::from_value::<Money>(amount).ok());
    let amount = amount.map(|money| texts.money(&money.amount.to_string(), money.currency.code()));
    // Of an order whose lines come later it is not known yet.
    let amount = amount.map_or_else(Html::default, |amount| {
        let amount = html! { <span class="number">{ amount }</span> };
        filled(texts.text(Key::TimelineAmount), &[("amount", amount)])
    });
    html! {
        <li class="entry" key={entry.id.to_string()}>
            <span class={classes!("mark", kind.to_owned())}>{ icon(mark) }</span>
            <p>{ filled(sentence, &[("actor", actor), ("name", about), ("fields", changed), ("amount", amount)]) }</p>
            <span class="quiet">{ time(texts, &entry.occurred_at.to_string()) }</span>
        </li>
    }
}

/// A field that changed: from what to what, where the entry tells.
fn change(texts: &Texts, field: FieldRef, params: &Value) -> Html {
    let name = html! { <b>{ texts.within(field.label) }</b> };
    let changes = params.get("changes").and_then(Value::as_array);
    let told = changes
        .into_iter()
        .flatten()
        .find(|change| change.get("field").is_some_and(|name| name == field.name));
    let Some(told) = told else { return name };
    let side = |side: &str| cell(texts, field, told.get(side).unwrap_or(&Value::Null), true);
    let parts = [
        ("field", name),
        ("before", side("before")),
        ("after", side("after")),
    ];
    filled(texts.text(Key::TimelineChange), &parts)
}

/// A sentence whose `{parameters}` are replaced by what is shown for them.
fn filled(sentence: &'static str, parts: &[(&str, Html)]) -> Html {
    let pieces = sentence.split_inclusive('}').map(|piece| {
        let (before, name) = piece.split_once('{').unwrap_or((piece, ""));
        let part = parts
            .iter()
            .find(|(part, _)| name.strip_suffix('}') == Some(*part));
        html! { <>{ before }{ part.map(|(_, shown)| shown.clone()) }</> }
    });
    html! { <>{ for pieces }</> }
}
