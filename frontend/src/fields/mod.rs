//! Editing what a field table describes: one editor for each kind of value.

pub mod choices;
pub mod editor;
pub mod ledger;
pub mod ledger_editor;
pub mod money;
pub mod part;
pub mod parts;
pub mod picker;
pub mod references;
pub mod row;
pub mod text;
pub mod validate;
pub mod whole;
