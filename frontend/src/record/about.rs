//! A record's fields, edited in place.

use std::rc::Rc;

use perennial_domain::field::{Field, Kind};
use perennial_domain::rights::{Action, FieldAccess};
use serde_json::Value;
use yew::prelude::*;

use crate::record::field::{InPlace, Save};
use crate::session::use_session;
use crate::shape::{FieldRef, Record, Shape};

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

/// A record's fields, in the order of the field table.
#[component]
pub fn About(props: &AboutProps) -> Html {
    let session = use_session();
    let blank = use_memo(props.shape.plural, |_| (props.shape.blank)());
    let may_update = session.may(props.shape.area, Action::Update) && !props.record.is_deleted();
    let shown = |field: &&'static Field| {
        !props.without.contains(&field.name)
            && !matches!(field.kind, Kind::Figures)
            && session.access(field.class) != FieldAccess::Hide
    };
    let row = |field: &'static Field| {
        html! {
            <InPlace key={field.name} field={FieldRef(field)} value={props.record.value(field.name).clone()} save={props.save.clone()}
                writable={may_update && field.written && session.access(field.class) == FieldAccess::Write}
                optional={!field.required && blank.get(field.name).is_none_or(Value::is_null)}/>
        }
    };
    html! { <dl class="about">{ for props.shape.fields.iter().filter(shown).map(row) }</dl> }
}
