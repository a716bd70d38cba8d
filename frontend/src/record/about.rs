//! A record's fields, edited in place.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;

use perennial_domain::field::{Field, Kind};
use perennial_domain::rights::Action;
use perennial_domain::text::Key;
use yew::prelude::*;

use crate::components::icon::{Mark, icon};
use crate::record::field::{InPlace, Save};
use crate::session::use_session;
use crate::shape::{FieldRef, Record, Shape, is_empty};
use crate::texts::use_texts;

/// So few empty fields are not worth folding.
const FEW: usize = 3;

// Whether the empty fields are unfolded: the same on every page, until the application is loaded anew.
thread_local! { static UNFOLDED: Cell<bool> = const { Cell::new(false) }; }

/// Properties of [`About`].
#[derive(Properties, PartialEq)]
pub struct AboutProps {
    /// The resource.
    pub shape: &'static Shape,
    /// The record.
    pub record: Rc<Record>,
    /// Saves a patch.
    pub save: Callback<Save>,
    /// Fields that the page shows in another way.
    #[prop_or_default]
    pub without: Vec<&'static str>,
}

/// A record's fields, in the order of the field table: what is filled, and folded below it what is empty.
#[component]
pub fn About(props: &AboutProps) -> Html {
    let (texts, session) = (use_texts(), use_session());
    let record = &props.record;
    let may_update = session.may(props.shape.area, Action::Update) && !record.is_deleted();
    let shown: Vec<&'static Field> = props
        .shape
        .fields
        .iter()
        .filter(|field| {
            !props.without.contains(&field.name)
                && !matches!(field.kind, Kind::Figures)
                && session.sees(field)
        })
        .collect();
    let empty = || -> BTreeSet<&'static str> {
        shown
            .iter()
            .filter(|field| is_empty(record.value(field.name)))
            .map(|field| field.name)
            .collect()
    };
    let unfolded = use_state_eq(|| UNFOLDED.get());
    // What was empty when the page came or was folded: a field that is filled meanwhile stays where it is, with the focus.
    let rest = use_state(&empty);
    let toggle = {
        let (unfolded, rest, empty) = (unfolded.clone(), rest.setter(), empty());
        move |_: MouseEvent| {
            UNFOLDED.set(!*unfolded);
            unfolded.set(!*unfolded);
            rest.set(empty.clone());
        }
    };
    let folds = rest.len() > FEW;
    let (below, above): (Vec<_>, Vec<_>) = shown.iter().copied().partition(|field| {
        folds && rest.contains(field.name) && (*unfolded || is_empty(record.value(field.name)))
    });
    let row = |field: &&'static Field| {
        html! {
            <InPlace key={field.name} field={FieldRef(field)} value={record.value(field.name).clone()} save={props.save.clone()}
                writable={may_update && session.writes(field)}/>
        }
    };
    html! {
        <div class="about">
            <dl>{ for above.iter().map(row) }</dl>
            if folds {
                <button type="button" class="pf-v6-c-button pf-m-link pf-m-inline fold" aria-expanded={unfolded.to_string()} onclick={toggle}>
                    { icon(if *unfolded { Mark::Up } else { Mark::Down }) }{ texts.format(Key::RecordEmpty, &[("count", &below.iter().filter(|field| is_empty(record.value(field.name))).count())]) }
                </button>
                if *unfolded { <dl>{ for below.iter().map(row) }</dl> }
            }
        </div>
    }
}
