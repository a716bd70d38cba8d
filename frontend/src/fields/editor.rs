//! The editor of a field, by its kind.

use std::rc::Rc;

use perennial_domain::field::Kind;
use perennial_domain::problem::FieldError;
use serde_json::Value;
use yew::prelude::*;

use crate::fields::choices::{choice_editor, choices_editor, flag_editor};
use crate::fields::ledger::is_ledger;
use crate::fields::ledger_editor::LedgerEditor;
use crate::fields::money::MoneyEditor;
use crate::fields::parts::PartsEditor;
use crate::fields::references::{reference_editor, references_editor};
use crate::fields::text::TextEditor;
use crate::shape::FieldRef;
use crate::texts::use_texts;

/// Properties of every editor.
#[derive(Clone, Properties, PartialEq)]
pub struct EditorProps {
    /// The field.
    pub field: FieldRef,
    /// Its value now.
    pub value: Value,
    /// Told its next value; text that cannot be read stays text, so that nothing typed is lost.
    pub onchange: Callback<Value>,
    /// The id of the control.
    pub id: AttrValue,
    /// Where the value stands in the body: `/identifiers/0/value`.
    pub pointer: AttrValue,
    /// Every fault of the form.
    #[prop_or_default]
    pub errors: Rc<Vec<FieldError>>,
    /// It may be left out.
    #[prop_or_default]
    pub optional: bool,
    /// It takes the focus.
    #[prop_or_default]
    pub focused: bool,
}

impl EditorProps {
    /// Whether something is wrong with the value itself.
    pub fn is_invalid(&self) -> bool {
        self.errors
            .iter()
            .any(|error| error.pointer == self.pointer.as_str())
    }
}

/// The editor of a field.
#[component]
pub fn Editor(props: &EditorProps) -> Html {
    let texts = use_texts();
    let node = use_focus(props.focused);
    match props.field.kind {
        Kind::Choice(choices) => choice_editor(&texts, props, node, choices),
        Kind::Choices(choices) => choices_editor(&texts, props, node, choices),
        Kind::Flag => flag_editor(&texts, props, node),
        Kind::Reference(plural) => reference_editor(props, plural),
        Kind::References(plural) => references_editor(&texts, props, plural),
        Kind::Money => html! { <MoneyEditor ..props.clone()/> },
        Kind::Parts(_) if is_ledger(&props.field) => html! { <LedgerEditor ..props.clone()/> },
        Kind::Parts(_) => html! { <PartsEditor ..props.clone()/> },
        Kind::Text | Kind::Integer | Kind::Decimal | Kind::Date | Kind::Instant => {
            html! { <TextEditor ..props.clone()/> }
        }
        Kind::Key | Kind::Figures => Html::default(),
    }
}

/// Focuses the node once if asked to.
#[hook]
pub fn use_focus(focused: bool) -> NodeRef {
    let node = use_node_ref();
    use_effect_with(focused, {
        let node = node.clone();
        move |focused| {
            if let Some(control) = focused
                .then(|| node.cast::<web_sys::HtmlElement>())
                .flatten()
            {
                let _ = control.focus();
            }
        }
    });
    node
}
